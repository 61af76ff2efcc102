"""A trace as the data of a page: names, numbers and rules, and no more than the page cannot find out by itself.

The page computes every value and every gradient itself, and lists the events in the order of the trace. So it needs
the nodes with their operands, and for each kind of node the text of its partials with blanks for the names.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> from autograd_tiny.page.rows import pick
>>> trace = (a * a + 1.0).trace()
>>> data = data_of(trace, pick(rows_of(trace)))
>>> data["nodes"][0]
{'name': 'a', 'value': 3.0, 'part': -1, 'latexName': 'a'}
>>> data["nodes"][2]["operands"], data["rules"]
([1, [1.0]], [['⟨1⟩', '⟨0⟩'], ['1']])
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any, Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.page.parts import parts_of
from autograd_tiny.page.rows import Picked
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.formulas import node_operation, node_partials
from autograd_tiny.symbolic.symbol import Symbol, as_symbol
from autograd_tiny.symbolic.templates import SIGN
from autograd_tiny.trace import Trace
from autograd_tiny.trace.sentences import CROSSING, MISTAKES

MOST_FORMULAS: Final = 400
"""Up to so many nodes a page knows the formulas as LaTeX; a longer derivation nobody would print."""

LONGEST: Final = 120
"""The longest text of a partial, in characters; beyond it stands ∂z/∂x."""


def data_of(trace: Trace, picked: Picked) -> dict[str, Any]:
    """Return the data that `scripts/graph.js` describes.

    Args:
        trace: whose numbers these are.
        picked: the rows that the page has as JavaScript.
    """
    rows = rows_of(trace)
    places = {row: place for place, row in enumerate(rows)}
    parts, homes = parts_of(trace)
    rules: dict[Any, int] = {}
    texts: list[list[str]] = []
    nodes = []
    for node, home in zip(trace.nodes, homes, strict=True):
        described: dict[str, Any] = {"name": trace.names[node]}
        if node.primitive is not None:
            key, blanks = _pattern(node)
            if key not in rules:
                rules[key] = len(texts)
                texts.append(_rules(node.primitive, blanks, key[1]))
            described |= {"row": places[node.primitive], "operands": _operands(trace, node), "rules": rules[key]}
            if node.primitive.name in picked.missing:
                described["partials"] = list(map(json_number, _partials(trace, node)))
        described |= {"value": json_number(trace.events.numbers.values[trace.position(node)]), "part": home}
        nodes.append(described)
    if len(nodes) <= MOST_FORMULAS:
        for node, described in zip(trace.nodes, nodes, strict=True):
            described.update(_latex(trace, node))
    return {
        "forward": trace.events.forward > 0,
        "cursor": trace.cursor,
        "rows": [_row(row) | {"isOwn": row.name in picked.own} for row in rows],
        "missing": picked.missing,
        "rules": texts,
        "crossing": CROSSING,
        "mistakes": MISTAKES,
        "parts": [{"name": part.name, "parent": part.parent} for part in parts],
        "nodes": nodes,
    }


def rows_of(trace: Trace) -> list[Primitive]:
    """Return the rows that the nodes of a trace were made by, each once."""
    return list(dict.fromkeys(node.primitive for node in trace.nodes if node.primitive is not None))


def _row(row: Primitive) -> dict[str, Any]:
    return {"name": row.name, "text": row.text, "lists": list(row.takes_list)}


def _operands(trace: Trace, node: Value) -> list[Any]:
    """Return the operands one after another: a place among the nodes, or a constant in brackets."""
    return [trace.position(x) if isinstance(x, Value) else [json_number(x)] for x in node.operands]


def _pattern(node: Value) -> tuple[Any, list[Any]]:
    """Return what nodes with the same rules have in common, and their operands with blanks for the names.

    A constant is part of the rule, as 2 in that of x ** 2, but not one among the many of a list.
    """
    row = cast("Primitive", node.primitive)
    grouped = zip(row.group(node.operands), row.takes_list, strict=True)
    in_list = row.flatten([[True] * len(operand) if many else False for operand, many in grouped])
    blanks = [
        Symbol(f"⟨{position}⟩") if isinstance(x, Value) or many else x
        for position, (x, many) in enumerate(zip(node.operands, in_list, strict=True))
    ]
    is_node = tuple(isinstance(x, Value) for x in node.operands)
    return (row, is_node, tuple(map(str, blanks))), blanks


def _rules(row: Primitive, blanks: list[Any], is_node: Sequence[bool]) -> list[str]:
    """Return the partial for each input as text with blanks; empty where it is long, or for floats only."""
    for operands in (blanks, list(map(as_symbol, blanks))):  # 1 / 0 raises among floats, Symbols follow IEEE rules
        try:
            partials = row.flatten(row.partials(*row.group(operands), Symbol("⟨z⟩")))
            texts = [as_symbol(partial).text(SIGN) for partial in compress(partials, is_node)]
        except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
            continue
        return [text if len(text) <= LONGEST else "" for text in texts]
    return [""] * sum(is_node)


def _partials(trace: Trace, node: Value) -> Sequence[float]:
    """Return the partials of a node as numbers: those of the trace, where some may have been set."""
    first = trace.edges.first[trace.position(node)]
    return trace.events.numbers.partials[first : first + len(node.inputs)]


def _latex(trace: Trace, node: Value) -> dict[str, Any]:
    """Return the formula of a node, and its partials, as LaTeX that holds for every number."""
    name = Symbol(trace.names[node]).latex()
    if node.primitive is None:
        return {"latexName": name}
    formula = node_operation(node, trace.names, numbers=False).latex()
    partials = node_partials(node, trace.names, numbers=False)
    return {"latexName": name, "latex": formula, "latexRules": [partial.latex(SIGN) for partial in partials]}
