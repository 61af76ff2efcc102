"""Print to a terminal with rich, in ASCII where its encoding lacks the signs of mathematics."""

from __future__ import annotations

import os
import shutil
import sys
from typing import IO, TYPE_CHECKING, Any, Final

from autograd_tiny.support.terminal_text import fold, needs_ascii, printable, to_ascii

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NARROWEST: Final = 30
"""The smallest width, in characters, that text is wrapped to; a narrower terminal wraps it by itself."""
IN_FILES: Final = 80
"""The width of text in a pipe or a file, unless COLUMNS is set."""


def line_width(stream: IO[str] | None = None) -> int:
    """Return the width of lines in a stream: that of its terminal, in a pipe or a file that of `width_in_files`.

    Args:
        stream: the standard output if not given.
    """
    stream = stream or sys.stdout
    return terminal_width() if _is_terminal(stream) else width_in_files()


def terminal_width() -> int:
    """Return the width of lines at the terminal."""
    return max(shutil.get_terminal_size((IN_FILES, 24)).columns, NARROWEST)


def width_in_files() -> int:
    """Return the width of lines in a pipe or a file: what COLUMNS says if it is set, else 80."""
    columns = os.environ.get("COLUMNS", "")
    return max(int(columns), NARROWEST) if columns.isdecimal() and 0 < len(columns) < 8 and int(columns) else IN_FILES


def show(text: str, *, in_files: bool = True, hanging: int = 2) -> None:
    """Print lines that are as wide as the terminal at most.

    Args:
        text: of the lines; wider ones are folded.
        in_files: whether lines of a pipe or a file are folded too; not where they have a path.
        hanging: how far what is folded is indented.
    """
    print(*_folded(displayable(text), sys.stdout, in_files=in_files, hanging=hanging), sep="\n")


def complain_at(stream: IO[str] | None, text: str) -> None:
    """Print an error: at a terminal in lines as wide as that, in a file in one."""
    print(*_folded(text, stream, in_files=False, hanging=2), sep="\n", file=stream)


def _folded(text: str, stream: IO[str] | None, *, in_files: bool, hanging: int) -> list[str]:
    lines = text.split("\n")
    if not (in_files or _is_terminal(stream)):
        return lines
    return [part for line in lines for part in fold(line, line_width(stream), hanging=hanging)]


def _is_terminal(stream: IO[str] | None) -> bool:
    return stream is not None and stream.isatty()


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

        def print(self, *objects: Any, soft_wrap: bool | None = None, **settings: Any) -> None:
            """Print; at a terminal the lines that rich would leave as they are, are folded."""
            if soft_wrap and self.is_terminal:
                objects = tuple(
                    "\n".join(_folded(text, self.file, in_files=False, hanging=2)) if isinstance(text, str) else text
                    for text in objects
                )
            super().print(*objects, soft_wrap=soft_wrap, **settings)

    stream = sys.stderr if to_stderr else sys.stdout
    is_dumb = _is_terminal(stream) and os.environ.get("TERM", "dumb") in {"dumb", "unknown"}  # rich takes 80 for it
    width, height = (line_width(stream), 25) if is_dumb else (None, None)
    if not _is_terminal(stream) and "COLUMNS" not in os.environ:  # rich would take the width of another stream
        width = IN_FILES
    return PipeConsole(markup=False, highlight=False, emoji=False, stderr=to_stderr, width=width, height=height)


def show_table(table: Table) -> None:
    """Print a table; where it is wider than the terminal, each cell in a line with the name of its column."""
    from rich.measure import Measurement

    screen = console()
    needed = Measurement.get(screen, screen.options.update_width(sys.maxsize), table).maximum
    if needed <= screen.width or not _is_terminal(sys.stdout):
        screen.print(table)
        return
    names = [str(column.header) for column in table.columns]
    for first, *others in zip(*(map(str, column.cells) for column in table.columns), strict=True):
        show(f"{names[0]}: {first}" if names[0] else first)
        for name, cell in zip(names[1:], others, strict=True):
            lines = cell.split("\n")
            show("\n    ".join([f"  {name}:", *lines]) if len(lines) > 1 else f"  {name}: {cell}")


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
