"""Tell how a node depends on one of its inputs near a point: smooth, flat, at a kink, at a jump, saturated.

Nothing here is a list of primitives: a shape is found from values and partials beside the point. Where they do not
tell one, the shape is "unknown", and nothing is said about it.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> [shape_at(TABLE["relu"], [x], [0]).kind for x in (-1.0, 0.0, 1.0)]
['flat', 'kink', 'smooth']
>>> shape_at(TABLE["abs"], [0.0], [0])
Shape(kind='kink', slope=0.0, left=-1.0, right=1.0)
>>> [shape_at(TABLE[name], [0.0], [0]).kind for name in ("cos", "sqrt", "floor")]
['stationary', 'infinite slope', 'jump']
>>> shape_at(TABLE["tanh"], [1000.0], [0]).kind
'saturated'
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.trace.decisions import decisions_at

FINEST: Final = 1e-150
"""The distance of the neighbours of 0: that of floats is so small that products of them are rounded to 0."""
TINY: Final = 1e-290
"""A slope below this is about to be rounded to 0."""
LARGEST: Final = 1e9
"""Between numbers above this there is room for a smooth bend, which is not a kink."""
SMALLEST_EXPONENT: Final = -1076.0
"""A number below 2 to this power is rounded to 0."""
ENDS: Final = (0.0, 1.0)
"""Sizes of numbers at which the domain of a primitive may end."""
NEAR: Final = 1e-8
"""How far from a point, relative to its size, its surroundings are looked at."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a function of one number looks at a point.

    Attributes:
        kind: "smooth", "stationary" (the slope is 0 here and not beside the point), "flat" (the value is the same
            beside the point), "saturated" (the same in floats: the slope is rounded to 0), "vanishing" (the slope is
            rounded to 0, the value is not constant), "kink", "jump", "infinite slope",
            "pole" (the value and the slope grow without bound towards the point), "edge" (of the domain, where the
            slope on the inner side is another), "level end" (of the domain, towards which the slope goes to 0),
            "lone partial" (the slope is the same on both sides, and another one here) or "unknown".
        slope: the derivative according to the table, at a kink or jump a convention.
        left: the slope on the left of a kink or a lone partial, or of an edge with numbers there; nan for others.
        right: the slope on its right.
    """

    kind: str
    slope: float
    left: float = math.nan
    right: float = math.nan


def shape_at(primitive: Primitive, numbers: Sequence[float], places: Sequence[int]) -> Shape:
    """Return how a primitive depends on one of its inputs.

    Args:
        primitive: of the table.
        numbers: its operands, those of lists one after another.
        places: the positions of the input among these: several if it is used more than once.
    """
    line = _Line(primitive, numbers, places)
    with suppress(ArithmeticError, AutogradError, ValueError):  # not defined beside the point
        shape = line.shape()
        return line.shape_of_zero() if shape.kind == "unknown" and shape.slope == 0.0 else shape
    return Shape("unknown", math.nan)


class _Line:
    """A primitive as a function of one number, the others fixed."""

    def __init__(self, primitive: Primitive, numbers: Sequence[float], places: Sequence[int]) -> None:
        self.primitive, self.numbers, self.places = primitive, numbers, places
        self.x = numbers[places[0]]
        self.others = [abs(y) for place, y in enumerate(numbers) if place not in places]

    def at(self, x: float) -> list[float]:
        """Return the operands, with another number for the input."""
        return [x if place in self.places else y for place, y in enumerate(self.numbers)]

    def value(self, x: float) -> float:
        return self.primitive.evaluate(*self.primitive.group(self.at(x)))

    def slope(self, x: float) -> float:
        partials = self.primitive.flatten(self.primitive.linearize(*self.primitive.group(self.at(x)))[1])
        return math.fsum(partials[place] for place in self.places)

    def shape(self) -> Shape:
        slope, value = self.slope(self.x), self.value(self.x)
        if not math.isfinite(value) or not self._has_neighbors() or math.isnan(slope):
            is_pole = math.isinf(value) and math.isinf(slope) and self._has_neighbors() and self._rises()
            return Shape("pole" if is_pole else "unknown", slope)
        if math.isinf(slope):
            return Shape("infinite slope" if self._steepens() else "unknown", slope)
        below, above = self._neighbors()
        if self._is_fine() and self._is_border(below, above):
            shape = self._shape_of_border(slope, below, above)
            if shape is not None:
                return shape
        elif slope != 0.0 and self.x == 0.0 and self._is_fine() and self._jumps(below, above, abs(slope)):
            return Shape("jump", slope)  # at a branch cut, as that of atan2
        if slope == 0.0:
            return Shape(self._level(below, above), slope)
        return self._shape_beside_an_end(slope) if abs(self.x) in ENDS and self._is_fine() else Shape("smooth", slope)

    def _shape_beside_an_end(self, slope: float) -> Shape:
        """Return the shape at a number where a domain may end, as that of a logarithm at 0, with a finite slope."""
        outside = [math.isnan(self.value(self.x + h)) for h in (-self._step(), self._step())]
        return Shape("infinite slope" if outside[0] != outside[1] and self._steepens() else "smooth", slope)

    def _shape_of_border(self, slope: float, below: float, above: float) -> Shape | None:
        """Return the shape where comparisons in the partials change; None if that makes no difference."""
        left, right = self.slope(below), self.slope(above)
        if not math.isfinite(left + right):
            return Shape("unknown", slope)
        if self._jumps(below, above, max(map(abs, (slope, left, right)))):
            return Shape("jump", slope)
        if math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-12):
            is_lone = abs(slope - left) > 1e-3 * max(1.0, abs(slope), abs(left)) and self._bends(left, right)
            return Shape("lone partial", slope, left, right) if is_lone else None
        return Shape("kink" if self._bends(left, right) else "unknown", slope, left, right)

    def _has_neighbors(self) -> bool:
        """Return whether the point and the other operands are of a size at which neighbours of the point tell."""
        is_plain = all(y == 0.0 or y > FINEST for y in self.others)
        return is_plain and (self.x == 0.0 or FINEST < abs(self.x) < sys.float_info.max)

    def _is_fine(self) -> bool:
        """Return whether nothing smooth bends between the neighbours, and no other operand is almost the point."""
        size = abs(self.x)
        is_alone = all(y == size or abs(y - size) > NEAR * size for y in self.others)
        return is_alone and size < LARGEST and max(self.others, default=0.0) < 1e100

    def _neighbors(self) -> tuple[float, float]:
        """Return the numbers beside the point; those beside 0 are not so small that they lose digits."""
        if self.x == 0.0:
            return -FINEST, FINEST
        return math.nextafter(self.x, -math.inf), math.nextafter(self.x, math.inf)

    # ── where the neighbours do not tell ──

    def shape_of_zero(self) -> Shape:
        """Return the shape where the slope is 0: at the end of a domain, or where operands are tiny or huge."""
        if self._underflows():
            return Shape("vanishing", 0.0)
        is_alone = self._has_neighbors() and self._is_fine() and math.isfinite(self.value(self.x))
        if is_alone and self._ends_level():
            return Shape("level end", 0.0)
        if not is_alone or not all(map(_is_round, self.numbers)):  # a jump may be near
            return Shape("unknown", 0.0)
        if self._leaps():
            return Shape("jump", 0.0)
        if self._steepens():
            return Shape("infinite slope", 0.0)
        return self._edge()

    def _underflows(self) -> bool:
        """Return whether the slope is a power of tiny and huge operands that is too small for a float."""
        factors = [_direction(y) for y in self.numbers]
        powers = range(0, 1024, 4) if any(factors) else range(0)
        first = next((power for power in powers if self._slope_of_scaled(factors, power) > TINY), None)
        if first is None:
            return False
        logs = [math.log2(self._slope_of_scaled(factors, power)) for power in (first, first + 4, first + 8)]
        if not math.isclose(logs[1] - logs[0], logs[2] - logs[1], rel_tol=1e-6):
            return False
        return logs[0] - first * (logs[1] - logs[0]) / 4.0 < SMALLEST_EXPONENT

    def _slope_of_scaled(self, factors: Sequence[int], power: int) -> float:
        """Return the size of the slope with tiny operands times 2 to that power, and huge ones divided by it."""
        numbers = [math.ldexp(y, factor * power) for y, factor in zip(self.numbers, factors, strict=True)]
        partials = self.primitive.flatten(self.primitive.linearize(*self.primitive.group(numbers))[1])
        return abs(math.fsum(partials[place] for place in self.places))

    def _leaps(self) -> bool:
        """Return whether the value beside the point, however near, is far from the value at the point."""
        here, steps = self.value(self.x), (self._step(), 1e-4 * self._step(), self._neighbors()[1] - self.x)
        for side in (-1.0, 1.0):
            gaps = [abs(self.value(self.x + side * step) - here) for step in steps]
            if min(gaps) > 1e-3 and not any(map(math.isnan, gaps)) and gaps[2] >= 0.5 * gaps[0]:
                return True
        return False

    def _edge(self) -> Shape:
        """Return the slope on the one side on which there are numbers, if it is not 0."""
        slopes = []
        for step in (-self._step(), self._step()):
            near, far = ((self.value(self.x + h) - self.value(self.x)) / h for h in (0.5 * step, step))
            slopes.append(near if math.isclose(near, far, rel_tol=1e-3, abs_tol=1e-6) else math.nan)
        outside = [math.isnan(self.value(self.x + h)) for h in (-self._step(), self._step())]
        inner = [slope for slope, is_out in zip(slopes, outside, strict=True) if not is_out]
        if len(inner) != 1 or math.isnan(inner[0]) or abs(inner[0]) < 1e-3:
            return Shape("unknown", 0.0)
        return Shape("edge", 0.0, *(math.nan if is_out else inner[0] for is_out in outside))

    def _ends_level(self) -> bool:
        """Return whether there are numbers on one side only, where quotients shrink as a power of the distance."""
        here, step = self.value(self.x), self._step()
        outside = [math.isnan(self.value(self.x + h)) for h in (-step, step)]
        if outside[0] == outside[1]:
            return False
        steps = [step * factor * (1.0 if outside[0] else -1.0) for factor in (1.0, 1e-2, 1e-4)]
        sizes = [abs((self.value(self.x + h) - here) / h) for h in steps]
        ratios = [near / far if far else 1.0 for far, near in pairwise(sizes)]
        return 0.0 < ratios[0] < 0.999 and math.isclose(*ratios, rel_tol=1e-3)

    # ── kinks and jumps ──

    def _is_border(self, below: float, above: float) -> bool:
        """Return whether the comparisons in the partials come out differently beside the point.

        The border may be a neighbour instead. It is the point if that is 0 or another operand, or if all numbers are
        round; and if a side that differs is no other operand.
        """
        here, left, right = map(self._decisions, (self.x, below, above))
        is_round = self.x == 0.0 or all(map(_is_round, (self.x, *self.others)))
        if left == here == right or not (is_round or abs(self.x) in self.others):
            return False
        sides = [x for x, decisions in ((below, left), (above, right)) if decisions != here]
        return not any(abs(x) in self.others for x in sides)

    def _decisions(self, x: float) -> list[float]:
        """Return the comparisons in the partials; where the slope is 0 the value is one, as that of floor."""
        return decisions_at(self.primitive, self.at(x)) + ([self.value(x)] if self.slope(x) == 0.0 else [])

    def _jumps(self, below: float, above: float, steepest: float) -> bool:
        values = [self.value(x) for x in (below, self.x, above)]
        rounding = 1e-9 * max(map(abs, values)) + 4.0 * max(steepest, 1.0) * (above - below)
        return max(abs(values[0] - values[1]), abs(values[2] - values[1])) > rounding

    def _bends(self, left: float, right: float) -> bool:
        """Return whether difference quotients are the slopes on both sides."""
        pairs = zip(self._quotients(), (left, right), strict=True)
        return all(math.isclose(*pair, rel_tol=1e-3, abs_tol=1e-6) for pair in pairs)

    def _quotients(self) -> list[float]:
        """Return the difference quotients to the left and to the right."""
        step = self._step()
        return [(self.value(self.x + h) - self.value(self.x)) / h for h in (-step, step)]

    def _step(self) -> float:
        return NEAR * (abs(self.x) or 1.0)

    def _rises(self) -> bool:
        """Return whether value and slope grow in size towards the point, on a side where they are numbers."""
        for side in (-1.0, 1.0):
            far, near = (self.x + side * NEAR * factor * (abs(self.x) or 1.0) for factor in (1.0, 1e-4))
            values, slopes = ([abs(f(x)) for x in (far, near)] for f in (self.value, self.slope))
            if values[0] < values[1] < math.inf and 1e3 * slopes[0] < slopes[1] < math.inf:
                return True
        return False

    def _steepens(self) -> bool:
        """Return whether difference quotients grow without bound towards the point."""
        for side in (-1.0, 1.0):
            steps = [side * NEAR * factor * (abs(self.x) or 1.0) for factor in (1.0, 1e-4)]
            wide, narrow = (abs((self.value(self.x + h) - self.value(self.x)) / h) for h in steps)
            if max(1.0, 1.2 * wide) < narrow < math.inf:
                return True
        return False

    # ── slopes of 0 ──

    def _level(self, below: float, above: float) -> str:
        """Return what a slope of 0 means."""
        step = self._step()
        slopes = [abs(self.slope(self.x + h)) for h in (-step, step)]
        if min(slopes) > TINY:
            return "stationary" if self._turns(step, slopes) else "unknown"
        points = (self.x - step, below, above, self.x + step)
        if any(map(self.slope, points)):
            return "unknown"
        fades = self._fades()
        if all(self.value(x) == self.value(self.x) for x in points):
            return "saturated" if fades else "flat"
        return "vanishing" if fades else "unknown"

    def _turns(self, step: float, slopes: Sequence[float]) -> bool:
        """Return whether slopes shrink towards the point, and difference quotients are smaller than slopes."""
        halfway = [abs(self.slope(self.x + 0.5 * h)) for h in (-step, step)]
        rounding = 4.0 * math.ulp(self.value(self.x)) / step
        bent = all(abs(q) <= 0.75 * s + rounding for q, s in zip(self._quotients(), slopes, strict=True))
        return bent and all(0.0 < half < 0.9 * s for half, s in zip(halfway, slopes, strict=True))

    def _fades(self) -> bool:
        """Return whether the slope, from some point on the way, becomes ever smaller until it is rounded to 0."""
        finite = [y for y in self.others if y < math.inf]
        others = [number for y in (min(finite), max(finite)) for number in (y, -y)] if finite else []
        scaled = [scale * self.x for scale in (0.5, 0.1, 0.01, -1.0, 2.0, 10.0)]
        starts = dict.fromkeys((0.0, 1.0, -1.0, *scaled, *others))
        is_along = any(_last_slope(self.slope, start, self.x) < TINY for start in starts)
        return is_along or any(_last_slope(self._scaled_slope, scale, 1.0) < TINY for scale in (0.5, 0.1, 0.01))

    def _scaled_slope(self, scale: float) -> float:
        """Return the slope where all numbers of lists are scaled, since one alone does not bring softmax back."""
        grouped = self.primitive.group(self.numbers)
        lists = [[scale * y for y in x] if isinstance(x, list) else x for x in grouped]
        partials = self.primitive.flatten(self.primitive.linearize(*lists)[1])
        return math.fsum(partials[place] for place in self.places)


def _last_slope(slope: Callable[[float], float], start: float, end: float) -> float:
    """Return the size of the last slope that is not 0 on the way from a point with such a slope; inf without one."""
    if not 0.0 < abs(slope(start)) < math.inf:
        return math.inf
    while (middle := 0.5 * start + 0.5 * end) not in {start, end}:
        if slope(middle) == 0.0:
            end = middle
        else:
            start = middle
    return abs(slope(start))


def _direction(number: float) -> int:
    """Return 1 for a tiny number, -1 for a huge one: how it becomes one of moderate size."""
    size = abs(number)
    return 1 if 0.0 < size < 1e-50 else -1 if 1e50 < size < math.inf else 0


def _is_round(x: float) -> bool:
    """Return whether 24 bits are enough for a number, as for whole numbers and simple fractions."""
    return (math.frexp(x)[0] * 2.0**24).is_integer()
