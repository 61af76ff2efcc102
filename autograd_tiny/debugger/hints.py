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
from typing import Final

from autograd_tiny.debugger.course import Course
from autograd_tiny.debugger.ranges import list_names
from autograd_tiny.engine.value import Value
from autograd_tiny.trace import Event
from autograd_tiny.trace.rules import shown


class Hints:
    """Tells each hint once in a session."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def before(self, course: Course) -> list[str]:
        """Return what is to be said about gradients that leaves hold already, from a backward() in the past.

        >>> a = Value(3.0, label="a")
        >>> a.grad = 5.0
        >>> print(*Hints().before(Course(-a)))
        a already holds the gradient 5, ... 5 + (-1) = 4. ...
        """
        held = [node for node in course.trace.nodes if node.primitive is None and node.grad != 0.0]
        if not held:
            return []
        others = list_names([course.trace.names[node] for node in held[1:]])
        note = course.trace.notes(held[0])[0]
        self._told.add(note)
        return [note + (f" The same goes for {others}." if others else "")]

    def at(self, course: Course, event: Event) -> list[str]:
        """Return what is to be said about an event that just happened."""
        if event.input is None:
            return []
        texts = {about.__name__: about(course, event, event.input) for about in SUBJECTS}
        return [text for subject, text in texts.items() if text and self._is_new(subject)]

    def why(self, course: Course, node: Value) -> list[str]:
        """Return what is to be noted about the gradient of a node, and was not told yet."""
        notes: list[str] = course.trace.notes(node)
        if node.primitive is not None:
            notes = notes[1:]  # that it is no leaf is no reason for its gradient
        if _sum.__name__ in self._told:
            notes = [note for note in notes if not note.startswith(f"{course.trace.names[node]} is used ")]
        return [note for note in notes if self._is_new(note)]

    def inner(self, course: Course, node: Value) -> list[str]:
        """Return what is to be said when someone looks at a node that is no leaf."""
        if node.primitive is None or node is course.trace.root or not self._is_new("inner"):
            return []
        return course.trace.notes(node)[:1]

    def _is_new(self, subject: str) -> bool:
        is_new = subject not in self._told
        self._told.add(subject)
        return is_new


def _order(course: Course, event: Event, name: str) -> str:
    """Say why a node acts only now."""
    names, z = course.trace.names, course.trace.find(event.node)
    consumers = list(dict.fromkeys(course.schedule.consumers[z]))
    if len(consumers) < 2 or event.position != 0:
        return ""
    return (
        f"{event.node} comes only now, after {list_names([names[node] for node in reversed(consumers)])}: it waits "
        "until each of them has handed down, and hands its whole gradient on once. That is why the pass goes in "
        "reverse topological order."
    )


def _sum(course: Course, event: Event, name: str) -> str:
    """Say why a gradient is a sum."""
    if event.before is None:
        return ""
    uses = len(course.schedule.consumers[course.trace.find(name)])
    return (
        f"{name} is used {uses} times and each use hands it a contribution. They add up: a change of {name} reaches "
        f"{event.root} by every way at once."
    )


def _dead_relu(course: Course, event: Event, name: str) -> str:
    """Say why nothing gets through."""
    primitive = course.trace.find(event.node).primitive
    if primitive is None or primitive.name != "relu" or event.partial != 0.0 or not event.upstream:
        return ""
    return (
        f"relu is flat at {name} = {shown(course.trace.value(name))}: the partial is 0, so nothing gets through and "
        f"what lies below {name} learns nothing here. Where that is so for all data, it is a dead relu."
    )


SUBJECTS: Final = (_order, _sum, _dead_relu)


def wrapped(texts: Sequence[str], width: int) -> Iterator[str]:
    """Yield the lines of hints, none wider than that.

    >>> list(wrapped(["one two three"], 20))
    ['  hint: one two', '        three']
    """
    for text in texts:
        yield from textwrap.wrap(text, width, initial_indent="  hint: ", subsequent_indent="        ")
