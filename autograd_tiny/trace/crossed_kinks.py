"""Find kinks between two points, from the table and without a list of primitives.

The partials of a primitive are written with comparisons. So a float that records the results of its comparisons shows
on which side of each kink a point is. Two sides have a kink between them if a partial jumps there, or the value, as
that of `%` does. Comparisons that only choose the more accurate of two formulas make no jump.

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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import compress
from typing import Any, Final, cast

from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.primitives.safe_float import SafeFloat
from autograd_tiny.trace.passes import Edges, numbers_of, primitive_of

SMALLEST_JUMP: Final = 1e-6
"""Relative to the partial: a smaller change between two neighbouring numbers is not a jump."""

NARROW: Final = 1e-12
"""Points that are closer are on both sides of one kink."""

HALVED: Final = 2.0**-53
"""Down to this place between two points they are divided into halves; below, their exponents are."""

MOST_BORDERS: Final = 4
"""How many borders are looked at on the way between two points, and of those that are known for their decisions."""

SMALLEST: Final = math.ulp(0.0)
"""The smallest float above 0."""

Decide = Callable[[Primitive, Sequence[float]], list[float]]
"""Returns what tells on which side of a kink a point is."""

Sides = tuple[list[float], list[float]]
"""Neighbouring points with a border between them: a comparison comes out differently."""

SMOOTH: Final = frozenset(map(TABLE.__getitem__, ("add", "sub", "mul", "neg", "sum", "dot", "exp", "sin", "cos")))
"""Primitives whose partials have no comparisons; most nodes are of these."""


def crossed(
    edges: Edges,
    before: array[float],
    after: array[float],
    *,
    steps: bool = False,
    among: Iterable[int] | None = None,
) -> list[int]:
    """Return the recorded nodes that are on another side of a kink with one set of values than with the other.

    With `steps`, jumps of nodes whose partials are 0 count too, as those of `floor`, which has no comparisons. Only
    nodes are looked at that are `among` the given ones.
    """
    found, borders = [], Borders()
    for z in edges.recorded if among is None else among:
        primitive = primitive_of(edges.nodes[z])
        if primitive in SMOOTH:
            continue
        then, now = numbers_of(edges, before, z), numbers_of(edges, after, z)
        with suppress(ArithmeticError, AutogradError, ValueError):  # not defined in between, as between two classes
            if then != now and has_kink_between(primitive, then, now, steps=steps, borders=borders):
                found.append(z)
    return found


def deciding(edges: Edges, *points: array[float]) -> list[int]:
    """Return the recorded nodes that decide differently at some of these points, as far as they are defined there."""
    found = []
    for z in edges.recorded:
        primitive = primitive_of(edges.nodes[z])
        if primitive in SMOOTH:
            continue
        places = [list(map(_finite, numbers_of(edges, values, z))) for values in points]
        try:
            first, *others = (_decisions_and_value(primitive, numbers) for numbers in places)
            differs = any(decisions != first for decisions in others)
        except (ArithmeticError, AutogradError, ValueError):
            differs = True
        if differs:
            found.append(z)
    return found


def has_kink_between(
    primitive: Primitive,
    before: Sequence[float],
    after: Sequence[float],
    *,
    steps: bool = False,
    borders: Borders | None = None,
) -> bool:
    """Return whether a partial of a primitive, or its value, jumps on the straight line between two points.

    Only the partials for operands that differ count: the others are constants or do not change.

    Args:
        primitive: of the table.
        before: its operands, those of lists one after another; infinite ones count as the largest floats.
        after: others; nan is on no side.
        steps: whether the value of a primitive counts where its partials are 0.
        borders: those of earlier calls, to which this one adds its own.
    """
    moved = _moved(before, after)
    for sides in _sides(primitive, before, after, _decisions_and_value if steps else decisions_at, borders):
        left, right = (_partials(primitive, numbers) for numbers in sides)
        if any(map(_jump, compress(left, moved), compress(right, moved))) or _value_jumps(primitive, *sides):
            return True
    return False


def has_jump_between(
    primitive: Primitive, before: Sequence[float], after: Sequence[float], *, borders: Borders | None = None
) -> bool:
    """Return whether the value of a primitive jumps at a kink between two points, with `steps`."""
    found = _sides(primitive, before, after, _decisions_and_value, borders)
    return any(_value_jumps(primitive, *sides) for sides in found)


def has_step_between(primitive: Primitive, before: Sequence[float], after: Sequence[float]) -> bool:
    """Return whether the value of a primitive jumps between two points, also where no comparison tells it.

    >>> has_step_between(TABLE["floor"], [1.2], [3.5]), has_step_between(TABLE["cos"], [0.0], [math.pi])
    (True, False)
    """
    sides, gap = (list(map(_finite, before)), list(map(_finite, after))), math.inf
    while NARROW < _gap(*sides) < gap:
        gap = _gap(*sides)
        sides = _steepest(primitive, *sides)
    return _value_jumps(primitive, *sides)


def _steepest(primitive: Primitive, start: list[float], end: list[float]) -> Sides:
    """Return the closest points on a line between which the value changes most, as far as floats divide it."""

    def value(place: float) -> float:
        return primitive.evaluate(*primitive.group(_between(start, end, place)))

    low, high = 0.0, 1.0
    while low < (middle := 0.5 * (low + high)) < high:
        if abs(value(middle) - value(low)) > abs(value(high) - value(middle)):
            high = middle
        else:
            low = middle
    return _between(start, end, low), _between(start, end, high)


def _sides(
    primitive: Primitive,
    before: Sequence[float],
    after: Sequence[float],
    decide: Decide,
    borders: Borders | None = None,
) -> Iterator[Sides]:
    """Return the neighbouring points between which a comparison changes, one border after another, the first few."""
    if any(map(math.isnan, (*before, *after))):
        return
    start, end = list(map(_finite, before)), list(map(_finite, after))
    last, found = decide(primitive, end), 0
    while found < MOST_BORDERS and (first := decide(primitive, start)) != last:
        sides = borders.find(primitive, start, end, first) if borders is not None else None
        if sides is None:
            sides = _closest(primitive, start, end, decide)
            if borders is not None:
                borders.add(primitive, sides, first, decide(primitive, sides[1]))
        yield sides
        start, found = sides[1], found + 1


class Borders:
    """The borders that are found with one `Decide`, so that thousands of relus that die need one search."""

    def __init__(self) -> None:
        self._known: dict[str, list[Sides]] = {}

    def add(self, primitive: Primitive, sides: Sides, first: list[float], last: list[float]) -> None:
        """Add a border with the decisions on both sides, on which one operand alone differs; others are left out."""
        if _moved(*sides).count(True) == 1:
            for one, decisions in ((sides, first), (sides[::-1], last)):
                self._known.setdefault(_key(primitive, *one, decisions), []).append(one)

    def find(self, primitive: Primitive, start: list[float], end: list[float], first: list[float]) -> Sides | None:
        """Return a known border on the way between two points, with the decisions of the first on its near side."""
        if _moved(start, end).count(True) > 1:
            return None
        known = self._known.get(_key(primitive, start, end, first), [])[:MOST_BORDERS]
        return next(
            (sides for sides in known if start <= sides[0] < sides[1] <= end or start >= sides[0] > sides[1] >= end),
            None,
        )


def _key(primitive: Primitive, start: list[float], end: list[float], decisions: list[float]) -> str:
    """Return what two borders on one line have in common."""
    return f"{primitive.name} {[x if x == y else None for x, y in zip(start, end, strict=True)]} {decisions}"


def _moved(before: Sequence[float], after: Sequence[float]) -> list[bool]:
    return [x != y for x, y in zip(before, after, strict=True)]


def _closest(primitive: Primitive, start: list[float], end: list[float], decide: Decide) -> Sides:
    """Return the closest points between which a comparison changes first."""
    sides, gap = _bisect(primitive, start, end, decide), math.inf
    while NARROW < _gap(*sides) < gap:  # between large numbers one bisection leaves a wide gap
        gap = _gap(*sides)
        sides = _bisect(primitive, *sides, decide)
    return sides


def _bisect(primitive: Primitive, start: list[float], end: list[float], decide: Decide) -> Sides:
    """Return the closest points on a line between which a comparison changes first, as far as floats divide it."""
    first, low, high = decide(primitive, start), 0.0, 1.0
    while low < (middle := _middle(low, high)) < high:
        if decide(primitive, _between(start, end, middle)) == first:
            low = middle
        else:
            high = middle
    return _between(start, end, low), _between(start, end, high)


def _middle(low: float, high: float) -> float:
    """Return a place between two others; halves alone come to the floats beside 0 only after a thousand steps."""
    if high > HALVED:
        return 0.5 * (low + high)
    return math.sqrt(max(low, SMALLEST)) * math.sqrt(high) if high > 4.0 * low else 0.5 * (low + high)


def _gap(left: Sequence[float], right: Sequence[float]) -> float:
    return max(abs(x - y) for x, y in zip(left, right, strict=True))


def _value_jumps(primitive: Primitive, left: Sequence[float], right: Sequence[float]) -> bool:
    before, after = (primitive.evaluate(*primitive.group(numbers)) for numbers in (left, right))
    if not any(_partials(primitive, left) + _partials(primitive, right)):  # flat: no slope moves it so little
        return not math.isclose(before, after, rel_tol=NARROW)
    return _jump(before, after)


def _finite(number: float) -> float:
    return max(-sys.float_info.max, min(number, sys.float_info.max))


def _between(start: Sequence[float], end: Sequence[float], place: float) -> list[float]:
    return [x if x == y else (1.0 - place) * x + place * y for x, y in zip(start, end, strict=True)]


def _partials(primitive: Primitive, numbers: Sequence[float]) -> list[float]:
    return primitive.flatten(primitive.linearize(*primitive.group(numbers))[1])


def _jump(left: float, right: float) -> bool:
    return not math.isclose(left, right, rel_tol=SMALLEST_JUMP, abs_tol=SMALLEST_JUMP)


# ── floats that record their comparisons ──────────────────────────────────────────────────────────────────────


def decisions_at(primitive: Primitive, numbers: Sequence[float]) -> list[float]:
    """Return the results of the comparisons in the partials of a primitive at a point, in their order."""
    decisions: list[float] = []
    operands = primitive.group([_watched(number, decisions) for number in numbers])
    primitive.partials(*operands, _watched(primitive.evaluate(*primitive.group(numbers)), decisions))
    return decisions


def _decisions_and_value(primitive: Primitive, numbers: Sequence[float]) -> list[float]:
    """Return the decisions, and the value where all partials are 0: only a jump changes it there."""
    decisions, is_flat = decisions_at(primitive, numbers), not any(_partials(primitive, numbers))
    return [*decisions, primitive.evaluate(*primitive.group(numbers))] if is_flat else decisions


def _arithmetic(name: str) -> Callable[..., WatchedFloat]:
    compute = getattr(SafeFloat, name)
    return lambda self, *other: _watched(compute(self, *other), self.decisions)


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def decide(self: Any, other: Any) -> bool:
        self.decisions.append(compare(float(self), float(other)))
        return cast("bool", self.decisions[-1])

    return decide


class WatchedFloat(SafeFloat):
    """A float that records the result of each comparison with it; every result of arithmetic is one as well.

    Attributes:
        decisions: shared by all numbers of one computation.
    """

    __slots__ = ("decisions",)

    decisions: list[float]

    def apply_primitive(self, primitive: Any, operands: Sequence[Any]) -> WatchedFloat:
        """Compute a primitive; the value of one that is flat, as the sign of a number is, counts as a comparison."""
        numbers = primitive.flatten(primitive.map(float, operands))
        value, partials = primitive.linearize(*primitive.group(numbers))
        if not any(primitive.flatten(partials)) and not _is_stationary(primitive, numbers):
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


def _is_stationary(primitive: Primitive, numbers: Sequence[float]) -> bool:
    """Return whether a primitive whose partials are 0 at a point has others on both sides, as cos at 0 has."""
    sides = ([math.nextafter(x, limit) for x in numbers] for limit in (-math.inf, math.inf))
    with suppress(ArithmeticError, AutogradError, ValueError):  # not defined there, as beside the index of a class
        return all(any(_partials(primitive, side)) for side in sides)
    return False


def _watched(number: float, decisions: list[float]) -> WatchedFloat:
    watched = WatchedFloat(number)
    watched.decisions = decisions
    return watched
