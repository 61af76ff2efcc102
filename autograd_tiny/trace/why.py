"""Write a gradient as the sum of its contributions, in symbols and in numbers: `trace.why(node)`.

>>> from autograd_tiny import Value
>>> a, b = Value(3.0, label="a"), Value(-3.0, label="b")
>>> d, e = a + b, a * b
>>> d.label, e.label = "d", "e"
>>> t = (d * e).trace()
>>> t.finish()
>>> t.why(a)
∂L/∂a = ∂L/∂e·b + ∂L/∂d·1 = 0·(-3) + (-9)·1 = -9
"""

from __future__ import annotations

from itertools import chain, islice
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.support.console import counted
from autograd_tiny.support.terminal_text import ShownText
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.notation import format_number, text_name
from autograd_tiny.trace.formula_text import format_factor
from autograd_tiny.trace.stepper import Stepper

MOST: Final = 6
"""How many contributions are written out; of more than these, three at the beginning and the last."""


MOST_LINES: Final = 4
"""The largest number of nodes whose lines of the program are given."""


class Why(ShownText):
    """A gradient as the sum of its contributions; a prompt shows it as it is."""

    __slots__ = ()


def why(trace: Stepper, node: Value | str) -> Why:
    """Return the gradient of a node as the sum of its contributions, as far as they have come.

    A contribution is upstream times partial, and the partial is written as its formula. Lines of the program follow,
    of the node and of its first consumers, where they were recorded.
    """
    return Why("\n  ".join([_sentence(trace, node), *_definitions(trace, node), *_lines(trace, node)]))


def _definitions(trace: Stepper, node: Value | str) -> list[str]:
    """Return what p, λ and the like are in the rules of the first consumers of a node."""
    if isinstance(node, Value) and node not in trace.names:
        return []
    into = trace.edges.into(trace.position(node))
    consumers = dict.fromkeys(trace.edges.source[edge] for edge in (into if len(into) <= MOST else into[:3]))
    found = {z: text for z in consumers if (text := trace.events.definition(z))}
    if len(set(found.values())) == 1:
        return [f"where {next(iter(found.values()))}"]
    return [f"where {text} in the rule of {trace.written_name(trace.nodes[z])}" for z, text in found.items()]


def _lines(trace: Stepper, node: Value | str) -> list[str]:
    """Return where a node and its first consumers were made."""
    if isinstance(node, Value) and node not in trace.names:
        return []
    x = trace.find(node)
    consumers = (trace.nodes[trace.edges.source[edge]] for edge in trace.edges.into(trace.position(x)))
    nodes = islice(dict.fromkeys(chain([x], consumers)), MOST_LINES)
    return trace.lines.sentences({node: trace.names[node] for node in nodes})


def _sentence(trace: Stepper, node: Value | str) -> str:
    root = trace.written_name(trace.root)
    if isinstance(node, Value) and node not in trace.names:
        name = text_name(name_nodes([node])[node]) if node.label else "(no name)"
        return f"∂{root}/∂{name} = 0: {root} does not depend on it"
    x = trace.position(node)
    subject = f"∂{root}/∂{trace.written_name(trace.nodes[x])}"
    gradient = trace.gradient(node)
    if trace.nodes[x] is trace.root:
        return (
            f"{subject}: the seed is to come" if gradient is None else f"{subject} = 1: here the backward pass begins"
        )
    into = trace.edges.into(x)
    done = sum(edge < trace.edges_done for edge in into)
    edges = list(into) if len(into) <= MOST else [*into[:3], into[-1]]
    symbols = _joined([_symbols(trace, edge) for edge in edges], len(into))
    missing = len(into) - done
    to_come = f"; {contributions_to_come(missing)}" if missing else ""
    if gradient is None:
        return f"{subject} = {symbols}{to_come}"
    numbers = _joined([_numbers(trace, edge, first=edge == edges[0]) for edge in edges], len(into))
    return f"{subject} = {symbols} = {numbers} = {format_number(gradient)}{' so far' if to_come else ''}{to_come}"


def contributions_to_come(count: int) -> str:
    """Return that contributions are to come.

    >>> contributions_to_come(1), contributions_to_come(2)
    ('1 contribution is to come', '2 contributions are to come')
    """
    return f"{counted(count, 'contribution')} {'is' if count == 1 else 'are'} to come"


def _symbols(trace: Stepper, edge: int) -> str:
    consumer = trace.nodes[trace.edges.source[edge]]
    return f"∂{trace.written_name(trace.root)}/∂{trace.written_name(consumer)}·{trace.events.rule(edge)}"


def _numbers(trace: Stepper, edge: int, *, first: bool) -> str:
    if edge >= trace.edges_done:
        return "—"
    upstream = trace.events.numbers.gradients[trace.edges.source[edge]]
    return f"{format_number(upstream) if first else format_factor(upstream)}·{trace.events.factor(edge)}"


def _joined(terms: list[str], count: int) -> str:
    if len(terms) < count:
        terms = [*terms[:-1], f"… ({count - len(terms)} more)", terms[-1]]
    return " + ".join(terms)
