r"""The commands that say where to stop: `b tb cl`.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.screen import Screen
>>> from autograd_tiny.debugger.terminal import Keyboard
>>> a = Value(3.0, label="a")
>>> session = Breaking(a * a, Keyboard(io.StringIO("b a if grad > 4\nb\ncl\n")), Screen(io.StringIO()))
>>> session.run()
>>> print(*session.screen.shown, sep="\n")
(backward) b a if grad > 4
breakpoint 1: a if grad > 4
(backward) b
breakpoint 1: a if grad > 4
(backward) cl
cleared 1: a if grad > 4
(backward)
"""

from __future__ import annotations

import re

from autograd_tiny.debugger.breakpoints import Breakpoint, condition_at
from autograd_tiny.debugger.errors import PromptError
from autograd_tiny.debugger.session import whole_number
from autograd_tiny.debugger.stopping import Stopping


class Breaking(Stopping):
    """Keeps the breakpoints."""

    _latest = 0
    """The number of the latest breakpoint: none is given twice."""

    def do_b(self, line: str) -> None:
        """`b [NODE [if CONDITION]]`: break when a node receives a contribution.

        Alone, it lists the breakpoints. In the forward pass, they stop when the node is computed.

        A condition compares expressions, joined by and, or, not. In it grad, value, upstream, partial and
        contribution are those of the step that was just made: b w if abs(grad) > 10 and a.grad < 0
        """
        if line:
            self._break(line, is_temporary=False)
        elif self.breakpoints:
            for breakpoint in self.breakpoints:
                self.screen.show(f"breakpoint {breakpoint}")
        else:
            self.screen.show("no breakpoints; write a node, as in b a, or b a if grad > 10")

    def do_tb(self, line: str) -> None:
        """`tb NODE [if CONDITION]`: break once: gone after its first stop."""
        self._break(line, is_temporary=True)

    def do_cl(self, line: str) -> None:
        """`cl [N | NODE]`: clear the breakpoint N, those of a node, or all."""
        if not self.breakpoints:
            raise PromptError("no breakpoints to clear")
        chosen = self.breakpoints
        if line.isdecimal():
            chosen = [breakpoint for breakpoint in chosen if breakpoint.number == whole_number(line)]
        elif line:
            node = self.find(line)
            chosen = [breakpoint for breakpoint in chosen if breakpoint.node is node]
        if not chosen:
            raise PromptError(f"no breakpoint is called {line} or belongs to it; b lists them")
        self.breakpoints = [breakpoint for breakpoint in self.breakpoints if breakpoint not in chosen]
        for breakpoint in chosen:
            self.screen.show(f"cleared {breakpoint}")

    def _break(self, line: str, *, is_temporary: bool) -> None:
        node, rest = self.split(line)
        match = re.fullmatch(r"(?:if\s+(\S.*))?", rest)
        if match is None:
            raise PromptError("behind the node stands nothing, or if and a condition, as in b a if grad > 10")
        trace = self.course.trace
        number = self._latest + 1
        condition = condition_at(node, match[1], trace) if match[1] else None
        breakpoint = Breakpoint(number, trace.names[node], node, condition, is_temporary)
        breakpoint.holds()  # a mistake in the condition shows now
        self._latest = number
        self.breakpoints.append(breakpoint)
        self.screen.show(f"breakpoint {breakpoint}")
