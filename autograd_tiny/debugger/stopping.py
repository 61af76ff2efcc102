r"""What is shown where a session stops: the steps on the way, the node that acts, the displays.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.screen import Screen
>>> from autograd_tiny.debugger.terminal import Keyboard
>>> a = Value(3.0, label="a")
>>> session = Stopping(a * 2.0, Keyboard(io.StringIO()), Screen(io.StringIO()))
>>> session.show_events(session.course.node())
>>> print(*session.screen.shown, sep="\n")
L = a * 2 = 6
[1/2]  L.grad          — → 1          the seed: ∂L/∂L = 1
[2/2]  a.grad          — → 2          += ∂L/∂L·∂L/∂a = 1·2 = 2
The backward pass is over: a.grad = 2.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from autograd_tiny.debugger.errors import UnknownYetError
from autograd_tiny.debugger.hints import wrapped
from autograd_tiny.debugger.lines import MANY
from autograd_tiny.debugger.picture import picture
from autograd_tiny.debugger.session import Session
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace import Event
from autograd_tiny.trace.rules import shown

MOST_STEPS: Final = 40
"""Of more steps at once only those of the last node are shown."""
MOST_LEAVES: Final = 8
"""The largest number of leaves whose gradients are listed at the end."""


class Stopping(Session):
    """Shows where the session stands."""

    _headed: tuple[bool, str] | None = None
    """The node under whose line the steps go on."""

    def show_events(self, events: Sequence[Event]) -> None:
        """Show events that were just made, each node's under a line for this, and what is to be said about them."""
        first = self.course.done - len(events) + 1
        groups = [list(group) for _, group in groupby(events, key=_acts)]
        if len(events) > MOST_STEPS and len(groups) > 1:
            self.show_passed(len(events) - len(groups[-1]), len(groups) - 1)
            first, groups = self.course.done - len(groups[-1]) + 1, groups[-1:]
        for group in groups:
            self.show_head(group[0])
            room = self.screen.width - len(self._label(1, 1))
            for count, text in self.lines.events(group, width=room):
                self.screen.show(f"{self._label(first, count)}{text}")
                first += count
        self.show_hints([hint for group in groups for event in group for hint in self.hints.at(self.course, event)])
        self.stop()

    def show_head(self, event: Event) -> None:
        """Show the node that acts in an event, unless the line above the latest step has it already."""
        if event.kind == "forward" or self._headed == _acts(event):
            return
        self._headed = _acts(event)
        node = self.lines.node(self.course.trace.find(event.node))
        upstream = "" if event.upstream is None else f"     {event.node}.grad = {format_number(event.upstream)}"
        self.screen.show(f"{node}{upstream}", style="bold")

    def show_undone(self, events: Sequence[Event]) -> None:
        """Show events that were just taken back, the latest first."""
        self._headed = None
        if len(events) >= MANY:
            self.show_passed(len(events), len({_acts(event) for event in events}), back=True)
        else:
            for place, event in reversed(list(enumerate(events, start=self.course.done + 1))):
                self.screen.show(f"{self._label(place, 1)}{self.lines.undone(event)}")
        self.stop()

    def show_passed(self, events: int, nodes: int, *, back: bool = False, where: str = "") -> None:
        """Show in one line that events were made, or taken back, which are not shown."""
        acting = f"{nodes} node{'s' * (nodes != 1)}{where}"
        made = f"{events} step{'s' * (events != 1)} of {acting}"
        what = acting if self.course.is_forward else made
        done = "taken back" if back else "computed" if self.course.is_forward else "made"
        self.screen.show(f"… {what} {done}", style="dim")

    def show_place(self) -> None:
        """Show the event that happened last, as a stop on a long way is shown."""
        self._headed = None
        if self.course.is_at_start:
            self.screen.show(f"This is the beginning of the {self._pass} pass.")
            self.stop()
        else:
            cursor = self.course.trace.cursor
            self.show_events(self.course.trace[cursor - 1 : cursor])

    def show_text(self, text: str) -> None:
        """Show a sentence, in several lines where it is long."""
        for line in textwrap.wrap(text, self.screen.width, break_long_words=False, break_on_hyphens=False):
            self.screen.show(line)

    def show_hints(self, hints: Sequence[str]) -> None:
        """Show hints in lines of their own."""
        for line in wrapped(hints, self.screen.width):
            self.screen.show(line, style="hint")

    def show_picture(self, middle: Value) -> None:
        """Show the graph around a node."""
        forward = self.course.is_forward
        for row in picture(self.lines, self.course.schedule, middle, width=self.screen.width, forward=forward):
            style = {"title": "dim", "": "bold" if row.is_middle else "plain"}.get(row.state, row.state)
            self.screen.show(row.text, style=style)

    def stop(self) -> None:
        """Show the displays, and what came out if the pass is over; go back from where `u` and `d` led."""
        self.middle = None
        self.show_displays()
        if self.course.is_at_end:
            self.show_text(self._outcome())

    def show_displays(self) -> None:
        """Show the expressions that are to be shown, a dash for one that is not known yet."""
        for number, text in self.displays.items():
            try:
                result = repr(self.compute(text))
            except UnknownYetError:
                result = shown(None)
            self.screen.show(f"{number}: {text} = {result}")

    @property
    def _pass(self) -> str:
        return "forward" if self.course.is_forward else "backward"

    def _label(self, first: int, count: int) -> str:
        """Return which steps a line tells of."""
        total = str(self.course.total)
        last = f"..{first + count - 1}" if count > 1 else ""
        return f"[{first:>{len(total)}}{last}/{total}]  "

    def _outcome(self) -> str:
        """Return what the pass came to."""
        trace = self.course.trace
        if self.course.is_forward:
            root = f"{trace.names[trace.root]} = {shown(trace.value(trace.root))}"
            return f"The forward pass is over: {root}. Now type backward."
        leaves = [node for node in trace.nodes if node.primitive is None]
        gradients = [f"{trace.names[leaf]}.grad = {shown(trace.gradient(leaf))}" for leaf in leaves]
        if len(leaves) <= MOST_LEAVES:
            return f"The backward pass is over: {', '.join(gradients)}."
        sizes = {leaf: abs(trace.gradient(leaf) or 0.0) for leaf in leaves}
        steepest = max(leaves, key=sizes.__getitem__)
        zeros = sum(not size for size in sizes.values())
        return (
            f"The backward pass is over: {len(leaves)} leaves, the largest gradient is "
            f"{gradients[leaves.index(steepest)]}, {zeros or 'none'} of them 0."
        )


def _acts(event: Event) -> tuple[bool, str]:
    """Return which node an event is an act of, and in which pass."""
    return event.kind == "forward", event.node
