"""Place each number in a row of one of two stores, so that groups read and write whole slices.

`U` holds the numbers that all examples share, the parameters first, one number a row. `X` holds the numbers that
vary, the inputs first, one row a number and one column an example. The numbers of a group are contiguous, in the
order of their inputs. If a bias is folded into a matrix product, a row of ones follows the inputs.

>>> import numpy as np
>>> strides_of(np.array([[3, 4, 5], [13, 14, 15]])), strides_of(np.array([3, 4, 6]))
((10, 1), None)
>>> folded(np.array([7, 7, 7, 9, 9, 9]))
(2, 3)
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import le
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.replay.fusion import FusedTape
from autograd_tiny.replay.groups import ONE, Batched, Grid, Group, Groups, Ragged, RowGroup
from autograd_tiny.replay.operations import ABSENT, Operations
from autograd_tiny.replay.tape import Tape

if TYPE_CHECKING:
    import numpy as np


FEW: Final = 8
"""The most rows that are compared one by one."""


@dataclass(frozen=True, slots=True)
class Stores:
    """The place of every number.

    Attributes:
        groups: in the order of their blocks, the numbers of each in the order of their rows.
        place: the row of each number in its store; the last is that of `ONE`.
        varying: for each number whether its store is `X`.
        flows: for each number whether a gradient flows through it.
        uniform_rows, varying_rows: the sizes of `U` and `X`.
        ones: the rows of `X` that are 1.
        constants: numbers that never change, by their row in `U`.
    """

    groups: Groups
    place: array[int]
    varying: list[bool]
    flows: list[bool]
    uniform_rows: int
    varying_rows: int
    ones: tuple[int, ...]
    constants: dict[int, float]

    def rows_of(self, nodes: Any) -> np.ndarray[Any, Any]:
        """Return the rows of numbers, in the same shape."""
        import numpy as np

        if type(nodes) is tuple and len(nodes) == 1 and type(nodes[0]) is int:
            return np.array([self.place[nodes[0]]], np.intp)
        rows = np.frombuffer(self.place, np.intc)[np.array(nodes, np.intp)]
        return np.array(rows, np.intp)


def place_in_stores(program: FusedTape, groups: Groups, *, flows: list[bool]) -> Stores:
    """Return the places of a program's numbers."""
    tape, varying = program.tape, program.varying
    followed = _followed_by_one(groups)
    place = array("i", [-1]) * (len(varying) + 1)
    ones: list[int] = []
    constants: dict[int, float] = {}
    sizes = [0, 0]

    def put(nodes: Sequence[int], *, varies: bool) -> None:
        """Give numbers the next rows; no row of ones is within a block, which is a slice."""
        for row, node in enumerate(nodes, start=sizes[varies]):
            place[node] = row
        sizes[varies] += len(nodes)
        if varies and nodes[-1] in followed:
            ones.append(sizes[True])
            sizes[True] += 1

    for node in [*range(tape.inputs, tape.leaves), *range(tape.inputs)]:
        put((node,), varies=varying[node])
    for node, number in [(ONE, 1.0), *program.constants.items()]:
        constants[sizes[False]] = number
        put((node,), varies=False)
    ordered = Groups(program, flows)
    for code in groups.codes:
        if code >= 0 and code not in followed:
            ordered.codes.append(code)
            varies = varying[code]
            place[code] = sizes[varies]
            sizes[varies] += 1
        elif code < 0 and isinstance(operations := groups.several[-1 - code], array):
            operations = _operations_in_order(tape, operations, place)
            ordered.append_operations(operations)
            put(operations, varies=varying[operations[0]])
        else:
            group = _ordered(groups.of_code(code), place)
            ordered.append(group)
            put(_in_rows(group), varies=group.varying)
    return Stores(ordered, place, varying, flows, sizes[False], sizes[True], tuple(ones), constants)


def _followed_by_one(groups: Groups) -> set[int]:
    """Return the numbers that a row of ones follows: the last inputs of neurons with a bias."""
    grids = (group for group in groups.sums() if isinstance(group, Grid))
    return {grid.rights[0][-1] for grid in grids if grid.varying and grid.terms and len(grid.rights) == 1}


def _in_rows(group: Group) -> Sequence[int]:
    """Return the numbers of a group in the order of their rows.

    Those of batched products keep the order in which they were recorded if that is even along each axis, as in the
    loop over positions, heads and numbers of a head: what follows reads them in this order.
    """
    if not isinstance(group, Batched):
        return group.nodes
    import numpy as np

    nodes = np.array(group.nodes)
    ranks = np.empty_like(nodes)
    ranks[np.argsort(nodes)] = np.arange(len(nodes))
    return group.nodes if strides_of(ranks.reshape(group.shape[:3])) is None else sorted(group.nodes)


def _operations_in_order(tape: Tape, nodes: array[int], place: array[int]) -> array[int]:
    """Return the numbers of a group of operations as `_ordered` orders them."""
    operations, leaves = tape.operations, tape.leaves
    firsts, seconds = operations.firsts, operations.seconds
    keys: list[Any] = []
    for node in nodes:
        x, y = firsts[node - leaves], seconds[node - leaves]
        if x >= 0 and y >= 0:
            keys.append((place[y], place[x]))
        else:
            keys.append(tuple([place[code] if code >= 0 else _whole(operations, code) for code in (y, x)]))
    if all(map(le, keys, keys[1:])):
        return nodes
    return array("i", [nodes[i] for i in sorted(range(len(keys)), key=keys.__getitem__)])


def _whole(operations: Operations, code: int) -> float:
    """Return by what `_places` orders a constant operand, given its code; 0 where there is none."""
    number = 0.0 if code == ABSENT else operations.constants[-1 - code]
    return number if number.is_integer() else 0.0


def _ordered(group: Group, place: array[int]) -> Group:
    """Return a group with its numbers in the order of their inputs."""
    if isinstance(group, RowGroup):
        computed_last = [_places(operand, place) for operand in reversed(group.operands)]
        keys = list(zip(*computed_last, strict=True))
        if all(map(le, keys, keys[1:])):
            return group
        order = sorted(range(len(keys)), key=keys.__getitem__)
        operands = tuple(tuple(operand[i] for i in order) for operand in group.operands)
        return group._replace(nodes=tuple(group.nodes[i] for i in order), operands=operands)
    if isinstance(group, Ragged):
        order = sorted(range(len(group.nodes)), key=lambda i: [place[x] for x in group.lefts[i][:1]])
        return replace(
            group,
            nodes=tuple(group.nodes[i] for i in order),
            lefts=tuple(group.lefts[i] for i in order),
            rights=tuple(group.rights[i] for i in order),
            constants=tuple(group.constants[i] for i in order),
        )
    if isinstance(group, Batched):
        return _ordered_blocks(group, place)
    rows = sorted(range(len(group.lefts)), key=lambda i: [place[x] for x in group.lefts[i]])
    columns = sorted(range(len(group.rights)), key=lambda j: [place[x] for x in group.rights[j]])
    order = [j * len(rows) + i for j in columns for i in rows]
    return replace(
        group,
        nodes=tuple(group.nodes[k] for k in order),
        lefts=tuple(group.lefts[i] for i in rows),
        rights=tuple(group.rights[j] for j in columns),
        terms=tuple(group.terms[k] for k in order) if group.terms else (),
        constants=tuple(group.constants[k] for k in order),
    )


def _places(operand: Sequence[Any], place: array[int]) -> list[Any]:
    """Return by what a group is ordered: the places of numbers, and constants that are whole, such as an index."""
    if type(operand[0]) is int:
        return [place[x] for x in operand]
    return [x if x.is_integer() else 0.0 for x in operand]


def _ordered_blocks(group: Batched, place: array[int]) -> Batched:
    """Return batched products with their blocks, and the sides of each, in the order of their places."""

    def order(sides: Sequence[Sequence[int]]) -> list[int]:
        return sorted(range(len(sides)), key=lambda i: [place[x] for x in sides[i]])

    _, rows, columns, _ = group.shape
    blocks = []
    for b, (lefts, rights) in enumerate(zip(group.lefts, group.rights, strict=True)):
        by_row, by_column = order(lefts), order(rights)
        nodes = [group.nodes[(b * rows + i) * columns + j] for i in by_row for j in by_column]
        blocks.append((tuple(lefts[i] for i in by_row), tuple(rights[j] for j in by_column), nodes))
    blocks.sort(key=lambda block: [place[side[0]] for sides in block[:2] for side in sides])
    nodes = [node for *_, part in blocks for node in part]
    return replace(
        group, nodes=tuple(nodes), lefts=tuple(x for x, *_ in blocks), rights=tuple(y for _, y, _ in blocks)
    )


# ── slices ────────────────────────────────────────────────────────────────────────────────────


def strides_of(rows: np.ndarray[Any, Any]) -> tuple[int, ...] | None:
    """Return the strides of rows along each axis, or None if they are not evenly spaced and so no slice."""
    if rows.size == 1:
        return (0,) * rows.ndim
    if rows.ndim == 1 and rows.size <= FEW:  # in a tenth of the time
        numbers = rows.tolist()
        step: int = numbers[1] - numbers[0]
        return (step,) if all(y - x == step for x, y in pairwise(numbers)) else None
    import numpy as np

    first = rows.flat[0]
    strides = tuple(
        int(rows.take(1, axis).flat[0] - first) if rows.shape[axis] > 1 else 0 for axis in range(rows.ndim)
    )
    even = sum(
        (stride * axis for stride, axis in zip(strides, np.indices(rows.shape, sparse=True), strict=True)), first
    )
    return strides if np.array_equal(np.broadcast_to(even, rows.shape), rows) else None


def folded(rows: np.ndarray[Any, Any]) -> tuple[int, int] | None:
    """Return the shape (a, b) in which a list of rows is evenly spaced along both axes, or None."""
    import numpy as np

    steps = np.diff(rows)
    breaks = np.flatnonzero(steps != steps[0]) if len(steps) else steps
    if not len(breaks) or len(rows) % (breaks[0] + 1):
        return None
    shape = (len(rows) // int(breaks[0] + 1), int(breaks[0] + 1))
    return shape if strides_of(rows.reshape(shape)) is not None else None
