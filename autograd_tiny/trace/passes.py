"""Compute one forward and backward pass over the edges of a graph, in flat arrays, apart from the graph itself.

An edge leads from a node, called z here, to one of its inputs, called x; one contribution flows along each edge.
Nodes are their positions in topological order, so a graph of a million nodes costs a few arrays of numbers.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0), Value(-3.0)
>>> edges = Edges(a * b)
>>> list(zip(edges.source, edges.target))
[(2, 0), (2, 1)]
>>> recorded = recorded_pass(edges)
>>> list(recorded.values), list(recorded.gradients)
([2.0, -3.0, -6.0], [-3.0, 2.0, 1.0])
>>> list(changed_pass(edges, recorded, 0, 5.0).gradients)
[-3.0, 5.0, 1.0]
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.passes import stale_data_error
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive

SEED = 1.0
"""The gradient of the root with respect to itself."""


class Edges:
    """The edges of a graph, in the order in which the backward pass walks them.

    Args:
        root: where the backward pass starts.

    Attributes:
        nodes: of the graph, inputs before consumers; the root is the last.
        index: the position of each node among these.
        recorded: the positions of all nodes but the leaves.
        source: for each edge the position of z.
        target: for each edge the position of x.
        first: for each node its first edge, from which its others follow.
        count: for each node the number of its edges.
    """

    __slots__ = ("nodes", "index", "recorded", "source", "target", "first", "count", "_arrivals", "_starts")

    def __init__(self, root: Value) -> None:
        self.nodes = nodes = topological_order(root)
        self.index = index = {node: position for position, node in enumerate(nodes)}
        self.recorded = array("q", (z for z, node in enumerate(nodes) if node.primitive is not None))
        self.source, self.target = array("q"), array("q")
        self.first, self.count = array("q", [0]) * len(nodes), array("q", [0]) * len(nodes)
        for z in reversed(self.recorded):
            self.first[z] = len(self.target)
            self.target.extend(map(index.__getitem__, nodes[z].inputs))
            self.count[z] = len(self.target) - len(self.source)
            self.source.extend([z] * self.count[z])
        uses = [0] * (len(nodes) + 1)
        for x in self.target:
            uses[x + 1] += 1
        self._starts = array("q", accumulate(uses))
        # sorting is stable, so the edges into one node stay in their order
        self._arrivals = array("q", sorted(range(len(self.target)), key=self.target.__getitem__))

    def __len__(self) -> int:
        return len(self.target)

    def of(self, z: int) -> range:
        """Return the edges from a node to its inputs, in the order of these."""
        return range(self.first[z], self.first[z] + self.count[z])

    def inputs(self, z: int) -> array[int]:
        """Return the inputs of a node, in their order."""
        return self.target[self.first[z] : self.first[z] + self.count[z]]

    def into(self, x: int) -> array[int]:
        """Return the edges into a node, in the order of the backward pass."""
        return self._arrivals[self._starts[x] : self._starts[x + 1]]

    def dependents(self, x: int) -> list[int]:
        """Return the nodes that depend on a node, inputs before consumers."""
        found: set[int] = set()
        stack, source, arrivals, starts = [x], self.source, self._arrivals, self._starts
        while stack:
            x = stack.pop()
            for edge in arrivals[starts[x] : starts[x + 1]]:
                if source[edge] not in found:
                    found.add(source[edge])
                    stack.append(source[edge])
        return sorted(found)

    def latest_into(self, x: int, end: int) -> int | None:
        """Return the last edge into a node before the edge `end`, or None."""
        start = self._starts[x]
        place = bisect_left(self._arrivals, end, start, self._starts[x + 1])
        return self._arrivals[place - 1] if place > start else None


class Pass:
    """The numbers of one pass; nothing changes them afterwards.

    Attributes:
        values: the number of each node.
        partials: of z with respect to x, for each edge.
        sums: for each edge the gradient of x once the contribution along that edge was added.
        gradients: the gradient of each node in the end.
    """

    __slots__ = ("values", "partials", "sums", "gradients")

    def __init__(self, edges: Edges, values: array[float], partials: array[float]) -> None:
        self.values, self.partials = values, partials
        self.gradients = gradients = array("d", [0.0]) * len(edges.nodes)
        self.sums = sums = array("d", partials)
        gradients[-1] = SEED
        for edge, (z, x, partial) in enumerate(zip(edges.source, edges.target, partials, strict=True)):
            gradients[x] = sums[edge] = gradients[x] + partial * gradients[z]  # as backward() adds them, bit by bit


def recorded_pass(edges: Edges) -> Pass:
    """Return the pass with the numbers of the graph itself.

    Raises:
        StaleDataError: the data of a node changed after an operation used it, so values and partials contradict.
    """
    nodes = edges.nodes
    values = array("d", [node.data for node in nodes])
    partials = array("d", [0.0]) * len(edges)
    for z in edges.recorded:
        value, slopes = _linearize(edges, values, z)
        recorded = nodes[z].partials
        if differ(value, values[z]) or (slopes != recorded and any(map(differ, slopes, recorded))):
            raise stale_data_error(nodes[z])
        partials[edges.first[z] : edges.first[z] + len(recorded)] = array("d", recorded)
    return Pass(edges, values, partials)


def changed_pass(edges: Edges, before: Pass, leaf: int, number: float) -> Pass:
    """Return the pass in which a leaf has another number: what depends on it is computed anew, from the table."""
    values, partials = before.values[:], before.partials[:]
    values[leaf] = number
    for z in edges.dependents(leaf):
        values[z], slopes = _linearize(edges, values, z)
        for edge, slope in enumerate(slopes, edges.first[z]):
            partials[edge] = slope
    return Pass(edges, values, partials)


def _linearize(edges: Edges, values: array[float], z: int) -> tuple[float, Sequence[float]]:
    """Return the value of a node and its partials with respect to its inputs, at the given values of these."""
    primitive = primitive_of(edges.nodes[z])
    if _has_inputs_alone(edges, z, primitive):
        return primitive.linearize(*[values[x] for x in edges.inputs(z)])
    operands, index = edges.nodes[z].operands, edges.index
    numbers = [values[index[x]] if isinstance(x, Value) else x for x in operands]
    value, grouped = primitive.linearize(*primitive.group(numbers))
    slopes = primitive.flatten(grouped)
    return value, [slope for x, slope in zip(operands, slopes, strict=True) if isinstance(x, Value)]


def _has_inputs_alone(edges: Edges, z: int, primitive: Primitive) -> bool:
    """Return whether the operands of a node are its inputs, one by one, without constants: this is faster to use."""
    return edges.count[z] == primitive.arity and not primitive.list_positions


def numbers_of(edges: Edges, values: array[float], z: int) -> list[Any]:
    """Return the operands of a recorded node as floats, one after another."""
    node, index = edges.nodes[z], edges.index
    if _has_inputs_alone(edges, z, primitive_of(node)):
        return [values[x] for x in edges.inputs(z)]
    return [values[index[x]] if isinstance(x, Value) else x for x in node.operands]


def primitive_of(node: Value) -> Primitive:
    """Return the primitive that made a recorded node."""
    return node.primitive  # type: ignore[return-value]  # a recorded node has one, and a cast takes a call


def differ(x: float, y: float) -> bool:
    """Return whether two numbers differ; nan is equal to nan here."""
    return x != y and (x == x or y == y)
