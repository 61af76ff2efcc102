"""Breakpoints: a node, and a condition under which its gradient is worth a stop.

>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.course import Course
>>> a = Value(3.0, label="a")
>>> course = Course(a * a)
>>> print(breakpoint := Breakpoint(1, "a", a, "grad > 5"))
1: a if grad > 5
>>> course.until(lambda: breakpoint.holds(course.trace), course.schedule.arrivals(a)), course.trace.gradient(a)
(True, 6.0)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from autograd_tiny.debugger.calculator import holds
from autograd_tiny.trace import Trace
from autograd_tiny.value import Value


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A place to stop.

    Attributes:
        number: what it is called.
        name: of the node.
        node: stops when this receives a contribution, or in the forward pass its value.
        condition: over nodes, empty for none; `grad`, `value`, `upstream`, `partial` and `contribution` are those of
            the event that just happened.
        is_temporary: whether it is gone after the first stop.
    """

    number: int
    name: str
    node: Value
    condition: str = ""
    is_temporary: bool = False

    def __str__(self) -> str:
        once = " (once)" if self.is_temporary else ""
        return f"{self.number}: {self.name}{f' if {self.condition}' if self.condition else ''}{once}"

    def holds(self, trace: Trace) -> bool:
        """Tell whether the condition holds at the cursor; what is not known yet counts as nan.

        Raises:
            ExpressionError: it is no condition.
            UnknownNodeError: it mentions a node that the graph does not have.
        """

        def look_up(name: str, part: str) -> float:
            if name in {"upstream", "partial", "contribution"}:
                number = getattr(trace[trace.cursor - 1], name) if trace.cursor else None
            elif name in {"grad", "value"}:
                number = trace.gradient(self.node) if name == "grad" else trace.value(self.node)
            else:
                number = trace.gradient(name) if part == "grad" else trace.value(name)
            return math.nan if number is None else number

        return not self.condition or holds(self.condition, look_up)
