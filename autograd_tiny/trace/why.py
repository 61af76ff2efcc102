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

import math
from bisect import bisect_left
from collections.abc import Sequence
from heapq import nlargest
from itertools import chain, islice
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.support.console import counted
from autograd_tiny.support.terminal_text import ShownText
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, text_name
from autograd_tiny.trace.formula_text import format_factor
from autograd_tiny.trace.stepper import Stepper
from autograd_tiny.trace.true_digits import digits_of_sum

MOST: Final = 12
"""The largest number of contributions that are all written."""
MOST_OF_MANY: Final = 4
"""Of more than these, so many are."""
MOST_LINES: Final = 4
"""The largest number of nodes whose lines of the program are given."""


class Why(ShownText):
    """A gradient as the sum of its contributions; a prompt shows it as it is."""

    __slots__ = ()


def why(trace: Stepper, node: Value | str) -> Why:
    """Return the gradient of a node as the sum of its contributions, as far as they have come.

    A contribution is upstream times partial, and the partial is written as its formula. Of many contributions the
    largest are written, and the sum of the others follows. Lines of the program follow, of the node and of the
    consumers that are written, where they were recorded.
    """
    if isinstance(node, Value) and node not in trace.names:
        root = trace.written_name(trace.root)
        name = text_name(name_nodes([node])[node]) if node.label else "(no name)"
        return Why(f"∂{root}/∂{name} = 0: {root} does not depend on it")
    x = trace.position(node)
    into, edges = trace.edges.into(x), _written_edges(trace, x)
    parts = [_sentence(trace, x, into, edges), *_others(trace, into, edges), *_definitions(trace, edges)]
    return Why("\n  ".join([*parts, *_lines(trace, x, edges)]))


def _written_edges(trace: Stepper, x: int) -> list[int]:
    """Return the edges into a node whose contributions are written: all, or of many the largest that have come."""
    into = trace.edges.into(x)
    if len(into) <= MOST:
        return list(into)
    done = into[: _done(trace, into)]
    sizes = {edge: abs(_contribution(trace, edge)) for edge in done}
    largest = nlargest(MOST_OF_MANY, done, key=lambda edge: math.inf if math.isnan(sizes[edge]) else sizes[edge])
    return sorted(largest) if done else list(into[:MOST_OF_MANY])


def _done(trace: Stepper, into: Sequence[int]) -> int:
    """Return how many of the edges into a node have contributed."""
    return bisect_left(into, trace.edges_done)


def _contribution(trace: Stepper, edge: int) -> float:
    numbers = trace.events.numbers
    return numbers.partials[edge] * numbers.gradients[trace.edges.source[edge]]


def _others(trace: Stepper, into: Sequence[int], edges: list[int]) -> list[str]:
    """Return the number and the sum of the contributions that are not written."""
    written = set(edges)
    others = [_contribution(trace, edge) for edge in into[: _done(trace, into)] if edge not in written]
    if not others:
        return []
    so_far = "" if len(edges) + len(others) == len(into) else " so far"
    return [f"the sum of {counted(len(others), 'other')}{so_far} is {format_number(sum(others))}"]


def _definitions(trace: Stepper, edges: list[int]) -> list[str]:
    """Return what p, λ and the like are in the rules of the consumers that are written."""
    consumers = dict.fromkeys(trace.edges.source[edge] for edge in edges)
    found = {z: text for z in consumers if (text := trace.events.definition(z))}
    if len(set(found.values())) == 1:
        return [f"where {next(iter(found.values()))}"]
    return [f"where {text} in the rule of {trace.written_name(trace.nodes[z])}" for z, text in found.items()]


def _lines(trace: Stepper, x: int, edges: list[int]) -> list[str]:
    """Return where a node and the first consumers that are written were made."""
    consumers = (trace.nodes[trace.edges.source[edge]] for edge in edges)
    nodes = islice(dict.fromkeys(chain([trace.nodes[x]], consumers)), MOST_LINES)
    return trace.lines.sentences({node: trace.names[node] for node in nodes})


def _sentence(trace: Stepper, x: int, into: Sequence[int], edges: list[int]) -> str:
    root, node = trace.written_name(trace.root), trace.nodes[x]
    subject = f"∂{root}/∂{trace.written_name(node)}"
    gradient = trace.gradient(node)
    if node is trace.root:
        return (
            f"{subject}: the seed is to come" if gradient is None else f"{subject} = 1: here the backward pass begins"
        )
    symbols = _joined([_symbols(trace, edge) for edge in edges], len(into))
    missing = len(into) - _done(trace, into)
    to_come = f"; {contributions_to_come(missing)}" if missing else ""
    if gradient is None:
        return f"{subject} = {symbols}{to_come}"
    digits = _digits(trace, into, edges, gradient)
    numbers = _joined([_numbers(trace, edge, digits, first=edge == edges[0]) for edge in edges], len(into))
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


def _digits(trace: Stepper, into: Sequence[int], edges: list[int], gradient: float) -> int:
    """Return how many digits the contributions need to add up to the gradient; 5 where not all are written."""
    numbers, done = trace.events.numbers, into[: _done(trace, into)]
    if len(edges) < len(into):
        return FEWEST_DIGITS
    terms = [(numbers.gradients[trace.edges.source[edge]], numbers.partials[edge]) for edge in done]
    return digits_of_sum(terms, gradient)


def _numbers(trace: Stepper, edge: int, digits: int, *, first: bool) -> str:
    if edge >= trace.edges_done:
        return "—"
    upstream = trace.events.numbers.gradients[trace.edges.source[edge]]
    written = format_number(upstream, digits) if first else format_factor(upstream, digits)
    return f"{written}·{trace.events.factor(edge, digits)}"


def _joined(terms: list[str], count: int) -> str:
    return " + ".join([*terms, *[f"… ({count - len(terms)} more)"] * (len(terms) < count)])
