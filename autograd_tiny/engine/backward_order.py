"""Order the nodes for the backward pass: each one comes after all of its consumers and before its inputs.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
>>> product = a * b
>>> loss = product + a
>>> order, leaves = backward_order(loss)
>>> order == [loss, product], [leaf.label for leaf in leaves]
(True, ['a', 'b'])
"""

from __future__ import annotations

from typing import Any, TypeVar

from autograd_tiny.engine.nary import push_open_inputs
from autograd_tiny.engine.node import Node

NodeT = TypeVar("NodeT", bound=Node)


def backward_order(*roots: NodeT) -> tuple[list[NodeT], list[NodeT]]:  # noqa: C901, PLR0912 - one loop, and hot
    """Return the recorded nodes below the roots, these included, each once, consumers before inputs; and the leaves.

    Depth first from the left, in reverse of `graph.topological_order`, with a stack instead of recursion: a node is
    opened, waits below its inputs, and is closed after them. The marks are new objects for each traversal, so none
    sees those of another, even of one that was interrupted; but two threads must not traverse shared nodes at once.
    """
    opened, closed = object(), object()
    closed_tuples: set[int] = set()
    order: list[NodeT] = []
    leaves: list[NodeT] = []
    stack: list[Any] = list(reversed(roots))
    node = stack.pop()
    while True:
        x, y = node._x, node._y
        if y is None and x is None:
            node._mark = closed
            leaves.append(node)
        else:
            node._mark = opened
            stack.append(node)
            if y is None:
                if x._mark is not closed:
                    node = x
                    continue
            elif node._nary is None:
                if y._mark is not closed:
                    stack.append(y)
                if x is not None and x._mark is not closed:
                    node = x
                    continue
            else:
                push_open_inputs(node, stack, closed, closed_tuples)
        while stack:
            node = stack.pop()
            if node._mark is opened:
                node._mark = closed
                order.append(node)
            elif node._mark is not closed:
                break
        else:
            order.reverse()
            return order, leaves
