"""`Trace`: one backward pass, walked a step at a time, forwards and backwards.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> t = (a * b + a).trace()
>>> t
Trace of L: 0 of 5 events done; next: ∂L/∂L = 1
>>> print(t.node())
∂L/∂a += ∂L/∂L·1 = 1·1 = 1, now 1
>>> t.gradient("v1"), t.gradient("a"), t.gradient("b")
(1.0, 1.0, None)
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import overload

from autograd_tiny.errors import OperandError, PositionError
from autograd_tiny.labels import name_nodes
from autograd_tiny.modules import enclosing, modules_of
from autograd_tiny.trace.edges import Edges
from autograd_tiny.trace.errors import UnknownNodeError
from autograd_tiny.trace.events import Event, Events
from autograd_tiny.trace.passes import SEED, recorded_pass
from autograd_tiny.trace.rules import formula_of
from autograd_tiny.value import Value


class Trace:
    """One backward pass as a list of events with a cursor among them; the graph itself is left as it is."""

    def __init__(self, root: Value, *, forward: bool = False) -> None:
        if not isinstance(root, Value):
            raise OperandError(
                "a trace", root, expected="a Value, the root", remedy="trace the result of a computation"
            )
        self._edges = edges = Edges(root)
        self.root, self.nodes = root, tuple(edges.nodes)
        self.names = name_nodes(edges.nodes)
        self._named = {name: node for node, name in self.names.items()}
        self.events = Events(edges, recorded_pass(edges), self.names, forward=forward)
        self.cursor = 0
        self._modules: dict[Value, str] | None = None

    def __len__(self) -> int:
        return len(self.events)

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Event, ...]: ...

    def __getitem__(self, place: int | slice) -> Event | tuple[Event, ...]:
        return self.events[place]

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    # ── walking ──

    def step(self) -> Event | None:
        """Do the next event and return it; None at the end."""
        if self.cursor == len(self):
            return None
        self.cursor += 1
        return self.events[self.cursor - 1]

    def back(self) -> Event | None:
        """Undo the latest event and return it; None at the beginning."""
        if self.cursor == 0:
            return None
        self.cursor -= 1
        return self.events[self.cursor]

    def goto(self, cursor: int) -> None:
        """Go to where so many events are done, 0 to len(trace)."""
        if cursor not in range(len(self) + 1):
            raise PositionError("goto", cursor, len(self) + 1)
        self.cursor = cursor

    def node(self, *, back: bool = False) -> Event | None:
        """Go on to the end of this node, or back to its beginning; return the last event done, or undone."""
        step = -1 if back else 1
        end = 0 if back else len(self)
        if self.cursor == end:
            return None
        first = self.cursor - back
        while self.cursor != end and self._block(self.cursor - back) == self._block(first):
            self.cursor += step
        return self.events[self.cursor - (not back)]

    def finish(self) -> None:
        """Go to the end."""
        self.cursor = len(self)

    def _block(self, place: int) -> tuple[bool, int]:
        return place < self.events.forward, self.events.node_at(place)

    # ── looking ──

    def find(self, node: Value | str) -> Value:
        """Return the node of that name."""
        if isinstance(node, Value):
            if node in self.names:
                return node
            raise UnknownNodeError(node.label or repr(node), self.names[self.root], [])
        if node not in self._named:
            close = get_close_matches(str(node), self._named)
            raise UnknownNodeError(node, self.names[self.root], close)
        return self._named[node]

    def _position(self, node: Value | str) -> int:
        return self._edges.index[self.find(node)]

    def value(self, node: Value | str) -> float | None:
        """Return the number of a node, None where the forward pass has not come to it."""
        z = self._position(node)
        if self.nodes[z].primitive is not None and self.cursor < self.events.forward:
            done = self._edges.recorded[: self.cursor]
            if not done or z > done[-1]:
                return None
        return self.events.numbers.values[z]

    def gradient(self, node: Value | str) -> float | None:
        """Return the gradient of a node so far, None where nothing has arrived yet."""
        x = self._position(node)
        end = self.cursor - self.events.forward - 1
        if end < 0:
            return None
        if x == len(self.nodes) - 1:
            return SEED
        edge = self._edges.latest_into(x, end)
        return None if edge is None else self.events.numbers.sums[edge]

    def formula(self, node: Value | str) -> str:
        """Return how a node is computed from its operands, empty for a leaf."""
        return formula_of(self._edges, self.events.numbers.values, self.names, self._position(node))

    def module(self, node: Value | str, depth: int | None = None) -> str:
        """Return the module that a node belongs to, read from the labels of parameters; empty for none.

        Args:
            node: or its name.
            depth: 1 for the outermost module, such as a layer, 2 for the one in it; the innermost if not given.
        """
        if self._modules is None:
            self._modules = modules_of(self.nodes)
        module = self._modules[self.find(node)]
        return module if depth is None else enclosing(module, depth)

    def __repr__(self) -> str:
        following = f"next: {self.events[self.cursor]}" if self.cursor < len(self) else "the end"
        return f"Trace of {self.names[self.root]}: {self.cursor} of {len(self)} events done; {following}"
