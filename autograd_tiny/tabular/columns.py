r"""Turn the columns of a CSV file into examples: numbers as inputs, and a number or a class as target.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "flowers.csv")
...     _ = path.write_text("petal;kind\n" + "1.5;daisy\n2.5;rose\n" * 5)
...     flowers = read_dataset(path, target="kind")
>>> flowers.inputs[:2], flowers.targets[:2], flowers.classes
([[1.5], [2.5]], [0, 1], ('daisy', 'rose'))
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from autograd_tiny.errors import shorten
from autograd_tiny.tabular.csv_file import NUMBER, Table, TableError, quoted, read_table
from autograd_tiny.tabular.dataset import Dataset

MOST_CLASSES: Final = 50
MOST_NUMBERED_CLASSES: Final = 10
"""A target of at most so many different whole numbers is taken as classes."""
LARGEST_WHOLE: Final = 2**53
"""From here on a float does not distinguish all whole numbers."""

MISSING: Final = frozenset({"", "?", "-", "na", "n/a", "nan", "nil", "none", "null", "missing"})


def read_dataset(path: Path, *, target: str | None, ignore: Sequence[str] = (), kind: str | None = None) -> Dataset:
    """Read a CSV file as examples: one column is the target, all others are inputs and hold numbers.

    A target of words, or of at most ten different whole numbers, is a class; any other is a number.

    Args:
        path: the file: UTF-8, with names in its first line, separated by commas, semicolons, tabs or bars.
        target: the column to be predicted.
        ignore: columns that are left out.
        kind: "classes" or "number" to decide for the target.

    Raises:
        TableError: the file cannot be used; the message names the line.
    """
    table = read_table(path)
    if target is None:
        raise TableError(path, f"name the column to predict: --target {quoted(table.header, ' or ')}")
    table.require(target, "--target")
    for name in ignore:
        table.require(name, "--ignore")
    others = {target, *ignore}
    names = [name for name in table.header if name not in others]
    if not names:
        raise TableError(path, f"has no column but the target {target!r}; add columns to predict it from")
    remedy = "code it as a number, or leave the column out with --ignore"
    columns = [numbers(table, name, remedy) for name in names]
    targets, classes = read_target(table, target, kind)
    inputs = [list(row) for row in zip(*columns, strict=True)]
    return Dataset(path.stem, tuple(names), inputs, target, targets, classes)


def numbers(table: Table, name: str, remedy: str) -> list[float]:
    """Return a column as finite floats.

    Raises:
        TableError: a cell is missing, not a number, or infinite.
    """
    return [cell_number(table.path, line, name, cell, remedy) for line, cell in table.column(name)]


def cell_number(path: Path, line: int, name: str, cell: str, remedy: str) -> float:
    """Return a cell as a finite float, or raise a TableError."""
    if cell.lower() in MISSING:
        raise TableError(path, f"column {name!r} has no value; fill it in or remove the line", line=line)
    if re.fullmatch(r"[+-]?\d+,\d+", cell):
        remedy = f"write it with a point, {cell.replace(',', '.')}"
    if not NUMBER.fullmatch(cell):
        raise TableError(path, f"column {name!r} has {shorten(cell)}, which is not a number; {remedy}", line=line)
    number = float(cell)
    if math.isinf(number):
        raise TableError(path, f"column {name!r} has {shorten(cell)}, which is too large for a float", line=line)
    return number


def read_target(table: Table, name: str, kind: str | None) -> tuple[list[int] | list[float], tuple[str, ...]]:
    """Return the targets, and the names of the classes if they are classes."""
    cells = table.column(name)
    for line, cell in cells:
        if cell.lower() in MISSING:
            raise TableError(table.path, f"the target {name!r} has no value; remove the line", line=line)
    if kind == "number" or (kind is None and not are_classes([cell for _, cell in cells])):
        targets = numbers(table, name, "correct it, or treat the target as classes with --classes")
        if min(targets) == max(targets):
            problem = f"the target {name!r} is {cells[0][1]} here and in every other row; it must vary"
            raise TableError(table.path, problem, line=cells[0][0])
        return targets, ()
    return class_numbers(table, name)


def are_classes(cells: Sequence[str]) -> bool:
    """Return whether a target is meant as classes: words, or few different whole numbers.

    >>> are_classes(["yes", "no"]), are_classes(["0", "1"]), are_classes(["0.5", "1"])
    (True, True, False)
    """
    if not all(map(NUMBER.fullmatch, cells)):
        return sum(map(bool, map(NUMBER.fullmatch, cells))) * 2 < len(cells)
    few = len(set(map(number_name, cells))) <= MOST_NUMBERED_CLASSES
    return few and all(float(cell).is_integer() for cell in cells)


def class_numbers(table: Table, name: str) -> tuple[list[int], tuple[str, ...]]:
    """Return the number of each row's class, and the sorted names of the classes."""
    cells = table.column(name)
    is_numbered = all(NUMBER.fullmatch(cell) for _, cell in cells)
    labels = [number_name(cell) if is_numbered else cell for _, cell in cells]
    rows: dict[str, list[int]] = {}
    for label, (line, _) in zip(labels, cells, strict=True):
        rows.setdefault(label, []).append(line)
    if len(rows) < 2:
        problem = f"the target {name!r} is {labels[0]!r} here and in every other row; at least two classes are needed"
        raise TableError(table.path, problem, line=cells[0][0])
    if len(rows) > MOST_CLASSES:
        problem = f"the target {name!r} has {len(rows)} classes, more than {MOST_CLASSES}; is it a name or a number?"
        raise TableError(table.path, problem)
    for label, lines in rows.items():
        if len(lines) < 2:
            problem = f"class {label!r} has only this row; at least one to train and one to test are needed"
            raise TableError(table.path, problem, line=lines[0])
    classes = sorted(rows, key=float) if is_numbered else sorted(rows)
    return [classes.index(label) for label in labels], tuple(classes)


def number_name(cell: str) -> str:
    """Return a number as the name of a class: equal numbers have equal names.

    >>> number_name("1.0"), number_name("+01"), number_name("-0"), number_name("0.50")
    ('1', '1', '0', '0.5')
    """
    number = float(cell)
    if abs(number) >= LARGEST_WHOLE:
        return cell
    return str(int(number)) if number.is_integer() else str(number)
