"""Compute sin(πx), cos(πx) and cot(πx) over NumPy arrays, with x reduced exactly to |x| ≤ ½ before π rounds it.

>>> sin_pi(np.array([0.5, 1e15])), cos_pi(np.array([0.5, 3.0]))
(array([1., 0.]), array([ 0., -1.]))
"""

from __future__ import annotations

import numpy as np

from autograd_tiny.primitives.arrays.pieces import Array


def reduced(x: Array) -> Array:
    """Return x less the nearest whole number; nan for infinities."""
    return x - np.rint(x)


def _sign(x: Array) -> Array:
    """Return 1 where the nearest whole number is even, -1 where it is odd."""
    return 1.0 - 2.0 * abs(np.fmod(np.rint(x), 2.0))


def sin_pi(x: Array) -> Array:
    """Return sin(πx)."""
    return np.sin(np.pi * reduced(x)) * _sign(x)


def cos_pi(x: Array) -> Array:
    """Return cos(πx), as the sine of an exact difference near its zeros."""
    rest = abs(reduced(x))
    return np.where(rest < 0.25, np.cos(np.pi * rest), np.sin(np.pi * (0.5 - rest))) * _sign(x)


def cot_pi(x: Array) -> Array:
    """Return cot(πx), as the tangent of an exact difference near its zeros; nan at whole numbers."""
    rest = reduced(x)
    is_near_pole = abs(rest) < 0.25
    tangent = np.tan(np.pi * np.where(is_near_pole, rest, np.copysign(0.5, rest) - rest))
    tangent[rest == 0.0] = np.nan
    return np.where(is_near_pole, 1.0 / tangent, tangent)
