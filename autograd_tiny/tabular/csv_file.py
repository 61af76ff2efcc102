r"""Read the cells of a CSV file strictly; each error names its line.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "flowers.csv")
...     _ = path.write_text("petal;kind\n" + "1.5;daisy\n2.5;rose\n" * 5)
...     table = read_table(path)
>>> table.header, table.rows[:2]
(['petal', 'kind'], [(2, ['1.5', 'daisy']), (3, ['2.5', 'rose'])])
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from autograd_tiny.errors import InputError
from autograd_tiny.support.console import counted

DELIMITERS: Final = ",;\t|"
FEWEST_ROWS: Final = 10
MOST_COLUMNS: Final = 10_000
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


class TableError(InputError):
    """A CSV file that cannot be used.

    Attributes:
        path: the file.
        line: the line at fault, counted from 1; None where it is the whole file.
    """

    def __init__(self, path: object, problem: str, *, line: int | None = None) -> None:
        self.path, self.line = path, line
        super().__init__(f"{path}{'' if line is None else f', line {line}'}: {problem}")


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file, stripped of white space.

    Attributes:
        path: of the file.
        header: the names of the columns.
        rows: for each row its line in the file and its cells.
        positions: the position of each column by its name.
    """

    path: Path
    header: list[str]
    rows: list[tuple[int, list[str]]]
    positions: dict[str, int]

    def column(self, name: str) -> list[tuple[int, str]]:
        """Return a column as pairs of line and cell."""
        position = self.positions[name]
        return [(line, cells[position]) for line, cells in self.rows]

    def require(self, name: str, option: str) -> None:
        """Raise a TableError unless there is a column of this name."""
        if name not in self.positions:
            close = get_close_matches(name, self.header, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"the columns are {quoted(self.header)}"
            raise TableError(self.path, f"has no column {name!r} for {option}; {hint}", line=1)


def read_table(path: Path) -> Table:
    """Read the cells of a CSV file, and check that every row has one for each column.

    Raises:
        TableError: the file cannot be read, is not UTF-8, has no names, too many columns or too few rows, or rows of
            another length.
    """
    text = read_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((reader.line_num, stripped))
                if len(rows) == 1:  # before the other rows are read
                    check_header(path, *rows[0])
    except csv.Error as error:
        line = rows[-1][0] + 1 if rows else 1
        raise TableError(path, f"is not valid CSV: {error}; is a quotation mark missing?", line=line) from None
    if not rows:
        raise TableError(
            path,
            "is empty; write the names of the columns in the first line and one example in each further line",
            line=1,
        )
    (_, header), *rows = rows
    for line, cells in rows:
        if len(cells) != len(header):
            problem = f"has {counted(len(cells), 'cell')} for {counted(len(header), 'column')}"
            raise TableError(path, f"{problem}; each row needs one cell for each column", line=line)
    if len(rows) < FEWEST_ROWS:
        found = counted(len(rows), "row")
        raise TableError(path, f"has {found}; at least {FEWEST_ROWS} are needed to train and test")
    return Table(path, header, rows, {name: position for position, name in enumerate(header)})


def delimiter_of(text: str) -> str:
    r"""Return the delimiter with which the most rows have as many cells as the first, and more than one.

    >>> delimiter_of('"a; b; c; d",e\n1,2'), delimiter_of("weight")
    (',', ',')
    """

    def fit(delimiter: str) -> tuple[int, int]:
        widths: list[int] = []
        with suppress(csv.Error):  # raised when the table is read
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            for row in rows:
                if any(map(str.strip, row)):
                    widths.append(len(row))
                    if widths[0] > MOST_COLUMNS:  # refused when the table is read
                        break
        first = widths[0] if widths else 1
        return (widths.count(first), first) if first > 1 else (0, 1)

    return max(DELIMITERS, key=fit)


def read_text(path: Path) -> str:
    """Return a file as text.

    Raises:
        TableError: it cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(path, f"cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(path, "is not UTF-8; save it as UTF-8 (spreadsheets: CSV UTF-8)", line=line) from None


def check_header(path: Path, line: int, header: list[str]) -> None:
    """Raise a TableError unless the first row names every column once, and not too many."""
    if len(header) > MOST_COLUMNS:
        problem = f"has {len(header)} columns; at most {MOST_COLUMNS} can be read; leave out what does not matter"
        raise TableError(path, problem, line=line)
    if all(NUMBER.fullmatch(name) for name in header):
        raise TableError(path, "has numbers where the names of the columns should be; add them above", line=line)
    if "" in header:
        raise TableError(path, f"column {header.index('') + 1} has no name; name it", line=line)
    twice = next((name for name, times in Counter(header).items() if times > 1), None)
    if twice is not None:
        raise TableError(path, f"two columns are called {twice!r}; rename one", line=line)


def quoted(names: Sequence[str], joint: str = ", ") -> str:
    """Return at most ten names, in quotes.

    >>> quoted(["a", "b"], " or ")
    "'a' or 'b'"
    """
    shown = [*map(repr, names[:10]), *["..."] * (len(names) > 10)]
    return joint.join(shown)
