"""Compare a gradient with a central difference, which does not use the chain rule.

A difference has an error of its own: truncation, since h is not 0, and rounding. Both are estimated, and a gradient
that is no farther from the difference than this agrees with it.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> print((a * b).trace().check(a))
∂L/∂a = -3 by the chain rule, -3 by the central difference with h = 0.0002: relative error 7e-13
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.symbolic.notation import format_number, text_name
from autograd_tiny.symbolic.short_names import truncate
from autograd_tiny.trace.crossed_kinks import crossed, deciding, has_jump_between, has_kink_between
from autograd_tiny.trace.fact_texts import CHECKS
from autograd_tiny.trace.passes import Edges, changed_pass, numbers_of, primitive_of
from autograd_tiny.trace.stepper import Stepper

STEPS: Final = tuple(10.0**-digits for digits in range(3, 9))
"""The steps that are tried, relative to the number and to 1."""

SMALLER_STEPS: Final = tuple(10.0**-digits for digits in range(8, 18))
"""Tried where the function bends too much for the others."""

LARGER_STEPS: Final = tuple(10.0**digits for digits in range(4, -4, -1))
"""Tried where rounding hides the difference with the others."""

SMALL: Final = 0.1
"""For smaller numbers, steps relative to the number are tried too."""

SMALLEST_SCALE: Final = 1e-290
"""A number below this counts as 0: steps relative to it would underflow."""

AGREEMENT: Final = 1e-6
"""The largest relative error of a gradient that agrees."""

MOST: Final = 100
"""The largest number of kinks that are examined one by one."""

UNSTEADY: Final = 1e-2
"""A difference that changes by more from step to step, relative to its size, tells little."""

BESIDE: Final = 1e-3
"""The largest relative error of a gradient beside a kink: its difference takes two points close to each other."""


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
        kinks: formulas of the nodes with a kink or a jump between x - h and x + h.
        jumps: whether the value of one of these jumps there.
        truncation: how much the difference with 10h differs, which is more than the error by h.
        slopes: (f(x) - f(x - h)) / h and (f(x + h) - f(x)) / h, where there are kinks.
        effect: what the kinks do to f, as measured; "" without kinks. "mean": the slopes on both sides of x differ.
            "mixed": the kink is beside x. "convention": the slope is the same on both sides, and the gradient at the
            kink is another. "same slope": it is the same and the gradient. "jump": f jumps. "unseen": f(x) alone is
            off, and the gradient agrees. "alone": f(x) alone is off, and it does not. "wrong": the gradients on both
            sides are no slopes either. "infinite": the gradient is not finite.
        step_name: how the text writes h: by another letter where a node has this name.
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
    truncation: float = 0.0
    slopes: tuple[float, float] = (math.nan, math.nan)
    effect: str = ""
    step_name: str = "h"

    @property
    def agrees(self) -> bool:
        """Return True if the gradient differs from the difference by no more than the error of the difference."""
        difference = abs(self.gradient - self.difference)
        return math.isfinite(self.gradient) and difference <= AGREEMENT * self.size + self.doubt

    @property
    def doubt(self) -> float:
        """Return the largest error of the difference."""
        return self.noise + self.truncation

    @property
    def size(self) -> float:
        """Return the larger size of the two numbers."""
        return max(abs(self.gradient), abs(self.difference))

    @property
    def is_hidden(self) -> bool:
        """Return True if rounding may have moved the difference by more than the error that is allowed."""
        allowed = AGREEMENT * max(self.size, 1.0)
        return self.noise > allowed and abs(self.gradient - self.difference) > allowed

    def __repr__(self) -> str:
        gradient, difference, step = map(format_number, (self.gradient, self.difference, self.step))
        numbers = f"{gradient} by the chain rule, {difference} by the central difference"
        root, node = text_name(self.root), text_name(self.node)
        return f"∂{root}/∂{node} = {numbers} with {self.step_name} = {step}: {self._comparison()}{self._remark()}"

    def _comparison(self) -> str:
        if not self.agrees or self.error <= AGREEMENT:
            return f"relative error {self.error:.1g}"
        kind = "hidden" if self.is_hidden else "within error"
        return CHECKS[kind].format(error=f"{self.doubt:.1g}")

    def _remark(self) -> str:
        root, node = text_name(self.root), text_name(self.node)
        if self.kinks:
            bent = ", ".join([*map(truncate, self.kinks[:3]), *["…"] * (len(self.kinks) > 3)])
            left, right = (format_number(slope if abs(slope) > 2.0 * self.noise else 0.0) for slope in self.slopes)
            blanks = {"root": root, "x": node, "h": self.step_name}
            place = CHECKS["place"].format(kind="jump" if self.jumps else "kink", nodes=bent, **blanks)
            effect = CHECKS[self.effect].format(left=left, right=right, **blanks)
            return f"; {place}: {effect}"
        if math.isnan(self.difference):
            return f"; {CHECKS['no difference'].format(root=root)}"
        if not math.isfinite(self.gradient):
            return f"; {CHECKS['infinite']}"
        return "" if self.agrees else f"; {CHECKS['wrong']}"


def _tell_nobody(count: int) -> None:
    """Show no progress."""


def check(trace: Stepper, node: Value | str, *, tell: Callable[[int], None] = _tell_nobody) -> Check:
    """Compare the gradient of a node with the central difference, in which an inner node is a free variable.

    Several steps h are tried, and the one is taken whose difference varies least: larger steps are inexact where the
    function is curved, smaller ones where it is rounded. Where these do not agree with the gradient, much smaller
    steps are tried as well, and much larger ones where rounding hides the difference.

    Args:
        trace: the pass.
        node: or its name.
        tell: gets the number of times that the root was computed so far.
    """
    line = _Line(trace, trace.position(node), tell)
    result = line.check(STEPS)
    if result.agrees and not result.is_hidden:
        return result
    other = line.check(LARGER_STEPS if result.agrees else SMALLER_STEPS)
    return other if _is_better(other, result) else result


def _is_better(other: Check, result: Check) -> bool:
    """Return whether the check with other steps tells more than one that does not agree, or whose noise hides all."""
    if other.kinks:
        return result.effect == "wrong" != other.effect
    is_steady = result.truncation <= UNSTEADY * abs(result.difference)
    allowed = UNSTEADY * result.size if result.kinks else result.doubt if is_steady else result.size
    return other.agrees and other.doubt <= allowed


class _Line:
    """The root as a function of the number of one node."""

    def __init__(self, trace: Stepper, x: int, tell: Callable[[int], None] = _tell_nobody) -> None:
        numbers = trace.events.numbers
        self.trace, self.x = trace, x
        self.number, self.gradient = numbers.values[x], numbers.gradients[x]
        self.dependents = trace.edges.dependents(x)
        self._function, self._tell, self._count = (
            function_of(trace.edges, numbers.values, x, self.dependents),
            tell,
            0,
        )

    def f(self, number: float) -> array[float]:
        """Return the numbers of all nodes, with another one for x."""
        numbers = self._function(number)
        self._count += 1
        self._tell(self._count)
        return numbers

    def check(self, steps: Sequence[float]) -> Check:
        """Return the check with the steadiest of these steps."""
        rounding = self._rounding([])
        step, difference, truncation = _steadiest(self.f, self.number, rounding, steps)
        size = max(abs(self.gradient), abs(difference), sys.float_info.min)
        error = abs(self.gradient - difference) / size
        names = self.trace.names[self.trace.root], self.trace.names[self.trace.nodes[self.x]]
        letter = self.trace.events.helpers.free("h")
        result = Check(*names, self.gradient, difference, step, 4.0 * rounding / step, error, (), step_name=letter)
        if math.isnan(difference):
            return result
        if result.error > AGREEMENT:  # a pass of its own, which only a larger error needs
            rounding = self._rounding([self.number + step])
        return self._with_kinks(replace(result, noise=4.0 * rounding / step, truncation=truncation))

    def _rounding(self, numbers: Sequence[float]) -> float:
        """Return an estimate of the rounding error of f: the sum of those of the nodes that depend on x.

        Where the gradient of a node is 0 at x, as that of a square at 0, those beside x count.
        """
        edges, total = self.trace.edges, 0.0
        recorded = self.trace.events.numbers
        passes = [recorded, *(changed_pass(edges, recorded, self.x, number) for number in numbers)]
        for z in self.dependents:
            sizes = (abs(one.values[z] * one.gradients[z]) for one in passes)
            total += max(filter(math.isfinite, sizes), default=0.0)
        sizes = (abs(one.values[self.x] * one.gradients[self.x]) for one in passes)
        return sys.float_info.epsilon * (total + max(filter(math.isfinite, sizes), default=0.0))

    # ── kinks ──

    def _with_kinks(self, result: Check) -> Check:
        """Return the check with the kinks between x - h and x + h, and what they do to f."""
        edges, number, h = self.trace.edges, self.number, result.step
        left, here, right = (self.f(x) for x in (number - h, number, number + h))
        among = deciding(edges, left, here, right)
        across = crossed(edges, left, right, steps=True, among=among)
        halves, others = ((left, here), (here, right)), [z for z in among if z not in across]
        alone = {z for pair in halves for z in crossed(edges, *pair, steps=True, among=others)}
        kinks = sorted({*across, *alone})
        if not kinks:
            return result
        jumps = any(
            _has_jump(edges, *pair, z) for z in kinks[:MOST] for pair in (halves if z in alone else ((left, right),))
        )
        result = replace(
            result,
            kinks=tuple(map(self.trace.events.formula, kinks)),
            jumps=jumps,
            slopes=_slopes(left[-1], here[-1], right[-1], h),
        )
        return replace(result, effect=self._effect(result, right[-1] - left[-1], kinks[:MOST]))

    def _effect(self, result: Check, change: float, kinks: Sequence[int]) -> str:
        """Return what the kinks do to f: a tenth of the step tells a jump and a kink from a bend."""
        if not math.isfinite(self.gradient):
            return "infinite"
        h = 0.1 * result.step
        left, here, right = (self.f(x)[-1] for x in (self.number - h, self.number, self.number + h))
        slopes = _slopes(left, here, right, h)
        turn, before = abs(slopes[1] - slopes[0]), abs(result.slopes[1] - result.slopes[0])
        allowed = AGREEMENT * max(map(abs, (self.gradient, result.difference))) + 20.0 * result.noise
        is_bent = turn > max(0.5 * before, allowed)
        if result.agrees:
            return "unseen" if is_bent and result.jumps else "mean" if is_bent else "same slope"
        if result.jumps and abs(right - left) > 0.5 * abs(change):
            return "jump"
        if not self._is_right_beside(result.step):
            return "wrong"
        if not self._is_at_kink(result.step, kinks):
            return "mixed"
        return "convention" if not is_bent else "alone" if turn > 5.0 * before and result.jumps else "mean"

    def _is_at_kink(self, h: float, kinks: Sequence[int]) -> bool:
        """Return whether a kink is so close to x that the difference is the mean of the slopes."""
        gap, edges = max(AGREEMENT * h, 4.0 * math.ulp(self.number)), self.trace.edges
        left, here, right = (self.f(x) for x in (self.number - gap, self.number, self.number + gap))
        return any(
            has_kink_between(primitive_of(edges.nodes[z]), *(numbers_of(edges, one, z) for one in pair), steps=True)
            for pair in ((left, right), (left, here), (here, right))
            for z in kinks
        )

    def _is_right_beside(self, h: float) -> bool:
        """Return whether the gradients on both sides of x are the slopes of f there."""
        for side in (-h, h):
            near, far = (self.f(self.number + part * side)[-1] for part in (0.5, 1.0))
            middle = changed_pass(self.trace.edges, self.trace.events.numbers, self.x, self.number + 0.75 * side)
            slope, gradient = (far - near) / (0.5 * side), middle.gradients[self.x]
            noise = 16.0 * self._rounding([self.number + side]) / h
            if not abs(slope - gradient) <= BESIDE * max(abs(slope), abs(gradient)) + noise:
                return False
        return True


def _slopes(left: float, here: float, right: float, h: float) -> tuple[float, float]:
    return (here - left) / h, (right - here) / h


def _has_jump(edges: Edges, left: array[float], right: array[float], z: int) -> bool:
    return has_jump_between(primitive_of(edges.nodes[z]), numbers_of(edges, left, z), numbers_of(edges, right, z))


def function_of(
    edges: Edges, values: array[float], x: int, dependents: Sequence[int]
) -> Callable[[float], array[float]]:
    """Return the function from a number for one node to the numbers of all, of which the last is the root's."""
    known, calls = (
        list(values),
        [],
    )  # the constants follow the numbers of the nodes, so that operands are places alone
    for z in dependents:
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


def _steadiest(
    f: Callable[[float], array[float]], number: float, rounding: float, steps: Sequence[float]
) -> tuple[float, float, float]:
    """Return the step whose difference changes least from the step before, the difference, and the change."""
    best = (math.inf, STEPS[2] * max(abs(number), 1.0), math.nan, 0.0)
    scales = max(abs(number), 1.0), abs(number) if SMALLEST_SCALE < abs(number) < SMALL else max(abs(number), 1.0)
    for scale in dict.fromkeys(scales):
        differences = [(scale * step, _difference(f, number, scale * step)) for step in steps]
        for (_, before), (step, difference) in pairwise(differences):
            change = abs(before - difference)
            if change + rounding / step < best[0]:
                best = change + rounding / step, step, difference, change
    return best[1:]


def _difference(f: Callable[[float], array[float]], number: float, step: float) -> float:
    right, left = number + step, number - step
    try:
        return (f(right)[-1] - f(left)[-1]) / (right - left)
    except (ArithmeticError, AutogradError, ValueError):  # not defined there, as beside the index of a class
        return math.nan
