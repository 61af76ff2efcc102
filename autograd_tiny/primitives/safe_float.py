"""A float whose operators give IEEE results where Python's raise or turn complex.

Rows of the table are evaluated with it when plain floats have raised.

>>> 1 / Ieee(0.0), Ieee(-8.0) ** 0.5, Ieee(1e200) ** 2
(inf, nan, inf)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_tiny.primitives.float_functions import c_power, divide, floordiv, remainder


class Ieee(float):
    """A float that answers by IEEE rules; every result is again one of its kind."""

    __slots__ = ()

    def apply_primitive(self, primitive: Callable[..., float], operands: Sequence[Any]) -> Ieee:
        """Compute a primitive in plain floats, and stay IEEE."""
        return Ieee(primitive(*([float(x) for x in arg] if type(arg) is list else float(arg) for arg in operands)))

    def __add__(self, other: float) -> Ieee:
        return Ieee(float.__add__(self, other))

    def __sub__(self, other: float) -> Ieee:
        return Ieee(float.__sub__(self, other))

    def __rsub__(self, other: float) -> Ieee:
        return Ieee(float.__rsub__(self, other))

    def __mul__(self, other: float) -> Ieee:
        return Ieee(float.__mul__(self, other))

    def __truediv__(self, other: float) -> Ieee:
        return Ieee(divide(float(self), float(other)))

    def __rtruediv__(self, other: float) -> Ieee:
        return Ieee(divide(float(other), float(self)))

    def __pow__(self, other: float) -> Ieee:  # type: ignore[override]  # without Python's modulo
        return Ieee(c_power(float(self), float(other)))

    def __rpow__(self, other: float) -> Ieee:  # type: ignore[override]  # without Python's modulo
        return Ieee(c_power(float(other), float(self)))

    def __mod__(self, other: float) -> Ieee:
        return Ieee(remainder(float(self), float(other)))

    def __rmod__(self, other: float) -> Ieee:
        return Ieee(remainder(float(other), float(self)))

    def __floordiv__(self, other: float) -> Ieee:
        return Ieee(floordiv(float(self), float(other)))

    def __rfloordiv__(self, other: float) -> Ieee:
        return Ieee(floordiv(float(other), float(self)))

    def __neg__(self) -> Ieee:
        return Ieee(float.__neg__(self))

    def __abs__(self) -> Ieee:
        return Ieee(float.__abs__(self))

    __radd__, __rmul__ = __add__, __mul__
