"""`SafeFloat`: a float whose operators call `ieee_functions`, where those of Python raise or become complex.

A primitive is evaluated with SafeFloats after its evaluation with floats raised.

>>> 1 / SafeFloat(0.0), SafeFloat(-8.0) ** 0.5, SafeFloat(1e200) ** 2
(inf, nan, inf)
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd_tiny.primitives.ieee_functions import c_power, divide, floordiv, remainder


def _binary(function: Callable[[float, float], float]) -> Any:
    def operate(self: SafeFloat, other: Any) -> Any:
        return NotImplemented if _is_node(other) else SafeFloat(function(float(self), float(other)))

    return operate


def _reflected(function: Callable[[float, float], float]) -> Any:
    return lambda self, other: SafeFloat(function(float(other), float(self)))


def _is_node(number: Any) -> bool:
    """Return whether a number computes operators with a float itself, as a Value does."""
    return not isinstance(number, float) and hasattr(type(number), "apply_primitive")


class SafeFloat(float):
    """A float whose operators return IEEE results, again as SafeFloats."""

    __slots__ = ()

    def apply_primitive(self, primitive: Any, operands: Sequence[Any]) -> Any:
        """Compute a primitive with floats, and return a SafeFloat; if an operand is a node, let it compute."""
        for operand in primitive.flatten(operands):
            if _is_node(operand):
                return operand.apply_primitive(primitive, operands)
        floats = ([float(x) for x in operand] if type(operand) is list else float(operand) for operand in operands)
        return SafeFloat(primitive(*floats))

    __add__, __radd__ = _binary(operator.add), _reflected(operator.add)
    __sub__, __rsub__ = _binary(operator.sub), _reflected(operator.sub)
    __mul__, __rmul__ = _binary(operator.mul), _reflected(operator.mul)
    __truediv__, __rtruediv__ = _binary(divide), _reflected(divide)
    __pow__, __rpow__ = _binary(c_power), _reflected(c_power)
    __mod__, __rmod__ = _binary(remainder), _reflected(remainder)
    __floordiv__, __rfloordiv__ = _binary(floordiv), _reflected(floordiv)

    def __divmod__(self, other: float) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: float) -> tuple[Any, Any]:
        return SafeFloat(other) // self, SafeFloat(other) % self

    def __index__(self) -> int:
        """Return it as the index of a list, if it is whole, as in a program that is called with integers."""
        if self % 1.0:
            raise TypeError(f"a list index must be a whole number, not {float(self)!r}")
        return int(self)

    def __neg__(self) -> SafeFloat:
        return SafeFloat(-float(self))

    def __abs__(self) -> SafeFloat:
        return SafeFloat(abs(float(self)))
