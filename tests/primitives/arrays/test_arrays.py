"""Array code of the special functions: special cases, shapes, blocks, and which arrays take it."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, digamma, erf, gamma, polygamma
from autograd_tiny.primitives.arrays import FUNCTIONS, SLOPES
from autograd_tiny.primitives.arrays.pieces import BLOCK, blocked, by_order, in_pieces, polynomial, ratio
from autograd_tiny.primitives.primitive import TABLE, Primitive

LIMITS = [0.0, 5e-324, 1e-310, 1e-300, 1e-20, 0.5, 0.7071, 0.85, 1.0 - 2.0**-53, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 10.0]
LIMITS += [26.0, 27.5, 37.7, 38.5, 40.0, 170.5, 171.7, 172.0, 200.0, 200.5, 201.0, 700.0, 800.0, 1e5, 1e5 + 0.5]
LIMITS += [1e16, 1e155, 1e300, 1.7e308, math.inf]
LIMITS = [*LIMITS, *(-x for x in LIMITS), math.nan]
ORDERS = {"polygamma": [0.0, 1.0, 2.0, 7.0, 0.5, -1.0, 151.0], "sinc_derivative": [0.0, 1.0, 3.0, 0.5, 151.0]}
DIGITS = [0.0, 1.0, -2.0, 30.0, -30.0, math.nan]


def same_sign(x: float, y: float) -> bool:
    return math.copysign(1.0, x) == math.copysign(1.0, y)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_cases_are_those_of_the_row(name: str) -> None:
    row, orders = TABLE[name], ORDERS.get(name, [None])
    cases = [(x,) if n is None else (n, x) for n, x in itertools.product(orders, LIMITS)]
    if name == "round":
        cases = list(itertools.product(LIMITS, DIGITS))
    arrays = [np.array(column) for column in zip(*cases, strict=True)]
    for case, ours in zip(cases, FUNCTIONS[name](*arrays).tolist(), strict=True):
        expected = row.evaluate(*case)
        assert ours == pytest.approx(expected, rel=1e-14, abs=1e-322, nan_ok=True), case
        is_zero_of_derivative = name in ORDERS and ours == 0.0  # its sign says nothing
        assert math.isnan(ours) or is_zero_of_derivative or same_sign(ours, expected), case


@pytest.mark.parametrize("name", SLOPES)
def test_special_cases_of_slopes_are_those_of_the_row(name: str) -> None:
    expected = [TABLE[name].linearize(x) for x in LIMITS]
    ours = SLOPES[name](np.array(LIMITS), np.array([z for z, _ in expected]))
    np.testing.assert_allclose(ours, [slope for _, (slope,) in expected], rtol=1e-14, atol=1e-322)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_result_does_not_depend_on_blocks_or_layout(name: str) -> None:
    first = [2.0] if name in ORDERS else []
    x = np.linspace(-12.0, 40.0, 2 * (BLOCK + 77)).reshape(2, -1)
    operands = [*first, x] if name != "round" else [x, 0.0]
    whole, kept = FUNCTIONS[name](*operands), x.copy()
    again = FUNCTIONS[name](*(np.asfortranarray(o)[:, ::-1] if o is x else o for o in operands))
    np.testing.assert_array_equal(again[:, ::-1], whole)
    np.testing.assert_array_equal(x, kept)


def test_function_of_arrays_calls_no_function_of_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Primitive, "evaluate", None)  # cannot be called
    assert erf(np.array([[0.0, 9.0]])).tolist() == [[0.0, 1.0]]
    assert gamma(np.array([3, 4])).tolist() == [2.0, 6.0]
    assert erf(np.array([True])).dtype == float
    assert polygamma(0, np.array([2.0])) == digamma(np.array([2.0]))


def test_arrays_of_values_and_others_take_the_row_itself() -> None:
    x = Value(0.5)
    nodes = erf(np.array([x, 0.5], dtype=object))
    assert nodes[0].inputs == (x,)
    assert nodes[1] == erf(0.5)
    assert polygamma(np.array([0.0, 1.0]), x)[1].data == polygamma(1.0, 0.5)
    assert erf(np.float32(0.5) * np.ones(1, np.float32)).dtype == float


def test_no_warning_is_raised() -> None:
    with np.errstate(all="raise"):
        for name in FUNCTIONS.keys() - ORDERS.keys() - {"round"}:
            FUNCTIONS[name](np.array(LIMITS))


@pytest.mark.parametrize("shape", [(0,), (3, 0), (2, 1), ()])
def test_shape_is_kept(shape: tuple[int, ...]) -> None:
    assert FUNCTIONS["erfc"](np.zeros(shape)).shape == shape
    assert FUNCTIONS["polygamma"](np.ones(shape), np.ones(shape)).shape == shape


# ── the pieces ──


def test_each_piece_gets_its_numbers_only() -> None:
    seen: list[Any] = []
    x = np.array([3.0, -1.0, 2.0])
    pieces = [
        (x > 0.0, lambda x: seen.append(x.tolist()) or 2.0 * x),
        (x <= 0.0, lambda x: seen.append(x.tolist()) or x),
    ]
    assert in_pieces(x, *pieces).tolist() == [6.0, -1.0, 4.0]
    assert seen == [[3.0, 2.0], [-1.0]]


def test_polynomial_takes_the_highest_power_first() -> None:
    x = np.array([2.0])
    assert polynomial([3.0, 0.0, 1.0], x) == 13.0
    assert ratio(([1.0, 0.0], [1.0, 2.0]), x) == 0.5
    assert x == 2.0


def test_order_may_be_an_array() -> None:
    scaled = by_order(
        lambda n: blocked(lambda x: n * x), np.array([2.0, math.nan, 3.0, 2.0]), np.array([1.0, 1.0, 1.0, 5.0])
    )
    np.testing.assert_array_equal(scaled, [2.0, math.nan, 3.0, 10.0])
