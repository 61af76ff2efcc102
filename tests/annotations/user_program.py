"""What a type checker infers in a user's program; mypy reads it, and `test_types` runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autograd_tiny as at
from autograd_tiny import Symbol, Value, abs, clamp, dot, log, max, mean, round, softmax, sum, tanh, where

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import assert_type
else:

    def assert_type(thing: Any, kind: Any) -> None:
        """Do nothing, as `typing.assert_type` of later Pythons."""


def functions(a: Value, x: float, xs: list[Value], row: NDArray[Any], s: Symbol) -> None:
    """Call functions of the table with each kind of number."""
    assert_type(tanh(a), Value)
    assert_type(tanh(x), float)
    assert_type(tanh(2), float)
    assert_type(tanh(row[0]), Any)
    assert_type(tanh(row), "NDArray[Any]")
    assert_type(tanh(s), Symbol)
    assert_type(clamp(a, 0.0, max=a), Value)
    assert_type(clamp(1.0, max=a), Value)
    assert_type(clamp(1.0, -1.0), float)
    assert_type(where(x > 0.0, x, a), Value)
    assert_type(mean(xs), Value)
    assert_type(mean([1.0, 2.0]), float)
    assert_type(mean([a, 2.0]), Value)
    assert_type(mean(v * v for v in xs), Value)
    assert_type(sum([v * 2.0 for v in xs], a), Value)
    assert_type(sum(range(3)), int)
    assert_type(sum([x, 2]), float)
    assert_type(sum([[a], xs], []), "list[Value]")
    assert_type(abs(-3), int)
    assert_type(abs(x), float)
    assert_type(round(x), int)
    assert_type(round(x, 2), float)
    assert_type(dot(xs, [1.0, 2.0], 0.5), Value)
    assert_type(softmax(xs), "list[Value]")
    assert_type(softmax([1, 2]), "list[float]")
    assert_type(max(a, 0.0), Value)
    assert_type(max(xs), Value)
    assert_type(max(1.0, 2.0), float)
    assert_type(max(1, 2), int)
    assert_type(log(a), Value)
    assert_type(log(8.0, 2.0), float)


def methods(a: Value, b: Value) -> None:
    """Call methods and operators."""
    assert_type(a.clamp(0.0, 1.0), Value)
    assert_type(a.tanh().exp(), Value)
    assert_type(a % b, Value)
    assert_type(2.0 // a, Value)
    assert_type(divmod(a, 2.0), "tuple[Value, Value]")
    assert_type(round(a, 2), Value)
    assert_type(abs(a), Value)
    assert_type(+a - b * 2.0, Value)
    assert_type(a**2 + 2**a, Value)
    assert_type(a > b, bool)


def refused(a: Value) -> None:
    """Make mistakes that a type checker tells."""
    tanh("1.0")  # type: ignore[call-overload]
    tanh([a, a])  # type: ignore[call-overload]
    mean(a)  # type: ignore[call-overload]
    at.cos()  # type: ignore[call-overload]


def main() -> None:
    """Run what a type checker accepts."""
    a, b = Value(0.5), Value(2.0)
    functions(a, 0.5, [a, b], np.array([0.5, 1.0]), Symbol("s"))
    methods(a, b)
