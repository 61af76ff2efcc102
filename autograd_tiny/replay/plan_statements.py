"""Write a group of a plan as a statement: a formula with holes, what fills them, and the contributions to gradients.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = [Value(2.0), Value(3.0)], Value(1.0)
>>> plan = plan_of(tape_of((w * x[0]) * (w * x[1]), inputs=x, parameters=[w]))
>>> for statement in statements_of(plan):
...     print(statement.shape, statement.formula, statement.contributions)
(#2) @0 * @1 ((0, '@1 * @g'),)
 @0 * @1 ((0, '@1 * @g'), (1, '@0 * @g'))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.contributions import PLACE, UPSTREAM, partial_symbols
from autograd_tiny.replay.groups import ONE, Batched, Grid, Group, RowGroup
from autograd_tiny.replay.plan import Plan
from autograd_tiny.replay.plan_references import GATHERED, Reference, References, shape_of
from autograd_tiny.replay.recorder import DETACH
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.symbolic.symbol import Symbol

SIZE: Final = re.compile(r"#(\d+)")
MUL, DIV, POWER = TABLE["mul"], TABLE["div"], TABLE["pow_constant_exponent"]
WRITTEN_OUT: Final = 6
"""The most parts of a sum that are written out."""
LONGEST: Final = 60
"""The most characters of a partial that is written out; a longer one is named after its row."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A group as text.

    Attributes:
        shape: of the result; empty for one number.
        formula: with holes @0, @1, ... for the references, and a # before sizes.
        references: what fills them, one or several runs each.
        contributions: the hole of each reference that takes a gradient, and its contribution, a formula with the
            upstream gradient as @g.
        varying, differentiated: as of the group.
        count: of the numbers.
        is_elementwise: whether it is a row without lists, or a short sum.
    """

    shape: str
    formula: str
    references: tuple[tuple[Reference, ...], ...]
    contributions: tuple[tuple[int, str], ...]
    varying: bool
    differentiated: bool
    count: int
    is_elementwise: bool

    @property
    def sizes(self) -> list[int]:
        """The sizes in the shape and the formula."""
        return [int(size) for size in SIZE.findall(f"{self.shape} {self.formula}")]


def statements_of(plan: Plan) -> list[Statement]:
    """Return a statement for each group of a plan."""
    writer = _Writer(plan)
    return [writer.statement(group) for group in plan.groups]


class _Writer:
    """Writes groups."""

    def __init__(self, plan: Plan) -> None:
        self.references, self.flows = References(plan), plan.stores.flows

    def statement(self, group: Group) -> Statement:
        """Return the statement of a group."""
        if isinstance(group, RowGroup):
            shape, formula, operands, contributions = self._row(group)
        elif isinstance(group, Grid):
            shape, formula, operands, contributions = self._product(group)
        elif isinstance(group, Batched):
            shape, formula, operands, contributions = self._batched(group)
        else:
            shape, formula, operands, contributions = self._sum(group)
        references = [self.references.to(nodes) for nodes in operands]
        takes = [self._takes(nodes) for nodes in operands]
        return Statement(
            shape or shape_of(len(group.nodes), [runs[0].form for runs in references if len(runs) == 1]),
            formula,
            tuple(references),
            tuple((k, text) for k, text in contributions if takes[k] and text != "0"),
            group.varying,
            group.differentiated,
            len(group.nodes),
            " of " not in formula and ") @ @" not in formula,
        )

    def _takes(self, operands: Sequence[Any]) -> bool:
        return any(type(x) is int and x >= 0 and self.flows[x] for x in operands)

    def _row(self, group: RowGroup) -> _Parts:
        """Write a row of the table."""
        row = group.row
        if row.list_positions:
            return self._list(group)
        constants = tuple(None if type(operand[0]) is int else float(operand[0]) for operand in group.operands)
        if any(x is not None and len(set(y)) > 1 for x, y in zip(constants, group.operands, strict=True)):
            constants = (None,) * len(constants)  # each has a constant of its own
        formula, partials = _formulas(row, constants)
        return "", formula, list(group.operands), list(enumerate(partials))

    def _list(self, group: RowGroup) -> _Parts:
        """Write a row of lists; the elements are one reference."""
        row, each = group.row, list(zip(*group.operands, strict=True))
        grouped = [row.group(operands) for operands in each]
        operands, holes = [], {}
        for k, (name, is_list) in enumerate(zip(row.operands, row.takes_list, strict=True)):
            parts = [x[k] for x in grouped]
            operands.append([x for part in parts for x in part] if is_list else parts)
            holes[f"{{{'*' * is_list}{name}}}"] = f"@{k}"
        formula = row.text
        for name, hole in holes.items():
            formula = formula.replace(name, hole)
        width = max(len(x) for x in grouped[0] if isinstance(x, list))
        arguments = ", ".join(f"@{k}" for k in range(len(operands)))
        slopes = [(k, f"d_{row.name}({arguments}) * @g") for k in range(len(operands))]
        return "", f"{formula} of #{width}", operands, slopes

    def _product(self, group: Grid) -> _Parts:
        """Write a matrix product."""
        rows, width, columns = len(group.lefts), len(group.lefts[0]), len(group.rights)
        operands = [[x for left in group.lefts for x in left], [x for right in group.rights for x in right]]
        added = " + @2" * bool(group.terms) + _constants(group.constants)
        if columns > 1:
            shape = f"(#{columns}, #{rows})"
            formula = f"@1 (#{columns}, #{width}) @ @0.T (#{width}, #{rows})"
            slopes = [(0, "@g.T @ @1"), (1, "@g @ @0")]
        elif rows == 1 and all(x in self.references.constants for x in operands[0]):
            shape, formula, slopes = "", f"sum(@0 * @1) of #{width}", [(1, "@0 * @g")]
        else:
            shape = f"(#{rows})" if rows > 1 else ""
            formula = f"@0 (#{rows}, #{width}) @ @1"
            slopes = [(0, "@g @ @1.T"), (1, "@0.T @ @g")]
        if group.terms:
            operands.append(list(group.terms))
            slopes.append((2, "@g"))
        return shape, formula + added, operands, slopes

    @staticmethod
    def _batched(group: Batched) -> _Parts:
        """Write products of both sides of each block."""
        blocks, rows, columns, width = group.shape
        operands = [[x for sides in part for side in sides for x in side] for part in (group.lefts, group.rights)]
        formula = f"@0 (#{blocks}, #{rows}, #{width}) @ @1.mT (#{blocks}, #{width}, #{columns})"
        return f"(#{blocks}, #{rows}, #{columns})", formula, operands, [(0, "@g @ @1"), (1, "@g.mT @ @0")]

    def _sum(self, group: Any) -> _Parts:
        """Write sums, or sums of products: short ones part by part."""
        lefts = group.lefts
        rights = [right or (ONE,) * len(left) for left, right in zip(lefts, group.rights, strict=True)]
        sizes = {len(left) for left in lefts}
        kinds = {tuple(x == ONE for x in right) for right in rights}
        is_weighted = any(x in self.references.constants for x in (*rights[0], *lefts[0]))
        longest = WRITTEN_OUT if is_weighted else 2
        if len(sizes) == len(kinds) == 1 and max(sizes) <= longest:
            short = self._short_sum(group, list(zip(*lefts, strict=True)), list(zip(*rights, strict=True)))
            if not any(runs[0].form == GATHERED for runs in map(self.references.to, short[2])):
                return short
        flat = [[x for side in sides for x in side] for sides in (lefts, rights)]
        width = " to ".join(f"#{x}" for x in dict.fromkeys((min(sizes), max(sizes))))
        added = _constants(group.constants)
        g = "@g" if len(lefts) == 1 else "@g[:, None]" if len(sizes) == 1 else "@g[…]"
        if all(x == ONE for x in flat[1]):
            return "", f"sum(@0) of {width}{added}", flat[:1], [(0, g)]
        return "", f"sum(@0 * @1) of {width}{added}", flat, [(0, f"@1 * {g}"), (1, f"@0 * {g}")]

    def _short_sum(self, group: Any, lefts: Sequence[Any], rights: Sequence[Any]) -> _Parts:
        operands: list[Any] = []
        texts: list[str] = []
        slopes: list[tuple[int, str]] = []
        for left, right in zip(lefts, rights, strict=True):
            k = len(operands)
            operands.append(left)
            if right[0] == ONE:
                texts.append(f"@{k}")
                slopes.append((k, "@g"))
            else:
                operands.append(right)
                texts.append(f"@{k} * @{k + 1}")
                slopes += [(k, f"@{k + 1} * @g"), (k + 1, f"@{k} * @g")]
        return "", " + ".join(texts) + _constants(group.constants), operands, slopes


def _constants(numbers: Sequence[float]) -> str:
    """Return the text that adds a constant to each number of a group."""
    if not any(numbers):
        return ""
    return f" + {format_number(numbers[0])}" if len(set(numbers)) == 1 else " + constants"


_Parts = tuple[str, str, list[Any], list[tuple[int, str]]]
"""The shape, the formula, the operands of its holes, and the contributions."""


@cache
def _formulas(row: Primitive, constants: tuple[float | None, ...]) -> tuple[str, list[str]]:
    """Return the formula of a row without lists, and its contributions, with holes."""
    operands = [Symbol(f"X{k}_") if x is None else Symbol("", x) for k, x in enumerate(constants)]
    formula = "@0" if row is DETACH else _with_holes(Symbol("", None, row, tuple(operands)))
    return formula, [_contribution(row, k, constants) for k in range(len(constants))]


def _contribution(row: Primitive, k: int, constants: tuple[float | None, ...]) -> str:
    """Return the contribution to an operand, with holes; if it is long, the partial is named after the row."""
    partials = partial_symbols(row, constants)
    partial = None if partials is None else partials[k]
    if row is POWER and k == 0 and constants[1] is not None:
        partial = constants[1] * (Symbol("X0_") ** (constants[1] - 1.0) if constants[1] != 2.0 else Symbol("X0_"))
    if partial is not None:
        if partial.constant in {1.0, -1.0}:
            return "@g" if partial.constant == 1.0 else "-@g"
        is_inverse = partial.primitive is DIV and partial.operands[0].constant == 1.0
        parts = (UPSTREAM, partial.operands[1]) if is_inverse else (partial, UPSTREAM)
        text = _with_holes(Symbol("", None, DIV if is_inverse else MUL, parts))
        if len(text) <= LONGEST:
            return text
    position, arguments = str(k) * (len(constants) > 1), ", ".join(f"@{k}" for k in range(len(constants)))
    return f"d{position}_{row.name}({arguments}) * @g"


def _with_holes(formula: Symbol) -> str:
    return PLACE.sub(lambda match: f"@{match.group(2) or match.group()[0].lower()}", formula.text())


def targets_of(statement: Statement) -> Iterator[tuple[str, list[int]]]:
    """Yield each contribution, and the references that it is added to."""
    together: dict[str, list[int]] = {}
    for hole, text in statement.contributions:
        together.setdefault(text, []).append(hole)
    yield from together.items()
