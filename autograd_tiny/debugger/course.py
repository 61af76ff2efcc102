"""The course of a session: which of the two passes is walked, where one is in it, and the ways to get further.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> course = Course(a * a)
>>> course.total, [str(event) for event in course.node()]
(3, ['∂L/∂L = 1', '∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 3', '∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 6'])
>>> course.is_at_end, [str(event) for event in course.steps(1, back=True)]
(True, ['∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 6'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from autograd_tiny.debugger.levels import level_of
from autograd_tiny.debugger.schedule import Schedule
from autograd_tiny.engine.value import Value
from autograd_tiny.trace import Event, Trace


class Course:
    """A trace whose cursor stays within one of its passes, the backward pass at first.

    Args:
        root: of the graph.

    Attributes:
        trace: with both passes.
        schedule: of the trace.
        is_forward: which pass is walked.
    """

    def __init__(self, root: Value) -> None:
        self.trace = Trace(root, forward=True)
        self.schedule = Schedule(self.trace)
        self.is_forward = False
        self._left_at = {True: 0, False: self.schedule.seed}
        self.trace.goto(self.schedule.seed)

    def enter(self, *, forward: bool) -> None:
        """Go to a pass, to where it was left, at first to its beginning."""
        self._left_at[self.is_forward] = self.trace.cursor
        self.is_forward = forward
        self.trace.goto(self._left_at[forward])

    @property
    def _start(self) -> int:
        return 0 if self.is_forward else self.schedule.seed

    @property
    def _end(self) -> int:
        return self.schedule.seed if self.is_forward else len(self.trace)

    @property
    def done(self) -> int:
        """How many events of this pass are done."""
        return self.trace.cursor - self._start

    @property
    def total(self) -> int:
        """How many events this pass has."""
        return self._end - self._start

    @property
    def is_at_start(self) -> bool:
        """Whether nothing of this pass is done."""
        return self.done == 0

    @property
    def is_at_end(self) -> bool:
        """Whether all of this pass is done."""
        return self.done == self.total

    @property
    def current(self) -> Value:
        """The node that acts next, in the end the one that acted last."""
        return self.schedule.node_at(min(self.trace.cursor, max(self._end - 1, self._start)))

    def jump(self, done: int) -> None:
        """Go to where so many events of this pass are done, from 0 to `total`."""
        self.trace.goto(self._start + done)

    def steps(self, count: int, *, back: bool = False) -> Sequence[Event]:
        """Make or undo so many events, or as many as there are; return them in the order of the pass."""
        if back:
            return self._passed(max(self.trace.cursor - count, self._start))
        return self._passed(min(self.trace.cursor + count, self._end))

    def node(self, *, back: bool = False) -> Sequence[Event]:
        """Go to the end of the node that acts, or back to its beginning; return the events."""
        cursor = self.trace.cursor
        if self.is_at_start if back else self.is_at_end:
            return ()
        return self._passed(self.schedule.start_of(cursor - 1) if back else self.schedule.end_of(cursor))

    def nodes(self, count: int, *, back: bool = False) -> Sequence[Event]:
        """Go through so many nodes, or as many as there are; return the events in the order of the pass."""
        cursor = self.trace.cursor
        while count and self.node(back=back):
            count -= 1
        first, last = sorted((cursor, self.trace.cursor))
        return self.trace[first:last]

    def level(self, word: str, *, back: bool = False) -> list[Value]:
        """Go to where the next layer begins to act, or whatever the word names, or to the end; return who acted.

        What belongs to no layer is passed along with the one before it.

        Args:
            word: as `level_of` takes it.
            back: whether to go backwards, to where the latest layer began.
        """
        cursor = self.trace.cursor
        target = self._before_level(word) if back else self._after_level(word)
        self.trace.goto(target)
        return self.schedule.nodes_in(*sorted((cursor, target)))

    def _after_level(self, word: str) -> int:
        event, here = self.trace.cursor, None
        while event < self._end:
            there = level_of(self.trace.module(self.schedule.node_at(event)), word)
            if here is not None and there not in {"", here}:
                break
            here = there or here or ""
            event = self.schedule.end_of(event)
        return event

    def _before_level(self, word: str) -> int:
        event, here, began = self.trace.cursor, "", self._start
        while event > self._start:
            there = level_of(self.trace.module(self.schedule.node_at(event - 1)), word)
            if here and there not in {"", here}:
                break
            event = self.schedule.start_of(event - 1)
            if there:
                here, began = there, event
        return began

    def until(self, wanted: Callable[[], bool], events: Iterable[int], *, back: bool = False) -> bool:
        """Go to where one of some events is just done and `wanted()` says yes; else to the end, or the beginning.

        Args:
            wanted: asked at each of these places.
            events: positions in the trace.
            back: whether to go backwards.
        """
        cursor = self.trace.cursor
        places = sorted({event + 1 for event in events if self._start <= event < self._end}, reverse=back)
        for place in places:
            if place < cursor if back else place > cursor:
                self.trace.goto(place)
                if wanted():
                    return True
        self.trace.goto(self._start if back else self._end)
        return False

    def _passed(self, target: int) -> Sequence[Event]:
        first, last = sorted((self.trace.cursor, target))
        self.trace.goto(target)
        return self.trace[first:last]
