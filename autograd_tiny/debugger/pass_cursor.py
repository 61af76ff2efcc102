"""Step through one pass of a trace: by event, by node, by module, or until a condition holds.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> cursor = PassCursor(a * a)
>>> cursor.total, [str(event) for event in cursor.nodes(1)]
(3, ['∂L/∂L = 1', '∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 3', '∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 6'])
>>> cursor.is_at_end, [str(event) for event in cursor.steps(1, back=True)]
(True, ['∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 6'])

Events are numbered from 0: one for each computed node in topological order, then the seed, then one for each input of
each node in reverse topological order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence

from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.trace import Event, Trace
from autograd_tiny.trace.passes import differ
from autograd_tiny.trace.tangents import Tangents


class PassCursor:
    """A trace with both passes, whose cursor stays within one of them, at first the backward pass.

    Args:
        root: of the graph.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Attributes:
        trace: with both passes.
        seed: the event that seeds the root: the first of the backward pass.
        is_forward: whether the cursor is in the forward pass.
        tangents: of the forward pass that `jvp` walks; None in another pass.
    """

    def __init__(self, root: Value, *, variable_names: bool = True) -> None:
        self.trace = Trace(root, forward=True, variable_names=variable_names)
        self.seed = self.trace.events.forward
        self.is_forward = False
        self.tangents: Tangents | None = None
        self._left_at = {True: 0, False: self.seed}
        self.trace.goto(self.seed)

    # ── the pass ──

    def enter(self, *, forward: bool) -> None:
        """Enter a pass where the cursor left it, at first at its beginning."""
        self.tangents = None
        self._left_at[self.is_forward] = self.trace.cursor
        self.is_forward = forward
        self.trace.goto(self._left_at[forward])

    def enter_with(self, tangents: Tangents) -> None:
        """Enter the forward pass with tangents, at its beginning."""
        self.enter(forward=True)
        self.tangents = tangents
        self.jump(0)

    @property
    def pass_name(self) -> str:
        """Either "forward" or "backward"."""
        return "forward" if self.is_forward else "backward"

    @property
    def mode(self) -> str:
        """The name of the pass, or "jvp" for the forward pass with tangents."""
        return self.pass_name if self.tangents is None else "jvp"

    def tangent(self, node: Value | str) -> float | None:
        """Return the tangent of a node; None where its value is not computed yet, or outside of `jvp`."""
        is_known = self.trace.value(node) is not None  # an unknown name is an error in every pass
        return self.tangents.tangent(node) if self.tangents is not None and is_known else None

    @property
    def _start(self) -> int:
        return 0 if self.is_forward else self.seed

    @property
    def _end(self) -> int:
        return self.seed if self.is_forward else len(self.trace)

    @property
    def done(self) -> int:
        """The number of events of this pass that are done."""
        return self.trace.cursor - self._start

    @property
    def total(self) -> int:
        """The number of events of this pass."""
        return self._end - self._start

    @property
    def is_at_start(self) -> bool:
        """True if no event of this pass is done."""
        return self.done == 0

    @property
    def is_at_end(self) -> bool:
        """True if every event of this pass is done."""
        return self.done == self.total

    @property
    def current(self) -> Value:
        """The node of the next event, at the end that of the last."""
        return self.node_at(min(self.trace.cursor, max(self._end - 1, self._start)))

    # ── moving ──

    def jump(self, done: int) -> None:
        """Move to where this many events of the pass are done, from 0 to `total`."""
        self.trace.goto(self._start + done)

    def steps(self, count: int, *, back: bool = False) -> Sequence[Event]:
        """Do or undo up to `count` events; return them in the order of the pass."""
        cursor = self.trace.cursor
        self.trace.goto(max(cursor - count, self._start) if back else min(cursor + count, self._end))
        return self._passed_since(cursor)

    def nodes(self, count: int, *, back: bool = False) -> Sequence[Event]:
        """Do or undo the events of up to `count` nodes; return them in the order of the pass."""
        cursor = event = self.trace.cursor
        while count and event != (self._start if back else self._end):
            event = self.start_of(event - 1) if back else self.end_of(event)
            count -= 1
        self.trace.goto(event)
        return self._passed_since(cursor)

    def module(self, kind: str, *, back: bool = False) -> list[Value]:
        """Move to the beginning of the next module of a kind, or to the end; return the nodes in between.

        Args:
            kind: see `enclosing_module`.
            back: move backwards, to the beginning of the latest module.
        """
        return self.part(lambda node: enclosing_module(self.trace.module(node), kind), back=back)

    def part(self, part_of: Callable[[Value], str], *, back: bool = False) -> list[Value]:
        """Move to the beginning of the next part of the graph, or to the end; return the nodes in between.

        Nodes outside every part count to the one before them.

        Args:
            part_of: returns the part that a node belongs to, an empty text for none.
            back: move backwards, to the beginning of the latest part.
        """
        cursor = self.trace.cursor
        target = self._part_before(part_of) if back else self._part_after(part_of)
        self.trace.goto(target)
        return self.nodes_between(*sorted((cursor, target)))

    def _part_after(self, part_of: Callable[[Value], str]) -> int:
        event, here = self.trace.cursor, None
        while event < self._end:
            there = part_of(self.node_at(event))
            if here is not None and there not in {"", here}:
                break
            here = there or here or ""
            event = self.end_of(event)
        return event

    def _part_before(self, part_of: Callable[[Value], str]) -> int:
        event, here, began = self.trace.cursor, "", self._start
        while event > self._start:
            there = part_of(self.node_at(event - 1))
            if here and there not in {"", here}:
                break
            event = self.start_of(event - 1)
            if there:
                here, began = there, event
        return began

    def until(self, condition: Callable[[], bool], events: Iterable[int], *, back: bool = False) -> bool:
        """Move until one of some events is just done and a condition holds, else to the end or the beginning.

        Args:
            condition: called after each of these events.
            events: numbers of events.
            back: move backwards.
        """
        cursor = self.trace.cursor
        for place in sorted({event + 1 for event in events if self._start <= event < self._end}, reverse=back):
            if place < cursor if back else place > cursor:
                self.trace.goto(place)
                if condition():
                    return True
        self.trace.goto(self._start if back else self._end)
        return False

    def ahead(self, events: Sequence[int], *, back: bool = False) -> Sequence[int]:
        """Return those of some events, in ascending order, that `until` can reach."""
        cursor = self.trace.cursor
        first, last = (self._start, cursor - 1) if back else (cursor, self._end)
        return events[bisect_left(events, first) : bisect_left(events, last)]

    def changes(self, event: int) -> bool:
        """Return whether an event changes a number: the gradient of the node that receives something, or a value."""
        edge = event - self.seed - 1
        if edge < 0:
            return True
        sums, earlier = (
            self.trace.events.numbers.sums,
            self.trace.edges.latest_into(self.trace.edges.target[edge], edge),
        )
        return earlier is None or differ(sums[earlier], sums[edge])

    def _passed_since(self, cursor: int) -> Sequence[Event]:
        first, last = sorted((cursor, self.trace.cursor))
        return self.trace[first:last]

    # ── nodes and their events, in constant time ──

    def node_at(self, event: int) -> Value:
        """Return the node that an event computes, seeds, or takes the upstream from."""
        return self.trace.nodes[self.trace.events.node_at(event)]

    def receiver_at(self, event: int) -> Value:
        """Return the node that receives a gradient in an event; in the forward pass, its value."""
        if event <= self.seed:
            return self.node_at(event)
        return self.trace.nodes[self.trace.edges.target[event - self.seed - 1]]

    def received_at(self, node: Value, *, forward: bool = False) -> list[int]:
        """Return the events in which a node receives its gradient; in the forward pass, its value."""
        if forward:
            return [] if node.primitive is None else [self.computed_at(node)]
        if node is self.trace.root:
            return [self.seed]
        return [self.seed + 1 + edge for edge in self.trace.edges.into(self.trace.position(node))]

    def received_by(self, nodes: Collection[Value]) -> list[int]:
        """Return the events of this pass in which some nodes receive their gradients or values, in order."""
        if len(nodes) == 1:
            return self.received_at(*nodes, forward=self.is_forward)
        edges = self.trace.edges
        wanted = {edges.index[node] for node in nodes}
        if self.is_forward:
            return [event for event, z in enumerate(edges.recorded) if z in wanted]
        seeds = [self.seed] if self.trace.root in nodes else []
        return seeds + [event for event, x in enumerate(edges.target, self.seed + 1) if x in wanted]

    def computed_at(self, node: Value) -> int:
        """Return the event that computes a node, -1 for a leaf."""
        recorded = self.trace.edges.recorded
        return -1 if node.primitive is None else bisect_left(recorded, self.trace.position(node))

    def contribution_at(self, node: Value, position: int) -> int:
        """Return the event in which a node contributes to the gradient of its input at that position."""
        return self.seed + 1 + self.trace.edges.first[self.trace.position(node)] + position

    def start_of(self, event: int) -> int:
        """Return the first event of the node of an event; the root begins with its seed."""
        node = self.node_at(event)
        if event < self.seed:
            return event
        return self.seed if node is self.trace.root else self.contribution_at(node, 0)

    def end_of(self, event: int) -> int:
        """Return the event after the last of the node of an event."""
        node = self.node_at(event)
        return event + 1 if event < self.seed else self.contribution_at(node, len(node.inputs))

    def nodes_between(self, first: int, last: int) -> list[Value]:
        """Return the nodes of the events from `first` to before `last`, each once."""
        nodes = []
        while first < last:
            nodes.append(self.node_at(first))
            first = self.end_of(first)
        return nodes

    def count_nodes(self, first: int, last: int) -> int:
        """Return how many nodes the events from `first` to before `last` belong to, all of one pass."""
        if last <= self.seed:
            return last - first
        edges = self.trace.edges.source[max(first - self.seed - 1, 0) : last - self.seed - 1]
        return len(set(edges)) or last - first  # the root for its seed alone

    def consumers(self, node: Value) -> list[Value]:
        """Return the consumers of a node in topological order, twice where they use it twice."""
        edges = self.trace.edges
        return [self.trace.nodes[edges.source[edge]] for edge in reversed(edges.into(self.trace.position(node)))]


def enclosing_module(module: str, kind: str) -> str:
    """Return the outermost module of a kind around a module, or itself; empty if there is none.

    >>> enclosing_module("layers[0].neurons[1]", "layer"), enclosing_module("layers[0].neurons[1]", "neuron")
    ('layers[0]', 'layers[0].neurons[1]')

    Args:
        module: such as `layers[0].neurons[1]`.
        kind: such as "layer" for the elements of `layers`, or the name of an attribute.
    """
    parts = split_module(module)
    for position, part in enumerate(parts):
        if part.partition("[")[0] in {kind, f"{kind}s"}:
            return ".".join(parts[: position + 1])
    return ""


def kinds_of(modules: Iterable[str]) -> list[str]:
    """Return the kinds of modules that enclose some modules, in the order in which they occur.

    >>> kinds_of(["layers[0].neurons[1]", "layers[1].neurons[0]", ""])
    ['layer', 'neuron']
    """
    parts = (part.partition("[") for module in dict.fromkeys(modules) for part in split_module(module))
    return list(dict.fromkeys(name.removesuffix("s") if bracket else name for name, bracket, _ in parts))
