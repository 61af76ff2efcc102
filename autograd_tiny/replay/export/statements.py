"""Turn a group of a plan into a statement: the shape in which its operands are views, and these.

A group is drafted for each repetition of the loop around it; the drafts are then read together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.export.arrays import (
    Joined,
    Number,
    Operand,
    RowStatement,
    Shape,
    Statement,
    SumStatement,
    Table,
    Term,
    View,
)
from autograd_tiny.replay.export.operands import CONSTANT, Elements, Finder
from autograd_tiny.replay.groups import ONE, Batched, Grid, Group, RowGroup
from autograd_tiny.replay.layout import folded

WRITTEN_OUT: Final = 4
"""The most parts of a sum that are written one after another."""
ARITHMETIC: Final = frozenset({"add", "sub", "mul", "div", "neg", "where", "maximum", "minimum"})
"""Rows whose constants may differ from one repetition of a loop to the next."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A group as operands that are lists of nodes and constants.

    Attributes:
        key: what the same statements have in common.
        nodes: what is computed, in order.
        shapes: of each operand; the first is that of the target.
        operands: of a row, or the sides of terms.
        kinds: of each term, with whether it has a right side; empty for a row.
        row: the row; None for sums.
        constants: of a row, for each operand its constant, if it is one for all nodes.
        constant: of a sum.
        varying, differentiated: as of the group.
    """

    key: str
    nodes: Sequence[int]
    shapes: tuple[Shape, ...]
    operands: tuple[Sequence[Any], ...]
    kinds: tuple[tuple[str, bool], ...]
    row: Primitive | None
    constants: tuple[float | None, ...]
    constant: float
    varying: bool
    differentiated: bool


def draft_of(group: Group) -> Draft:
    """Return a group as a draft."""
    if isinstance(group, RowGroup):
        return _row(group)
    if isinstance(group, Grid):
        return _grid(group)
    if isinstance(group, Batched):
        blocks, rows, columns, width = group.shape
        flat = [[x for sides in part for side in sides for x in side] for part in (group.lefts, group.rights)]
        shapes = (blocks, rows, columns), (blocks, rows, width), (blocks, columns, width)
        return _draft(group, shapes, flat, (("batched", True),))
    return _sums(group)


def _draft(group: Any, shapes: Sequence[Shape], operands: Sequence[Any], kinds: Any, constant: float = 0.0) -> Draft:
    key = f"{kinds} {shapes} {constant!r} {group.varying} {group.differentiated}"
    return Draft(
        key,
        group.nodes,
        tuple(shapes),
        tuple(operands),
        tuple(kinds),
        None,
        (),
        constant,
        group.varying,
        group.differentiated,
    )


def _row(group: RowGroup) -> Draft:
    """Return the draft of a row; the elements of a list are one operand."""
    row, count = group.row, len(group.nodes)
    target = (count,) if count > 1 else ()
    operands: list[Any] = list(group.operands)
    shapes = [target] * (len(operands) + 1)
    constants: list[float | None] = []
    if row.list_positions:
        each = [row.group(numbers) for numbers in zip(*group.operands, strict=True)]
        operands, shapes = [], [target]
        for k, is_list in enumerate(row.takes_list):
            parts = [x[k] for x in each]
            operands.append([x for part in parts for x in part] if is_list else parts)
            shapes.append((*target, len(parts[0])) if is_list else target)
            constants.append(None if is_list else _only_constant(parts))
    else:
        constants = [_only_constant(x) for x in operands]
    known = () if row.name in ARITHMETIC else tuple(constants)
    is_constant = [x is not None for x in constants]
    key = f"{row.name} {shapes} {known} {is_constant} {group.varying} {group.differentiated}"
    return Draft(
        key,
        group.nodes,
        tuple(shapes),
        tuple(operands),
        (),
        row,
        tuple(constants),
        0.0,
        group.varying,
        group.differentiated,
    )


def _only_constant(operand: Sequence[Any]) -> float | None:
    """Return the constant that an operand is, if it is one for all nodes."""
    first = operand[0]
    if type(first) is int or any(x != first for x in operand):
        return None
    return float(first)


def _grid(group: Grid) -> Draft:
    """Return the draft of a matrix product."""
    rows, width, columns = len(group.lefts), len(group.lefts[0]), len(group.rights)
    operands: list[Any] = [[x for left in group.lefts for x in left], [x for right in group.rights for x in right]]
    target = tuple(n for n in (columns, rows) if n > 1)
    shapes: list[Shape] = [
        target,
        (rows, width) if rows > 1 else (width,),
        (columns, width) if columns > 1 else (width,),
    ]
    kinds = [("matrix", True)]
    for extra in _added(group.terms, group.constants):
        operands.append(extra)
        shapes.append(target)
        kinds.append(("each", False))
    return _draft(group, shapes, operands, kinds, _one_constant(group.constants))


def _added(terms: Sequence[int], constants: Sequence[float]) -> Iterator[Sequence[Any]]:
    if terms:
        yield terms
    if len(set(constants)) > 1:
        yield constants


def _one_constant(constants: Sequence[float]) -> float:
    return constants[0] if len(set(constants)) == 1 else 0.0


def _sums(group: Any) -> Draft:
    """Return the draft of sums of products; of different lengths, the shorter ones are filled up with 0."""
    count, width = len(group.nodes), max(map(len, group.lefts))
    target = (count,) if count > 1 else ()
    rights = [right or (ONE,) * len(left) for left, right in zip(group.lefts, group.rights, strict=True)]
    lefts = [[*left, *[0.0] * (width - len(left))] for left in group.lefts]
    rights = [[*right, *[ONE] * (width - len(right))] for right in rights]
    operands: list[Any] = []
    shapes: list[Shape] = [target]
    kinds: list[tuple[str, bool]] = []

    def add(kind: str, left: Sequence[Any], right: Sequence[Any], shape: Shape) -> None:
        has_right = any(x != ONE for x in right)
        kinds.append((kind, has_right))
        operands.extend([left, right] if has_right else [left])
        shapes.extend([shape] * (1 + has_right))

    ones = [all(right[w] == ONE for right in rights) for w in range(width)]
    if width <= WRITTEN_OUT:
        for w in range(width):
            add("each", [left[w] for left in lefts], [right[w] for right in rights], target)
    else:
        for is_one in (False, True):
            chosen = [w for w in range(width) if ones[w] == is_one]
            if chosen:
                sides = ([[side[w] for w in chosen] for side in part] for part in (lefts, rights))
                left, right = ([x for side in part for x in side] for part in sides)
                add("rows", left, right, (*target, len(chosen)))
    for extra in _added((), group.constants):
        add("each", extra, [ONE] * count, target)
    return _draft(group, shapes, operands, kinds, _one_constant(group.constants))


class Reader:
    """Reads the operands of drafts as elements, given the place of every node.

    Args:
        finder: of the arrays.
        array_of, position_of: of each node the number of its array, and its position there; of constants CONSTANT
            and the number. The last is that of `ONE`.
    """

    def __init__(self, finder: Finder, array_of: Any, position_of: Any) -> None:
        self.finder, self.array_of, self.position_of = finder, array_of, position_of

    def elements(self, drafts: Sequence[Draft], operand: int) -> Elements:
        """Return one operand of the drafts of all repetitions."""
        lists = [draft.operands[operand] for draft in drafts]
        mixed = any(type(x) is not int for numbers in lists for x in numbers)
        if not mixed:
            nodes = np.array(lists, int)
            return Elements(self.array_of[nodes], self.position_of[nodes], drafts[0].shapes[operand + 1])
        arrays = [[self.array_of[x] if type(x) is int else CONSTANT for x in numbers] for numbers in lists]
        places = [[self.position_of[x] if type(x) is int else x for x in numbers] for numbers in lists]
        return Elements(np.array(arrays), np.array(places, float), drafts[0].shapes[operand + 1])


def statement_of(
    draft: Draft, elements: Sequence[Elements], target: View, finder: Finder, inside: frozenset[int]
) -> Statement:
    """Return a draft as a statement.

    Args:
        draft: the first of all repetitions.
        elements: of each operand, in the shape that was chosen.
        target: what it computes.
        finder: of the arrays.
        inside: the numbers of arrays that the loop around computes.
    """
    if draft.row is not None:
        operands = tuple(finder.operand(x, inside=inside) for x in elements)
        return RowStatement(target, draft.row, operands, draft.constants, draft.varying, draft.differentiated)
    terms: list[Term] = []
    rest = iter(elements)
    for kind, has_right in draft.kinds:
        left, right = next(rest), next(rest) if has_right else None
        for part, x, y in _by_columns(finder, kind, left, right):
            first = finder.operand(x, inside=inside)
            second = None if y is None else finder.operand(y, inside=inside)
            if part == "each" and second is not None and isinstance(first, Number) and first.number == 1.0:
                first, second = second, None
            terms.append(Term(part, first, second))
    return SumStatement(target, tuple(terms), draft.constant, draft.varying, draft.differentiated)


def _by_columns(
    finder: Finder, kind: str, left: Elements, right: Elements | None
) -> Iterator[tuple[str, Elements, Elements | None]]:
    """Yield the kind and the sides of a product: if they are joined along what is summed, one for each part."""
    if kind == "each":
        yield kind, left, right
        return
    if kind == "rows" and len(left.shape) == 1:
        left, right = _sorted(left, right)
    ends: set[int] = set()
    for side in (left, right):
        if side is not None:
            ends.update(finder.cuts(side, len(side.shape) - 1) or [])
    width = left.shape[-1]
    for start, stop in pairwise([0, *sorted(ends | {width})]):
        x = left.part(len(left.shape) - 1, start, stop)
        y = right and right.part(len(right.shape) - 1, start, stop)
        if stop - start == 1 and kind != "batched" and width > 1:
            yield "each", *_beside_each_other(kind, x, y)
        else:
            yield kind, x, y


def _sorted(left: Elements, right: Elements | None) -> tuple[Elements, Elements | None]:
    """Return the sides of a sum in the order of the places of the left one, since any order will do."""
    order = np.lexsort((left.places[-1], left.arrays[-1]))
    x, y = (side and Elements(side.arrays[:, order], side.places[:, order], side.shape) for side in (left, right))
    return x or left, y


def _beside_each_other(kind: str, left: Elements, right: Elements | None) -> tuple[Elements, Elements | None]:
    """Return the sides of a product of one column in the shape of its result."""
    if kind == "rows" or right is None:
        return left.reshaped(left.shape[:-1]), right and right.reshaped(right.shape[:-1])
    rows, columns = left.shape[:-1], right.shape[:-1]
    shape = (*columns, *rows)
    grids = []
    for x, repeats in ((left, columns), (right, ())):
        parts = [
            grid.reshape(
                len(grid),
                *([1] * len(columns) if repeats or x is left else columns),
                *(rows if x is left else [1] * len(rows)),
            )
            for grid in (x.arrays, x.places)
        ]
        whole = [np.broadcast_to(part, (len(part), *shape)).reshape(len(part), -1).copy() for part in parts]
        grids.append(Elements(whole[0], whole[1], shape))
    return grids[0], grids[1]


def best_shape(draft: Draft, elements: Sequence[Elements], finder: Finder) -> tuple[Shape, list[Elements]]:
    """Return the shape of the target in which its operands are read best, and these in it.

    Only what is computed element by element has a choice.
    """
    target = draft.shapes[0]
    is_each = draft.row is not None or all(kind == "each" for kind, _ in draft.kinds)
    if len(target) != 1 or not is_each:
        return target, list(elements)
    best: tuple[float, Shape, list[Elements]] = math.inf, target, list(elements)
    for shape in _candidates(target[0], elements, finder):
        parts = [x.reshaped((*shape, *x.shape[1:])) for x in elements]
        cost = sum(_cost(finder, x, shape) for x in parts) + 0.1 * len(shape)
        if cost < best[0]:
            best = cost, shape, parts
    return best[1], best[2]


def _candidates(count: int, elements: Sequence[Elements], finder: Finder) -> Iterator[Shape]:
    found: dict[Shape, None] = {(count,): None}
    for x in elements:
        numbers = {int(number) for number in x.arrays[-1].flat}
        for number in sorted(numbers - {CONSTANT}):
            shape = finder.arrays[number].shape
            for candidate in (shape, shape[1:]):
                if len(candidate) > 1 and prod(candidate) == count:
                    found[candidate] = None
        if len(numbers) == 1 and CONSTANT not in numbers and len(x.shape) == 1:
            both = folded(x.places[-1].astype(int))
            if both is not None and min(both) > 1:
                found[both] = None
    yield from found


def _cost(finder: Finder, elements: Elements, shape: Shape) -> float:
    """Return how badly an operand is read."""
    operand: Operand = finder.operand(elements, inside=frozenset())
    if isinstance(operand, Table):
        return 6.0
    if isinstance(operand, Joined):
        return 2.0 * len(operand.parts)
    if isinstance(operand, View) and operand.array.size > 1:
        own = operand.array.shape
        is_plain = not any(operand.strides) or own[len(own) - len(shape) :] == shape or len(shape) == 1 == len(own)
        return 0.0 if is_plain else 1.0
    return 0.0
