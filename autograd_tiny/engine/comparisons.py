"""Compare a node: with a number by its number, with another node by order (`<`) or by identity (`==`).

So nodes can be kept in sets and dicts, and a list of nodes can be searched; a node and a number that are equal have
different hashes, so do not mix them as keys.

NumPy orders an object array by these comparisons, which are all False for nan: `np.max([nan, 3])` would be 3. Such a
call is refused. It finds nan and equal elements by `!=`: its functions, such as `np.nansum`, `np.unique` and
`np.array_equal`, get the answer by number. `values != values` compares nodes by identity, so it does not find nan;
`np.nan_to_num` does not ask, and returns Values as they are; `np.isnan` raises a TypeError. Write `not v <= v`.

>>> from autograd_tiny import Value
>>> x = Value(3.0)
>>> x == 3, x == Value(3.0), x < Value(4.0)
(True, False, True)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import inf, nan
from operator import (
    eq,
    ge,
    gt,
    le,
    lt,
)  # the operator `==` of a hot loop orders floats, and NumPy warns of it for nan
from types import FrameType
from typing import Any, Final

from autograd_tiny.engine.grad_mode import RECORDERS, recorder_of_reader
from autograd_tiny.engine.node import Node
from autograd_tiny.engine.reflected import reflected
from autograd_tiny.errors import OperandError, UnorderedError
from autograd_tiny.primitives.operands import as_float, is_array, is_number, numpy_kind

Comparison = Callable[[Any, Any], bool]

MIRRORED: Final[dict[Comparison, str]] = {lt: "__gt__", le: "__ge__", gt: "__lt__", ge: "__le__"}
"""The method by which the other one compares."""

BELOW: Final[dict[Comparison, Comparison]] = {lt: le, le: le, gt: gt, ge: gt}
"""For x compared with a number the same with the nearest float, which is below the number."""

ABOVE: Final[dict[Comparison, Comparison]] = {lt: lt, le: lt, gt: ge, ge: ge}
"""The same where the nearest float is above the number."""

ORDERING: Final = {
    *("accumulate", "argmax", "argmin", "argpartition", "argsort", "fmax", "fmin", "lexsort", "maximum", "minimum"),
    *("partition", "reduce", "searchsorted", "sort"),
}
"""The attributes of NumPy and of arrays that order elements in C; others, such as `np.max`, do so from Python."""


def equal(x: Any, other: object) -> bool:
    """Return True if `other` is this node, or a number equal to its number."""
    if isinstance(other, Node):
        if (x is other) is eq(x._number, other._number) and not RECORDERS:
            return x is other
        return _equal_nodes(x, other, sys._getframe(2))
    if not is_number(other):
        return NotImplemented  # type: ignore[no-any-return]  # Python tries the other operand
    if RECORDERS and (recorder := recorder_of_reader(x)):
        return recorder.equal(x, other)  # type: ignore[no-any-return]  # a Condition, for a bool
    return bool(eq(x._number, unrounded(other)))


def _equal_nodes(x: Any, other: Any, frame: FrameType) -> bool:
    """Return True if two nodes are one; for a function of NumPy, which a frame runs, if their numbers are equal."""
    if not frame.f_globals.get("__name__", "").startswith("numpy."):
        return x is other
    if RECORDERS and (recorder := recorder_of_reader((x, other))):
        return recorder.equal(x, other)  # type: ignore[no-any-return]  # a Condition, for a bool
    return bool(eq(x._number, other._number))


def compare(comparison: Comparison, x: Any, other: Any) -> bool:
    """Return how the number of a node compares with that of another node, or with a plain number, unrounded.

    Raises:
        OperandError: the other one is not a real number of any kind, such as a `Fraction`.
        UnorderedError: NumPy compares to find the order of elements, and one of them is nan.
    """
    if type(other) is float:
        right = other
    elif isinstance(other, Node):
        right = other._number
    elif is_array(other):
        return NotImplemented  # type: ignore[no-any-return]  # Python tries the other operand
    else:
        try:
            comparison, other = _between_floats(comparison, other)
        except OperandError:
            result = reflected(MIRRORED[comparison], other, x)
            if result is NotImplemented:
                raise
            return result  # type: ignore[no-any-return]  # of the user's class
        right = other
    if RECORDERS and (recorder := recorder_of_reader((x, other))):
        if _is_ordering(sys._getframe(2)):
            recorder.require_order(x, other)
        return recorder.compare(comparison, x, other)  # type: ignore[no-any-return]  # a Condition, for a bool
    if comparison(x._number, right):
        return True
    if (x._number != x._number or right != right) and _is_ordering(sys._getframe(2)):
        raise UnorderedError
    return False


def unrounded(other: Any) -> Any:
    """Return a number of NumPy as one of Python, which is compared with a float exactly; others as they are."""
    return other.item() if numpy_kind(other) else other


def _between_floats(comparison: Comparison, other: Any) -> tuple[Comparison, float]:
    """Return a comparison with a float that has for each float the result of one with a number of any kind.

    If the nearest float is below the number, a float is below the number if it is at most this one.

    Raises:
        OperandError: it is complex, or not a number at all.
    """
    number = unrounded(other) if is_number(other) else other
    if not is_number(other) or isinstance(number, complex):
        return comparison, as_float(other, "a comparison")
    try:
        nearest = float(number)
    except OverflowError:  # an integer or a fraction beyond the floats
        nearest = inf if number > 0 else -inf
    except ValueError:  # a signaling nan
        nearest = nan
    if nearest == nearest and nearest != number:  # a Decimal refuses to order nan
        comparison = (BELOW if nearest < number else ABOVE)[comparison]
    return comparison, nearest


def _is_ordering(frame: FrameType) -> bool:
    """Return True if a frame runs a function of NumPy in C that orders elements, as far as its code tells."""
    if "numpy" not in sys.modules:
        return False
    import dis

    code = frame.f_code
    if dis.opname[code.co_code[frame.f_lasti]] == "COMPARE_OP":  # of the user, or of arrays element by element
        return False
    if frame.f_globals.get("__name__", "").startswith("numpy."):
        return True
    lines = [range(start, end) for start, end, line in code.co_lines() if line == frame.f_lineno]
    attributes = (x for x in dis.get_instructions(code) if x.opname in {"LOAD_ATTR", "LOAD_METHOD"})
    return any(x.argval in ORDERING and any(x.offset in line for line in lines) for x in attributes)
