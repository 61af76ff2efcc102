"""One row for each node of an explanation: its formula, its gradient, and where that came from.

>>> from autograd_tiny.symbolic.expression import parse
>>> steps = explain(parse("tanh(w*x)").evaluate(w=0.0, x=2.0))
>>> for step in steps:
...     print(step.name, step.formula, step.gradient, [how(part) for part in step.contributions])
w  2.0 ['∂L/∂v1 · x = 1 · 2']
x  0.0 ['∂L/∂v1 · w = 1 · 0']
v1 w * x 1.0 ['∂L/∂L · (1 / cosh(v1)) ** 2 = 1 · 1']
L tanh(v1) 1.0 []
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import cast

from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.formulas import node_operation
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace import Event, Trace
from autograd_tiny.trace.rules import factor


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the graph.

    Attributes:
        name: its label, or v1, v2, ... where it has none; the root is L.
        formula: how it is computed from the nodes above, empty for a leaf.
        primitive: name of the row of the table, None for a leaf.
        operands: names of nodes, and plain numbers.
        value: the number.
        gradient: ∂root/∂node.
        contributions: the events that the gradient is the sum of, in the order of the backward pass.
    """

    name: str
    formula: str
    primitive: str | None
    operands: tuple[str | float, ...]
    value: float
    gradient: float
    contributions: tuple[Event, ...]


def explain(root: Value) -> list[Step]:
    """Return every node of a graph, inputs before consumers, with its gradient; no gradient is written."""
    trace = Trace(root)
    trace.finish()
    received: defaultdict[str | None, list[Event]] = defaultdict(list)
    for event in trace:
        received[event.input].append(event)
    return [_step(trace, node, tuple(received[trace.names[node]])) for node in trace.nodes]


def how(event: Event) -> str:
    """Return a contribution as upstream times partial, in symbols and in numbers."""
    upstream, partial = cast("tuple[float, float]", (event.upstream, event.partial))
    return f"∂{event.root}/∂{event.node} · {event.rule} = {format_number(upstream)} · {factor(partial)}"


def _step(trace: Trace, node: Value, contributions: tuple[Event, ...]) -> Step:
    names = trace.names
    operands = tuple(names[x] if isinstance(x, Value) else x for x in node.operands)
    text, name = ("", None) if node.primitive is None else (node_operation(node, names).text(), node.primitive.name)
    return Step(names[node], text, name, operands, node.data, trace.gradient(node) or 0.0, contributions)
