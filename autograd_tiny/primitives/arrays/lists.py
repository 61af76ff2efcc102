"""Compute norm and prod, and their slopes, for many lists at once: the first axis of an array is that of the list.

>>> norm(np.array([[3.0, 1e200], [4.0, 0.0]])), prod_slopes(np.array([[2.0], [0.0], [3.0]])).ravel()
(array([5.e+000, 1.e+200]), array([0., 6., 0.]))
"""

from __future__ import annotations

import numpy as np

from autograd_tiny.primitives.arrays.pieces import Array, exact_product_rest


def _scaled_norm(xs: Array) -> tuple[Array, Array, Array]:
    """Return the lists with a largest element of ½ to 1, the norms of these, and the exponents taken out.

    The squares are added with what they lose by rounding (Dekker's product and Knuth's sum).
    """
    _, exponents = np.frexp(abs(xs).max(0))
    scaled = np.ldexp(xs, -exponents)
    high, low = np.zeros(scaled.shape[1:]), np.zeros(scaled.shape[1:])
    for x in scaled:
        square = x * x
        total = high + square
        change = total - high
        low += (high - (total - change)) + (square - change) + exact_product_rest(x, x, square)
        high = total
    return scaled, np.sqrt(np.where(np.isfinite(high), high + low, high)), exponents


def norm(xs: Array) -> Array:
    """Return √(Σᵢ xᵢ²); infinite beside nan too, as C's `hypot`."""
    with np.errstate(all="ignore"):
        _, norms, exponents = _scaled_norm(xs)
        return np.where(np.isinf(xs).any(0), np.inf, np.ldexp(norms, exponents))


def norm_slopes(xs: Array) -> Array:
    """Return xᵢ / norm, 0 for a norm of 0."""
    with np.errstate(all="ignore"):
        scaled, norms, exponents = _scaled_norm(xs)
        norms = np.where(np.isinf(xs).any(0), np.inf, norms)
        whole = np.ldexp(norms, exponents)
        is_usual = (whole > 1e-290) & (whole < np.inf)  # not subnormal, which has few bits
        return np.where(norms == 0.0, 0.0, np.where(is_usual, xs / whole, scaled / norms))


def prod(xs: Array) -> Array:
    """Return the product, multiplied from the first to the last."""
    result = xs[0].copy()
    with np.errstate(all="ignore"):
        for x in xs[1:]:
            result *= x
    return result


def prod_slopes(xs: Array) -> Array:
    """Return for each element the product of all others, from products of those before and after it."""
    before, after = np.ones(xs.shape), np.ones(xs.shape)
    with np.errstate(all="ignore"):
        for i in range(1, len(xs)):
            np.multiply(before[i - 1], xs[i - 1], before[i])
            np.multiply(xs[-i], after[-i], after[-i - 1])
        return before * after
