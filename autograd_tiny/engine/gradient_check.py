"""Numeric checks: is the gradient of the backward pass the slope that the function really has?

>>> from autograd_tiny import Value, primitive
>>> (check,) = check_gradients(lambda x: x * x, [3.0])
>>> check.gradient
6.0
>>> round(check.difference, 6)
6.0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd_tiny.engine.grad_mode import no_grad
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError, OperandError, require_callable
from autograd_tiny.primitives.operands import as_float, as_list


class GradientCheck(NamedTuple):
    """One input's gradient beside the central difference.

    Attributes:
        gradient: from the backward pass.
        difference: (f(x + h) - f(x - h)) / 2h.
        error: |gradient - difference| / max(|gradient|, |difference|, 1).
    """

    gradient: float
    difference: float
    error: float


class GradientError(AutogradError, ArithmeticError):
    """A gradient that is not the slope of its function.

    Attributes:
        position: which of the inputs.
        check: both numbers.
    """

    def __init__(self, position: int, check: GradientCheck, tolerance: float) -> None:
        self.position = position
        self.check = check
        super().__init__(
            f"the gradient of input {position} is {check.gradient!r}, the central difference {check.difference!r}: "
            f"relative error {check.error:.1e}, allowed {tolerance:.1e}; is a partial wrong, or a kink near?"
        )


def check_gradients(
    function: Callable[..., Value], inputs: Sequence[float], *, step: float = 1e-5, tolerance: float = 1e-6
) -> list[GradientCheck]:
    """Compare the gradient of every input with the central difference (as `torch.autograd.gradcheck`).

    Args:
        function: takes as many Values as there are inputs, returns one.
        inputs: the point at which to check.
        step: h, relative to the larger of the input's size and 1.
        tolerance: the largest error that passes, relative to the larger of the gradient's size and 1.

    Returns:
        One `GradientCheck` for each input.

    Raises:
        GradientError: a gradient and its difference disagree.
        OperandError: the function returned no Value.

    >>> from autograd_tiny import sin
    >>> [check.gradient for check in check_gradients(lambda x, y: sin(x) * y, [0.0, 2.0])]
    [2.0, 0.0]
    """
    require_callable(function, "check_gradients")
    inputs = as_list(inputs, "check_gradients")
    step = as_float(step, "the step of check_gradients", expected="a real number")
    tolerance = as_float(tolerance, "the tolerance of check_gradients", expected="a real number")
    leaves = [Value(x) for x in inputs]
    output = function(*leaves)
    if not isinstance(output, Value):
        raise OperandError("check_gradients", output, expected="a function that returns a Value", remedy="return it")
    output.backward()
    checks = [_check(function, inputs, k, leaf.grad, step) for k, leaf in enumerate(leaves)]
    for position, check in enumerate(checks):
        if not check.error <= tolerance:
            raise GradientError(position, check, tolerance)
    return checks


def _check(
    function: Callable[..., Any], inputs: Sequence[float], position: int, gradient: float, step: float
) -> GradientCheck:
    step *= max(abs(inputs[position]), 1.0)

    @no_grad()
    def shifted(change: float) -> float:
        at = [Value(x + change if k == position else x) for k, x in enumerate(inputs)]
        return float(function(*at).data)

    difference = (shifted(step) - shifted(-step)) / (2.0 * step)
    return GradientCheck(gradient, difference, abs(gradient - difference) / max(abs(gradient), abs(difference), 1.0))
