"""Numeric checks: compare the gradient of the backward pass with the slope that a function has.

>>> from autograd_tiny import Value, primitive
>>> (check,) = check_gradients(lambda x: x * x, [3.0])
>>> check.gradient
6.0
>>> round(check.difference, 6)
6.0

A difference cannot judge a gradient at a kink, where the slopes on both sides differ: that is found and refused. The
gradient is a convention there: 0 for relu and abs at 0, an equal share for each of the operands that max has tied.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from threading import RLock
from typing import Any, Final

from autograd_tiny.engine.grad_mode import no_grad
from autograd_tiny.engine.gradient_verdicts import (
    AGREES,
    AT_KINK,
    DISAGREES,
    ERRORS,
    INFINITE_SLOPE,
    JUMP,
    KINK,
    NOT_FINITE,
    ONE_SIDED,
    ROUNDED,
    STEEP,
    GradientCheck,
    GradientTable,
)
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.nested import named_leaves, rebuild
from autograd_tiny.engine.node import require_recorded
from autograd_tiny.engine.passes import gradients
from autograd_tiny.engine.steep_places import grow, slope_is_infinite, steep_place
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, require_callable
from autograd_tiny.primitives.operands import as_float, as_leaf_data, as_list
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.at_once import assignments, consume

UNRESOLVED: Final = "unresolved"
"""Of a gradient that differs from differences which have no limit: a jump or a steep place is looked for."""
HALVINGS: Final = 20
"""How often the step is halved at most, where the difference is not accurate enough for the tolerance."""
DOUBLINGS: Final = 30
"""The most doublings of the step, where rounding hides the difference."""
ELEMENTS: Final = 3
"""The length of the lists that a row of the table is checked with."""

MODULES: Final = RLock()
"""Held while the parameters of a module have other numbers for a moment."""


def check_gradients(
    function: Callable[..., Value],
    inputs: Any = None,
    *,
    step: float = 1e-5,
    tolerance: float = 1e-6,
) -> GradientTable:
    """Compare the gradient of every input with the central difference (as `torch.autograd.gradcheck`).

    No `.grad` is touched.

    Args:
        function: takes as many Values as there are inputs, returns one.
        inputs: the point at which to check, as a list of the arguments: numbers, or nested lists and dicts of them.
            Nothing, for a row of the table, such as one of your own: a point in its domain. Or a module of `nn`: the
            function takes the module and returns a loss, and the inputs are the parameters.
        step: h, relative to the larger of the input's size and 1.
        tolerance: the largest error that passes, relative to the larger of the gradient's size and 1.

    Returns:
        A list with one `GradientCheck` for each number, which prints as a table.

    Raises:
        GradientError: a gradient and its difference disagree.
        KinkError: the point is at a kink, the function has a kink or a jump within the step, has an infinite slope,
            is not finite there or on both sides of the input, or rounding hides its difference, which measures
            nothing. A GradientError.
        OperandError: the function returned no Value, or the step or the tolerance is not above 0.

    >>> from autograd_tiny import sin, tanh
    >>> [check.gradient for check in check_gradients(lambda x, y: sin(x) * y, [0.0, 2.0])]
    [2.0, 0.0]
    >>> print(check_gradients(lambda p: p["w"] * p["x"], [{"w": 2.0, "x": 3.0}]))
                  gradient  difference  error
    input 0["w"]  3         3           ...  agrees
    input 0["x"]  2         2           ...  agrees
    >>> len(check_gradients(tanh))
    1
    """
    table = compare_gradients(function, inputs, step=step, tolerance=tolerance)
    for position, (name, check, verdict) in enumerate(zip(table.names, table, table.verdicts, strict=True)):
        if verdict != AGREES:
            raise ERRORS[verdict](position, check, tolerance, name)
    return table


def compare_gradients(
    function: Callable[..., Value],
    inputs: Any = None,
    *,
    step: float = 1e-5,
    tolerance: float = 1e-6,
    names: Sequence[str] = (),
) -> GradientTable:
    """Return the table of `check_gradients`, whatever the verdicts are; `names` are those of single numbers."""
    require_callable(function, "check_gradients")
    step = _positive(step, "the step of check_gradients")
    tolerance = _positive(tolerance, "the tolerance of check_gradients")
    if hasattr(inputs, "parameters"):
        with MODULES:
            return _compare_all(ModulePoint(function, inputs), step, tolerance)
    row = getattr(function, "primitive", function)
    if inputs is None and isinstance(row, Primitive):
        function, inputs, names = _sample_of(row)
    return _compare_all(Point(function, as_list(inputs, "check_gradients"), names), step, tolerance)


def _positive(number: Any, place: str) -> float:
    result = as_float(number, place, expected="a real number")
    if not 0.0 < result < math.inf:
        raise OperandError(place, number, expected="a number above 0", remedy="leave it out for the usual one")
    return result


def _compare_all(point: Point, step: float, tolerance: float) -> GradientTable:
    table = GradientTable()
    for position, (name, gradient) in enumerate(zip(point.names, point.gradients, strict=True)):
        _compare(table, point, position, gradient, step, tolerance)
        table.names.append(name)
    return table


class Point:
    """A function and its inputs as a flat list of numbers.

    Attributes:
        names, numbers, gradients: one for each input.
        value: of the function.
    """

    def __init__(self, function: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str]) -> None:
        self.function, self.inputs = function, inputs
        labels = names or [f"input {k}" for k in range(len(inputs))]
        found = [pair for label, x in zip(labels, inputs, strict=True) for pair in named_leaves(x, label)]
        self.names = [name for name, _ in found]
        self.numbers = [as_leaf_data(number, f"check_gradients, at {name},") for name, number in found]
        self._differentiate([Value(number) for number in self.numbers])

    def _differentiate(self, leaves: Sequence[Value]) -> None:
        root = self.call(leaves)
        if not isinstance(root, Value):
            raise OperandError(
                "check_gradients", root, expected="a function that returns a Value", remedy="return it"
            )
        require_recorded(root, "check_gradients")
        self.value = root._number
        self.gradients = [slope or 0.0 for slope in gradients(root, leaves)]

    def call(self, leaves: Sequence[Value]) -> Any:
        """Return the result of the function for these leaves."""
        return self.function(*rebuild(self.inputs, leaves))

    def magnitude(self) -> float:
        """Return the size of the largest finite number that the function computes with."""
        nodes = topological_order(self.call([Value(number) for number in self.numbers]))
        sizes: Iterable[float] = (abs(node._number) for node in nodes if math.isfinite(node._number))
        return max(sizes, default=0.0)

    def along(self, position: int) -> Callable[[float], float]:
        """Return the function of the number of one input alone."""
        return partial(self.value_at, position)

    def value_at(self, position: int, number: float) -> float:
        """Return the function's number where one input has another number."""
        numbers = [*self.numbers[:position], number, *self.numbers[position + 1 :]]
        with no_grad():
            return _number_of(self.call([Value(x) for x in numbers]))


class ModulePoint(Point):
    """A loss of a module: the inputs are its parameters, whose data change for a moment."""

    def __init__(self, function: Callable[..., Any], module: Any) -> None:
        self.function, self.module = function, module
        self.leaves: list[Value] = list(module.parameters())
        named = module.named_parameters() if hasattr(module, "named_parameters") else ()
        known = {leaf: name for name, leaf in named}
        self.names = [known.get(leaf, leaf.label or f"parameter {k}") for k, leaf in enumerate(self.leaves)]
        self.numbers = [leaf._number for leaf in self.leaves]
        self._differentiate(self.leaves)

    def call(self, leaves: Sequence[Value]) -> Any:
        """Return the loss of the module."""
        return self.function(self.module)

    def value_at(self, position: int, number: float) -> float:
        """Return the loss where one parameter has another number; the parameter keeps its own."""
        leaf = self.leaves[position]
        restore = assignments([leaf], "_number", [self.numbers[position]])
        try:
            leaf.data = number
            with no_grad():
                return _number_of(self.call(self.leaves))
        finally:
            consume(restore)


def _number_of(result: Any) -> float:
    """Return the number of a result beside the point, which may be a plain one, as of the builtin `max(x, 1.0)`."""
    place, expected = "check_gradients, beside the point,", "a function that returns a Value"
    return result._number if isinstance(result, Value) else as_float(result, place, expected=expected)


def _compare(  # noqa: PLR0917 - private
    table: GradientTable, point: Point, position: int, gradient: float, step: float, tolerance: float
) -> None:
    """Add the check of one input to the table."""
    x, value = point.numbers[position], point.value
    h = step * max(abs(x), 1.0)
    left, right = point.value_at(position, x - h), point.value_at(position, x + h)
    check, known = _check(gradient, (right - left) / (2.0 * h)), AGREES
    if not check.error <= tolerance:
        check, known = _at_another_step(point, position, h, check, tolerance)
    scale = max(abs(gradient), abs(check.difference), 1.0)
    negligible = tolerance * scale + 8.0 * sys.float_info.epsilon * max(abs(left), abs(value), abs(right)) / h
    slopes = (value - left) / h, (right - value) / h
    if not math.isfinite(value):
        verdict = NOT_FINITE
    elif math.isinf(gradient):
        verdict = _verdict_of_infinite(point, position, gradient, h)
    elif gradient == gradient and not math.isfinite(check.difference):
        verdict = ONE_SIDED
    else:
        is_bent = negligible < abs(slopes[1] - slopes[0]) < math.inf
        verdict = (_verdict_of_bend(point, position, h, negligible, known) if is_bent else "") or known
        if verdict == UNRESOLVED:
            verdict = _verdict_of_unresolved(point, position, h)
    table.append(check)
    table.slopes.append(slopes)
    table.verdicts.append(verdict)


def _verdict_of_infinite(point: Point, position: int, gradient: float, h: float) -> str:
    """Return the verdict on an infinite gradient: whether quotients grow without bound, and with its sign."""
    x, f = point.numbers[position], point.along(position)
    sides = [side for side in (-h, h) if math.isfinite(f(x + side))]
    steep = [(f(x + side) - f(x)) / side for side in sides if slope_is_infinite(f, x, side)]
    if any(slope * gradient > 0.0 for slope in steep):
        return INFINITE_SLOPE
    return DISAGREES if sides else ONE_SIDED


def _verdict_of_bend(point: Point, position: int, h: float, negligible: float, known: str) -> str:
    """Return the verdict where the slopes on both sides differ; empty where that is only curvature."""
    jumps = _slope_jumps(point, position, h)
    is_curved = all(0.35 * whole - negligible <= half <= 0.65 * whole + negligible for whole, half in pairwise(jumps))
    if is_curved:
        return ""
    place = _steep_place(point, position, h)
    if place == "jump":
        return JUMP
    if not place and not grow(jumps):
        return AT_KINK if _is_at_kink(point, position, h, jumps[0]) else KINK
    return STEEP if known == UNRESOLVED else known


def _is_at_kink(point: Point, position: int, h: float, jump: float) -> bool:
    """Return whether the slopes differ as much for a thousandth of the step, more than they round."""
    step = 1e-3 * h
    (near, *_) = _slope_jumps(point, position, step)
    rounding = _rounding(point, step)
    return rounding < 0.1 * jump and abs(near - jump) < 0.01 * jump + rounding


def _verdict_of_unresolved(point: Point, position: int, h: float) -> str:
    """Return the verdict where differences of smaller steps have no limit, and none agrees with the gradient."""
    x, f = point.numbers[position], point.along(position)
    if _steep_place(point, position, h) == "jump":
        return JUMP
    differences = ((f(x + step) - f(x - step)) / (2.0 * step) for step in (h, 0.5 * h, 0.25 * h))
    return STEEP if grow(differences) else DISAGREES


def _slope_jumps(point: Point, position: int, h: float) -> list[float]:
    """Return by how much the slopes on both sides differ, for the step, for half of it and for half of that.

    They are halved with the step where a function is smooth, stay at a kink or vanish beside one, and grow where it
    is steeper and steeper.
    """
    x, f = point.numbers[position], point.along(position)
    return [abs((f(x + step) - point.value) - (point.value - f(x - step))) / step for step in (h, 0.5 * h, 0.25 * h)]


def _steep_place(point: Point, position: int, h: float) -> str:
    """Return the place within the step where the function changes most, by more than it rounds."""
    x, rounding = point.numbers[position], 16.0 * sys.float_info.epsilon * point.magnitude()
    return steep_place(point.along(position), x - h, x + h, rounding=rounding)


def _check(gradient: float, difference: float) -> GradientCheck:
    scale = max(abs(gradient), abs(difference), 1.0)
    return GradientCheck(gradient, difference, abs(gradient - difference) / scale)


def _at_another_step(
    point: Point, position: int, h: float, check: GradientCheck, tolerance: float
) -> tuple[GradientCheck, str]:
    """Return a check with a difference that is more accurate, if one is found, and the verdict on that."""
    gradient = check.gradient
    if abs(gradient - check.difference) <= _rounding(point, h):
        larger = _agreeing_at_larger_step(point, position, h, gradient, tolerance)
        return larger or check, AGREES if larger else ROUNDED
    limit, smaller = _extrapolated(point, position, h, check.difference, tolerance)
    check = _check(gradient, limit)
    if check.error <= tolerance:
        return check, AGREES
    is_hidden = abs(gradient - limit) <= _rounding(point, smaller)
    is_known = smaller < h or math.isnan(gradient)
    return check, ROUNDED if is_hidden else DISAGREES if is_known else UNRESOLVED


def _extrapolated(point: Point, position: int, h: float, difference: float, tolerance: float) -> tuple[float, float]:
    """Return the limit of the central difference for small steps, and the step; the given one if none is found.

    The error of the difference is about c·h², so a third of its change for half the step is what is left of it.
    """
    x, first, coarse, latest = point.numbers[position], h, difference, math.nan
    for _ in range(HALVINGS):
        h *= 0.5
        fine = (point.value_at(position, x + h) - point.value_at(position, x - h)) / (2.0 * h)
        limit = fine + (fine - coarse) / 3.0
        if abs(limit - latest) <= 0.5 * tolerance * max(abs(limit), 1.0):
            return limit, h
        coarse, latest = fine, limit
    return difference, first


def _rounding(point: Point, h: float) -> float:
    """Return how far rounding can move the central difference: a few units in the last place, divided by h."""
    return 8.0 * sys.float_info.epsilon * point.magnitude() / h


def _agreeing_at_larger_step(
    point: Point, position: int, h: float, gradient: float, tolerance: float
) -> GradientCheck | None:
    """Return the check of a larger step, and of twice that step too, that agrees; None if there is none."""
    x, before = point.numbers[position], None
    for _ in range(DOUBLINGS):
        h *= 2.0
        check = _check(gradient, (point.value_at(position, x + h) - point.value_at(position, x - h)) / (2.0 * h))
        agrees = check.error <= tolerance
        if agrees and before is not None:
            return before
        before = check if agrees else None
    return None


def _sample_of(row: Primitive) -> tuple[Callable[..., Any], list[Any], list[str]]:
    """Return a row as a function of those operands that vary, with numbers from its domain, and their names."""
    domain = row.domain if len(row.domain) == row.arity else [(0.5, 1.5)] * row.arity
    fixed: dict[str, Any] = {}
    varied: dict[str, Any] = {}
    for k, (name, is_list, (low, high)) in enumerate(zip(row.operands, row.takes_list, domain, strict=True)):
        shares = [((0.37 + 0.23 * k + 0.31 * j) % 1.0) for j in range(ELEMENTS if is_list else 1)]
        numbers = [low + share * (high - low) for share in shares]
        (fixed if low == high else varied)[name] = numbers if is_list else numbers[0]

    def function(*operands: Any) -> Any:
        return row(**fixed, **dict(zip(varied, operands, strict=True)))

    return function, list(varied.values()), list(varied)
