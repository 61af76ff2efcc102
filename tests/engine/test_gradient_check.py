"""`check_gradients` returns right gradients, and raises for planted wrong ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import AutogradError, GradientCheck, Value, check_gradients, primitive
from autograd_tiny.engine.gradient_check import GradientError
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.primitive import TABLE


@pytest.fixture
def wrong_cube() -> Iterator[Callable[[Value], Value]]:
    yield primitive("wrong_cube", "wrong_cube({x})", lambda x: x * x * x, lambda x, z: (2.0 * x * x,))
    del TABLE["wrong_cube"]


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda x: x, [2.0]),
        (lambda x, y: x * y + at.exp(x), [0.5, -3.0]),
        (lambda *xs: at.logsumexp(list(xs)), [0.0, 1.0, 2.0]),
        (at.log, [1e6]),
        (lambda x: Value(3.0), [1.0]),
        (lambda: Value(3.0), []),
    ],
)
def test_right_gradient_is_returned(function: Callable[..., Value], inputs: list[float]) -> None:
    checks = check_gradients(function, inputs)
    leaves = [Value(x) for x in inputs]
    function(*leaves).backward()
    assert [check.gradient for check in checks] == [leaf.grad for leaf in leaves]
    assert all(check.error <= 1e-6 for check in checks)
    assert all(isinstance(check, GradientCheck) for check in checks)


def test_planted_wrong_partial_is_found(wrong_cube: Callable[[Value], Value]) -> None:
    with pytest.raises(GradientError, match=r"the gradient of input 1 is 8\.0, the central difference 1") as caught:
        check_gradients(lambda x, y: x + wrong_cube(y), [1.0, 2.0])
    assert caught.value.position == 1
    assert caught.value.check.gradient == 8.0
    assert caught.value.check.difference == pytest.approx(12.0)
    assert caught.value.check.error == pytest.approx(4.0 / 12.0)
    assert isinstance(caught.value, AutogradError)
    assert isinstance(caught.value, ArithmeticError)


def test_detached_input_is_found() -> None:
    with pytest.raises(GradientError, match=r"input 0 is 3\.0, the central difference [56]\."):
        check_gradients(lambda x: x * x.detach(), [3.0])


def test_tolerance_decides(wrong_cube: Callable[[Value], Value]) -> None:
    assert len(check_gradients(wrong_cube, [2.0], tolerance=0.34)) == 1
    with pytest.raises(GradientError, match=r"allowed 3\.2e-01"):
        check_gradients(wrong_cube, [2.0], tolerance=0.32)


def test_kink_at_the_point_is_found() -> None:
    with pytest.raises(GradientError, match="a kink near"):
        check_gradients(at.relu, [0.0])


def test_step_is_relative_to_large_input() -> None:
    (check,) = check_gradients(lambda x: x * x * x, [1e8])
    assert check.difference == pytest.approx(3e16, rel=1e-9)


def test_smaller_step_does_not_cross_kink() -> None:
    with pytest.raises(GradientError):
        check_gradients(at.abs, [1e-6])
    assert check_gradients(at.abs, [1e-6], step=1e-7)[0].gradient == 1.0


def test_error_of_small_gradient_is_absolute() -> None:
    (check,) = check_gradients(lambda x: 1e-9 * at.sin(x), [1.0])
    assert check.error == abs(check.gradient - check.difference)


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_non_finite_input_raises(x: float) -> None:
    with pytest.raises(GradientError, match="relative error nan"):
        check_gradients(lambda value: value * value, [x])


@pytest.mark.parametrize("result", [1.0, None, [Value(1.0)]])
def test_function_returning_non_value_raises(result: Any) -> None:
    with pytest.raises(OperandError, match=r"check_gradients got .*; it takes a function that returns a Value"):
        check_gradients(lambda x: result, [1.0])


@pytest.mark.parametrize("bad", ["1", None, True, Value(1.0)])
def test_non_numeric_input_raises(bad: Any) -> None:
    with pytest.raises(OperandError, match=f"data got '{type(bad).__name__}'(?s:.*); it takes a real number"):
        check_gradients(lambda x: x, [bad])


def test_integers_are_inputs() -> None:
    assert check_gradients(lambda x: x * x, [3])[0].gradient == 6.0


def test_differences_record_nothing() -> None:
    roots: list[Value] = []

    def function(x: Value) -> Value:
        roots.append(x * x)
        return roots[-1]

    check_gradients(function, [3.0])
    assert [bool(root.inputs) for root in roots] == [True, False, False]
