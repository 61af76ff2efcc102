"""Breakpoints: a node, and a condition under which its gradient is worth a stop.

>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.course import Course
>>> a = Value(3.0, label="a")
>>> course = Course(a * a)
>>> print(breakpoint := Breakpoint(1, "a", a, condition_at(a, "grad > 5", course.trace)))
1: a if grad > 5
>>> course.until(breakpoint.holds, course.schedule.arrivals(a)), course.trace.gradient(a)
(True, 6.0)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from autograd_tiny.debugger.calculator import Calculation
from autograd_tiny.engine.value import Value
from autograd_tiny.trace import Trace


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A place to stop.

    Attributes:
        number: what it is called.
        name: of the node.
        node: stops when this receives a contribution, or in the forward pass its value.
        condition: as `condition_at` reads it, None for none.
        is_temporary: whether it is gone after the first stop.
    """

    number: int
    name: str
    node: Value
    condition: Calculation | None = None
    is_temporary: bool = False

    def __str__(self) -> str:
        condition = f" if {self.condition.text}" if self.condition else ""
        return f"{self.number}: {self.name}{condition}{' (once)' if self.is_temporary else ''}"

    def holds(self) -> bool:
        """Tell whether the condition holds at the cursor."""
        return self.condition is None or self.condition.holds()


def condition_at(node: Value, text: str, trace: Trace) -> Calculation:
    """Return a condition over nodes, which follows the cursor; what is not known there counts as nan.

    `grad`, `value`, `upstream`, `partial` and `contribution` are those of the event that just happened.

    Args:
        node: whose breakpoint it is.
        text: of the condition.
        trace: where the numbers are.

    Raises:
        ExpressionError: it is too long.
        UnknownNodeError: it mentions a node that the graph does not have.
    """

    def look_up(name: str, part: str) -> float:
        if name in {"upstream", "partial", "contribution"}:
            number = getattr(trace[trace.cursor - 1], name) if trace.cursor else None
        elif name in {"grad", "value"}:
            number = trace.gradient(node) if name == "grad" else trace.value(node)
        else:
            number = trace.gradient(name) if part == "grad" else trace.value(name)
        return math.nan if number is None else number

    return Calculation(text, look_up)
