"""Check and convert operands: real numbers become floats, and NumPy arrays are recognised without importing NumPy.

>>> as_float(2, "add"), as_float(True, "mul")
(2.0, 1.0)
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

from autograd_tiny.errors import NumberTooLargeError, OperandError, require_unmasked

EXPECTED: Final = "Values and real numbers"


def as_float(operand: Any, place: str, *, expected: str = EXPECTED) -> float:
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
    raise OperandError(place, operand, expected=expected, remedy=_remedy(operand))


def _remedy(operand: Any) -> str:
    """Return how to make a number of an operand that is none, for an error message; it works for this operand."""
    if hasattr(type(operand), "apply_primitive"):
        return "use its .data"
    if is_iterable(operand):
        return f"take its elements one by one, as in [f(x) for x in xs{'.values()' * isinstance(operand, Mapping)}]"
    if isinstance(operand, complex) or numpy_kind(operand) == "c":
        return "take its .real part"
    if numpy_kind(operand) == "O" and hasattr(type(operand.item()), "apply_primitive"):
        return "take its element with .item()"
    try:
        float(operand)
    except Exception:  # noqa: BLE001 - a __float__ may raise anything
        return "pass a number"
    return "convert it with float(...) first"


def is_iterable(operand: Any) -> bool:
    """Return True for what holds several operands: a list, a set, an iterator, an array with dimensions."""
    if isinstance(operand, type | str | bytes) or hasattr(type(operand), "apply_primitive"):
        return False
    return hasattr(operand, "__iter__") and getattr(operand, "ndim", 1) > 0


def _is_numpy_real(operand: Any, place: str) -> bool:
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(operand, numpy.generic | numpy.ndarray):
        return False
    require_unmasked(place, operand)
    return operand.ndim == 0 and operand.dtype.kind in "biuf"


def numpy_kind(operand: Any) -> str:
    """Return NumPy's letter for the type of an array or a scalar, nothing for other objects."""
    return str(getattr(getattr(operand, "dtype", None), "kind", ""))


def is_number(operand: Any) -> bool:
    """Return True for a number of any kind, which a float can be compared with: a `Fraction` and a `Decimal` too."""
    if is_array(operand):
        return False
    if isinstance(operand, int | float) or _is_numpy_real(operand, "a comparison"):
        return True
    numbers = sys.modules.get("numbers")  # imported by the modules of the other kinds
    return numbers is not None and isinstance(operand, numbers.Number)


def is_array(operand: Any) -> bool:
    """Return whether this is a NumPy array with at least one dimension."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(operand, numpy.ndarray) and operand.ndim > 0


def is_real_array_or_number(operand: Any) -> bool:
    """Return whether this is a plain NumPy array of real numbers, or one real number."""
    if is_array(operand):
        return type(operand).__name__ == "ndarray" and operand.dtype.kind in "biuf"
    return isinstance(operand, int | float) or _is_numpy_real(operand, "a row over arrays")


def is_masked_array(operand: Any) -> bool:
    """Return whether this is a masked array of NumPy, whatever is masked."""
    masked_arrays = sys.modules.get("numpy.ma")
    return masked_arrays is not None and isinstance(operand, masked_arrays.MaskedArray)


def as_list(operands: Any, place: str, *, expected: str = "a list of numbers") -> list[Any]:
    """Return a list, tuple, iterator or array as a list.

    Raises:
        OperandError: the operand is a single number, a string, a set or a mapping, or an element is masked.
    """
    if is_iterable(operands) and not isinstance(operands, Mapping | set | frozenset):
        if is_array(operands):
            require_unmasked(place, operands)
            return list(operands.tolist())
        return list(operands)
    if isinstance(operands, Mapping):
        remedy = "pass its values: list(xs.values())"
    elif isinstance(operands, set | frozenset):
        remedy = "put its elements in order: sorted(xs)"
    else:
        is_operand = hasattr(type(operands), "apply_primitive") or isinstance(operands, int | float)
        remedy = "put it into a list: [x]" if is_operand or _is_numpy_real(operands, place) else "pass a list"
    raise OperandError(place, operands, expected=expected, remedy=remedy)


def as_numbers(operands: Any, place: str) -> list[Any]:
    """Return a list in which plain numbers are floats; Values, Symbols and arrays are kept.

    Raises:
        OperandError: it is not a list, or an element is of another type.
    """
    return [
        x if hasattr(type(x), "apply_primitive") or is_array(x) else as_float(x, place)
        for x in as_list(operands, place)
    ]


def as_leaf_data(data: Any, place: str = "the data of a Value") -> float:
    """Return the number of a leaf as a float; `place` names it in errors.

    Raises:
        OperandError: it is not a real number, or it is a bool, which is an operand (a mask) but not a variable.
    """
    if type(data) is bool or (numpy_kind(data) == "b" and data.ndim == 0):
        raise OperandError(place, data, expected="a real number", remedy="write 1.0 or 0.0")
    return as_float(data, place, expected="a real number")
