"""Write numbers and formulas in sentences: in few digits, as factors, cut where they are long.

>>> format_factor(2.0), format_factor(-3.0), format_arrived(None)
('2', '(-3)', '—')
"""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign
from typing import Any, Final, TypeVar

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number
from autograd_tiny.symbolic.symbol import Symbol

MANY: Final = 4
"""Lists with more items than these are cut in the middle."""

T = TypeVar("T")


def format_arrived(number: float | None, digits: int = FEWEST_DIGITS) -> str:
    """Return a number in at most so many digits, and a dash for one that is still to come."""
    return "—" if number is None else format_number(number, digits)


def format_signed(number: float | None) -> str:
    """Return a number as `format_arrived` does, -0.0 with its sign: 1/x is -inf there."""
    return "-0" if number is not None and number == 0.0 > copysign(1.0, number) else format_arrived(number)


def format_factor(number: float, digits: int = FEWEST_DIGITS) -> str:
    """Return a number as the second factor of a product: a negative one in parentheses."""
    text = format_number(number, digits)
    return f"({text})" if text.startswith("-") else text


def cut_lists(primitive: Primitive, operands: Sequence[Any]) -> list[Any]:
    """Return operands, one after another, without the middle of long lists."""
    grouped = primitive.group(operands)
    return primitive.flatten([cut_list(x) if isinstance(x, list) else x for x in grouped])


def cut_list(operands: list[Any]) -> list[Any]:
    """Return the operands of a list, without the middle of many."""
    return cut_middle(operands, Symbol.named_constant("…", None))


def cut_middle(items: list[T], dots: T) -> list[T]:
    """Return items, of many the first two and the last.

    >>> cut_middle(["a", "b", "c", "d", "e"], "…")
    ['a', 'b', '…', 'e']
    """
    return [*items[:2], dots, items[-1]] if len(items) > MANY else items


def two_numbers(first: float, second: float) -> tuple[str, str]:
    """Return two numbers as text, with as many digits as it takes to tell them apart; 0 and -0 with their signs.

    >>> two_numbers(1.0, 1.0000001), two_numbers(0.0, -0.0), two_numbers(1 / 3, -0.0), two_numbers(2.0, 2.0)
    (('1', '1.0000001'), ('0', '-0'), ('0.33333', '0'), ('2', '2'))
    """
    if first == second == 0.0:
        return f"{first:g}", f"{second:g}"
    pairs = [(f"{first + 0.0:.{digits}g}", f"{second + 0.0:.{digits}g}") for digits in range(5, 18)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])
