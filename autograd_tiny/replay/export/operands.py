"""Find what statements read: views of arrays, tables of positions, and parts that are joined.

>>> import numpy as np
>>> from autograd_tiny.replay.export.arrays import Array
>>> w = Array("w", (2, 3), "parameter")
>>> found = Finder([w]).operand(Elements(np.zeros((1, 3), int), np.array([[1.0, 4.0, 4.0]]), (3,)))
>>> [part.positions() for part in found.parts]
[[1, 4], [4]]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from typing import Any, Final

import numpy as np

from autograd_tiny.replay.export.arrays import Array, Joined, Number, Operand, Part, Shape, Table, View
from autograd_tiny.replay.layout import strides_of

CONSTANT: Final = -1
"""The number of the array of elements that are constants."""
MOST_PARTS: Final = 6
"""The most parts that are joined; of more, a table is made."""


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """What an operand reads in each repetition of the loop around; once outside of loops.

    Attributes:
        arrays: the number of the array of each element, CONSTANT for a constant: (repetitions, elements).
        places: its position in the array, or the constant.
        shape: of the elements.
    """

    arrays: Any
    places: Any
    shape: Shape

    def reshaped(self, shape: Shape) -> Elements:
        """Return the same elements in another shape."""
        return Elements(self.arrays, self.places, shape)

    def part(self, axis: int, start: int, stop: int) -> Elements:
        """Return those at some places along an axis."""
        index = (slice(None),) * (axis + 1) + (slice(start, stop),)
        shape = (*self.shape[:axis], stop - start, *self.shape[axis + 1 :])
        grids = [x.reshape(-1, *self.shape)[index].reshape(len(x), -1) for x in (self.arrays, self.places)]
        return Elements(grids[0], grids[1], shape)


class UnevenError(Exception):
    """The elements do not grow evenly from one repetition to the next."""


class Finder:
    """Turns elements into operands.

    Args:
        arrays: the arrays, by their numbers.

    Attributes:
        constants: arrays of constants that were made.
    """

    def __init__(self, arrays: list[Array]) -> None:
        self.arrays = arrays
        self.constants: dict[tuple[Any, ...], Array] = {}

    def operand(self, elements: Elements, *, inside: frozenset[int] = frozenset()) -> Operand:
        """Return elements as an operand.

        Args:
            elements: of an operand.
            inside: the numbers of arrays that the loop around computes.

        Raises:
            UnevenError: these are read by a table.
        """
        whole = self._view(elements)
        if whole is not None:
            return whole
        for axis in sorted(range(len(elements.shape)), key=lambda axis: (axis != len(elements.shape) - 1, axis)):
            parts = list(self._split(elements, axis))
            if 1 < len(parts) <= MOST_PARTS and all(part is not None for part in parts):
                return Joined(axis, tuple(part for part in parts if part is not None), elements.shape)
        return self._table(elements, inside)

    def cuts(self, elements: Elements, axis: int) -> list[int] | None:
        """Return where the parts along an axis end that are views each; None if they are many, or none are."""
        parts = list(self._split(elements, axis))
        if len(parts) > MOST_PARTS or any(part is None for part in parts):
            return None
        return list(accumulate(part.shape[axis] for part in parts if part is not None))

    def _split(self, elements: Elements, axis: int) -> Iterator[Part | None]:
        """Yield views along an axis, each as long as can be; None if one place is no view, and ends."""
        count = elements.shape[axis]
        start = number = 0
        while start < count:
            number += 1
            if number > MOST_PARTS + 1:
                return
            stop = self._longest(elements, axis, start)
            part = self._view(elements.part(axis, start, stop))
            yield part
            if part is None:
                return
            start = stop

    def _longest(self, elements: Elements, axis: int, start: int) -> int:
        """Return the end of the longest part from a place on whose elements may be a view."""
        arrays, places = (
            np.moveaxis(x.reshape(-1, *elements.shape), axis + 1, 0).reshape(elements.shape[axis], -1)
            for x in (elements.arrays, elements.places)
        )
        count = len(arrays)
        if start + 1 >= count:
            return count
        same = (arrays[start + 1 :] == arrays[start]).all(axis=1)
        steps = places[start + 1 :] - places[start:-1]
        if (arrays[start] == CONSTANT).all():
            even = same
        else:
            even = same & (steps == steps[0]).all(axis=1) & (steps[0] == steps[0][0]).all()
        if not even[0]:
            return start + 1
        wrong = np.flatnonzero(~even)
        return start + 1 + int(wrong[0]) if len(wrong) else count

    def _view(self, elements: Elements) -> Number | View | None:
        """Return elements as a view or a constant; None if they are neither."""
        number = int(elements.arrays.flat[0])
        if not (elements.arrays == number).all():
            return None
        places = elements.places
        if number == CONSTANT:
            if (places == places.flat[0]).all():
                return Number(float(places.flat[0]), elements.shape)
            same = (places == places[0]).all()
            shape = elements.shape if same else (len(places), *elements.shape)
            array = self.constant(places[0] if same else places, shape)
            return View(array, 0, 0 if same else places.shape[1], _row_major(elements.shape), elements.shape)
        steps = np.diff(places, axis=0)
        step = int(steps.flat[0]) if steps.size else 0
        if (steps != step).any():
            return None
        positions = places[0].astype(int).reshape(elements.shape)
        strides = strides_of(positions) if positions.ndim else ()
        if strides is None:
            return None
        return View(self.arrays[number], int(places[0, 0]), step, tuple(strides), elements.shape)

    def _table(self, elements: Elements, inside: frozenset[int]) -> Table:
        """Return elements as a table of positions."""
        numbers = [int(x) for x in dict.fromkeys(elements.arrays.flat)]
        if inside.intersection(numbers):
            raise UnevenError
        sources, shifted, first = [], elements.places.copy(), 0
        for number in numbers:
            chosen = elements.arrays == number
            if number == CONSTANT:
                values = np.unique(elements.places[chosen])
                source = self.constant(values, (len(values),))
                shifted[chosen] = first + np.searchsorted(values, elements.places[chosen])
            else:
                source = self.arrays[number]
                shifted[chosen] += first
            sources.append(source)
            first += source.size
        repeats = bool((shifted != shifted[0]).any())
        shape = (len(shifted), *elements.shape) if repeats else elements.shape
        read = ", ".join(source.name for source in sources)
        array = self.constant(shifted if repeats else shifted[0], shape, name="places", of=read)
        return Table(array, tuple(sources), repeats, elements.shape)

    def constant(self, numbers: Any, shape: Shape, name: str = "constants", of: str = "") -> Array:
        """Return the array of constants of some numbers; of positions `of` other arrays, one array each."""
        flat = tuple(np.asarray(numbers, float).ravel().tolist())
        key = name, shape, repr(flat), of
        if key not in self.constants:
            count = sum(other[0] == name for other in self.constants) + 1
            self.constants[key] = Array(f"{name}{count}", shape, "constant", flat)
        return self.constants[key]


def _row_major(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
