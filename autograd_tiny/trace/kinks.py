"""Kinks: which nodes changed to another side of one, found from the table without a list of names.

The partials of a row are written with comparisons. So a float that writes down how its comparisons came out tells on
which side of every kink a node is. Between two sides lies a kink if a partial jumps there, or the value, as that of
`%` does; comparisons that only choose the more accurate of two formulas make no jump.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> has_kink_between(TABLE["relu"], [2.0], [-1.0]), has_kink_between(TABLE["relu"], [2.0], [1.0])
(True, False)
>>> has_kink_between(TABLE["sinc"], [2.0], [-1.0])
False
"""

from __future__ import annotations

import math
import operator
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Final, cast

from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.primitives.safe_float import SafeFloat
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.edges import Edges, row_of
from autograd_tiny.trace.passes import Pass, numbers_of
from autograd_tiny.trace.rules import Names, brief, formula_of
from autograd_tiny.trace.sentences import CROSSING

SMALLEST_JUMP: Final = 1e-6
"""Relative to the partial: what changes less between two neighbouring numbers is continuous."""

MOST: Final = 3
"""How many inputs of a node are spoken of."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A node that is on another side of a kink than before.

    Attributes:
        node: its name.
        formula: how it is computed.
        inputs: the names of those of its inputs whose partials changed.
        before: these partials.
        after: the same, on the other side.
        jumps: whether its value jumps there too.
    """

    node: str
    formula: str
    inputs: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    jumps: bool

    def __str__(self) -> str:
        changes = list(map(_change, self.inputs, self.before, self.after))
        more = [CROSSING["more"].format(count=len(changes) - MOST)] if len(changes) > MOST else []
        effects = "; ".join([*changes[:MOST], *more]) or CROSSING["same"]
        sentence = CROSSING["jumped" if self.jumps else "crossed"]
        return sentence.format(z=self.node, formula=brief(self.formula), effects=effects)


def _change(x: str, before: float, after: float) -> str:
    """Return how the partial for an input changed."""
    kind = "closed" if after == 0.0 else "opened" if before == 0.0 else "sign" if before * after < 0.0 else "changed"
    return CROSSING[kind].format(x=x, before=format_number(before), after=format_number(after))


def crossings(edges: Edges, before: Pass, after: Pass, names: Names) -> list[Crossing]:
    """Return the nodes that are on another side of a kink in one pass than in the other, in topological order."""
    crossed = [z for z in edges.recorded if has_crossed(edges, before.values, after.values, z)]
    return [_crossing(edges, before, after, names, z) for z in crossed]


def _crossing(edges: Edges, before: Pass, after: Pass, names: Names, z: int) -> Crossing:
    node = edges.nodes[z]
    here = range(edges.first[z], edges.first[z] + len(node.inputs))
    changed = [edge for edge in here if before.partials[edge] != after.partials[edge]]
    return Crossing(
        names[node],
        formula_of(edges, after.values, names, z),
        tuple(names[edges.nodes[edges.target[edge]]] for edge in changed),
        tuple(before.partials[edge] for edge in changed),
        tuple(after.partials[edge] for edge in changed),
        has_jump_between(row_of(node), numbers_of(edges, before.values, z), numbers_of(edges, after.values, z)),
    )


def has_crossed(edges: Edges, before: array[float], after: array[float], z: int) -> bool:
    """Tell whether a recorded node is on another side of a kink with one set of values than with the other."""
    then, now = numbers_of(edges, before, z), numbers_of(edges, after, z)
    try:
        return then != now and has_kink_between(row_of(edges.nodes[z]), then, now)
    except (ArithmeticError, AutogradError, ValueError):  # not defined in between, as between two classes
        return False


def has_kink_between(row: Primitive, before: Sequence[float], after: Sequence[float]) -> bool:
    """Tell whether a partial of a row, or its value, jumps on the straight way from some operands to others.

    Only the partials for operands that differ count: the others are constants, or stay as they are.

    Args:
        row: of the table.
        before: its operands, those of lists one after another; infinite ones count as the largest floats.
        after: others. What is no number is on no side.
    """
    sides = _sides(row, before, after)
    if sides is None:
        return False
    moved = [x != y for x, y in zip(before, after, strict=True)]
    left, right = (_partials(row, numbers) for numbers in sides)
    return any(map(_jump, compress(left, moved), compress(right, moved))) or _value_jumps(row, *sides)


def has_jump_between(row: Primitive, before: Sequence[float], after: Sequence[float]) -> bool:
    """Tell whether the value of a row jumps on that way, at the first kink."""
    sides = _sides(row, before, after)
    return sides is not None and _value_jumps(row, *sides)


def _sides(row: Primitive, before: Sequence[float], after: Sequence[float]) -> tuple[list[float], list[float]] | None:
    """Return the neighbouring operands between which a comparison turns first; None where all stay as they are."""
    if any(map(math.isnan, (*before, *after))):
        return None
    start, end = list(map(_finite, before)), list(map(_finite, after))
    first = _decisions(row, start)
    if first == _decisions(row, end):
        return None
    low, high = 0.0, 1.0
    while low < (middle := 0.5 * (low + high)) < high:  # to two neighbouring floats
        if _decisions(row, _between(start, end, middle)) == first:
            low = middle
        else:
            high = middle
    return _between(start, end, low), _between(start, end, high)


def _value_jumps(row: Primitive, left: Sequence[float], right: Sequence[float]) -> bool:
    return _jump(*(row.evaluate(*row.group(numbers)) for numbers in (left, right)))


def _finite(number: float) -> float:
    return max(-sys.float_info.max, min(number, sys.float_info.max))


def _between(start: Sequence[float], end: Sequence[float], place: float) -> list[float]:
    return [x if x == y else (1.0 - place) * x + place * y for x, y in zip(start, end, strict=True)]


def _partials(row: Primitive, numbers: Sequence[float]) -> list[float]:
    return row.flatten(row.linearize(*row.group(numbers))[1])


def _jump(left: float, right: float) -> bool:
    return not math.isclose(left, right, rel_tol=SMALLEST_JUMP, abs_tol=SMALLEST_JUMP)


# ── floats that write down their comparisons ──────────────────────────────────────────────────────────────────


def _decisions(row: Primitive, numbers: Sequence[float]) -> list[float]:
    """Return how the comparisons in the partials of a row come out at such operands, one after another."""
    decisions: list[float] = []
    operands = row.group([_watched(number, decisions) for number in numbers])
    row.partials(*operands, _watched(row.evaluate(*row.group(numbers)), decisions))
    return decisions


def _arithmetic(name: str) -> Callable[..., Watched]:
    compute = getattr(SafeFloat, name)
    return lambda self, *other: _watched(compute(self, *other), self.decisions)


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def decide(self: Any, other: Any) -> bool:
        self.decisions.append(compare(float(self), float(other)))
        return cast("bool", self.decisions[-1])

    return decide


class Watched(SafeFloat):
    """A float that writes down how each comparison with it comes out; every result is again one of its kind.

    Attributes:
        decisions: shared by all numbers of one computation.
    """

    __slots__ = ("decisions",)

    decisions: list[float]

    def apply_primitive(self, primitive: Any, operands: Sequence[Any]) -> Watched:
        """Compute a primitive; where it is flat, as the sign of a number is, its value decides something too."""
        numbers = primitive.map(float, operands)
        value, partials = primitive.linearize(*numbers)
        if not any(primitive.flatten(partials)):
            self.decisions.append(value)
        return _watched(value, self.decisions)

    __add__, __sub__, __rsub__ = _arithmetic("__add__"), _arithmetic("__sub__"), _arithmetic("__rsub__")
    __mul__, __truediv__, __rtruediv__ = map(_arithmetic, ("__mul__", "__truediv__", "__rtruediv__"))
    __pow__, __rpow__, __neg__, __abs__ = map(_arithmetic, ("__pow__", "__rpow__", "__neg__", "__abs__"))
    __mod__, __rmod__, __floordiv__, __rfloordiv__ = map(
        _arithmetic, ("__mod__", "__rmod__", "__floordiv__", "__rfloordiv__")
    )
    __radd__, __rmul__ = __add__, __mul__

    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)


def _watched(number: float, decisions: list[float]) -> Watched:
    watched = Watched(number)
    watched.decisions = decisions
    return watched
