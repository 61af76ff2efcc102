"""Cut a batch into shards, compute them on several threads, and add their gradients in a tree of fixed shape.

The cut depends on the size of the batch alone, and the order of additions on the number of shards, so any number of
workers gives the same bits. C releases Python's lock, NumPy only within its calls, straight-line Python never.

>>> cut(100, least=1)[:3], cut(100, least=32)
([(0, 7), (7, 14), (14, 21)], [(0, 34), (34, 67), (67, 100)])
>>> import numpy as np
>>> added([np.array([1.0]), np.array([2.0]), np.array([4.0])])
array([7.])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from queue import SimpleQueue
from typing import Any, Final

import numpy as np

from autograd_tiny.replay.backend import Backend

SHARDS: Final = 16
"""The most shards of a batch, and the most workers that have work."""
LEAST: Final = {"numpy": 256, "c": 32, "python": 1}
"""The fewest examples of a shard: those for which NumPy computes longer than it is called, and a block in C."""


def cut(batch: int, *, least: int, most: int = SHARDS) -> list[tuple[int, int]]:
    """Return the first example of each shard and that after its last; the sizes differ by 1 at most.

    Args:
        batch: the number of examples.
        least: the fewest examples of a shard, if there is more than one.
        most: the most shards.
    """
    count = max(1, min(most, batch // least))
    size, more = divmod(batch, count)
    starts = [k * size + min(k, more) for k in range(count + 1)]
    return list(pairwise(starts))


def added(arrays: Sequence[Any]) -> Any:
    """Return the sum of arrays: of pairs, of pairs of pairs, and so on; a last one without a partner waits."""
    level = list(arrays)
    while len(level) > 1:
        pairs = [x + y for x, y in zip(level[::2], level[1::2], strict=False)]
        level = [*pairs, *level[2 * len(pairs) :]]
    return level[0]


@dataclass(frozen=True, slots=True)
class ShardResult:
    """The losses of one shard, the conditions of its guards, its gradients, and the slopes of its inputs."""

    losses: Any
    conditions: list[Any]
    gradients: Any
    slopes: Any


def compute_shard(
    backend: Backend,
    parameters: Any,
    part: Sequence[Any],
    others: Sequence[float],
    seed: float | None,
    *,
    of_inputs: bool,
) -> ShardResult:
    """Replay one shard.

    Args:
        backend: of the program.
        parameters: a flat array.
        part: the arguments of the shard's examples, (size of the shard, size of the argument).
        others: the data of the other leaves.
        seed: the gradient of each loss; None to compute no gradients.
        of_inputs: whether the gradients are those of the inputs.
    """
    size, conditions = len(part[0]) if part else 1, list[Any]()
    backend.parameters[:] = parameters
    losses = backend.run(
        part, others, seed, lambda found: conditions.extend(np.broadcast_to(x, size).copy() for x in found)
    )
    slopes = backend.slopes(size).copy() if of_inputs and seed is not None else None
    return ShardResult(losses, conditions, backend.gradients.copy(), slopes)


def combined(results: Sequence[ShardResult]) -> ShardResult:
    """Return the result of a part of a batch from those of its shards, in their order; their gradients are added.

    If each part has as many shards, a power of two, but for the last one, then parts may be combined in turn: the
    tree of additions is that of all shards.
    """
    slopes = None if results[0].slopes is None else np.concatenate([x.slopes for x in results])
    conditions = [np.concatenate(shards) for shards in zip(*(x.conditions for x in results), strict=True)]
    return ShardResult(
        np.concatenate([x.losses for x in results]), conditions, added([x.gradients for x in results]), slopes
    )


def delivered(result: ShardResult, check: Callable[[Any], None], gradients: Any) -> Any:
    """Return the losses of a batch, and write its gradients once its guards are checked.

    Args:
        result: of the batch.
        check: called with the conditions of the guards; it raises an error where one fails.
        gradients: the array to write; None where no gradient was asked for.
    """
    if result.conditions:
        check(result.conditions)
    if gradients is not None:
        gradients[:] = result.gradients
    return result.losses


class ShardedBackend:
    """A back-end for each worker, which compute the shards of a batch; see `backend.Backend`.

    Args:
        backends: of the same tape, one for each worker.
        of_inputs: whether the gradients are those of the inputs.
        least: the fewest examples of a shard.
    """

    def __init__(self, backends: Sequence[Backend], *, of_inputs: bool, least: int) -> None:
        self.name, self.source = backends[0].name, backends[0].source
        self._of_inputs, self._least = of_inputs, least
        shards = f"up to {SHARDS} shards of {least} examples or more"
        self.reason = f"{backends[0].reason}\n{shards}, {len(backends)} workers"
        self.parameters = np.zeros_like(backends[0].parameters)
        self.gradients = np.zeros_like(backends[0].gradients)
        self._idle: SimpleQueue[Backend] = SimpleQueue()
        for backend in backends:
            self._idle.put(backend)
        self._threads = ThreadPoolExecutor(len(backends), thread_name_prefix="autograd_tiny")
        self._slopes: Any = None

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses."""
        bounds = cut(len(arguments[0]) if arguments else 1, least=self._least)
        parts = [[argument[start:stop] for argument in arguments] for start, stop in bounds]
        futures = [self._threads.submit(self._shard, part, others, seed) for part in parts]
        result = combined([future.result() for future in futures])
        losses = delivered(result, check, None if seed is None else self.gradients)
        self._slopes = result.slopes
        return losses

    def _shard(self, part: Sequence[Any], others: Sequence[float], seed: float | None) -> ShardResult:
        """Replay one shard on a back-end that is idle."""
        backend = self._idle.get()
        try:
            return compute_shard(backend, self.parameters, part, others, seed, of_inputs=self._of_inputs)
        finally:
            self._idle.put(backend)

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run, (batch, inputs)."""
        return self._slopes
