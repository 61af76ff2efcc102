"""Copy and pickle graphs without recursion, so that a chain of a million nodes is no deeper than any other.

`copy.copy` makes a node with the same inputs, `copy.deepcopy` a separate graph. A pickle holds its nodes in a table,
each once, as numbers, primitives by name, and positions of inputs. What is copied or pickled together stays shared.

>>> import copy, pickle
>>> from autograd_tiny import Value
>>> loss = Value(3.0, label="a") * 2.0
>>> copy.deepcopy(loss).inputs[0], pickle.loads(pickle.dumps(loss)).data
(Value(data=3.0, grad=0.0, label='a'), 6.0)
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from threading import local
from typing import Any, Final
from weakref import ref

from autograd_tiny.engine.backward_order import PASS, backward_order
from autograd_tiny.engine.grad_mode import RECORDERS, recorder_of_reader
from autograd_tiny.engine.nary import map_slot
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.source_lines import LINES, copy_lines
from autograd_tiny.primitives.primitive import find_primitive

State = tuple[Any, ...]

MOST_TABLES: Final = 8
"""The number of picklers within each other, or side by side, whose tables one thread keeps in mind."""


class Copying(Node):
    """A mixin of `Value`: copy, deepcopy and pickle."""

    __slots__ = ()

    def __copy__(self) -> Any:
        _refuse_while_recording(self)
        copied = _build(type(self), _state(self, getattr(self, "__dict__", None)), lambda node: node)
        copy_lines([(self, copied)])
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        _refuse_while_recording(self)
        nodes = _new_nodes(self, memo)
        with PASS:  # no backward pass of another thread changes gradients meanwhile
            for node in nodes:
                memo[id(node)] = _build(type(node), _state(node), lambda original: memo[id(original)])
        if LINES:
            copy_lines((node, memo[id(node)]) for node in nodes)
        for node in nodes:
            if hasattr(node, "__dict__"):  # of a subclass
                vars(memo[id(node)]).update(copy.deepcopy(vars(node), memo))
        return memo[id(self)]

    def __reduce__(self) -> tuple[Any, ...]:
        _refuse_while_recording(self)
        attributes = getattr(self, "__dict__", None)  # of a subclass; set when the node is known, for they may use it
        setting = (attributes, None, None, _set_attributes) if attributes else ()
        if self.primitive is None:
            return _build_leaf, (type(self), _state(self)), *setting
        graph = PickledGraph(self, _latest_table())
        return _build_root, (graph.table, graph.apart, graph), *setting


class Holder:
    """An object in the memo of each pickler that has a table, which lives as long."""


class PickledNodes:
    """The table of nodes of one pickle: their positions while it is written, the nodes when it is loaded.

    A node does not know the pickler that asks for its state. But a pickler asks each object once: a table that is
    asked comes into the hands of another pickler, and gives it a holder. What the table knows is in the pickle of the
    first; it may add to it while no other has the table.
    """

    def __init__(self, holder: Holder | None = None) -> None:
        self.nodes: list[Any] = []
        self.positions: dict[int, int] = {}
        self.holders: list[Callable[[], Holder | None]] = []

    def __reduce__(self) -> tuple[type[PickledNodes], tuple[Holder]]:
        holder = Holder()
        self.holders.append(ref(holder))
        return PickledNodes, (holder,)

    @property
    def is_of_one_pickler(self) -> bool:
        """Return True if the first pickler is at work, and no other has the table."""
        first, *others = [holder() for holder in self.holders] or [None]
        return first is not None and others.count(None) == len(others)

    def add(self, nodes: Sequence[Any]) -> None:
        """Add nodes at the end."""
        first = len(self.nodes)
        self.nodes += nodes
        self.positions.update((id(node), first + k) for k, node in enumerate(nodes))


class PickledGraph:
    """The nodes below a root that are not in the table yet, as one flat list; loaded, it is the root.

    Attributes:
        table: the table of the pickle.
        apart: the nodes that the pickler treats as objects of their own, so that leaves stay shared with what is
            pickled beside the graph: leaves, and inner nodes of another class than the root or with attributes.
    """

    def __init__(self, root: Any, table: PickledNodes) -> None:
        self.root, self.table = root, table
        self.apart, self.others = self._new_in(table)
        self.known = len(table.nodes)

    def _new_in(self, table: PickledNodes) -> tuple[list[Any], list[Any]]:
        """Return the nodes that a table does not have: those apart, and the others."""
        root, kind = self.root, type(self.root)
        apart: list[Any] = []
        others: list[Any] = []
        for node in _new_nodes(root, table.positions):
            is_plain = node.primitive is not None and type(node) is kind and not getattr(node, "__dict__", None)
            (others if is_plain or node is root else apart).append(node)
        return apart, others

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        table, apart, others = self.table, self.apart, self.others
        if not table.is_of_one_pickler:
            table = PickledNodes()
        if len(table.nodes) != self.known:  # nodes that the attributes of those apart use may be in it by now
            apart, others = self._new_in(table)
        table.add(apart + others)
        with PASS:  # as in __deepcopy__
            states = [_with_positions(_state(node), table.positions) for node in others]
        return _build_nodes, (table, apart, type(self.root), states, table.positions[id(self.root)])


class Tables(local):
    """Weak references to the tables of the picklers of one thread that are at work, the latest last."""

    def __init__(self) -> None:
        self.references: list[Callable[[], PickledNodes | None]] = []


TABLES: Final = Tables()


def _latest_table() -> PickledNodes:
    """Return the table of the pickler that probably asks, the last one that began; the table finds out."""
    TABLES.references = [reference for reference in TABLES.references if reference() is not None][-MOST_TABLES:]
    for reference in reversed(TABLES.references):
        table = reference()
        if table is not None and (table.is_of_one_pickler or not table.holders):
            return table
    table = PickledNodes()
    TABLES.references.append(ref(table))
    return table


def _new_nodes(root: Any, known: Mapping[int, Any]) -> list[Any]:
    """Return the nodes below a root, and this, that are not known by their identities, inputs before consumers."""
    if not known:
        order, leaves = backward_order(root)
        return leaves + order[::-1]
    order = []
    opened: set[int] = set()
    closed: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        key = id(node)
        if key in closed or key in known:
            continue
        if key in opened:
            closed.add(key)
            order.append(node)
        else:
            opened.add(key)
            stack.append(node)
            stack += [x for x in reversed(node.inputs) if id(x) not in closed]
    return order


def _refuse_while_recording(node: Node) -> None:
    if RECORDERS and (recorder := recorder_of_reader(node)):
        recorder.refuse_to_read(node, "a node was copied or pickled")


def _state(node: Node, attributes: dict[str, Any] | None = None) -> State:
    """Return the fields of a node: first the plain ones, then the three slots that hold nodes."""
    name = None if node.primitive is None else node.primitive.name
    plain = (attributes, node._number, node._grad, node._label, name, node._dx, node._dy)
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


def _set_attributes(node: Any, attributes: dict[str, Any]) -> None:
    """Set the attributes of a subclass."""
    vars(node).update(attributes)


def _build_leaf(kind: type[Node], state: State) -> Any:
    return _build(kind, state, lambda node: node)


def _build_nodes(table: PickledNodes, apart: list[Any], kind: type[Node], states: list[State], position: int) -> Any:
    """Add nodes to the table of a pickle, and return the one at a position."""
    nodes = table.nodes
    nodes += apart
    for state in states:
        nodes.append(_build(kind, state, nodes.__getitem__))
    return nodes[position]


def _build_root(table: PickledNodes, apart: list[Any], root: Any) -> Any:
    return root


def _build_graph(kind: type[Node], leaves: list[Any], states: list[State]) -> Any:
    """Return the root of a graph of version 0.1.0, a flat list with positions instead of nodes."""
    return _build_nodes(PickledNodes(), leaves, kind, states, -1)
