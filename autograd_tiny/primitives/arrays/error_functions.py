"""Compute the error function, its inverse, and the functions of the normal distribution, over NumPy arrays.

The approximations are those of FreeBSD's s_erf.c (Sun Microsystems 1993), and for the inverse those of M. J. Wichura,
Algorithm AS 241, Applied Statistics 37 (1988) 477-484.

>>> erf(np.array([0.0, 0.5, 9.0])), normal_cdf(np.array([0.0, -40.0]))
(array([0.        , 0.52049988, 1.        ]), array([0.5, 0. ]))
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from autograd_tiny.primitives.arrays.pieces import Array, Unary, blocked, in_pieces, ratio

# fmt: off
NEAR_ZERO: Final = (  # of erf(x) / x - 1, a function of x² for |x| < 0.84375
    (-2.3763016656650163e-05, -0.005770270296489442, -0.02848174957559851, -0.3250421072470015, 0.12837916709551256),
    (-3.960228278775368e-06, 0.00013249473800432164, 0.005081306281875766, 0.0650222499887673, 0.39791722395915535,
     1.0),
)
NEAR_ONE: Final = (  # of erf(x) - ERF_OF_ONE, a function of x - 1 for 0.84375 ≤ x < 1.25
    (-0.002166375594868791, 0.035478304325618236, -0.11089469428239668, 0.31834661990116175, -0.3722078760357013,
     0.41485611868374833, -0.0023621185607526594),
    (0.011984499846799107, 0.01363708391202905, 0.12617121980876164, 0.07182865441419627, 0.540397917702171,
     0.10642088040084423, 1.0),
)
MIDDLE: Final = (  # of log(x·erfc(x)) + x² + 0.5625, a function of 1/x² for 1.25 ≤ x < 1 / 0.35
    (-9.814329344169145, -81.2874355063066, -184.60509290671104, -162.39666946257347, -62.375332450326006,
     -10.558626225323291, -0.6938585727071818, -0.009864944034847148),
    (-0.0604244152148581, 6.570249770319282, 108.63500554177944, 429.00814002756783, 645.3872717332679,
     434.56587747522923, 137.65775414351904, 19.651271667439257, 1.0),
)
FAR: Final = (  # the same for x ≥ 1 / 0.35
    (-483.5191916086514, -1025.0951316110772, -637.5664433683896, -160.63638485582192, -17.757954917754752,
     -0.799283237680523, -0.0098649429247001),
    (-22.44095244658582, 474.52854120695537, 2553.0504064331644, 3199.8582195085955, 1536.729586084437,
     325.7925129965739, 30.33806074348246, 1.0),
)
QUANTILE: Final = (  # of the normal quantile of p = ½ + q, over q: a function of 0.180625 - q² for |q| ≤ 0.425
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)
QUANTILE_MIDDLE: Final = (  # a function of √(-log p) - 1.6, for √(-log p) ≤ 5
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)
QUANTILE_FAR: Final = (  # a function of √(-log p) - 5
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)
# fmt: on
ERF_OF_ONE: Final = 0.845062911510467529297  # rounded to 21 bits
BESIDE_ONE, APART, FAR_APART = 0.84375, 1.25, 1.0 / 0.35  # where the approximations change
SQRT_HALF: Final = math.sqrt(0.5)
HALF_SQRT_PI: Final = 0.5 * math.sqrt(math.pi)
INVERSE_SQRT_2PI: Final = 1.0 / math.sqrt(2.0 * math.pi)


def _in_ranges(size: Array, x: Array, near: Unary, beside_one: Unary, apart: Unary) -> Array:
    """Return a function of x, given that of each range of size, which is that of the error function; nan is apart."""
    is_near, is_apart = size < BESIDE_ONE, ~(size < APART)
    return in_pieces(x, (is_near, near), (~(is_near | is_apart), beside_one), (is_apart, apart))


def _halves(x: Array) -> tuple[Array, Array]:
    """Return h, x rounded to sixteenths, and (h - x)·(h + x), so that -x² = -h² + that product, and h² is exact."""
    high = np.rint(x * 16.0)
    high *= 0.0625
    rest = high - x
    rest *= high + x
    return high, rest


def _times_exp(x: Array, exponent: Array) -> Array:
    """Return x·exp(exponent), multiplied twice where the exponential is subnormal, and so has few bits."""
    normal = np.maximum(exponent, -600.0)
    exponent -= normal
    x *= np.exp(normal, normal)
    x *= np.exp(exponent, exponent)
    return x


def _erf_near(x: Array) -> Array:
    return x + x * ratio(NEAR_ZERO, x * x)


def _erfc_beside_one(x: Array) -> Array:
    return (1.0 - ERF_OF_ONE) - ratio(NEAR_ONE, x - 1.0)


def _log_scaled_erfc(x: Array) -> Array:
    """Return log(x·exp(x²)·erfc(x)) for x ≥ 1.25."""
    is_far = x >= FAR_APART
    y = 1.0 / (x * x)
    logarithm = np.empty(x.size)
    for places, coefficients in ((np.flatnonzero(~is_far), MIDDLE), (np.flatnonzero(is_far), FAR)):
        logarithm[places] = ratio(coefficients, y.take(places))
    logarithm -= 0.5625
    return logarithm


def _erfc_apart(x: Array) -> Array:
    """Return erfc(x) for x ≥ 1.25."""
    x = np.minimum(x, 40.0)
    high, rest = _halves(x)
    rest += _log_scaled_erfc(x)
    result = np.exp(rest, rest)
    result /= x
    return _times_exp(result, -high * high)


@blocked
def erf(x: Array) -> Array:
    """Return the error function."""
    size = abs(x)
    return _in_ranges(
        size,
        x,
        _erf_near,
        lambda x: np.copysign(ERF_OF_ONE + ratio(NEAR_ONE, abs(x) - 1.0), x),
        lambda x: np.copysign(1.0 - _erfc_apart(abs(x)), x),
    )


def _erfc_near(x: Array) -> Array:
    rest = x * ratio(NEAR_ZERO, x * x)
    return np.where(x < 0.25, 1.0 - (x + rest), 0.5 - ((x - 0.5) + rest))


def _mirrored(tail: Unary, whole: float) -> Unary:
    """Return a function of x, given that of |x| for positive x; the sum of both sides is the whole."""

    def of_both_sides(x: Array) -> Array:
        result = tail(abs(x))
        return np.where(x < 0.0, whole - result, result)

    return of_both_sides


@blocked
def erfc(x: Array) -> Array:
    """Return 1 - erf(x), accurate in its tail."""
    return _in_ranges(abs(x), x, _erfc_near, _mirrored(_erfc_beside_one, 2.0), _mirrored(_erfc_apart, 2.0))


# ── the normal distribution: Φ(-x) = ½·erfc(x / √2) ──


def _upper_tail_beside_one(x: Array) -> Array:
    """Return Φ(-x), corrected for the rounding of x / √2, which erfc magnifies."""
    y = x * SQRT_HALF
    (high_x, rest_x), (high_y, rest_y) = _halves(x), _halves(y)
    excess = high_y * high_y - 0.5 * high_x * high_x  # y² - x²/2
    excess += 0.5 * rest_x - rest_y
    return 0.5 * _erfc_beside_one(y) * (1.0 + excess)


def _upper_tail_apart(x: Array) -> Array:
    return _tail_with_factor(x, SQRT_HALF / x)


def _tail_with_factor(x: Array, factor: Array) -> Array:
    """Return Φ(-x)·factor·√2·x for x / √2 ≥ 1.25."""
    x = np.minimum(x, 40.0)
    high, rest = _halves(x)
    rest *= 0.5
    rest += _log_scaled_erfc(x * SQRT_HALF)
    result = np.exp(rest, rest)
    result *= factor
    return _times_exp(result, -0.5 * high * high)


def _normal_cdf_near(x: Array) -> Array:
    return 0.5 * _erfc_near(x * -SQRT_HALF)


@blocked
def normal_cdf(x: Array) -> Array:
    """Return Φ(x), the distribution function of the normal distribution."""
    beside_one, apart = (_mirrored(tail, 1.0) for tail in (_upper_tail_beside_one, _upper_tail_apart))
    ranges = (lambda x: _normal_cdf_near(-x), beside_one, apart)
    return _in_ranges(abs(x) * SQRT_HALF, -x, *ranges)


def _gelu_apart(x: Array) -> Array:
    """Return x·Φ(x), for negative x with x / √2·|x| = -√½ as a factor of the tail, which may be subnormal."""
    tail = _tail_with_factor(abs(x), -SQRT_HALF)
    return np.where(abs(x) < 40.0, np.where(x > 0.0, x + tail, tail), np.where(x > 0.0, x, 0.0 * x))


@blocked
def gelu(x: Array) -> Array:
    """Return x·Φ(x)."""
    beside_one = _mirrored(_upper_tail_beside_one, 1.0)
    ranges = (lambda x: x * _normal_cdf_near(x), lambda x: x * beside_one(-x), _gelu_apart)
    return _in_ranges(abs(x) * SQRT_HALF, x, *ranges)


def _with_density(normal_cdf: Unary) -> Unary:
    """Return Φ(x) + x·φ(x) for small x, given Φ."""

    def slope(x: Array) -> Array:
        result = np.exp(-0.5 * x * x)
        result *= x * INVERSE_SQRT_2PI
        result += normal_cdf(x)
        return result

    return slope


def _gelu_slope_apart(x: Array) -> Array:
    """Return Φ(x) + x·φ(x), in the left tail as e^(-x²/2)·(Φ(x)·e^(x²/2) + x / √(2π))."""
    size = np.minimum(abs(x), 40.0)
    high, rest = _halves(size)
    rest *= 0.5
    tail = np.exp(_log_scaled_erfc(size * SQRT_HALF))
    tail *= SQRT_HALF
    tail /= size
    tail -= size * INVERSE_SQRT_2PI
    tail *= np.exp(rest, rest)
    tail = _times_exp(tail, -0.5 * high * high)
    slope = np.where(x > 0.0, 1.0 - tail, tail)
    return np.where(abs(x) < 40.0, slope, (x > 0.0) + 0.0 * x)


@blocked
def gelu_slope(x: Array) -> Array:
    """Return the derivative of x·Φ(x), Φ(x) + x·φ(x), by the exponentials of both at once."""
    beside_one = _mirrored(_upper_tail_beside_one, 1.0)
    ranges = (_with_density(_normal_cdf_near), _with_density(lambda x: beside_one(-x)), _gelu_slope_apart)
    return _in_ranges(abs(x) * SQRT_HALF, x, *ranges)


# ── the inverse of the error function ──


def _erfinv_near(x: Array) -> Array:
    """Return the inverse for |x| ≤ 0.85: the approximation, and a step of Newton's method."""
    root = ratio(QUANTILE, 0.180625 - 0.25 * (x * x))
    root *= 0.5 * SQRT_HALF
    root *= x
    step = erf(root)
    step -= x
    step *= HALF_SQRT_PI * np.exp(root * root)
    root -= step
    return root


def _erfinv_apart(x: Array) -> Array:
    """Return the inverse for larger |x|: the approximation for 1 - |x|, and a step of Newton's method for erfc."""
    rest = 1.0 - abs(x)
    distance = np.sqrt(-np.log(0.5 * rest))
    is_far = distance > 5.0
    root = in_pieces(
        distance,
        (~is_far, lambda distance: ratio(QUANTILE_MIDDLE, distance - 1.6)),
        (is_far, lambda distance: ratio(QUANTILE_FAR, distance - 5.0)),
    )
    root *= SQRT_HALF
    step = erfc(root)
    step -= rest
    step *= HALF_SQRT_PI * np.exp(root * root)
    root += step
    root[rest == 0.0] = np.inf
    return np.copysign(root, x)


@blocked
def erfinv(x: Array) -> Array:
    """Return the inverse of the error function, ±∞ at ±1, nan beyond."""
    is_near = abs(x) <= 0.85
    return in_pieces(x, (is_near, _erfinv_near), (~is_near, _erfinv_apart))


@blocked
def erfinv_slope(x: Array, z: Array) -> Array:
    """Return ½√π·exp(z²) for z = erfinv(x); for large z as ½√π·R(z) / erfc(z), where erfc(z) = R(z)·exp(-z²).

    exp(z²) would magnify the rounding of z, and erfc(z) is 1 - |x| without any.
    """
    slope = HALF_SQRT_PI * np.exp(z * z)
    places = np.flatnonzero(abs(z) > APART)
    size, rest = abs(z.take(places)), 1.0 - abs(x.take(places))
    slope[places] = np.where(rest > 0.0, HALF_SQRT_PI * np.exp(_log_scaled_erfc(size)) / size / rest, np.inf)
    return slope
