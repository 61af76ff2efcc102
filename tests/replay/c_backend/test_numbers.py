"""What compiled programs compute, where C has a form of its own."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay import record
from tests.replay.backends import needs_compiler

pytestmark = needs_compiler


def test_tanh_and_its_slope_have_their_digits_in_the_tails_and_near_zero() -> None:
    X = np.array([0.0, 1e-12, 1e-5, 3e-4, 0.5, 3.0, 19.0, 300.0, 400.0, math.inf])
    X = np.array([*X, *-X, math.nan])
    program = record(at.tanh, inputs=(0.5,), backend="c")
    expected = [at.tanh.primitive.linearize(x) for x in X.tolist()]
    np.testing.assert_allclose(program(X), [z for z, _ in expected], rtol=1e-12)
    np.testing.assert_allclose(program.gradient(X)[0], [slope for _, (slope,) in expected], rtol=1e-13, atol=1e-307)


@pytest.mark.parametrize("batch", [1, 31, 32, 70])
@pytest.mark.parametrize("width", [3, 4, 9])
def test_weights_are_added_up_four_by_four_or_one_by_one(batch: int, width: int) -> None:
    draw = np.random.default_rng(0)
    X, w = draw.normal(size=(batch, width)), [Value(x) for x in draw.normal(size=width)]
    program = record(lambda x: at.tanh(at.dot(w, x)), inputs=(X[0],), parameters=w, backend="c")
    program.differentiate(X, reduction="sum")
    slopes = 1.0 - np.tanh(X @ [leaf.data for leaf in w]) ** 2
    np.testing.assert_allclose(program.gradients, slopes @ X, rtol=1e-12)
