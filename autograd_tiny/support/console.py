"""Print to a terminal with rich, in ASCII where its encoding lacks the signs of mathematics."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from autograd_tiny.support.terminal_text import needs_ascii, printable, to_ascii

if TYPE_CHECKING:
    from rich.console import Console


def displayable(text: str) -> str:
    r"""Return a text as the standard output can show it, its control characters but for line breaks escaped.

    >>> displayable("plot: \x1b[31m.png")
    'plot: \\x1b[31m.png'
    """
    text = "\n".join(map(printable, text.split("\n")))
    return to_ascii(text) if needs_ascii(getattr(sys.stdout, "encoding", None)) else text


def console(*, to_stderr: bool = False) -> Console:
    """Return a console of rich for texts without markup; rich itself respects NO_COLOR and pipes."""
    from rich.console import Console

    class PipeConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the process

    return PipeConsole(markup=False, highlight=False, emoji=False, stderr=to_stderr)


def counted(count: int, one: str, several: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "epoch"), counted(2, "epoch"), counted(0, "class", "classes")
    ('1 epoch', '2 epochs', '0 classes')
    """
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def escape_unencodable() -> None:
    """Let the standard streams escape a character that their encoding lacks, instead of failing."""
    for stream in (sys.stdin, sys.stdout):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
