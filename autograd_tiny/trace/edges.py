"""The edges of a graph in the order in which the backward pass walks them, in flat arrays.

An edge leads from a node, called z here, to one of its inputs, called x; one contribution flows along each edge.
Nodes are their positions in topological order, so a graph of a million nodes costs a few arrays of integers.

>>> from autograd_tiny import Value
>>> a = Value(3.0)
>>> edges = Edges(a * a + 1.0)
>>> edges.nodes[0] is a, list(zip(edges.source, edges.target))
(True, [(2, 1), (1, 0), (1, 0)])
>>> list(edges.into(0))
[1, 2]
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import accumulate
from typing import cast

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive


def row_of(node: Value) -> Primitive:
    """Return the row of the table that made a recorded node."""
    return cast("Primitive", node.primitive)


class Edges:
    """Who hands a gradient to whom, and when.

    Args:
        root: where the backward pass starts.

    Attributes:
        nodes: of the graph, inputs before consumers; the root is the last.
        index: the position of each node among these.
        recorded: the positions of all nodes but the leaves.
        source: for each edge the position of z.
        target: for each edge the position of x.
        first: for each node its first edge, from which its others follow.
    """

    __slots__ = ("nodes", "index", "recorded", "source", "target", "first", "_arrivals", "_starts")

    def __init__(self, root: Value) -> None:
        self.nodes = nodes = topological_order(root)
        self.index = index = {node: position for position, node in enumerate(nodes)}
        self.recorded = array("q", (z for z, node in enumerate(nodes) if node.primitive is not None))
        self.source, self.target = array("q"), array("q")
        self.first = array("q", [0]) * len(nodes)
        for z in reversed(self.recorded):
            self.first[z] = len(self.target)
            self.target.extend(map(index.__getitem__, nodes[z].inputs))
            self.source.extend([z] * (len(self.target) - len(self.source)))
        uses = [0] * (len(nodes) + 1)
        for x in self.target:
            uses[x + 1] += 1
        self._starts = array("q", accumulate(uses))
        # sorting is stable, so the edges into one node stay in their order
        self._arrivals = array("q", sorted(range(len(self.target)), key=self.target.__getitem__))

    def __len__(self) -> int:
        return len(self.target)

    def into(self, x: int) -> array[int]:
        """Return the edges into a node, in the order of the backward pass."""
        return self._arrivals[self._starts[x] : self._starts[x + 1]]

    def latest_into(self, x: int, end: int) -> int | None:
        """Return the last edge into a node before the edge `end`, or None where there is none."""
        start = self._starts[x]
        place = bisect_left(self._arrivals, end, start, self._starts[x + 1])
        return self._arrivals[place - 1] if place > start else None
