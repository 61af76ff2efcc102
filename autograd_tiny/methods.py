"""The table as methods: `x.tanh()` for `tanh(x)`, wherever that reads well.

>>> from autograd_tiny import Value
>>> Value(0.0).exp().data, Value(3.0).clamp(max=2.0).data
(1.0, 2.0)

NumPy calls a method of its own name on each element of an object array (`np.arctan(h)` calls `x.arctan()`), so
the inverse functions bear both names.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from threading import get_ident
from typing import Any

from autograd_tiny import primitives as table
from autograd_tiny.doors import Doors
from autograd_tiny.errors import CutGraphError
from autograd_tiny.node import NodeT
from autograd_tiny.operands import as_float, is_array
from autograd_tiny.primitive import Function
from autograd_tiny.recording import RECORDERS


def _method(function: Function) -> Callable[..., Any]:
    def call(self: Any, *operands: Any, **named: Any) -> Any:
        return function(self, *operands, **named)

    return _described(call, function)


def _unary(function: Function) -> Callable[[NodeT], NodeT]:
    primitive = function.primitive

    def call(self: Any) -> Any:
        return self.record_unary(primitive)

    return _described(call, function)


def _described(call: Callable[..., Any], function: Function) -> Callable[..., Any]:
    call.__module__, call.__name__, call.__doc__ = "autograd_tiny.value", function.__name__, function.__doc__
    call.__qualname__ = f"Value.{function.__name__}"
    return call


class Methods(Doors):
    """What `Value` inherits: one method for each primitive that reads well as one."""

    __slots__ = ()

    # ── functions ──

    exp, exp2, expm1 = _unary(table.exp), _unary(table.exp2), _unary(table.expm1)
    log, log2, log10, log1p = _unary(table.log), _unary(table.log2), _unary(table.log10), _unary(table.log1p)
    sqrt, rsqrt, cbrt = _unary(table.sqrt), _unary(table.rsqrt), _unary(table.cbrt)
    square, reciprocal = _unary(table.square), _unary(table.reciprocal)

    fabs = abs = _unary(table.abs)
    sign, floor, ceil = _unary(table.sign), _unary(table.floor), _unary(table.ceil)
    trunc, round = _unary(table.trunc), _method(table.round)

    sin, cos, tan = _unary(table.sin), _unary(table.cos), _unary(table.tan)
    asin, acos, atan = _unary(table.asin), _unary(table.acos), _unary(table.atan)
    sinh, cosh, tanh = _unary(table.sinh), _unary(table.cosh), _unary(table.tanh)
    asinh, acosh, atanh = _unary(table.asinh), _unary(table.acosh), _unary(table.atanh)
    arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh
    atan2, hypot, copysign = _method(table.atan2), _method(table.hypot), _method(table.copysign)
    arctan2, fmod = atan2, _method(table.fmod)
    degrees, radians = _unary(table.degrees), _unary(table.radians)
    rad2deg, deg2rad, rint = degrees, radians, round

    erf, erfc, lgamma = _unary(table.erf), _unary(table.erfc), _unary(table.lgamma)

    sigmoid, log_sigmoid = _unary(table.sigmoid), _unary(table.log_sigmoid)
    softplus, softsign = _method(table.softplus), _unary(table.softsign)
    relu, relu6, leaky_relu = _unary(table.relu), _unary(table.relu6), _method(table.leaky_relu)
    elu, celu, selu = _method(table.elu), _method(table.celu), _unary(table.selu)
    gelu, silu, mish = _unary(table.gelu), _unary(table.silu), _unary(table.mish)

    maximum, minimum, clamp = _method(table.maximum), _method(table.minimum), _method(table.clamp)

    # ── operators ──

    def __mod__(self, other: Any) -> Any:
        return NotImplemented if is_array(other) else table.remainder(self, other)

    def __rmod__(self, other: float) -> Any:
        return table.remainder(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return NotImplemented if is_array(other) else table.floordiv(self, other)

    def __rfloordiv__(self, other: float) -> Any:
        return table.floordiv(other, self)

    def __round__(self, ndigits: int = 0) -> Any:
        return table.round(self, ndigits)

    # ── the number: order and truth follow it, equality and hash are the node's identity ──

    def __lt__(self, other: Any) -> bool:
        return _compare(operator.lt, self, other)

    def __le__(self, other: Any) -> bool:
        return _compare(operator.le, self, other)

    def __gt__(self, other: Any) -> bool:
        return _compare(operator.gt, self, other)

    def __ge__(self, other: Any) -> bool:
        return _compare(operator.ge, self, other)

    def __bool__(self) -> bool:
        if RECORDERS and (recorder := RECORDERS.get(get_ident())):
            return recorder.decide(self)  # type: ignore[no-any-return]
        return self._data != 0.0

    def __float__(self) -> float:
        raise CutGraphError(self._data)

    __int__ = __float__

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def __rich_repr__(self) -> Iterator[tuple[object, ...]]:
        yield "data", self.data
        yield "grad", self.grad
        yield "label", self.label, ""  # left out where it is empty

    __abs__, __floor__, __ceil__, __trunc__ = abs, floor, ceil, trunc


def _compare(comparison: Callable[[float, float], bool], x: Any, other: Any) -> bool:
    if RECORDERS and (recorder := RECORDERS.get(get_ident())) and not is_array(other):
        return recorder.compare(comparison, x, other)  # type: ignore[no-any-return]
    if isinstance(other, Methods):
        return comparison(x._data, other._data)
    return NotImplemented if is_array(other) else comparison(x._data, as_float(other, "a comparison"))
