"""`sum`, `dot` and `affine`, written out for speed: one n-ary node instead of hundreds of binary ones.

>>> from autograd_tiny import Value
>>> w, x, b = [Value(1.0), Value(2.0)], [3.0, 4.0], Value(0.5)
>>> neuron = dot(w, x, b)
>>> neuron.data, len(neuron.inputs)
(11.5, 3)
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from typing import Any

from autograd_tiny.engine.nary import nary_slots
from autograd_tiny.engine.value import new_node
from autograd_tiny.errors import require_same_length
from autograd_tiny.primitives import table
from autograd_tiny.primitives.operands import as_list
from autograd_tiny.primitives.primitive import TABLE

SUM, DOT = TABLE["sum"], TABLE["dot"]


def sum(xs: Iterable[Any], start: Any = 0.0) -> Any:
    """Return the sum from left to right: one node for any number of inputs (the row `sum` of the table).

    Of ints, and from a list or a tuple on, it is Python's own `sum`.

    Args:
        xs: Values and real numbers; floats give a float, an empty list gives 0.0.
        start: a Value or a number to start from, as for the builtin `sum`.

    >>> from autograd_tiny import Value
    >>> total = sum([Value(1.0), Value(2.0), 3.0])
    >>> total.data, len(total.inputs)
    (6.0, 2)
    """
    if type(start) in {list, tuple}:
        return builtins.sum(xs, start)
    xs, total = tuple(as_list(xs, "sum")), 0.0
    if type(start) not in {int, float} or start:
        xs = (start, *xs)
    try:
        for x in xs:
            total += x._number
    except (AttributeError, TypeError):  # numbers among the nodes
        return builtins.sum(xs) if {int, bool}.issuperset(map(type, xs)) else table.sum(xs)
    return new_node(total, SUM, *nary_slots(xs, (1.0,) * len(xs))) if xs else total


def dot(ws: Sequence[Any], xs: Sequence[Any], bias: Any = 0.0) -> Any:
    """Return bias + Σ wᵢ·xᵢ, from left to right: one node for a whole neuron (the row `dot` of the table).

    Written out for lists of Values, and for Values times floats. Tuples are kept without a copy. The type of the
    first element decides which case applies; if another element differs, the table computes the general case.

    Args:
        ws: a list of Values and real numbers.
        xs: a list of Values and real numbers, of the same length.
        bias: a Value or a number.

    Raises:
        LengthError: the lists differ in length.

    >>> from autograd_tiny import Value
    >>> dot([Value(1.0), Value(2.0)], [3.0, 4.0], Value(0.5)).data
    11.5
    """
    if type(ws) is not tuple or type(xs) is not tuple:
        ws, xs = tuple(as_list(ws, "dot")), tuple(as_list(xs, "dot"))
    return _dots((ws,), xs, (bias,))[0]


def affine(weights: Sequence[Sequence[Any]], xs: Sequence[Any], biases: Sequence[Any]) -> list[Any]:
    """Return W·x + b: `dot(ws, xs, bias)` for each row of the weights and its bias.

    One node a row; their numbers are read once for all rows, which makes it faster than one `dot` after another.

    Args:
        weights: the rows, each a list of Values and real numbers.
        xs: a list as long as each row.
        biases: a list with as many Values or numbers as there are rows.

    Raises:
        LengthError: the lists differ in length.

    >>> from autograd_tiny import Value
    >>> [z.data for z in affine([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], [5.0, 6.0], [0.0, 0.5])]
    [17.0, 39.5]
    """
    rows = [ws if type(ws) is tuple else tuple(as_list(ws, "affine")) for ws in as_list(weights, "affine")]
    xs, biases = xs if type(xs) is tuple else tuple(as_list(xs, "affine")), as_list(biases, "affine")
    require_same_length("affine", weights=rows, biases=biases)
    return _dots(rows, xs, biases)


def _dots(rows: Sequence[tuple[Any, ...]], xs: tuple[Any, ...], biases: Sequence[Any]) -> list[Any]:
    numbers, nodes = _numbers(xs)
    results = []
    for ws, bias in zip(rows, biases, strict=True):
        slopes: Sequence[float] = ()
        try:
            total = bias if type(bias) is float else bias._number
            if nodes:
                slopes = [w._number for w in ws]
                for slope, x in zip(slopes, numbers):  # noqa: B905 - lengths are compared below
                    total += slope * x
            else:
                for w, x in zip(ws, numbers):  # noqa: B905 - as above
                    total += w._number * x
            if type(total) is float and len(ws) == len(xs) > 0:
                results.append(new_node(total, DOT, ws, numbers, nodes, slopes, bias))  # slots: see `nary`
                continue
        except (AttributeError, TypeError, OverflowError, RuntimeWarning):  # the last from NumPy's smaller floats
            pass
        results.append(table.dot(ws, xs, bias))
    return results


def _numbers(xs: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Return the numbers to multiply with, and the nodes they belong to; of a mixture neither."""
    try:
        return (xs, ()) if type(xs[0]) is float else ([x._number for x in xs], xs)
    except (AttributeError, IndexError, TypeError):
        return None, ()
