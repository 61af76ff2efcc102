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

import os
import sys
from itertools import repeat
from threading import RLock
from types import FrameType
from typing import Any, Final, TypeVar

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.nary import push_open_inputs
from autograd_tiny.engine.node import Node

NodeT = TypeVar("NodeT", bound=Node)

PASS: Final[Any] = RLock()
"""Held by the thread that traverses a graph or runs a backward pass: nodes have one mark and one gradient each."""

GRADIENT: Final = repeat("_grad")
"""Names the slot, for a `map` of `setattr` that restores gradients."""

_after_fork = getattr(os, "register_at_fork", dict)  # there is none on Windows
_after_fork(after_in_child=PASS._at_fork_reinit)  # the thread that holds it is not in the child


def is_within_pass() -> bool:
    """Return True if the caller was called during a traversal or a backward pass of this thread.

    A debugger that was quit inside of one may have left the lock acquired. It is released then.
    """
    while PASS._is_owned():
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            if "PASS" in frame.f_code.co_names and frame.f_globals.get("PASS") is PASS:
                return True
            frame = frame.f_back
        PASS.release()
    return False


def backward_order(*roots: NodeT) -> tuple[list[NodeT], list[NodeT]]:
    """Return the recorded nodes below the roots, these included, each once, consumers before inputs; and the leaves.

    Depth first from the left, in reverse of `graph.topological_order`. Other threads wait until it is done.
    """
    if is_within_pass():  # in a signal handler or a finalizer, during a traversal whose marks must stay
        nodes = topological_order(*roots)
        return [node for node in reversed(nodes) if node.inputs], [node for node in nodes if not node.inputs]
    with PASS:
        return mark_in_backward_order(*roots)


def mark_in_backward_order(*roots: NodeT) -> tuple[list[NodeT], list[NodeT]]:  # noqa: C901, PLR0912 - one loop, hot
    """Return the same by marks in the nodes, faster than a set of those seen; for the holder of `PASS`.

    A stack instead of recursion: a node is opened, waits below its inputs, and is closed after them. The marks are
    new objects for each traversal, so none sees those of another, even of one that was interrupted.
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
