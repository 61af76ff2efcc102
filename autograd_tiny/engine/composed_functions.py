"""Functions made of primitives: `var`, `softmax`, and primitives with the arguments of `math` or PyTorch.

>>> from autograd_tiny import Value
>>> xs = [Value(1.0), Value(3.0)]
>>> var(xs).data, max(xs[0], 2.0).data, gelu(0.0, approximate="tanh"), log(8.0, 2.0)
(2.0, 2.0, 0.0, 3.0)
>>> first, second = softmax([Value(1.0), Value(1.0)])
>>> first.backward()
>>> first.data, [x.grad for x in first.inputs]
(0.5, [0.25, -0.25])
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from autograd_tiny.engine.nary import nary_slots
from autograd_tiny.engine.reductions import dot
from autograd_tiny.engine.value import new_node
from autograd_tiny.errors import SignatureError, require_callable, require_same_length
from autograd_tiny.primitives import ieee_functions as floats
from autograd_tiny.primitives import table
from autograd_tiny.primitives.operands import as_float, as_list, as_numbers
from autograd_tiny.primitives.primitive import NOTHING, TABLE, Function, Primitive

fabs, logsigmoid = table.abs, table.log_sigmoid

F = TypeVar("F", bound=Callable[..., Any])

INTEGERS: Final = frozenset({int, bool})
ORDERED: Final = frozenset({*INTEGERS, list, tuple})
"""Types of which `max` and `min` are those of Python."""
SOFTMAX_AT, LOG_SOFTMAX_AT = TABLE["softmax_at"], TABLE["log_softmax_at"]


def of_row(function: Function) -> Callable[[F], F]:
    """Return a decorator that names the row which a function computes, with other arguments than the row."""

    def decorate(composed: F) -> F:
        composed.primitive = function.primitive  # type: ignore[attr-defined]  # a function has no such attribute
        return composed

    return decorate


@of_row(table.log)
def log(x: Any, base: Any = None) -> Any:
    """Return the natural logarithm, or the logarithm to a base as a quotient of two, as `math.log`.

    Args:
        x: a Value or a number.
        base: a Value or a number; e by default.

    >>> log(8.0, 2.0)
    3.0
    """
    return table.log(x) if base is None else table.div(table.log(x), table.log(base))


@of_row(table.gelu)
def gelu(x: Any, approximate: str = "none") -> Any:
    """Return x·Φ(x), or its approximation by tanh (the row `gelu_tanh`), as `torch.nn.functional.gelu`.

    Args:
        x: a Value or a number.
        approximate: "none" or "tanh".

    Raises:
        SignatureError: `approximate` is something else.

    >>> gelu(1.0) - gelu(1.0, approximate="tanh") < 0.001
    True
    """
    if not isinstance(approximate, str) or approximate not in {"none", "tanh"}:  # type: ignore[redundant-expr]  # of the user
        raise SignatureError("gelu", ("x", "approximate"), f'got approximate={approximate!r}; write "none" or "tanh"')
    return table.gelu(x) if approximate == "none" else table.gelu_tanh(x)


def prelu(x: Any, weight: Any) -> Any:
    """Return x for x > 0, else weight·x: the `leaky_relu` whose slope is a parameter, as `torch.nn.functional.prelu`.

    >>> prelu(-2.0, 0.25)
    -0.5
    """
    return table.leaky_relu(x, weight)


# ── what Python's own functions compute of plain numbers, so that these can take their names ──────────────────────


@of_row(table.abs)
def abs(x: Any) -> Any:
    """Return |x|; of an int it is an int, as Python's own `abs`.

    >>> abs(-3), abs(-3.0)
    (3, 3.0)
    """
    return builtins.abs(x) if type(x) in INTEGERS else table.abs(x)


@of_row(table.pow)
def pow(x: Any, y: Any, mod: Any = None) -> Any:
    """Return x to the power y; of ints as Python's own `pow`, which also takes a modulus.

    >>> pow(2, 3), pow(2.0, 3), pow(2, 3, 5)
    (8, 8.0, 3)
    """
    if mod is not None or (type(x) in INTEGERS and type(y) in INTEGERS):
        return builtins.pow(x, y, mod)
    return table.pow(x, y)


@of_row(table.round)
def round(x: Any, ndigits: Any = None) -> Any:
    """Return x rounded to `ndigits` decimals, ties to even; of ints and floats as Python's own `round`.

    >>> from autograd_tiny import Value
    >>> round(2.5), round(2.567, 1), round(Value(2.567), 1).data
    (2, 2.6, 2.6)
    """
    if type(x) in {*INTEGERS, float} and (ndigits is None or type(ndigits) is int):
        return builtins.round(x, ndigits)
    return table.round(x) if ndigits is None else table.round(x, ndigits)


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────


@of_row(table.max)
def max(*xs: Any, key: Callable[[Any], Any] | None = None, default: Any = NOTHING) -> Any:
    """Return the largest of a list, or of the operands, as one node; ties share the gradient equally.

    Of ints and of lists it is Python's own `max`.

    Args:
        xs: a list, or two and more Values and numbers.
        key: compares what it returns, as for Python's own `max`; the first of the largest is returned as it is.
        default: what is returned for an empty list.

    Raises:
        LengthError: the list is empty and no default is given.

    >>> max([1.0, 3.0]), max(1, 3), max([-3.0, 1.0], key=abs), max([], default=0.0)
    (3.0, 3, -3.0, 0.0)
    """
    return _extreme("max", table.max, builtins.max, xs, key, default)


@of_row(table.min)
def min(*xs: Any, key: Callable[[Any], Any] | None = None, default: Any = NOTHING) -> Any:
    """Return the smallest of a list, or of the operands, as one node; ties share the gradient equally.

    Of ints and of lists it is Python's own `min`.

    Args:
        xs: a list, or two and more Values and numbers.
        key: compares what it returns, as for Python's own `min`; the first of the smallest is returned as it is.
        default: what is returned for an empty list.

    Raises:
        LengthError: the list is empty and no default is given.

    >>> min([1.0, 3.0]), min(1.0, 3.0), min([-3.0, 1.0], key=abs), min([], default=0.0)
    (1.0, 1.0, 1.0, 0.0)
    """
    return _extreme("min", table.min, builtins.min, xs, key, default)


def dist(p: Iterable[Any], q: Iterable[Any]) -> Any:
    """Return the distance of two points, √Σ (pᵢ - qᵢ)², as `math.dist`.

    Args:
        p: the coordinates of one point, a list of Values and numbers.
        q: those of another, a list of the same length.

    Raises:
        LengthError: the lists differ in length.

    >>> dist([1.0, 1.0], [4.0, 5.0])
    5.0
    """
    p, q = as_numbers(p, "dist"), as_numbers(q, "dist")
    require_same_length("dist", p=p, q=q)
    return table.norm([a - b for a, b in zip(p, q, strict=True)])


def var(xs: Iterable[Any], correction: float = 1.0) -> Any:
    """Return the variance, Σ (xᵢ - mean)² / (n - correction), as `torch.var`.

    Args:
        xs: a list of n Values and numbers.
        correction: 1 for a sample (Bessel's correction), 0 for a whole population, as NumPy's `ddof`.

    Raises:
        LengthError: the list is empty.

    >>> var([1.0, 3.0]), var([1.0, 3.0], correction=0)
    (2.0, 1.0)
    """
    deviations, freedom = _deviations("var", xs, correction)
    return table.div(dot(deviations, deviations), freedom)


def std(xs: Iterable[Any], correction: float = 1.0) -> Any:
    """Return the standard deviation, the square root of `var`, as `torch.std`; where all are equal its slope is 0.

    Args:
        xs: a list of n Values and numbers.
        correction: 1 for a sample (Bessel's correction), 0 for a whole population, as NumPy's `ddof`.

    Raises:
        LengthError: the list is empty.

    >>> std([1.0, 3.0, 5.0])
    2.0
    """
    deviations, freedom = _deviations("std", xs, correction)
    return table.div(table.norm(deviations), table.sqrt(freedom))


def _deviations(place: str, xs: Iterable[Any], correction: float) -> tuple[list[Any], float]:
    """Return xᵢ - mean for each i, and n - correction."""
    numbers = table.nonempty(place, as_numbers(xs, place))
    mean = table.mean(numbers)
    return [x - mean for x in numbers], builtins.max(len(numbers) - as_float(correction, place), 0.0)


def _extreme(  # noqa: PLR0917 - from two places
    place: str, row: Callable[..., Any], pick: Callable[..., Any], xs: tuple[Any, ...], key: Any, default: Any
) -> Any:
    elements = as_list(xs[0] if len(xs) == 1 else xs, place)
    if key is not None:
        require_callable(key, f"the key of {place}")
    if not elements and default is not NOTHING:
        return default
    if key is not None:
        return pick(table.nonempty(place, elements), key=key)
    return pick(elements) if elements and ORDERED.issuperset(map(type, elements)) else row(elements)


# ── softmax: one node an output, whose exponentials are computed once for all of them ──


def softmax(xs: Iterable[Any]) -> list[Any]:
    """Return e^xᵢ / Σ e^xⱼ for every i, shifted by the maximum: positive numbers whose sum is 1.

    One node an output (the row `softmax_at` of the table), each with all of `xs` as inputs.

    Args:
        xs: a list of Values and real numbers; floats alone give floats.

    Raises:
        LengthError: the list is empty.
        OperandError: `xs` is not a list of numbers; pass the rows of an array one at a time.

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
        OperandError: `xs` is not a list of numbers; pass the rows of an array one at a time.

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
        OperandError: `xs` is not a list of numbers; pass the rows of an array one at a time.

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
        numbers = [x._number for x in operands]
    except AttributeError:
        return [row(operands, index) for index in range(len(operands))]
    inputs, values = tuple(operands), values_of(numbers)
    nodes = []
    for index, slopes in enumerate(_slopes_of_log_softmax(floats.softmax(numbers))):
        factor = values[index] if row is SOFTMAX_AT else 1.0
        partials = tuple([factor * slope for slope in slopes])
        nodes.append(new_node(values[index], row, *nary_slots(inputs, partials, (*inputs, float(index)))))
    return nodes


def _slopes_of_log_softmax(ps: list[float]) -> Iterator[list[float]]:
    """Yield for each i one_hot(i) - p; at i by the sum of the others, as the table does, so nan stays nan."""
    slopes_of_others = [0.0 - p for p in ps]
    for index, p in enumerate(ps):
        slopes = slopes_of_others.copy()
        slopes[index] = floats.add_all([*ps[:index], 0.0 * p, *ps[index + 1 :]])
        yield slopes
