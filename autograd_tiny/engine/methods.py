"""Methods of `Value` beside those in `value`: elementary functions, other operators, comparisons, conversions.

The functions are made from the table of primitives: `x.exp()` for `exp(x)`.

>>> from autograd_tiny import Value
>>> Value(0.0).exp().data, Value(3.0).clamp(max=2.0).data
(1.0, 2.0)

NumPy calls a method of its own name on each element of an object array (`np.arctan(h)` calls `x.arctan()`), so
the inverse functions bear both names.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from autograd_tiny.engine.comparisons import compare, equal
from autograd_tiny.engine.grad_mode import RECORDERS, recorder_of_reader
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.reflected import reflected
from autograd_tiny.errors import CutGraphError, OperandError
from autograd_tiny.primitives import table
from autograd_tiny.primitives.operands import is_array, is_masked_array
from autograd_tiny.primitives.primitive import Function
from autograd_tiny.primitives.signature import with_signature

if TYPE_CHECKING:
    from autograd_tiny.engine.value import Value

NodeT = TypeVar("NodeT", bound=Node)


def method(function: Function) -> Callable[..., Value]:
    """Return a function of the table as a method of its first operand."""

    def call(self: Any, *operands: Any, **named: Any) -> Any:
        return function(self, *operands, **named)

    row = function.primitive
    with_signature(call, ("self", *row.operands[1:]), row.defaults)
    return _described(call, function)


def unary(function: Function) -> Callable[[NodeT], NodeT]:
    """Return a function of one operand as a method that records without dispatch."""
    primitive = function.primitive

    def call(self: Any) -> Any:
        return self.record_unary(primitive)

    return _described(call, function)


def _described(call: Callable[..., Any], function: Function) -> Callable[..., Any]:
    call.__module__, call.__name__, call.__doc__ = "autograd_tiny.engine.value", function.__name__, function.__doc__
    call.__qualname__ = f"Value.{function.__name__}"
    return call


_remainder: Callable[..., Value] = table.remainder
_floordiv: Callable[..., Value] = table.floordiv
_round: Callable[..., Value] = table.round


def _quotient(function: Callable[..., Value], swapped: str, x: Any, y: Any) -> Value:
    """Return the result of an operator, or what the other operand makes of it."""
    if is_array(y) and not is_masked_array(y):
        return NotImplemented  # type: ignore[no-any-return]  # as operators do
    try:
        return function(x, y)
    except OperandError:
        result: Value = reflected(swapped, y, x)
        if result is NotImplemented:
            raise
        return result


class ElementaryMethods(Node):
    """A mixin of `Value`: elementary functions, the remaining operators, comparisons and conversions."""

    __slots__ = ()

    # ── functions ──

    exp, exp2, expm1 = unary(table.exp), unary(table.exp2), unary(table.expm1)
    log, log2, log10, log1p = unary(table.log), unary(table.log2), unary(table.log10), unary(table.log1p)
    sqrt, rsqrt, cbrt = unary(table.sqrt), unary(table.rsqrt), unary(table.cbrt)
    square, reciprocal = unary(table.square), unary(table.reciprocal)

    fabs = abs = unary(table.abs)
    sign, floor, ceil = unary(table.sign), unary(table.floor), unary(table.ceil)
    trunc, round = unary(table.trunc), method(table.round)

    sin, cos, tan = unary(table.sin), unary(table.cos), unary(table.tan)
    asin, acos, atan = unary(table.asin), unary(table.acos), unary(table.atan)
    sinh, cosh = unary(table.sinh), unary(table.cosh)
    asinh, acosh, atanh = unary(table.asinh), unary(table.acosh), unary(table.atanh)
    arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh
    atan2, hypot, copysign = method(table.atan2), method(table.hypot), method(table.copysign)
    arctan2, fmod = atan2, method(table.fmod)
    degrees, radians = unary(table.degrees), unary(table.radians)
    rad2deg, deg2rad, rint = degrees, radians, round

    erf, erfc, erfinv, lgamma = unary(table.erf), unary(table.erfc), unary(table.erfinv), unary(table.lgamma)

    sigmoid, log_sigmoid = unary(table.sigmoid), unary(table.log_sigmoid)
    softplus, softsign = method(table.softplus), unary(table.softsign)
    relu6, leaky_relu = unary(table.relu6), method(table.leaky_relu)
    elu, celu, selu = method(table.elu), method(table.celu), unary(table.selu)
    gelu, silu, mish = unary(table.gelu), unary(table.silu), unary(table.mish)

    maximum, minimum, clamp = method(table.maximum), method(table.minimum), method(table.clamp)

    # ── operators ──

    def __pos__(self: NodeT) -> NodeT:
        return self

    def __mod__(self, other: Any) -> Value:
        return _quotient(_remainder, "__rmod__", self, other)

    def __rmod__(self, other: float) -> Value:
        return _remainder(other, self)

    def __floordiv__(self, other: Any) -> Value:
        return _quotient(_floordiv, "__rfloordiv__", self, other)

    def __rfloordiv__(self, other: float) -> Value:
        return _floordiv(other, self)

    def __divmod__(self, other: Any) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: float) -> tuple[Value, Value]:
        return _floordiv(other, self), _remainder(other, self)

    def conjugate(self: NodeT) -> NodeT:
        """Return the node itself, since it is real; NumPy's `var` and `std` call this."""
        return self

    def __round__(self, ndigits: int = 0) -> Value:
        return _round(self, ndigits)

    # ── order and truth follow the number; two nodes are equal if they are one, and hash is the identity ──

    def __eq__(self, other: object) -> bool:
        """Return whether this is the same node, or a number equal to `data`; nan: `math.isnan(v.data)`."""
        return equal(self, other)

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> bool:
        return compare(operator.lt, self, other)

    def __le__(self, other: Any) -> bool:
        return compare(operator.le, self, other)

    def __gt__(self, other: Any) -> bool:
        return compare(operator.gt, self, other)

    def __ge__(self, other: Any) -> bool:
        return compare(operator.ge, self, other)

    def __bool__(self) -> bool:
        if RECORDERS and (recorder := recorder_of_reader(self)):
            return recorder.decide(self)  # type: ignore[no-any-return]  # a bool
        return self._number != 0.0

    def __float__(self) -> float:
        raise CutGraphError(self._number)

    __int__ = __float__

    def __format__(self, spec: str) -> str:
        if spec and RECORDERS and (recorder := recorder_of_reader(self)):
            recorder.refuse_to_read(self, "the data of a node was formatted")
        return format(self._number, spec) if spec else repr(self)

    def __repr__(self) -> str:
        if RECORDERS and (recorder := recorder_of_reader(self)):
            recorder.shows_numbers = True
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._number!r}, grad={self._grad!r}{label})"

    def __rich_repr__(self) -> Iterator[tuple[object, ...]]:
        yield "data", self.data
        yield "grad", self.grad
        yield "label", self.label, ""  # left out where it is empty

    __abs__, __floor__, __ceil__, __trunc__ = abs, floor, ceil, trunc
