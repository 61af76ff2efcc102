"""Convert a trace into the data of a page: names, numbers, and the text of the partials.

The page computes values, gradients and events itself. So it needs only the nodes with their operands, and for each
kind of node the text of its formula and of its partials, with blanks for the names.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> from autograd_tiny.page.rows import pick
>>> trace = (a * a + 1.0).trace()
>>> data = graph_data(trace, pick(rows_of(trace)))
>>> data["nodes"][0]
{'name': 'a', 'value': 3.0, 'cluster': -1, 'latexName': 'a'}
>>> data["nodes"][2]["operands"], data["rules"]
([1, [1.0]], [['⟨1⟩', '⟨0⟩'], ['1']])
>>> data["formulas"]
['⟨0⟩ * ⟨1⟩', '⟨0⟩ + 1']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import compress
from typing import Any, Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.page.module_clusters import clusters_of
from autograd_tiny.page.rows import Picked
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.exact_constants import recognized
from autograd_tiny.symbolic.formulas import node_operation
from autograd_tiny.symbolic.helper_names import HelperNames
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, text_name
from autograd_tiny.symbolic.partial_rules import LONGEST, constants_of, general_rules, is_small, partial_rules
from autograd_tiny.symbolic.short_names import short_names
from autograd_tiny.symbolic.symbol import Symbol, recorded_operation
from autograd_tiny.symbolic.templates import SIGN
from autograd_tiny.trace import Trace
from autograd_tiny.trace.fact_texts import CROSSING, MISTAKES, PROFILE
from autograd_tiny.trace.profile import FEWEST, STEADY, STRONG, UNITS
from autograd_tiny.trace.profile_groups import profile_groups, units_of

MOST_FORMULAS: Final = 400
"""The largest number of nodes for which a page has the formulas as LaTeX; nobody prints a longer derivation."""


def graph_data(trace: Trace, picked: Picked, *, latex: bool = True) -> dict[str, Any]:
    """Return the data that `scripts/graph.js` describes.

    Args:
        trace: a pass.
        picked: its rows as JavaScript.
        latex: whether a graph of at most `MOST_FORMULAS` nodes has its formulas as LaTeX.
    """
    rows = rows_of(trace)
    places = {row: place for place, row in enumerate(rows)}
    clusters, innermost = clusters_of(trace)
    helpers = trace.events.helpers
    rules: dict[Any, int] = {}
    texts: list[list[str]] = []
    formulas: list[str] = []
    nodes = []
    short = short_names(trace.names.values())
    for node, cluster in zip(trace.nodes, innermost, strict=True):
        name = trace.names[node]
        described: dict[str, Any] = {"name": name}
        if name in short:
            described["shortName"] = short[name]
        if text_name(name) != name:
            described["writtenNames"] = [text_name(name), text_name(short.get(name, name))]
        if node in trace.lines.known:
            described["line"] = trace.lines.known[node].quote(trace.lines.where(node))
        if node.primitive is not None:
            digits = trace.events.digits_of_constants(trace.position(node))
            key, blanks = _pattern(node, digits)
            if key not in rules:
                rules[key] = len(texts)
                texts.append(_rules(node.primitive, blanks, key[1], helpers))
                formulas.append(recorded_operation(node.primitive, blanks).text(digits=digits))
            described |= {
                "row": places[node.primitive],
                "operands": _operands(trace, node, digits),
                "rules": rules[key],
            }
            if node.primitive.name in picked.missing:
                described["partials"] = list(map(json_number, _partials(trace, node)))
        described |= {"value": json_number(trace.events.numbers.values[trace.position(node)]), "cluster": cluster}
        nodes.append(described)
    if latex and len(nodes) <= MOST_FORMULAS:
        for node, described in zip(trace.nodes, nodes, strict=True):
            described.update(_latex(trace, node))
    return {
        "forward": trace.events.forward > 0,
        "cursor": trace.cursor,
        "rows": [_row(row, helpers) | {"isOwn": row.name in picked.own} for row in rows],
        "missing": picked.missing,
        "rules": texts,
        "helpers": {name: helpers.free(name) for name in ("n", "p")},
        "formulas": formulas,
        "crossing": CROSSING,
        "mistakes": MISTAKES,
        "sizes": _sizes(trace),
        "clusters": [asdict(cluster) for cluster in clusters],
        "nodes": nodes,
    }


def _sizes(trace: Trace) -> dict[str, Any]:
    """Return the groups whose gradients the page measures, the units that may be dead, and the text of remarks."""
    by, groups = profile_groups(trace)
    return {
        "by": by,
        "unit": UNITS.get(by, by),
        "distances": list(trace.distances),
        "groups": [[group.name, group.place, list(group.nodes)] for group in groups],
        "units": [[unit.name, list(unit.nodes)] for unit in units_of(trace, range(len(trace.nodes)))],
        "strong": STRONG,
        "steady": STEADY,
        "fewest": FEWEST,
        "texts": PROFILE,
    }


def rows_of(trace: Trace) -> list[Primitive]:
    """Return the distinct rows of the table that the nodes of a trace use."""
    return list(dict.fromkeys(node.primitive for node in trace.nodes if node.primitive is not None))


def _row(row: Primitive, helpers: HelperNames) -> dict[str, Any]:
    """Return a row with what is shown of it, and the constants in its partials."""
    described = {"name": row.name, "text": row.text, "lists": list(row.takes_list)}
    if row.list_positions:
        return described
    names = [Symbol(name) for name in row.operands]
    constants = constants_of(partial_rules(row, names, Symbol("z"), helpers) or [])
    return described | ({"where": constants} if constants else {})


def _operands(trace: Trace, node: Value, digits: int) -> list[Any]:
    """Return the operands of a node: the index of a node, or a constant in brackets, with its text if it has one."""
    return [trace.position(x) if isinstance(x, Value) else _constant(x, digits) for x in node.operands]


def _constant(number: float, digits: int) -> list[Any]:
    form = recognized(number)
    if not isinstance(form, Symbol):
        return [json_number(number), *([format_number(number, digits)] if digits > FEWEST_DIGITS else [])]
    return [json_number(number), form.text()]


def _pattern(node: Value, digits: int) -> tuple[Any, list[Any]]:
    """Return the key that nodes with the same rules share, and their operands with blanks for the names.

    A constant is part of a rule, as 2 in that of x ** 2, unless it is an element of a list.
    """
    row = cast("Primitive", node.primitive)
    grouped = zip(row.group(node.operands), row.takes_list, strict=True)
    in_list = row.flatten([[True] * len(operand) if many else False for operand, many in grouped])
    blanks = [
        Symbol.named_constant(f"⟨{position}⟩", None) if isinstance(x, Value) or many else recognized(x)
        for position, (x, many) in enumerate(zip(node.operands, in_list, strict=True))
    ]
    is_node = tuple(isinstance(x, Value) for x in node.operands)
    return (row, is_node, tuple(map(str, blanks)), digits), blanks


def _rules(row: Primitive, blanks: list[Any], is_node: Sequence[bool], helpers: HelperNames) -> list[str]:
    """Return the rule for each input as text with blanks; empty if it is too long or accepts floats only."""
    rules = partial_rules(row, blanks, Symbol.named_constant("⟨z⟩", None), helpers)
    if rules is None:
        return [""] * sum(is_node)
    texts = [rule.text(SIGN) if is_small(rule) else "" for rule in compress(rules, is_node)]
    return [text if len(text) <= LONGEST else "" for text in texts]


def _partials(trace: Trace, node: Value) -> Sequence[float]:
    """Return the partials of a node as numbers; those of the trace follow edits, those on the node do not."""
    first = trace.edges.first[trace.position(node)]
    return trace.events.numbers.partials[first : first + len(node.inputs)]


def _latex(trace: Trace, node: Value) -> dict[str, Any]:
    """Return the formula of a node and its partials as LaTeX, which hold for every number."""
    name = Symbol(trace.names[node]).latex()
    if node.primitive is None:
        return {"latexName": name}
    digits = trace.events.digits_of_constants(trace.position(node))
    formula = node_operation(node, trace.names, numbers=False).latex(digits=digits)
    rules = general_rules(node, trace.names, trace.events.helpers)
    return {"latexName": name, "latex": formula, "latexRules": [rule.latex(SIGN) for rule in rules]}
