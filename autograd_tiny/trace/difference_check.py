"""Compare a gradient with a central difference, which does not use the chain rule.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> print((a * b).trace().check(a))
∂L/∂a = -3 by the chain rule, -3 by the central difference with h = 0.0002: relative error 7e-13
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.symbolic.notation import format_number, text_name
from autograd_tiny.symbolic.short_names import truncate
from autograd_tiny.trace.crossed_kinks import crossed, has_jump_between
from autograd_tiny.trace.passes import Edges, numbers_of, primitive_of
from autograd_tiny.trace.stepper import Stepper

STEPS: Final = tuple(10.0**-digits for digits in range(3, 9))
"""The steps that are tried, relative to the number and to 1."""

SMALLEST_SCALE: Final = 1e-290
"""A number below this counts as 0: steps relative to it would underflow."""

MEAN: Final = "the difference is the mean of two slopes, the gradient follows the convention"
JUMPS: Final = "the value jumps there, which the difference divides by 2h, and the gradient leaves out"

AGREEMENT: Final = 1e-6
"""The largest relative error of a gradient that agrees."""


@dataclass(frozen=True, slots=True, repr=False)
class Check:
    """A gradient beside the central difference (f(x + h) - f(x - h)) / 2h.

    Attributes:
        root: name of f.
        node: name of x.
        gradient: from the backward pass, at the end.
        difference: the central difference; nan where f is not finite or not defined on one side.
        step: h.
        noise: the largest error of the difference by rounding.
        error: |gradient - difference| / max(|gradient|, |difference|), 0 where both are 0.
        kinks: formulas of the nodes with a kink between x - h and x + h.
        jumps: whether the value of one of these jumps there.
    """

    root: str
    node: str
    gradient: float
    difference: float
    step: float
    noise: float
    error: float
    kinks: tuple[str, ...]
    jumps: bool = False

    @property
    def agrees(self) -> bool:
        """Return True if the gradient differs from the difference by no more than the error of the difference."""
        size = max(abs(self.gradient), abs(self.difference))
        return abs(self.gradient - self.difference) <= AGREEMENT * size + self.noise

    def __repr__(self) -> str:
        gradient, difference, h = map(format_number, (self.gradient, self.difference, self.step))
        numbers = f"{gradient} by the chain rule, {difference} by the central difference"
        root, node = text_name(self.root), text_name(self.node)
        text = f"∂{root}/∂{node} = {numbers} with h = {h}: relative error {self.error:.1g}"
        if self.kinks:
            bent = ", ".join([*map(truncate, self.kinks[:3]), *["…"] * (len(self.kinks) > 3)])
            text += f"; there is a kink between {node} - h and {node} + h, of {bent}"
            text += f": {JUMPS if self.jumps else MEAN}"
        elif math.isnan(self.difference):
            text += f"; there is no difference, because {root} is not finite on one side"
        elif not math.isfinite(self.gradient):
            text += "; the gradient is not finite, so it has no difference to agree with"
        elif not self.agrees:
            text += "; they disagree: a jump is near, or a partial is wrong"
        return text


def check(trace: Stepper, node: Value | str) -> Check:
    """Compare the gradient of a node with the central difference, in which an inner node is a free variable.

    Several steps h are tried, and the one is taken whose difference varies least: larger steps are inexact where the
    function is curved, smaller ones where it is rounded.
    """
    x = trace.position(node)
    number, gradient = trace.events.numbers.values[x], trace.events.numbers.gradients[x]
    f = function_of(trace.edges, trace.events.numbers.values, x)
    rounding = _rounding(trace, x)
    step, difference = _steadiest(f, number, rounding)
    size = max(abs(gradient), abs(difference), sys.float_info.min)
    error = abs(gradient - difference) / size
    kinks: list[int] = []
    jumps = False
    if not math.isnan(difference):
        left, right = f(number - step), f(number + step)
        kinks = crossed(trace.edges, left, right)
        jumps = any(_has_jump(trace.edges, left, right, z) for z in kinks)
    names = trace.names[trace.root], trace.names[trace.nodes[x]]
    formulas = tuple(map(trace.events.formula, kinks))
    return Check(*names, gradient, difference, step, 4.0 * rounding / step, error, formulas, jumps)


def _has_jump(edges: Edges, left: array[float], right: array[float], z: int) -> bool:
    return has_jump_between(primitive_of(edges.nodes[z]), numbers_of(edges, left, z), numbers_of(edges, right, z))


def function_of(edges: Edges, values: array[float], x: int) -> Callable[[float], array[float]]:
    """Return the function from a number for one node to the numbers of all, of which the last is the root's."""
    known, calls = (
        list(values),
        [],
    )  # the constants follow the numbers of the nodes, so that operands are places alone
    for z in edges.dependents(x):
        node, places = edges.nodes[z], []
        for operand in node.operands:
            is_node = isinstance(operand, Value)
            places.append(edges.index[operand] if is_node else len(known))
            known += [] if is_node else [operand]
        primitive = primitive_of(node)
        calls.append((z, primitive.evaluate, primitive.group if primitive.list_positions else None, places))

    def f(number: float) -> array[float]:
        moved = known.copy()
        moved[x] = number
        look_up = moved.__getitem__
        for z, evaluate, group, places in calls:
            moved[z] = evaluate(*map(look_up, places)) if group is None else evaluate(*group([*map(look_up, places)]))
        return array("d", moved[: len(values)])

    return f


def _rounding(trace: Stepper, x: int) -> float:
    """Return an estimate of the rounding error of f: the sum of those of the nodes that depend on x."""
    values, gradients = trace.events.numbers.values, trace.events.numbers.gradients
    sizes = (abs(values[z] * gradients[z]) for z in trace.edges.dependents(x))
    return sys.float_info.epsilon * sum(filter(math.isfinite, sizes))


def _steadiest(f: Callable[[float], array[float]], number: float, rounding: float) -> tuple[float, float]:
    """Return the step, and the difference with it, that changes least from the step before, rounding included."""
    best = (math.inf, STEPS[2] * max(abs(number), 1.0), math.nan)
    scales = max(abs(number), 1.0), abs(number) if abs(number) > SMALLEST_SCALE else 1.0
    for scale in dict.fromkeys(scales):
        differences = [(scale * step, _difference(f, number, scale * step)) for step in STEPS]
        for (_, before), (step, difference) in pairwise(differences):
            doubt = abs(before - difference) + rounding / step
            if doubt < best[0]:
                best = doubt, step, difference
    return best[1:]


def _difference(f: Callable[[float], array[float]], number: float, step: float) -> float:
    right, left = number + step, number - step
    try:
        return (f(right)[-1] - f(left)[-1]) / (right - left)
    except (ArithmeticError, AutogradError, ValueError):  # not defined there, as beside the index of a class
        return math.nan
