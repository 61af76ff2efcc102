r"""Text for terminals: ASCII replacements, escaped control characters, and strings that a prompt shows unquoted.

>>> to_ascii("∂L/∂v1 · w − 1")
'dL/dv1 * w - 1'
>>> printable("a\x1b[31m")
'a\\x1b[31m'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autograd_tiny.support.display_width import cut_to, display_width

ASCII_REPLACEMENTS: Final = str.maketrans(
    {
        "∂": "d",
        "·": "*",
        "−": "-",
        "²": "2",
        "…": "...",
        "×": "x",
        "—": "-",
        "π": "pi",
        "α": "alpha",
        "λ": "lambda",
        "δ": "delta",
        "η": "eta",
        "φ": "phi",
        "ŷ": "y^",
        **{chr(ord("₀") + digit): str(digit) for digit in range(10)},
        "ᵀ": "^T",
        "½": "1/2",
        "⊙": "*",
        "µ": "u",
        "′": "'",
        "→": "->",
        "≈": "~",
        "✓": "+",
        "▶": ">",
        "├": "|",
        "│": "|",
        "└": "`",
        "─": "-",
        **dict.fromkeys("█▉▊▋▌", "#"),
        **dict.fromkeys("▍▎▏", ""),
        "┤": "|",
        "┼": "+",
        **dict.fromkeys("▁▂▃", "."),
        **dict.fromkeys("▄▅▆", ":"),
        **dict.fromkeys("▇", "#"),
    }
)


BYTE_ORDER_MARKS: Final = ("\ufeff", "\udcef\udcbb\udcbf", "ï»¿")
"""The mark that some editors write before a text: as UTF-8, and as other encodings read its bytes."""


def without_byte_order_mark(text: str) -> str:
    r"""Return a text without the mark before it.

    >>> without_byte_order_mark("\ufeffs 2")
    's 2'
    """
    return next((text.removeprefix(mark) for mark in BYTE_ORDER_MARKS if text.startswith(mark)), text)


class ShownText(str):
    """A string that is its own repr, so that a prompt shows it line by line, without quotes.

    >>> ShownText("a = 1")
    a = 1
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def to_ascii(text: str) -> str:
    """Return a text with its mathematical symbols and lines replaced by ASCII."""
    return text.translate(ASCII_REPLACEMENTS)


GAP: Final = re.compile(r"( {2,})")
"""The spaces between two columns."""


def to_aligned_ascii(line: str) -> str:
    """Return a line in ASCII as `to_ascii` does, its columns where they were as far as there are spaces between them.

    Two spaces stay between columns, whose cells may contain one.

    >>> for line in ("tanh(…)    0.5", "a        2 → 5   6", "  …w[0]    1", "2 → 3  0.5 → 0.4"):
    ...     print(to_aligned_ascii(line))
    tanh(...)  0.5
    a       2 -> 5   6
      ...w[0]  1
    2 -> 3  0.5 -> 0.4
    """
    parts = GAP.split(line)  # cells, and the gaps between them
    for place in range(0, len(parts), 2):
        cell = parts[place]
        parts[place] = to_ascii(cell)
        longer = len(parts[place]) - len(cell)
        gap = place - 1 if "→" in cell else place + 1  # numbers are aligned to the right, names to the left
        if (1 if parts[0] else 2) <= gap < len(parts):  # not the indentation
            parts[gap] = parts[gap][min(longer, len(parts[gap]) - 2) :]  # two stay
    return "".join(parts)


def needs_ascii(encoding: str | None) -> bool:
    """Return whether an encoding lacks mathematical symbols.

    >>> needs_ascii("ascii"), needs_ascii("utf-8")
    (True, False)
    """
    try:
        "".join(map(chr, ASCII_REPLACEMENTS)).encode(encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return True
    return False


def printable(text: str) -> str:
    r"""Return a text with its control characters escaped.

    A label may hold anything; a terminal obeys control characters, and so would a reader of a log.

    >>> printable("w[0]"), printable("two\nlines")
    ('w[0]', 'two\\nlines')
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


WORD: Final = re.compile(r" *[^ ]+")
ATOM: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|\w+|.")
"""A number, a name, or another character: a line is broken between these."""


def fold(text: str, width: int, *, hanging: int = 2) -> list[str]:
    """Break a line at spaces where it is wider than `width`; a word wider than a line between its names and signs.

    A number is never broken.

    Args:
        text: the line.
        width: in columns, of which a wide character takes two.
        hanging: how far the following lines are indented more than the first.

    >>> fold("the partials multiply to -0.32071", 20)
    ['the partials', '  multiply to', '  -0.32071']
    >>> fold("a.grad = 1.5e-07·tanh(w)", 16)
    ['a.grad = 1.5e-07', '  ·tanh(w)']
    """
    if display_width(text) <= width:
        return [text]
    margin = len(text) - len(text.lstrip(" "))
    indent = " " * min(margin + hanging, width // 2)
    lines = [""]
    for word in WORD.findall(text):
        if display_width(word.lstrip(" ")) > width - len(indent):  # wider than a line, so it begins in this one
            first, *others = _pieces(word, width - display_width(lines[-1]), width - len(indent))
            lines[-1] += first
            lines += [f"{indent}{piece}" for piece in others]
        elif display_width(lines[-1]) + display_width(word) <= width:
            lines[-1] += word
        else:
            lines.append(f"{indent}{word.lstrip(' ')}")
    return [line.rstrip(" ") for line in lines if line.strip(" ")]


def _pieces(word: str, first: int, room: int) -> Iterator[str]:
    """Yield the parts of a word: one as wide as what is left of a line, the others as wide as a line."""
    piece = ""
    for atom in ATOM.findall(word):
        if display_width(piece) + display_width(atom) > first:
            yield piece
            piece, first = "", room
        piece += atom
        while display_width(piece) > room:  # a name wider than a line
            part = cut_to(piece, room)
            yield part
            piece = piece[len(part) :]
    yield piece
