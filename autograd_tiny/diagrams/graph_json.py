"""Export a graph as JSON, for other programs; nothing is left out or collapsed.

The schema, version 1:

- `format`: "autograd_tiny graph"; `version`: 1; `root`: the id of the root.
- `nodes`, inputs before consumers. Of each: `id` (its index in the list), `name` (unique), `label`
  (as given by the caller), `primitive` (the name of its row, null for a leaf), `module` (of a network, "" for none),
  `value`, `gradient` (null where none was computed), and `operands` in order, each `{"node": id}` or
  `{"number": x}`.
- `edges`, sorted by the node that they lead to and the order of its operands. Of each: `tail` and `head` (ids, from
  the input to its consumer), `position` (of the input among the nodes that the consumer uses), `partial`.

A number that JSON does not have is a string: "inf", "-inf", "nan".

>>> from autograd_tiny.diagrams.graph_view import graph_view
>>> a = Value(2.0, label="a")
>>> import json
>>> graph = json.loads(graph_json(graph_view(a * a)))
>>> graph["nodes"][1]["operands"], [edge["partial"] for edge in graph["edges"]]
([{'node': 0}, {'node': 0}], [2.0, 2.0])
"""

from __future__ import annotations

from typing import Any, Final

from autograd_tiny.diagrams.graph_view import GraphView
from autograd_tiny.engine.value import Value
from autograd_tiny.support.json_numbers import indented_json, json_number
from autograd_tiny.symbolic.module_names import modules_of

FORMAT: Final = "autograd_tiny graph"
VERSION: Final = 1


def graph_json(graph: GraphView) -> str:
    """Return a graph as JSON."""
    places = {node: place for place, node in enumerate(graph.nodes)}
    modules = modules_of(graph.nodes)
    nodes: list[dict[str, Any]] = [
        {
            "id": places[node],
            "name": graph.names[node],
            "label": node.label,
            "primitive": node.primitive.name if node.primitive else None,
            "module": modules[node],
            "value": json_number(graph.value(node)),
            "gradient": json_number(graph.gradient(node)),
            "operands": [
                {"node": places[x]} if isinstance(x, Value) else {"number": json_number(x)} for x in node.operands
            ],
        }
        for node in graph.nodes
    ]
    edges: list[dict[str, Any]] = [
        {"tail": places[x], "head": places[node], "position": position, "partial": json_number(partial)}
        for node in graph.nodes
        for position, (x, partial) in enumerate(zip(node.inputs, node.partials, strict=True))
    ]
    document = {"format": FORMAT, "version": VERSION, "root": len(nodes) - 1, "nodes": nodes, "edges": edges}
    return indented_json(document)
