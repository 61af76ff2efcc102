"""What a node is: its slots, how to read them, and the order of the graph below it.

The slots are flat. `_x` and `_y` are the operands and `_dx` and `_dy` the partials ∂node/∂x and ∂node/∂y, plain
numbers. Where an operand is a plain number its slot is None and the number stands beside it. Only an n-ary node
holds tuples: `_x` are inputs and `_dx` their partials, `_y` more inputs and `_dy` theirs. A dot product thus keeps
its weights and its inputs as they came, and neurons share them; `_y` is empty where these are plain numbers, which
are then the partials `_dx`. `_rest` is the bias of a dot product, whose partial is 1, or the tuple of the operands
where plain numbers are among them. Each slot, and any container, was measured: the collector looks at them all.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> node = a * a - 2.0
>>> node.operands, node.partials
((Value(data=9.0, grad=0.0), 2.0), (1.0,))
"""

from __future__ import annotations

from collections.abc import KeysView
from threading import get_ident
from typing import Any, TypeVar

from autograd_tiny.engine.grad_mode import RECORDERS
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.operands import as_float, as_leaf_data
from autograd_tiny.primitives.primitive import Primitive

NodeT = TypeVar("NodeT", bound="Node")


class Node:
    """The slots of a `Value`, and how to read them. `primitive` is the row that made the node, None for a leaf."""

    __slots__ = ("_data", "_grad", "_label", "primitive", "_x", "_dx", "_y", "_dy", "_rest", "_mark", "__weakref__")

    _data: float
    _grad: float
    _label: str
    primitive: Primitive | None
    _x: Any
    _dx: Any  # a constant may be an int, as it was given: to convert it where it is read costs less
    _y: Any
    _dy: Any
    _rest: Any
    _mark: object  # what the last traversal left

    @property
    def data(self) -> float:
        """The number, always a float; another real number may be assigned."""
        if RECORDERS and (recorder := RECORDERS.get(get_ident())):
            recorder.refuse_to_read(self)
        return self._data

    @data.setter
    def data(self, data: float) -> None:
        if type(data) is not float:
            if RECORDERS and (recorder := RECORDERS.get(get_ident())) and isinstance(data, Node):
                data = recorder.copy_into(self, data)
            data = as_leaf_data(data)
        self._data = data

    @property
    def grad(self) -> float:
        """The gradient: ∂root/∂node of the last backward pass, summed over passes in a leaf until it is set to 0."""
        return self._grad

    @grad.setter
    def grad(self, grad: float) -> None:
        self._grad = grad if type(grad) is float else as_float(grad, "grad", expected="a real number")

    @property
    def label(self) -> str:
        """A name for people, shown everywhere."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise OperandError("label", label, expected="a string", remedy="write it in quotes")
        self._label = label

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The nodes this one was computed from, in order, twice if used twice."""
        x, y = self._x, self._y
        if type(y) is tuple:
            return (*x, *y, self._rest) if isinstance(self._rest, Node) else (*x, *y)
        if x is None:
            return () if y is None else (y,)
        return (x,) if y is None else (x, y)

    @property
    def partials(self) -> tuple[float, ...]:
        """The partial ∂node/∂input for each of `inputs`, as numbers."""
        if type(self._y) is tuple:
            of_bias = (1.0,) if isinstance(self._rest, Node) else ()
            return tuple(map(float, (*self._dx, *self._dy, *of_bias)))
        return tuple(float(d) for node, d in ((self._x, self._dx), (self._y, self._dy)) if node is not None)

    @property
    def operands(self) -> tuple[Any, ...]:
        """The operands as the formula has them: nodes and plain numbers, those of lists one after another."""
        if self.primitive is None:
            return ()
        if type(self._y) is tuple:
            operands = self._x if self._rest is None else self._rest
            if type(operands) is not tuple:
                operands = (*self._x, *(self._y or self._dx), self._rest)
            return tuple(x if isinstance(x, Node) else float(x) for x in operands)
        slots = ((self._x, self._dx), (self._y, self._dy))[: self.primitive.arity]
        return tuple(float(d) if node is None else node for node, d in slots)

    def zero_grad(self) -> None:
        """Set the gradient of this node, and of every node it was computed from, to 0."""
        order, leaves = recorded_order(self)
        for node in order + leaves:
            node._grad = 0.0

    @property
    def _prev(self) -> KeysView[Any]:
        """The inputs as micrograd's set of children, in their order."""
        return dict.fromkeys(self.inputs).keys()

    @property
    def _op(self) -> str:
        """The operation as micrograd writes it into a diagram; empty for a leaf."""
        return self.primitive.symbol if self.primitive is not None else ""


def recorded_order(root: NodeT) -> tuple[list[NodeT], list[NodeT]]:  # noqa: C901, PLR0912 - one loop, and hot
    """Return the recorded nodes up to a root, inputs before consumers, and the leaves, each once.

    Depth first from the left, in the order of `graph.topological_order`, with a stack of what is left to do: a node
    is opened, waits below its inputs, and is closed. The marks are new objects each time, so no traversal sees
    those of another, not even of one that was interrupted; but two threads at once must not walk shared nodes.
    A tuple that many nodes share, such as the weights of a neuron, is passed over once all in it are closed.
    """
    opened, closed = object(), object()
    all_closed: set[int] = set()
    order: list[NodeT] = []
    leaves: list[NodeT] = []
    stack: list[Any] = []
    node = root
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
            elif type(y) is not tuple:
                if y._mark is not closed:
                    stack.append(y)
                if x is not None and x._mark is not closed:
                    node = x
                    continue
            else:
                bias = node._rest
                if isinstance(bias, Node) and bias._mark is not closed:
                    stack.append(bias)
                for inputs in (y, x):
                    if id(inputs) not in all_closed:
                        waiting = [child for child in reversed(inputs) if child._mark is not closed]
                        if waiting:
                            stack += waiting
                        else:
                            all_closed.add(id(inputs))
        while stack:
            node = stack.pop()
            if node._mark is opened:
                node._mark = closed
                order.append(node)
            elif node._mark is not closed:
                break
        else:
            return order, leaves
