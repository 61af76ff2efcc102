"""Show each fact that surprises people once in a session, where it occurs.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> hints = Hints(Trace(a * a))
>>> for event in hints.trace:
...     print(*hints.at(event))
<BLANKLINE>
<BLANKLINE>
a is used 2 times, so 2 contributions arrive. They add up, because the gradient counts every path from a to L.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.trace import Event, Trace
from autograd_tiny.trace.fact_texts import fact_text
from autograd_tiny.trace.facts import (
    LESSONS,
    Fact,
    facts_of_edge,
    facts_of_graph,
    facts_of_node,
    facts_of_uses,
    facts_of_zero,
    inner,
)
from autograd_tiny.trace.tangents import Tangents

AT_STEPS: Final = frozenset(
    {
        *("dead relu", "saturated", "vanishing", "tie", "kink", "jump", "edge", "clamped", "lone partial"),
        *("infinite slope", "infinite slope by convention", "zero times infinity", "underflow"),
    }
)
"""Kinds of facts that are shown at the step where they occur; `why` shows all."""
OF_GRADIENTS: Final = frozenset(
    {"zero upstream", "cancelled", "cancelled upstream", "underflow", "zero times infinity"}
)
"""Kinds of facts about a gradient, which are true once that has all its contributions."""


class Hints:
    """Remembers which facts about a trace a session has shown.

    Args:
        trace: of the graph.
        zeroes_gradients: whether each pass begins with gradients of 0, as in a training: what leaves hold is then
            not added to, and not worth a hint.
    """

    def __init__(self, trace: Trace, *, zeroes_gradients: bool = False) -> None:
        self.trace = trace
        self._shown: set[object] = {"held", "held again"} if zeroes_gradients else set()

    def follow(self, trace: Trace) -> None:
        """Go on with another trace; a kind of fact that was shown is not shown again, at whatever node."""
        self.trace = trace
        self._shown = {key for key in self._shown if isinstance(key, str)}  # the others hold the nodes of the graph

    def before(self) -> list[str]:
        """Return hints on gradients that leaves hold already, from an earlier backward().

        >>> a = Value(3.0, label="a")
        >>> a.grad = 5.0
        >>> print(*Hints(Trace(-a)).before())
        a already holds the gradient 5, ... 5 + (-1) = 4 ...
        """
        return self._new(facts_of_graph(self.trace))

    def at(self, event: Event) -> list[str]:
        """Return hints on an event that was just done."""
        return self._new(_facts_at(self.trace, event), once=True)

    def tangent(self, tangents: Tangents, node: Value) -> list[str]:
        """Return hints on the tangent of a node that was just computed in the forward pass."""
        facts = (fact for fact in tangents.facts(node) if fact.kind in AT_STEPS or fact.kind.startswith("tangent"))
        return self._new(facts, once=True, forward=True)

    def why(self, node: Value) -> list[str]:
        """Return hints that explain the gradient of a node, as far as they hold at the cursor."""
        facts = (fact for fact in facts_of_node(self.trace, node) if fact.kind != "inner")
        return self._new(fact for fact in facts if _holds_here(self.trace, fact))

    def inner(self, node: Value) -> list[str]:
        """Return hints on the gradient of a node that is not a leaf."""
        is_inner = node.primitive is not None and node is not self.trace.root
        return self._new([inner(self.trace, [node])] if is_inner else [])

    def _new(self, facts: Iterable[Fact], *, once: bool = False, forward: bool = False) -> list[str]:
        """Return the text of each fact that is new in its kind, or for some kinds new for its nodes."""
        texts = []
        for fact in facts:
            kind = f"forward {fact.kind}" if forward else fact.kind
            key = kind if once or fact.kind in LESSONS else (kind, fact.x, fact.z)
            if key not in self._shown:
                self._shown |= {key, (kind, fact.x, fact.z)}
                texts.append(fact_text(fact, self.trace.names, forward=forward))
        return texts


def _holds_here(trace: Trace, fact: Fact) -> bool:
    """Return whether a fact holds at the cursor; one about a gradient, if no contribution to that is to come."""
    if fact.kind not in OF_GRADIENTS:
        return True
    into = trace.edges.into(trace.position(fact.x if fact.z is None else fact.z))
    return trace.cursor > trace.events.forward and all(edge < trace.edges_done for edge in into)


def _facts_at(trace: Trace, event: Event) -> Iterator[Fact]:
    """Yield why a node acts only now, why a gradient is a sum, and what is remarkable about its contribution."""
    if event.input is None or event.position is None:
        return
    if event.position == 0:
        yield from (fact for fact in facts_of_uses(trace, event.node) if _has_waited(fact))
    if event.before is not None:
        yield from (fact for fact in facts_of_uses(trace, event.input) if fact.kind == "uses")
    edge = trace.edges.first[trace.position(event.node)] + event.position
    if event.contribution:  # nan is true
        yield from (fact for fact in facts_of_edge(trace, edge) if fact.kind in AT_STEPS)
    elif event.upstream:
        yield from (fact for fact in facts_of_zero(trace, edge) if fact.kind in AT_STEPS)


def _has_waited(fact: Fact) -> bool:
    """Return whether a fact tells that a node waited for several consumers."""
    consumers = fact.details.get("consumers")
    return isinstance(consumers, tuple) and len(consumers) > 1
