"""Find the facts of a pass that deserve a remark: a node used twice, a dead relu, a kink, an old gradient.

This is the one catalogue of such facts. The notes of a trace, the worked solution and the prompt choose from it what
they tell, and when; `fact_texts` phrases it.

>>> from autograd_tiny import Value
>>> a = Value(-3.0, label="a")
>>> trace = (a + a).relu().trace()
>>> [fact.kind for fact in facts_of_node(trace, "a")], [fact.kind for fact in facts_of_node(trace, "v1")]
(['uses', 'zero upstream'], ['inner', 'dead relu'])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.symbol import Symbol, recorded_operation
from autograd_tiny.trace.passes import numbers_of, primitive_of
from autograd_tiny.trace.stepper import Stepper

MOST: Final = 3
"""The largest number of consumers of one node that are told to pass it no gradient."""

LESSONS: Final = frozenset({"uses", "order", "inner", "held", "held again"})
"""Kinds of facts that a front end tells once; others it tells once of each node."""

Detail = Value | Symbol | float | tuple[Value, ...] | Mapping[Value, float]
"""A value for a blank: a node, a formula, a number, several nodes, or nodes with their numbers."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a node that is worth a remark.

    Attributes:
        kind: a key of `fact_texts.SENTENCES`.
        x: the node that it is about.
        z: the consumer of x that it is about, if it is about one.
        details: values for the other blanks of the sentence; `others` are nodes for which the same holds.
    """

    kind: str
    x: Value
    z: Value | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def blanks(self) -> Mapping[str, Detail]:
        """The values for the blanks of the sentence, by their names."""
        return {"x": self.x, **({} if self.z is None else {"z": self.z}), **self.details}


def facts_of_graph(trace: Stepper) -> Iterator[Fact]:
    """Yield that leaves hold a gradient already."""
    held = [x for x, node in enumerate(trace.nodes) if node.primitive is None and node.grad != 0.0]
    if held:
        yield _held(trace, held[0], _others([trace.nodes[x] for x in held[1:]]))


def facts_of_node(trace: Stepper, node: Value | str) -> Iterator[Fact]:
    """Yield what holds of a node and its gradient at the end of the pass."""
    x = trace.position(node)
    if trace.nodes[x].primitive is not None:
        yield inner(trace, [trace.nodes[x]])
    elif trace.nodes[x].grad != 0.0:
        yield _held(trace, x, {})
    yield from facts_of_uses(trace, node)
    partials, gradients, into = trace.events.numbers.partials, trace.events.numbers.gradients, trace.edges.into(x)
    closed = [edge for edge in into if partials[edge] == 0.0]
    others = [edge for edge in into if partials[edge] != 0.0]
    starved = [] if any(gradients[trace.edges.source[edge]] for edge in others) else others[:1]
    for edge in [*closed[:MOST], *starved]:
        yield from facts_of_zero(trace, edge)


def inner(trace: Stepper, nodes: list[Value]) -> Fact:
    """Return that recorded nodes are not leaves."""
    return Fact("inner", nodes[0], None, {"formula": _formula(trace, nodes[0]), **_others(nodes[1:])})


def facts_of_uses(trace: Stepper, node: Value | str) -> Iterator[Fact]:
    """Yield that the contributions to a node add up, and that a recorded node waits for all of them."""
    x = trace.find(node)
    into = trace.edges.into(trace.position(x))
    if len(into) > 1:
        yield Fact("uses", x, None, {"uses": len(into), "root": trace.root})
        if x.primitive is not None:
            consumers = dict.fromkeys(trace.nodes[trace.edges.source[edge]] for edge in into)
            yield Fact("order", x, None, {"consumers": tuple(consumers)})


def facts_of_zero(trace: Stepper, edge: int) -> Iterator[Fact]:
    """Yield why the contribution along an edge is 0; nothing where it is not, as 0 times inf is nan."""
    numbers, edges = trace.events.numbers, trace.edges
    z, x = edges.source[edge], edges.target[edge]
    if numbers.partials[edge] * numbers.gradients[z] != 0.0:
        return
    consumer, node = trace.nodes[z], trace.nodes[x]
    primitive = primitive_of(consumer)
    if numbers.partials[edge] != 0.0:
        yield Fact("zero upstream", node, consumer)
    elif primitive.name == "relu":
        yield Fact("dead relu", node, consumer, _where(trace, consumer))
    else:
        is_product = primitive.source.endswith("rule")  # of products, quotients, powers: another factor is 0
        yield Fact("zero factor" if is_product else "flat", node, consumer, _where(trace, consumer))


def facts_of_kink(trace: Stepper, node: Value) -> Iterator[Fact]:
    """Yield that a recorded node is computed exactly at a kink that the table names."""
    primitive = primitive_of(node)
    numbers = primitive.group(numbers_of(trace.edges, trace.events.numbers.values, trace.position(node)))
    if tuple(tuple(x) if isinstance(x, list) else x for x in numbers) in primitive.kinks:
        yield Fact("kink", node, node, _where(trace, node))


def _others(nodes: list[Value]) -> Mapping[str, Detail]:
    return {"others": tuple(nodes)} if nodes else {}


def _held(trace: Stepper, x: int, others: Mapping[str, Detail]) -> Fact:
    """Return that a leaf holds a gradient already, to which the next backward pass adds."""
    node, gradient = trace.nodes[x], trace.events.numbers.gradients[x]
    total = recorded_operation(TABLE["add"], [node.grad, gradient])
    details = {"grad": node.grad, "sum": total, "total": node.grad + gradient, **others}
    return Fact("held again" if node.grad == gradient else "held", node, None, details)


def _where(trace: Stepper, z: Value) -> dict[str, Detail]:
    """Return the formula of a recorded node, and the values of its inputs."""
    values = trace.events.numbers.values
    return {"formula": _formula(trace, z), "point": {x: values[trace.position(x)] for x in z.inputs}}


def _formula(trace: Stepper, z: Value) -> Symbol:
    return trace.events.short_formula(trace.position(z))
