"""`Dual`: a number with its derivatives along one direction, computed by the same rows of the table.

A dual number is x + ẋε with ε² = 0: a value and a tangent. More coefficients make it a truncated Taylor series,
x₀ + x₁ε + … + xₙεⁿ, with all derivatives up to order n. The coefficients are floats, or any other kind of number.

>>> from autograd_tiny import sin
>>> x = Dual(0.0, 1.0)
>>> sin(x), x * x + 3.0
(Dual(0.0, 1.0), Dual(3.0, 0.0))
>>> Dual(2.0, 1.0, 0.0) ** 3.0
Dual(8.0, 12.0, 6.0)

A row of the table gives the partials of z, and z' = Σ ∂z/∂xᵢ · xᵢ' (Griewank, Walther 2008, §13).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from typing import Any

from autograd_tiny.primitives.operands import is_array
from autograd_tiny.primitives.primitive import TABLE, Primitive

Results = dict[tuple[Any, ...], tuple[list[Any], "Dual"]]

RESULTS: ContextVar[Results | None] = ContextVar("RESULTS", default=None)
"""The results known while a primitive is computed: by the function and its operands, the operands and the result."""


def _binary(function: Callable[[Any, Any], Any]) -> Any:
    """Return a function of two Duals as an operator, which takes a plain number on the right too."""

    def operate(self: Dual, other: Any) -> Any:
        return NotImplemented if is_array(other) else _operate(function, self, other)

    return operate


def _reflected(function: Callable[[Any, Any], Any]) -> Any:
    return lambda self, other: _operate(function, other, self)


def _operate(function: Callable[[Any, Any], Dual], x: Any, y: Any) -> Dual:
    """Return the result of an operator, within the computation of a primitive once for the same operands."""
    results = RESULTS.get()
    if results is None:
        return function(x, y)
    key = function, _identity(x), _identity(y)
    if key not in results:
        result = function(x, y)
        if len(result.coefficients) > 2:
            result._lower = _operate(function, _lower(x), _lower(y))  # the one that is known, not one like it
        results[key] = [x, y], result
    return results[key][1]


def _comparison(compare: Callable[[Any, Any], bool]) -> Any:
    """Return a comparison of values; of a program that is recorded its truth, for a Dual is not mixed with nodes."""

    def operate(self: Dual, other: Any) -> Any:
        truth: Any = compare(self.value, other.value if isinstance(other, Dual) else other)
        return bool(truth) if hasattr(truth, "choose_recorded") else truth

    return operate


def _add(x: Any, y: Any) -> Dual:
    x, y = _alike(x, y)
    return Dual(*map(operator.add, x.coefficients, y.coefficients))


def _subtract(x: Any, y: Any) -> Dual:
    x, y = _alike(x, y)
    return Dual(*map(operator.sub, x.coefficients, y.coefficients))


def _multiply(x: Dual, y: Any) -> Dual:
    """Return the product: its coefficient k is Σ xᵢ·yₖ₋ᵢ."""
    if not isinstance(y, Dual):
        return Dual(*(c * y for c in x.coefficients))
    pairs = [
        list(zip(x.coefficients[: k + 1], y.coefficients[k::-1], strict=True)) for k in range(len(x.coefficients))
    ]
    return Dual(*(_sum([a * b for a, b in terms]) for terms in pairs))


def _divide(x: Any, y: Any) -> Dual:
    """Return the quotient q: since x = q·y, its coefficient k is (xₖ - Σ qᵢ·yₖ₋ᵢ) / y₀."""
    x, y = _alike(x, y)
    quotient: list[Any] = []
    for k, c in enumerate(x.coefficients):
        known = [-a * b for a, b in zip(quotient, y.coefficients[k:0:-1], strict=True)]
        quotient.append(TABLE["div"](_sum([c, *known]), y.value))
    return Dual(*quotient)


def _negate(x: Dual, _: Any) -> Dual:
    return Dual(*(-c for c in x.coefficients))


def _alike(x: Any, y: Any) -> tuple[Dual, Dual]:
    """Return two operands as Duals, of which one may be a plain number."""
    return (x, x._like(y)) if isinstance(x, Dual) else (y._like(x), y)


def _sum(terms: Sequence[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


class Dual:
    """A value and its derivatives divided by factorials; with two coefficients a dual number.

    Args:
        coefficients: the value, the tangent, and the coefficients of higher order.

    >>> Dual(3.0, 1.0) / 2.0, Dual(3.0, 1.0) > 2.0
    (Dual(1.5, 0.5), True)
    """

    __slots__ = ("_lower", "coefficients")
    __hash__ = None  # type: ignore[assignment]  # it compares as a number

    def __init__(self, *coefficients: Any) -> None:
        self.coefficients = coefficients
        self._lower: Any = None

    @property
    def lower(self) -> Any:
        """The series without its highest coefficient: a number where only the value remains."""
        if self._lower is None:
            kept = self.coefficients[:-1]
            self._lower = kept[0] if len(kept) == 1 else Dual(*kept)
        return self._lower

    @property
    def value(self) -> Any:
        """The coefficient of order 0."""
        return self.coefficients[0]

    @property
    def tangent(self) -> Any:
        """The coefficient of order 1, the first derivative."""
        return self.coefficients[1]

    def __repr__(self) -> str:
        return f"Dual({', '.join(map(repr, self.coefficients))})"

    def _like(self, other: Any) -> Dual:
        """Return a constant as a Dual of the same order."""
        return other if isinstance(other, Dual) else Dual(other, *(0.0,) * (len(self.coefficients) - 1))

    def apply_primitive(self, primitive: Primitive, operands: Sequence[Any]) -> Dual:
        """Compute a primitive of Duals of one order and plain numbers: the value, then z' from the partials."""
        flat = primitive.flatten(operands)
        if len(self.coefficients) == 1:
            return Dual(primitive(*primitive.group([x.value if isinstance(x, Dual) else x for x in flat])))
        if len(self.coefficients) == 2:
            return _extend(primitive, flat)
        results = RESULTS.get()
        return copy_context().run(_climb, primitive, flat) if results is None else _recall(results, primitive, flat)

    __add__, __radd__ = _binary(_add), _reflected(_add)
    __sub__, __rsub__ = _binary(_subtract), _reflected(_subtract)
    __truediv__, __rtruediv__ = _binary(_divide), _reflected(_divide)
    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)
    __eq__, __ne__ = _comparison(operator.eq), _comparison(operator.ne)

    def __mul__(self, other: Any) -> Any:
        return NotImplemented if is_array(other) else _operate(_multiply, self, other)

    __rmul__ = __mul__

    def __pow__(self, other: Any) -> Any:
        return TABLE["pow" if isinstance(other, Dual) else "pow_constant_exponent"](self, other)

    def __rpow__(self, other: Any) -> Any:
        return TABLE["pow_constant_base"](other, self)

    def __mod__(self, other: Any) -> Any:
        return TABLE["remainder"](self, other)

    def __rmod__(self, other: Any) -> Any:
        return TABLE["remainder"](other, self)

    def __floordiv__(self, other: Any) -> Any:
        return TABLE["floordiv"](self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return TABLE["floordiv"](other, self)

    def __neg__(self) -> Dual:
        return _operate(_negate, self, 0.0)

    def __pos__(self) -> Dual:
        return self

    def __abs__(self) -> Any:
        return TABLE["abs"](self)

    def __bool__(self) -> bool:
        return bool(self.value != 0.0)


def partials_at(primitive: Primitive, operands: Sequence[Any], z: Any) -> list[Any]:
    """Return the partials of a primitive at operands of any kind, IEEE results where Python raises; lists are flat.

    >>> partials_at(TABLE["div"], [1.0, 0.0], float("inf"))
    [inf, -inf]
    """
    args = primitive.group(operands)
    if {float}.issuperset(map(type, operands)):
        return primitive.flatten(primitive.linearize(*args)[1])
    try:
        return primitive.flatten(primitive.partials(*args, z))
    except (ArithmeticError, ValueError):  # between plain numbers: Duals divide by 0 as IEEE does
        order = max(len(_coefficients(x)) for x in operands)
        like = Dual(*(0.0,) * order)
        slopes = primitive.flatten(primitive.partials(*primitive.group([*map(like._like, operands)]), like._like(z)))
        return [slope.value if order == 1 and isinstance(slope, Dual) else slope for slope in slopes]


def _identity(x: Any) -> Any:
    """Return what only this operand has, of those that are alive; equal floats are alike."""
    return repr(x) if type(x) is float else id(x)


def _lower(x: Any) -> Any:
    """Return an operand with one coefficient less; a plain number as it is."""
    return x.lower if isinstance(x, Dual) else x


def _coefficients(x: Any) -> tuple[Any, ...]:
    return x.coefficients if isinstance(x, Dual) else (x,)


def _climb(primitive: Primitive, flat: list[Any]) -> Dual:
    """Compute a primitive to one order after the other, each from the results of those below.

    In a context of its own, with which the results end whatever ends the call. A partial such as cos(x) is computed
    once for each order, so the time grows with the square of the order, or its cube if the partial has products.
    """
    results: Results = {}
    RESULTS.set(results)
    levels = [flat]
    while max(len(_coefficients(x)) for x in levels[-1]) > 2:
        levels.append([_lower(x) for x in levels[-1]])
    for level in reversed(levels[1:]):
        _recall(results, primitive, level)
    return _recall(results, primitive, flat)


def _recall(results: Results, primitive: Primitive, flat: list[Any]) -> Dual:
    """Return the result for these operands, which is computed once."""
    key = primitive, *map(_identity, flat)
    if key not in results:
        results[key] = flat, _extend(primitive, flat)  # with the operands, whose identities stay theirs
    return results[key][1]


def _extend(primitive: Primitive, flat: list[Any]) -> Dual:
    """Return the result for the lower operands with one more coefficient, from z' = Σ ∂z/∂x · x'."""
    lower = [_lower(x) for x in flat]
    z = primitive(*primitive.group(lower))
    slopes = partials_at(primitive, lower, z)
    known = _coefficients(z)
    order = len(known)
    rate = _sum([_rate(x, slope, order) for x, slope in zip(flat, slopes, strict=True) if isinstance(x, Dual)])
    result = Dual(*known, rate if order == 1 else rate / float(order))
    result._lower = z
    return result


def _rate(x: Dual, slope: Any, order: int) -> Any:
    """Return the coefficient order - 1 of slope · x'; coefficient k of x' is (k + 1)·xₖ₊₁."""
    rates = [c if k == 1 else float(k) * c for k, c in enumerate(x.coefficients[1:], start=1)]
    if not isinstance(slope, Dual):
        return slope * rates[-1]
    return _sum([a * b for a, b in zip(slope.coefficients, reversed(rates), strict=True)])
