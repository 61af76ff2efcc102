"""Find what surprises people in a pass: a node used twice, a dead relu, a kink, a gradient left from before.

This is the one catalogue of such facts. The notes of a trace, the worked solution and the prompt choose from it what
they tell, and when; `sentences` phrases it.

>>> from autograd_tiny import Value
>>> a = Value(-3.0, label="a")
>>> walk = Walk((a + a).relu())
>>> [fact.kind for fact in facts_of_node(walk, "a")], [fact.kind for fact in facts_of_node(walk, "v1")]
(['uses', 'zero upstream'], ['inner', 'dead relu'])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.symbol import Symbol, recorded_operation
from autograd_tiny.trace.edges import row_of
from autograd_tiny.trace.passes import numbers_of
from autograd_tiny.trace.walk import Walk

MOST: Final = 3
"""The largest number of consumers of one node that are told to pass it no gradient."""

Detail = Value | Symbol | float | tuple[Value, ...] | Mapping[Value, float]
"""What fills a blank: a node, a formula, a number, several nodes, or nodes with their numbers."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a node that is worth a remark.

    Attributes:
        kind: a key of `sentences.SENTENCES`.
        x: the node that it is about.
        z: the consumer of x that it is about, if it is about one.
        details: what else fills the blanks of the sentence; `others` are nodes for which the same holds.
    """

    kind: str
    x: Value
    z: Value | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def blanks(self) -> Mapping[str, Detail]:
        """What fills the blanks of the sentence, by their names."""
        return {"x": self.x, **({} if self.z is None else {"z": self.z}), **self.details}


def facts_of_graph(walk: Walk) -> Iterator[Fact]:
    """Yield that leaves hold a gradient already."""
    held = [x for x, node in enumerate(walk.nodes) if node.primitive is None and node.grad != 0.0]
    if held:
        yield _held(walk, held[0], _others([walk.nodes[x] for x in held[1:]]))


def facts_of_node(walk: Walk, node: Value | str) -> Iterator[Fact]:
    """Yield what holds of a node and its gradient at the end of the pass."""
    x = walk.position(node)
    if walk.nodes[x].primitive is not None:
        yield inner(walk, [walk.nodes[x]])
    elif walk.nodes[x].grad != 0.0:
        yield _held(walk, x, {})
    yield from facts_of_uses(walk, node)
    partials, gradients, into = walk.events.numbers.partials, walk.events.numbers.gradients, walk.edges.into(x)
    closed = [edge for edge in into if partials[edge] == 0.0]
    others = [edge for edge in into if partials[edge] != 0.0]
    starved = [] if any(gradients[walk.edges.source[edge]] for edge in others) else others[:1]
    for edge in [*closed[:MOST], *starved]:
        yield from facts_of_zero(walk, edge)


def inner(walk: Walk, nodes: list[Value]) -> Fact:
    """Return that recorded nodes are not leaves."""
    return Fact("inner", nodes[0], None, {"formula": walk.cut_formula(nodes[0]), **_others(nodes[1:])})


def facts_of_uses(walk: Walk, node: Value | str) -> Iterator[Fact]:
    """Yield that the contributions to a node add up, and that a recorded node waits for all of them."""
    x = walk.find(node)
    into = walk.edges.into(walk.position(x))
    if len(into) > 1:
        yield Fact("uses", x, None, {"uses": len(into), "root": walk.root})
        if x.primitive is not None:
            consumers = dict.fromkeys(walk.nodes[walk.edges.source[edge]] for edge in into)
            yield Fact("order", x, None, {"consumers": tuple(consumers)})


def facts_of_zero(walk: Walk, edge: int) -> Iterator[Fact]:
    """Yield why the contribution along an edge is 0; nothing where it is not, as 0 times inf is nan."""
    numbers, edges = walk.events.numbers, walk.edges
    z, x = edges.source[edge], edges.target[edge]
    if numbers.partials[edge] * numbers.gradients[z] != 0.0:
        return
    consumer, node = walk.nodes[z], walk.nodes[x]
    row = row_of(consumer)
    if numbers.partials[edge] != 0.0:
        yield Fact("zero upstream", node, consumer)
    elif row.name == "relu":
        yield Fact("dead relu", node, consumer, _where(walk, consumer))
    else:
        is_product = row.source.endswith("rule")  # of products, quotients, powers: another factor is 0
        yield Fact("zero factor" if is_product else "flat", node, consumer, _where(walk, consumer))


def facts_of_kink(walk: Walk, node: Value) -> Iterator[Fact]:
    """Yield that a recorded node is computed exactly where its row of the table names a kink."""
    row = row_of(node)
    numbers = row.group(numbers_of(walk.edges, walk.events.numbers.values, walk.position(node)))
    if tuple(tuple(x) if isinstance(x, list) else x for x in numbers) in row.kinks:
        yield Fact("kink", node, node, _where(walk, node))


def _others(nodes: list[Value]) -> Mapping[str, Detail]:
    return {"others": tuple(nodes)} if nodes else {}


def _held(walk: Walk, x: int, others: Mapping[str, Detail]) -> Fact:
    """Return that a leaf holds a gradient already, to which the next backward pass adds."""
    node, gradient = walk.nodes[x], walk.events.numbers.gradients[x]
    total = recorded_operation(TABLE["add"], [node.grad, gradient])
    details = {"grad": node.grad, "sum": total, "total": node.grad + gradient, **others}
    return Fact("held again" if node.grad == gradient else "held", node, None, details)


def _where(walk: Walk, z: Value) -> dict[str, Detail]:
    """Return the formula of a recorded node, and the values of its inputs."""
    values = walk.events.numbers.values
    return {"formula": walk.cut_formula(z), "point": {x: values[walk.position(x)] for x in z.inputs}}
