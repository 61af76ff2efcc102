"""Copies and pickles of graphs, without recursion: a chain of a million nodes is copied like any other.

`copy.copy` makes a node with the same inputs, `copy.deepcopy` a graph of its own. A pickle holds the graph below
its root as one flat list, primitives by name. Leaves shared by several pickled roots stay shared; an inner node
that they share is written once for each root.

>>> import copy, pickle
>>> from autograd_tiny import Value
>>> loss = Value(3.0, label="a") * 2.0
>>> copy.deepcopy(loss).inputs[0], pickle.loads(pickle.dumps(loss)).data
(Value(data=3.0, grad=0.0, label='a'), 6.0)
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from autograd_tiny.engine.node import Node, recorded_order
from autograd_tiny.primitives.primitive import find_primitive

Row = tuple[Any, ...]


class Copying(Node):
    """What `Value` inherits: copy, deepcopy and pickle."""

    __slots__ = ()

    def __copy__(self) -> Any:
        return _build(type(self), _row(self), lambda node: node)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        order, leaves = recorded_order(self)
        for node in leaves + order:
            if id(node) not in memo:
                twin = memo[id(node)] = _build(type(node), _row(node), lambda original: memo[id(original)])
                if hasattr(twin, "__dict__"):  # of a subclass
                    vars(twin).update(copy.deepcopy(vars(node), memo))
        return memo[id(self)]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        if self.primitive is None:
            return _build_leaf, (type(self), _row(self))
        order, leaves = recorded_order(self)
        position = {id(node): k for k, node in enumerate(leaves + order)}
        rows = [_with_positions(_row(node), position) for node in order]
        return _build_graph, (type(self), leaves, rows)


def _row(node: Node) -> Row:
    """Return the fields of a node: first the plain ones, then the three slots that hold nodes."""
    name = None if node.primitive is None else node.primitive.name
    extra = getattr(node, "__dict__", None)  # the attributes that a subclass may add
    plain = (extra, node._data, node._grad, node._label, name, node._dx, node._dy)
    return (*plain, node._x, node._y, node._rest)


def _with_positions(row: Row, position: dict[int, int]) -> Row:
    """Return a row in which positions, whole numbers, stand for nodes; plain operands are floats."""
    *plain, x, y, rest = row
    return (*plain, *(_mapped(slot, lambda node: position[id(node)]) for slot in (x, y, rest)))


def _mapped(slot: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to the nodes in a slot, which holds one node, or a tuple of operands, or none."""
    if type(slot) is tuple:
        return tuple(x if isinstance(x, float) else function(x) for x in slot)
    return slot if slot is None or isinstance(slot, float) else function(slot)


def _build(kind: type[Node], row: Row, find: Callable[[Any], Any]) -> Any:
    """Return a node made of a row; `find` gives the node for what stands in its place."""
    node: Any = kind.__new__(kind)
    extra, node._data, node._grad, node._label, name, node._dx, node._dy, *slots = row
    if extra is not None:
        vars(node).update(extra)
    node.primitive = None if name is None else find_primitive(name)
    node._x, node._y, node._rest = (_mapped(slot, find) for slot in slots)
    node._mark = None
    return node


def _build_leaf(kind: type[Node], row: Row) -> Any:
    return _build(kind, row, lambda node: node)


def _build_graph(kind: type[Node], leaves: list[Any], rows: list[Row]) -> Any:
    """Return the root of a flat graph, in which positions stand for nodes."""
    nodes = list(leaves)
    for row in rows:
        nodes.append(_build(kind, row, nodes.__getitem__))
    return nodes[-1]
