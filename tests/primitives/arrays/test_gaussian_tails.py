"""Tails of Gaussians over arrays: the table, its polynomials between two points, and both ends."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from autograd_tiny.primitives.arrays.error_functions import erfc_tail, normal_tail
from autograd_tiny.primitives.arrays.gaussian_tails import Tail
from autograd_tiny.primitives.arrays.pieces import BLOCK

TAILS = [(normal_tail(), lambda x: mpmath.ncdf(-x)), (erfc_tail(), mpmath.erfc)]
SIDES = pytest.mark.parametrize(("tail", "true"), TAILS, ids=["normal", "erfc"])


@SIDES
@mpmath.workprec(200)
def test_table_holds_rounded_coefficients(tail: Tail, true: Any) -> None:
    degree, points = len(tail.rows) - 3, tail.rows.shape[1]
    for k in (1, points // 2, points - 2):
        h, s = mpmath.mpf(k) / 16, tail.scale
        series = mpmath.taylor(lambda d, h=h, s=s: true(h - d) * mpmath.exp(s * h * (h / 2 - d)), 0, degree)
        unit = mpmath.exp(-s * h * h / 2) / mpmath.mpf(float(tail.rows[-1, k]))
        expected = [*reversed(series), -mpmath.diff(true, 0)]
        for ours, exact in zip(tail.rows[:-1, k].tolist(), expected, strict=True):
            assert abs(ours / (exact * unit) - 1) <= 2.0**-53, k


@SIDES
@mpmath.workprec(200)
def test_tail_is_accurate_where_two_polynomials_meet(tail: Tail, true: Any) -> None:
    normal = 37.5 if tail.scale == 1 else 26.5
    x = (np.arange(0.0, 16.0 * normal, 7.0) + 0.5) / 16.0
    x = np.concatenate([x, np.nextafter(x, np.inf)])
    for place, ours in zip(x.tolist(), tail.of(x).tolist(), strict=True):
        exact = true(mpmath.mpf(place))
        assert abs(ours - exact) <= 3.0 * mpmath.ldexp(1, mpmath.frexp(exact)[1] - 53), place


@SIDES
def test_tail_has_both_ends(tail: Tail, true: Any) -> None:
    x = np.array([0.0, 5e-324, tail.end, 1e300, np.inf, np.nan])
    whole = float(true(0))
    with np.errstate(invalid="ignore", under="ignore"):
        np.testing.assert_array_equal(tail.of(x), [whole, whole, 0.0, 0.0, 0.0, np.nan])


@SIDES
def test_result_has_the_same_bits_for_any_length(tail: Tail, true: Any) -> None:
    x = np.linspace(0.0, tail.end, BLOCK)
    with np.errstate(under="ignore"):
        whole = tail.of(x)
        assert [float(tail.of(x[k : k + 1])[0]) for k in range(0, BLOCK, 97)] == whole[::97].tolist()
