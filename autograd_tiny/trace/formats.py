"""Write a trace as JSON, for a page or a program, and as a Markdown table, for a notebook.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> trace = (a * 2.0).trace()
>>> trace_json(trace)["nodes"][0]["gradient"]
2.0
>>> print(markdown_table(trace))
|   |   | of | how | gradient |
|---|---|---|---|---|
| ▶ | 1 | `L` | seed | 1 |
|   | 2 | `a` | `∂L/∂L·2 = 1·2 = 2` | — → 2 |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.notation import format_number, text_name, title_name
from autograd_tiny.symbolic.short_names import truncate
from autograd_tiny.trace.events import Event
from autograd_tiny.trace.formula_text import format_arrived
from autograd_tiny.trace.stepper import Stepper

AROUND: Final = 8
"""How many events a table shows on each side of the cursor."""


def trace_json(trace: Stepper) -> dict[str, Any]:
    """Return names and numbers only, as `Trace.as_json` describes them."""
    return {
        "root": trace.names[trace.root],
        "cursor": trace.cursor,
        "nodes": [_node(trace, node) for node in trace.nodes],
        "events": [_event(event) for event in trace],
    }


def _node(trace: Stepper, node: Value) -> dict[str, Any]:
    numbers, x = trace.events.numbers, trace.position(node)
    return {
        "name": trace.names[node],
        "formula": trace.formula(node),
        "primitive": None if node.primitive is None else node.primitive.name,
        "operands": [trace.names[x] if isinstance(x, Value) else json_number(x) for x in node.operands],
        "module": trace.module(node),
        "value": json_number(numbers.values[x]),
        "gradient": json_number(numbers.gradients[x]),
        "line": None if node.line is None else asdict(node.line),
    }


def _event(event: Event) -> dict[str, Any]:
    fields = asdict(event)
    for name in ("root", "formula", "factor", "line"):  # the root and each node have them, or it is the partial
        del fields[name]
    return {name: json_number(field) if isinstance(field, float) else field for name, field in fields.items()}


def markdown_table(trace: Stepper) -> str:
    """Return the events around the cursor, a pointer before the one that is next."""
    rows = ["|   |   | of | how | gradient |", "|---|---|---|---|---|"]
    shown = range(len(trace))[max(0, trace.cursor - AROUND) : trace.cursor + AROUND]
    for place in shown:
        pointer = "▶" if place == trace.cursor else " "
        rows.append(f"| {pointer} | {place + 1} | {' | '.join(_columns(trace[place]))} |")
    return "\n".join([*rows, *_definitions(trace, shown)])


def _definitions(trace: Stepper, places: range) -> Iterator[str]:
    """Yield what p, λ and the like are in the rules of these events."""
    for z in dict.fromkeys(trace.events.node_at(place) for place in places if place > trace.events.forward):
        if definition := trace.events.definition(z):
            yield f"\nIn the rules of {_code(trace.written_name(trace.nodes[z]))}, {_code(definition)}."


def _columns(event: Event) -> tuple[str, str, str]:
    """Return the node that receives something, how, and its gradient before and after."""
    if event.input is None:
        is_forward = event.kind == "forward"
        how = _code(f"{truncate(event.formula)} = {format_number(event.after)}") if is_forward else event.kind
        return _code(title_name(event.node)), how, "—" if is_forward else format_number(event.after)
    digits = event.digits
    how = _code(f"∂{text_name(event.root)}/∂{text_name(event.node)}·{event.rule} = {event.product(digits)}")
    change = f"{format_arrived(event.before, digits)} → {format_number(event.after)}"
    return _code(title_name(str(event.input))), how, change


def _code(text: str) -> str:
    """Return a text as code that fits into a table."""
    return f"`{text.replace('`', '′').replace('|', chr(92) + '|')}`"
