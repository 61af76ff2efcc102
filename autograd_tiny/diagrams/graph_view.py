"""The graph to draw: its nodes with names and numbers, and what of it is highlighted.

>>> a = Value(2.0, label="a")
>>> graph = graph_view(a * a)
>>> [graph.names[node] for node in graph.nodes], graph.value(a), graph.gradient(a)
(['a', 'L'], 2.0, None)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from autograd_tiny.diagrams.errors import OptionError, SubjectError
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.node_names import NO_VARIABLES, name_nodes
from autograd_tiny.symbolic.variable_names import names_of_variables
from autograd_tiny.trace import Event, Trace

NumberOf = Callable[[Value], float | None]
Highlighted = tuple[set[Value], set[tuple[Value, int]]]
"""Nodes, and edges as a consumer with the position of its input."""


@dataclass(frozen=True, slots=True)
class GraphView:
    """A graph with names and numbers, those of the nodes themselves or of a trace.

    Attributes:
        nodes: in topological order.
        names: of each node.
        value: of a node, None where it is not computed yet.
        gradient: of a node, None where it is not computed.
        trace: the trace, None for the graph itself.
    """

    nodes: Sequence[Value]
    names: dict[Value, str]
    value: NumberOf
    gradient: NumberOf
    trace: Trace | None = None

    def highlight(self, option: Any) -> Highlighted:
        """Return what the option `highlight` names; of a trace without the option its latest event.

        Raises:
            OptionError: it is not a node, a list of nodes, or an event, or the graph does not have these nodes.

        >>> a = Value(2.0, label="a")
        >>> nodes, edges = graph_view(a + a).highlight(["a", "L"])
        >>> len(nodes), sorted(position for _, position in edges)
        (2, [0, 1])
        """
        if option is None:
            if self.trace is None or not self.trace.cursor:
                return set(), set()
            option = self.trace[self.trace.cursor - 1]
        named = {name: node for node, name in self.names.items()}
        if isinstance(option, Event):
            z = _find(option.node, named)
            if option.input is None or option.position is None:
                return {z}, set()
            return {z, _find(option.input, named)}, {(z, option.position)}
        steps = [option] if isinstance(option, Value | str) else option
        if not isinstance(steps, list | tuple):
            raise OptionError("highlight", option, "a node, a list of nodes, or an event of a trace")
        path = [_find(step, named) for step in steps]
        return set(path), {edge for pair in pairwise(path) for edge in _edges_between(*pair)}


def graph_view(subject: object, *, variable_names: bool = False) -> GraphView:
    """Return the graph of a root or a trace.

    Before a backward pass all gradients are 0.0, as is that of the root: then none counts as computed.

    Args:
        subject: a root or a trace, which has its names already.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Raises:
        SubjectError: it is neither.
    """
    if isinstance(subject, Trace):
        return GraphView(subject.nodes, subject.names, subject.value, subject.gradient, subject)
    if not isinstance(subject, Value):
        raise SubjectError(subject)
    nodes = topological_order(subject)
    computed = subject.grad != 0.0
    names = name_nodes(nodes, names_of_variables(nodes).shown if variable_names else NO_VARIABLES)
    return GraphView(nodes, names, lambda node: node.data, lambda node: node.grad if computed else None)


def _find(step: Any, named: dict[str, Value]) -> Value:
    if isinstance(step, Value):
        if step in named.values():
            return step
        raise OptionError("highlight", step, "nodes of this graph")
    if not isinstance(step, str):
        raise OptionError("highlight", step, "nodes, or their names")
    if step not in named:
        close = get_close_matches(step, named)
        raise OptionError("highlight", step, f"nodes of this graph{', such as ' + ', '.join(close) if close else ''}")
    return named[step]


def _edges_between(one: Value, other: Value) -> Iterator[tuple[Value, int]]:
    """Yield every edge between two nodes, whichever consumes the other."""
    for z, x in ((one, other), (other, one)):
        yield from ((z, position) for position, node in enumerate(z.inputs) if node is x)
