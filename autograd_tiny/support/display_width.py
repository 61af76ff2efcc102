"""Measure text in the columns of a terminal: an East Asian wide character takes two, a combining one none.

>>> display_width("w·x"), display_width("重み"), display_width("e\u0301")
(3, 4, 1)
>>> pad_right("重み", 6) + "|", pad_left("重み", 6), cut_to("重み", 3)
('重み  |', '  重み', '重')
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import accumulate, takewhile
from typing import Final

NARROW_BELOW: Final = "\u0300"
"""All characters before this one take one column."""


def display_width(text: str) -> int:
    """Return how many columns a line takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def pad_right(text: str, width: int) -> str:
    """Return a text with spaces after it, in so many columns."""
    return text + " " * (width - display_width(text))


def pad_left(text: str, width: int) -> str:
    """Return a text with spaces before it, in so many columns."""
    return " " * (width - display_width(text)) + text


def cut_to(text: str, width: int) -> str:
    """Return the beginning of a text, as much as fits into so many columns."""
    widths = accumulate(map(_columns_of, text))
    return text[: sum(1 for _ in takewhile(lambda taken: taken <= width, widths))]


@cache
def _columns_of(character: str) -> int:
    if character < NARROW_BELOW:
        return 1
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return 0
    is_wide = unicodedata.east_asian_width(character) in {"W", "F"} and category != "Cn"  # F of what is not assigned
    return 1 + is_wide
