"""Gamma functions and the normal distribution at poles, zeros and in the tails."""

from __future__ import annotations

import math

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny.primitives import special_functions as special
from tests.references import ulps

inf, nan = math.inf, math.nan


@pytest.mark.parametrize(
    ("n", "x", "result"),
    [
        (0.0, 0.0, -inf),
        (0.0, -0.0, inf),
        (0.0, -1.0, nan),
        (1.0, 0.0, inf),
        (1.0, -3.0, inf),
        (2.0, 0.0, -inf),
        (2.0, -3.0, nan),
        (0.0, inf, inf),
        (3.0, inf, 0.0),
        (0.0, -inf, nan),
        (0.0, nan, nan),
        (0.5, 1.0, nan),
        (-1.0, 1.0, nan),
        (151.0, 1.0, nan),
        (nan, 1.0, nan),
        (inf, 1.0, nan),
        (1.0, 1e-300, inf),
        (2.0, 1e-300, -inf),
        (0.0, -1e-310, inf),
        (1.0, -1e-310, inf),
        (2.0, -1e-310, inf),
    ],
)
def test_polygamma_at_poles_and_infinities(n: float, x: float, result: float) -> None:
    assert repr(special.polygamma(n, x)) == repr(result)


@given(x=st.floats(1e-3, 1e6))
def test_digamma_is_accurate_near_its_zero(x: float) -> None:
    assert ulps(special.polygamma(0.0, x), mpmath.digamma(x), terms=1.0) <= 2.0


@given(x=st.floats(0.01, 1e6))
def test_lgamma_is_accurate_near_its_zeros(x: float) -> None:
    with mpmath.workdps(40):
        assert ulps(special.lgamma(x), mpmath.loggamma(x)) <= 12.0


@pytest.mark.parametrize("x", [-2.02, -2.1, -2.4, -2.5, -2.7, -2.99, -3.1, -3.6, -3.9])
def test_lgamma_is_accurate_between_its_zeros(x: float) -> None:
    with mpmath.workdps(40):
        assert ulps(special.lgamma(x), mpmath.log(abs(mpmath.gamma(x)))) <= 4.0


@pytest.mark.parametrize("n", [0, 1, 2, 3, 6, 20, 60])
def test_polygamma_is_accurate(n: int) -> None:
    for x in [0.03, 0.6, 1.3, 2.7, 5.1, 9.9, 14.9, 15.1, 16.0, 31.0, n + 15.3, n + 20.0, 1e3, 1e8]:
        with mpmath.workdps(60):
            true = mpmath.polygamma(n, x)
            if abs(true) < 1e300:
                assert ulps(special.polygamma(float(n), x), true, terms=0.0 if n else 1.0) <= 4.0 + n, x


@pytest.mark.parametrize("n", range(6))
def test_polygamma_is_accurate_below_zero(n: int) -> None:
    for x in [-0.03, -0.3, -0.499, -0.501, -0.7, -1.2, -1.5, -1.77, -2.3, -10.2, -33.7, -99.9]:
        with mpmath.workdps(60):
            assert ulps(special.polygamma(float(n), x), mpmath.polygamma(n, x), terms=1.0) <= 24.0, x


def test_lgamma_is_accurate() -> None:
    for x in [(k + 0.37) / 20.0 for k in range(100)] + [5.7, 20.3, 100.1, -0.2, -0.4]:
        with mpmath.workdps(60):
            assert ulps(special.lgamma(x), mpmath.log(abs(mpmath.gamma(x)))) <= 6.0, x


def test_erfinv_is_accurate() -> None:
    for x in [sign * x for x in (1e-300, 1e-8, 0.1, 0.37, 0.4999, 0.5, 0.5001, 0.8, 0.99) for sign in (1.0, -1.0)]:
        with mpmath.workdps(60):
            assert ulps(special.erfinv(x), mpmath.erfinv(x)) <= 2.0, x
    assert [special.erfinv(x) for x in (0.0, 1.0, -1.0)] == [0.0, inf, -inf]
    assert math.isnan(special.erfinv(1.1))
    assert math.copysign(1.0, special.erfinv(-0.0)) == -1.0


def test_normal_distribution_is_accurate() -> None:
    for x in [(k + 0.37) / 4.0 for k in range(-150, 40)] + [-1.0, -1.001, -0.999, 1e-8]:
        with mpmath.workdps(60):
            assert ulps(special.normal_cdf(x), mpmath.ncdf(x)) <= 4.0, x
            assert ulps(special.normal_pdf(x), mpmath.npdf(x)) <= 2.5, x


@given(x=st.floats(-1e3, 1e3))
def test_lgamma_is_never_nan(x: float) -> None:
    assert special.lgamma(x) > -inf


@pytest.mark.parametrize("x", [inf, -inf, 0.0, -0.0, -7.0, -1e200, 1e307])
def test_lgamma_at_poles_and_infinities(x: float) -> None:
    assert special.lgamma(x) == inf


@given(x=st.floats(-37.5, 8.0))
def test_normal_distribution_is_accurate_in_the_tail(x: float) -> None:
    with mpmath.workdps(40):
        assert ulps(special.normal_cdf(x), mpmath.ncdf(x)) <= 8.0


@given(x=st.floats(allow_nan=False))
def test_normal_tails_sum_to_one(x: float) -> None:
    assert special.normal_cdf(x) + special.normal_cdf(-x) == pytest.approx(1.0, abs=1e-15)
    assert special.normal_pdf(x) == special.normal_pdf(-x)


@given(x=st.floats(-26.0, 26.0), rate=st.sampled_from([0.5, 1.0]))
def test_gaussian_is_accurate_in_the_tail(x: float, rate: float) -> None:
    with mpmath.workdps(40):
        assert ulps(special.gaussian(x, rate), mpmath.exp(-rate * mpmath.mpf(x) ** 2)) <= 6.0


@pytest.mark.parametrize("x", [inf, -inf, 1e308, 39.0])
def test_gaussian_is_zero_at_infinity(x: float) -> None:
    assert special.gaussian(x) == special.normal_pdf(2.0 * x) == 0.0


def test_nan_stays_nan() -> None:
    for function in (special.gaussian, special.normal_pdf, special.normal_cdf, special.lgamma, special.gamma):
        assert math.isnan(function(nan))
