"""Compute the error function, its inverse, and the functions of the normal distribution, over NumPy arrays.

The tails are those of `gaussian_tails`. The approximation of erf(x) for small x is that of FreeBSD's s_erf.c (Sun
Microsystems 1993), those of the inverse are of M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484.

>>> erf(np.array([0.0, 0.5, 9.0])), normal_cdf(np.array([0.0, -40.0]))
(array([0.        , 0.52049988, 1.        ]), array([0.5, 0. ]))
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from autograd_tiny.primitives.arrays.gaussian_tails import Tail, blocked_tail, tail_of
from autograd_tiny.primitives.arrays.pieces import Array, blocked, in_pieces, ratio

# fmt: off
NEAR_ZERO: Final = (  # of erf(x) / x - 1, a function of x² for |x| < 0.84375
    (-2.3763016656650163e-05, -0.005770270296489442, -0.02848174957559851, -0.3250421072470015, 0.12837916709551256),
    (-3.960228278775368e-06, 0.00013249473800432164, 0.005081306281875766, 0.0650222499887673, 0.39791722395915535,
     1.0),
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
NEAR, APART = 0.84375, 1.25  # where the formulas of erf and of the slope of its inverse change
SQRT_HALF: Final = math.sqrt(0.5)
HALF_SQRT_PI: Final = 0.5 * math.sqrt(math.pi)


def erfc_tail() -> Tail:
    """Return erfc(x) for x ≥ 0."""
    return tail_of(scale=2, at_zero=1.0, degree=9, end=28)


def normal_tail() -> Tail:
    """Return Φ(-x) for x ≥ 0."""
    return tail_of(scale=1, at_zero=0.5, degree=8, end=40)


def _erf_near(x: Array) -> Array:
    return x + x * ratio(NEAR_ZERO, x * x)


@blocked
def erf(x: Array) -> Array:
    """Return the error function."""
    is_near = abs(x) < NEAR
    return in_pieces(x, (is_near, _erf_near), (~is_near, lambda x: np.copysign(1.0 - erfc_tail().of(abs(x)), x)))


@blocked_tail
def erfc(x: Array) -> Array:
    """Return 1 - erf(x), accurate in its tail."""
    result = erfc_tail().of(abs(x))
    return np.where(x < 0.0, 2.0 - result, result)


# ── the normal distribution ──


@blocked_tail
def normal_cdf(x: Array) -> Array:
    """Return Φ(x), the distribution function of the normal distribution."""
    result = normal_tail().of(abs(x))
    return np.where(x > 0.0, 1.0 - result, result)


@blocked_tail
def gelu(x: Array) -> Array:
    """Return x·Φ(x), with x as a factor of the tail before that is subnormal."""
    exponential, result, factor = normal_tail().factors(abs(x))
    result *= exponential
    of_positive = x * (1.0 - result * factor)
    result *= x
    result *= factor
    return np.where(x > 0.0, of_positive, result)


@blocked_tail
def gelu_slope(x: Array) -> Array:
    """Return the derivative of x·Φ(x), Φ(x) + x·φ(x), with one exponential: for x < 0 the tail less |x|·φ(x)."""
    size = abs(x)
    exponential, result, factor, density = normal_tail().factors_and_density(size)
    density *= size
    result -= density
    result *= exponential
    result *= factor
    return np.where(x > 0.0, 1.0 - result, result)


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
    step = erfc_tail().of(root)
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
    _, scaled, _, density = erfc_tail().factors_and_density(abs(z.take(places)))  # R(z) and 2 / √π times one number
    rest = 1.0 - abs(x.take(places))
    slope[places] = np.where(rest > 0.0, scaled / density / rest, np.inf)
    return slope
