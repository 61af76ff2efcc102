"""Printing for people: tables that fit the terminal, in plain letters where it knows no others.

>>> in_plain_letters("∂L/∂v1 · w − 1")
'dL/dv1 * w - 1'
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

PLAIN: Final = str.maketrans(
    {"∂": "d", "·": "*", "−": "-", "²": "2", "…": "...", "×": "x", "—": "-", "π": "pi", "′": "'"}
)


def in_plain_letters(text: str) -> str:
    """Return a text whose mathematical signs are written in ASCII."""
    return text.translate(PLAIN)


def is_plain(encoding: str | None) -> bool:
    """Tell whether an encoding lacks the signs of mathematics.

    >>> is_plain("ascii"), is_plain("utf-8")
    (True, False)
    """
    try:
        "∂·−²…×—─".encode(encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return True
    return False


def fit(text: str) -> str:
    """Return a text as the standard output can show it."""
    return in_plain_letters(text) if is_plain(getattr(sys.stdout, "encoding", None)) else text


def console(*, to_stderr: bool = False) -> Console:
    """Return a console of rich for texts without markup; rich itself heeds NO_COLOR and pipes."""
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the process by itself

    return Screen(markup=False, highlight=False, emoji=False, stderr=to_stderr)


def never_fail_on_letters() -> None:
    """Let the standard output write an escape for a letter that its encoding lacks, instead of failing."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
