r"""Turn the columns of a CSV file into examples: inputs, and a number or a class as target.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "flowers.csv")
...     _ = path.write_text("petal;kind\n" + "1,5;daisy\n2,5;rose\n" * 5)
...     flowers = read_dataset(path, target="kind")
>>> flowers.inputs[:2], flowers.targets[:2], flowers.classes
([[1.5], [2.5]], [0, 1], ('daisy', 'rose'))
>>> flowers.readings[0]
('petal', 'numbers with a decimal comma, 1.5 to 2.5')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_tiny.support.console import counted
from autograd_tiny.tabular.column_rows import ColumnRows
from autograd_tiny.tabular.csv_file import FEWEST_ROWS, Table, more_lines, quoted, read_table
from autograd_tiny.tabular.dataset import Dataset, Gap
from autograd_tiny.tabular.inputs import ColumnError, Inputs, NumberReading, UnlearnableError, read_input
from autograd_tiny.tabular.leaks import same_column, tells_class, tells_number
from autograd_tiny.tabular.notation import Evidence, Survey
from autograd_tiny.tabular.options import TableOptions
from autograd_tiny.tabular.problems import TableError
from autograd_tiny.tabular.target import Target, read_target

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT: TableOptions = TableOptions()


def read_dataset(
    path: Path,
    *,
    target: str | None,
    ignore: Sequence[str] = (),
    kind: str | None = None,
    options: TableOptions = DEFAULT,
) -> Dataset:
    """Read a CSV file as examples: one column is the target, all others are inputs.

    A target of words, or of at most ten different whole numbers, is a class; any other is a number. Words, dates and
    numbers in any notation become inputs; columns that say nothing are left out. `Dataset.readings` tells of each
    column how it was read.

    Args:
        path: the file.
        target: the column to be predicted.
        ignore: columns that are left out; one text may name several, separated by commas.
        kind: "classes" or "number" to decide for the target.
        options: what the cells leave open.

    Raises:
        TableError: the file cannot be used; the message names each line.
    """
    as_text = [*([target] if target is not None else []), *options.categories, *options.ordered]
    table = read_table(path, options, as_text=as_text)
    surveys, evidence = survey_all(table)
    if "," in evidence.decimals and not table.keeps_points:  # then a point may separate thousands
        table = read_table(path, options, as_text=as_text, keep_points=True)
        surveys, evidence = survey_all(table)
    if target is None:
        raise TableError(path, f"name the column to predict: --target {quoted(table.header, ' or ')}")
    ignored = ignored_columns(table, ignore)
    table.require(target, "--target")
    for option, asked in (("--categories", options.categories), ("--ordered", options.ordered)):
        for name in asked:
            table.require(name, option)
    names = [name for name in table.header if name != target and name not in ignored]
    if not names:
        table.problems.add(f"has no column but the target {target!r}; add columns to predict it from")
    if target not in table.columns or not names:
        table.problems.raise_if_any()
    kept = kept_rows(table, target, names, options.missing)
    if len(kept) < len(table.lines):
        table = table.at(kept)
        surveys, evidence = survey_all(table)
    reader = Reader(table, surveys, evidence, options)
    goal = reader.target(target, kind)
    reader.read(names)
    if goal is None or table.problems.found:
        raise TableError.of(path, table.problems.found)
    return reader.dataset(target, goal, ignored)


def survey_all(table: Table) -> tuple[dict[str, Survey], Evidence]:
    """Return what the texts of each column tell of their notation, and what all columns prove together."""
    surveys = {name: Survey.of(column.values) for name, column in table.columns.items()}
    evidence = Evidence(semicolons=table.delimiter == ";")
    for survey in surveys.values():
        if survey.is_numeric:
            evidence.add(survey)
    return surveys, evidence


def ignored_columns(table: Table, ignore: Sequence[str]) -> set[str]:
    """Return the columns to leave out, after adding unknown ones to the problems of the table.

    Args:
        table: the cells.
        ignore: names; one that no column has may list several, separated by commas.
    """
    names: set[str] = set()
    for text in ignore:
        for name in [text] if text in table.columns else [part.strip() for part in text.split(",")]:
            if table.require(name, "--ignore"):
                names.add(name)
    return names


def kept_rows(table: Table, target: str, names: Sequence[str], missing: str) -> NDArray[Any]:
    """Return the rows to use, after adding notes on the others, or problems where missing values are refused.

    Args:
        table: the cells.
        target: a column that every row needs.
        names: the columns of the inputs.
        missing: "fill", "drop" or "refuse".
    """
    import numpy as np

    without_target = table.columns[target].missing
    gaps = {name: gap for name in names if (gap := table.columns[name].missing).any()}
    if missing == "refuse":
        remedy = "fill it in, remove the line, or say --missing fill or --missing drop"
        for name, gap in gaps.items():
            lines = table.lines[gap].tolist()
            table.problems.add(f"column {name!r} has no value; {remedy}{more_lines(lines)}", line=lines[0])
        if without_target.any():
            lines = table.lines[without_target].tolist()
            told = f"the target {target!r} has no value; remove the line{more_lines(lines)}"
            table.problems.add(told, line=lines[0])
    left_out = [(without_target, "without a target")]
    if missing == "drop" and gaps:
        some = np.any([gap for gap in gaps.values() if not gap.all()], axis=0)
        left_out.append((some & ~without_target, "with missing values"))
    kept = np.ones(len(without_target), dtype=bool)
    for rows, why in left_out:
        if rows.any():
            kept &= ~rows
            first = int(table.lines[rows][0])
            table.notes.append(f"{counted(int(rows.sum()), 'row')} {why} left out; the first is line {first}")
    if without_target.all():
        table.problems.add(f"the target {target!r} has no value in any row; choose another")
    elif kept.sum() < FEWEST_ROWS:
        table.problems.add(f"has {counted(int(kept.sum()), 'row')} to use; at least {FEWEST_ROWS} are needed")
    if kept.sum() < FEWEST_ROWS:
        table.problems.raise_if_any()
    return np.flatnonzero(kept)


@dataclass(slots=True)
class Reader:
    """The columns of a table on the way to a data set.

    Attributes:
        table: the cells of the rows to use.
        surveys: what the texts of each column tell of their notation.
        evidence: what all columns prove.
        options: what the user says.
        inputs: by column; without those that are left out.
        readings: how each column is read, in words.
    """

    table: Table
    surveys: Mapping[str, Survey]
    evidence: Evidence
    options: TableOptions
    inputs: dict[str, Inputs] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)

    def target(self, name: str, kind: str | None) -> Target | None:
        """Return the target, or None after adding to the problems."""
        known = NumberReading(self.surveys[name], self.evidence, self.options)
        column, lines = self.table.columns[name], self.table.lines
        return read_target(name, column, lines, known, kind=kind, problems=self.table.problems)

    def read(self, names: Sequence[str]) -> None:
        """Read the columns of the inputs, and add to the problems what cannot be read."""
        unlearnable: dict[str, str] = {}
        for name in names:
            column = self.table.columns[name]
            if column.missing.all():
                self.readings[name] = "left out: no values"
                continue
            try:
                inputs = read_input(name, column, NumberReading(self.surveys[name], self.evidence, self.options))
            except UnlearnableError as error:
                if error.names_rows:
                    self.readings[name] = "left out: a different text in each row, such as a name or a key"
                else:
                    unlearnable[name] = str(error)
            except ColumnError as error:
                line = None if error.cell is None else int(self.table.lines[column.first_row(error.cell)])
                self.table.problems.add(f"column {name!r} {error}", line=line)
            else:
                self.inputs[name] = inputs
        for name, problem in unlearnable.items():
            self.table.problems.add(f"column {name!r} {problem}; leave it out: --ignore {','.join(unlearnable)}")

    def leave_out_useless(self) -> None:
        """Leave out the columns that are the same in every row, or the same as another."""
        for name, inputs in list(self.inputs.items()):
            if all((array == array[0]).all() for array in inputs.arrays):
                self.readings[name] = f"left out: {self.table.columns[name].first_value} in every row"
                del self.inputs[name]
        for name, other in same_column({name: inputs.arrays for name, inputs in self.inputs.items()}).items():
            self.readings[name] = f"left out: the same as {other!r}"
            del self.inputs[name]

    def dataset(self, target: str, goal: Target, ignored: set[str]) -> Dataset:
        """Return the data set of a target and the inputs that were read.

        Raises:
            TableError: each column is the same in every row.
        """
        self.leave_out_useless()
        if not self.inputs:
            raise TableError(
                self.table.path, "has no column but the target that varies; add columns to predict it from"
            )
        notes = [*self.table.notes, *goal.notes, *self.leaks(target, goal)]
        names, arrays, gaps = self.with_indicators()
        self.readings |= {target: goal.text, **dict.fromkeys(ignored, "left out: --ignore")}
        return Dataset(
            self.table.path.stem,
            tuple(names),
            ColumnRows(arrays),
            target,
            goal.numbers.tolist(),
            goal.classes,
            tuple((name, self.readings[name]) for name in self.table.header),
            tuple(notes),
            tuple(gaps),
        )

    def with_indicators(self) -> tuple[list[str], list[NDArray[Any]], list[Gap]]:
        """Return the names and numbers of all inputs, with one that tells where a column had none."""
        names: list[str] = []
        arrays: list[NDArray[Any]] = []
        gaps: list[Gap] = []
        marks: dict[bytes, str] = {}
        for name, inputs in self.inputs.items():
            start, missing = len(names), self.table.columns[name].missing
            names += inputs.names
            arrays += inputs.arrays
            text = inputs.text
            if missing.any():
                gaps.append(Gap(tuple(range(start, len(names))), inputs.filling))
                mark = marks.setdefault(missing.tobytes(), f"{name} missing")
                if mark == f"{name} missing":
                    names.append(mark)
                    arrays.append(missing.astype(float))
                stand_in = "the mean" if inputs.filling == "mean" else "the most frequent"
                text += f"; {int(missing.sum())} missing: {stand_in} instead, marked by the input {mark!r}"
            self.readings[name] = text
        return names, arrays, gaps

    def leaks(self, target: str, goal: Target) -> list[str]:
        """Return a note on each column that tells the target."""
        notes = []
        for name, inputs in self.inputs.items():
            if goal.classes:
                tells = tells_class(inputs.arrays, goal.numbers, len(goal.classes))
            else:
                tells = len(inputs.arrays) == 1 and tells_number(inputs.arrays[0], goal.numbers)
            if tells:
                remedy = f"unless it is known beforehand, --ignore {name}"
                notes.append(f"column {name!r} alone tells the target {target!r} exactly; {remedy}")
        return notes
