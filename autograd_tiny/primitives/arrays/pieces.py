"""Compute functions of NumPy arrays piece by piece: in blocks that fit into the cache, and by ranges of the operand.

>>> root = blocked(lambda x: in_pieces(x, (x >= 0.0, np.sqrt), (x < 0.0, lambda x: -np.sqrt(-x))))
>>> root(np.array([[4.0, -9.0]]))
array([[ 2., -3.]])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.ieee_functions import SPLIT

Array = Any
"""An array of floats."""

Unary = Callable[[Array], Array]

Ratio = tuple[Sequence[float], Sequence[float]]
"""The coefficients of a numerator and a denominator, that of the highest power first."""

BLOCK: Final = 8192
"""Numbers that are computed at once: 64 KB, so that a few arrays of them stay in the cache of a core."""


def blocked(function: Callable[..., Array], block: int = BLOCK) -> Callable[..., Array]:
    """Return a function of arrays of one shape, given one of arrays with one axis that returns a new one.

    No warning is raised.
    """

    @wraps(function)
    def over_blocks(*arrays: Array) -> Array:
        flat = [np.asarray(x, dtype=float).reshape(-1) for x in arrays]
        with np.errstate(all="ignore"):
            if 0 < flat[0].size <= block:
                return function(*flat).reshape(np.shape(arrays[0]))
            result = np.empty(flat[0].size)
            for start in range(0, result.size, block):
                part = slice(start, start + block)
                result[part] = function(*(x[part] for x in flat))
        return result.reshape(np.shape(arrays[0]))

    return over_blocks


def in_pieces(x: Array, *pieces: tuple[Array, Unary]) -> Array:
    """Return f(x) for pieces (condition, f), each only where its condition holds; one holds for each number."""
    result = np.empty(x.size)
    for condition, function in pieces:
        places = np.flatnonzero(condition)  # faster than a mask: 1.6 ns a number against 4
        if places.size == x.size:
            return function(x)
        if places.size:
            result[places] = function(x.take(places))
    return result


def by_order(function: Callable[[float], Unary], n: Any, x: Array) -> Array:
    """Return a function of x of order n, given that of each order; n is a number, or an array of a few."""
    if np.ndim(n) == 0:
        return function(float(n))(x)
    n, x = np.broadcast_arrays(n, x)
    result = np.empty(x.shape)
    for order in np.unique(n):
        places = (n == order) | (n != n) & (order != order)
        result[places] = function(float(order))(x[places])
    return result


def constant(number: float) -> Unary:
    """Return a function of arrays that has the same value everywhere."""
    return lambda x: np.full(x.size, number)


def polynomial(coefficients: Sequence[float], x: Array) -> Array:
    """Return the polynomial with the coefficients, that of the highest power first."""
    first, *middle, last = coefficients
    result = x * first
    for coefficient in middle:
        result += coefficient
        result *= x
    result += last
    return result


def exact_product_rest(x: Array, y: Array, product: Array) -> Array:
    """Return x·y - product without rounding, by Dekker's method."""
    x_high, y_high = SPLIT * x, SPLIT * y
    x_high, y_high = x_high - (x_high - x), y_high - (y_high - y)
    x_low, y_low = x - x_high, y - y_high
    return x_high * y_high - product + x_high * y_low + x_low * y_high + x_low * y_low


def ratio(coefficients: Ratio, x: Array) -> Array:
    """Return the quotient of two polynomials."""
    above, below = coefficients
    result = polynomial(above, x)
    result /= polynomial(below, x)
    return result
