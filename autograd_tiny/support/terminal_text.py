r"""Text for terminals: ASCII replacements, escaped control characters, and strings that a prompt shows unquoted.

>>> to_ascii("∂L/∂v1 · w − 1")
'dL/dv1 * w - 1'
>>> printable("a\x1b[31m")
'a\\x1b[31m'
"""

from __future__ import annotations

from typing import Final

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
        "δ": "delta",
        "η": "eta",
        "φ": "phi",
        "ŷ": "y^",
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
    }
)


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
