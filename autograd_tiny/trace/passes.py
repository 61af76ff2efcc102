"""The numbers of one forward and backward pass over the edges of a graph, apart from the graph itself.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0), Value(-3.0)
>>> edges = Edges(a * b)
>>> recorded = recorded_pass(edges)
>>> list(recorded.values), list(recorded.gradients)
([2.0, -3.0, -6.0], [-3.0, 2.0, 1.0])
>>> list(changed_pass(edges, recorded, 0, 5.0).gradients)
[-3.0, 5.0, 1.0]
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import StaleDataError
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.trace.edges import Edges

SEED = 1.0
"""The gradient of the root, ∂root/∂root."""


class Pass:
    """What one pass computed; nothing changes it afterwards.

    Attributes:
        values: the number of each node.
        partials: ∂z/∂x for each edge.
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
        node = nodes[z]
        value, slopes = _linearize(edges, values, z)
        recorded = node.partials
        if differ(value, values[z]) or (slopes != list(recorded) and any(map(differ, slopes, recorded))):
            raise StaleDataError(cast("Primitive", node.primitive).name)
        partials[edges.first[z] : edges.first[z] + len(recorded)] = array("d", recorded)
    return Pass(edges, values, partials)


def changed_pass(edges: Edges, before: Pass, leaf: int, number: float) -> Pass:
    """Return the pass in which a leaf has another number: everything after it is computed anew, from the table."""
    values, partials = before.values[:], before.partials[:]
    values[leaf] = number
    for z in edges.recorded:
        if z > leaf:
            values[z], slopes = _linearize(edges, values, z)
            partials[edges.first[z] : edges.first[z] + len(slopes)] = array("d", slopes)
    return Pass(edges, values, partials)


def numbers_of(edges: Edges, values: array[float], z: int) -> list[Any]:
    """Return the operands of a recorded node as floats, one after another."""
    index = edges.index
    return [values[index[x]] if isinstance(x, Value) else x for x in edges.nodes[z].operands]


def _linearize(edges: Edges, values: array[float], z: int) -> tuple[float, list[float]]:
    """Return the value of a node and its partials with respect to its inputs, at the given values of these."""
    node = edges.nodes[z]
    row = cast("Primitive", node.primitive)
    operands, index = node.operands, edges.index
    numbers = [values[index[x]] if isinstance(x, Value) else x for x in operands]
    if row.list_positions:
        value, grouped = row.linearize(*row.group(numbers))
        slopes: Sequence[float] = row.flatten(grouped)
    else:
        value, slopes = row.linearize(*numbers)
    return value, [slope for x, slope in zip(operands, slopes, strict=True) if isinstance(x, Value)]


def differ(x: float, y: float) -> bool:
    """Tell whether two numbers differ; nan is nan here."""
    return x != y and (x == x or y == y)
