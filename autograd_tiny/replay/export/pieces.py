"""Cut statements into pieces for index loops, in which no operand is joined along an axis of the target.

A sum over joined parts becomes one term for each. Only the elements of a list, the last axis, stay joined.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> from autograd_tiny.replay.export.arrays import Array
>>> x, v = Array("x", (2,), "input"), Array("v", (3,), "result")
>>> joined = Joined(0, (View(x, 0, 0, (1,), (2,)), Number(5.0, (1,))), (3,))
>>> statement = RowStatement(View(v, 0, 0, (1,), (3,)), TABLE["exp"], (joined,), (None,), True, True)
>>> [(piece.target.base, piece.target.shape) for piece in pieces(statement)]
[(0, (2,)), (2, (1,))]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import prod

from autograd_tiny.replay.export.arrays import (
    Joined,
    Number,
    Operand,
    Part,
    RowStatement,
    Shape,
    Statement,
    SumStatement,
    Table,
    Term,
    View,
)


@dataclass(frozen=True, slots=True)
class Gathered(Table):
    """A table with a view of its positions, of which some may have been cut off."""

    positions: View


def pieces(statement: Statement) -> Iterator[Statement]:
    """Yield the pieces of a statement, in order."""
    for axis, count in enumerate(statement.target.shape):
        ends = {count}
        for operand, own in _along(statement, axis):
            ends.update(_ends(operand, own))
        if len(ends) > 1:
            for start, stop in pairwise([0, *sorted(ends)]):
                yield from pieces(_cut_statement(statement, axis, start, stop))
            return
    if isinstance(statement, SumStatement):
        terms = tuple(part for term in statement.terms for part in _parts_of_term(term))
        yield replace(statement, terms=terms)
    else:
        yield statement


def cut(operand: Operand, axis: int, start: int, stop: int) -> Operand:
    """Return the elements from one place to another along an axis."""
    shape = (*operand.shape[:axis], stop - start, *operand.shape[axis + 1 :])
    if isinstance(operand, Number):
        return Number(operand.number, shape)
    if isinstance(operand, View):
        return cut_view(operand, axis, start, stop)
    if isinstance(operand, Table):
        positions = cut_view(gathered(operand).positions, axis, start, stop)
        return replace(gathered(operand), positions=positions, shape=shape)
    return _cut_joined(operand, axis, start, stop, shape)


def cut_view(view: View, axis: int, start: int, stop: int) -> View:
    """Return the elements of a view from one place to another along an axis."""
    shape = (*view.shape[:axis], stop - start, *view.shape[axis + 1 :])
    return replace(view, base=view.base + start * view.strides[axis], shape=shape)


def _cut_joined(operand: Joined, axis: int, start: int, stop: int, shape: Shape) -> Operand:
    if axis != operand.axis:
        parts = tuple(cut(part, axis, start, stop) for part in operand.parts)
        return Joined(operand.axis, parts, shape)  # type: ignore[arg-type]  # parts are not joined
    found: list[Part] = []
    first = 0
    for part in operand.parts:
        last = first + part.shape[axis]
        if first < stop and start < last:
            found.append(cut(part, axis, max(start, first) - first, min(stop, last) - first))  # type: ignore[arg-type]  # as above
        first = last
    return found[0] if len(found) == 1 else Joined(axis, tuple(found), shape)


def gathered(table: Table) -> Gathered:
    """Return a table with a view of all its positions."""
    if isinstance(table, Gathered):
        return table
    strides = tuple(prod(table.shape[axis + 1 :]) for axis in range(len(table.shape)))
    step = prod(table.shape) if table.repeats else 0
    positions = View(table.array, 0, step, strides, table.shape)
    return Gathered(table.array, table.sources, table.repeats, table.shape, positions)


def _along(statement: Statement, axis: int) -> Iterator[tuple[Operand, int]]:
    """Yield the operands that have an axis of the target, and which of theirs it is."""
    if isinstance(statement, RowStatement):
        yield from ((operand, axis) for operand in statement.operands)
        return
    dimensions = len(statement.target.shape)
    for term in statement.terms:
        for side, own in zip((term.left, term.right), axes_of(term, dimensions), strict=True):
            if side is not None and axis in own:
                yield side, own.index(axis)


def axes_of(term: Term, dimensions: int) -> tuple[Sequence[int], Sequence[int]]:
    """Return for each side of a term the axes of the target that its own are; the one that is summed is left out."""
    if term.kind == "each":
        return range(dimensions), range(dimensions)
    if term.kind == "batched":
        return (0, 1), (0, 2)
    if term.kind == "rows":
        return range(dimensions), range(dimensions)
    of_left = [dimensions - 1] if len(term.left.shape) > 1 else []
    of_right = [0] if term.right is not None and len(term.right.shape) > 1 else []
    return of_left, of_right


def _ends(operand: Operand, axis: int) -> list[int]:
    if not isinstance(operand, Joined) or operand.axis != axis:
        return []
    return list(accumulate(part.shape[axis] for part in operand.parts))


def _cut_statement(statement: Statement, axis: int, start: int, stop: int) -> Statement:
    target = cut_view(statement.target, axis, start, stop)
    if isinstance(statement, RowStatement):
        operands = tuple(cut(operand, axis, start, stop) for operand in statement.operands)
        return replace(statement, target=target, operands=operands)
    terms = []
    for term in statement.terms:
        sides = [
            cut(side, own.index(axis), start, stop) if side is not None and axis in own else side
            for side, own in zip((term.left, term.right), axes_of(term, len(target.shape)), strict=True)
        ]
        terms.append(Term(term.kind, *sides))  # type: ignore[arg-type]  # the left side is never lacking
    return replace(statement, target=target, terms=tuple(terms))


def _parts_of_term(term: Term) -> Iterator[Term]:
    """Yield a term for each part of its sides along the axis that is summed."""
    sides = [side for side in (term.left, term.right) if side is not None]
    if term.kind == "each" or not any(isinstance(side, Joined) for side in sides):
        yield term
        return
    last = len(term.left.shape) - 1
    ends = {term.left.shape[last]}
    for side in sides:
        ends.update(_ends(side, len(side.shape) - 1))
    for start, stop in pairwise([0, *sorted(ends)]):
        parts = [cut(side, len(side.shape) - 1, start, stop) for side in sides]
        yield Term(term.kind, parts[0], parts[1] if term.right is not None else None)
