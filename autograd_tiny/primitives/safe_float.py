"""`SafeFloat`: a float with IEEE arithmetic, where Python's floats raise or become complex.

A primitive is evaluated with SafeFloats after its evaluation with floats raised.

>>> 1 / SafeFloat(0.0), SafeFloat(-8.0) ** 0.5, SafeFloat(1e200) ** 2
(inf, nan, inf)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_tiny.primitives.float_functions import c_power, divide, floordiv, remainder


class SafeFloat(float):
    """A float whose operators return IEEE results, again as SafeFloats."""

    __slots__ = ()

    def apply_primitive(self, primitive: Callable[..., float], operands: Sequence[Any]) -> SafeFloat:
        """Compute a primitive with floats, and return a SafeFloat."""
        floats = ([float(x) for x in operand] if type(operand) is list else float(operand) for operand in operands)
        return SafeFloat(primitive(*floats))

    def __add__(self, other: float) -> SafeFloat:
        return SafeFloat(float.__add__(self, other))

    def __sub__(self, other: float) -> SafeFloat:
        return SafeFloat(float.__sub__(self, other))

    def __rsub__(self, other: float) -> SafeFloat:
        return SafeFloat(float.__rsub__(self, other))

    def __mul__(self, other: float) -> SafeFloat:
        return SafeFloat(float.__mul__(self, other))

    def __truediv__(self, other: float) -> SafeFloat:
        return SafeFloat(divide(float(self), float(other)))

    def __rtruediv__(self, other: float) -> SafeFloat:
        return SafeFloat(divide(float(other), float(self)))

    def __pow__(self, other: float) -> SafeFloat:  # type: ignore[override]  # without Python's modulo
        return SafeFloat(c_power(float(self), float(other)))

    def __rpow__(self, other: float) -> SafeFloat:  # type: ignore[override]  # without Python's modulo
        return SafeFloat(c_power(float(other), float(self)))

    def __mod__(self, other: float) -> SafeFloat:
        return SafeFloat(remainder(float(self), float(other)))

    def __rmod__(self, other: float) -> SafeFloat:
        return SafeFloat(remainder(float(other), float(self)))

    def __floordiv__(self, other: float) -> SafeFloat:
        return SafeFloat(floordiv(float(self), float(other)))

    def __rfloordiv__(self, other: float) -> SafeFloat:
        return SafeFloat(floordiv(float(other), float(self)))

    def __neg__(self) -> SafeFloat:
        return SafeFloat(float.__neg__(self))

    def __abs__(self) -> SafeFloat:
        return SafeFloat(float.__abs__(self))

    __radd__, __rmul__ = __add__, __mul__
