"""Compute shards in a worker: a thread or a process of any executor.

A task names its program by the digest of the recording. A worker that does not have the program says so, and is sent
the recording with the same task; it compiles the program once.

>>> import numpy as np
>>> reply = compute(Task(0, "0c1d", None, np.zeros(1), [[np.zeros((1, 1))]], (), 1.0, False))
>>> reply.is_missing
True
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from socket import gethostname
from typing import Any, Final

from autograd_tiny.distributed.mapped_rows import MappedRows
from autograd_tiny.errors import PositionError
from autograd_tiny.replay.backend import Backend
from autograd_tiny.replay.shards import ShardResult, combined, compute_shard
from autograd_tiny.replay.tape import Parts, Tape
from autograd_tiny.support.user_frames import is_user_file

MOST: Final = 32
"""The most programs that a process keeps, each for one thread."""


Recording = tuple[Parts, Callable[[Tape], Backend]]
"""The parts of a tape, and the function that compiles it."""


@dataclass(frozen=True, slots=True)
class Task:
    """Some shards of a call.

    Attributes:
        first: the number of the first one.
        key: the digest of the recording.
        recording: None for a worker that has the program.
        parameters: flat array.
        parts: for each shard the arguments of its examples, arrays (size of the shard, size of the argument) or
            `MappedRows`.
        others: the data of the other leaves.
        seed: the gradient of each loss; None to compute no gradients.
        of_inputs: whether the gradients are those of the inputs.
        caller: the process that waits for it.
    """

    first: int
    key: str
    recording: Recording | None
    parameters: Any
    parts: Sequence[Sequence[Any]]
    others: tuple[float, ...]
    seed: float | None
    of_inputs: bool
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a task, or the reason why it has none.

    Attributes:
        worker: the process, with its machine.
        shard: the number of the shard that failed.
        seconds: that the computation took.
        result: of all shards; None if one failed, or if the program is missing.
        problem: the error, with the line of the user's program.
        is_memory: whether the worker ran out of memory.
        position: an error that the caller handles itself, see `Program`.
    """

    worker: str
    shard: int = 0
    seconds: float = 0.0
    result: ShardResult | None = None
    problem: str = ""
    is_memory: bool = False
    position: PositionError | None = None

    @property
    def is_missing(self) -> bool:
        """True if the worker does not have the program, and needs the recording."""
        return self.result is None and not self.problem


def compute(task: Task) -> Reply:
    """Compute a task; errors are part of the reply, since not every error can be pickled."""
    worker, start = this_process(), time.perf_counter()
    if task.caller and task.caller != worker:
        _compute_in_one_thread()
    shard, results = task.first, list[ShardResult]()
    try:
        backend = _backend(task)
        if backend is None:
            return Reply(worker)
        for part in task.parts:
            arrays = [_numbers(rows) for rows in part]
            results.append(
                compute_shard(backend, task.parameters, arrays, task.others, task.seed, of_inputs=task.of_inputs)
            )
            shard += 1
        result = combined(results)
    except PositionError as error:
        return Reply(worker, shard, problem=_text(error), position=error)
    except MemoryError as error:
        return Reply(worker, shard, problem=_text(error), is_memory=True)
    except Exception as error:  # noqa: BLE001 - of the user's primitives, files and machine
        return Reply(worker, shard, problem=_text(error))
    return Reply(worker, shard, time.perf_counter() - start, result)


def this_process() -> str:
    """Return the process and its machine in words."""
    return f"process {os.getpid()} of {gethostname()}"


@lru_cache(maxsize=1)
def _compute_in_one_thread() -> None:
    """Let NumPy's matrix products use one thread in this worker, since the workers share the processors."""
    with suppress(ImportError):
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, user_api="blas")


def _numbers(rows: Any) -> Any:
    """Return the rows of an argument as a back-end takes them."""
    if not isinstance(rows, MappedRows):
        return rows
    numbers = rows.read()
    return numbers if numbers.ndim <= 2 else numbers.reshape(len(rows), -1)


def _text(error: BaseException) -> str:
    """Return an error with the last line of the user's program that it went through."""
    lines = [x for x in traceback.extract_tb(error.__traceback__) if is_user_file(x.filename)]
    place = f" (line {lines[-1].lineno} of {lines[-1].filename}: {lines[-1].line})" if lines else ""
    return f"{type(error).__name__}: {error}".removesuffix(": ") + place


# ── the programs of this process ──

_BACKENDS: OrderedDict[tuple[str, int], Backend] = OrderedDict()
_LOCK: Final = threading.Lock()


def _backend(task: Task) -> Backend | None:
    """Return the program of a task for this thread, compiled if the recording came with it; None if it is missing."""
    key = task.key, threading.get_ident()
    with _LOCK:
        if key in _BACKENDS:
            _BACKENDS.move_to_end(key)
            return _BACKENDS[key]
    if task.recording is None:
        return None
    parts, make = task.recording
    backend = make(Tape.of_parts(parts))
    with _LOCK:
        _BACKENDS[key] = backend
        while len(_BACKENDS) > MOST:
            _BACKENDS.popitem(last=False)
    return backend


def forget(key: str) -> None:
    """Free the programs of a recording in this process."""
    with _LOCK:
        for known in [known for known in _BACKENDS if known[0] == key]:
            del _BACKENDS[known]
