"""Functions of floats that always answer: IEEE results where Python's `math` raises.

`exp(1000)` is `inf`, `log(0)` is `-inf`, `sqrt(-1)` is `nan`. With them come the stable forms of functions
that `math` lacks. The table in `primitives` computes its values with these.

>>> exp(1000.0), log(0.0), sqrt(-1.0)
(inf, -inf, nan)

`x` and `y` are inputs, `n` is an order or a number of digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

inf, nan, pi = math.inf, math.nan, math.pi


def total(function: Callable[[float], float], poles: Mapping[float, float] | None = None) -> Callable[[float], float]:
    """Return `function` of `math` with IEEE results: infinite at its poles and beyond the range, nan off its domain.

    >>> log = total(math.log, {0.0: -inf})
    >>> log(0.0), log(-1.0), total(math.sinh)(-1000.0)
    (-inf, nan, -inf)
    """
    results = poles or {}

    def function_with_ieee_results(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return results.get(x, nan)
        except OverflowError:
            return -inf if x < 0.0 and function(-1.0) < 0.0 else inf

    return function_with_ieee_results


exp, expm1 = total(math.exp), total(math.expm1)
log, log2, log10 = (total(function, {0.0: -inf}) for function in (math.log, math.log2, math.log10))
log1p = total(math.log1p, {-1.0: -inf})
sqrt = total(math.sqrt)
sin, cos, tan = total(math.sin), total(math.cos), total(math.tan)
asin, acos = total(math.asin), total(math.acos)
sinh, cosh = total(math.sinh), total(math.cosh)
acosh, atanh = total(math.acosh), total(math.atanh, {1.0: inf, -1.0: -inf})
gamma = total(math.gamma, {0.0: inf})


def divide(x: float, y: float) -> float:
    """Return x / y; a zero denominator gives a signed infinity, or nan for 0 / 0."""
    if y:
        return x / y
    return nan if not x or x != x else math.copysign(inf, x) * math.copysign(1.0, y)


def power(x: float, y: float) -> float:
    """Return x ** y as C's `pow` does: never complex, never an exception."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0.0 and y % 2.0 == 1.0 else inf
    except ValueError:
        if x:
            return nan
        return math.copysign(inf, x) if y % 2.0 == 1.0 else inf


def cbrt(x: float) -> float:
    """Return the real cube root: one Newton step on a power, exact for perfect cubes."""
    if not x or not math.isfinite(x):
        return x
    root = math.copysign(abs(x) ** (1.0 / 3.0), x)
    return root - (root - x / root / root) / 3.0


def lgamma(x: float) -> float:
    """Return log |Γ(x)|, infinite at 0, -1, -2, ..."""
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return inf


def polygamma(n: float, x: float) -> float:
    """Return ψ⁽ⁿ⁾(x), the (n+1)-th derivative of log Γ(x); `n` is a whole number, 0 gives the digamma function.

    Recurrence up to x ≥ 15 + n, then the asymptotic series (DLMF 5.15.8, 5.11.2); reflection (DLMF 5.5.4) for
    negative x, which n > 1 does not have here: nan.
    """
    if x != x or x == -inf or n < 0 or n % 1.0:
        return nan
    if x <= 0.0:
        return _polygamma_reflected(n, x)
    if x == inf:
        return 0.0 if n else inf
    shift, sign, factorial = 0.0, -1.0 if n % 2.0 == 0.0 else 1.0, math.gamma(n + 1.0)
    while x < 15.0 + n:
        shift += power(x, -n - 1.0)
        x += 1.0
    return sign * (factorial * shift + _polygamma_series(n, x))


def _polygamma_reflected(n: float, x: float) -> float:
    if not x % 1.0:
        return -math.copysign(inf, x) if not x and not n else nan if not n else inf if n % 2.0 else nan
    angle = pi * (x % 1.0)
    if n == 0.0:
        return polygamma(0.0, 1.0 - x) - pi / math.tan(angle)
    return (pi / math.sin(angle)) ** 2 - polygamma(1.0, 1.0 - x) if n == 1.0 else nan


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def _polygamma_series(n: float, x: float) -> float:
    """Return (-1)ⁿ⁺¹ ψ⁽ⁿ⁾(x) for large x."""
    leading = -math.log(x) if n == 0.0 else math.gamma(n) * power(x, -n)
    total = leading + math.gamma(n + 1.0) * power(x, -n - 1.0) / 2.0
    for k, bernoulli in enumerate(BERNOULLI, start=1):
        rising = math.gamma(2.0 * k + n) / math.gamma(2.0 * k + 1.0)
        total += bernoulli * rising * power(x, -2.0 * k - n)
    return total


def gaussian(x: float) -> float:
    """Return exp(-x²), the square taken in two parts so that the tails stay accurate."""
    if not math.isfinite(x):
        return nan if x != x else 0.0
    high = round(x * 16.0) / 16.0 if abs(x) < 1e6 else x
    return exp(-high * high) * exp((high - x) * (high + x))


def sinc(x: float) -> float:
    """Return sin(πx) / (πx), 1 at 0."""
    return divide(sin(pi * x), pi * x) if x else 1.0


def sigmoid(x: float) -> float:
    """Return 1 / (1 + e⁻ˣ); no exponential of a positive number, so nothing overflows or cancels."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    tail = exp(x)
    return tail / (1.0 + tail)


def softplus(x: float, beta: float = 1.0) -> float:
    """Return log(1 + e^(βx)) / β, without overflow."""
    x = beta * x
    return divide(maximum(x, 0.0) + log1p(exp(-abs(x))), beta)


def log_sigmoid(x: float) -> float:
    """Return log(sigmoid(x)), accurate in both tails."""
    return -softplus(-x)


def log_add_exp(x: float, y: float) -> float:
    """Return log(eˣ + eʸ) without overflow."""
    return x if x == y and math.isinf(x) else maximum(x, y) + log1p(exp(-abs(x - y)))


def floor(x: float) -> float:
    """Return the largest whole number ≤ x, as a float."""
    return x // 1.0 if math.isfinite(x) else x


def trunc(x: float) -> float:
    """Return x without its fraction."""
    return math.copysign(floor(abs(x)), x)


def round_half_even(x: float, digits: float = 0.0) -> float:
    """Return x rounded to that many decimals, halves to even."""
    return round(x, int(digits)) if math.isfinite(x) else x


def sign(x: float) -> float:
    """Return -1.0, 0.0 or 1.0 as x is; nan gives 0, as `torch.sign`."""
    return float((x > 0.0) - (x < 0.0))


def maximum(x: float, y: float) -> float:
    """Return the larger of two; nan if either is nan."""
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    """Return the smaller of two; nan if either is nan."""
    return x if x <= y or x != x else y


def clamp(x: float, low: float, high: float) -> float:
    """Return x cut to [low, high]; high wins where they cross, as in `torch.clamp`."""
    return minimum(maximum(x, low), high)


def fmod(x: float, y: float) -> float:
    """Return the remainder of x / y with the sign of x, as C's `fmod`."""
    try:
        return math.fmod(x, y)
    except ValueError:
        return nan


def remainder(x: float, y: float) -> float:
    """Return x - ⌊x / y⌋·y, the remainder with the sign of y, as Python's `%`."""
    rest = fmod(x, y)
    return rest + y if rest and (rest < 0.0) != (y < 0.0) else rest


def add_all(xs: Sequence[float], start: float = 0.0) -> float:
    """Return the sum from left to right; `sum` rounds differently from Python 3.12 on."""
    for x in xs:
        start += x
    return start


def dot(ws: Sequence[float], xs: Sequence[float], bias: float = 0.0) -> float:
    """Return bias + Σ wᵢ·xᵢ, from left to right."""
    for w, x in zip(ws, xs, strict=True):
        bias += w * x
    return bias


def largest(xs: Sequence[float]) -> float:
    """Return the maximum; nan if any is nan."""
    return nan if any(x != x for x in xs) else max(xs)


def smallest(xs: Sequence[float]) -> float:
    """Return the minimum; nan if any is nan."""
    return nan if any(x != x for x in xs) else min(xs)


def log_sum_exp(xs: Sequence[float]) -> float:
    """Return log Σ e^xᵢ, shifted by the maximum."""
    shift = largest(xs)
    return shift if math.isinf(shift) else shift + log(add_all([exp(x - shift) for x in xs]))


def softmax(xs: Sequence[float]) -> list[float]:
    """Return e^xᵢ / Σ e^xⱼ for each i, shifted by the maximum."""
    shift = largest(xs)
    tails = [exp(x - shift) for x in xs]
    whole = add_all(tails)
    return [divide(tail, whole) for tail in tails]


def log_softmax(xs: Sequence[float], index: int) -> float:
    """Return log softmax(xs)[index]."""
    shift = largest(xs)
    return (xs[index] - shift) - log(add_all([exp(x - shift) for x in xs]))


def binary_cross_entropy(p: float, target: float) -> float:
    """Return -(t·log p + (1 - t)·log(1 - p)), the logarithms cut at -100 as PyTorch cuts them."""
    return -(target * maximum(log(p), -100.0) + (1.0 - target) * maximum(log1p(-p), -100.0))


def softsign(x: float) -> float:
    """Return x / (1 + |x|)."""
    return x / (1.0 + abs(x)) if math.isfinite(x) else sign(x) if x == x else x


class Ieee(float):
    """A float whose operators give IEEE results where Python's raise or turn complex.

    Rows of the table are evaluated with it when plain floats have raised.

    >>> 1 / Ieee(0.0), Ieee(-8.0) ** 0.5, Ieee(1e200) ** 2
    (inf, nan, inf)
    """

    __slots__ = ()

    def apply_primitive(self, primitive: Callable[..., float], operands: Sequence[float]) -> Ieee:
        """Compute a primitive in plain floats, and stay IEEE."""
        return Ieee(primitive(*(float(operand) for operand in operands)))

    def __add__(self, other: float) -> Ieee:
        return Ieee(float.__add__(self, other))

    def __sub__(self, other: float) -> Ieee:
        return Ieee(float.__sub__(self, other))

    def __rsub__(self, other: float) -> Ieee:
        return Ieee(float.__rsub__(self, other))

    def __mul__(self, other: float) -> Ieee:
        return Ieee(float.__mul__(self, other))

    def __truediv__(self, other: float) -> Ieee:
        return Ieee(divide(float(self), float(other)))

    def __rtruediv__(self, other: float) -> Ieee:
        return Ieee(divide(float(other), float(self)))

    def __pow__(self, other: float) -> Ieee:  # type: ignore[override]  # without Python's modulo
        return Ieee(power(float(self), float(other)))

    def __rpow__(self, other: float) -> Ieee:  # type: ignore[override]  # without Python's modulo
        return Ieee(power(float(other), float(self)))

    def __neg__(self) -> Ieee:
        return Ieee(float.__neg__(self))

    __radd__, __rmul__ = __add__, __mul__
