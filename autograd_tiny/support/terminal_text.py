r"""Text for terminals: ASCII fallbacks, escaping of control characters, and strings that a prompt shows as they are.

>>> in_plain_letters("∂L/∂v1 · w − 1")
'dL/dv1 * w - 1'
>>> printable("a\x1b[31m")
'a\\x1b[31m'
"""

from __future__ import annotations

from typing import Final

PLAIN: Final = str.maketrans(
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


def in_plain_letters(text: str) -> str:
    """Return a text whose mathematical signs and lines are written in ASCII."""
    return text.translate(PLAIN)


def is_plain(encoding: str | None) -> bool:
    """Return whether an encoding lacks the signs of mathematics.

    >>> is_plain("ascii"), is_plain("utf-8")
    (True, False)
    """
    try:
        "".join(map(chr, PLAIN)).encode(encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return True
    return False


def printable(text: str) -> str:
    r"""Return a text with an escape for each character that would move the cursor, ring, colour or hide.

    A label may hold anything; a terminal obeys control characters, and so would a reader of a log.

    >>> printable("w[0]"), printable("two\nlines")
    ('w[0]', 'two\\nlines')
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
