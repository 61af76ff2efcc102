"""`sum` and `dot`, written out as the operators are: one n-ary node instead of hundreds is what makes networks fast.

>>> from autograd_tiny import Value
>>> w, x, b = [Value(1.0), Value(2.0)], [3.0, 4.0], Value(0.5)
>>> neuron = dot(w, x, b)
>>> neuron.data, len(neuron.inputs)
(11.5, 3)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd_tiny import primitives as table
from autograd_tiny.node import MANY
from autograd_tiny.operands import as_list
from autograd_tiny.primitive import TABLE
from autograd_tiny.value import new_node

SUM, DOT = TABLE["sum"], TABLE["dot"]


def sum(xs: Iterable[Any]) -> Any:
    """Return the sum from left to right: one node for any number of inputs (the row `sum` of the table).

    Args:
        xs: Values and real numbers; floats alone give a float, none of them 0.0.

    >>> from autograd_tiny import Value
    >>> total = sum([Value(1.0), Value(2.0), 3.0])
    >>> total.data, len(total.inputs)
    (6.0, 2)
    """
    xs, total = tuple(as_list(xs, "sum")), 0.0
    try:
        for x in xs:
            total += x._data
    except (AttributeError, TypeError):  # not all of them are nodes
        return table.sum(xs)
    return new_node(total, SUM, xs, (1.0,) * len(xs), MANY, None) if xs else total


def dot(ws: Sequence[Any], xs: Sequence[Any], bias: Any = 0.0) -> Any:
    """Return bias + Σ wᵢ·xᵢ, from left to right: one node for a whole neuron (the row `dot` of the table).

    Written out for Values, and for weights times plain floats; these are kept as they come where they come as tuples.
    A tuple is taken for what its first element is; where that is wrong the total is no float, and the table decides.

    Args:
        ws: a list of Values and real numbers.
        xs: another of the same length.
        bias: a Value or a number.

    Raises:
        LengthError: the lists differ in length.

    >>> from autograd_tiny import Value
    >>> dot([Value(1.0), Value(2.0)], [3.0, 4.0], Value(0.5)).data
    11.5
    """
    if type(ws) is not tuple or type(xs) is not tuple:
        ws, xs = tuple(as_list(ws, "dot")), tuple(as_list(xs, "dot"))
    constant_bias = type(bias) is float
    try:
        total = bias if constant_bias else bias._data
        if type(xs[0]) is float:
            for w, x in zip(ws, xs):  # noqa: B905 - lengths are compared below
                total += w._data * x
            inputs, partials, rest = ws, xs, bias
        else:
            w_data, x_data = [w._data for w in ws], [x._data for x in xs]
            for w, x in zip(w_data, x_data):  # noqa: B905 - as above
                total += w * x
            inputs, partials, rest = (*ws, *xs, bias), (*x_data, *w_data, 1.0), None
            if constant_bias:
                inputs, partials, rest = inputs[:-1], partials[:-1], inputs
    except (AttributeError, TypeError, IndexError, RuntimeWarning):  # the last from NumPy's smaller floats
        return table.dot(ws, xs, bias)
    if type(total) is not float or len(ws) != len(xs):
        return table.dot(ws, xs, bias)
    return new_node(total, DOT, inputs, partials, MANY, rest)
