"""`Value`: a scalar that remembers how it was made, and `backward()`, which applies the chain rule.

>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> loss = a * b + a ** 2          # forward pass: each operation makes a node and stores its partials
>>> loss.backward()                # backward pass: from the loss to the leaves
>>> loss.data, a.grad, b.grad      # ∂loss/∂a = b + 2a, ∂loss/∂b = a
(-2.0, 1.0, 2.0)

`x` and `y` are the operands of a node, `dx` and `dy` its partials ∂node/∂x and ∂node/∂y (see `node`).
"""

from __future__ import annotations

from math import tanh
from typing import Any, Final, Union

from autograd_tiny.engine.backward_order import GRADIENT, PASS, is_within_pass, mark_in_backward_order
from autograd_tiny.engine.copying import Copying
from autograd_tiny.engine.grad_mode import OPEN, PAUSED, RECORDERS, cut_off, recorder_of_reader
from autograd_tiny.engine.hooks import HOOKS, Hooks, accumulate_between_hooks
from autograd_tiny.engine.methods import ElementaryMethods
from autograd_tiny.engine.nary import add_contributions
from autograd_tiny.engine.node import Node, require_recorded
from autograd_tiny.engine.record import record, record_operator
from autograd_tiny.engine.source_lines import SourceLines, note_line
from autograd_tiny.engine.tool_methods import ToolMethods
from autograd_tiny.engine.zero_grad import ZeroGrad
from autograd_tiny.errors import NestedPassError
from autograd_tiny.primitives.ieee_functions import cosh
from autograd_tiny.primitives.operands import as_float
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.support.at_once import consume

Operand = Union["Value", float]
ADD, SUB, MUL, DIV, NEG, RELU, TANH = (TABLE[name] for name in ("add", "sub", "mul", "div", "neg", "relu", "tanh"))
POW, POWER_RULE, EXPONENTIAL = (TABLE[name] for name in ("pow", "pow_constant_exponent", "pow_constant_base"))
_new: Final = object.__new__


class Value(ElementaryMethods, ToolMethods, Hooks, ZeroGrad, Copying, SourceLines, Node):
    """A number, its gradient, and how it was made.

    Args:
        data: a real number, kept as a float (`int`, `float`, NumPy's real scalars).
        label: a name for people, shown everywhere.

    Raises:
        OperandError: the data is not a real number, or the label not a string. It is a TypeError.
    """

    __slots__ = ()
    __match_args__ = ("data",)

    def __init__(self, data: float, *, label: str = "") -> None:
        self.primitive = self._x = self._y = self._nary = None
        self._grad = self._dx = self._dy = 0.0
        self.data = data
        self.label = label
        self._mark = None

    # ── arithmetic, relu and tanh: the hot path, written out; a test compares it with the table of primitives ──
    def __add__(self, other: Operand) -> Value:
        if type(other) is Value:
            return new_node(self._number + other._number, ADD, self, 1.0, other, 1.0)
        try:
            if type(other) is float or type(other) is int:
                return new_node(self._number + other, ADD, self, 1.0, None, other)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, ADD, self, other)

    def __radd__(self, other: float) -> Value:
        try:
            if type(other) is float or type(other) is int:
                return new_node(other + self._number, ADD, None, other, self, 1.0)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, ADD, other, self)

    def __sub__(self, other: Operand) -> Value:
        if type(other) is Value:
            return new_node(self._number - other._number, SUB, self, 1.0, other, -1.0)
        try:
            if type(other) is float or type(other) is int:
                return new_node(self._number - other, SUB, self, 1.0, None, other)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, SUB, self, other)

    def __rsub__(self, other: float) -> Value:
        try:
            if type(other) is float or type(other) is int:
                return new_node(other - self._number, SUB, None, other, self, -1.0)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, SUB, other, self)

    def __mul__(self, other: Operand) -> Value:
        if type(other) is Value:
            return new_node(self._number * other._number, MUL, self, other._number, other, self._number)
        try:
            if type(other) is float or type(other) is int:
                return new_node(self._number * other, MUL, self, other, None, other)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, MUL, self, other)

    def __rmul__(self, other: float) -> Value:
        try:
            if type(other) is float or type(other) is int:
                return new_node(other * self._number, MUL, None, other, self, other)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, MUL, other, self)

    def __truediv__(self, other: Operand) -> Value:
        if type(other) is Value and other._number:
            quotient = self._number / other._number
            return new_node(quotient, DIV, self, 1.0 / other._number, other, -quotient / other._number)
        try:
            if (type(other) is float or type(other) is int) and other:
                return new_node(self._number / other, DIV, self, 1.0 / other, None, other)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, DIV, self, other)

    def __rtruediv__(self, other: float) -> Value:
        try:
            if (type(other) is float or type(other) is int) and self._number:
                quotient = other / self._number
                return new_node(quotient, DIV, None, other, self, -quotient / self._number)
        except OverflowError:
            pass  # an integer, refused below by name
        return record_operator(new_node, DIV, other, self)

    def __pow__(self, other: Operand) -> Value:
        if type(other) is int and other > 0:  # the usual squares and cubes
            try:
                slope = other * self._number ** (other - 1)
                return new_node(self._number**other, POWER_RULE, self, slope, None, other)
            except OverflowError:
                pass  # infinite: the table computes it by IEEE rules
        return record_operator(new_node, POW if isinstance(other, Value) else POWER_RULE, self, other)

    def __rpow__(self, other: float) -> Value:
        return record_operator(new_node, EXPONENTIAL, other, self)

    def __neg__(self) -> Value:
        return new_node(-self._number, NEG, self, -1.0, None, 0.0)

    def relu(self) -> Value:
        """Return the larger of x and 0; at the kink 0 the partial is 0."""
        x = self._number
        return new_node(0.0 if x < 0.0 else x, RELU, self, 0.0 if x <= 0.0 else 1.0, None, 0.0)

    def tanh(self) -> Value:
        """Return the hyperbolic tangent of x; its partial 1 / cosh²(x) is accurate in the tails."""
        return new_node(tanh(self._number), TANH, self, (1.0 / cosh(self._number)) ** 2, None, 0.0)

    def backward(self, seed: float = 1.0) -> None:
        """Add ∂self/∂leaf, times `seed`, to the gradient of every leaf; set the gradient of every inner node.

        One pass in reverse topological order (reverse accumulation, Linnainmaa 1970), O(edges). All or nothing: after
        an exception or Ctrl-C every gradient is as before. The passes of several threads run one after another.

        Args:
            seed: the gradient of this node itself, ∂self/∂self.

        Raises:
            NotRecordedError: this node was computed inside `no_grad()`.
        """
        seed = seed if type(seed) is float else as_float(seed, "the seed of backward", expected="a real number")
        if PASS._is_owned() and is_within_pass():
            raise NestedPassError("backward")
        with PASS:
            # 1. Order the nodes so that each one comes after all of its consumers.
            order, leaves = mark_in_backward_order(self)
            if not order:
                require_recorded(self, "backward()")
            nodes = leaves + order
            before = [node._grad for node in nodes]
            restore = map(setattr, nodes, GRADIENT, before)
            try:
                # 2. Start from gradients of 0, and from ∂self/∂self at the root.
                if any(before):
                    for node in nodes:
                        node._grad = 0.0
                self._grad = seed
                # 3. Apply the chain rule at each node; hooks run between stretches of the order.
                if HOOKS or RECORDERS:
                    accumulate_between_hooks(accumulate_gradients, order, leaves)
                else:
                    accumulate_gradients(order)
                # 4. Leaves keep the sum over all backward passes.
                for leaf, grad in zip(leaves, before):  # noqa: B905 - the leaves come first
                    leaf._grad += grad
            except BaseException:
                consume(restore)  # one call, which no Ctrl-C divides or precedes
                raise

    def detach(self) -> Value:
        """Return a leaf with the same data and label, cut off from the graph."""
        recorder = recorder_of_reader(self) if RECORDERS else None
        return recorder.detach(self) if recorder else Value(self._number, label=self._label)

    def apply_primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> Value:
        """Compute a primitive of operands of which at least one is a Value, and record the node."""
        return record(new_node, primitive, operands)

    def record_unary(self, primitive: Primitive) -> Value:
        """Compute a primitive of this node alone, and record the node."""
        data, slope = primitive.linearize_unary(self._number)
        return new_node(data, primitive, self, slope, None, 0.0)


def accumulate_gradients(order: list[Value]) -> None:
    """Apply the chain rule at each node, consumers first: each input receives partial · upstream."""
    for node in order:
        upstream = node._grad
        x, y = node._x, node._y
        if y is None:  # one input
            x._grad += node._dx * upstream
        elif node._nary is None:  # two operands, of which x may be a plain number
            if x is not None:
                x._grad += node._dx * upstream
            y._grad += node._dy * upstream
        else:  # many inputs, as of sum and dot
            add_contributions(node, upstream)


def new_node(  # noqa: PLR0917 - by position, for speed
    data: float, primitive: Primitive, x: Any, dx: Any, y: Any, dy: Any, many: Any = None
) -> Value:
    """Return a node that remembers how it was made (its slots: see `node`); a leaf inside `no_grad()`."""
    node = _new(Value)
    node._number = data
    node._grad = 0.0
    node._label = ""
    node.primitive = primitive
    node._x = x
    node._dx = dx
    node._y = y
    node._dy = dy
    node._nary = many
    node._mark = None
    if OPEN:
        if PAUSED:
            cut_off(node)
        note_line(node)
    return node
