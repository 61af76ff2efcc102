"""Record a primitive of any operands: the general way, for whatever `value` does not write out.

`new_node` is passed in, since `value`, which makes the nodes, is built on this module.

>>> from autograd_tiny import Value, maximum
>>> x = Value(3.0)
>>> maximum(x, 2.0).partials
(1.0,)
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

from autograd_tiny.engine.nary import nary_slots
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.reflected import reflected
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.operands import as_float, is_array, is_masked_array
from autograd_tiny.primitives.primitive import TABLE, Primitive

NodeT = TypeVar("NodeT", bound=Node)
NewNode = Callable[..., NodeT]

OPERATORS: Final = {
    TABLE["add"]: operator.add,
    TABLE["sub"]: operator.sub,
    TABLE["mul"]: operator.mul,
    TABLE["div"]: operator.truediv,
    TABLE["pow"]: operator.pow,
}
"""The primitives that `Value` writes out as operators."""

REFLECTED: Final = {
    TABLE["add"]: "__radd__",
    TABLE["sub"]: "__rsub__",
    TABLE["mul"]: "__rmul__",
    TABLE["div"]: "__rtruediv__",
    TABLE["pow"]: "__rpow__",
    TABLE["pow_constant_exponent"]: "__rpow__",
}
"""The methods by which the other operand computes them."""


def record(new_node: NewNode[NodeT], primitive: Primitive, operands: Sequence[Any]) -> NodeT:
    """Compute a primitive of operands of which at least one is a node, and return the new node."""
    if primitive.list_positions or primitive.arity > 2:
        return _record_many(new_node, primitive, operands)
    if primitive.arity == 1:
        return cast("NodeT", operands[0].record_unary(primitive))
    if primitive in OPERATORS:
        return cast("NodeT", OPERATORS[primitive](*operands))
    return _record_pair(new_node, primitive, *operands)


def record_operator(new_node: NewNode[NodeT], primitive: Primitive, x: Any, y: Any) -> NodeT:
    """Record an operator of operands that `Value` does not expect; leave arrays to NumPy, but for masked ones."""
    if is_array(x) or is_array(y):  # a masked one would look for infinities among the results, and fail
        masked = is_masked_array(y) or is_masked_array(x)
        return cast("NodeT", primitive.over_arrays((x, y)) if masked else NotImplemented)
    try:
        return _record_pair(new_node, primitive, x, y)
    except OperandError:
        result = reflected(REFLECTED[primitive], y, x) if isinstance(x, Node) else NotImplemented
        if result is NotImplemented:
            raise
        return cast("NodeT", result)


def _record_pair(new_node: NewNode[NodeT], primitive: Primitive, x: Any, y: Any) -> NodeT:
    place = "pow" if primitive.symbol == "**" else primitive.name  # which has a row for each kind of operands
    x, x_data = (x, x._number) if isinstance(x, Node) else (None, as_float(x, place))
    y, y_data = (y, y._number) if isinstance(y, Node) else (None, as_float(y, place))
    data, (dx, dy) = primitive.linearize(x_data, y_data)
    return new_node(data, primitive, x, x_data if x is None else dx, y, y_data if y is None else dy)


def _record_many(new_node: NewNode[NodeT], primitive: Primitive, operands: Sequence[Any]) -> NodeT:
    """Record a primitive of lists, or of more than two operands."""
    numbers = primitive.map(lambda x: x._number if isinstance(x, Node) else as_float(x, primitive.name), operands)
    data, partials = primitive.linearize(*numbers)
    rows = list(zip(*map(primitive.flatten, (operands, numbers, partials)), strict=True))
    mixed = tuple(x if isinstance(x, Node) else number for x, number, _ in rows)
    inputs = tuple(x for x in mixed if isinstance(x, Node))
    slopes = tuple(dx for x, _, dx in rows if isinstance(x, Node))
    return new_node(data, primitive, *nary_slots(inputs, slopes, () if len(inputs) == len(mixed) else mixed))
