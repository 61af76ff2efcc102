"""What is drawn: a graph with its names, and where its numbers come from.

>>> a = Value(2.0, label="a")
>>> graph = graph_of(a * a)
>>> [graph.names[node] for node in graph.nodes], graph.value(a), graph.gradient(a)
(['a', 'L'], 2.0, None)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograd_tiny.diagrams.errors import SubjectError
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.trace import Trace

Number = Callable[[Value], float | None]


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph with its names, and where its numbers come from: the nodes themselves, or a trace.

    Attributes:
        nodes: in topological order.
        names: of each node.
        value: of a node, None where it was not computed yet.
        gradient: of a node, None where it was not computed.
        trace: the trace, None for the graph itself.
    """

    nodes: Sequence[Value]
    names: dict[Value, str]
    value: Number
    gradient: Number
    trace: Trace | None = None


def graph_of(subject: object) -> Graph:
    """Return the graph of a root or a trace.

    The gradients of a graph through which no backward pass has run are all 0.0, and so are none: they count only once
    that of the root is another.

    Raises:
        SubjectError: it is neither.
    """
    if isinstance(subject, Trace):
        return Graph(subject.nodes, subject.names, subject.value, subject.gradient, subject)
    if not isinstance(subject, Value):
        raise SubjectError(subject)
    nodes = topological_order(subject)
    computed = subject.grad != 0.0
    return Graph(nodes, name_nodes(nodes), lambda node: node.data, lambda node: node.grad if computed else None)
