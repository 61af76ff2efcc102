"""Differentiate a program in 65 digits without a derivative rule, and bound how far rounding may move its gradient.

Each step is a function of mpmath numbers. Its partials are central differences (f(x + h) - f(x - h)) / 2h, which
agree with the derivatives to some 30 digits; they are accumulated in reverse on a tape (Griewank and Walther 2008,
section 3.2).

The condition of a number is the bound, to first order, of its change when every operand, result, partial, product and
sum on the way to it changes by a relative 1 (running error analysis, Higham 2002, section 3.3). So a float that is
computed with a few roundings of each is off by a few 1e-16 times its condition. The rounding of a number reaches the
partials that depend on it by second derivatives, which are differences as well.

>>> tape = Tape([3.0])
>>> tape.append(lambda x, y: x * y, [0, 0])
>>> tape.append(mpmath.log, [1])
>>> gradient, condition = tape.gradients()[0]
>>> f"{float(gradient):.6f}", condition < 10.0
('0.666667', True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
from mpmath import mpf

from tests.random_programs import Operand, flatten, in_shape

DIGITS = 65
STEP = mpf(10) ** -18


@dataclass(frozen=True, slots=True)
class Edge:
    """From a result to one of its operands: the partial and its condition."""

    source: int
    partial: Any
    condition: float


class Tape:
    """The numbers of a program, their conditions, and the edges by which each was computed."""

    def __init__(self, leaves: Sequence[float]) -> None:
        self.numbers: list[Any] = [mpf(x) for x in leaves]
        self.conditions = [0.0] * len(leaves)
        self.edges: list[list[Edge]] = [[] for _ in leaves]

    def append(self, function: Callable[..., Any], operands: Sequence[Operand]) -> None:
        """Compute a step and its partials."""
        with mpmath.workdps(DIGITS):
            flat = flatten(operands)
            point = [self.numbers[x] if isinstance(x, int) else mpf(x) for x in flat]
            moving = [k for k, x in enumerate(flat) if isinstance(x, int)]
            z, partials, curvature = differences(function, operands, point, moving)
            moves = {k: float(abs(point[k])) + self.conditions[flat[k]] for k in moving}
            self.numbers.append(z)
            self.conditions.append(float(abs(z)) + sum(float(abs(partials[k])) * moves[k] for k in moving))
            of_partial = {
                k: float(abs(partials[k])) + sum(curvature[min(k, j), max(k, j)] * moves[j] for j in moving)
                for k in moving
            }
            self.edges.append([Edge(flat[k], partials[k], of_partial[k]) for k in moving])

    def without_last(self) -> Tape:
        """Remove the last step, and return the tape."""
        for numbers in (self.numbers, self.conditions, self.edges):
            numbers.pop()  # type: ignore[attr-defined]  # all three are lists
        return self

    def gradients(self) -> list[tuple[Any, float]]:
        """Return for each number the gradient of the last one with respect to it, and the condition of that."""
        with mpmath.workdps(DIGITS):
            gradients = [mpf(0)] * (len(self.numbers) - 1) + [mpf(1)]
            conditions = [0.0] * len(self.numbers)
            for position in reversed(range(len(self.numbers))):
                upstream = gradients[position]
                size = float(abs(upstream))
                for edge in self.edges[position]:
                    slope = float(abs(edge.partial))
                    gradients[edge.source] += edge.partial * upstream
                    conditions[edge.source] += slope * conditions[position] + (edge.condition + slope) * size
            return list(zip(gradients, conditions, strict=True))


def differences(
    function: Callable[..., Any], operands: Sequence[Operand], point: Sequence[Any], moving: Sequence[int]
) -> tuple[Any, dict[int, Any], dict[tuple[int, int], float]]:
    """Return the value, the partials, and the size of the second derivatives, by positions of flat operands."""

    def moved(*moves: tuple[int, Any]) -> Any:
        numbers = list(point)
        for k, by in moves:
            numbers[k] += by
        return function(*in_shape(operands, numbers))

    z = moved()
    above = {k: moved((k, STEP)) for k in moving}
    below = {k: moved((k, -STEP)) for k in moving}
    partials = {k: (above[k] - below[k]) / (2 * STEP) for k in moving}
    curvature = {(k, k): float(abs(above[k] - 2 * z + below[k]) / STEP**2) for k in moving}
    for k, j in pairs(moving):
        mixed = moved((k, STEP), (j, STEP)) - above[k] - above[j] + z
        curvature[k, j] = float(abs(mixed) / STEP**2)
    return z, partials, curvature


def pairs(items: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield all pairs of different items, in order."""
    return ((x, y) for k, x in enumerate(items) for y in items[k + 1 :])
