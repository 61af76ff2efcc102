"""Why a gradient is what it is: the sum over the consumers, in symbols and in numbers.

>>> from autograd_tiny import Value
>>> a, b = Value(3.0, label="a"), Value(-3.0, label="b")
>>> d, e = a + b, a * b
>>> d.label, e.label = "d", "e"
>>> t = (d * e).trace()
>>> t.finish()
>>> t.why(a)
∂L/∂a = ∂L/∂e·∂e/∂a + ∂L/∂d·∂d/∂a = 0·(-3) + (-9)·1 = -9
"""

from __future__ import annotations

from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.support.terminal_text import ShownText
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.rules import factor, partial_name
from autograd_tiny.trace.walk import Walk

MOST: Final = 6
"""How many contributions are written out; of more than these, three at the beginning and the last."""


class Why(ShownText):
    """A gradient as the sum of its contributions; a prompt shows it as it is."""

    __slots__ = ()


def why(walk: Walk, node: Value | str) -> Why:
    """Return the gradient of a node as the sum of its contributions, as far as they have come.

    A consumer hands over its own gradient times its partial; where it uses the node more than once, and for the root,
    the partial is written out, as ∂z/∂x would say no more.
    """
    return Why(_sentence(walk, node))


def _sentence(walk: Walk, node: Value | str) -> str:
    root = walk.names[walk.root]
    if isinstance(node, Value) and node not in walk.names:
        name = name_nodes([node])[node] if node.label else "(no name)"
        return f"∂{root}/∂{name} = 0: {root} does not depend on it"
    x = walk.position(node)
    subject = f"∂{root}/∂{walk.names[walk.nodes[x]]}"
    gradient = walk.gradient(node)
    if walk.nodes[x] is walk.root:
        return f"{subject} = " + (
            "—: the seed is to come" if gradient is None else "1: here the backward pass begins"
        )
    into = walk.edges.into(x)
    done = sum(edge < walk.edges_done for edge in into)
    edges = list(into) if len(into) <= MOST else [*into[:3], into[-1]]
    symbols = _joined([_symbols(walk, edge) for edge in edges], len(into))
    to_come = "" if done == len(into) else f"; {_count(len(into) - done)} to come"
    if gradient is None:
        return f"{subject} = {symbols} = —{to_come}"
    numbers = _joined([_numbers(walk, edge, first=edge == edges[0]) for edge in edges], len(into))
    return f"{subject} = {symbols} = {numbers} = {format_number(gradient)}{' so far' if to_come else ''}{to_come}"


def _symbols(walk: Walk, edge: int) -> str:
    z, x = walk.edges.source[edge], walk.edges.target[edge]
    consumer, root = walk.nodes[z], walk.names[walk.root]
    says_more = consumer is walk.root or consumer.inputs.count(walk.nodes[x]) > 1
    partial = walk.events.rule(edge) if says_more else partial_name(walk.names, consumer, walk.nodes[x])
    return f"∂{root}/∂{walk.names[consumer]}·{partial}"


def _numbers(walk: Walk, edge: int, *, first: bool) -> str:
    if edge >= walk.edges_done:
        return "—"
    upstream = walk.events.numbers.gradients[walk.edges.source[edge]]
    return f"{format_number(upstream) if first else factor(upstream)}·{factor(walk.events.numbers.partials[edge])}"


def _joined(terms: list[str], count: int) -> str:
    if len(terms) < count:
        terms = [*terms[:-1], f"… ({count - len(terms)} more)", terms[-1]]
    return " + ".join(terms)


def _count(contributions: int) -> str:
    return "1 contribution is" if contributions == 1 else f"{contributions} contributions are"
