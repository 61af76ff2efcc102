"""Tell what puzzles people where it occurs in a session, and once.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> course, hints = Course(a * a), Hints()
>>> for event in course.node():
...     print(*hints.at(course, event))
<BLANKLINE>
<BLANKLINE>
a is used 2 times, so 2 contributions arrive. They add up: a change of a affects L along each of these paths.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from autograd_tiny.debugger.course import Course
from autograd_tiny.debugger.ranges import list_names
from autograd_tiny.engine.value import Value
from autograd_tiny.trace import Event
from autograd_tiny.trace.facts import Fact, facts_of_graph, facts_of_node, facts_of_uses, facts_of_zero, inner
from autograd_tiny.trace.sentences import text_of

LESSONS: Final = frozenset({"uses", "order", "inner", "held", "held again"})
"""Kinds of facts that are told once in a session; others are told once of each node."""


class Hints:
    """Remembers which facts a session has told."""

    def __init__(self) -> None:
        self._told: set[object] = set()

    def before(self, course: Course) -> list[str]:
        """Return what to say about gradients that leaves hold already, from a backward() in the past.

        >>> a = Value(3.0, label="a")
        >>> a.grad = 5.0
        >>> print(*Hints().before(Course(-a)))
        a already holds the gradient 5, ... 5 + (-1) = 4 ...
        """
        return self._tell(course, facts_of_graph(course.trace))

    def at(self, course: Course, event: Event) -> list[str]:
        """Return what to say about an event that just happened."""
        return self._tell(course, _facts_at(course, event), once=True)

    def why(self, course: Course, node: Value) -> list[str]:
        """Return what explains the gradient of a node, and was not told yet."""
        return self._tell(course, (fact for fact in facts_of_node(course.trace, node) if fact.kind != "inner"))

    def inner(self, course: Course, node: Value) -> list[str]:
        """Return what to say when someone looks at a node that is not a leaf."""
        is_inner = node.primitive is not None and node is not course.trace.root
        return self._tell(course, [inner(course.trace, [node])] if is_inner else [])

    def _tell(self, course: Course, facts: Iterable[Fact], *, once: bool = False) -> list[str]:
        """Return the facts that are new as texts: kinds that are new, or for some kinds nodes."""
        texts = []
        for fact in facts:
            key = fact.kind if once or fact.kind in LESSONS else (fact.kind, fact.x, fact.z)
            if key not in self._told:
                self._told |= {key, (fact.kind, fact.x, fact.z)}
                texts.append(text_of(fact, course.trace.names, list_names))
        return texts


def _facts_at(course: Course, event: Event) -> Iterator[Fact]:
    """Yield why a node acts only now, why a gradient is a sum, and why no gradient passes a relu."""
    if event.input is None or event.position is None:
        return
    trace = course.trace
    if event.position == 0:
        yield from (fact for fact in facts_of_uses(trace, event.node) if _has_waited(fact))
    if event.before is not None:
        yield from (fact for fact in facts_of_uses(trace, event.input) if fact.kind == "uses")
    if event.upstream:
        edge = trace.edges.first[trace.position(event.node)] + event.position
        yield from (fact for fact in facts_of_zero(trace, edge) if fact.kind == "dead relu")


def _has_waited(fact: Fact) -> bool:
    """Return whether a fact tells that a node waited for several consumers."""
    consumers = fact.details.get("consumers")
    return isinstance(consumers, tuple) and len(consumers) > 1


def wrapped(texts: Sequence[str], width: int) -> Iterator[str]:
    """Yield the lines of hints, none wider than that.

    >>> list(wrapped(["one two three"], 20))
    ['  hint: one two', '        three']
    """
    for text in texts:
        yield from textwrap.wrap(text, width, initial_indent="  hint: ", subsequent_indent="        ")
