"""Traverse a graph of anything that has `.inputs`, without recursion: a chain of a million nodes is fine.

>>> from autograd_tiny import Value
>>> from autograd_tiny.engine.graph import count, leaves, topological_order
>>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
>>> loss = a * b + a
>>> [node.label or node.primitive.name for node in topological_order(loss)]
['a', 'b', 'mul', 'add']
>>> [leaf.label for leaf in leaves(loss)], count(loss)
(['a', 'b'], 4)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.operands import is_iterable


class HasInputs(Protocol):
    """Anything with an ordered tuple of inputs; an input that is used twice appears twice."""

    @property
    def inputs(self) -> tuple[HasInputs, ...]:
        """The nodes this one was computed from."""


NodeT = TypeVar("NodeT", bound=HasInputs)


def topological_order(*roots: NodeT) -> list[NodeT]:
    """Return every node below the roots, and these, each once, inputs before consumers.

    Depth first from the left, so the order depends on the graph alone. O(nodes + edges).
    """
    for root in roots:
        if isinstance(root, type) or not hasattr(root, "inputs"):  # type: ignore[redundant-expr]  # may be anything
            remedy = "pass its elements one by one: topological_order(*xs)" if is_iterable(root) else "pass a Value"
            raise OperandError("topological_order", root, expected="Values", remedy=remedy)
    order: list[NodeT] = []
    opened: set[int] = set()
    closed: set[int] = set()
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        key = id(node)
        if key not in opened:
            opened.add(key)
            stack.append(node)
            stack.extend(reversed(node.inputs))  # type: ignore[arg-type]  # of the kind of their node
        elif key not in closed:
            closed.add(key)
            order.append(node)
    return order


def leaves(*roots: NodeT) -> list[NodeT]:
    """Return the nodes without inputs below the roots, in topological order."""
    return [node for node in topological_order(*roots) if not node.inputs]


def count(*roots: NodeT) -> int:
    """Return the number of nodes below the roots, these included."""
    return len(topological_order(*roots))


def consumers(nodes: Iterable[NodeT]) -> dict[NodeT, list[NodeT]]:
    """Return for each node those of `nodes` that use it, once for each use.

    >>> from autograd_tiny import Value
    >>> a = Value(2.0)
    >>> square = a * a
    >>> len(consumers([a, square])[a])
    2
    """
    users: dict[NodeT, list[NodeT]] = {node: [] for node in nodes}
    for node in list(users):
        for child in node.inputs:
            users.setdefault(child, []).append(node)  # type: ignore[arg-type]  # inputs are of the kind of the node
    return users
