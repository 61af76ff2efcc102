"""`softmax`, `log_softmax` and `softmin`: a node an output, whose exponentials are computed once for all of them.

>>> from autograd_tiny import Value
>>> xs = [Value(1.0), Value(1.0)]
>>> first, second = softmax(xs)
>>> first.backward()
>>> first.data, xs[0].grad, xs[1].grad
(0.5, 0.25, -0.25)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from autograd_tiny.engine.value import new_node
from autograd_tiny.primitives import float_functions as floats
from autograd_tiny.primitives import table
from autograd_tiny.primitives.operands import as_numbers
from autograd_tiny.primitives.primitive import TABLE, Primitive

SOFTMAX_AT, LOG_SOFTMAX_AT = TABLE["softmax_at"], TABLE["log_softmax_at"]


def softmax(xs: Iterable[Any]) -> list[Any]:
    """Return e^xᵢ / Σ e^xⱼ for every i, shifted by the maximum: positive numbers whose sum is 1.

    One node an output (the row `softmax_at` of the table), each with all of `xs` as inputs.

    Args:
        xs: a list of Values and real numbers; floats alone give floats.

    Raises:
        LengthError: the list is empty.
        OperandError: it is no list, or holds something else; the rows of an array are lists of their own.

    >>> softmax([0.0, 0.0, 0.0, 0.0])
    [0.25, 0.25, 0.25, 0.25]
    """
    return _outputs("softmax", SOFTMAX_AT, floats.softmax, xs)


def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """Return log softmax(xs) for every i, accurate where the softmax itself is rounded to 0 or 1.

    One node an output (the row `log_softmax_at` of the table), each with all of `xs` as inputs.

    Args:
        xs: a list of Values and real numbers; floats alone give floats.

    Raises:
        LengthError: the list is empty.
        OperandError: it is no list, or holds something else; the rows of an array are lists of their own.

    >>> log_softmax([1000.0, 0.0])
    [0.0, -1000.0]
    """
    return _outputs("log_softmax", LOG_SOFTMAX_AT, floats.log_softmax, xs)


def softmin(xs: Iterable[Any]) -> list[Any]:
    """Return softmax of the negative numbers: the smallest has the largest share, as `torch.nn.functional.softmin`.

    Args:
        xs: a list of Values and real numbers; floats alone give floats.

    Raises:
        LengthError: the list is empty.
        OperandError: it is no list, or holds something else; the rows of an array are lists of their own.

    >>> softmin([0.0, 1000.0])
    [1.0, 0.0]
    """
    return softmax([-x for x in table.nonempty("softmin", as_numbers(xs, "softmin"))])


def _outputs(
    place: str, row: Primitive, values_of: Callable[[Sequence[float]], list[float]], xs: Iterable[Any]
) -> list[Any]:
    """Return the outputs of a row at every position of a list; the table computes those of a mixture one by one."""
    operands = table.nonempty(place, as_numbers(xs, place))
    if {float}.issuperset(map(type, operands)):
        return values_of(operands)
    try:
        numbers = [x._data for x in operands]
    except AttributeError:
        return [row(operands, index) for index in range(len(operands))]
    inputs, values = tuple(operands), values_of(numbers)
    nodes = []
    for index, slopes in enumerate(_slopes_of_log_softmax(floats.softmax(numbers))):
        factor = values[index] if row is SOFTMAX_AT else 1.0
        partials = tuple([factor * slope for slope in slopes])
        nodes.append(new_node(values[index], row, inputs, partials, (), (), (*inputs, float(index))))
    return nodes


def _slopes_of_log_softmax(ps: list[float]) -> Iterator[list[float]]:
    """Yield for each i one_hot(i) - p; at i by the sum of the others, as the table does, so nan stays nan."""
    slopes_of_others = [0.0 - p for p in ps]
    for index, p in enumerate(ps):
        slopes = slopes_of_others.copy()
        slopes[index] = floats.add_all([*ps[:index], 0.0 * p, *ps[index + 1 :]])
        yield slopes
