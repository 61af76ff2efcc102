"""Compute two functions over NumPy arrays whose formulas cancel near 0, by their Taylor series there.

>>> expm1_minus_xexp(np.array([0.0, 1e-9])), sinc_derivative(1.0, np.array([0.0, 1.0]))
(array([-0.e+00, -5.e-19]), array([-0., -1.]))
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.arrays.multiples_of_pi import cos_pi, sin_pi
from autograd_tiny.primitives.arrays.pieces import Array, Unary, blocked, by_order, constant, in_pieces, polynomial
from autograd_tiny.primitives.ieee_functions import PI_REST, PI_SQUARED

EXPONENTIAL: Final = tuple(1.0 / math.factorial(k) for k in range(20, 1, -1))
WEIGHTED: Final = tuple((k - 1.0) / math.factorial(k) for k in range(20, 1, -1))
"""The coefficients of eˣ - 1 - x and of x·eˣ - eˣ + 1, over x²; all positive."""
HIGHEST_ORDER: Final = 150.0


def _beside_zero(x: Array) -> Array:
    """Return eˣ - 1 - x·eˣ for |x| < 1, as -Σ (k - 1)·xᵏ / k! or -eˣ·Σ (-x)ᵏ / k!, of one sign."""
    series = np.where(x > 0.0, polynomial(WEIGHTED, x), np.exp(x) * polynomial(EXPONENTIAL, -x))
    series *= x
    series *= -x
    return series


def _beyond_700(x: Array) -> Array:
    return np.where(x > -800.0, (1.0 - x) * np.exp(x) - (x < 0.0), -1.0)


@blocked
def expm1_minus_xexp(x: Array) -> Array:
    """Return eˣ - 1 - x·eˣ."""
    is_near, is_far = abs(x) < 1.0, abs(x) >= 700.0
    return in_pieces(
        x,
        (is_near, _beside_zero),
        (is_far, _beyond_700),
        (~(is_near | is_far), lambda x: np.expm1(x) - x * np.exp(x)),
    )


def _sinc_near(n: int, x: Array) -> Array:
    """Return the derivative of order n of sinc by its Taylor series, for π·|x| < 1 + 0.6·n.

    The terms are multiplied in the order of the row's own function: those of high orders cancel.
    """
    square = -PI_SQUARED * x * x
    k = n + n % 2  # the first even power of πx whose derivative is not 0
    term = np.full(x.size, (1.0 - k % 4) / (k + 1.0))
    series = term.copy()
    while (abs(term) > 1e-18 * abs(series)).any():
        k += 2
        term *= square / ((k - n) * (k - n - 1.0)) * (k - 1.0) / (k + 1.0)
        series += term
    power = math.pi ** (n + n % 2)
    series *= power + power * (n + n % 2) * PI_REST  # the power of π, not of its rounded value
    return series * x if n % 2 else series


def _sinc_apart(n: int, x: Array) -> Array:
    """Return the derivative of order n of sinc, by the recurrence x·f⁽ⁿ⁾ + n·f⁽ⁿ⁻¹⁾ for x·sinc(x) = sin(πx) / π."""
    sine, cosine = sin_pi(x), cos_pi(x)
    result, scale = sine / np.pi / x, 1.0 / math.pi
    for order in range(1, n + 1):
        scale *= math.pi
        wave = (cosine if order % 2 else sine) * (-scale if order % 4 > 1 else scale)
        result = (wave - order * result) / x
    return result


@cache
def _sinc_derivative_of_order(n: float) -> Unary:
    if n % 1.0 or not 0.0 <= n <= HIGHEST_ORDER:
        return blocked(constant(np.nan))
    order = int(n)

    def of_order(x: Array) -> Array:
        is_near = np.pi * abs(x) < 1.0 + 0.6 * order
        return in_pieces(x, (is_near, lambda x: _sinc_near(order, x)), (~is_near, lambda x: _sinc_apart(order, x)))

    return blocked(of_order)


def sinc_derivative(n: Any, x: Array) -> Array:
    """Return the derivative of sinc of order n, a whole number; nan for n above 150."""
    return by_order(_sinc_derivative_of_order, n, x)
