r"""Read the cells of a CSV file, block by block; each problem names its line.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "flowers.csv")
...     _ = path.write_text("petal;kind\n" + "1.5;daisy\n2.5;rose\n" * 5)
...     table = read_table(path)
>>> table.header, table.columns["kind"].texts, table.lines[:2].tolist()
(['petal', 'kind'], ['daisy', 'rose'], [2, 3])
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from autograd_tiny.support.console import counted
from autograd_tiny.tabular.cells import Column, ColumnCells
from autograd_tiny.tabular.dialect import BrokenRowError, Dialect, dialect_of, looks_like_data
from autograd_tiny.tabular.encoding import Source, find_source
from autograd_tiny.tabular.fast_cells import is_fast, read_fast
from autograd_tiny.tabular.names import header_of, named
from autograd_tiny.tabular.options import TableOptions
from autograd_tiny.tabular.problems import Problems, TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS: Final = 10
SAMPLE_ROWS: Final = 100
EMPTY: Final = "is empty; write the names of the columns in the first line and one example in each further line"
BLOCK_CELLS: Final = 200_000
MOST_LINES_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file.

    Attributes:
        path: of the file.
        delimiter: between its cells.
        keeps_points: whether numbers with a point are kept as they are written.
        columns: by their names.
        lines: of each row, counted from 1.
        problems: found so far.
        notes: on what was mended.
    """

    path: Path
    delimiter: str
    keeps_points: bool
    columns: dict[str, Column]
    lines: NDArray[Any]
    problems: Problems
    notes: list[str]

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return list(self.columns)

    def at(self, rows: NDArray[Any]) -> Table:
        """Return the table in some rows."""
        columns = {name: column.at(rows) for name, column in self.columns.items()}
        return replace(self, columns=columns, lines=self.lines[rows])

    def require(self, name: str, option: str) -> bool:
        """Add a problem unless there is a column of this name; return whether there is."""
        if name not in self.columns:
            close = get_close_matches(name, self.header, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"the columns are {quoted(self.header)}"
            self.problems.add(f"has no column {name!r} for {option}; {hint}", line=1)
        return name in self.columns


@dataclass(slots=True)
class Rows:
    """The rows of a file as they are read.

    Attributes:
        width: the number of cells that a row has.
        lines: of the rows that have it.
        wrong: those of the other rows, by the number of their cells.
        comments, trimmed: how many rows are comments, or end with a delimiter more.
    """

    width: int
    lines: list[int] = field(default_factory=list)
    wrong: dict[int, list[int]] = field(default_factory=dict)
    comments: int = 0
    trimmed: int = 0

    def of_right_width(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[str]]:
        """Yield the rows of the right width; count comments, and delimiters at the end of a row."""
        for line, cells in rows:
            if len(cells) != self.width:
                if cells[0].lstrip().startswith("#"):
                    self.comments += 1
                    continue
                if len(cells) == self.width + 1 and not cells[-1].strip():
                    cells.pop()
                    self.trimmed += 1
                else:
                    self.wrong.setdefault(len(cells), []).append(line)
                    continue
            self.lines.append(line)
            yield cells


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over a file: the names as they are written, the cells of each column, the rows."""

    header: list[str]
    cells: list[ColumnCells]
    rows: Rows
    problems: Problems
    notes: list[str]


def read_table(
    path: Path,
    options: TableOptions = TableOptions(),  # noqa: B008 - frozen
    *,
    as_text: Sequence[str] = (),
    keep_points: bool = False,
) -> Table:
    """Read the cells of a CSV file.

    Args:
        path: the file.
        options: how to read it.
        as_text: the names of columns whose cells are kept as they are written, even if they are numbers.
        keep_points: keep them so in each column in which a number has a point.

    Raises:
        TableError: the file cannot be read, has no names, too many columns or too few rows.
    """
    source = find_source(path, options.encoding)
    with source.open() as stream:
        dialect = dialect_of(stream, delimiter=options.delimiter, skip=options.skip)
    keep_points = keep_points or dialect.delimiter == ";" or bool(options.decimal or options.thousands)
    late: frozenset[int] = frozenset()
    while True:
        with source.open() as stream:
            reading = read_cells(
                source, dialect, stream, options, as_text=as_text, late=late, keep_points=keep_points
            )
        found = frozenset(position for position, cells in enumerate(reading.cells) if cells.is_late)
        if not found:
            return finish(source, dialect, reading, keep_points=keep_points)
        late |= found


def read_cells(
    source: Source,
    dialect: Dialect,
    stream: TextIO,
    options: TableOptions,
    *,
    as_text: Sequence[str],
    late: frozenset[int],
    keep_points: bool,
) -> Pass:
    """Read all rows of a file in one pass."""
    problems, notes = Problems(source.path), [source.note] if source.note else []
    watched = WatchedLines(stream)
    rows = dialect.rows(watched)
    try:
        line, first = next(rows, (1, []))
        if not first:
            raise TableError(source.path, EMPTY, line=1)
        header, is_data = header_in(source.path, dialect, (line, first), options, notes)
        sample = [*([(line, first)] if is_data else []), *islice(rows, SAMPLE_ROWS)]
        width = width_of(header, [len(cells) for _, cells in sample])
        header = header or [f"column{number}" for number in range(1, width + 1)]
        wanted = {position for position, name in enumerate(header) if name in as_text}
        wanted |= {position + width - len(header) for position in wanted} | late
        columns = [ColumnCells(as_text=at in wanted, keep_points=keep_points) for at in range(width)]
        above = line - is_data
        if is_fast(source, dialect, columns):
            count = read_fast(source, dialect, columns, above)
            if count is not None:
                lines = list(range(above + 1, above + count + 1))
                return Pass(header, columns, Rows(width, lines), problems, notes)
            columns = [ColumnCells(as_text=at in wanted) for at in range(width)]
        result = Rows(width)
        right = result.of_right_width(chain(sample, rows))
        while block := list(islice(right, max(BLOCK_CELLS // width, 1))):
            is_plain = watched.were_plain()
            for column, cells in zip(columns, zip(*block, strict=True), strict=True):
                column.add(cells, is_plain=is_plain)
    except BrokenRowError as error:
        problem = f"is not valid CSV: {error}; is a quotation mark missing?"
        raise TableError(source.path, problem, line=error.line) from None
    return Pass(header, columns, result, problems, notes)


class WatchedLines:
    """The lines of a text, and whether all of them are ASCII without underscores, which `float` would read over."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines, self.is_plain = lines, True

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            if "_" in line or not line.isascii():
                self.is_plain = False
            yield line

    def were_plain(self) -> bool:
        """Return whether all lines since the last call are plain."""
        is_plain, self.is_plain = self.is_plain, True
        return is_plain


def header_in(
    path: Path, dialect: Dialect, row: tuple[int, list[str]], options: TableOptions, notes: list[str]
) -> tuple[list[str], bool]:
    """Return the names in the first row, or in the comment above it, or none; and whether the row is data."""
    line, first = row
    cells = [cell.strip() for cell in first]
    if dialect.comment and options.header is None and looks_like_data(cells):
        names = next(csv.reader([dialect.comment], delimiter=dialect.delimiter))
        if len(names) == len(first):
            notes.append("the names of the columns are those of the comment above them")
            return [name.strip() for name in names], True
    if dialect.comments:
        notes.append(f"{counted(dialect.comments, 'comment')} at the top left out")
    header = header_of(path, line, cells, has_header=options.header)
    return header or [], header is None


def width_of(header: Sequence[str], widths: Sequence[int]) -> int:
    """Return the number of columns: that of the names, or one more if most rows have as many cells.

    >>> width_of(["a", "b"], [3, 3, 2]), width_of(["a", "b"], [2, 2, 7]), width_of([], [4, 4, 5])
    (3, 2, 4)
    """
    usual = Counter(widths).most_common(1)[0][0] if widths else len(header)
    return usual if not header or usual == len(header) + 1 else len(header)


def finish(source: Source, dialect: Dialect, reading: Pass, *, keep_points: bool) -> Table:
    """Return the table of a complete pass, its columns named."""
    import numpy as np

    problems, notes, rows = reading.problems, reading.notes, reading.rows
    if not rows.lines and reading.rows.wrong:
        raise TableError(source.path, mismatch(reading.header, rows, dialect))
    for cells, lines in rows.wrong.items():
        problems.add(f"{told_width(cells, rows.width)}{more_lines(lines)}", line=lines[0])
    if len(rows.lines) < FEWEST_ROWS:
        problems.raise_if_any()
        found = counted(len(rows.lines), "row")
        raise TableError(source.path, f"has {found}; at least {FEWEST_ROWS} are needed to train and test")
    finished = [cells.finished() for cells in reading.cells]
    names, mended = named(
        reading.header,
        rows.width,
        is_empty=lambda position: bool(finished[position].missing.all()),
        is_index=lambda position: is_index(finished[position]),
    )
    notes += mended
    if rows.comments:
        notes.append(f"{counted(rows.comments, 'comment')} between the rows left out")
    if rows.trimmed:
        notes.append(f"{counted(rows.trimmed, 'row ends', 'rows end')} with a delimiter more: left out")
    columns = {name: column for name, column in zip(names, finished, strict=True) if name}
    return Table(source.path, dialect.delimiter, keep_points, columns, np.array(rows.lines), problems, notes)


def told_width(cells: int, width: int) -> str:
    """Return the sentence on a row of a wrong width."""
    problem = f"has {counted(cells, 'cell')} for {counted(width, 'column')}; each row needs one cell for each column"
    return problem if cells < width else f"{problem} (quote a cell that has the delimiter in it)"


def more_lines(lines: Sequence[int]) -> str:
    """Return where else a problem is.

    >>> more_lines([7]), more_lines([7, 9]), more_lines([1, 2, 3, 4, 5, 6, 7])
    ('', '; so has line 9', '; so have lines 2, 3, 4, 5, 6 and 1 more')
    """
    others = lines[1:]
    if not others:
        return ""
    shown = ", ".join(map(str, others[:MOST_LINES_TOLD]))
    rest = f" and {len(others) - MOST_LINES_TOLD} more" if len(others) > MOST_LINES_TOLD else ""
    return f"; so {'has line' if len(others) == 1 else 'have lines'} {shown}{rest}"


def mismatch(header: Sequence[str], rows: Rows, dialect: Dialect) -> str:
    """Return the sentence on a file in which no row has as many cells as there are names."""
    cells = max(rows.wrong, key=lambda width: len(rows.wrong[width]))
    names = f"line {dialect.first + 1} has {counted(len(header), 'name')}, but the rows have {counted(cells, 'cell')}"
    remedy = "name every column, or leave the line out with --skip 1, then say --no-header if no names follow"
    return f"{names}; {remedy}; the delimiter found is {dialect.delimiter!r} (another: --delimiter)"


def is_index(column: Column) -> bool:
    """Return whether a column counts the rows, or names each differently.

    >>> import numpy as np
    >>> is_index(Column(np.array([1.0, 2.0, 3.0]), [], np.zeros(0, np.int32)))
    True
    """
    import numpy as np

    if column.numbers is None:
        return len(column.texts) == len(column.codes)
    return bool((np.diff(column.numbers) == 1.0).all())


def quoted(names: Sequence[str], joint: str = ", ") -> str:
    """Return at most ten names, in quotes.

    >>> quoted(["a", "b"], " or ")
    "'a' or 'b'"
    """
    shown = [*map(repr, names[:10]), *["..."] * (len(names) > 10)]
    return joint.join(shown)
