"""Write numbers and formulas in sentences: in few digits, as factors, cut where they are long.

>>> format_factor(2.0), format_factor(-3.0), format_arrived(None)
('2', '(-3)', '—')
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.symbolic.symbol import Symbol

MANY: Final = 4
"""Lists with more items than these are cut in the middle."""

T = TypeVar("T")


def format_arrived(number: float | None) -> str:
    """Return a number in at most five digits, and a dash for one that is still to come."""
    return "—" if number is None else format_number(number)


def format_factor(number: float) -> str:
    """Return a number as the second factor of a product: a negative one in parentheses."""
    text = format_number(number)
    return f"({text})" if text.startswith("-") else text


def cut_lists(primitive: Primitive, operands: Sequence[Any]) -> list[Any]:
    """Return operands, one after another, without the middle of long lists."""
    dots = Symbol.named_constant("…", None)
    grouped = primitive.group(operands)
    return primitive.flatten([cut_middle(x, dots) if isinstance(x, list) else x for x in grouped])


def cut_middle(items: list[T], dots: T) -> list[T]:
    """Return items, of many the first two and the last.

    >>> cut_middle(["a", "b", "c", "d", "e"], "…")
    ['a', 'b', '…', 'e']
    """
    return [*items[:2], dots, items[-1]] if len(items) > MANY else items
