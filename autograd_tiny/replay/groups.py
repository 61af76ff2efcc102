"""The groups of a plan: operations of one row, grids, batched products, sums; and the sequence of all of them.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> groups = plan_of(tape_of((w * x).tanh(), inputs=[x], parameters=[w])).groups
>>> groups[0]
RowGroup(nodes=(2,), row=<primitive mul(x, y)>, operands=((1,), (0,)), varying=True, differentiated=True)
>>> len(groups.codes), groups.several
(2, [])
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, overload

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.fusion import FusedTape, SumOfProducts

ONE: Final = -1
"""The name of the number 1, the factor of terms among products."""


class RowGroup(NamedTuple):
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
class Batched:
    """Dots of sides that both vary: in each block every left side with every right side.

    Attributes:
        nodes: the numbers that they compute, block by block, those of one left side together.
        lefts, rights: the sides of each block, all of one length, and as many in each block.
        varying, differentiated: as of `RowGroup`.
    """

    nodes: tuple[int, ...]
    lefts: tuple[tuple[tuple[int, ...], ...], ...]
    rights: tuple[tuple[tuple[int, ...], ...], ...]
    differentiated: bool
    varying: bool = True

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The numbers of blocks, of left and of right sides of each, and of the products of a dot."""
        return len(self.lefts), len(self.lefts[0]), len(self.rights[0]), len(self.lefts[0][0])

    def __str__(self) -> str:
        blocks, rows, columns, width = self.shape
        product = f"matmul ({rows}, {width}) @ ({width}, {columns})"
        return f"{_count(self.nodes, 'dot')} × {width} inputs → {product} × {blocks} blocks × batch"


@dataclass(frozen=True, slots=True)
class Ragged:
    """Sums of products, each of its own length.

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


Group = RowGroup | Grid | Batched | Ragged


class Groups(Sequence[Group]):
    """Groups in the order of their computation; one of operations of the tape is made when it is asked for.

    Attributes:
        program: the fused tape.
        flows: for each number whether gradients flow through it.
        codes: for each group the number that its only step computes, or -1, -2, ... for those in `several`.
        several: the other groups, or the numbers that the operations of one compute, in 4 bytes each.
    """

    __slots__ = ("program", "flows", "codes", "several")

    def __init__(self, program: FusedTape, flows: Sequence[bool]) -> None:
        self.program, self.flows = program, flows
        self.codes = array("i")
        self.several: list[Group | array[int]] = []

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Group]:
        return map(self.of_code, self.codes)

    @overload
    def __getitem__(self, k: int) -> Group: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[Group]: ...
    def __getitem__(self, k: int | slice) -> Group | Sequence[Group]:
        """Return one group, or a list of some."""
        return list(map(self.of_code, self.codes[k])) if isinstance(k, slice) else self.of_code(self.codes[k])

    def of_code(self, code: int) -> Group:
        """Return the group that a code is for."""
        if code < 0:
            group = self.several[-1 - code]
            return self._of_operations(group) if isinstance(group, array) else group
        steps, varying, flows = self.program.steps, self.program.varying[code], self.flows[code]
        if code not in steps.new:
            row, numbers = self.program.tape.operations[code - self.program.tape.leaves]
            return RowGroup((code,), row, tuple([(x,) for x in numbers]), varying, flows)
        step = steps.new[code]
        if type(step) is SumOfProducts:
            return _sum_of_one(self.program, code, step, varying=varying, flows=flows)
        row, operands = step  # type: ignore[misc]  # an operation
        return RowGroup((code,), row, tuple(zip(operands, strict=True)), varying, flows)

    def _of_operations(self, nodes: array[int]) -> RowGroup:
        """Return the group of operations of the tape."""
        operations, leaves, first = self.program.tape.operations, self.program.tape.leaves, nodes[0]
        operands = tuple(zip(*[operations.operands(node - leaves) for node in nodes], strict=True))
        row = operations.rows[operations.codes[first - leaves]]
        return RowGroup(tuple(nodes), row, operands, self.program.varying[first], self.flows[first])

    def append_operations(self, nodes: array[int]) -> None:
        """Append a group of operations of the tape, given the numbers that they compute."""
        if len(nodes) == 1:
            self.codes.append(nodes[0])
        else:
            self.several.append(nodes)
            self.codes.append(-len(self.several))

    def append(self, group: Group) -> None:
        """Append a group; a sum beside others of its level is kept: if it is a grid depends on these."""
        if type(group) is RowGroup and len(group.nodes) == 1:
            self.codes.append(group.nodes[0])
        else:
            self.several.append(group)
            self.codes.append(-len(self.several))

    def sums(self) -> Iterator[Group]:
        """Yield the groups in `several` but those of operations, then each sum of products alone on its level."""
        yield from (group for group in self.several if not isinstance(group, array))
        new = self.program.steps.new
        for code in self.codes:
            if code in new and type(new[code]) is SumOfProducts:
                yield self.of_code(code)


def _sum_of_one(program: FusedTape, node: int, step: SumOfProducts, *, varying: bool, flows: bool) -> Group:
    """Return the group of one sum of products."""
    if fits_grid(program, step, varying=varying):
        return Grid((node,), (step.lefts,), (step.rights,), step.terms, (step.constant,), varying, flows)
    return ragged([node], {node: step}, ONE if step.rights else None, varying=varying, flows=flows)


def ragged(nodes: Sequence[int], steps: dict[int, Any], one: int | None, *, varying: bool, flows: bool) -> Ragged:
    """Return the group of sums of products; with products, `one` is the name of the factor of terms."""
    return Ragged(
        tuple(nodes),
        tuple((*steps[node].lefts, *steps[node].terms) for node in nodes),
        tuple((*steps[node].rights, *([one] * len(steps[node].terms) if one else [])) for node in nodes),
        tuple(steps[node].constant for node in nodes),
        varying,
        flows,
    )


def fits_grid(program: FusedTape, step: SumOfProducts, *, varying: bool) -> bool:
    """Return whether a sum of products can be a number of a matrix product."""
    return (
        len(step.lefts) > 1
        and len(step.terms) <= 1
        and not any(program.varying[x] for x in step.lefts)
        and all(program.varying[x] == varying for x in step.rights)
    )
