"""Differentiate functions of mpmath exactly: numbers with infinitesimals, and the functions that take them.

A `Jet` is a polynomial in the infinitesimals ε₀, ε₁, ... with εᵢ² = 0; its coefficient of ε₀ε₁ is the mixed second
derivative (hyper-dual numbers: Fike, Alonso 2011). An operand xᵢ + ε₀ + ε₁ gives the derivatives of first and second
order by xᵢ, without a step and its error. Each function is its value in mpmath and its slope, written with functions
of this module; none of this comes from the table of primitives.

>>> import mpmath
>>> x = Jet.variable(mpmath.mpf(2), 0b11, 2)
>>> [int(coefficient) for coefficient in (x * x * x).coefficients]
[8, 12, 12, 12]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import mpmath
from mpmath import mpf

pi = mpmath.pi
Number = Any  # an mpmath number, or a Jet


class Kinks:
    """Remember that a comparison met equal numbers, so that the point is a kink, or may be."""

    met = False


@cache
def subsets(mask: int) -> list[int]:
    return [part for part in range(mask + 1) if part & mask == part]


@cache
def partitions(mask: int) -> list[tuple[int, ...]]:
    """Return the partitions of a set of infinitesimals, of the chain rule for higher derivatives (Faà di Bruno)."""
    if not mask:
        return [()]
    first = mask & -mask
    blocks = [part for part in subsets(mask) if part & first]
    return [(block, *rest) for block in blocks for rest in partitions(mask ^ block)]


class Jet:
    """A number with the coefficient of each product of infinitesimals; the bits of its index are the factors."""

    __slots__ = ("coefficients",)

    def __init__(self, coefficients: Sequence[Any]) -> None:
        self.coefficients = list(coefficients)

    @classmethod
    def variable(cls, value: Any, infinitesimals: int, count: int) -> Jet:
        """Return value + Σ εᵢ for the given set of infinitesimals, of `count` in all."""
        units = [int(mask & -mask == mask and bool(mask & infinitesimals)) for mask in range(1, 2**count)]
        return cls([value, *units])

    @property
    def value(self) -> Any:
        return self.coefficients[0]

    def of_kind(self, other: Any) -> Jet:
        return other if isinstance(other, Jet) else Jet([other, *[0] * (len(self.coefficients) - 1)])

    def __add__(self, other: Any) -> Jet:
        other = self.of_kind(other)
        return Jet([a + b for a, b in zip(self.coefficients, other.coefficients, strict=True)])

    def __mul__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet([c * other for c in self.coefficients])
        mine, theirs = self.coefficients, other.coefficients
        products = []
        for mask in range(len(mine)):
            total: Any = 0
            for part in subsets(mask):
                a, b = mine[part], theirs[mask ^ part]
                if a != 0 and b != 0:
                    total += a * b
            products.append(total)
        return Jet(products)

    def __neg__(self) -> Jet:
        return Jet([-c for c in self.coefficients])

    def __sub__(self, other: Any) -> Jet:
        return self + -self.of_kind(other)

    def __rsub__(self, other: Any) -> Jet:
        return -self + other

    def __truediv__(self, other: Any) -> Jet:
        quotient = self * (reciprocal(other) if isinstance(other, Jet) else mpf(1) / other)
        quotient.coefficients[0] = self.value / value_of(other)  # rounded once, as `floor` of it needs
        return quotient

    def __rtruediv__(self, other: Any) -> Jet:
        return reciprocal(self) * other

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, other: Any) -> Jet:
        return power(self, other)

    def __rpow__(self, other: Any) -> Jet:
        return power(other, self)

    def __mod__(self, other: Any) -> Any:
        return self - other * floor(self / other)

    def __abs__(self) -> Jet:
        return self if self > 0 else -self

    def __bool__(self) -> bool:
        return self != 0

    def __int__(self) -> int:
        return int(self.value)

    __hash__ = None  # type: ignore[assignment]

    def compare(self, other: Any) -> Any:
        """Return the difference, and remember equal numbers."""
        x, y = self.value, value_of(other)
        Kinks.met = Kinks.met or x == y
        return mpmath.mpf(x > y) - mpmath.mpf(x < y)

    def __lt__(self, other: Any) -> bool:
        return bool(self.compare(other) < 0)

    def __le__(self, other: Any) -> bool:
        return bool(self.compare(other) <= 0)

    def __gt__(self, other: Any) -> bool:
        return bool(self.compare(other) > 0)

    def __ge__(self, other: Any) -> bool:
        return bool(self.compare(other) >= 0)

    def __eq__(self, other: object) -> bool:
        return bool(self.compare(other) == 0)

    def __ne__(self, other: object) -> bool:
        return bool(self.compare(other) != 0)


def value_of(x: Number) -> Any:
    return x.value if isinstance(x, Jet) else x


def chain(x: Jet, derivatives: Sequence[Any]) -> Jet:
    """Return g(x), given the derivatives of g at the value of x, by the chain rule."""
    result = [derivatives[0]]
    for mask in range(1, len(x.coefficients)):
        total: Any = 0
        for blocks in partitions(mask):
            product = derivatives[len(blocks)]
            for block in blocks:
                product = product * x.coefficients[block] if x.coefficients[block] != 0 else 0
            total += product
        result.append(total)
    return Jet(result)


def is_constant(x: Number) -> bool:
    return not isinstance(x, Jet) or not any(x.coefficients[1:])


def derivatives_of(function: Callable[[Any], Any], at: Any, order: int) -> list[Any]:
    """Return the derivatives of a function of one number, from order 0 on."""
    if not order:
        return [function(at)]
    result = function(Jet.variable(at, 2**order - 1, order))
    coefficients = result.coefficients if isinstance(result, Jet) else [result, *[0] * (2**order - 1)]
    return [coefficients[2**k - 1] for k in range(order + 1)]


def smooth(value: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of numbers and Jets, given its value in mpmath and its slope as a function of both."""

    def function(x: Number) -> Any:
        if not isinstance(x, Jet):
            return value(x)
        if is_constant(x):
            return x.of_kind(value(x.value))
        order = len(x.coefficients).bit_length() - 1
        return chain(x, [value(x.value), *derivatives_of(slope, x.value, order - 1)])

    return function


def stepwise(function: Callable[[Any], Any], is_step: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Return a function that is constant between its steps."""

    def constant(x: Number) -> Any:
        Kinks.met = Kinks.met or (isinstance(x, Jet) and is_step(x.value))
        return function(value_of(x))

    return constant


def power(x: Number, y: Number) -> Any:
    """Return xʸ, with a constant exponent without a logarithm."""
    if is_constant(y):
        c = value_of(y)
        at = value_of(x)
        order = len(x.coefficients).bit_length() if isinstance(x, Jet) else 1
        slopes, factor = [], mpf(1)
        for k in range(order):
            slopes.append(factor * at ** (c - k) if factor else mpf(0))
            factor *= c - k
        return chain(x, slopes) if isinstance(x, Jet) else slopes[0]
    return exp(y * log(x))


reciprocal = smooth(lambda x: 1 / x, lambda x: -1 / (x * x))
exp = smooth(mpmath.exp, lambda x: exp(x))  # noqa: PLW0108 - its slope is defined here or below
expm1 = smooth(mpmath.expm1, exp)
log = smooth(mpmath.log, lambda x: 1 / x)
log1p = smooth(mpmath.log1p, lambda x: 1 / (1 + x))
log10 = smooth(mpmath.log10, lambda x: 1 / (x * mpmath.log(10)))
sqrt = smooth(mpmath.sqrt, lambda x: 1 / (2 * sqrt(x)))
cbrt = smooth(mpmath.cbrt, lambda x: 1 / (3 * cbrt(x) ** 2))
sin = smooth(mpmath.sin, lambda x: cos(x))  # noqa: PLW0108 - its slope is defined here or below
cos = smooth(mpmath.cos, lambda x: -sin(x))
tan = smooth(mpmath.tan, lambda x: 1 / cos(x) ** 2)
asin = smooth(mpmath.asin, lambda x: 1 / sqrt((1 - x) * (1 + x)))
acos = smooth(mpmath.acos, lambda x: -1 / sqrt((1 - x) * (1 + x)))
atan = smooth(mpmath.atan, lambda x: 1 / (1 + x * x))
sinh = smooth(mpmath.sinh, lambda x: cosh(x))  # noqa: PLW0108 - its slope is defined here or below
cosh = smooth(mpmath.cosh, lambda x: sinh(x))  # noqa: PLW0108 - its slope is defined here or below
tanh = smooth(mpmath.tanh, lambda x: 1 / cosh(x) ** 2)
sech = smooth(mpmath.sech, lambda x: -sinh(x) / cosh(x) ** 2)
asinh = smooth(mpmath.asinh, lambda x: 1 / sqrt(1 + x * x))
acosh = smooth(mpmath.acosh, lambda x: 1 / sqrt((x - 1) * (x + 1)))
atanh = smooth(mpmath.atanh, lambda x: 1 / ((1 - x) * (1 + x)))
degrees = smooth(mpmath.degrees, lambda x: 180 / mpmath.pi)
radians = smooth(mpmath.radians, lambda x: mpmath.pi / 180)
erf = smooth(mpmath.erf, lambda x: 2 / mpmath.sqrt(mpmath.pi) * exp(-x * x))
erfc = smooth(mpmath.erfc, lambda x: -2 / mpmath.sqrt(mpmath.pi) * exp(-x * x))
erfinv = smooth(mpmath.erfinv, lambda x: mpmath.sqrt(mpmath.pi) / 2 * exp(erfinv(x) ** 2))
ncdf = smooth(mpmath.ncdf, lambda x: exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi))
gamma = smooth(mpmath.gamma, lambda x: gamma(x) * polygamma(0, x))
log_abs_gamma = smooth(lambda x: mpmath.loggamma(x).real, lambda x: polygamma(0, x))


def polygamma(n: int, x: Number) -> Any:
    return smooth(lambda x: mpmath.polygamma(n, x), lambda x: polygamma(n + 1, x))(x)


def sinc(x: Number, order: int = 0) -> Any:
    """Return the derivative of sin(x)/x of some order, near 0 by the Taylor series."""
    return smooth(lambda x: _sinc(x, order), lambda x: sinc(x, order + 1))(x)


def _sinc(x: Any, order: int) -> Any:
    if abs(x) < 1:
        total, k = mpf(0), -(-order // 2)
        while True:
            falling = mpmath.ff(2 * k, order) / mpmath.factorial(2 * k + 1)
            term = (-1) ** k * falling * (x ** (2 * k - order) if 2 * k > order else 1)
            total += term
            if abs(term) <= mpf(2) ** (-mpmath.mp.prec - 10) * abs(total):
                return total
            k += 1
    result = mpmath.sin(x) / x
    for n in range(1, order + 1):
        wave = (mpmath.sin, mpmath.cos, lambda x: -mpmath.sin(x), lambda x: -mpmath.cos(x))[n % 4](x)
        result = (wave - n * result) / x
    return result


def atan2(y: Number, x: Number) -> Any:
    if is_constant(x) and is_constant(y):
        return mpmath.atan2(value_of(y), value_of(x))
    angle = mpmath.atan2(value_of(y), value_of(x))
    turned = atan(y / x) if abs(value_of(x)) > abs(value_of(y)) else -atan(x / y)
    return turned - value_of(turned) + angle


sign = stepwise(mpmath.sign, lambda x: x == 0)
floor = stepwise(mpmath.floor, lambda x: x == mpmath.floor(x))
ceil = stepwise(mpmath.ceil, lambda x: x == mpmath.floor(x))
nint = stepwise(mpmath.nint, lambda x: x + mpf(1) / 2 == mpmath.floor(x + mpf(1) / 2))


def add_all(xs: Sequence[Any]) -> Any:
    return sum(xs, mpf(0))


def fprod(xs: Sequence[Any]) -> Any:
    result = mpf(1)
    for x in xs:
        result = x * result
    return result


def fdot(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    return add_all([x * y for x, y in zip(xs, ys, strict=True)])
