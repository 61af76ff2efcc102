"""Copy and pickle graphs without recursion, so that a chain of a million nodes is no deeper than any other.

`copy.copy` makes a node with the same inputs, `copy.deepcopy` a separate graph. A pickle holds the graph below its
root as one flat list, with primitives by name. Leaves that several pickled roots share stay shared; an inner node
that they share is stored once for each root.

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

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.grad_mode import RECORDERS, recorder_of_reader
from autograd_tiny.engine.nary import map_slot
from autograd_tiny.engine.node import Node
from autograd_tiny.primitives.primitive import find_primitive

State = tuple[Any, ...]


class Copying(Node):
    """A mixin of `Value`: copy, deepcopy and pickle."""

    __slots__ = ()

    def __copy__(self) -> Any:
        _refuse_while_recording(self)
        return _build(type(self), _state(self), lambda node: node)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        _refuse_while_recording(self)
        order, leaves = backward_order(self)
        for node in leaves + order[::-1]:
            if id(node) not in memo:
                twin = memo[id(node)] = _build(type(node), _state(node), lambda original: memo[id(original)])
                if hasattr(twin, "__dict__"):  # of a subclass
                    vars(twin).update(copy.deepcopy(vars(node), memo))
        return memo[id(self)]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        _refuse_while_recording(self)
        if self.primitive is None:
            return _build_leaf, (type(self), _state(self))
        order, leaves = backward_order(self)
        order.reverse()
        position = {id(node): k for k, node in enumerate(leaves + order)}
        states = [_with_positions(_state(node), position) for node in order]
        return _build_graph, (type(self), leaves, states)


def _refuse_while_recording(node: Node) -> None:
    if RECORDERS and (recorder := recorder_of_reader(node)):
        recorder.refuse_to_read(node, "a node was copied or pickled")


def _state(node: Node) -> State:
    """Return the fields of a node: first the plain ones, then the three slots that hold nodes."""
    name = None if node.primitive is None else node.primitive.name
    extra = getattr(node, "__dict__", None)  # attributes of a subclass
    plain = (extra, node._number, node._grad, node._label, name, node._dx, node._dy)
    return (*plain, node._x, node._y, node._nary)


def _with_positions(state: State, position: dict[int, int]) -> State:
    """Return a state with positions (ints) instead of nodes; plain operands are floats."""
    *plain, x, y, many = state
    return (*plain, *(map_slot(slot, lambda node: position[id(node)]) for slot in (x, y, many)))


def _build(kind: type[Node], state: State, find: Callable[[Any], Any]) -> Any:
    """Return a node with this state; `find` returns the node for what the state holds in its place."""
    node: Any = kind.__new__(kind)
    extra, node._number, node._grad, node._label, name, node._dx, node._dy, *slots = state
    if extra is not None:
        vars(node).update(extra)
    node.primitive = None if name is None else find_primitive(name)
    node._x, node._y, node._nary = (map_slot(slot, find) for slot in slots)
    if node._nary is None and type(node._y) is tuple:
        node._nary = ()  # in a pickle of version 0.1.0
    node._mark = None
    return node


def _build_leaf(kind: type[Node], state: State) -> Any:
    return _build(kind, state, lambda node: node)


def _build_graph(kind: type[Node], leaves: list[Any], states: list[State]) -> Any:
    """Return the root of a graph that is stored as a flat list, with positions instead of nodes."""
    nodes = list(leaves)
    for state in states:
        nodes.append(_build(kind, state, nodes.__getitem__))
    return nodes[-1]
