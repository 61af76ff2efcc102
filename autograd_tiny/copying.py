"""Copies and pickles of graphs, without recursion: a chain of a million nodes is copied like any other.

`copy.copy` makes a node with the same inputs, `copy.deepcopy` a graph of its own. A pickle holds the graph below
its root as one flat list; primitives are pickled by name. Leaves shared by several pickled roots stay shared,
inner nodes are written once for each root.

>>> import copy, pickle
>>> from autograd_tiny import Value
>>> loss = Value(3.0, label="a") * 2.0
>>> copy.deepcopy(loss).inputs[0], pickle.loads(pickle.dumps(loss)).data
(Value(data=3.0, grad=0.0, label='a'), 6.0)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_tiny.graph import topological_order

Row = tuple[Any, ...]


class Copying:
    """What `Value` inherits: copy, deepcopy and pickle."""

    __slots__ = ()

    def __copy__(self) -> Any:
        return _build(type(self), _row(self, lambda node: node))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        for node in topological_order(self):  # type: ignore[type-var]  # a Value has .inputs
            if id(node) not in memo:
                memo[id(node)] = _build(type(node), _row(node, lambda original: memo[id(original)]))
        return memo[id(self)]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        nodes = topological_order(self)  # type: ignore[type-var]
        if len(nodes) == 1:
            return _build, (type(self), _row(self, lambda node: node))
        index = {id(node): k for k, node in enumerate(nodes)}
        rows = [_row(node, lambda original: index[id(original)]) if node.inputs else node for node in nodes]
        return _build_graph, (type(self), rows)


def _row(node: Any, translate: Callable[[Any], Any]) -> Row:
    """Return the fields of a node as a flat row, each input translated."""
    def optional(child: Any) -> Any:
        return None if child is None else translate(child)

    many = node._many
    if many is not None:
        operands, inputs, partials = many
        is_node = [isinstance(operand, Copying) for operand in operands]
        operands = [translate(x) if node_here else x for x, node_here in zip(operands, is_node, strict=True)]
        many = (operands, is_node, list(map(translate, inputs)), list(partials))
    fields = (node.data, node.grad, node.label, node.primitive, node._dx, node._dy)
    return (*fields, optional(node._x), optional(node._y), many)


def _build(kind: type, row: Row) -> Any:
    """Return the node of a row whose inputs are nodes."""
    node = object.__new__(kind)
    node.data, node.grad, node.label, node.primitive, node._dx, node._dy, node._x, node._y, many = row
    node._many = many and (many[0], many[2], many[3])
    node._mark = None
    return node


def _build_graph(kind: type, rows: list[Any]) -> Any:
    """Return the last node of a flat list whose rows name their inputs by position; leaves are nodes already."""
    nodes: list[Any] = []
    for row in rows:
        if isinstance(row, tuple):
            *fields, x, y, many = row
            x, y = (None if k is None else nodes[k] for k in (x, y))
            if many is not None:
                operands, is_node, inputs, partials = many
                operands = [nodes[k] if node_here else k for k, node_here in zip(operands, is_node, strict=True)]
                many = (operands, is_node, [nodes[k] for k in inputs], partials)
            row = _build(kind, (*fields, x, y, many))
        nodes.append(row)
    return nodes[-1]
