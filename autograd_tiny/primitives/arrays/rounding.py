"""Round NumPy arrays to a number of decimals, halves to even, as Python's `round`, which rounds the exact number.

>>> round_half_even(np.array([0.5, 2.675, -25.0]), np.array([0.0, 2.0, -1.0]))
array([  0.  ,   2.67, -20.  ])
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives import ieee_functions as floats
from autograd_tiny.primitives.arrays.pieces import Array, Unary, blocked, by_order, constant, exact_product_rest

EXACT_POWERS: Final = 22
"""The largest power of ten that is a float."""
WHOLE: Final = 2.0**53


def _to_decimals(digits: int, x: Array) -> Array:
    """Return x rounded to 1 to 22 decimals: halves are told by what the product with the power of ten loses."""
    scale = 10.0**digits
    product = x * scale
    whole = np.rint(product)
    rest = np.where(abs(product - whole) == 0.5, exact_product_rest(x, scale, product), 0.0)
    whole = np.where(rest > 0.0, np.ceil(product), np.where(rest < 0.0, np.floor(product), whole))
    return np.where(abs(product) < WHOLE, whole / scale, x)


def _to_tens(digits: int, x: Array) -> Array:
    """Return x rounded to multiples of 10 to 10²²: the nearest is told by the exact difference from one of them."""
    scale = 10.0**-digits
    whole = np.rint(x / scale)
    product = whole * scale
    distance = (x - product - exact_product_rest(whole, scale, product)) / (0.5 * scale)
    is_wrong = (abs(distance) > 1.0) | (abs(distance) == 1.0) & (np.fmod(whole, 2.0) != 0.0)
    whole += np.where(is_wrong, np.copysign(1.0, distance), 0.0)
    return np.where(np.spacing(abs(x)) < scale, np.copysign(whole * scale, x), x)


@cache
def _to_digits(digits: float) -> Unary:
    """Return a function that rounds to a number of decimals."""
    if digits != digits:
        return blocked(constant(np.nan))
    number = int(floats.clamp(digits, -400.0, 400.0))
    if number == 0:
        return blocked(np.rint)
    if abs(number) > EXACT_POWERS:  # one by one: their powers of ten are no floats
        return lambda x: np.frompyfunc(lambda x: floats.round_half_even(x, digits), 1, 1)(x).astype(float)
    return blocked(lambda x: (_to_decimals if number > 0 else _to_tens)(number, x))


def round_half_even(x: Array, digits: Any) -> Array:
    """Return x rounded to a number of decimals, halves to even."""
    return by_order(_to_digits, digits, x)
