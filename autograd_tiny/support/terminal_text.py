r"""Letters: what a terminal can show, and what it must never be shown.

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


def in_plain_letters(text: str) -> str:
    """Return a text whose mathematical signs and lines are written in ASCII."""
    return text.translate(PLAIN)


def is_plain(encoding: str | None) -> bool:
    """Tell whether an encoding lacks the signs of mathematics.

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
