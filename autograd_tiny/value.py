"""`Value`: a scalar that remembers how it was made, and `backward()`, which applies the chain rule.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> loss = a * b + a ** 2          # forward pass: each operation makes a node and stores its partials
>>> loss.backward()                # backward pass: from the loss to the leaves
>>> loss.data, a.grad, b.grad      # ∂loss/∂a = b + 2a, ∂loss/∂b = a
(-2.0, 1.0, 2.0)

In this module `x` and `y` are the first and second input of a node, `dx` and `dy` the partials ∂node/∂x and
∂node/∂y: plain numbers, computed when the operation is recorded. Inputs and partials lie flat in the node since
a container in each would double the work of the garbage collector.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, KeysView, Sequence
from itertools import repeat
from math import isfinite
from threading import get_ident
from typing import Any, Final, Union

from autograd_tiny import primitives as table
from autograd_tiny.copying import Copying
from autograd_tiny.errors import OperandError
from autograd_tiny.floats import power
from autograd_tiny.methods import Methods
from autograd_tiny.primitive import Primitive, as_float, is_array
from autograd_tiny.recording import PAUSED

Operand = Union["Value", float]


class Value(Methods, Copying):
    """A number, its gradient, and how it was made.

    Attributes:
        data: the number, a float.
        grad: the derivative of the last root on which `backward()` was called with respect to this node. Leaves
            accumulate it over calls until it is set to 0.
        label: a name for people, shown everywhere.
        primitive: the operation that made the node, None for a leaf.
    """

    __slots__ = ("data", "grad", "label", "primitive", "_x", "_dx", "_y", "_dy", "_many", "_mark", "__weakref__")  # fmt: skip
    __match_args__ = ("data",)

    data: float
    grad: float
    label: str
    primitive: Primitive | None
    _x: Value | None  # the first operand; None where that is a plain number, which then stands in _dx
    _dx: float
    _y: Value | None
    _dy: float
    _many: tuple[list[Operand], list[Value], list[float]] | None  # n-ary: operands, inputs, partials
    _mark: object  # what a traversal has seen

    def __init__(self, data: float, *, label: str = "") -> None:
        if type(data) is not float:
            data = _leaf_number(data)
        if not isinstance(label, str):
            raise OperandError("Value", label, expected="a str as label", remedy="pass label='name'")
        self.data = data
        self.grad = 0.0
        self.label = label
        self.primitive = self._x = self._y = self._many = self._mark = None
        self._dx = self._dy = 0.0

    # ── the five arithmetic operators, written out: they are the hot path, and a test holds them to the table ──

    def __add__(self, other: Operand) -> Value:
        if isinstance(other, Value):
            return _node(self.data + other.data, table.add, self, 1.0, other, 1.0)
        if type(other) is float:
            return _node(self.data + other, table.add, self, 1.0, None, other)
        return _with_plain(self.__add__, other, table.add)

    def __radd__(self, other: float) -> Value:
        if type(other) is float:
            return _node(other + self.data, table.add, None, other, self, 1.0)
        return _with_plain(self.__radd__, other, table.add)

    def __sub__(self, other: Operand) -> Value:
        if isinstance(other, Value):
            return _node(self.data - other.data, table.sub, self, 1.0, other, -1.0)
        if type(other) is float:
            return _node(self.data - other, table.sub, self, 1.0, None, other)
        return _with_plain(self.__sub__, other, table.sub)

    def __rsub__(self, other: float) -> Value:
        if type(other) is float:
            return _node(other - self.data, table.sub, None, other, self, -1.0)
        return _with_plain(self.__rsub__, other, table.sub)

    def __mul__(self, other: Operand) -> Value:
        if isinstance(other, Value):
            return _node(self.data * other.data, table.mul, self, other.data, other, self.data)
        if type(other) is float:
            return _node(self.data * other, table.mul, self, other, None, other)
        return _with_plain(self.__mul__, other, table.mul)

    def __rmul__(self, other: float) -> Value:
        if type(other) is float:
            return _node(other * self.data, table.mul, None, other, self, other)
        return _with_plain(self.__rmul__, other, table.mul)

    def __truediv__(self, other: Operand) -> Value:
        if isinstance(other, Value):
            if not other.data:
                return _record(table.div, (self, other))
            quotient = self.data / other.data
            return _node(quotient, table.div, self, 1.0 / other.data, other, -quotient / other.data)
        if type(other) is float:
            if not other:
                return _record(table.div, (self, other))
            return _node(self.data / other, table.div, self, 1.0 / other, None, other)
        return _with_plain(self.__truediv__, other, table.div)

    def __rtruediv__(self, other: float) -> Value:
        return _with_plain(lambda number: _record(table.div, (number, self)), other, table.div)

    def __pow__(self, other: Operand) -> Value:
        if isinstance(other, Value):
            return _record(table.pow, (self, other))
        if type(other) is float:
            slope = other * power(self.data, other - 1.0) if other else 0.0
            return _node(power(self.data, other), table.pow_constant_exponent, self, slope, None, other)
        return _with_plain(self.__pow__, other, table.pow)

    def __rpow__(self, other: float) -> Value:
        return _with_plain(lambda base: _record(table.pow_constant_base, (base, self)), other, table.pow)

    # ── the other operators ──

    def __neg__(self) -> Value:
        return _node(-self.data, table.neg, self, -1.0, None, 0.0)

    def __pos__(self) -> Value:
        return self

    # ── the node ──

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The nodes this one was computed from, in order, twice if used twice."""
        if self._many is not None:
            return tuple(self._many[1])
        return tuple(node for node in (self._x, self._y) if node is not None)

    @property
    def partials(self) -> tuple[float, ...]:
        """The partial ∂self/∂input for each of `inputs`, as numbers."""
        if self._many is not None:
            return tuple(map(float, self._many[2]))
        return tuple(d for node, d in ((self._x, self._dx), (self._y, self._dy)) if node is not None)

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The operands as the formula has them: nodes and plain numbers, those of lists one after another."""
        if self.primitive is None:
            return ()
        if self._many is not None:
            return tuple(x if isinstance(x, Value) else float(x) for x in self._many[0])
        pairs = ((self._x, self._dx), (self._y, self._dy))
        return tuple(d if node is None else node for node, d in pairs[: self.primitive.arity])

    @property
    def _prev(self) -> KeysView[Value]:
        """The inputs as micrograd's set of children, in their order."""
        return dict.fromkeys(self.inputs).keys()

    @property
    def _op(self) -> str:
        """The operation as micrograd writes it into a diagram; empty for a leaf."""
        return self.primitive.symbol if self.primitive is not None else ""

    def detach(self) -> Value:
        """Return a leaf with the same data and label, cut off from the graph."""
        return Value(self.data, label=self.label)

    def zero_grad(self) -> None:
        """Set the gradient of this node, and of every node it was computed from, to 0."""
        for node in (node for nodes in _order(self) for node in nodes):
            node.grad = 0.0

    def backward(self, seed: float = 1.0) -> None:
        """Add ∂self/∂leaf, times `seed`, to the gradient of every leaf; set that of every inner node.

        One pass over the graph in reverse topological order: each node hands its gradient, the upstream, times the
        partial to each of its inputs (reverse accumulation, Linnainmaa 1970). O(edges). All or nothing: after an
        exception or Ctrl-C every gradient is as it was.

        Args:
            seed: the gradient of this node itself, ∂self/∂self.

        Raises:
            GraphError: some `.data` or `.grad` was overwritten with something that is no float.
        """
        seed = as_float(seed, "backward")
        order, leaves = _order(self)
        nodes = order + leaves
        before = [node.grad for node in nodes]
        try:
            for node in nodes:
                node.grad = 0.0
            self.grad = seed
            for node in reversed(order):
                upstream = node.grad
                if node._many is None:
                    if node._x is not None:
                        node._x.grad += node._dx * upstream
                    if node._y is not None:
                        node._y.grad += node._dy * upstream
                elif upstream or not isfinite(sum(node._many[2])):  # 0 moves nothing, but 0 · inf is nan
                    for x, dx in zip(node._many[1], node._many[2]):
                        x.grad += dx * upstream
            for leaf, grad in zip(leaves, before[len(order) :]):
                leaf.grad += grad
        except BaseException:
            deque(map(setattr, nodes, repeat("grad"), before), maxlen=0)  # one call, which no Ctrl-C divides
            raise

    # ── recording ──

    def apply_primitive(self, primitive: Primitive, operands: Sequence[Any]) -> Value:
        """Compute a primitive of operands of which at least one is a Value, and record the node."""
        written_out = WRITTEN_OUT.get(primitive)
        return written_out(*operands) if written_out is not None else _record(primitive, operands)

    def _record_unary(self, primitive: Primitive) -> Value:
        data, (dx,) = primitive.linearize(self.data)
        return _node(data, primitive, self, dx, None, 0.0)


def _node(data: float, primitive: Primitive, x: Value | None, dx: float, y: Value | None, dy: float) -> Value:
    """Return a new node, or a leaf where recording is switched off."""
    node = _new(Value)
    node.data = data
    node.grad = 0.0
    node.label = ""
    node._many = node._mark = None
    if PAUSED and get_ident() in PAUSED:
        node.primitive = node._x = node._y = None
        return node
    node.primitive = primitive
    node._x = x
    node._dx = dx
    node._y = y
    node._dy = dy
    return node


_new: Final = object.__new__


def _record(primitive: Primitive, operands: Sequence[Any]) -> Value:
    """Record any primitive of any operands."""
    numbers = primitive.map(lambda x: x.data if isinstance(x, Value) else as_float(x, primitive.name), operands)
    data, partials = primitive.linearize(*numbers)
    if primitive.list_positions or primitive.arity > 2:
        flat, constants = primitive.flatten(operands), primitive.flatten(numbers)
        edges = [(x, dx) for x, dx in zip(flat, primitive.flatten(partials)) if isinstance(x, Value)]
        mixed = [x if isinstance(x, Value) else constant for x, constant in zip(flat, constants)]
        return _node_of_many(data, primitive, mixed, [x for x, _ in edges], [dx for _, dx in edges])
    slots = [(x, dx) if isinstance(x, Value) else (None, c) for x, c, dx in zip(operands, numbers, partials)]
    (x, dx), (y, dy) = slots if len(slots) == 2 else (slots[0], (None, 0.0))
    return _node(data, primitive, x, dx, y, dy)


def _node_of_many(
    data: float, primitive: Primitive, operands: list[Operand], inputs: list[Value], partials: list[float]
) -> Value:
    node = _node(data, primitive, None, 0.0, None, 0.0)
    if node.primitive is not None:
        node._many = (operands, inputs, partials)
    return node


def _sum(xs: list[Any]) -> Value:
    """Record `sum`, written out as the operators are."""
    total = 0.0
    try:
        for x in xs:
            total += x.data
    except (AttributeError, TypeError):  # not all of them are nodes
        return _record(table.sum, (xs,))
    nodes = list(xs)
    return _node_of_many(total, table.sum, nodes, nodes, [1.0] * len(nodes))


def _dot(ws: list[Any], xs: list[Any], bias: Any) -> Value:
    """Record `dot`, written out for lists of nodes and for weights times plain numbers.

    It takes a list to be what its first element is; where that is wrong, the total is no float.
    """
    constant = bool(xs) and type(xs[0]) is float
    try:
        w_data, x_data = [w.data for w in ws], xs.copy() if constant else [x.data for x in xs]
        total = bias.data
        for w, x in zip(w_data, x_data):
            total += w * x
    except (AttributeError, TypeError):
        return _record(table.dot, (ws, xs, bias))
    if type(total) is not float or len(ws) != len(xs):
        return _record(table.dot, (ws, xs, bias))
    if constant:
        return _node_of_many(total, table.dot, [*ws, *x_data, bias], [*ws, bias], [*x_data, 1.0])
    nodes = [*ws, *xs, bias]
    return _node_of_many(total, table.dot, nodes, nodes, [*x_data, *w_data, 1.0])


WRITTEN_OUT: Final[dict[Primitive, Callable[..., Value]]] = {
    table.add: operator.add,
    table.sub: operator.sub,
    table.mul: operator.mul,
    table.div: operator.truediv,
    table.pow: operator.pow,
    table.neg: operator.neg,
    table.sum: _sum,
    table.dot: _dot,
}


def _with_plain(method: Callable[[Any], Value], other: Any, primitive: Primitive) -> Value:
    """Call an operator again with a plain number made a float; leave an array to NumPy, element by element."""
    return NotImplemented if is_array(other) else method(as_float(other, primitive.name))


def _leaf_number(data: Any) -> float:
    if type(data) is bool or getattr(getattr(data, "dtype", None), "kind", "") == "b":
        raise OperandError("Value", data, expected="a real number as data", remedy="write 1.0 or 0.0")
    return as_float(data, "Value")


def _order(root: Value) -> tuple[list[Value], list[Value]]:
    """Return the recorded nodes below a root, inputs before consumers, and the leaves, each in order of discovery.

    Depth first from the left, by a stack. The marks are new objects each time, so no traversal sees another's,
    not even one that was interrupted.
    """
    opened, closed = object(), object()
    order: list[Value] = []
    leaves: list[Value] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node._mark is opened:
            node._mark = closed
            order.append(node)
        elif node._mark is not closed:
            if node.primitive is None:
                node._mark = closed
                leaves.append(node)
                continue
            node._mark = opened
            stack.append(node)
            if node._many is not None:
                stack.extend(x for x in reversed(node._many[1]) if x._mark is not closed)
            else:
                if node._y is not None and node._y._mark is not closed:
                    stack.append(node._y)
                if node._x is not None and node._x._mark is not closed:
                    stack.append(node._x)
    return order, leaves
