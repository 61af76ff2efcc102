"""Hints: what puzzles everyone the first time, said where it occurs, and once.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> course, hints = Course(a * a), Hints()
>>> for event in course.node():
...     print(*hints.at(course, event))
<BLANKLINE>
<BLANKLINE>
a is used 2 times and each use hands it a contribution. They add up: a change of a reaches L by every way at once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from autograd_tiny.debugger.course import Course
from autograd_tiny.debugger.ranges import list_names
from autograd_tiny.symbol import short
from autograd_tiny.trace import Event
from autograd_tiny.value import Value


class Hints:
    """Tells each hint once in a session."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def before(self, course: Course) -> list[str]:
        """Return what is to be said about gradients that leaves hold already, from a backward() in the past.

        >>> a = Value(3.0, label="a")
        >>> a.grad = 5.0
        >>> print(*Hints().before(Course(-a)))
        a already holds the gradient 5: apply() and backward() add to it 5 + (-1) = 4. For ∂L/∂a alone, set it to 0 ...
        """
        held = [node for node in course.trace.nodes if node.primitive is None and node.grad != 0.0]
        if not held:
            return []
        others = list_names([course.trace.names[node] for node in held[1:]])
        return [course.trace.notes(held[0])[0] + (f" The same goes for {others}." if others else "")]

    def at(self, course: Course, event: Event) -> list[str]:
        """Return what is to be said about an event that just happened."""
        if event.input is None:
            return []
        return [text for subject, text in _about(course, event, event.input) if self._is_new(subject)]

    def inner(self, course: Course, node: Value) -> list[str]:
        """Return what is to be said when someone looks at a node that is no leaf."""
        if node.primitive is None or node is course.trace.root or not self._is_new("inner"):
            return []
        return course.trace.notes(node)[:1]

    def _is_new(self, subject: str) -> bool:
        is_new = subject not in self._told
        self._told.add(subject)
        return is_new


def _about(course: Course, event: Event, name: str) -> Iterator[tuple[str, str]]:
    """Yield the hints that a contribution gives rise to, each with its subject."""
    trace = course.trace
    z, x = trace.find(event.node), trace.find(name)
    waited_for = list(dict.fromkeys(course.schedule.consumers[z]))
    if len(waited_for) > 1 and event.position == 0:
        names = list_names([trace.names[node] for node in reversed(waited_for)])
        yield (
            "order",
            f"{event.node} comes only now, after {names}: it waits until each of them has handed down, and hands its "
            "whole gradient on once. That is why the pass goes in reverse topological order.",
        )
    if event.before is not None:
        uses = len(course.schedule.consumers[x])
        yield (
            "sum",
            f"{name} is used {uses} times and each use hands it a contribution. They add up: a change of {name} "
            f"reaches {event.root} by every way at once.",
        )
    if z.primitive is not None and z.primitive.name == "relu" and event.partial == 0.0 and event.upstream:
        yield (
            "relu",
            f"relu is flat at {name} = {short(trace.value(x) or 0.0)}: the partial is 0, so nothing gets through and "
            f"what lies below {name} learns nothing here. Where that is so for all data, it is a dead relu.",
        )


def wrapped(texts: Sequence[str], width: int) -> Iterator[str]:
    """Yield the lines of hints, none wider than that.

    >>> list(wrapped(["one two three"], 20))
    ['  hint: one two', '        three']
    """
    for text in texts:
        yield from textwrap.wrap(text, width, initial_indent="  hint: ", subsequent_indent="        ")
