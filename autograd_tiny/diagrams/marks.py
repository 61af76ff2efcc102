"""What is highlighted: nodes and edges, told by a node, a path, or an event of a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from autograd_tiny.diagrams.errors import OptionError
from autograd_tiny.engine.value import Value
from autograd_tiny.trace import Event, Trace


@dataclass(frozen=True, slots=True)
class Marks:
    """Nodes, and edges as a consumer with the position of its input."""

    nodes: set[Value] = field(default_factory=set)
    edges: set[tuple[Value, int]] = field(default_factory=set)


def marks(nodes: Sequence[Value], names: dict[Value, str], trace: Trace | None, highlight: Any) -> Marks:
    """Return what is highlighted.

    Args:
        nodes: of the graph.
        names: of these.
        trace: whose latest event is highlighted where nothing else is asked for.
        highlight: the option.

    Raises:
        OptionError: it names what is not in the graph, or is something else.

    >>> a = Value(2.0, label="a")
    >>> double = a + a
    >>> found = marks([a, double], {a: "a", double: "L"}, None, ["a", "L"])
    >>> sorted(position for _, position in found.edges)
    [0, 1]
    """
    if highlight is None:
        if trace is None or not trace.cursor:
            return Marks()
        highlight = trace[trace.cursor - 1]
    named = {name: node for node, name in names.items()}
    if isinstance(highlight, Event):
        z = _find(highlight.node, named)
        if highlight.input is None or highlight.position is None:
            return Marks({z})
        return Marks({z, _find(highlight.input, named)}, {(z, highlight.position)})
    steps = [highlight] if isinstance(highlight, Value | str) else highlight
    if not isinstance(steps, list | tuple):
        raise OptionError("highlight", highlight, "a node, a list of nodes, or an event of a trace")
    path = [_find(step, named) for step in steps]
    return Marks(set(path), {edge for pair in pairwise(path) for edge in _between(*pair)})


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


def _between(one: Value, other: Value) -> Iterator[tuple[Value, int]]:
    """Yield every edge between two nodes, whichever consumes the other."""
    for z, x in ((one, other), (other, one)):
        yield from ((z, position) for position, node in enumerate(z.inputs) if node is x)
