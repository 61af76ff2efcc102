"""Group the steps of a program: those of the same kind and level are computed by one call.

The level of a step is the length of the longest path from the leaves, so steps of one level are independent. Dots of
each of several left sides with each of several right sides are a `Grid`, a matrix product; the other dots and sums of
a level are `Ragged`, each of its own length.

>>> from autograd_tiny import Value, dot
>>> from autograd_tiny.replay.fusion import fuse
>>> from autograd_tiny.replay.tape import tape_of
>>> weights, x = [[Value(float(i + j)) for i in range(3)] for j in range(2)], [Value(1.0), Value(2.0), Value(3.0)]
>>> neurons = [dot(w, x).tanh() for w in weights]
>>> tape = tape_of(neurons[0] * neurons[1], inputs=x, parameters=[*weights[0], *weights[1]])
>>> varying = tape.depends_on(0, 3)
>>> for group in grouped(fuse(tape, varying=varying), flows=tape.is_differentiated(3, 9)):
...     print(group)
2 dots × 3 inputs → matmul (2, 3) @ (3, batch)
2 × tanh
1 × mul
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.fusion import FusedTape, SumOfProducts

LEAST_WORK: Final = 64
"""The least number of products of a grid, if a level has more than a few grids."""
FEW: Final = 3
EXAMPLES: Final = 16
"""The usual least size of a batch."""

POWER: Final = frozenset({TABLE["pow_constant_exponent"], TABLE["pow_constant_base"]})


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Operations of one row whose operands are of the same kinds.

    Attributes:
        nodes: the numbers that they compute.
        row: of the table.
        operands: for each operand of the row that of each node; numbers of the program or constants.
        varying: whether the results vary with the example.
        differentiated: whether gradients flow through them.
    """

    nodes: tuple[int, ...]
    row: Primitive
    operands: tuple[tuple[Any, ...], ...]
    varying: bool
    differentiated: bool

    def __str__(self) -> str:
        return f"{len(self.nodes)} × {self.row.name}"


@dataclass(frozen=True, slots=True)
class Grid:
    """Dots of every left side with every right side.

    Attributes:
        nodes: the numbers that they compute, those of one right side together.
        lefts, rights: the sides, all of one length.
        terms: one for each node, or none.
        constants: for each node.
        varying, differentiated: as of `RowGroup`.
    """

    nodes: tuple[int, ...]
    lefts: tuple[tuple[int, ...], ...]
    rights: tuple[tuple[int, ...], ...]
    terms: tuple[int, ...]
    constants: tuple[float, ...]
    varying: bool
    differentiated: bool

    def __str__(self) -> str:
        rows, width, columns = len(self.lefts), len(self.lefts[0]), len(self.rights)
        right = f"({width}, batch)" if self.varying else f"({width}, {columns})"
        times = f" × {columns}" if self.varying and columns > 1 else ""
        return f"{_count(self.nodes, 'dot')} × {width} inputs → matmul ({rows}, {width}) @ {right}{times}"


@dataclass(frozen=True, slots=True)
class Ragged:
    """SegmentSums, or sums of products, each of its own length.

    Attributes:
        nodes: the numbers that they compute.
        lefts, rights: for each node the sides of its products; the right sides of sums are empty.
        constants: for each node.
        varying, differentiated: as of `RowGroup`.
    """

    nodes: tuple[int, ...]
    lefts: tuple[tuple[int, ...], ...]
    rights: tuple[tuple[int, ...], ...]
    constants: tuple[float, ...]
    varying: bool
    differentiated: bool

    def __str__(self) -> str:
        kind = "dot" if any(self.rights) else "sum"
        return f"{_count(self.nodes, kind)} of {sum(map(len, self.lefts))} numbers"


def _count(things: Sequence[Any], name: str) -> str:
    return f"{len(things)} {name}{'s' * (len(things) != 1)}"


Group = RowGroup | Grid | Ragged


def levels_of(program: FusedTape) -> dict[int, int]:
    """Return the level of every step, from 1; leaves are on level 0."""
    levels: dict[int, int] = {}
    for node, step in program.steps.items():
        levels[node] = 1 + max((levels.get(x, 0) for x in step.inputs), default=0)
    return levels


def grouped(program: FusedTape, *, flows: Sequence[bool]) -> list[Group]:
    """Return the groups of a program, level by level.

    Args:
        program: the fused tape.
        flows: for each number whether gradients flow through it.
    """
    levels = levels_of(program)
    sections: dict[tuple[Any, ...], list[int]] = {}
    for node, step in program.steps.items():
        key = (levels[node], program.varying[node], flows[node], *_kind(program, step))
        sections.setdefault(key, []).append(node)
    groups: list[Group] = []
    for key in sorted(sections, key=lambda key: key[:2]):  # uniform groups first: see `NumpyWriter.contribute`
        nodes, (_, varying, flow, row, *_) = sections[key], key
        if row is None:
            groups += _combinations(program, nodes, varying=varying, flows=flow)
        else:
            operands = tuple(zip(*(program.steps[node].operands for node in nodes), strict=True))  # type: ignore[union-attr]  # steps with a row
            groups.append(RowGroup(tuple(nodes), row, operands, varying, flow))
    return groups


def _kind(program: FusedTape, step: Any) -> tuple[Any, ...]:
    """Return the key of a step's group: the row, and for each operand whether it varies."""
    if isinstance(step, SumOfProducts):
        return (None,)
    kinds = [
        program.varying[x] if type(x) is int else ("constant", step.primitive in POWER and x) for x in step.operands
    ]
    return (step.primitive, *kinds)


def _combinations(program: FusedTape, nodes: Sequence[int], *, varying: bool, flows: bool) -> Iterable[Group]:
    """Yield the grids among the sums of products of a level, then the other dots, then the sums."""
    steps: dict[int, Any] = {node: program.steps[node] for node in nodes}
    left = dict.fromkeys(nodes)
    for grid in _grids(program, steps, varying=varying, flows=flows):
        yield grid
        for node in grid.nodes:
            del left[node]
    for with_products in (True, False):
        chosen = [node for node in left if bool(steps[node].rights) == with_products]
        if chosen:
            one = ONE if with_products else None
            yield _ragged(chosen, steps, one, varying=varying, flows=flows)


ONE: Final = -1
"""The name of the number 1, the factor of terms among products."""


def _ragged(nodes: Sequence[int], steps: dict[int, Any], one: int | None, *, varying: bool, flows: bool) -> Ragged:
    return Ragged(
        tuple(nodes),
        tuple((*steps[node].lefts, *steps[node].terms) for node in nodes),
        tuple((*steps[node].rights, *([one] * len(steps[node].terms) if one else [])) for node in nodes),
        tuple(steps[node].constant for node in nodes),
        varying,
        flows,
    )


def _grids(program: FusedTape, steps: dict[int, Any], *, varying: bool, flows: bool) -> Iterable[Grid]:
    """Yield the grids: right sides with the same left sides."""
    columns: dict[tuple[Any, ...], dict[tuple[int, ...], int]] = {}
    for node, step in steps.items():
        fits = len(step.lefts) > 1 and len(step.terms) <= 1
        if (
            fits
            and not any(program.varying[x] for x in step.lefts)
            and all(program.varying[x] == varying for x in step.rights)
        ):
            kinds = tuple(program.varying[x] for x in step.terms)
            columns.setdefault((step.rights, kinds), {}).setdefault(step.lefts, node)
    grids: dict[tuple[Any, ...], list[tuple[int, ...]]] = {}
    for (right, kinds), column in columns.items():
        grids.setdefault((tuple(sorted(column)), kinds), []).append(right)
    for (lefts, kinds), rights in grids.items():
        work = len(lefts) * len(rights) * len(lefts[0]) * (EXAMPLES if varying else 1)
        if work >= LEAST_WORK or len(grids) <= FEW:
            nodes = tuple(columns[right, kinds][left] for right in rights for left in lefts)
            added = tuple(term for node in nodes for term in steps[node].terms)
            yield Grid(nodes, lefts, tuple(rights), added, tuple(steps[n].constant for n in nodes), varying, flows)
