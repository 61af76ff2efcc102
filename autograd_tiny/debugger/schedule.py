"""The schedule of a trace: which node is handled by which event, so that a long way is walked without looking at all.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace import Trace
>>> a = Value(3.0, label="a")
>>> schedule = Schedule(Trace(a * a, forward=True))
>>> schedule.seed, schedule.arrivals(a)   # event 0 computes L, event 1 seeds it, the next two are for a
(1, [2, 3])

Events are counted from 0: first one for each recorded node, in topological order; then the seed; then, in reverse
order, one for each input of each node.
"""

from __future__ import annotations

from bisect import bisect_right

from autograd_tiny.engine.graph import consumers
from autograd_tiny.engine.value import Value
from autograd_tiny.trace import Trace


class Schedule:
    """Which event is when, in a trace with both passes.

    Attributes:
        seed: the position of the seed, before which the forward pass lies.
        consumers: of each node, in topological order, twice where it is used twice.
    """

    def __init__(self, trace: Trace) -> None:
        self._recorded = [node for node in trace.nodes if node.primitive is not None]
        self.seed = len(self._recorded)
        self.consumers: dict[Value, list[Value]] = consumers(trace.nodes)
        self._computed = {node: event for event, node in enumerate(self._recorded)}
        self._root = trace.root
        self._first: dict[Value, int] = {}
        self._starts: list[int] = []
        event = self.seed + 1
        for node in reversed(self._recorded):
            self._first[node] = event
            self._starts.append(event)
            event += len(node.inputs)

    def edge(self, node: Value, position: int) -> int:
        """Return the event in which a node hands its gradient to the input at that position."""
        return self._first[node] + position

    def computed(self, node: Value) -> int:
        """Return the event that computes a node, -1 for a leaf, which is there from the beginning."""
        return self._computed.get(node, -1)

    def arrivals(self, node: Value, *, forward: bool = False) -> list[int]:
        """Return the events in which a node receives its gradient, or in the forward pass its value."""
        if forward:
            return [self._computed[node]] if node in self._computed else []
        if node is self._root:
            return [self.seed]
        return sorted(
            self.edge(consumer, position)
            for consumer in dict.fromkeys(self.consumers[node])
            for position, x in enumerate(consumer.inputs)
            if x is node
        )

    def node_at(self, event: int) -> Value:
        """Return the node that is computed, seeded, or hands its gradient down in an event."""
        if event < self.seed:
            return self._recorded[event]
        if event == self.seed:
            return self._root
        return self._recorded[-1 - (bisect_right(self._starts, event) - 1)]

    def receiver_at(self, event: int) -> Value:
        """Return the node that receives a gradient in an event, or in the forward pass its value."""
        node = self.node_at(event)
        if event <= self.seed:
            return node
        receiver: Value = node.inputs[event - self._first[node]]
        return receiver

    def start_of(self, event: int) -> int:
        """Return the first event in which the node of an event acts: the root begins with its seed."""
        node = self.node_at(event)
        if event < self.seed:
            return event
        return self.seed if node is self._root else self._first[node]

    def end_of(self, event: int) -> int:
        """Return the event after the last in which the node of an event acts."""
        if event < self.seed:
            return event + 1
        node = self.node_at(event)
        return self._first.get(node, self.seed + 1) + len(node.inputs)

    def nodes_in(self, first: int, last: int) -> list[Value]:
        """Return the nodes that act from one event until before another, each once."""
        nodes = []
        while first < last:
            nodes.append(self.node_at(first))
            first = self.end_of(first)
        return nodes
