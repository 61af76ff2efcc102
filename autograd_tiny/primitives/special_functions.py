"""Special functions that `math` lacks or computes inaccurately: gamma functions, the normal distribution, erfinv.

>>> lgamma(1.0), polygamma(0.0, 1.0), normal_cdf(0.0)
(0.0, -0.5772156649015329, 0.5)

`n` is the order of a derivative. DLMF is the Digital Library of Mathematical Functions, γ is Euler's constant, ζ the
Riemann zeta function, Γ the gamma function, ψ the derivative of log Γ.
"""

from __future__ import annotations

import math

from autograd_tiny.primitives.ieee_functions import c_power, exp, inf, nan, pi, total

gamma = total(math.gamma, {0.0: inf}, odd=True)

ONE_MINUS_EULER = 0.42278433509846713
# fmt: off
ZETA_MINUS_ONE = (  # ζ(k) - 1 for k = 2, 3, 4, ...
    0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
    0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645,
    0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-05, 3.058823630702049e-05,
    1.528225940865187e-05, 7.637197637899763e-06, 3.81729326499984e-06, 1.908212716553939e-06,
    9.539620338727962e-07, 4.769329867878064e-07, 2.38450502727733e-07, 1.1921992596531106e-07,
    5.960818905125948e-08, 2.9803503514652280e-08, 1.4901554828365043e-08, 7.45071178983543e-09,
    3.725334024788457e-09, 1.862659723513049e-09, 9.313274324196682e-10, 4.656629065033784e-10,
    2.3283118336765053e-10, 1.164155017270052e-10, 5.820772087902701e-11, 2.9103850444971e-11,
    1.4551921891041985e-11, 7.275959835057482e-12, 3.637979547378651e-12, 1.818989650307066e-12,
    9.094947840263888e-13, 4.547473783042154e-13,
)
LGAMMA_BELOW = (  # the Taylor series of log |Γ(-2.5 + x)| + log(1 - 4x²), by mpmath
    -0.056243716497674054, 1.103156640645243, 0.7696233224945619, -0.018034008606954567, 0.11449484246615094,
    -0.0005666333292227613, 0.030750066703199734, -2.7452005466276826e-05, 0.00992495409830374,
    -1.5883615847385705e-06, 0.0034896743273733913, -1.0087715050387293e-07, 0.0012873799701430602,
    -6.772525536522676e-09, 0.0004897406008644977, -4.713196896658322e-10, 0.00019035866769234118,
    -3.3621741436467685e-11, 7.518980949603444e-05, -2.441668782869774e-12, 3.0073966155258982e-05,
    -1.7972011896132166e-13, 1.2150812900011507e-05, -1.3367792840095535e-14, 4.950289465201504e-06,
    -1.0027088760323668e-15, 2.0308818257297387e-06, -7.573414668283891e-17, 8.381407907468725e-07,
    -5.753424149023143e-18, 3.476730802527933e-07, -4.392470493711703e-19, 1.4486376294174116e-07,
    -3.3678239019100123e-20, 6.059660363417277e-08, -2.5918877059453737e-21,
)
# fmt: on
LOG_16, LOG_16_REST = 2.772588722239781, 9.276187255385198e-17
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
HIGHEST_ORDER = 150.0  # of ψ⁽ⁿ⁾; above, n! overflows


def lgamma(x: float) -> float:
    """Return log |Γ(x)|, infinite at 0, -1, -2, ...; below 10 it is more accurate than `math.lgamma`.

    A Taylor series about 2 with recurrence, and the reflection below -½.
    """
    if x <= 0.0 and (x == -inf or not x % 1.0):
        return inf
    if x < -0.5:
        return _lgamma_of_negative(x)
    if not x < 10.0:
        return _lgamma_of_c(x)
    nearest = 2.0 if 1.25 <= x < 2.5 else (x + 0.5) // 1.0
    rest = x - nearest
    result, product, factor = _lgamma_near_two(rest), 1.0, 2.0
    while factor < nearest:
        product *= rest + factor
        factor += 1.0
    if nearest > 1.0:
        return math.log(product) + result
    result -= math.log1p(rest)
    return result if nearest == 1.0 else result - math.log(abs(x))


def _lgamma_of_c(x: float) -> float:
    try:
        return math.lgamma(x)
    except OverflowError:
        return inf


def _lgamma_near_two(x: float) -> float:
    """Return log Γ(2 + x) for -¾ ≤ x ≤ ½ by its Taylor series, (1 - γ)·x + Σ (ζ(k) - 1)·(-x)ᵏ / k (DLMF 5.7.3)."""
    series, terms = 0.0, len(ZETA_MINUS_ONE) if x < -0.5 else 26
    for k in range(terms + 1, 1, -1):
        series = -x * (series + ZETA_MINUS_ONE[k - 2] / k)
    return x * (ONE_MINUS_EULER - series)


def _lgamma_of_negative(x: float) -> float:
    """Return log |Γ(x)| for x < -½, not whole: by reflection (DLMF 5.5.3), which would cancel from -4 to -2."""
    if x < -4.0 or x > -2.0:
        return math.log(pi / abs(_sin_pi(x))) - lgamma(1.0 - x)
    if x < -3.0:
        return _lgamma_of_negative(x + 1.0) - math.log(-x)
    rest, series = x + 2.5, 0.0
    for k in range(len(LGAMMA_BELOW), 0, -1):
        series = series * rest + LGAMMA_BELOW[k - 1]
    if abs(rest) < 0.25:
        return series - math.log1p(-4.0 * rest * rest)
    return series - math.log((1.0 - 2.0 * rest) * (1.0 + 2.0 * rest))


def polygamma(n: float, x: float) -> float:
    """Return ψ⁽ⁿ⁾(x), the derivative of log Γ(x) of order n + 1, a whole number; nan for n above 150.

    Recurrence to large x, then the asymptotic series (DLMF 5.15.5, 5.15.8, 5.11.2); for x < -½ the reflection
    (DLMF 5.15.6).
    """
    if x != x or x == -inf or n % 1.0 or not 0.0 <= n <= HIGHEST_ORDER:
        return nan
    if x <= 0.0 and not x % 1.0:
        return inf if n % 2.0 else nan if x else -math.copysign(inf, x)
    if x == inf:
        return 0.0 if n else inf
    sign = -1.0 if n % 2.0 else 1.0
    if -0.5 < x < 0.0:  # by recurrence, since the cotangent of a subnormal number overflows
        return polygamma(n, 1.0 + x) - sign * gamma(n + 1.0) * c_power(x, -n - 1.0)
    if x < 0.0:
        return sign * polygamma(n, 1.0 - x) - pi * _derivative_of_cot_pi(int(n), x)
    return _polygamma(n, x) if n else _digamma(x)


def _digamma(x: float) -> float:
    """Return ψ(x) for x > 0, every rounding kept small since it has a zero at 1.46."""
    fraction, steps = (x % 1.0, int(16.0 - x // 1.0)) if x < 16.0 else (x - 16.0, 0)
    far = 16.0 + fraction
    logarithm = [LOG_16, LOG_16_REST, math.log1p(fraction / 16.0)] if steps else [math.log(x)]
    series = [-bernoulli / (2.0 * k) * far ** (-2.0 * k) for k, bernoulli in enumerate(BERNOULLI, start=1)]
    return math.fsum([*logarithm, -0.5 / far, *series, *(-1.0 / (x + step) for step in range(steps))])


def _polygamma(n: float, x: float) -> float:
    """Return ψ⁽ⁿ⁾(x) for n ≥ 1 and x > 0."""
    steps = 15.0 + n - x // 1.0 if x < 15.0 + n else 0.0
    near, step = 0.0, steps
    while step > 0.0:  # the smallest first
        step -= 1.0
        near += c_power(x + step, -n - 1.0)
    x += steps
    far = gamma(n) * c_power(x, -n) + gamma(n + 1.0) * c_power(x, -n - 1.0) / 2.0
    for k, bernoulli in enumerate(BERNOULLI, start=1):
        far += bernoulli * gamma(2.0 * k + n) / gamma(2.0 * k + 1.0) * c_power(x, -2.0 * k - n)
    return (1.0 if n % 2.0 else -1.0) * (gamma(n + 1.0) * near + far)


def _sin_pi(x: float) -> float:
    """Return sin(πx) up to its sign; x is reduced to |x| ≤ ½ before π rounds it."""
    return math.sin(pi * (x - round(x)))


def cot_polynomial(n: int) -> list[float]:
    """Return the n-th derivative of cot(πx), a polynomial in the cotangent: cot′ = -π·(1 + cot²)."""
    powers = [0.0, 1.0]
    for _ in range(n):
        slopes = [power * k for k, power in enumerate(powers)][1:]
        powers = [-pi * (a + b) for a, b in zip([*slopes, 0.0, 0.0], [0.0, 0.0, *slopes], strict=True)]
    return powers


def _derivative_of_cot_pi(n: int, x: float) -> float:
    """Return the n-th derivative of cot(πx)."""
    x -= round(x)
    cot = 1.0 / math.tan(pi * x) if abs(x) < 0.25 else math.tan(pi * (math.copysign(0.5, x) - x))
    result = 0.0
    for power in reversed(cot_polynomial(n)):
        result = result * cot + power
    return result


def gaussian(x: float, rate: float = 1.0) -> float:
    """Return exp(-rate·x²), with x² in two parts so that the tails are accurate."""
    if not abs(x) < 40.0:
        return nan if x != x else 0.0
    high = round(x * 16.0) / 16.0
    return exp(-rate * high * high) * exp(rate * (high - x) * (high + x))


HALF_SQRT_PI, WINITZKI = 0.5 * math.sqrt(pi), 0.147


def erfinv(x: float) -> float:
    """Return the inverse of erf, ±∞ at ±1: an estimate and three steps of Halley's method, with erfc above ½."""
    size = abs(x)
    if not 0.0 < size < 1.0:
        return x if size == 0.0 else math.copysign(inf, x) if size == 1.0 else nan
    root = HALF_SQRT_PI * size * (1.0 + pi / 12.0 * size * size)
    if size > 0.5:
        logarithm = math.log1p(-size * size)
        middle = 2.0 / (pi * WINITZKI) + 0.5 * logarithm
        root = math.sqrt(math.sqrt(middle * middle - logarithm / WINITZKI) - middle)
    for _ in range(3):
        excess = (1.0 - size) - math.erfc(root) if size > 0.5 else math.erf(root) - size
        step = excess * HALF_SQRT_PI * math.exp(root * root)
        root -= step / (1.0 + root * step)
    return math.copysign(root, x)


def erfinv_slope(x: float, z: float) -> float:
    """Return ½√π·exp(z²) for z = erfinv(x), corrected by erfc(z) for the rounding of z, which exp(z²) magnifies."""
    slope, size = HALF_SQRT_PI / gaussian(z), abs(x)
    if not 0.5 < size < 1.0:
        return slope
    excess = (1.0 - size) - math.erfc(abs(z))
    return slope * (1.0 - 2.0 * abs(z) * excess * slope)


SQRT_HALF, INVERSE_SQRT_2PI = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * pi)


def normal_pdf(x: float) -> float:
    """Return exp(-x²/2) / √(2π)."""
    return INVERSE_SQRT_2PI * gaussian(x, 0.5)


def normal_cdf(x: float) -> float:
    """Return Φ(x) = ½·erfc(-x/√2), in the left tail corrected for the rounding of x/√2, which erfc magnifies."""
    y = -x * SQRT_HALF
    if not -40.0 < x < -1.0:
        return 0.5 * math.erfc(y)
    high_x, high_y = round(x * 16.0) / 16.0, round(y * 16.0) / 16.0
    excess = high_y * high_y - high_x * high_x / 2.0  # y² - x²/2, in two parts
    excess += (y - high_y) * (y + high_y) - (x - high_x) * (x + high_x) / 2.0
    return 0.5 * math.erfc(y) * exp(excess)


def gaussian_tail_slope(x: float) -> float:
    """Return -2x·exp(-x²), with exp(-x²) as 2π·φ(x)², since it is subnormal in the tails."""
    return -4.0 * pi * (x * normal_pdf(x) * normal_pdf(x))


def x_normal_pdf(x: float) -> float:
    """Return x·φ(x), in the tails with φ(x) as e^(-x²/4)·e^(-x²/4) / √(2π), since it is subnormal there."""
    if abs(x) < 37.0:
        return x * normal_pdf(x)
    half = gaussian(0.5 * x)
    return x * half * half * INVERSE_SQRT_2PI


def gelu(x: float) -> float:
    """Return x·Φ(x), in the left tail by the asymptotic series of Φ(x) / φ(x), since Φ(x) is subnormal there."""
    if not -40.0 < x < -37.0:
        return x * normal_cdf(x)
    y = 1.0 / (x * x)
    series = 1.0 - 7.0 * y * (1.0 - 9.0 * y * (1.0 - 11.0 * y * (1.0 - 13.0 * y)))
    return -normal_pdf(x) * (1.0 - y * (1.0 - 3.0 * y * (1.0 - 5.0 * y * series)))
