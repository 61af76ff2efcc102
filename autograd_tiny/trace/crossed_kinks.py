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
from typing import Final

from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.trace.decisions import Decisions, decisions_at, partials_at
from autograd_tiny.trace.passes import Edges, Pass, differ, numbers_of, primitive_of

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

NEAR: Final = 1e-8
"""How far from a point, relative to its size, the slopes beside it are measured."""

BEND: Final = 1e-5
"""Relative to the slope: a smaller change of it may be a bend of a smooth function."""

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
    among: Iterable[int],
) -> list[int]:
    """Return the recorded nodes that are on another side of a kink with one set of values than with the other.

    With `steps`, jumps of nodes whose partials are 0 count too, as those of `floor`, which has no comparisons. Only
    nodes are looked at that are `among` the given ones.
    """
    found, borders = [], Borders()
    for z in among:
        primitive = primitive_of(edges.nodes[z])
        then, now = numbers_of(edges, before, z), numbers_of(edges, after, z)
        with suppress(ArithmeticError, AutogradError, ValueError):  # not defined in between, as between two classes
            if then != now and has_kink_between(primitive, then, now, steps=steps, borders=borders):
                found.append(z)
    return found


def crossed_and_met(edges: Edges, before: Pass, after: Pass) -> tuple[list[int], list[int]]:
    """Return the recorded nodes on another side of a kink, and others that moved and are on a border in a pass.

    There may be a kink at a border, or a jump, and where an input is 0. A point on it counts to one of the sides, as
    that of relu at 0 to the side of -1, so on the way from there no kink is crossed.
    """
    over, on, zero, borders = [], [], [], Borders()
    compares: dict[Primitive, bool] = {}  # whether comparisons choose the partials, or the value, of a primitive
    for z in edges.recorded:
        primitive = primitive_of(edges.nodes[z])
        if primitive in SMOOTH:
            continue
        inputs = edges.inputs(z)
        if all(before.values[x] == after.values[x] for x in inputs):
            continue
        then, now = numbers_of(edges, before.values, z), numbers_of(edges, after.values, z)
        with suppress(ArithmeticError, AutogradError, ValueError):  # not defined in between, as between two classes
            if primitive not in compares:
                compares[primitive] = bool(decisions_at(primitive, list(map(finite, then))))
            if compares[primitive] or not (_has_slope(edges, before, z) and _has_slope(edges, after, z)):
                start, end = (decisions_at(primitive, list(map(finite, numbers))) for numbers in (then, now))
                if _passes_kink(primitive, then, now, start, end, borders):
                    over.append(z)
                elif _is_tied_at(edges, before, z, start) or _is_tied_at(edges, after, z, end):
                    on.append(z)
        if any(before.values[x] == 0.0 or after.values[x] == 0.0 for x in inputs):
            zero.append(z)
    known = {*over, *on}
    return over, [*on, *(z for z in zero if z not in known)]


def _has_slope(edges: Edges, one: Pass, z: int) -> bool:
    """Return whether a partial of a node is not 0."""
    return any(one.partials[edges.first[z] : edges.first[z] + edges.count[z]])


def _passes_kink(  # noqa: PLR0917 - private
    primitive: Primitive, then: list[float], now: list[float], start: Decisions, end: Decisions, borders: Borders
) -> bool:
    """Return whether there is a kink or a jump between two points with these decisions."""
    if start == end and (not start or _first_zero(then, now) is None):
        return False
    return any(
        kind_at(primitive, *sides, then, now) for sides in sides_between(primitive, then, now, decisions_at, borders)
    )


def _is_tied_at(edges: Edges, one: Pass, z: int, decisions: Decisions) -> bool:
    """Return whether a comparison in the partials of a node, or its value, may come out differently beside it."""
    if decisions.equal or any(_jumps_at(primitive, numbers) for primitive, numbers in decisions.flat):
        return True
    if decisions or _has_slope(edges, one, z):
        return False
    return _jumps_at(primitive_of(edges.nodes[z]), numbers_of(edges, one.values, z))


def _jumps_at(primitive: Primitive, numbers: Sequence[float]) -> bool:
    """Return whether the value of a flat primitive is another one beside the point."""
    value = primitive.evaluate(*primitive.group(numbers))
    beside = (
        [*numbers[:place], math.nextafter(x, end), *numbers[place + 1 :]]
        for place, x in enumerate(numbers)
        for end in (-math.inf, math.inf)
    )
    return any(differ(primitive.evaluate(*primitive.group(one)), value) for one in beside)


def deciding(edges: Edges, *points: array[float]) -> list[int]:
    """Return the recorded nodes that decide differently at some of these points, as far as they are defined there."""
    found = []
    for z in edges.recorded:
        primitive = primitive_of(edges.nodes[z])
        if primitive in SMOOTH:
            continue
        places = [list(map(finite, numbers_of(edges, values, z))) for values in points]
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
    for sides in sides_between(primitive, before, after, _decisions_and_value if steps else decisions_at, borders):
        if _is_kink(primitive, *sides, moved):
            return True
    return False


def kind_at(
    primitive: Primitive,
    left: Sequence[float],
    right: Sequence[float],
    before: Sequence[float],
    after: Sequence[float],
) -> str:
    """Return "kink" or "jump" for neighbouring points on a way, as difference quotients beside them confirm; or "".

    >>> kind_at(TABLE["relu"], [0.0], [5e-324], [-1.0], [1.0]), kind_at(TABLE["exp"], [0.0], [5e-324], [-1.0], [1.0])
    ('kink', '')
    """
    if _value_jumps(primitive, left, right):
        return "jump"
    is_kink = _is_kink(primitive, left, right, _moved(before, after)) and _bends(primitive, left, right)
    return "kink" if is_kink else ""


def _is_kink(primitive: Primitive, left: Sequence[float], right: Sequence[float], moved: Sequence[bool]) -> bool:
    """Return whether a partial or the value jumps between neighbouring points; no number does that becomes nan."""
    slopes = [list(compress(partials_at(primitive, numbers), moved)) for numbers in (left, right)]
    return any(map(_jump, *slopes)) or _value_jumps(primitive, left, right)


def is_tied(primitive: Primitive, numbers: Sequence[float]) -> bool:
    """Return whether a comparison in the partials may come out differently beside a point."""
    decisions = decisions_at(primitive, numbers)
    return bool(decisions.equal) or any(_jumps_at(row, operands) for row, operands in decisions.flat)


def _bends(primitive: Primitive, left: Sequence[float], right: Sequence[float]) -> bool:
    """Return whether difference quotients to the left and to the right of two neighbouring points differ.

    They do not where a partial is a convention at one point alone, as that of clamp where both bounds are equal.
    """
    size = max(map(abs, (*left, *right)))
    apart = list(map(operator.sub, right, left))
    widest = max(map(abs, apart))
    ways = [way / widest * NEAR * (size if size > widest else 1.0) for way in apart]
    outer = list(map(operator.sub, left, ways)), left, right, list(map(operator.add, right, ways))
    values = [primitive.evaluate(*primitive.group(numbers)) for numbers in outer]
    falls, rises, rounding = values[1] - values[0], values[3] - values[2], 8.0 * max(map(math.ulp, values))
    return abs(falls - rises) > BEND * max(abs(falls), abs(rises)) + rounding


def has_jump_between(
    primitive: Primitive, before: Sequence[float], after: Sequence[float], *, borders: Borders | None = None
) -> bool:
    """Return whether the value of a primitive jumps at a kink between two points, with `steps`."""
    found = sides_between(primitive, before, after, _decisions_and_value, borders)
    return any(_value_jumps(primitive, *sides) for sides in found)


def has_step_between(primitive: Primitive, before: Sequence[float], after: Sequence[float]) -> bool:
    """Return whether the value of a primitive jumps between two points, also where no comparison tells it.

    >>> has_step_between(TABLE["floor"], [1.2], [3.5]), has_step_between(TABLE["cos"], [0.0], [math.pi])
    (True, False)
    """
    sides, gap = (list(map(finite, before)), list(map(finite, after))), math.inf
    while NARROW < gap_between(*sides) < gap:
        gap = gap_between(*sides)
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


def sides_between(
    primitive: Primitive,
    before: Sequence[float],
    after: Sequence[float],
    decide: Decide,
    borders: Borders | None = None,
) -> Iterator[Sides]:
    """Return the neighbouring points between which a comparison changes, one border after another, the first few."""
    if any(map(math.isnan, (*before, *after))):
        return
    start, end = list(map(finite, before)), list(map(finite, after))
    first, last = decide(primitive, start), decide(primitive, end)
    zero = _first_zero(start, end) if first and first == last else None
    ways = [(end, last)] if zero is None else [(zero, decide(primitive, zero)), (end, last)]
    for stop, last in ways:
        found = 0
        while found < MOST_BORDERS and first != last:
            known = borders.find(primitive, start, stop, first) if borders is not None else None
            sides = known or _closest(primitive, start, stop, decide)
            if borders is not None and known is None:
                borders.add(primitive, sides, first, decide(primitive, sides[1]))
            yield sides
            start, found = sides[1], found + 1
            first = decide(primitive, start)


def _first_zero(start: list[float], end: list[float]) -> list[float] | None:
    """Return the first point on the way where an operand is 0: a row of |x| may be alike on both sides of it."""
    ways = list(zip(start, end, strict=True))
    through = next(((x, y) for x, y in ways if x < 0.0 < y or y < 0.0 < x), None)
    if through is None:
        return None
    place = through[0] / (through[0] - through[1])
    return [0.0 if way == through else x for way, x in zip(ways, _between(start, end, place), strict=True)]


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
    while NARROW < gap_between(*sides) < gap:  # between large numbers one bisection leaves a wide gap
        gap = gap_between(*sides)
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


def gap_between(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the largest difference of two numbers at one position."""
    return max(abs(x - y) for x, y in zip(left, right, strict=True))


def _value_jumps(primitive: Primitive, left: Sequence[float], right: Sequence[float]) -> bool:
    before, after = (primitive.evaluate(*primitive.group(numbers)) for numbers in (left, right))
    if not (math.isfinite(before) and math.isfinite(after)):  # at a pole, or where it is not defined
        return False
    if not any(partials_at(primitive, left) + partials_at(primitive, right)):  # flat: no slope moves it so little
        return not math.isclose(before, after, rel_tol=NARROW)
    return _jump(before, after)


def finite(number: float) -> float:
    """Return the largest float in place of inf."""
    return max(-sys.float_info.max, min(number, sys.float_info.max))


def _between(start: Sequence[float], end: Sequence[float], place: float) -> list[float]:
    return [x if x == y else (1.0 - place) * x + place * y for x, y in zip(start, end, strict=True)]


def _jump(left: float, right: float) -> bool:
    is_known = left == left and right == right
    return is_known and not math.isclose(left, right, rel_tol=SMALLEST_JUMP, abs_tol=SMALLEST_JUMP)


def _decisions_and_value(primitive: Primitive, numbers: Sequence[float]) -> list[float]:
    """Return the decisions, and the value where all partials are 0: only a jump changes it there."""
    decisions, is_flat = decisions_at(primitive, numbers), not any(partials_at(primitive, numbers))
    return [*decisions, primitive.evaluate(*primitive.group(numbers))] if is_flat else decisions
