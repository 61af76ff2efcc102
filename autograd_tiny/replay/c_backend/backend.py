"""Run a tape that is compiled as C: its arrays, and the call of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from autograd_tiny.errors import PositionError
from autograd_tiny.replay.c_backend.c_source import LANES, c_source_of
from autograd_tiny.replay.c_backend.library import Call, load
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.plan import Plan


class BatchBuffers(NamedTuple):
    """The arrays of one batch size, the columns of each argument, and what C gets."""

    inputs: Any
    arguments: list[Any]
    losses: Any
    truths: Any
    slopes: Any
    call: Call


class CBackend:
    """A plan as compiled C; see `program.Backend`.

    Raises:
        BackendError: the program has a row that C lacks, or the machine cannot compile it.
    """

    name = "c"

    def __init__(self, plan: Plan, sizes: Sequence[int] = ()) -> None:
        tape = plan.tape
        self.source = c_source_of(plan)
        self.reason, stores = "", plan.stores
        self._tape, self._of_inputs, self._batched = tape, plan.of_inputs, plan.batched
        self._bounds = list(accumulate(sizes, initial=0))
        self._replay = load(self.source)
        self._u, self._gu = np.zeros(stores.uniform_rows), np.zeros(stores.uniform_rows)
        self._u[list(stores.constants)] = list(stores.constants.values())
        self.parameters, self.gradients = self._u[: tape.parameters], np.zeros(tape.parameters)
        self._new_gradients = self._gu[: tape.parameters]
        last = tape.parameters + len(tape.others)
        self._others, self._single = self._u[tape.parameters : last], slice(last, last + tape.inputs)
        self._fault = np.zeros(2)  # the number of an operation, from 1, that got a wrong position, and the position
        self._is_guarded = bool(tape.guarded)
        rows = stores.varying_rows
        of_shared = stores.uniform_rows if rows else 0  # see `targets`; memory is taken when it is written
        self._rows, self._slopes_of_rows = np.zeros((rows, LANES)), np.zeros((rows + of_shared, LANES))
        self._batch = self._arrays(1)
        self._seed: float | None = None  # that of the call
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
            self._batch, self._seed = self._arrays(batch), None
        inputs, places, losses, truths, slopes, call = self._batch
        for place, argument in zip(places, arguments):  # noqa: B905 - hot
            place[...] = argument
        if not self._batched:
            self._u[self._single] = inputs[0]
        self._others[:] = others
        if seed != self._seed:
            call.backward, call.seed, self._seed = seed is not None, seed or 0.0, seed
        self._replay(call)
        fault = self._taken_fault() if self._fault.item(0) else None
        if self._is_guarded:
            check(truths.copy())
        if fault is not None:
            raise fault
        if self._of_inputs:
            self._slopes = slopes.copy() if self._batched else self._gu[None, self._single].copy()
        elif seed is not None:
            self.gradients[:] = self._new_gradients
        return losses.copy()

    def _arrays(self, batch: int) -> BatchBuffers:
        """Return the arrays for a batch size."""
        size = self._tape.inputs
        inputs, losses, slopes = np.zeros((batch, size)), np.zeros(batch), np.zeros((batch, size))
        truths = np.zeros((len(self._tape.guarded), batch))
        kept = self._u, self._gu, self._rows, self._slopes_of_rows
        addresses = [array.ctypes.data for array in (*kept, inputs, losses, truths, slopes, self._fault)]
        arguments = [inputs[:, first:last] for first, last in pairwise(self._bounds)]
        return BatchBuffers(inputs, arguments, losses, truths, slopes, Call(batch, 0.0, 0, *addresses))

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run."""
        return self._slopes

    def _taken_fault(self) -> PositionError:
        """Return the error of a position that a list does not have, and forget it."""
        number, place = self._fault.tolist()
        self._fault[0] = 0.0
        operation = self._tape.operations[int(number) - 1]
        row = operation.primitive
        name = row.symbol if row is ELEMENT_AT else row.name.removesuffix("_at")
        return PositionError(name, place, len(operation.operands) - 1, takes_negative=row is ELEMENT_AT)
