"""Compute the shards of a batch over an executor, again where a worker dies, and twice where one is slow.

The cut depends on the number of examples alone, and gradients are added in the order of the shards in a tree of fixed
shape, so neither the number of workers nor the order in which they finish nor a fault changes a bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import replace
from functools import lru_cache
from statistics import median
from typing import Any, Final

import numpy as np

from autograd_tiny.distributed.worker import Recording, Reply, Task, compute, forget, this_process
from autograd_tiny.distributed.worker_processes import WorkerProcesses
from autograd_tiny.errors import OperandError, WorkerError
from autograd_tiny.replay.program import Program
from autograd_tiny.replay.shards import ShardResult, combined, cut, delivered

SLOW: Final = 4.0
"""A shard is computed a second time if none has finished for so many times the median of those that have."""
SHORTEST: Final = 0.2
"""The shortest time until that, in seconds."""
WATCH: Final = 0.5
"""A pool that does not tell in this time, in seconds, that one of its processes is dead, waits for it for ever."""
DIED: Final = "BrokenProcessPool: a process died while it wrote its result"

EXECUTOR: Final = "a concurrent.futures.Executor, or a function that makes one"
LOOK: Final = "look for what ends it, such as too little memory"
BROKEN: Final = "to have a broken pool made again, pass what makes it: lambda: ProcessPoolExecutor(2)"


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


class Pool:
    """The executor, or the function that makes one; one that breaks is made again.

    Args:
        executor: has the method `submit` of `concurrent.futures.Executor`, or returns something that has.

    Raises:
        OperandError: it is neither.
    """

    def __init__(self, executor: Executor | Callable[[], Executor]) -> None:
        is_executor = hasattr(executor, "submit") and not isinstance(executor, type)
        if not is_executor and not callable(executor):
            raise OperandError("Sharded", executor, expected=EXECUTOR, remedy="write ProcessPoolExecutor(2)")
        self._make: Any = None if is_executor else executor
        self._executor: Any = executor if is_executor else None
        self.generation = 0
        """How often the executor was made anew."""
        self._open: set[Future[Reply]] = set()

    @property
    def is_made_here(self) -> bool:
        """True if the pool was made by a function of the user, which can make it again."""
        return self._make is not None

    def __str__(self) -> str:
        return type(self._executor).__name__ if self._executor is not None else getattr(self._make, "__name__", "")

    def submit(self, task: Task) -> Future[Reply]:
        """Start a task."""
        future: Future[Reply] = self._started().submit(compute, task)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def has_dead_process(self) -> bool:
        """Return whether a process of the pool has ended."""
        return WorkerProcesses(self._executor).has_dead_one()

    def _started(self) -> Any:
        if self._executor is None:
            made = self._make()
            if not hasattr(made, "submit") or isinstance(made, type):
                remedy = "let the function return one, as in lambda: ProcessPoolExecutor(2)"
                raise OperandError("Sharded", made, expected=EXECUTOR, remedy=remedy)
            self._executor = made
        return self._executor

    def shards_of_a_task(self, shards: int) -> int:
        """Return how many shards one message carries: the most for which no worker computes more shards than for 1.

        It is a power of two, see `combined`; and 1 for an executor that does not tell how many workers it has.
        """
        return _largest(shards, getattr(self._started(), "_max_workers", 0) or shards)

    def end(self) -> None:
        """End the processes of a broken pool; if it was made here, the next task makes another."""
        processes = WorkerProcesses(self._executor)
        self.generation += 1
        if self._make is not None and self._executor is not None:
            executor, self._executor = self._executor, None
            executor.shutdown(wait=False)
        processes.end()

    def close(self) -> None:
        """Shut down a pool that was made here; the next task makes another."""
        if self._make is not None and self._executor is not None:
            executor, self._executor = self._executor, None
            processes, is_at_work = WorkerProcesses(executor), not all(future.done() for future in [*self._open])
            executor.shutdown(wait=False)
            if is_at_work:  # a slow worker, whose shards another one has computed
                processes.end()


@lru_cache(maxsize=64)
def _largest(shards: int, workers: int) -> int:
    """Return the largest power of two of shards at once for which no worker computes more than with one at once."""
    sizes = [1 << k for k in range(shards.bit_length())]
    longest = {size: _longest(shards, size, workers) for size in sizes}
    return max(size for size in sizes if longest[size] == longest[1])


def _longest(shards: int, size: int, workers: int) -> int:
    """Return the most shards that a worker computes, if each takes the next ones when it is done."""
    taken = [0] * min(shards, workers)
    for start in range(0, shards, size):
        taken[taken.index(min(taken))] += min(size, shards - start)
    return max(taken)


class ExecutorBackend:
    """A back-end whose shards an executor computes; see `backend.Backend`.

    Args:
        pool: the executor.
        key, recording: what the workers compile, and its digest.
        local: the program of this process.
        of_inputs: whether the gradients are those of the inputs.
        shards: the most shards of a batch.
        retries: how often a shard is tried again after a fault.
    """

    def __init__(
        self,
        pool: Pool,
        key: str,
        recording: Recording,
        local: Program,
        *,
        of_inputs: bool,
        shards: int,
        retries: int,
    ) -> None:
        self.name = "executor"
        self.pool, self.key, self._recording, self._of_inputs = pool, key, recording, of_inputs
        self._shards, self._retries = shards, retries
        self.source, self.reason = local.source, f"{local.reason}\nup to {shards} shards of a batch, over {pool}"
        self.parameters, self.gradients = np.zeros_like(local.parameters), np.zeros_like(local.parameters)
        self._slopes: Any = None

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses."""
        bounds = cut(len(arguments[0]) if arguments else 1, least=1, most=self._shards)
        parts = [[argument[start:stop] for argument in arguments] for start, stop in bounds]
        size, parameters = self.pool.shards_of_a_task(len(parts)), self.parameters.copy()
        tasks = [
            Task(
                first=k,
                key=self.key,
                recording=None,
                parameters=parameters,
                parts=parts[k : k + size],
                others=tuple(others),
                seed=seed,
                of_inputs=self._of_inputs,
                caller=this_process(),
            )
            for k in range(0, len(parts), size)
        ]
        result = combined(Round(self.pool, tasks, len(parts), self._recording, self._retries).results())
        losses = delivered(result, check, None if seed is None else self.gradients)
        self._slopes = result.slopes
        return losses

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run, (batch, inputs)."""
        return self._slopes

    def close(self) -> None:
        """Shut down the pool if it was made here, and free the programs of this process's threads."""
        self.pool.close()
        forget(self.key)


class Round:
    """The tasks of one call, until each has a result.

    Args:
        pool: the executor.
        tasks: of some shards each, without the recording.
        shards: the number of shards.
        recording: for workers that do not have the program.
        retries: how often a task is tried again after a fault.
    """

    def __init__(self, pool: Pool, tasks: Sequence[Task], shards: int, recording: Recording, retries: int) -> None:
        self._pool, self._tasks, self._recording, self._retries = pool, tasks, recording, retries
        self._shards = shards
        self._futures: dict[Future[Reply], tuple[int, int]] = {}  # with task and generation of the pool
        self._results: dict[int, ShardResult] = {}
        self._seconds: list[float] = []  # of the computed tasks
        self._faults = dict.fromkeys(range(len(tasks)), 0)
        self._renewals = 0
        self._doubled: set[int] = set()
        self._last = time.monotonic()  # when something was done
        self._dead_since: float | None = None  # when a dead process was seen, in this generation of the pool

    def results(self) -> list[ShardResult]:
        """Return the results in the order of the tasks.

        Raises:
            WorkerError: a shard failed on each worker that tried it, or by an error of the program.
            PositionError: an index of an example is outside of its list.
        """
        try:
            for k in range(len(self._tasks)):
                self._submit(k)
            while len(self._results) < len(self._tasks):
                limit = min(self._patience(), WATCH)
                done, _ = wait(self._futures, timeout=limit, return_when=FIRST_COMPLETED)
                for future in done:
                    self._take(future)
                if not done:
                    self._look_after_workers()
        finally:
            for future in self._futures:
                future.cancel()
        return [self._results[k] for k in range(len(self._tasks))]

    def _submit(self, k: int, recording: Recording | None = None) -> None:
        """Start a task by its position, if need be with the recording."""
        task = replace(self._tasks[k], recording=recording)
        while True:
            generation = self._pool.generation
            try:
                future = self._pool.submit(task)
            except (BrokenExecutor, RuntimeError) as error:  # broken, or shut down
                if not self._pool.is_made_here:
                    raise self._error(task.first, str(self._pool), _text(error), BROKEN) from error
                self._renew(k, generation, error)
            else:
                self._futures[future] = k, generation
                return

    def _take(self, future: Future[Reply]) -> None:
        """Take the result of a future, or try again."""
        k, generation = self._futures.pop(future, (-1, 0))
        self._last = time.monotonic()
        if k < 0 or k in self._results:  # of a pool that was made again, or computed twice
            return
        try:
            reply = future.result()
        except BrokenExecutor as error:
            if self._pool.is_made_here:
                self._renew(k, generation, error)
            self._retry(k, str(self._pool), _text(error))
        except (CancelledError, Exception) as error:  # noqa: BLE001 - each executor's own way to say that one died
            self._retry(k, str(self._pool), _text(error))
        else:
            self._take_reply(k, reply)

    def _take_reply(self, k: int, reply: Reply) -> None:
        if reply.result is not None:
            self._results[k] = reply.result
            self._seconds.append(reply.seconds)
        elif reply.is_missing:
            self._submit(k, self._recording)
        elif reply.is_memory:
            self._retry(k, reply.worker, reply.problem)
        elif reply.position is not None:
            raise reply.position
        else:
            raise self._error(reply.shard, reply.worker, reply.problem, "the gradients are as before the call")

    def _retry(self, k: int, worker: str, problem: str) -> None:
        """Compute a task again.

        Raises:
            WorkerError: it was tried too often.
        """
        self._faults[k] += 1
        if self._faults[k] > self._retries:
            remedy = LOOK if self._pool.is_made_here else f"{LOOK}; {BROKEN}"
            raise self._error(self._tasks[k].first, worker, problem, remedy)
        self._submit(k)

    def _renew(self, k: int, generation: int, error: Exception) -> None:
        """Make the pool of a generation again, and compute again what is lost with it.

        A future that is cancelled by the end of its pool is never done, so none of them is waited for.

        Raises:
            WorkerError: it was made again too often.
        """
        self._renewals += 1
        if self._renewals > self._retries:
            raise self._error(self._tasks[k].first, str(self._pool), _text(error), LOOK) from error
        self._pool.end()
        self._dead_since = None
        lost = [future for future, (_, of) in self._futures.items() if of == generation]
        tasks = {self._futures.pop(future)[0] for future in lost} - self._results.keys()
        for each in sorted(tasks):
            self._submit(each)

    def _error(self, shard: int, worker: str, problem: str, remedy: str) -> WorkerError:
        return WorkerError(shard, self._shards, worker, problem, remedy)

    # ── dead and slow workers ──

    def _look_after_workers(self) -> None:
        """Compute shards again whose process is dead, and those a second time that have taken too long.

        Raises:
            WorkerError: a process of a pool is dead that cannot be made again, or it was made again too often.
        """
        if self._pool.has_dead_process():
            now = time.monotonic()
            self._dead_since = self._dead_since or now
            if now - self._dead_since >= WATCH:
                self._end_pool()
        elif not self._patience():
            self._double()

    def _end_pool(self) -> None:
        """End a pool that waits for a dead process."""
        k = min(set(range(len(self._tasks))) - self._results.keys())
        if self._pool.is_made_here:
            self._renew(k, self._pool.generation, BrokenExecutor(DIED.partition(": ")[2]))
        else:
            self._pool.end()
            raise self._error(self._tasks[k].first, str(self._pool), DIED, BROKEN)

    def _patience(self) -> float:
        """Return the seconds after which shards are computed a second time; infinite for never."""
        if 2 * len(self._results) < len(self._tasks) or len(self._doubled) == len(self._tasks):
            return math.inf
        limit = max(SHORTEST, SLOW * median(self._seconds))
        return max(0.0, self._last + limit - time.monotonic())

    def _double(self) -> None:
        """Compute the tasks that are not there a second time."""
        self._last = time.monotonic()
        for k in range(len(self._tasks)):
            if k not in self._results and k not in self._doubled:
                self._doubled.add(k)
                self._submit(k)
