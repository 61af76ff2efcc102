r"""CSV files of the user's own: read strictly, each objection with the line where it arose.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "flowers.csv")
...     _ = path.write_text("petal;kind\n" + "1.5;daisy\n2.5;rose\n" * 5)
...     flowers = read_dataset(path, target="kind")
>>> flowers.inputs[:2], flowers.targets[:2], flowers.classes
([[1.5], [2.5]], [0, 1], ('daisy', 'rose'))
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from autograd_tiny.cli.data import Dataset
from autograd_tiny.cli.errors import TableError
from autograd_tiny.cli.terminal import counted
from autograd_tiny.errors import shorten

DELIMITERS: Final = ",;\t|"
FEWEST_ROWS: Final = 10
MOST_CLASSES: Final = 50
MOST_NUMBERED_CLASSES: Final = 10
"""So many different whole numbers as target are still taken for classes."""

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
MISSING: Final = frozenset({"", "?", "-", "na", "n/a", "nan", "nil", "none", "null", "missing"})


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file, stripped of white space.

    Attributes:
        path: where the file lies.
        header: the names of the columns.
        rows: for each row its line in the file and its cells.
    """

    path: Path
    header: list[str]
    rows: list[tuple[int, list[str]]]

    def column(self, name: str) -> list[tuple[int, str]]:
        """Return a column as pairs of line and cell."""
        position = self.header.index(name)
        return [(line, cells[position]) for line, cells in self.rows]

    def require(self, name: str, option: str) -> None:
        """Raise a TableError if there is no column of this name."""
        if name not in self.header:
            close = get_close_matches(name, self.header, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {listed(self.header)}"
            raise TableError(self.path, f"no column {name!r} for {option}; {hint}", line=1)


def read_dataset(path: Path, *, target: str | None, ignore: Sequence[str] = (), kind: str | None = None) -> Dataset:
    """Read a CSV file as examples: the target is one column, the inputs are all others, which hold numbers.

    Words as target are classes, and so are up to ten different whole numbers; other numbers are numbers.

    Args:
        path: the file: UTF-8, with names in its first line, separated by commas, semicolons, tabs or bars.
        target: the column to be predicted.
        ignore: columns that are left out.
        kind: "classes" or "number" to decide what the target is.

    Raises:
        TableError: the file cannot be used; the message names the line.
    """
    table = read_table(path)
    if target is None:
        raise TableError(path, f"say which column is to be predicted: --target {listed(table.header, ' or ')}")
    table.require(target, "--target")
    for name in ignore:
        table.require(name, "--ignore")
    names = [name for name in table.header if name != target and name not in ignore]
    if not names:
        raise TableError(path, f"has no column beside the target {target!r}; inputs are needed to predict it from")
    remedy = "code it as a number, or leave the column out with --ignore"
    columns = [numbers(table, name, remedy) for name in names]
    targets, classes = read_target(table, target, kind)
    inputs = [list(row) for row in zip(*columns, strict=True)]
    return Dataset(path.stem, tuple(names), inputs, target, targets, classes)


def read_table(path: Path) -> Table:
    """Read the cells of a CSV file, and see that every row has one for each column.

    Raises:
        TableError: the file cannot be read, is no UTF-8, lacks names or rows, or a row is too long or too short.
    """
    text = read_text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=max(DELIMITERS, key=first.count), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((reader.line_num, stripped))
    except csv.Error as error:
        line = rows[-1][0] + 1 if rows else 1
        raise TableError(path, f"is no CSV: {error}; is a quotation mark missing?", line=line) from None
    if not rows:
        raise TableError(path, "is empty; the first line names the columns, then follows one line an example")
    (line, header), *rows = rows
    check_header(path, line, header)
    for line, cells in rows:
        if len(cells) != len(header):
            problem = f"has {counted(len(cells), 'cell')} for {counted(len(header), 'column')}"
            raise TableError(path, f"{problem}; fill in or take out some", line=line)
    if len(rows) < FEWEST_ROWS:
        found = counted(len(rows), "row")
        raise TableError(path, f"has {found}; at least {FEWEST_ROWS} are needed to train and test")
    return Table(path, header, rows)


def read_text(path: Path) -> str:
    """Return a file as text.

    Raises:
        TableError: it cannot be read, or is no UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(path, f"cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(path, "is no UTF-8; save it as UTF-8 (spreadsheets: CSV UTF-8)", line=line) from None


def check_header(path: Path, line: int, header: list[str]) -> None:
    """Raise a TableError unless the first row names every column once."""
    if all(NUMBER.fullmatch(name) for name in header):
        raise TableError(path, "has numbers where the names of the columns should be; put a line above", line=line)
    if "" in header:
        raise TableError(path, f"column {header.index('') + 1} has no name; name it", line=line)
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise TableError(path, f"two columns are called {twice[0]!r}; rename one", line=line)


def numbers(table: Table, name: str, remedy: str) -> list[float]:
    """Return a column as finite floats.

    Raises:
        TableError: a cell is missing, is no number, or is infinite.
    """
    return [read_number(table.path, line, name, cell, remedy) for line, cell in table.column(name)]


def read_number(path: Path, line: int, name: str, cell: str, remedy: str) -> float:
    """Return a cell as a finite float, or raise a TableError."""
    if cell.lower() in MISSING:
        raise TableError(path, f"column {name!r} has no value; fill it in or take out the line", line=line)
    if re.fullmatch(r"[+-]?\d+,\d+", cell):
        remedy = f"write it with a point, {cell.replace(',', '.')}"
    if not NUMBER.fullmatch(cell):
        raise TableError(path, f"column {name!r} has {shorten(cell)}, which is no number; {remedy}", line=line)
    number = float(cell)
    if math.isinf(number):
        raise TableError(path, f"column {name!r} has {shorten(cell)}, which is too large for a float", line=line)
    return number


def read_target(table: Table, name: str, kind: str | None) -> tuple[list[int] | list[float], tuple[str, ...]]:
    """Return the targets, and the names of the classes if they are classes."""
    cells = table.column(name)
    for line, cell in cells:
        if cell.lower() in MISSING:
            raise TableError(table.path, f"the target {name!r} has no value; take out the line", line=line)
    if kind == "number" or (kind is None and not are_classes([cell for _, cell in cells])):
        targets = numbers(table, name, "mend it, or take the target as classes with --classes")
        if min(targets) == max(targets):
            raise TableError(table.path, f"the target {name!r} is {cells[0][1]} in every row; nothing can be learnt")
        return targets, ()
    return class_numbers(table, name)


def are_classes(cells: Sequence[str]) -> bool:
    """Tell whether a target is meant as classes: words, or few different whole numbers.

    >>> are_classes(["yes", "no"]), are_classes(["0", "1"]), are_classes(["0.5", "1"])
    (True, True, False)
    """
    if not all(map(NUMBER.fullmatch, cells)):
        return sum(map(bool, map(NUMBER.fullmatch, cells))) * 2 < len(cells)
    return len(set(cells)) <= MOST_NUMBERED_CLASSES and all(float(cell).is_integer() for cell in cells)


def class_numbers(table: Table, name: str) -> tuple[list[int], tuple[str, ...]]:
    """Return the number of each row's class, and the sorted names of the classes."""
    rows: dict[str, list[int]] = {}
    for line, cell in table.column(name):
        rows.setdefault(cell, []).append(line)
    if len(rows) < 2:
        problem = f"the target {name!r} is {next(iter(rows))!r} in every row; at least two classes are needed"
        raise TableError(table.path, problem)
    if len(rows) > MOST_CLASSES:
        problem = f"the target {name!r} has {len(rows)} classes, more than {MOST_CLASSES}; is it a name or a number?"
        raise TableError(table.path, problem)
    for label, lines in rows.items():
        if len(lines) < 2:
            problem = f"class {label!r} has this row only; one to train and one to test are needed at least"
            raise TableError(table.path, problem, line=lines[0])
    is_numbered = all(map(NUMBER.fullmatch, rows))
    classes = sorted(rows, key=float) if is_numbered else sorted(rows)
    return [classes.index(cell) for _, cell in table.column(name)], tuple(classes)


def listed(names: Sequence[str], joint: str = ", ") -> str:
    """Return some names in quotes, the first ten at most.

    >>> listed(["a", "b"], " or ")
    "'a' or 'b'"
    """
    shown = [*map(repr, names[:10]), *["..."] * (len(names) > 10)]
    return joint.join(shown)
