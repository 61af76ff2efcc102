"""The bare engine: the design of ours with nothing around it, which tells what a scalar engine in Python reaches.

How many times faster than the closure engine something is depends on the machine, as the share of the garbage
collector does; how much slower than this engine hardly does. It has flat slots, partials computed forwards, one node
for a sum of products and a depth-first order with a mark in the node. It has no table, and so one kind of number, no
labels, no checks, no IEEE results where Python raises, an inaccurate slope of tanh in the tails, and an interrupted
`backward()` leaves marks and half a gradient behind. What ours takes beyond it is the price of these.

>>> a, b = Value(2.0), Value(3.0)
>>> c = a * b + a
>>> c.backward()
>>> a.grad, b.grad
(4.0, 2.0)
"""

from __future__ import annotations

import math
from collections.abc import Sequence


class Value:
    """A number, its inputs `x` and `y`, and its partials `dx` and `dy`, which are lists where `x` is one."""

    __slots__ = ("data", "grad", "x", "dx", "y", "dy", "mark")

    def __init__(self, data, x=None, dx=0.0, y=None, dy=0.0) -> None:
        self.data = data
        self.grad = 0.0
        self.x = x
        self.dx = dx
        self.y = y
        self.dy = dy
        self.mark = 0

    def __add__(self, other: Value | float) -> Value:
        if isinstance(other, Value):
            return Value(self.data + other.data, self, 1.0, other, 1.0)
        return Value(self.data + other, self, 1.0)

    def __sub__(self, other: Value | float) -> Value:
        if isinstance(other, Value):
            return Value(self.data - other.data, self, 1.0, other, -1.0)
        return Value(self.data - other, self, 1.0)

    def __mul__(self, other: Value | float) -> Value:
        if isinstance(other, Value):
            return Value(self.data * other.data, self, other.data, other, self.data)
        return Value(self.data * other, self, other)

    def __truediv__(self, other: float) -> Value:
        return Value(self.data / other, self, 1.0 / other)

    def __rtruediv__(self, other: float) -> Value:
        quotient = other / self.data
        return Value(quotient, self, -quotient / self.data)

    def __pow__(self, exponent: float) -> Value:
        return Value(self.data**exponent, self, exponent * self.data ** (exponent - 1))

    def __neg__(self) -> Value:
        return Value(-self.data, self, -1.0)

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> Value:
        """The exponential."""
        e = math.exp(self.data)
        return Value(e, self, e)

    def log(self) -> Value:
        """The natural logarithm."""
        return Value(math.log(self.data), self, 1.0 / self.data)

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        t = math.tanh(self.data)
        return Value(t, self, 1.0 - t * t)

    def relu(self) -> Value:
        """The number where it is positive, otherwise zero."""
        if self.data > 0.0:
            return Value(self.data, self, 1.0)
        return Value(0.0, self, 0.0)

    def backward(self) -> None:
        """Add this node's gradient, 1, to the gradients of all nodes below it."""
        order = self._order()
        self.grad = 1.0
        for node in reversed(order):
            node.mark = 0
            upstream = node.grad
            x = node.x
            if type(x) is list:
                if upstream:
                    for child, partial in zip(x, node.dx, strict=True):
                        child.grad += upstream * partial
            else:
                x.grad += upstream * node.dx
                if node.y is not None:
                    node.y.grad += upstream * node.dy

    def _order(self) -> list[Value]:
        """Every node that has inputs, inputs before consumers; its gradient is set to 0."""
        order = []
        stack = [self]
        while stack:
            node = stack.pop()
            if node.mark == 1:
                node.mark = 2
                order.append(node)
            elif node.mark == 0:
                x = node.x
                if x is None:
                    continue
                node.mark = 1
                node.grad = 0.0
                stack.append(node)
                if type(x) is list:
                    stack += [child for child in x if child.mark == 0 and child.x is not None]
                else:
                    if x.mark == 0:
                        stack.append(x)
                    if node.y is not None and node.y.mark == 0:
                        stack.append(node.y)
        return order


def total(xs: Sequence[Value]) -> Value:
    """The sum as one node."""
    data = 0.0
    for x in xs:
        data += x.data
    return Value(data, list(xs), [1.0] * len(xs))


def dot(weights: list[Value], xs: list[Value], bias: Value) -> Value:
    """bias + Σ wᵢ·xᵢ as one node."""
    data = bias.data
    of_weights = [x.data for x in xs]
    of_inputs = [weight.data for weight in weights]
    for weight, x in zip(of_inputs, of_weights, strict=True):
        data += weight * x
    return Value(data, weights + xs + [bias], of_weights + of_inputs + [1.0])


def dot_of_numbers(weights: list[Value], xs: list[float], bias: Value) -> Value:
    """The same of inputs that are plain numbers."""
    data = bias.data
    for weight, x in zip(weights, xs, strict=True):
        data += weight.data * x
    return Value(data, [*weights, bias], [*xs, 1.0])
