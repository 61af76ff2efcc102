"""Print headings, sentences and tables of numbers to the terminal.

>>> in_digits(1 / 3), in_digits([1.0, -0.5])
('0.33333', '1  -0.5')
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd_tiny.lessons.value_arrays import difference
from autograd_tiny.support.console import console, displayable, show_table


def heading(text: str) -> None:
    """Print a heading, an empty line before it."""
    screen = console()
    screen.print("")
    screen.print(displayable(text), style="bold", soft_wrap=True)


def say(*lines: str) -> None:
    """Print lines of text."""
    for line in lines:
        console().print(displayable(line), soft_wrap=True)


def print_table(header: Sequence[str], groups: Iterable[Sequence[Sequence[str]]], *, words: int = 1) -> None:
    """Print groups of rows, an empty line between them.

    Args:
        header: the names of the columns.
        groups: for each group its rows, each with one text for a column; a text may have several lines.
        words: how many columns, from the left, hold words; the others hold numbers, aligned to the right.
    """
    from rich import box
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for position, name in enumerate(header):
        shown.add_column(displayable(name), justify="left" if position < words else "right", no_wrap=True)
    for rows in groups:
        for row in rows:
            shown.add_row(*map(displayable, row))
        shown.add_section()
    show_table(shown)


def apart(difference: float) -> str:
    """Return the difference of two results to one digit.

    >>> apart(2.2e-16), apart(0.0)
    ('2e-16', '0')
    """
    return f"{difference:.0e}" if difference else "0"


def compare(hand: Any, engine: Any, form: str) -> tuple[str, str, str]:
    """Return two arrays as texts, and their difference: three cells of a table.

    >>> compare([1.0, 2.0], [1.0, 2.0], ".1f")
    ('1.0  2.0', '1.0  2.0', '0')
    """
    return in_digits(hand, form), in_digits(engine, form), apart(difference(hand, engine))


def in_digits(numbers: Any, form: str = ".5g") -> str:
    """Return a number, a row, or a matrix with a line for each row, as text.

    Args:
        numbers: a number, a list, a list of lists, or an array of these shapes.
        form: the format of each number; by default at most five digits.

    >>> print(in_digits([[1.0, 0.25], [-3.0, 0.0]]))
     1  0.25
    -3     0
    """
    numbers = numbers.tolist() if hasattr(numbers, "tolist") else numbers
    if not isinstance(numbers, list):
        return format(numbers + 0.0, form)
    if not isinstance(numbers[0], list):
        return "  ".join(in_digits(number, form) for number in numbers)
    columns = [[in_digits(number, form) for number in column] for column in zip(*numbers, strict=True)]
    aligned = [[cell.rjust(max(map(len, column))) for cell in column] for column in columns]
    return "\n".join(map("  ".join, zip(*aligned, strict=True)))
