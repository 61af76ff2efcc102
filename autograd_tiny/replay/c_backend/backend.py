"""Run a tape that is compiled as C: its arrays, and the call of the library."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np

from autograd_tiny.errors import PositionError
from autograd_tiny.replay.c_backend.c_source import LANES, c_source_of
from autograd_tiny.replay.c_backend.library import Call, load
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.plan import Plan

PLACE: Final = "place_of"
"""In the names of the C functions that find a position in a list, and note a wrong one as a fault."""
LINE: Final = 64
"""The bytes of a line of the cache: vectors of the processor that cross one are loaded in two parts."""


@dataclass(frozen=True, slots=True)
class Buffers:
    """The arrays of one batch size, and what C gets.

    Attributes:
        places: where the numbers of each argument go.
        losses, truths, slopes: what C writes, see `c_source.CALL`.
        call: the arguments of the library.
    """

    places: list[Any]
    losses: Any
    truths: Any
    slopes: Any
    call: Call


class CBackend:
    """A plan as compiled C; see `backend.Backend`.

    Raises:
        BackendError: the program has a row that C lacks, or the machine cannot compile it.
    """

    name = "c"

    def __init__(self, plan: Plan, sizes: Sequence[int] = ()) -> None:
        tape = plan.tape
        self.source = c_source_of(plan)
        self.reason, stores = "", plan.stores
        self._tape, self._batched = tape, plan.batched
        self._bounds = list(accumulate(sizes, initial=0))
        self._replay = load(self.source)
        self._u, self._gu = _zeros(stores.uniform_rows), _zeros(stores.uniform_rows)
        self._u[list(stores.constants)] = list(stores.constants.values())
        self.parameters, self.gradients = self._u[: tape.parameters], np.zeros(tape.parameters)
        self._new_gradients = self._gu[: tape.parameters]
        last = tape.parameters + len(tape.others)
        self._others, self._single = self._u[tape.parameters : last], slice(last, last + tape.inputs)
        self._fault = np.zeros(2)  # the number of an operation, from 1, that got a wrong position, and the position
        self._is_checked = bool(tape.guarded) or PLACE in self.source
        rows = stores.varying_rows
        of_shared = stores.uniform_rows if rows else 0  # see `targets`; memory is taken when it is written
        self._rows, self._slopes_of_rows = _zeros(rows, LANES), _zeros(rows + of_shared, LANES)
        self._buffers: Buffers
        self._batch = -1  # that of the buffers, once they are complete
        self._seed: float | None = math.nan  # that of the call

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses.

        Raises:
            PositionError: a list does not have the position that an example gives.
        """
        batch = len(arguments[0]) if arguments else 1
        if batch != self._batch:
            self._prepare(batch, arguments)
        buffers = self._buffers
        if arguments:
            for k, place in enumerate(buffers.places):  # faster than zip
                place[...] = arguments[k]
        if others:
            self._others[...] = others
        call = buffers.call
        if seed != self._seed:
            self._seed = math.nan  # until the call has it: Ctrl-C may come between
            call.backward, call.seed = seed is not None, seed or 0.0
            self._seed = seed
        self._replay(call)
        if self._is_checked:
            self._require_recorded_run(buffers.truths, check)
        if seed is not None:
            self.gradients[...] = self._new_gradients
        return buffers.losses.copy()

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run, (batch, inputs)."""
        return self._buffers.slopes.copy() if self._batched else self._gu[None, self._single].copy()

    def _prepare(self, batch: int, arguments: Sequence[Any]) -> None:
        """Make the arrays for a batch size."""
        self._batch, self._seed = -1, math.nan
        size = self._tape.inputs
        inputs = _zeros(batch, size) if self._batched else self._u[None, self._single]
        places = [
            inputs[:, first:last] if numbers.ndim == 2 else inputs[:, first]
            for (first, last), numbers in zip(pairwise(self._bounds), arguments, strict=True)
        ]
        losses, truths, slopes = _zeros(batch), _zeros(len(self._tape.guarded), batch), _zeros(batch, size)
        kept = self._u, self._gu, self._rows, self._slopes_of_rows
        addresses = [array.ctypes.data for array in (*kept, inputs, losses, truths, slopes, self._fault)]
        self._buffers = Buffers(places, losses, truths, slopes, Call(batch, 0.0, 0, *addresses))
        self._batch = batch

    def _require_recorded_run(self, truths: Any, check: Callable[[Any], None]) -> None:
        """Raise an error for a choice that was not recorded, or for a position that a list does not have."""
        fault = self._taken_fault() if self._fault.item(0) else None
        if self._tape.guarded:
            check(truths.copy())
        if fault is not None:
            raise fault

    def _taken_fault(self) -> PositionError:
        """Return the error of a position that a list does not have, and forget it."""
        number, place = self._fault.tolist()
        self._fault[0] = 0.0
        operation = self._tape.operations[int(number) - 1]
        row = operation.primitive
        name = row.symbol if row is ELEMENT_AT else row.name.removesuffix("_at")
        return PositionError(name, place, len(operation.operands) - 1, takes_negative=row is ELEMENT_AT)


def _zeros(*shape: int) -> Any:
    """Return zeros that begin at a line of the cache."""
    count, extra = math.prod(shape), LINE // 8
    array = np.zeros(count + extra)
    start = -array.ctypes.data % LINE // 8
    return array[start : start + count].reshape(shape)
