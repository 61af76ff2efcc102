r"""The commands that walk: `s n c`, the same backwards, `j`, and the two passes.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.screen import Screen
>>> from autograd_tiny.debugger.terminal import Keyboard
>>> a = Value(3.0, label="a")
>>> session = Walking(a * a, Keyboard(io.StringIO("n\nrs\n")), Screen(io.StringIO()))
>>> session.run()
>>> print(*session.screen.shown[-2:], sep="\n")
[3/3]  a.grad          6 → 3          taken back
(backward)
"""

from __future__ import annotations

from autograd_tiny.debugger.breakpoints import Breakpoint
from autograd_tiny.debugger.errors import PromptError
from autograd_tiny.debugger.levels import levels_of
from autograd_tiny.debugger.ranges import list_names
from autograd_tiny.debugger.session import whole_number
from autograd_tiny.debugger.stopping import Stopping
from autograd_tiny.errors import shorten
from autograd_tiny.symbolic.notation import format_number

OVER, BEGINNING = "The {} pass is over; {}.", "This is the beginning of the {} pass; {}."


class Walking(Stopping):
    """Goes through the passes."""

    def do_s(self, line: str) -> None:
        """`s [N]`: make the next step, one contribution, or N of them.

        The line shows whose gradient changes, from what to what, and why: the gradient of the consumer (the
        upstream) times the partial. A dash is a gradient that nothing has reached yet.
        """
        if self._has_more(back=False):
            self.show_events(self.course.steps(_count(line)))

    def do_n(self, line: str) -> None:
        """`n [N | layer | neuron]`: let the next node hand down to all its inputs.

        A word such as layer or neuron goes on to the end of that module, as the labels of its parameters tell:
        layers[0].neurons[1].w[0] is a weight of a neuron in a layer.
        """
        self._nodes(line, back=False)

    def do_c(self, line: str) -> None:
        """`c`: go on to the next breakpoint, or to the end."""
        self._run(back=False)

    def do_rs(self, line: str) -> None:
        """`rs [N]`: take the latest step back, or N of them.

        Every number is restored to what it was, not subtracted.
        """
        if self._has_more(back=True):
            self.show_undone(self.course.steps(_count(line), back=True))

    def do_rn(self, line: str) -> None:
        """`rn [N | layer | neuron]`: take the latest node back.

        A number and a word mean what they mean for n.
        """
        self._nodes(line, back=True)

    def do_rc(self, line: str) -> None:
        """`rc`: go back to the breakpoint before, or to the start."""
        self._run(back=True)

    def do_j(self, line: str) -> None:
        """`j N`: jump to where N steps of this pass are done.

        Forwards or backwards; j 0 is the beginning.
        """
        place, total = whole_number(line), self.course.total
        if place is None or place > total:
            raise PromptError(f"j takes a whole number from 0 to {total}, how many steps are done")
        self.course.jump(place)
        self.show_place()

    def do_forward(self, line: str) -> None:
        """`forward`: walk the forward pass, one node a step.

        The commands are the same; backward comes back to where the backward pass was left.
        """
        self._enter(forward=True)

    def do_backward(self, line: str) -> None:
        """`backward`: walk the backward pass, one contribution a step."""
        self._enter(forward=False)

    def _enter(self, *, forward: bool) -> None:
        self.course.enter(forward=forward)
        self._headed = self.middle = None
        steps, kind = self.course.total, "node" if forward else "contribution, the seed included"
        done = f"; {self.course.done} are done, j 0 goes to the beginning" if self.course.done else ""
        self.screen.show(f"The {self._pass} pass: {steps} step{'s' * (steps != 1)}, each one {kind}{done}.")

    def _has_more(self, *, back: bool) -> bool:
        """Tell whether there is a step to make; if not, say what can be done instead."""
        if back and self.course.is_at_start:
            other = "backward walks the backward pass" if self.course.is_forward else "forward walks the forward pass"
            self.screen.show(BEGINNING.format(self._pass, other))
            return False
        if not back and self.course.is_at_end:
            other = (
                "backward walks the backward pass" if self.course.is_forward else "rs goes back, q ends the session"
            )
            self.screen.show(OVER.format(self._pass, other))
            return False
        return True

    def _nodes(self, line: str, *, back: bool) -> None:
        if not self._has_more(back=back):
            return
        if line and not line.isdecimal():
            self._level(line, back=back)
            return
        events = self.course.nodes(_count(line), back=back)
        if back:
            self.show_undone(events)
        else:
            self.show_events(events)

    def _level(self, word: str, *, back: bool) -> None:
        """Go through a layer, a neuron or the like, and show what it did in one line."""
        trace = self.course.trace
        levels = levels_of(map(trace.module, trace.nodes))
        if word not in levels:
            known = f"the labels here tell of: {', '.join(levels)}" if levels else "no label here has a dot in it"
            raise PromptError(f"no module is called {word!r}; {known}, as in layers[0].neurons[1].w[0]")
        before = trace.cursor
        nodes = self.course.level(word, back=back)
        modules = list(dict.fromkeys(filter(None, map(trace.module, nodes))))
        where = f" of {list_names(modules)}" if modules else f" outside of every {word}"
        self.show_passed(abs(trace.cursor - before), len(nodes), back=back, where=where)
        parameters = [x for node in nodes for x in node.inputs if x.primitive is None and trace.module(x)]
        gradients = [gradient for x in dict.fromkeys(parameters) if (gradient := trace.gradient(x)) is not None]
        if gradients:
            least, most, zeros = (
                format_number(min(gradients)),
                format_number(max(gradients)),
                gradients.count(0.0) or "none",
            )
            of = f"{len(gradients)} parameter{'s' * (len(gradients) != 1)}"
            self.screen.show(f"  gradients of {of}: from {least} to {most}, {zeros} of them 0")
        self._headed = None
        self.stop()

    def _run(self, *, back: bool) -> None:
        if not self._has_more(back=back):
            return
        trace, schedule = self.course.trace, self.course.schedule
        before = trace.cursor
        events = [
            event
            for breakpoint in self.breakpoints
            for event in schedule.arrivals(breakpoint.node, forward=self.course.is_forward)
        ]
        found = self.course.until(lambda: bool(self._hits()), events, back=back)
        first, last = sorted((before, trace.cursor))
        if last - first > 1 or back:
            nodes = len(schedule.nodes_in(schedule.start_of(first), last))
            self.show_passed(last - first, nodes, back=back)
        if found:
            hits = self._hits()
            self.screen.show(f"Breakpoint {', '.join(map(str, hits))}")
            self.breakpoints = [kept for kept in self.breakpoints if kept not in hits or not kept.is_temporary]
        if found or back:
            self.show_place()
        else:
            self.stop()

    def _hits(self) -> list[Breakpoint]:
        """Return the breakpoints that the latest event is one to stop at."""
        trace = self.course.trace
        receiver = self.course.schedule.receiver_at(trace.cursor - 1)
        return [stop for stop in self.breakpoints if stop.node is receiver and stop.holds()]


def _count(line: str) -> int:
    """Return how often a command is to be done, once if it does not say."""
    count = whole_number(line or "1")
    if not count:
        raise PromptError(f"how many? {shorten(line)} is no whole number from 1")
    return count
