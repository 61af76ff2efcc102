"""Run a tape that is compiled as C: its arrays, and the call of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from autograd_tiny.errors import PositionError
from autograd_tiny.replay.c_backend.c_source import LANES, c_source_of
from autograd_tiny.replay.c_backend.library import CLibrary
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.tape import Tape


class BatchBuffers(NamedTuple):
    """The arrays of one batch size, the columns of each argument, and the buffers that C gets."""

    inputs: Any
    arguments: list[Any]
    losses: Any
    truths: Any
    slopes: Any
    buffers: list[Any]


class CBackend:
    """A tape as compiled C; see `program.Backend`.

    Raises:
        BackendError: the tape has a row that C lacks, or the machine cannot compile it.
    """

    def __init__(
        self, tape: Tape, sizes: Sequence[int] = (), *, of_inputs: bool = False, batched: bool = True
    ) -> None:
        plan = plan_of(tape, of_inputs=of_inputs, batched=batched, folds_biases=False)
        self.source = c_source_of(plan)
        self.plan, stores = str(plan), plan.stores
        self._tape, self._of_inputs, self._batched = tape, of_inputs, batched
        self._bounds = list(accumulate(sizes, initial=0))
        self._library = CLibrary(self.source)
        self._u, self._gu = np.zeros(stores.uniform_rows), np.zeros(stores.uniform_rows)
        self._u[list(stores.constants)] = list(stores.constants.values())
        self.parameters, self.gradients = self._u[: tape.parameters], np.zeros(tape.parameters)
        self._new_gradients = self._gu[: tape.parameters]
        last = tape.parameters + len(tape.others)
        self._others, self._single = self._u[tape.parameters : last], slice(last, last + tape.inputs)
        self._fault = np.zeros(2)
        rows = (np.zeros((stores.varying_rows, LANES)) for _ in range(2))
        self._kept = [self._library.buffer(array) for array in (self._u, self._gu, *rows)]
        self._kept_fault = self._library.buffer(self._fault)
        self._batch = self._arrays(1)
        self._slopes: Any = None

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses.

        Raises:
            PositionError: a list does not have the position that an example gives.
        """
        batch = len(arguments[0]) if arguments else 1
        if batch != len(self._batch.losses):
            self._batch = self._arrays(batch)
        inputs, places, losses, truths, slopes, buffers = self._batch
        for place, argument in zip(places, arguments):  # noqa: B905 - hot
            place[...] = argument
        if not self._batched:
            self._u[self._single] = inputs[0]
        if len(others):
            self._others[:] = others
        self._fault[0] = 0.0
        backward = seed is not None
        self._library.replay(batch, seed or 0.0, backward, *self._kept, *buffers, self._kept_fault)
        if self._tape.guarded:
            check(truths.copy())
        if self._fault[0]:
            self._raise_position()
        if self._of_inputs:
            self._slopes = slopes.copy() if self._batched else self._gu[None, self._single].copy()
        elif backward:
            self.gradients[:] = self._new_gradients
        return losses.copy()

    def _arrays(self, batch: int) -> BatchBuffers:
        """Return the arrays for a batch size."""
        size = self._tape.inputs
        inputs, losses, slopes = np.zeros((batch, size)), np.zeros(batch), np.zeros((batch, size))
        truths = np.zeros((len(self._tape.guarded), batch))
        buffers = [self._library.buffer(array) for array in (inputs, losses, truths, slopes)]
        arguments = [inputs[:, first:last] for first, last in pairwise(self._bounds)]
        return BatchBuffers(inputs, arguments, losses, truths, slopes, buffers)

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run."""
        return self._slopes

    def _raise_position(self) -> None:
        number, place = self._fault.tolist()
        operation = self._tape.operations[int(number) - 1]
        raise PositionError(operation.primitive.name.removesuffix("_at"), place, len(operation.operands) - 1)
