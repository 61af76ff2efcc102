r"""Parse the options of a CSV file, and print how it was read.

>>> ordered("size=small<medium<large")
('size', ('small', 'medium', 'large'))
>>> one_letter("tab"), names("a, b")
('\t', ('a', 'b'))
"""

from __future__ import annotations

import argparse
import sys
from typing import Final

from autograd_tiny.cli.arguments import whole_number
from autograd_tiny.support.console import complain_at, counted, show
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.tabular.dataset import Dataset
from autograd_tiny.tabular.options import MOST_CATEGORIES, TableOptions

MOST_LINES: Final = 40
WIDEST_NAME: Final = 24
TABLE_OPTIONS: Final = (
    *("delimiter", "encoding", "header", "skip", "decimal", "thousands", "dates", "missing", "categories", "ordered"),
    "most_categories",
)
"""The arguments that are options of a file, by their names in `TableOptions`."""


def add_table_options(parser: argparse._ArgumentGroup) -> None:
    """Add the options that decide what the cells of a file leave open."""
    parser.add_argument(
        "--decimal", choices=[".", ","], metavar="SIGN", help="the decimal sign, . or , where 1,455 may be either"
    )
    parser.add_argument(
        "--thousands",
        choices=[".", ",", "'", " ", "_"],
        metavar="SIGN",
        help="the sign between thousands, such as . or , where 1,455 may be either",
    )
    parser.add_argument(
        "--dates",
        choices=["day-first", "month-first"],
        metavar="ORDER",
        help="day-first or month-first, of dates such as 1/2/2026",
    )
    parser.add_argument(
        "--missing",
        choices=["fill", "drop", "refuse"],
        metavar="HOW",
        help="missing values: fill by the mean or the most frequent of the training examples, with an input that "
        "marks them; drop their rows; or refuse the file (default: fill)",
    )
    parser.add_argument(
        "--categories", type=names, metavar="NAME,NAME", help="columns whose numbers are categories, such as codes"
    )
    parser.add_argument(
        "--ordered",
        type=ordered,
        action="append",
        metavar="NAME=A<B<C",
        help='a column of ordered categories, in quotes: "size=small<medium<large"',
    )
    parser.add_argument(
        "--most-categories",
        type=whole_number,
        metavar="N",
        help=f"the most inputs for the categories of a column (default: {MOST_CATEGORIES})",
    )
    parser.add_argument("--header", action=argparse.BooleanOptionalAction, help="the first line has names, or data")
    parser.add_argument("--skip", type=whole_number, metavar="N", help="lines to leave out at the top")
    parser.add_argument("--delimiter", type=one_letter, metavar="SIGN", help="between cells: , ; | or tab")
    parser.add_argument("--encoding", metavar="NAME", help="such as utf-8, utf-16, cp1252")


def table_options(arguments: argparse.Namespace) -> TableOptions:
    """Return the options of the file that are given."""
    given = {name: getattr(arguments, name) for name in TABLE_OPTIONS if getattr(arguments, name) is not None}
    if "ordered" in given:
        given["ordered"] = dict(given["ordered"])
    return TableOptions(**given)


def names(text: str) -> tuple[str, ...]:
    """Return the names in a list with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def ordered(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a column and its categories in their order.

    >>> ordered("size")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: 'size' is not NAME=A<B, such as "size=small<medium<large"
    """
    name, sign, order = text.partition("=")
    categories = tuple(category.strip() for category in order.split("<"))
    if not sign or len(set(categories)) < 2 or "" in categories or len(set(categories)) < len(categories):
        raise argparse.ArgumentTypeError(f'{text!r} is not NAME=A<B, such as "size=small<medium<large"')
    return name.strip(), categories


def one_letter(text: str) -> str:
    """Return a delimiter.

    >>> one_letter(";;")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: ';;' is not one sign such as ; or the word tab
    """
    letter = {"tab": "\t", "\\t": "\t", "space": " "}.get(text, text)
    if len(letter) != 1 or letter in '"\r\n':
        raise argparse.ArgumentTypeError(f"{text!r} is not one sign such as ; or the word tab")
    return letter


def reading_lines(dataset: Dataset) -> list[str]:
    """Return how a file was read, a line a column; after the first forty only what is not plain numbers.

    >>> data = Dataset("d", ("a",), [[0.0]], "b", [0], readings=(("a", "numbers, 0 to 1"), ("b", "target")))
    >>> reading_lines(data)
    ['  a  numbers, 0 to 1', '  b  target']
    """
    width = min(max((len(printable(name)) for name, _ in dataset.readings), default=0), WIDEST_NAME)
    shown = [
        f"  {printable(name):{width}}  {printable(text)}"
        for place, (name, text) in enumerate(dataset.readings)
        if place < MOST_LINES or not is_plain(text)
    ]
    hidden = len(dataset.readings) - len(shown)
    return [*shown, *([f"  and {counted(hidden, 'column')} of plain numbers"] if hidden else [])]


def is_plain(text: str) -> bool:
    """Return whether a reading is that of plain numbers."""
    return text.startswith("numbers, ") and ";" not in text


def show_reading(dataset: Dataset) -> None:
    """Print how a file was read, and the notes on it on the standard error."""
    width = min(max((len(printable(name)) for name, _ in dataset.readings), default=0), WIDEST_NAME)
    for line in reading_lines(dataset):
        show(line, in_files=False, hanging=width + 4)
    for note in dataset.notes:
        complain_at(sys.stderr, printable(f"note: {note}"))
