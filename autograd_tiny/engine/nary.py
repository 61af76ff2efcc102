"""How a node with many inputs keeps them: the only module that knows.

An ordinary node keeps its one or two operands in flat slots (see `node`). A node of `sum`, `dot`, `softmax` or of any
other primitive with a list or more than two operands uses the same slots for tuples:

- `_x` holds inputs and `_dx` their partials; `_y` holds further inputs and `_dy` their partials;
- `_nary`, which is None in every other node, holds the bias of a dot product (a node, whose partial is 1, or a
  float), or else a tuple: all operands where plain numbers are among them, nothing where there are none.

A dot product keeps the tuples of its weights and its inputs as it receives them, so the neurons of a layer share
them; `_y` is empty where the inputs are plain numbers, which are then the partials `_dx`. One tuple of pairs would be
simpler, but each container costs: the garbage collector visits them all.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

Slots = tuple[Any, Any, Any, Any, Any]


def nary_slots(inputs: tuple[Any, ...], partials: tuple[float, ...], operands: tuple[Any, ...] = ()) -> Slots:
    """Return the slots `_x, _dx, _y, _dy, _nary` of a node.

    Args:
        inputs: the nodes among the operands.
        partials: the partial of the new node with respect to each of them.
        operands: nodes and floats in the order of the formula; nothing where the inputs are all.
    """
    return inputs, partials, (), (), operands


def has_node(bias: Any) -> bool:
    """Return True if the slot `_nary` holds a node, the bias of a dot product."""
    return type(bias) is not tuple and type(bias) is not float


def inputs_of(node: Any) -> tuple[Any, ...]:
    """Return the inputs of an n-ary node, in order."""
    return (*node._x, *node._y, node._nary) if has_node(node._nary) else (*node._x, *node._y)


def partials_of(node: Any) -> tuple[float, ...]:
    """Return the partial of an n-ary node with respect to each of its inputs."""
    of_bias = (1.0,) if has_node(node._nary) else ()
    return tuple(map(float, (*node._dx, *node._dy, *of_bias)))


def operands_of(node: Any) -> tuple[Any, ...]:
    """Return the operands of an n-ary node, the elements of lists one after another: nodes and floats."""
    if type(node._nary) is tuple:
        return node._nary or node._x
    return (*node._x, *(node._y or map(float, node._dx)), node._nary)


def add_contributions(node: Any, upstream: float) -> None:
    """Add partial · upstream to the gradient of each input of an n-ary node."""
    if upstream or not isfinite(sum(node._dx) + sum(node._dy)):  # adding 0 changes nothing, but 0 · inf is nan
        for child, partial in zip(node._x, node._dx):  # noqa: B905 - of equal length, and hot
            child._grad += partial * upstream
        if node._y:
            for child, partial in zip(node._y, node._dy):  # noqa: B905 - as above
                child._grad += partial * upstream
    bias = node._nary
    if type(bias) is not tuple and type(bias) is not float:
        bias._grad += upstream


def push_open_inputs(node: Any, stack: list[Any], closed: object, closed_tuples: set[int]) -> None:
    """Push the inputs of an n-ary node that a traversal has not closed, so that the first is on top of the stack.

    Args:
        node: the n-ary node.
        stack: the nodes to visit.
        closed: the mark of nodes that are closed.
        closed_tuples: the identities of tuples, such as the weights that neurons share, with only closed nodes. They
            are skipped, and new ones are added.
    """
    bias = node._nary
    if type(bias) is not tuple and type(bias) is not float and bias._mark is not closed:
        stack.append(bias)
    if id(node._y) not in closed_tuples:
        _push_open(node._y, stack, closed, closed_tuples)
    if id(node._x) not in closed_tuples:
        _push_open(node._x, stack, closed, closed_tuples)


def _push_open(inputs: tuple[Any, ...], stack: list[Any], closed: object, closed_tuples: set[int]) -> None:
    waiting = [child for child in reversed(inputs) if child._mark is not closed]
    if waiting:
        stack += waiting
    else:
        closed_tuples.add(id(inputs))


def map_slot(slot: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to each node in a slot: a node, a float, None, or a tuple of nodes and floats."""
    if type(slot) is tuple:
        return tuple(x if isinstance(x, float) else function(x) for x in slot)
    return slot if slot is None or isinstance(slot, float) else function(slot)
