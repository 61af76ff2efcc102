"""End a call that takes too long, on any system and in any thread: Python's tracing looks at the clock.

It works in notebooks, on Windows and in Pyodide, where signals and processes do not. One step that never returns to
Python, such as `sum(iter(int, 1))`, is a loop inside C and cannot be ended.

>>> def endless():
...     while True:
...         pass
>>> try:
...     within(Clock(0.01), endless)
... except OutOfTime as error:
...     print(error)
it was still running after 0.01 seconds
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter
from types import FrameType
from typing import Any, Final

LINES: Final = 256
"""The lines between two looks at the clock."""


class OutOfTime(BaseException):
    """The time is up. No Exception, so that `except Exception` in a student's loop lets it pass."""


class Clock:
    """A trace function that raises when the time is up.

    >>> clock = Clock(0.0)
    >>> for _ in range(LINES):
    ...     clock.line(sys._getframe(), "line", None)
    Traceback (most recent call last):
    autograd_tiny.labs.time_limit.OutOfTime: it was still running after 0 seconds
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = perf_counter() + seconds
        self.lines = 0

    def line(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Count a line, and look at the clock now and then."""
        self.lines += 1
        if self.lines >= LINES:
            self.lines = 0
            if perf_counter() > self.end:
                raise OutOfTime(f"it was still running after {self.seconds:g} seconds")
        return self.line


def within(clock: Clock, function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns, and end it when the time is up.

    A debugger that traces too does not stop inside.

    Raises:
        OutOfTime: the time is up.
    """
    before = sys.gettrace()
    sys.settrace(clock.line)
    try:
        return function(*arguments)
    finally:  # without a call of Python, which would be traced
        sys.settrace(before)
