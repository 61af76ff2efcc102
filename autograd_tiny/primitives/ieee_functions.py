"""Functions of floats with IEEE results where Python's `math` raises, and functions that `math` lacks.

`exp(1000)` is `inf`, `log(0)` is `-inf`, `sqrt(-1)` is `nan`. All are numerically stable. The table of primitives
computes its values with them.

>>> exp(1000.0), log(0.0), sqrt(-1.0)
(inf, -inf, nan)

`x` and `y` are inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import wraps

inf, nan, pi = math.inf, math.nan, math.pi
PI_SQUARED = 9.869604401089358
PI_REST = 3.8981718325193755e-17  # of π, as a part of `pi`
SPLIT, FAR = 2.0**27 + 1.0, 2.0**800


def total(
    function: Callable[[float], float], poles: Mapping[float, float] | None = None, *, odd: bool = False
) -> Callable[[float], float]:
    """Return a function of `math` with IEEE results: infinite at poles and on overflow, nan outside of its domain.

    The infinities of an `odd` function have the sign of x.

    >>> log = total(math.log, {0.0: -inf})
    >>> log(0.0), log(-1.0), total(math.sinh, odd=True)(-1000.0)
    (-inf, nan, -inf)
    """
    results = poles or {}

    @wraps(function)
    def function_with_ieee_results(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            pole = results.get(x, nan)
        except OverflowError:
            pole = inf
        return math.copysign(pole, x) if odd else pole

    function_with_ieee_results.raw = function  # type: ignore[attr-defined]  # which is faster; see `Rule`
    return function_with_ieee_results


exp, expm1 = total(math.exp), total(math.expm1)
log, log2, log10 = (total(function, {0.0: -inf}) for function in (math.log, math.log2, math.log10))
log1p = total(math.log1p, {-1.0: -inf})
sqrt = total(math.sqrt)
sin, cos, tan = total(math.sin), total(math.cos), total(math.tan)
asin, acos = total(math.asin), total(math.acos)
sinh, cosh = total(math.sinh, odd=True), total(math.cosh)
acosh, atanh = total(math.acosh), total(math.atanh, {1.0: inf, -1.0: -inf})


def divide(x: float, y: float) -> float:
    """Return x / y; a zero denominator gives a signed infinity, or nan for 0 / 0."""
    if y:
        return x / y
    return nan if not x or x != x else math.copysign(inf, x) * math.copysign(1.0, y)


def power(x: float, y: float) -> float:
    """Return x ** y for a constant exponent, as a square root for y = ±½ (as PyTorch does, so nan at x = -inf)."""
    if abs(y) == 0.5:
        return sqrt(x) if y > 0.0 else divide(1.0, sqrt(x))
    return c_power(x, y)


def c_power(x: float, y: float) -> float:
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


def sin_pi(x: float) -> float:
    """Return sin(πx), with x reduced exactly to at most ½ before π rounds it."""
    turn = fmod(x, 2.0)
    if abs(turn) > 1.5:
        return sin(pi * (turn - math.copysign(2.0, turn)))
    return sin(pi * (math.copysign(1.0, turn) - turn)) if abs(turn) > 0.5 else sin(pi * turn)


def cos_pi(x: float) -> float:
    """Return cos(πx), as the sine of an exact difference near its zeros."""
    turn = abs(fmod(x, 2.0))
    turn = 2.0 - turn if turn > 1.0 else turn
    return cos(pi * turn) if turn < 0.25 else sin(pi * (0.5 - turn))


def sinc(x: float) -> float:
    """Return sin(πx) / (πx), 1 at 0."""
    return divide(sin_pi(x), pi) / x if abs(x) > 0.5 else divide(sin(pi * x), pi * x) if x else 1.0


def sinc_derivative(n: float, x: float) -> float:
    """Return the derivative of sinc of order n, a whole number, nan for n above 150: a Taylor series or a recurrence.

    The derivative of order n of x·sinc(x) = sin(πx) / π is x·f⁽ⁿ⁾ + n·f⁽ⁿ⁻¹⁾.
    """
    if fmod(n, 1.0) or not 0.0 <= n <= 150.0:
        return nan
    y, y_squared, odd = pi * abs(x), PI_SQUARED * x * x, fmod(n, 2.0)
    if y < 1.0 + 0.6 * n:
        k = n + odd  # the first even power of y whose derivative is not 0
        term = (1.0 - fmod(k, 4.0)) / (k + 1.0)
        series = term
        while abs(term) > 1e-18 * abs(series):
            k += 2.0
            term *= -y_squared / ((k - n) * (k - n - 1.0)) * (k - 1.0) / (k + 1.0)
            series += term
        power = c_power(pi, n + odd)
        power += power * (n + odd) * PI_REST  # the power of π, not of its rounded value
        return power * series * (x if odd else 1.0)
    result, order, scale = sinc(x), 0.0, 1.0 / pi
    while order < n:
        order += 1.0
        scale *= pi
        wave = cos_pi(x) if fmod(order, 2.0) else sin_pi(x)
        result = (scale * (-wave if fmod(order, 4.0) > 1.0 else wave) - order * result) / x
    return result


def direction(x: float, y: float) -> float:
    """Return x / √(x² + y²), the cosine of the angle of the point (x, y), and 0 at the origin.

    The radius is scaled where it is subnormal, and so has few bits, or overflows.
    """
    radius = math.hypot(x, y)
    if radius < 1e-290 or radius == inf:
        scale = 1e150 if radius < 1.0 else 0.5
        return scale * x / math.hypot(scale * x, scale * y) if radius else 0.0
    return x / radius


def unit_vector(xs: Sequence[float], norm: float) -> list[float]:
    """Return x / norm for each x, 0 for the norm 0; scaled where the norm is subnormal, and so has few bits, or ∞."""
    if 1e-290 < norm < inf:
        return [x / norm for x in xs]
    scale = 1e150 if norm < 1.0 else 0.5
    norm = math.hypot(*[scale * x for x in xs])
    return [divide(scale * x, norm) if norm else 0.0 for x in xs]


def exp_of_quotient(x: float, y: float) -> float:
    """Return e^(x/y), corrected for the rounding of x/y, which exp magnifies, by Dekker's exact product."""
    quotient = divide(x, y)
    if not 1.0 < abs(quotient) < 800.0:
        return exp(quotient)
    scale = 1.0 / FAR if abs(y) > 1e200 else FAR if abs(y) < 1e-200 else 1.0
    x, y = scale * x, scale * y
    high, y_high = SPLIT * quotient, SPLIT * y
    high, y_high = high - (high - quotient), y_high - (y_high - y)
    low, y_low = quotient - high, y - y_high
    rest = x - high * y_high - high * y_low - low * y_high - low * y_low
    return exp(quotient) * (1.0 + rest / y)


def expm1_minus_xexp(x: float) -> float:
    """Return eˣ - 1 - x·eˣ, near 0 as -Σ (k - 1)·xᵏ/k! or -eˣ·Σ (-x)ᵏ/k! for k = 2, 3, ..., of one sign."""
    if not abs(x) < 1.0:
        return expm1(x) - x * exp(x) if abs(x) < 700.0 else -1.0 if x <= -800.0 else (1.0 - x) * exp(x) - (x < 0.0)
    series, term, k = 0.0, 0.5 * x * x, 2.0
    while k < 21.0:
        series += term
        term *= x * k / ((k - 1.0) * (k + 1.0)) if x > 0.0 else -x / (k + 1.0)
        k += 1.0
    return -series if x > 0.0 else -exp(x) * series


def sigmoid(x: float) -> float:
    """Return 1 / (1 + e⁻ˣ), without overflow or cancellation."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    tail = exp(x)
    return tail / (1.0 + tail)


def sigmoid_of_difference(x: float, y: float) -> float:
    """Return sigmoid(x - y), corrected for the rounding of the difference, which the exponential magnifies."""
    difference = x - y
    if not abs(difference) < 800.0:
        return sigmoid(difference)
    change = difference - x
    rest = x - (difference - change) - (y + change)  # Knuth's exact sum
    return sigmoid(difference) * (1.0 + rest * sigmoid(-difference))


def softplus(x: float, beta: float = 1.0) -> float:
    """Return log(1 + e^(βx)) / β, without overflow."""
    logit = beta * x
    return (x if logit > 0.0 else 0.0) + divide(log1p(exp(-abs(logit))), beta)


def log_sigmoid(x: float) -> float:
    """Return log(sigmoid(x)), accurate in both tails."""
    return minimum(x, 0.0) - log1p(exp(-abs(x)))


def logit_entropy(x: float) -> float:
    """Return log(1 + eˣ) - x·sigmoid(x), an even function, without cancellation."""
    return log1p(exp(-abs(x))) - silu(-abs(x)) if not abs(x) > 800.0 else 0.0


def silu(x: float) -> float:
    """Return x·sigmoid(x); in the left tail x·e^(x/2)·e^(x/2), since eˣ underflows before x·eˣ does."""
    return x * sigmoid(x) if x > -700.0 else exp(0.5 * x) * x * exp(0.5 * x)


def mish(x: float) -> float:
    """Return x·tanh(softplus(x)), in the left tail x·eˣ like `silu`."""
    return x * math.tanh(softplus(x)) if x > -700.0 else silu(x)


def logit(x: float) -> float:
    """Return log(x / (1 - x)), the inverse of sigmoid, also accurate near its zero at ½."""
    return 2.0 * math.atanh(2.0 * x - 1.0) if 0.25 < x < 0.75 else log(divide(x, 1.0 - x))


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
    """Return x rounded to a number of decimals, halves to even."""
    if not math.isfinite(x) or digits != digits:
        return x * digits if digits != digits else x
    try:
        return round(x, int(clamp(digits, -400.0, 400.0)))
    except OverflowError:
        return math.copysign(inf, x)


def sign(x: float) -> float:
    """Return -1.0, 0.0 or 1.0, the sign of x; 0 for nan, as `torch.sign`."""
    return float((x > 0.0) - (x < 0.0))


def heaviside(x: float, value: float) -> float:
    """Return 0.0 for x < 0, 1.0 for x > 0, and `value` for x = 0; 0 for nan, as `torch.heaviside`."""
    return value if x == 0.0 else float(x > 0.0)


def maximum(x: float, y: float) -> float:
    """Return the larger of two; nan if either is nan."""
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    """Return the smaller of two; nan if either is nan."""
    return x if x <= y or x != x else y


def clamp(x: float, low: float, high: float) -> float:
    """Return x limited to [low, high], and `high` if low > high, as `torch.clamp`."""
    return minimum(maximum(x, low), high)


def floordiv(x: float, y: float) -> float:
    """Return ⌊x / y⌋ as Python's `//`, also exact where x / y rounds up to a whole number."""
    return x // y if y else divide(x, y)


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
    """Return the sum, added from left to right; `sum` compensates rounding since Python 3.12."""
    for x in xs:
        start += x
    return start


def dot(ws: Sequence[float], xs: Sequence[float], bias: float = 0.0) -> float:
    """Return bias + Σ wᵢ·xᵢ, added from left to right."""
    for w, x in zip(ws, xs, strict=True):
        bias += w * x
    return bias


def largest(xs: Sequence[float]) -> float:
    """Return the maximum, the last of equal ones (zeros have signs); nan if any is nan."""
    return nan if any(x != x for x in xs) else max(reversed(xs))


def smallest(xs: Sequence[float]) -> float:
    """Return the minimum, the last of equal ones; nan if any is nan."""
    return nan if any(x != x for x in xs) else min(reversed(xs))


def shifted_exponentials(xs: Sequence[float]) -> tuple[float, list[float]]:
    """Return m = max(xs) and the list of e^(xᵢ - m), without overflow; one of them is 1."""
    shift = max(xs)
    return shift, [math.exp(x - shift) for x in xs]


def log_of_sum(tails: Sequence[float]) -> float:
    """Return log Σ tᵢ of numbers of which one is 1, as log1p of the sum of the others, for accuracy."""
    return math.log1p(math.fsum([-1.0, *tails]))


def log_sum_exp(xs: Sequence[float]) -> float:
    """Return log Σ e^xᵢ, shifted by the maximum."""
    shift, tails = shifted_exponentials(xs)
    return largest(xs) if math.isinf(shift) else shift + log_of_sum(tails)


def softmax(xs: Sequence[float]) -> list[float]:
    """Return e^xᵢ / Σ e^xⱼ for each i, shifted by the maximum."""
    _, tails = shifted_exponentials(xs)
    whole = math.fsum(tails)
    return [tail / whole for tail in tails]


def log_softmax(xs: Sequence[float]) -> list[float]:
    """Return log softmax(xs)ᵢ for each i, also accurate where that probability is close to 1."""
    shift, tails = shifted_exponentials(xs)
    log_of_whole = log_of_sum(tails)
    return [x - shift - log_of_whole for x in xs]


def binary_cross_entropy(p: float, target: float) -> float:
    """Return -(t·log p + (1 - t)·log(1 - p)), with logarithms of at least -100 as in PyTorch."""
    return 0.0 - (target * maximum(log(p), -100.0) + (1.0 - target) * maximum(log1p(-p), -100.0))


def binary_cross_entropy_with_logits(x: float, target: float) -> float:
    """Return softplus(x) - x·t, without cancellation where the logit agrees with the target."""
    return x * ((x > 0.0) - target) + log1p(exp(-abs(x)))


def sech(x: float) -> float:
    """Return 1 / cosh(x), as 2·e^-|x| where cosh(x) overflows."""
    return 1.0 / math.cosh(x) if not abs(x) > 710.0 else 2.0 * math.exp(-abs(x))


def tanhshrink(x: float) -> float:
    """Return x - tanh(x), near 0 as the series of x·cosh(x) - sinh(x), over cosh(x)."""
    if not abs(x) < 1.0:
        return x - math.tanh(x)
    y = x * x
    series = 1.0 + y / 88.0 * (1.0 + y / 130.0 * (1.0 + y / 180.0 * (1.0 + y / 238.0 * (1.0 + y / 304.0))))
    series = 1.0 + y / 10.0 * (1.0 + y / 28.0 * (1.0 + y / 54.0 * series))
    return x * y / 3.0 * series / cosh(x)


def lerp(x: float, y: float, weight: float) -> float:
    """Return x + weight·(y - x), from the nearer end as `torch.lerp`, so that it is y for the weight 1."""
    return x + weight * (y - x) if abs(weight) < 0.5 else y - (y - x) * (1.0 - weight)


def softsign(x: float) -> float:
    """Return x / (1 + |x|)."""
    return x / (1.0 + abs(x)) if math.isfinite(x) else sign(x) if x == x else x
