"""The numbers of compiled programs, for code that is written by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay import record
from tests.replay.backends import needs_compiler

pytestmark = needs_compiler


def test_tanh_and_slope_in_tails_and_near_zero() -> None:
    X = np.array([0.0, 1e-12, 1e-5, 3e-4, 0.5, 3.0, 19.0, 300.0, 400.0, math.inf])
    X = np.array([*X, *-X, math.nan])
    program = record(at.tanh, inputs=(0.5,), backend="c")
    expected = [at.tanh.primitive.linearize(x) for x in X.tolist()]
    np.testing.assert_allclose(program(X), [z for z, _ in expected], rtol=1e-12)
    np.testing.assert_allclose(program.gradient(X)[0], [slope for _, (slope,) in expected], rtol=1e-13, atol=1e-307)


def test_exp_over_all_floats_is_within_one_ulp() -> None:
    draw = np.random.default_rng(1)
    X = np.concatenate([draw.uniform(low, -low, 20_000) for low in (-750.0, -1.0, -1e-8)])
    X = np.array([*X, 0.0, -0.0, 709.782712893384, 709.7827128933841, -745.2, 1e308, -1e308, math.inf, -math.inf])
    program = record(at.exp, inputs=(0.5,), backend="c")
    with np.errstate(over="ignore"):
        exact = np.exp(X.astype(np.longdouble))
        expected = exact.astype(float)
    finite = np.isfinite(expected)
    assert np.array_equal(program(X)[~finite], expected[~finite])
    assert np.max(np.abs(program(X)[finite] - exact[finite]) / np.spacing(expected[finite])) < 1.0
    assert np.isnan(program([math.nan])).all()


@pytest.mark.parametrize("batch", [1, 31, 32, 70])
@pytest.mark.parametrize("width", [3, 4, 9])
def test_gradients_of_weights_for_any_width(batch: int, width: int) -> None:
    draw = np.random.default_rng(0)
    X, w = draw.normal(size=(batch, width)), [Value(x) for x in draw.normal(size=width)]
    program = record(lambda x: at.tanh(at.dot(w, x)), inputs=(X[0],), parameters=w, backend="c")
    program.differentiate(X, reduction="sum")
    slopes = 1.0 - np.tanh(X @ [leaf.data for leaf in w]) ** 2
    np.testing.assert_allclose(program.gradients, slopes @ X, rtol=1e-12)


LISTS = [
    row for row in TABLE.values() if row.domain and row.list_positions and row.name not in {"sum", "mean", "dot"}
]
NUMBERS = [0.5, -1.0, 2.0, 40.0, 0.0, 1e-9, 300.0, -math.inf]


@pytest.mark.once
@pytest.mark.parametrize("row", LISTS, ids=[row.name for row in LISTS])
def test_rows_of_lists_agree_with_the_table(row: Primitive) -> None:
    place = [1.0] * (row.arity - 1)
    program = record(lambda xs: row(xs, *place), inputs=([1.0, 2.0, 3.0],), backend="c")
    lists = [list(xs) for xs in itertools.product(NUMBERS, repeat=3) if max(xs) > -math.inf]
    expected = [row.linearize(xs, *place) for xs in lists]
    np.testing.assert_allclose(program(lists), [z for z, _ in expected], rtol=1e-14)
    slopes = [partials[0] for _, partials in expected]
    np.testing.assert_allclose(program.gradient(lists)[0], slopes, rtol=2e-14, atol=1e-300)


def weighted_softmax(x: list[Value], w: list[Value]) -> Value:
    shares, logs = at.softmax([*x, w[0], 0.5]), at.log_softmax([w[1], *x])
    fixed = at.softmax([w[0], w[1], 1.0])
    return at.sum([*(a * b for a, b in zip(shares, logs, strict=False)), fixed[0] * fixed[2], shares[-1] ** 2])


def test_elements_of_one_softmax_are_those_of_numpy() -> None:
    X = np.array([*itertools.product([0.5, -1.0, 40.0, -700.0], repeat=2)] * 3)
    w = [Value(0.3), Value(-2.0)]
    program, reference = (
        record(lambda x: weighted_softmax(x, w), inputs=(X[0],), parameters=w, backend=backend)
        for backend in ("c", "numpy")
    )
    np.testing.assert_allclose(program.differentiate(X), reference.differentiate(X), rtol=1e-13)
    np.testing.assert_allclose(program.gradients, reference.gradients, rtol=1e-12)
    assert program.source.count("softmax_of(xs, 4, ps)") == 1
    assert program.source.count("list_softmax_at(") == 0
