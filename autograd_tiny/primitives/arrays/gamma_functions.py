"""Compute the gamma function, its logarithm and the derivatives of that over NumPy arrays.

Γ is Lanczos' approximation as in CPython's mathmodule.c. log Γ and ψ are their Taylor series about 2 (DLMF 5.7.3), by
recurrence up to 10, and asymptotic series beyond (DLMF 5.11.1, 5.11.2). Reflection leads to numbers below -½ (DLMF
5.5.3, 5.5.4, 5.15.6).

>>> gamma(np.array([5.0, 0.5])), lgamma(np.array([2.0, -1.0])), polygamma(1.0, np.array([1.0]))
(array([24.        ,  1.77245385]), array([ 0., inf]), array([1.64493407]))
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.arrays.multiples_of_pi import cot_pi, reduced, sin_pi
from autograd_tiny.primitives.arrays.pieces import (
    Array,
    Unary,
    blocked,
    by_order,
    constant,
    in_pieces,
    polynomial,
    ratio,
)
from autograd_tiny.primitives.special_functions import (
    BERNOULLI,
    HIGHEST_ORDER,
    LGAMMA_BELOW,
    ONE_MINUS_EULER,
    ZETA_MINUS_ONE,
    cot_polynomial,
)

LANCZOS_G: Final = 6.02468004077673
# fmt: off
LANCZOS: Final = (
    (2.5066282746310002, 210.82427775157936, 8071.672002365816, 186056.26539522348, 2876370.6289353725,
     31426415.585400194, 248874557.86205417, 1439720407.3117216, 6039542586.352028, 17921034426.03721,
     35711959237.35567, 42919803642.6491, 23531376880.41076),
    (1.0, 66.0, 1925.0, 32670.0, 357423.0, 2637558.0, 13339535.0, 45995730.0, 105258076.0, 150917976.0, 120543840.0,
     39916800.0, 0.0),
)
# fmt: on
LANCZOS_INVERSE: Final = LANCZOS[0][::-1], LANCZOS[1][::-1]
FACTORIALS: Final = np.array([float(math.factorial(k)) for k in range(23)])
LGAMMA_SERIES: Final = tuple((-1.0) ** k * zeta / k for k, zeta in enumerate(ZETA_MINUS_ONE, start=2))[::-1]
DIGAMMA_SERIES: Final = tuple((-1.0) ** k * zeta for k, zeta in enumerate(ZETA_MINUS_ONE[:32], start=2))[::-1]
"""The coefficients of log Γ(2 + x) over x², and of ψ(2 + x) over x, but for the first."""
STIRLING: Final = tuple(b / (2.0 * k * (2.0 * k - 1.0)) for k, b in enumerate(BERNOULLI, start=1))[::-1]
STIRLING_SLOPE: Final = tuple(b / (2.0 * k) for k, b in enumerate(BERNOULLI, start=1))[::-1]
HALF_LOG_2PI: Final = 0.5 * math.log(2.0 * math.pi)
FAR: Final = 10.0
"""From here on the asymptotic series of log Γ and ψ are exact to the last bit."""


def _shifted(x: Array) -> tuple[Array, Array]:
    """Return m and x - m for the whole number m nearest to x."""
    nearest = np.floor(x + 0.5)
    return nearest, x - nearest


# ── the gamma function ──


def _lanczos_sum(x: Array) -> Array:
    """Return Lanczos' sum, for large x as a quotient in 1/x, so that no power overflows."""
    is_large = x >= 5.0
    return in_pieces(
        x, (~is_large, lambda x: ratio(LANCZOS, x)), (is_large, lambda x: ratio(LANCZOS_INVERSE, 1.0 / x))
    )


def _base_and_correction(x: Array) -> tuple[Array, Array]:
    """Return y = x + g - ½, and 1 + g / y times what its rounding lost."""
    offset = LANCZOS_G - 0.5
    base = x + offset
    lost = np.where(x > offset, base - x - offset, base - offset - x)
    return base, lost * LANCZOS_G / base


def _times_power(x: Array, base: Array, exponent: Array) -> Array:
    """Return x·base^exponent, with the power as two factors where it might overflow."""
    first = np.where(abs(exponent) < 140.0, exponent, 0.5 * exponent)
    x *= np.power(base, first)
    exponent -= first
    if exponent.any():
        x *= np.power(base, exponent)
    return x


def _gamma_of_positive(x: Array) -> Array:
    base, correction = _base_and_correction(x)
    result = _lanczos_sum(x) / np.exp(base)
    result += correction * result
    result = _times_power(result, base, x - 0.5)
    places = np.flatnonzero((x <= len(FACTORIALS)) & (x == np.rint(x)))
    result[places] = FACTORIALS.take(x.take(places).astype(np.intp) - 1)
    return result


def _gamma_of_negative(x: Array) -> Array:
    """Return Γ(x) = π / (sin(πx)·Γ(1 - x)), with Γ(1 - x) = |x|·Γ(|x|)."""
    size, sine = -x, sin_pi(x)
    base, correction = _base_and_correction(size)
    result = np.pi / sine / size * np.exp(base) / _lanczos_sum(size)
    result -= correction * result
    result = _times_power(result, base, 0.5 - size)
    result[sine == 0.0] = np.nan
    return result


@blocked
def gamma(x: Array) -> Array:
    """Return Γ(x), infinite at 0 with the sign of x, nan at -1, -2, ..."""
    is_small, is_low = abs(x) < 1e-20, x < -200.0
    is_high, is_negative = x > 200.0, (x <= -1e-20) & ~is_low
    return in_pieces(
        x,
        (is_small, lambda x: 1.0 / x),
        (is_low, lambda x: 0.0 / sin_pi(x)),
        (is_negative, _gamma_of_negative),
        (is_high, constant(np.inf)),
        (~(is_small | is_low | is_negative | is_high), _gamma_of_positive),
    )


# ── its logarithm ──


def _lgamma_about_two(x: Array) -> Array:
    """Return log Γ(2 + x) for -¾ ≤ x ≤ ½."""
    result = polynomial(LGAMMA_SERIES, x)
    result *= x
    result += ONE_MINUS_EULER
    result *= x
    return result


def _lgamma_near(x: Array) -> Array:
    """Return log |Γ(x)| for -½ ≤ x < 2.5; about 2 from 1.25 on, where log Γ(1 + t) - log(1 + t) would cancel."""
    nearest = np.where(x < 1.25, np.floor(x + 0.5), 2.0)
    rest = x - nearest
    result = _lgamma_about_two(rest)
    places = np.flatnonzero(nearest < 2.0)
    result[places] -= np.log1p(rest.take(places))
    places = np.flatnonzero(nearest < 1.0)
    result[places] -= np.log(abs(x.take(places)))
    return result


def _lgamma_middle(x: Array) -> Array:
    """Return log Γ(x) for 2.5 ≤ x < 10, as log Γ(2 + t) + log((2 + t)·(3 + t)···(x - 1))."""
    nearest, rest = _shifted(x)
    product = rest + 2.0
    for k in range(3, int(nearest.max())):
        is_factor = np.clip(nearest - k, 0.0, 1.0)
        product *= (rest + k) * is_factor + (1.0 - is_factor)
    return np.log(product) + _lgamma_about_two(rest)


def _lgamma_far(x: Array) -> Array:
    inverse = 1.0 / x
    result = polynomial(STIRLING, inverse * inverse)
    result *= inverse
    result += HALF_LOG_2PI - 0.5
    result += (x - 0.5) * (np.log(x) - 1.0)
    return result


def _lgamma_below(x: Array) -> Array:
    """Return log |Γ(x)| for x < -½: by reflection, which would cancel from -4 to -2."""
    is_between = (x > -4.0) & (x < -2.0) & (x != -3.0)
    return in_pieces(x, (is_between, _lgamma_by_series), (~is_between, _lgamma_by_reflection))


def _lgamma_by_series(x: Array) -> Array:
    """Return log |Γ(x)| for -4 < x < -2 by its Taylor series about -2.5, less that of the poles at -2 and -3."""
    rest = np.where(x > -3.0, x, x + 1.0) + 2.5
    poles = np.where(abs(rest) < 0.25, np.log1p(-4.0 * rest * rest), np.log((1.0 - 2.0 * rest) * (1.0 + 2.0 * rest)))
    result = polynomial(LGAMMA_BELOW[::-1], rest)
    result -= poles
    return np.where(x > -3.0, result, result - np.log(-x))


def _lgamma_by_reflection(x: Array) -> Array:
    rest = reduced(x)
    result = np.log(np.pi / abs(np.sin(np.pi * rest)))
    result -= _lgamma(1.0 - x)
    result[(rest == 0.0) | np.isinf(x)] = np.inf
    return result


def _in_ranges(x: Array, near: Unary, middle: Unary, far: Unary, below: Unary) -> Array:
    """Return a function given for -½ ≤ x < 2.5, 2.5 ≤ x < 10, 10 ≤ x or nan, and x < -½."""
    is_near, is_middle, is_below = (x >= -0.5) & (x < 2.5), (x >= 2.5) & (x < FAR), x < -0.5
    is_far = ~(is_near | is_middle | is_below)
    return in_pieces(x, (is_near, near), (is_middle, middle), (is_far, far), (is_below, below))


def _lgamma(x: Array) -> Array:
    return _in_ranges(x, _lgamma_near, _lgamma_middle, _lgamma_far, _lgamma_below)


@blocked
def lgamma(x: Array) -> Array:
    """Return log |Γ(x)|, infinite at 0, -1, -2, ..."""
    return _lgamma(x)


# ── its derivatives ──


def _digamma_about_two(x: Array) -> Array:
    """Return ψ(2 + x) for |x| ≤ ½."""
    result = polynomial(DIGAMMA_SERIES, x)
    result *= x
    result += ONE_MINUS_EULER
    return result


def _digamma_near(x: Array) -> Array:
    """Return ψ(x) for -½ ≤ x < 2.5."""
    nearest, rest = _shifted(x)
    result = _digamma_about_two(rest)
    places = np.flatnonzero(nearest < 2.0)
    result[places] -= 1.0 / (1.0 + rest.take(places))
    places = np.flatnonzero(nearest < 1.0)
    result[places] -= 1.0 / x.take(places)
    return result


def _digamma_middle(x: Array) -> Array:
    """Return ψ(x) for 2.5 ≤ x < 10, as ψ(2 + t) + 1 / (2 + t) + 1 / (3 + t) + ... + 1 / (x - 1)."""
    nearest, rest = _shifted(x)
    result = _digamma_about_two(rest)
    for k in range(2, int(nearest.max())):
        result += np.clip(nearest - k, 0.0, 1.0) / (rest + k)
    return result


def _digamma_far(x: Array) -> Array:
    inverse = 1.0 / x
    square = inverse * inverse
    result = -square * polynomial(STIRLING_SLOPE, square)
    result -= 0.5 * inverse
    result += np.log(x)
    return result


def _digamma_below(x: Array) -> Array:
    return _digamma(1.0 - x) - np.pi * cot_pi(x)


def _digamma(x: Array) -> Array:
    return _in_ranges(x, _digamma_near, _digamma_middle, _digamma_far, _digamma_below)


@blocked
def digamma(x: Array) -> Array:
    """Return ψ(x), the derivative of log Γ(x): ∓∞ at ±0, nan at -1, -2, ..."""
    return _digamma(x)


def _inverse_power(x: Array, n: float) -> Array:
    """Return x^-n; for squares without a power, which takes more time."""
    if n != 2.0:
        return np.power(x, -n)
    inverse = 1.0 / x
    inverse *= inverse
    return inverse


def _polygamma_far(n: float, x: Array) -> Array:
    """Return |ψ⁽ⁿ⁾(x)| for x ≥ 15 + n by its asymptotic series (DLMF 5.15.8)."""
    inverse = 1.0 / x
    coefficients = [
        bernoulli * math.gamma(2.0 * k + n) / math.gamma(2.0 * k + 1.0) for k, bernoulli in enumerate(BERNOULLI, 1)
    ]
    result = polynomial([*reversed(coefficients), math.gamma(n)], inverse * inverse)
    result += 0.5 * math.gamma(n + 1.0) * inverse
    result *= np.power(x, -n)
    return result


def _polygamma_of_positive(n: float, x: Array) -> Array:
    """Return |ψ⁽ⁿ⁾(x)| for x > 0, by recurrence to large x (DLMF 5.15.5), the smallest terms first."""
    steps = 15 + int(n)

    def by_recurrence(x: Array) -> Array:
        near = _inverse_power(x + (steps - 1.0), n + 1.0)
        for step in range(steps - 2, -1, -1):
            near += _inverse_power(x + float(step), n + 1.0)
        near *= math.gamma(n + 1.0)
        near += _polygamma_far(n, x + float(steps))
        return near

    is_small = x < steps
    return in_pieces(x, (is_small, by_recurrence), (~is_small, lambda x: _polygamma_far(n, x)))


def _polygamma_below(n: float, x: Array) -> Array:
    """Return |ψ⁽ⁿ⁾(1 - x)| with the sign of ψ⁽ⁿ⁾(x), less π times the derivative of cot(πx)."""
    result = -_polygamma_of_positive(n, 1.0 - x)
    result -= np.pi * polynomial(cot_polynomial(int(n))[::-1], cot_pi(x))
    if n % 2.0:
        result[reduced(x) == 0.0] = np.inf
    return result


@cache
def _polygamma_of_order(n: float) -> Unary:
    """Return ψ⁽ⁿ⁾; nan for an order that is not a whole number from 0 to 150."""
    if n % 1.0 or not 0.0 <= n <= HIGHEST_ORDER:
        return blocked(constant(np.nan))
    if n == 0.0:
        return digamma
    sign, factorial = (1.0 if n % 2.0 else -1.0), math.gamma(n + 1.0)

    def polygamma_of_order(x: Array) -> Array:
        is_beside_zero, is_below = (x > -0.5) & (x <= 0.0), x <= -0.5
        return in_pieces(
            x,
            (
                is_beside_zero,  # by recurrence, since the cotangent of a subnormal number overflows
                lambda x: sign * (_polygamma_of_positive(n, 1.0 + x) + factorial * np.power(x, -n - 1.0)),
            ),
            (is_below, lambda x: _polygamma_below(n, x)),
            (~(is_beside_zero | is_below), lambda x: sign * _polygamma_of_positive(n, x)),
        )

    return blocked(polygamma_of_order)


def polygamma(n: Any, x: Array) -> Array:
    """Return ψ⁽ⁿ⁾(x), the derivative of log Γ(x) of order n + 1, a whole number; nan for n above 150."""
    return by_order(_polygamma_of_order, n, x)
