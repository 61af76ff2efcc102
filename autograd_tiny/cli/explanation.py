"""What happens in one backward pass: for each node its formula, its gradient, and where that came from.

>>> from autograd_tiny.expressions import parse
>>> steps = explain(parse("tanh(w*x)").evaluate(w=0.0, x=2.0))
>>> for step in steps:
...     print(step.name, step.formula, step.gradient, [str(part) for part in step.contributions])
w  2.0 ['∂L/∂v1 · x = 1 · 2']
x  0.0 ['∂L/∂v1 · w = 1 · 0']
v1 w * x 1.0 ['∂L/∂L · (1 / cosh(v1)) ** 2 = 1 · 1']
L tanh(v1) 1.0 []
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from autograd_tiny.graph import topological_order
from autograd_tiny.labels import name_nodes
from autograd_tiny.symbol import SIGN, operation_of, partials_of, short
from autograd_tiny.value import Value

LONGEST: Final = 30
"""The longest text of a partial, in characters, that is shown; beyond it stands ∂z/∂x."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One step of the backward pass: upstream times partial, which a consumer hands to one of its inputs.

    Attributes:
        root: name of the root.
        consumer: name of the consumer.
        rule: the partial as text.
        upstream: the gradient of the consumer.
        partial: the partial as a number.
    """

    root: str
    consumer: str
    rule: str
    upstream: float
    partial: float

    @property
    def contribution(self) -> float:
        """What is added to the gradient of the input."""
        return self.partial * self.upstream

    def __str__(self) -> str:
        numbers = f"{short(self.upstream)} · {short(self.partial)}"
        return f"∂{self.root}/∂{self.consumer} · {self.rule} = {numbers}"


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
        contributions: what the gradient is the sum of, in the order of the backward pass.
    """

    name: str
    formula: str
    primitive: str | None
    operands: tuple[str | float, ...]
    value: float
    gradient: float
    contributions: tuple[Contribution, ...]


def explain(root: Value) -> list[Step]:
    """Run the backward pass from a root and return every node, inputs before consumers.

    Args:
        root: of a graph whose leaves have the gradient 0.
    """
    root.backward()
    nodes = topological_order(root)
    names = name_nodes(nodes)
    received: dict[Value, list[Contribution]] = {node: [] for node in nodes}
    for node in reversed(nodes):
        for x, partial, rule in zip(node.inputs, node.partials, rules(node, names), strict=True):
            received[x].append(Contribution(names[root], names[node], rule, node.grad, partial))
    return [_step(node, names, received[node]) for node in nodes]


def _step(node: Value, names: dict[Value, str], contributions: list[Contribution]) -> Step:
    operands = tuple(names[x] if isinstance(x, Value) else x for x in node.operands)
    row = node.primitive
    text, name = ("", None) if row is None else (operation_of(node, names).text(), row.name)
    return Step(names[node], text, name, operands, node.data, node.grad, tuple(contributions))


def rules(node: Value, names: dict[Value, str]) -> Iterator[str]:
    """Yield the text of the partial for each of the inputs of a node; ∂z/∂x where it is long, or unknown."""
    for x, partial in zip(node.inputs, partials_of(node, names), strict=True):
        text = partial.text(SIGN)
        yield text if len(text) <= LONGEST else f"∂{names[node]}/∂{names[x]}"
