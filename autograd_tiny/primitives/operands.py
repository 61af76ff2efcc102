"""Check and convert operands: real numbers become floats, and NumPy arrays are recognised without importing NumPy.

>>> as_float(2, "add"), as_float(True, "mul")
(2.0, 1.0)
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from autograd_tiny.errors import NumberTooLargeError, OperandError, require_unmasked


def as_float(operand: Any, place: str, *, expected: str = "Values and real numbers") -> float:
    """Return a real number as a Python float.

    Args:
        operand: an `int`, `float` or `bool`, a real NumPy scalar, or a 0-d array of one.
        place: the name of the primitive or function, for the error message.
        expected: the types that it takes, for the error message.

    Raises:
        OperandError: the operand is anything else.
        NumberTooLargeError: it is an integer beyond the range of floats.
    """
    kind = type(operand)
    is_plain = kind is float or kind is int or kind is bool or isinstance(operand, int | float)
    if is_plain or _is_numpy_real(operand, place):
        try:
            return float(operand)
        except OverflowError:
            raise NumberTooLargeError(place) from None
    remedy = "use its .data" if hasattr(operand, "apply_primitive") else "convert it with float(...) first"
    raise OperandError(place, operand, expected=expected, remedy=remedy)


def _is_numpy_real(operand: Any, place: str) -> bool:
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(operand, numpy.generic | numpy.ndarray):
        return False
    require_unmasked(place, operand)
    return operand.ndim == 0 and operand.dtype.kind in "biuf"


def is_number(operand: Any) -> bool:
    """Return True for a number of any kind, which a float can be compared with: a `Fraction` and a `Decimal` too."""
    if isinstance(operand, int | float) or _is_numpy_real(operand):
        return True
    numbers = sys.modules.get("numbers")  # imported by the modules of the other kinds
    return numbers is not None and isinstance(operand, numbers.Number)


def is_array(operand: Any) -> bool:
    """Return whether this is a NumPy array with at least one dimension."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(operand, numpy.ndarray) and operand.ndim > 0


def as_list(operands: Any, place: str) -> list[Any]:
    """Return a list, tuple, iterator or array as a list.

    Raises:
        OperandError: the operand is a single number, a string, a set or a mapping, or an element is masked.
    """
    single = not hasattr(operands, "__iter__") or getattr(operands, "ndim", 1) == 0
    if single or isinstance(operands, str | bytes | Mapping | set | frozenset):
        raise OperandError(place, operands, expected="a list of numbers", remedy="put them into a list")
    if is_array(operands):
        require_unmasked(place, operands)
        return list(operands.tolist())
    return list(operands)


def as_numbers(operands: Any, place: str) -> list[Any]:
    """Return a list in which plain numbers are floats; Values, Symbols and arrays are kept.

    Raises:
        OperandError: it is not a list, or an element is of another type.
    """
    return [
        x if hasattr(x, "apply_primitive") or is_array(x) else as_float(x, place) for x in as_list(operands, place)
    ]


def as_leaf_data(data: Any) -> float:
    """Return the number of a leaf as a float.

    Raises:
        OperandError: it is not a real number, or it is a bool, which is an operand (a mask) but not a variable.
    """
    if type(data) is bool or getattr(getattr(data, "dtype", None), "kind", "") == "b":
        raise OperandError("data", data, expected="a real number", remedy="write 1.0 or 0.0")
    return as_float(data, "data", expected="a real number")
