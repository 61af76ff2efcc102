"""Measure paths by the product of their partials: as integers to compare, and as numbers beyond the range of floats.

>>> size = weight_of(-3.0) + weight_of(2.0)
>>> product_of_size(size).as_float, length_of_size(size)
(-6.0, 2)
>>> str(product_of([1e-200, 1e-200]))
'1e-400'

Sizes are compared as logarithms to base 2, as integers: their sums are exact, and cannot overflow. One integer holds,
from its highest bits to its lowest, the numbers of partials that are nan, inf and 0, the logarithm, the number of
partials below 0, and the number of edges.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number

FIELD: Final = 32
"""The bits of each of the two counts in the lowest bits of a size: no path has more edges."""
PRECISION: Final = 60
"""The bits of a logarithm after its point."""
LOGARITHM: Final = 2 * FIELD
ZERO: Final = LOGARITHM + PRECISION + 46
"""The bit from which the partials are counted that are 0; logarithms of whole paths are below."""
INFINITE: Final = ZERO + FIELD
UNDEFINED: Final = INFINITE + FIELD


class Number(NamedTuple):
    """A number m·2ᵉ that may be beyond the range of floats; m is 0, inf, nan, or of a size from ½ to 1."""

    m: float
    e: int

    @property
    def as_float(self) -> float:
        """The same as a float: inf where it is too large, 0 where it is too small."""
        if self.m == 0.0 or not math.isfinite(self.m) or self.e < -1100:
            return self.m if self.m == 0.0 or not math.isfinite(self.m) else math.copysign(0.0, self.m)
        return math.ldexp(self.m, self.e) if self.e <= 1024 else math.copysign(math.inf, self.m)

    def __str__(self) -> str:
        return self.text()

    def text(self, digits: int = FEWEST_DIGITS) -> str:
        """Return the number in at most so many digits."""
        number = self.as_float
        if not math.isfinite(self.m) or self.m == 0.0 or (math.isfinite(number) and abs(number) > 1e-300):
            return format_number(number, digits)
        return f"{'-' * (self.m < 0.0)}{scientific(math.log10(abs(self.m)) + self.e * math.log10(2.0))}"


def weight_of(partial: float) -> int:
    """Return the size of one edge, as an integer; the sizes of the edges of a path add up to that of the path."""
    sign = (1 << FIELD if partial < 0.0 else 0) - 1
    if partial == 0.0:
        return sign - (1 << ZERO)
    if math.isfinite(partial):
        return sign + (round(math.ldexp(math.log2(abs(partial)), PRECISION)) << LOGARITHM)
    return sign + (1 << UNDEFINED if math.isnan(partial) else 1 << INFINITE)


def product_of_size(size: int) -> Number:
    """Return the product of the partials along a path from its size.

    >>> product_of_size(weight_of(-3.0) + weight_of(2.0) + weight_of(0.25)).as_float
    -1.5
    >>> product_of_size(weight_of(0.0) + weight_of(math.inf)).as_float
    nan
    """
    undefined, size = _split(size, UNDEFINED)
    infinite, size = _split(size, INFINITE)
    zeros, size = _split(size, ZERO)
    logarithm, size = _split(size, LOGARITHM)
    negative, _ = _split(size, FIELD)
    sign = -1.0 if negative % 2 else 1.0
    if undefined or (zeros and infinite):
        return Number(math.nan, 0)
    if zeros or infinite:
        return Number(0.0 if zeros else sign * math.inf, 0)
    whole = logarithm >> PRECISION
    return Number(sign * 2.0 ** (math.ldexp(logarithm - (whole << PRECISION), -PRECISION) - 1.0), whole + 1)


def length_of_size(size: int) -> int:
    """Return the number of edges of a path from its size.

    >>> length_of_size(weight_of(-3.0) + weight_of(2.0))
    2
    """
    return -_split(size, FIELD)[1]


def _split(size: int, bit: int) -> tuple[int, int]:
    """Return how often 2 to the power `bit` is in a size, and the rest, which may be below 0."""
    count = (size + (1 << (bit - 1))) >> bit
    return count, size - (count << bit)


def product_of(partials: Sequence[float]) -> Number:
    """Return a product that may be beyond the range of floats.

    >>> product_of([2.0, -3.0]).as_float, str(product_of([1e-200, 1e-200]))
    (-6.0, '1e-400')
    """
    product, exponent = 1.0, 0
    for partial in partials:
        product, shift = math.frexp(product * math.frexp(partial)[0])
        exponent += shift + math.frexp(partial)[1]
    return Number(product, exponent)


def sum_of(numbers: Sequence[Number]) -> Number:
    """Return a sum, rounded once."""
    if not all(math.isfinite(number.m) for number in numbers):
        return Number(sum(number.m for number in numbers), 0)
    most = max((number.e for number in numbers if number.m), default=0)
    total = math.fsum(math.ldexp(number.m, max(number.e - most, -2000)) for number in numbers)
    m, e = math.frexp(total)
    return Number(m, e + most)


def scientific(logarithm: float) -> str:
    """Return a number in scientific notation from its logarithm to base 10."""
    exponent = math.floor(logarithm)
    digits = f"{10.0 ** (logarithm - exponent):.5g}"
    return f"1e{exponent + 1:+03d}" if digits == "10" else f"{digits}e{exponent:+03d}"  # 9.99999 becomes 10
