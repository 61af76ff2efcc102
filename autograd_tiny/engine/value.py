"""`Value`: a scalar that remembers how it was made, and `backward()`, which applies the chain rule.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> loss = a * b + a ** 2          # forward pass: each operation makes a node and stores its partials
>>> loss.backward()                # backward pass: from the loss to the leaves
>>> loss.data, a.grad, b.grad      # ∂loss/∂a = b + 2a, ∂loss/∂b = a
(-2.0, 1.0, 2.0)

`x` and `y` are the operands of a node, `dx` and `dy` its partials ∂node/∂x and ∂node/∂y (see `node`).
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Sequence
from itertools import repeat
from math import isfinite, tanh
from threading import get_ident
from typing import Any, Final, Union

from autograd_tiny.engine.grad_mode import PAUSED, RECORDERS
from autograd_tiny.engine.methods import Methods
from autograd_tiny.engine.node import recorded_order
from autograd_tiny.primitives.float_functions import cosh
from autograd_tiny.primitives.operands import as_float, is_array
from autograd_tiny.primitives.primitive import TABLE, Primitive

Operand = Union["Value", float]

ADD, SUB, MUL, DIV, NEG, RELU, TANH = (TABLE[name] for name in ("add", "sub", "mul", "div", "neg", "relu", "tanh"))
POW, POWER_RULE, EXPONENTIAL = (TABLE[name] for name in ("pow", "pow_constant_exponent", "pow_constant_base"))
_new: Final = object.__new__


class Value(Methods):
    """A number, its gradient, and how it was made.

    Args:
        data: a real number, kept as a float (`int`, `float`, NumPy's real scalars).
        label: a name for people, shown everywhere.

    Raises:
        OperandError: the data is no real number, or the label no string. It is a TypeError.
    """

    __slots__ = ()
    __match_args__ = ("data",)

    def __init__(self, data: float, *, label: str = "") -> None:
        self.primitive = self._x = self._y = self._rest = None
        self._grad = self._dx = self._dy = 0.0
        self.data = data
        self.label = label
        self._mark = None

    # ── arithmetic and the two usual activations, written out: the hot path, which a test holds to the table ──

    def __add__(self, other: Operand) -> Value:
        if type(other) is Value:
            return new_node(self._data + other._data, ADD, self, 1.0, other, 1.0)
        if type(other) is float or type(other) is int:
            return new_node(self._data + other, ADD, self, 1.0, None, other)
        return _record_operator(ADD, self, other)

    def __radd__(self, other: float) -> Value:
        if type(other) is float or type(other) is int:
            return new_node(other + self._data, ADD, None, other, self, 1.0)
        return _record_operator(ADD, other, self)

    def __sub__(self, other: Operand) -> Value:
        if type(other) is Value:
            return new_node(self._data - other._data, SUB, self, 1.0, other, -1.0)
        if type(other) is float or type(other) is int:
            return new_node(self._data - other, SUB, self, 1.0, None, other)
        return _record_operator(SUB, self, other)

    def __rsub__(self, other: float) -> Value:
        if type(other) is float or type(other) is int:
            return new_node(other - self._data, SUB, None, other, self, -1.0)
        return _record_operator(SUB, other, self)

    def __mul__(self, other: Operand) -> Value:
        if type(other) is Value:
            return new_node(self._data * other._data, MUL, self, other._data, other, self._data)
        if type(other) is float or type(other) is int:
            return new_node(self._data * other, MUL, self, other, None, other)
        return _record_operator(MUL, self, other)

    def __rmul__(self, other: float) -> Value:
        if type(other) is float or type(other) is int:
            return new_node(other * self._data, MUL, None, other, self, other)
        return _record_operator(MUL, other, self)

    def __truediv__(self, other: Operand) -> Value:
        if type(other) is Value and other._data:
            quotient = self._data / other._data
            return new_node(quotient, DIV, self, 1.0 / other._data, other, -quotient / other._data)
        if (type(other) is float or type(other) is int) and other:
            return new_node(self._data / other, DIV, self, 1.0 / other, None, other)
        return _record_operator(DIV, self, other)

    def __rtruediv__(self, other: float) -> Value:
        if (type(other) is float or type(other) is int) and self._data:
            quotient = other / self._data
            return new_node(quotient, DIV, None, other, self, -quotient / self._data)
        return _record_operator(DIV, other, self)

    def __pow__(self, other: Operand) -> Value:
        if type(other) is int and other > 0:  # the usual squares and cubes
            try:
                slope = other * self._data ** (other - 1)
                return new_node(self._data**other, POWER_RULE, self, slope, None, other)
            except OverflowError:
                pass  # infinite: as the table says
        return _record_operator(POW if isinstance(other, Value) else POWER_RULE, self, other)

    def __rpow__(self, other: float) -> Value:
        return _record_operator(EXPONENTIAL, other, self)

    def __neg__(self) -> Value:
        return new_node(-self._data, NEG, self, -1.0, None, 0.0)

    def relu(self) -> Value:
        """Return the larger of x and 0; at the kink 0 the partial is 0."""
        x = self._data
        return new_node(0.0 if x < 0.0 else x, RELU, self, 0.0 if x <= 0.0 else 1.0, None, 0.0)

    def tanh(self) -> Value:
        """Return the hyperbolic tangent of x; its partial 1 / cosh²(x) is accurate in the tails."""
        return new_node(tanh(self._data), TANH, self, (1.0 / cosh(self._data)) ** 2, None, 0.0)

    # ── the graph ──

    def detach(self) -> Value:
        """Return a leaf with the same data and label, cut off from the graph."""
        if RECORDERS and (recorder := RECORDERS.get(get_ident())):
            return recorder.detach(self)  # type: ignore[no-any-return]
        return Value(self._data, label=self._label)

    def backward(self, seed: float = 1.0) -> None:
        """Add ∂self/∂leaf, times `seed`, to the gradient of every leaf; set that of every inner node.

        One pass in reverse topological order: each node hands its gradient, the upstream, times the partial to each
        of its inputs (reverse accumulation, Linnainmaa 1970). O(edges). All or nothing: after an exception or Ctrl-C
        every gradient is as it was. Nodes that several threads share are for one backward pass at a time.

        Args:
            seed: the gradient of this node itself, ∂self/∂self.
        """
        if type(seed) is not float:
            seed = as_float(seed, "the seed of backward", expected="a real number")
        order, leaves = recorded_order(self)
        nodes = order + leaves
        before = [node._grad for node in nodes]
        try:
            for node in nodes:
                node._grad = 0.0
            self._grad = seed
            hand_down(order)
            for leaf, grad in zip(leaves, before[len(order) :]):  # noqa: B905 - as long as each other
                leaf._grad += grad
        except BaseException:
            deque(map(setattr, nodes, repeat("_grad"), before), maxlen=0)  # one call, which no Ctrl-C divides
            raise

    # ── recording ──

    def apply_primitive(self, primitive: Primitive, operands: Sequence[Any]) -> Value:
        """Compute a primitive of operands of which at least one is a Value, and record the node."""
        if primitive.list_positions or primitive.arity > 2:
            return _record_many(primitive, operands)
        if primitive.arity == 1:
            return self.record_unary(primitive)
        written_out = OPERATORS.get(primitive)
        return _record_pair(primitive, *operands) if written_out is None else written_out(*operands)

    def record_unary(self, primitive: Primitive) -> Value:
        """Compute a primitive of this node alone, and record it: the short way for functions of one operand."""
        data, slope = primitive.linearize_unary(self._data)
        return new_node(data, primitive, self, slope, None, 0.0)


def hand_down(order: Sequence[Value]) -> None:
    """Let each node, consumers before inputs, add its contributions to its inputs: partial times upstream."""
    for node in reversed(order):
        upstream = node._grad
        x, y = node._x, node._y
        if y is None:
            x._grad += node._dx * upstream
        elif type(y) is not tuple:
            if x is not None:
                x._grad += node._dx * upstream
            y._grad += node._dy * upstream
        else:
            if upstream or not isfinite(sum(node._dx) + sum(node._dy)):  # 0 moves nothing, but 0 · inf is nan
                for child, partial in zip(x, node._dx):  # noqa: B905 - as long as each other, and hot
                    child._grad += partial * upstream
                for child, partial in zip(y, node._dy):  # noqa: B905 - as above
                    child._grad += partial * upstream
            if isinstance(node._rest, Value):  # a bias
                node._rest._grad += upstream


def new_node(  # noqa: PLR0917 - by position, for speed
    data: float, primitive: Primitive, x: Any, dx: Any, y: Any, dy: Any, rest: Any = None
) -> Value:
    """Return a new node with these slots (see `node`), or a leaf where recording is switched off."""
    node = _new(Value)
    node._data = data
    node._grad = 0.0
    node._label = ""
    node.primitive = primitive
    node._x = x
    node._dx = dx
    node._y = y
    node._dy = dy
    node._rest = rest
    node._mark = None
    if PAUSED and get_ident() in PAUSED:
        node.primitive = node._x = node._y = node._rest = None
        node._dx = node._dy = 0.0
    return node


def _record_pair(primitive: Primitive, x: Any, y: Any) -> Value:
    """Record a primitive of two operands, at least one of them a Value."""
    x, x_data = (x, x._data) if isinstance(x, Value) else (None, as_float(x, primitive.name))
    y, y_data = (y, y._data) if isinstance(y, Value) else (None, as_float(y, primitive.name))
    data, (dx, dy) = primitive.linearize(x_data, y_data)
    return new_node(data, primitive, x, x_data if x is None else dx, y, y_data if y is None else dy)


def _record_many(primitive: Primitive, operands: Sequence[Any]) -> Value:
    """Record a primitive of lists, or of more than two operands."""
    numbers = primitive.map(lambda x: x._data if isinstance(x, Value) else as_float(x, primitive.name), operands)
    data, partials = primitive.linearize(*numbers)
    rows = list(zip(*map(primitive.flatten, (operands, numbers, partials)), strict=True))
    mixed = tuple(x if isinstance(x, Value) else number for x, number, _ in rows)
    inputs = tuple(x for x in mixed if isinstance(x, Value))
    slopes = tuple(dx for x, _, dx in rows if isinstance(x, Value))
    return new_node(data, primitive, inputs, slopes, (), (), None if len(inputs) == len(mixed) else mixed)


OPERATORS: Final = {ADD: operator.add, SUB: operator.sub, MUL: operator.mul, DIV: operator.truediv, POW: operator.pow}


def _record_operator(primitive: Primitive, x: Any, y: Any) -> Value:
    """Record an operator of operands other than the usual two; leave an array to NumPy, element by element."""
    return NotImplemented if is_array(x) or is_array(y) else _record_pair(primitive, x, y)
