"""Find jumps and infinite slopes of a function by its values, where differences measure nothing.

>>> import math
>>> [steep_place(f, -1.0, 2.0) for f in (math.floor, lambda x: math.copysign(abs(x) ** 0.5, x), abs)]
['jump', 'infinite slope', '']
>>> slope_is_infinite(math.sqrt, 0.0, 1e-5), slope_is_infinite(math.exp, 0.0, 1e-5)
(True, False)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import inf
from typing import Final

WIDE, NARROW = 2.0**-20, 2.0**-40
"""The two widths that are compared, relative to the interval."""

STEADY: Final = 0.9
"""At a jump the change in the narrow interval is at least this part of that in the wide one, and it is no more."""

STEEPER: Final = 4.0
"""Where a slope is infinite, the quotient of the narrow interval is more than this many times that of the wide."""

GROWTH: Final = 1.2
"""By how much the quotients of a smaller step are larger at least: those of x·log(x) at 0 grow slowly."""


def steep_place(f: Callable[[float], float], low: float, high: float, *, rounding: float = 0.0) -> str:
    """Return "jump" or "infinite slope", as that of a root or a pole, if a function changes most at one, else "".

    Args:
        f: a function of one number.
        low: where the search starts.
        high: where it ends.
        rounding: changes up to this size are rounding.
    """
    wide = _steepest(f, low, high, WIDE * (high - low))
    narrow = _steepest(f, *wide, NARROW * (high - low))
    before, after = (abs(f(right) - f(left)) for left, right in (wide, narrow))
    if not after > rounding:
        return ""
    if STEADY * before <= after and STEADY * after <= before:
        return "jump"
    is_steeper = after * (wide[1] - wide[0]) > STEEPER * before * (narrow[1] - narrow[0])
    return "infinite slope" if is_steeper else ""


def _steepest(f: Callable[[float], float], low: float, high: float, width: float) -> tuple[float, float]:
    """Return the ends of an interval of that width, or of neighbouring floats, in which a function changes most."""
    left, right = f(low), f(high)
    while high - low > width and low < (middle := 0.5 * (low + high)) < high:
        value = f(middle)
        if abs(value - left) > abs(right - value):
            high, right = middle, value
        else:
            low, left = middle, value
    return low, high


def slope_is_infinite(f: Callable[[float], float], x: float, step: float) -> bool:
    """Return whether the difference quotients to one side of a point grow without bound towards it."""
    return grow((f(x + h) - f(x)) / h for h in (step, step * 2.0**-10, step * 2.0**-20))


def grow(quotients: Iterable[float]) -> bool:
    """Return whether the sizes of quotients, of smaller and smaller steps, are finite and grow."""
    return all(GROWTH * abs(before) < abs(after) < inf for before, after in pairwise(quotients))
