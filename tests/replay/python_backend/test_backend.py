"""Where Python's floats raise, the back-end returns the IEEE results of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import record

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "a root of relu": lambda x: at.sqrt(at.relu(x)),
    "the reciprocal of relu": lambda x: 1 / at.relu(x),
    "a negative power of relu": lambda x: at.relu(x) ** -1.5,
    "a choice": lambda x: 1 / at.where(x > 0.0, x, 0.0),
    "a choice of constants": lambda x: x / at.where(x > 0.0, 2.0, 0.0),
    "the reciprocal of a condition": lambda x: x + 1 / (x > 0.0),
    "a condition by a condition": lambda x: x * ((x > 0.0) / (x > 5.0)),
    "conditions by a condition": lambda x: x + ((x > 0.0) + (x < 0.0)) / (x > 5.0),
    "a constant divisor": lambda x: x / 0.0,
    "a small constant": lambda x: (x + 1e-07) / at.relu(x - 1e16),
    "a rounded divisor": lambda x: 1 / at.floor(x),
    "the largest of a list": lambda x: 1 / at.max([x, 0.0]),
    "a mean": lambda x: at.mean([1 / at.relu(x), x]),
    "a dot product": lambda x: at.dot([1 / at.relu(x), 2.0], [x, 0.0]),
    "overflow": lambda x: at.exp(1e3 * x) - float("inf") * x,
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [-1.0, 0.0, 3.0, 1e308, float("nan"), float("inf"), -float("inf")])
def test_results_are_those_of_numpy(name: str, x: float) -> None:
    program, reference = (record(FUNCTIONS[name], inputs=(1.0,), backend=backend) for backend in ("python", "numpy"))
    np.testing.assert_allclose(program([x]), reference([x]), rtol=1e-14)
    np.testing.assert_allclose(program.gradient([x])[0], reference.gradient([x])[0], rtol=1e-14)


def test_one_example_does_not_fail_the_others() -> None:
    program = record(lambda x: at.sqrt(at.relu(x)), inputs=(1.0,), backend="python")
    np.testing.assert_array_equal(program([4.0, -1.0]), [2.0, 0.0])
    np.testing.assert_array_equal(program.gradient([4.0, -1.0])[0], [0.25, np.nan])
