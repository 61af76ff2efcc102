"""Groups of one row over many nodes."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.replay import record

X = np.linspace(0.1, 3.0, 7)


@pytest.mark.parametrize(
    ("exponent", "call"),
    [(2.0, "square(x1, "), (0.5, "sqrt("), (-0.5, "rsqrt("), (-1.0, "reciprocal("), (3.0, "cube("), (1.5, "pow(")],
)
def test_constant_exponent_calls_a_simpler_row(exponent: float, call: str) -> None:
    program = record(lambda x: x**exponent, inputs=(1.0,), backend="numpy")
    assert f" {call}" in program.source
    assert "pow_constant_exponent" not in program.source
    np.testing.assert_allclose(program(X), X**exponent, rtol=1e-15)
    np.testing.assert_allclose(program.gradient(X)[0], exponent * X ** (exponent - 1.0), rtol=1e-14)


@pytest.mark.parametrize("exponent", [-0.5, -1.0, 3.0])
def test_powers_at_the_ends_of_the_range(exponent: float) -> None:
    x = np.array([0.0, 5e-324, 1e-310, 1e-300, 1e-200, 1e200, 1e300, 1.7e308, np.inf, np.nan])
    x = np.concatenate([x, [] if exponent == -0.5 else -x])
    program = record(lambda x: x**exponent, inputs=(1.0,), backend="numpy")
    slopes = program.gradient(x)[0]
    for number, value, slope in zip(x.tolist(), program(x), slopes, strict=True):
        leaf = Value(number)
        root = leaf**exponent
        root.backward()
        np.testing.assert_allclose([value, slope], [root.data, leaf.grad], rtol=1e-15, atol=1e-323)


def test_power_1_of_a_partial_is_not_computed() -> None:
    program = record(lambda x: x**2, inputs=(1.0,), backend="numpy")
    assert "pow" not in program.source
