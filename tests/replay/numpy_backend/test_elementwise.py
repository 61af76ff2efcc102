"""Groups of one row over many nodes."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_tiny.replay import record

X = np.linspace(0.1, 3.0, 7)


@pytest.mark.parametrize(
    ("exponent", "call"),
    [(2.0, "square(x1, "), (0.5, "sqrt("), (-0.5, "rsqrt("), (-1.0, "reciprocal("), (3.0, "pow("), (1.5, "pow(")],
)
def test_constant_exponent_calls_a_simpler_row(exponent: float, call: str) -> None:
    program = record(lambda x: x**exponent, inputs=(1.0,), backend="numpy")
    assert f" {call}" in program.source
    assert "pow_constant_exponent" not in program.source
    np.testing.assert_allclose(program(X), X**exponent, rtol=1e-15)
    np.testing.assert_allclose(program.gradient(X)[0], exponent * X ** (exponent - 1.0), rtol=1e-14)


def test_power_1_of_a_partial_is_not_computed() -> None:
    program = record(lambda x: x**2, inputs=(1.0,), backend="numpy")
    assert "pow" not in program.source
