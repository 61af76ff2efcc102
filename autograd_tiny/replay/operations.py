"""Keep the operations of a tape in flat arrays, about ten bytes each; an `Operation` is made when it is asked for.

An operand is a code: the position of a number from 0 on, or -1, -2, ... for the first, the second, ... constant. The
operands of most rows are two codes; those of a row of lists, or of three operands and more, are in a further array.

>>> from autograd_tiny import Value
>>> w, x = Value(3.0), Value(2.0)
>>> product = w * x
>>> operations, _ = operations_of([product, product + 1.0], [x, w])
>>> operations[1].operands, list(operations.firsts), list(operations.seconds)
((2, 1.0), [1, 2], [0, -1])
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, compress, repeat
from operator import attrgetter, is_not
from typing import Any, Final, NamedTuple, overload

import numpy as np

from autograd_tiny.engine import nary
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive

Operand = int | float
"""The position of a number on the tape, or a constant."""

Codes = Sequence[int]
"""Operands, each as a code."""

ABSENT: Final = -(2**31)
"""Takes the place of the second operand in a row of one operand."""

NARY: Final = ABSENT + 1
"""Takes the place of the second operand in an operation of many; the first is then the number of its list."""

ROW, X, DX, Y, DY, MANY = map(attrgetter, ("primitive", "_x", "_dx", "_y", "_dy", "_nary"))

Finder = Callable[[Iterable[Any]], Any]
"""Returns the positions of nodes as an array."""


class Operation(NamedTuple):
    """A row of the table and its operands, those of lists one after another."""

    primitive: Primitive
    operands: tuple[Operand, ...]

    @property
    def inputs(self) -> list[int]:
        """The positions among the operands, in order."""
        return [x for x in self.operands if type(x) is int]


class Operations(Sequence[Operation]):
    """The operations of a tape, in topological order.

    Attributes:
        rows: the rows of the table that occur.
        codes: for each operation its place in `rows`.
        firsts, seconds: its operands as codes; `seconds` has ABSENT or NARY for an operation of one, or of many.
        lists: the operands of the operations of many, as codes, one after another.
        stops: where each of these lists ends.
        constants: the constants.
    """

    __slots__ = ("rows", "codes", "firsts", "seconds", "lists", "stops", "constants")

    def __init__(  # noqa: PLR0917 - as `arrays` returns them
        self,
        rows: tuple[Primitive, ...],
        codes: array[int],
        firsts: array[int],
        seconds: array[int],
        lists: array[int],
        stops: array[int],
        constants: array[float],
    ) -> None:
        self.rows, self.codes, self.firsts, self.seconds = rows, codes, firsts, seconds
        self.lists, self.stops, self.constants = lists, stops, constants

    def arrays(self) -> tuple[array[Any], ...]:
        """Return all arrays, in their order."""
        return self.codes, self.firsts, self.seconds, self.lists, self.stops, self.constants

    def __len__(self) -> int:
        return len(self.codes)

    def list_of(self, k: int) -> array[int]:
        """Return the operands of the list number k as codes."""
        return self.lists[self.stops[k - 1] if k else 0 : self.stops[k]]

    def operation(self, k: int) -> Operation:
        """Return one operation."""
        return Operation(self.rows[self.codes[k]], self.operands(k))

    def operands(self, k: int) -> tuple[Operand, ...]:
        """Return the operands of one operation."""
        x, y = self.firsts[k], self.seconds[k]
        return (x, y) if x >= 0 and y >= 0 else self._decoded(x, y)

    def _operation(self, code: int, x: int, y: int) -> Operation:
        return Operation(self.rows[code], (x, y) if x >= 0 and y >= 0 else self._decoded(x, y))

    def _decoded(self, x: int, y: int) -> tuple[Operand, ...]:
        codes: Codes = self.list_of(x) if y == NARY else (x,) if y == ABSENT else (x, y)
        constants = self.constants
        return tuple([x if x >= 0 else constants[-1 - x] for x in codes])

    def __iter__(self) -> Iterator[Operation]:
        return map(self._operation, self.codes, self.firsts, self.seconds)

    @overload
    def __getitem__(self, k: int) -> Operation: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[Operation]: ...
    def __getitem__(self, k: int | slice) -> Operation | Sequence[Operation]:
        """Return one operation, or a tuple of some."""
        if isinstance(k, slice):
            return tuple(map(self._operation, self.codes[k], self.firsts[k], self.seconds[k]))
        return self.operation(k)


def operations_of(nodes: Sequence[Value], leaves: Sequence[Value]) -> tuple[Operations, Finder]:
    """Return the operations of nodes in topological order, and the function that finds positions of nodes.

    Nodes are found by their identity in a sorted array. A dictionary takes 100 bytes a node, and longer.

    Args:
        nodes: the inner nodes.
        leaves: what comes before them on the tape.
    """
    positions_of = _finder(leaves, nodes)
    rows, codes = _rows(nodes)
    is_many = np.fromiter(map(is_not, map(MANY, nodes), repeat(None)), bool, len(nodes))
    constants = array("d")
    firsts = _codes(nodes, X, DX, ~is_many, constants, positions_of)
    has_second = np.array([row.arity > 1 for row in rows], bool)[codes] & ~is_many
    seconds = _codes(nodes, Y, DY, has_second, constants, positions_of)
    lists, stops = _lists(list(compress(nodes, is_many)), constants, positions_of)
    firsts[is_many], seconds[~has_second], seconds[is_many] = np.arange(len(stops)), ABSENT, NARY
    firsts, seconds, lists, stops = (packed("i", numbers) for numbers in (firsts, seconds, lists, stops))
    return Operations(rows, packed("H", codes), firsts, seconds, lists, stops, constants), positions_of


def packed(kind: str, numbers: Any) -> array[Any]:
    """Return an array of NumPy as one of Python, whose numbers are read faster one by one."""
    numbers_of_kind = array(kind)
    numbers_of_kind.frombytes(numbers.astype(kind).tobytes())
    return numbers_of_kind


def _ids(things: Iterable[Any], count: int) -> Any:
    return np.fromiter(map(id, things), np.uintp, count)


def _finder(leaves: Sequence[Value], nodes: Sequence[Value]) -> Finder:
    """Return the function that finds the positions of nodes; that of others is any."""
    ids = _ids(chain(leaves, nodes), len(leaves) + len(nodes))
    order = ids.argsort(kind="stable").astype("i")
    ids = ids[order]

    def positions_of(things: Iterable[Any]) -> Any:
        wanted = np.fromiter(map(id, things), np.uintp)
        return order[np.searchsorted(ids, wanted, side="right") - 1]  # the last, if a leaf is in two places

    return positions_of


def _rows(nodes: Sequence[Value]) -> tuple[tuple[Primitive, ...], Any]:
    """Return the rows that occur, and for each node the place of its row among them."""
    rows: tuple[Any, ...] = tuple(dict.fromkeys(map(ROW, nodes)))
    places = {row: place for place, row in enumerate(rows)}
    return rows, np.fromiter(map(places.__getitem__, map(ROW, nodes)), np.uint16, len(nodes))


def _codes(  # noqa: PLR0917 - two slots
    nodes: Sequence[Value], read: Any, read_number: Any, wanted: Any, constants: array[float], positions_of: Finder
) -> Any:
    """Return the codes of what a slot of nodes holds, and append its constants.

    Args:
        nodes: the nodes.
        read: reads the slot: a node; None where the operand is a constant.
        read_number: reads the slot that then holds the constant.
        wanted: for each node whether it has this operand; the codes of others are of no use.
        constants: the constants so far.
        positions_of: finds positions.
    """
    is_constant = wanted & ~np.fromiter(map(is_not, map(read, nodes), repeat(None)), bool, len(nodes))
    codes = positions_of(map(read, nodes))
    count = len(constants)
    constants.extend(map(float, map(read_number, compress(nodes, is_constant))))
    codes[is_constant] = np.arange(-1 - count, -1 - len(constants), -1)
    return codes


def _lists(nodes: Sequence[Value], constants: array[float], positions_of: Finder) -> tuple[Any, Any]:
    """Return the codes of all operands of nodes with many, where each list ends; append their constants."""
    operands = list(map(nary.operands_of, nodes))
    stops = np.cumsum(list(map(len, operands)), dtype=np.int64)
    flat = list(chain.from_iterable(operands))
    is_constant = np.fromiter(map(isinstance, flat, repeat(float)), bool, len(flat))
    codes = positions_of(flat)
    count = len(constants)
    constants.extend(compress(flat, is_constant))
    codes[is_constant] = np.arange(-1 - count, -1 - len(constants), -1)
    return codes, stops
