"""Functions of floats: IEEE results, accuracy, agreement with NumPy."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd_tiny.primitives import ieee_functions as floats
from tests.references import same, ulps

inf, nan = math.inf, math.nan
any_float = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)
finite = st.floats(allow_nan=False, allow_infinity=False)
moderate = st.floats(-700.0, 700.0)
some_floats = st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=8)


# ── functions of math with IEEE results ───────────────────────────────────────────────────────────────────────

OF_NUMPY = ["exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh"]
INVERSES = {"asin": "arcsin", "acos": "arccos", "acosh": "arccosh", "atanh": "arctanh"}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", [*OF_NUMPY, *INVERSES, "floor", "trunc", "cbrt"])
@given(x=any_float)
@example(x=0.0)
@example(x=-0.0)
@example(x=1.0)
@example(x=-1.0)
@example(x=inf)
@example(x=-inf)
@example(x=-1000.0)
@example(x=1000.0)
def test_unary_functions_agree_with_numpy(name: str, x: float) -> None:
    with np.errstate(all="ignore"):
        expected = float(getattr(np, INVERSES.get(name, name))(x))
    assert same(getattr(floats, name)(x), expected, tolerance=1e-13), (x, expected)


UNARY = [*OF_NUMPY, *INVERSES, "floor", "trunc", "cbrt", "sinc", "sigmoid", "softplus", "log_sigmoid", "silu", "mish"]
UNARY += ["logit", "round_half_even", "sign", "softsign"]
BINARY = ["divide", "power", "c_power", "floordiv", "fmod", "remainder", "maximum", "minimum", "log_add_exp"]
BINARY += ["round_half_even", "softplus", "binary_cross_entropy", "binary_cross_entropy_with_logits"]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", UNARY)
@given(x=any_float)
def test_unary_functions_return_floats(name: str, x: float) -> None:
    assert type(getattr(floats, name)(x)) is float


@pytest.mark.no_cover
@pytest.mark.parametrize("name", BINARY)
@given(x=any_float, y=any_float)
def test_binary_functions_return_floats(name: str, x: float, y: float) -> None:
    assert type(getattr(floats, name)(x, y)) is float


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (floats.divide, np.divide),
        (floats.c_power, np.power),
        (floats.fmod, np.fmod),
        (floats.maximum, np.maximum),
        (floats.minimum, np.minimum),
    ],
    ids=lambda function: function.__name__,
)
@given(x=any_float, y=any_float)
@example(x=-0.0, y=-3.0)
@example(x=-0.0, y=-2.0)
@example(x=-8.0, y=1.0 / 3.0)
@example(x=-1e300, y=3.0)
@example(x=-1e300, y=2.0)
@example(x=1.0, y=-0.0)
@example(x=-1.0, y=0.0)
@example(x=0.0, y=0.0)
@example(x=nan, y=0.0)
@example(x=1.0, y=nan)
def test_binary_functions_agree_with_numpy(ours: Any, theirs: Any, x: float, y: float) -> None:
    with np.errstate(all="ignore"):
        expected = float(theirs(x, y))
    if x != y or x:  # there is no convention for zeros of both signs
        assert same(ours(x, y), expected, tolerance=1e-14)


@given(x=any_float)
def test_exponent_one_half_is_square_root(x: float) -> None:
    assert same(floats.power(x, 0.5), floats.sqrt(x))
    assert same(floats.power(x, -0.5), floats.divide(1.0, floats.sqrt(x)))


@given(x=finite, y=finite.filter(bool))
def test_floordiv_and_remainder_match_python(x: float, y: float) -> None:
    assert floats.floordiv(x, y) == x // y
    assert floats.remainder(x, y) == x % y


@given(x=finite, digits=st.integers(-330, 330))
def test_rounding_matches_python(x: float, digits: int) -> None:
    try:
        expected = round(x, digits)
    except OverflowError:
        expected = math.copysign(inf, x)
    assert same(floats.round_half_even(x, float(digits)), expected)


@given(x=finite)
def test_cbrt_is_within_one_ulp(x: float) -> None:
    with mpmath.workdps(40):
        true = mpmath.sign(x) * mpmath.cbrt(abs(mpmath.mpf(x)))
        assert abs(floats.cbrt(x) - true) <= math.ulp(float(true))


@given(x=st.integers(-200_000, 200_000))
def test_cbrt_of_cube_is_exact(x: int) -> None:
    assert floats.cbrt(float(x**3)) == x


# ── accuracy, in ulp of the true result ───────────────────────────────────────────────────────────────────────────

NEAR_ZERO = [sign * factor * 10.0**-e for e in (1, 2, 3, 5, 8, 15) for factor in (1.0, 3.3) for sign in (1.0, -1.0)]
RANGE = [(k + 0.37) / 2.0 for k in range(-80, 80)]
TAILS = [sign * x for x in (690.1, 698.5, 701.5, 720.3, 735.7) for sign in (1.0, -1.0)]


@pytest.mark.parametrize(
    ("name", "true", "arguments", "most"),
    [
        ("cbrt", lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), [*NEAR_ZERO, *RANGE], 0.8),
        (
            "sinc",
            lambda x: mpmath.sin(mpmath.pi * x) / (mpmath.pi * x),
            [*NEAR_ZERO, *(x / 80.0 for x in RANGE)],
            2.0,
        ),
        ("sech", mpmath.sech, [*NEAR_ZERO, *RANGE], 2.0),
        ("sigmoid", lambda x: 1 / (1 + mpmath.exp(-x)), [*NEAR_ZERO, *RANGE, *TAILS], 1.5),
        ("log_sigmoid", lambda x: -mpmath.log1p(mpmath.exp(-x)), [*NEAR_ZERO, *RANGE, *TAILS], 2.0),
        ("softplus", lambda x: mpmath.log1p(mpmath.exp(x)), [*NEAR_ZERO, *RANGE, *TAILS], 2.0),
        ("silu", lambda x: x / (1 + mpmath.exp(-x)), [*NEAR_ZERO, *RANGE, *TAILS], 2.0),
        ("mish", lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), [*NEAR_ZERO, *RANGE, *TAILS], 3.0),
        ("logit", lambda x: mpmath.log(x / (1 - x)), [0.5 + x / 81.0 for x in RANGE], 2.0),
        ("tanhshrink", lambda x: x - mpmath.tanh(x), [*NEAR_ZERO, *RANGE, *(x / 40.0 for x in RANGE)], 4.0),
        (
            "logit_entropy",
            lambda x: mpmath.log1p(mpmath.exp(x)) - x / (1 + mpmath.exp(-x)),
            [*NEAR_ZERO, *RANGE],
            4.0,
        ),
        (
            "expm1_minus_xexp",
            lambda x: mpmath.expm1(x) - x * mpmath.exp(x),
            [*NEAR_ZERO, *RANGE, *(x / 40.0 for x in RANGE)],
            6.0,
        ),
        ("softsign", lambda x: x / (1 + abs(x)), [*NEAR_ZERO, *RANGE], 1.5),
    ],
)
def test_function_is_accurate(name: str, true: Any, arguments: list[float], most: float) -> None:
    with mpmath.workdps(60):
        errors = [(ulps(getattr(floats, name)(x), true(mpmath.mpf(x))), x) for x in arguments]
    assert max(errors)[0] <= most, max(errors)


@pytest.mark.no_cover
@pytest.mark.parametrize("order", range(7))
def test_derivatives_of_sinc_are_accurate(order: int) -> None:
    """The reference is the series Σ (-1)ᵏ·π²ᵏ·x²ᵏ / (2k + 1)!, derived term by term."""
    for x in [*NEAR_ZERO, *(x / 20.0 for x in RANGE[::8]), *(x / 6.0 for x in RANGE[::8])]:
        with mpmath.workdps(40):
            y, even = mpmath.pi * mpmath.mpf(x), range((order + 1) // 2, 60)
            terms = [(-1) ** k * y ** (2 * k - order) / (2 * k + 1) / mpmath.factorial(2 * k - order) for k in even]
            error = ulps(floats.sinc_derivative(float(order), x), mpmath.pi**order * sum(terms), math.pi**order / 8.0)
        assert error <= 80.0 * 2.0**order, (x, error)


@pytest.mark.parametrize(("name", "quarter"), [("sin_pi", 0), ("cos_pi", 1)])
def test_waves_are_exact_at_halves_and_accurate_beside_them(name: str, quarter: int) -> None:
    wave = getattr(floats, name)
    for k in range(-9, 10):
        assert wave(k / 2) == (0.0, 1.0, 0.0, -1.0)[(k + quarter) % 4]
        for x in (k / 2 + side * size for side in (1.0, -1.0) for size in (1e-12, 1e-3, 0.13, 0.2, 0.249)):
            with mpmath.workdps(40):
                true = mpmath.sinpi(mpmath.mpf(x) + mpmath.mpf(quarter) / 2)
            assert ulps(wave(x), true) <= 2.0, x


def test_derivatives_of_sinc_at_zero() -> None:
    expected = [(-1.0) ** (n // 2) * math.pi**n / (n + 1) if n % 2 == 0 else 0.0 for n in range(8)]
    assert [floats.sinc_derivative(float(n), 0.0) for n in range(8)] == pytest.approx(expected, rel=1e-14)
    assert all(math.isnan(floats.sinc_derivative(n, 0.5)) for n in (0.5, -1.0, 151.0))
    assert math.isfinite(floats.sinc_derivative(150.0, 0.5))


# ── numerical stability ───────────────────────────────────────────────────────────────────────────────────────


@given(x=moderate)
def test_sigmoid_is_symmetric(x: float) -> None:
    assert floats.sigmoid(x) + floats.sigmoid(-x) == pytest.approx(1.0, abs=3e-16)


@given(x=moderate)
def test_log_sigmoid_is_log_of_sigmoid(x: float) -> None:
    assert same(floats.log_sigmoid(x), -floats.softplus(-x), tolerance=1e-15)
    assert floats.exp(floats.log_sigmoid(x)) == pytest.approx(floats.sigmoid(x), rel=1e-12)


@given(x=st.floats(-30.0, 30.0))
def test_logit_inverts_sigmoid(x: float) -> None:
    assert floats.logit(floats.sigmoid(x)) == pytest.approx(x, abs=4e-16 * math.exp(abs(x)) + 1e-14)


@given(x=moderate, y=moderate)
def test_log_add_exp_is_just_above_the_larger(x: float, y: float) -> None:
    assert max(x, y) <= floats.log_add_exp(x, y) <= max(x, y) + 0.7
    assert floats.log_add_exp(x, y) == floats.log_add_exp(y, x)


@given(xs=some_floats)
def test_softmax_is_a_distribution_in_input_order(xs: list[float]) -> None:
    ps = floats.softmax(xs)
    assert min(ps) > 0.0
    assert math.fsum(ps) == pytest.approx(1.0)
    assert all(p <= q for x, p in zip(xs, ps, strict=True) for y, q in zip(xs, ps, strict=True) if x < y)


@given(xs=some_floats, shift=st.integers(-1000, 1000))
def test_softmax_is_shift_invariant(xs: list[float], shift: int) -> None:
    assert floats.softmax([x + shift for x in xs]) == pytest.approx(floats.softmax(xs), rel=1e-11)


@given(xs=some_floats)
def test_log_softmax_agrees_with_softmax(xs: list[float]) -> None:
    for index, p in enumerate(floats.softmax(xs)):
        assert math.exp(floats.log_softmax(xs)[index]) == pytest.approx(p, rel=1e-12)
        assert xs[index] - floats.log_sum_exp(xs) == pytest.approx(floats.log_softmax(xs)[index], abs=1e-13)


@given(xs=st.lists(any_float, min_size=1, max_size=5))
def test_extremes_bound_all_numbers_or_are_nan(xs: list[float]) -> None:
    low, high = floats.smallest(xs), floats.largest(xs)
    if any(x != x for x in xs):
        assert low != low
        assert high != high
    else:
        assert all(low <= x <= high for x in xs)
        assert low in xs
        assert high in xs


@given(xs=st.lists(st.floats(-1e6, 1e6), max_size=20), start=st.floats(-1e6, 1e6))
def test_sums_are_added_from_left_to_right(xs: list[float], start: float) -> None:
    expected = start
    for x in xs:
        expected = expected + x
    assert floats.add_all(xs, start) == expected
    assert floats.dot(xs, [1.0] * len(xs), start) == expected


@given(x=any_float, low=finite, high=finite)
def test_clamp_is_within_its_bounds(x: float, low: float, high: float) -> None:
    z = floats.clamp(x, low, high)
    assert (z != z) if x != x else (z == high if low > high else low <= z <= high)


@given(p=st.floats(0.001, 0.999), target=st.floats(0.0, 1.0))
def test_cross_entropy_agrees_with_logits(p: float, target: float) -> None:
    from_logits = floats.binary_cross_entropy_with_logits(floats.logit(p), target)
    assert floats.binary_cross_entropy(p, target) == pytest.approx(from_logits, rel=1e-12)


def test_functions_that_are_not_odd_overflow_to_inf() -> None:
    assert floats.total(math.cosh)(-1000.0) == inf
    assert floats.total(math.sinh, odd=True)(-1000.0) == -inf
