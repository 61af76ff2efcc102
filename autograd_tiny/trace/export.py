"""A trace as JSON: all that a page needs to show a pass and walk it.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> exported = (a * a).trace().as_json()
>>> exported["nodes"][0]["gradient"], exported["events"][1]["rule"]
(6.0, 'a')
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from autograd_tiny.engine.value import Value
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.trace.events import Event
from autograd_tiny.trace.walk import Walk


def as_json(walk: Walk) -> dict[str, Any]:
    """Return names and numbers only, as `Trace.as_json` describes them."""
    return {
        "root": walk.names[walk.root],
        "cursor": walk.cursor,
        "nodes": [_node(walk, node) for node in walk.nodes],
        "events": [_event(event) for event in walk],
    }


def _node(walk: Walk, node: Value) -> dict[str, Any]:
    numbers, x = walk.events.numbers, walk.position(node)
    return {
        "name": walk.names[node],
        "formula": walk.formula(node),
        "primitive": None if node.primitive is None else node.primitive.name,
        "operands": [walk.names[x] if isinstance(x, Value) else json_number(x) for x in node.operands],
        "module": walk.module(node),
        "value": json_number(numbers.values[x]),
        "gradient": json_number(numbers.gradients[x]),
    }


def _event(event: Event) -> dict[str, Any]:
    fields = asdict(event)
    del fields["root"], fields["formula"]  # they stand above, and with the node
    return {name: json_number(field) if isinstance(field, float) else field for name, field in fields.items()}
