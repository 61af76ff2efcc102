r"""Rows of numbers in CSV files, of which only those that are asked for are read.

One pass over each file notes where every 256th row begins, 8 bytes each, and nothing else is kept of it.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     paths = [Path(folder, name) for name in ("a.csv", "b.csv")]
...     for path, rows in zip(paths, ("x,y,z\n1,2,3\n4,5,6\n", "z,y,x\n9,8,7\n")):
...         _ = path.write_text(rows)
...     inputs, targets = CsvFiles(paths, ["x", "y"]), CsvFiles(paths, "z")
...     print(inputs.shape, inputs[1:].tolist(), targets[:].tolist())
(3, 2) [[4.0, 5.0], [7.0, 8.0]] [3.0, 6.0, 9.0]
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from autograd_tiny.distributed.row_cache import CACHED, KEPT, version_of
from autograd_tiny.errors import InputError, OperandError, shorten

BLOCK: Final = 256
"""The rows from one noted place to the next."""
DELIMITERS: Final = ",;\t|"
CHUNK: Final = 1 << 20
"""Bytes that are read at once where lines are counted."""


class CsvFiles:
    """Columns of CSV files, one file after another, as one array whose rows are read when they are needed.

    The first line may name the columns; then each file needs the same names, in any order. The cells are numbers with
    a decimal point. They are separated by commas, semicolons, tabs or bars, whichever the first line has most.

    Rows in a new order at each epoch, as `nn.fit` takes them, are read from all over the files. If they fit in
    the 256 MB that a worker keeps, each is read once; if not, pass shuffle=False, or convert the files to NumPy's.

    Args:
        paths: of the files.
        columns: names, or positions from 0: a list gives rows, (rows, columns); a single one gives numbers, (rows,).
            All by default.

    Attributes:
        files: their places.
        shape: of the whole array.

    Raises:
        OperandError: the list is empty, or a column is neither a name nor a position.
        InputError: a file cannot be read, its columns are others, or later a cell is not a number.
    """

    rows_of_files = True
    """Tells `nn.fit` not to read the whole."""
    dtype = np.dtype(float)

    def __init__(self, paths: Sequence[str | Path], columns: Any = None) -> None:
        if isinstance(paths, str | Path) or not paths:
            raise OperandError("CsvFiles", paths, expected="a list of one file or more", remedy='write ["a.csv"]')
        wanted = columns if columns is None or isinstance(columns, list | tuple) else [columns]
        heads = [_head(path, version_of(path)) for path in (Path(path).resolve() for path in paths)]
        self.files: tuple[Any, ...] = tuple(_place(head, heads[0], wanted) for head in heads)
        self._ends = np.cumsum([head.rows for head in heads]).tolist()
        width = (len(self.files[0].positions),) if wanted is columns else ()
        self.shape: tuple[int, ...] = (self._ends[-1], *width)
        self.size = int(np.prod(self.shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<CsvFiles: {len(self.files)} files, shape {self.shape}>"

    def __getitem__(self, rows: Any) -> Any:
        """Return some rows as an array of floats; scattered ones are kept with those around them, if all are few."""
        chosen = np.arange(len(self))[rows]
        keep = not isinstance(rows, slice) and 8 * self.size <= CACHED
        flat = np.atleast_1d(chosen)
        numbers = np.empty((len(flat), *self.shape[1:]))
        for k, mask, local in self._shares(flat):
            numbers[mask] = self.files[k].read(local, keep=keep).reshape(-1, *self.shape[1:])
        return numbers if np.ndim(chosen) else numbers[0]

    def holding(self, rows: Any) -> CsvFiles:
        """Return the same, with the places of some rows alone: little to send."""
        part, files = object.__new__(CsvFiles), [None] * len(self.files)
        part.__dict__.update(self.__dict__)
        for k, _, local in self._shares(np.asarray(rows)):
            files[k] = self.files[k].holding(np.unique(local // BLOCK).tolist())
        part.files = tuple(files)
        return part

    def _shares(self, rows: Any) -> Iterator[tuple[int, Any, Any]]:
        """Yield each file that has some of these rows, which they are, and their numbers in the file."""
        files = np.searchsorted(self._ends, rows, side="right")
        for k in np.unique(files).tolist():
            yield k, files == k, rows[files == k] - (self._ends[k - 1] if k else 0)


# ── a file ──


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The columns of a file, and the place of its rows.

    Attributes:
        path: of the file, absolute.
        version: time of change and size of the file.
        delimiter: between cells.
        width: the number of cells of a row.
        positions: those of the columns.
        names: of the columns, for errors.
        places: the offset in the file of each block of rows by its number, and of its end.
    """

    path: str
    version: tuple[int, int]
    delimiter: str
    width: int
    positions: tuple[int, ...]
    names: tuple[str, ...]
    places: Any = field(compare=False, repr=False)

    def holding(self, blocks: Sequence[int]) -> CsvFile:
        """Return the same, with the places of some blocks alone."""
        return replace(self, places={k: self.places[k] for block in blocks for k in (block, block + 1)})

    def read(self, rows: Any, *, keep: bool) -> Any:
        """Return some rows, (rows, columns).

        Args:
            rows: their numbers in the file.
            keep: whether to keep all rows of their blocks for the next call.
        """
        numbers, blocks = np.empty((len(rows), len(self.positions))), rows // BLOCK
        for block in np.unique(blocks).tolist():
            mask = blocks == block
            local = rows[mask] - block * BLOCK
            if keep:
                numbers[mask] = KEPT.get((self, block), partial(self._read, block))[local]
            else:
                numbers[mask] = self._read(block, local)
        return numbers

    def _read(self, block: int, rows: Any = None) -> Any:
        """Return rows of a block; all by default."""
        start, end = self.places[block], self.places[block + 1]
        if version_of(self.path)[1] != self.version[1]:
            raise InputError(f"{self.path}: is missing or of another size than at the start; keep it as it was")
        with open(self.path, "rb") as file:  # noqa: PTH123 - by its absolute path
            file.seek(start)
            text = file.read(end - start).decode("utf-8", "replace")
        lines = [line for line in text.split("\n") if line.strip()]
        wanted = lines if rows is None else [lines[row] for row in rows.tolist()]
        try:
            return np.array([self._numbers(cells) for cells in self._cells(wanted)])
        except (ValueError, csv.Error):
            raise self._error(start, text) from None

    def _cells(self, lines: Sequence[str]) -> Any:
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _numbers(self, cells: Sequence[str]) -> list[float]:
        if len(cells) != self.width:
            found = f"has {len(cells)} cell{'s' * (len(cells) != 1)} for {self.width}"
            raise ValueError(f"{found}; each row needs one for each column")
        chosen = [cells[position] for position in self.positions]
        if "_" not in "".join(chosen):  # which Python takes in numbers, and no other program
            with suppress(ValueError):
                return list(map(float, chosen))
        name, cell = next(pair for pair in zip(self.names, chosen, strict=True) if not _is_number(pair[1]))
        raise ValueError(f"{name} has {shorten(cell)}, which is not a number such as 1.5")

    def _error(self, start: int, text: str) -> InputError:
        """Return the error of the first row of a block that cannot be read."""
        rows = enumerate(text.split("\n"), start=_lines_before(self.path, start) + 1)
        line, problem = next((line, problem) for line, row in rows if (problem := self._problem(row)))
        return InputError(f"{self.path}, line {line}: {problem}")

    def _problem(self, row: str) -> str:
        """Return why a row cannot be read, or nothing."""
        try:
            for cells in self._cells([row] if row.strip() else []):
                self._numbers(cells)
        except (ValueError, csv.Error) as error:
            return str(error)
        return ""


def _lines_before(path: str, offset: int) -> int:
    """Return the number of lines before an offset."""
    count = 0
    with open(path, "rb") as file:  # noqa: PTH123 - by its absolute path
        while offset > 0:
            chunk = file.read(min(offset, CHUNK))
            count, offset = count + chunk.count(b"\n"), offset - len(chunk)
    return count


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


# ── the first line, and the places of the rows ──


@dataclass(frozen=True, slots=True)
class _Head:
    """A file with the places of its rows; `names` is empty if its first line is a row of numbers."""

    path: Path
    version: tuple[int, int]
    delimiter: str
    names: tuple[str, ...]
    width: int
    places: array[int]
    rows: int


@lru_cache(maxsize=64)
def _head(path: Path, version: tuple[int, int]) -> _Head:
    """Read the first line, and note the places of the rows.

    Raises:
        InputError: the file cannot be read or has no rows, or a quoted cell has a line end in it.
    """
    try:
        with path.open("rb") as file:
            first = file.readline().decode("utf-8-sig").strip("\r\n")
            delimiter = max(DELIMITERS, key=first.count)
            (cells,) = csv.reader([first], delimiter=delimiter, strict=True)
            names = () if all(map(_is_number, cells)) else tuple(cell.strip() for cell in cells)
            if not names:
                file.seek(0)
            places, rows = _places(path, file, 1 if names else 0)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}, line 1: is not the first line of a CSV file in UTF-8") from None
    if not rows:
        raise InputError(f"{path}: has no rows of numbers; leave it out")
    if not cells:
        raise InputError(f"{path}, line 1: is empty; begin with the names of the columns, or with a row")
    return _Head(path, version, delimiter, names, len(cells), places, rows)


def _places(path: Path, file: BinaryIO, number: int) -> tuple[array[int], int]:
    """Return where each block of rows begins, and the last one ends; and the number of rows.

    Args:
        path: of the file, for errors.
        file: open at the first row.
        number: of the lines before.
    """
    places, rows, offset = array("q"), 0, file.tell()
    for number, line in enumerate(file, start=number + 1):  # noqa: B020, PLR1704 - counts on
        if b'"' in line and line.count(b'"') % 2:
            raise InputError(
                f"{path}, line {number}: a quoted cell does not end in its line; write each row in one line"
            )
        if not line.isspace():
            if rows % BLOCK == 0:
                places.append(offset)
            rows += 1
        offset += len(line)
    places.append(offset)
    return places, rows


def _place(head: _Head, first: _Head, wanted: Any) -> CsvFile:
    """Return the columns of a file.

    Args:
        head: of the file.
        first: of the first file.
        wanted: names or positions of columns; None for all.

    Raises:
        InputError: its columns are not those of the first file.
        OperandError: a column is not among them.
    """
    if sorted(head.names) != sorted(first.names) or head.width != first.width:
        remedy = f"write the columns of {first.path}: {_listed(first)}"
        raise InputError(f"{head.path}, line 1: has other columns: {_listed(head)}; {remedy}")
    if len(set(head.names)) != len(head.names) or "" in head.names:
        raise InputError(f"{head.path}, line 1: a column has no name of its own: {_listed(head)}; name each")
    chosen = [_column(first, column) for column in (range(first.width) if wanted is None else wanted or [wanted])]
    names = [f"column {first.names[k]!r}" if first.names else f"cell {k + 1}" for k in chosen]
    positions = [head.names.index(first.names[k]) if first.names else k for k in chosen]
    return CsvFile(
        str(head.path), head.version, head.delimiter, head.width, tuple(positions), tuple(names), head.places
    )


def _column(first: _Head, column: Any) -> int:
    """Return the position of a column in the first file."""
    if isinstance(column, str) and column in first.names:
        return first.names.index(column)
    if isinstance(column, int) and not isinstance(column, bool) and 0 <= column < first.width:
        return column
    raise OperandError("CsvFiles", column, expected=f"the columns {_listed(first)}", remedy="name one of these")


def _listed(head: _Head) -> str:
    """Return the names of the columns, or their positions."""
    shown = [repr(name) for name in head.names[:10]] or [f"0 to {head.width - 1}"]
    return ", ".join([*shown, *["..."] * (len(head.names) > 10)])
