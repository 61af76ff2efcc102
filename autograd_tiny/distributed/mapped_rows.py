"""Rows of arrays that are in files, which each worker reads by itself: a task carries their place, not their numbers.

>>> import tempfile
>>> from pathlib import Path
>>> import numpy as np
>>> with tempfile.TemporaryDirectory() as folder:
...     np.save(Path(folder) / "x.npy", np.arange(6.0).reshape(3, 2))
...     x = np.load(Path(folder) / "x.npy", mmap_mode="r")
...     rows = MappedRows(x)[1:]
...     print(rows.shape, rows.read())
(2, 2) [[2. 3.]
 [4. 5.]]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from autograd_tiny.distributed.csv_files import CsvFiles
from autograd_tiny.distributed.row_cache import KEPT, version_of
from autograd_tiny.errors import OperandError


@dataclass(frozen=True, slots=True)
class MappedFile:
    """The place of an array in a file.

    Attributes:
        path: of the file, absolute.
        dtype: of the numbers, as NumPy writes it.
        offset: of the first number, in bytes.
        shape: of the array, in C order.
        version: time of change and size of the file, so that no rows of an earlier one are used.
    """

    path: str
    dtype: str
    offset: int
    shape: tuple[int, ...]
    version: tuple[int, int]

    @staticmethod
    def of(array: Any) -> MappedFile | None:
        """Return the place of a memory-mapped array; None if its numbers are not those of a file, in their order."""
        root = array
        while isinstance(root.base, np.ndarray):
            root = root.base
        if (
            not isinstance(root, np.memmap)
            or root.filename is None
            or root.mode == "c"
            or not array.flags.c_contiguous
            or not array.ndim
        ):
            return None
        offset = root.offset + array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        path = str(root.filename)  # absolute, by NumPy
        return MappedFile(path, array.dtype.str, offset, array.shape, version_of(path))

    def __getitem__(self, rows: Any) -> Any:
        """Return some rows."""
        return _opened(self)[rows]


@lru_cache(maxsize=64)
def _opened(file: MappedFile) -> Any:
    return np.memmap(file.path, dtype=file.dtype, mode="r", offset=file.offset, shape=file.shape)


def all_rows(array: Any) -> MappedRows | None:
    """Return the rows of an array; None if they cannot be read from files."""
    source = _source(array)
    return None if source is None else _unread(source, range(source.shape[0]))


def _source(array: Any) -> Any:
    """Return what the rows of an array are read from, or None."""
    source = MappedFile.of(array) if isinstance(array, np.ndarray) else array
    return source if isinstance(source, MappedFile | NumpyFiles | CsvFiles) else None


class NumpyFiles:
    """Arrays in `.npy` files, one after another, as one array whose rows are read when they are needed.

    Args:
        paths: of the files; all must have the same shape but for the number of rows.

    Attributes:
        files: their places.
        shape: of the whole array.

    Raises:
        OperandError: the list is empty, or the rows of a file differ in shape from those of the first.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = [Path(folder) / f"{k}.npy" for k in range(2)]
    ...     for k, path in enumerate(paths):
    ...         np.save(path, np.full((2, 3), float(k)))
    ...     files = NumpyFiles(paths)
    ...     print(files.shape, files[[1, 2]].tolist())
    (4, 3) [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    """

    rows_of_files = True
    """Tells `nn.fit` not to read the whole."""
    dtype = np.dtype(float)

    def __init__(self, paths: Sequence[str | Path]) -> None:
        arrays = [_mapped(path) for path in paths]
        if not arrays:
            raise OperandError("NumpyFiles", paths, expected="one file or more", remedy="name a .npy file")
        for path, array in zip(paths, arrays, strict=True):
            if array.shape[1:] != arrays[0].shape[1:]:
                rows = f"rows of numbers of shape {arrays[0].shape[1:]}, as in {paths[0]}"
                remedy = f"leave out {path}, whose shape is {array.shape}"
                raise OperandError("NumpyFiles", str(path), expected=rows, remedy=remedy)
        self.files = tuple(map(MappedFile.of, arrays))
        self._ends = np.cumsum([len(array) for array in arrays]).tolist()
        self.shape = (self._ends[-1], *arrays[0].shape[1:])
        self.size = int(np.prod(self.shape))

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: Any) -> Any:
        """Return some rows as an array of floats; of each file only these are read."""
        chosen = np.arange(len(self))[rows]
        flat = np.atleast_1d(chosen)
        numbers = np.empty((len(flat), *self.shape[1:]))
        files = np.searchsorted(self._ends, flat, side="right")
        for k in np.unique(files).tolist():
            file, mask = self.files[k], files == k
            start = self._ends[k] - file.shape[0]
            numbers[mask] = file[flat[mask] - start]
        return numbers if np.ndim(chosen) else numbers[0]


def _mapped(path: str | Path) -> Any:
    """Return the array of a file, unread.

    Raises:
        OperandError: the file has no array of numbers with rows.
    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError):  # also for pickled objects, which NumPy would advise to load
        array = None
    if not isinstance(array, np.ndarray) or not array.ndim or array.dtype.kind not in "biuf":
        what = f", which has {array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else ""
        remedy = f"write it by np.save, or leave out {path}{what}"
        raise OperandError("NumpyFiles", str(path), expected="a .npy file with rows of real numbers", remedy=remedy)
    return array


class MappedRows:
    """Some rows of an array that is in a file or in several, to be read where they are needed.

    Args:
        array: a memory-mapped array, `NumpyFiles` or `CsvFiles`.
        rows: a slice, or their indices; all by default.

    Attributes:
        shape: of the rows, as an array.

    Raises:
        OperandError: the array is not in a file.
    """

    __slots__ = ("_rows", "_source", "shape")

    def __init__(self, array: Any, rows: Any = slice(None)) -> None:
        source = _source(array)
        if source is None:
            remedy = 'load it by np.load(path, mmap_mode="r"), or pass the array itself'
            expected = "a memory-mapped array, NumpyFiles or CsvFiles"
            raise OperandError("MappedRows", array, expected=expected, remedy=remedy)
        self._source, self._rows = source, _chosen(range(source.shape[0]), rows)
        self.shape = (len(self._rows), *source.shape[1:])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, rows: Any) -> Any:
        """Return some of the rows, unread, or one row, read."""
        if isinstance(rows, int | np.integer):
            return self[[rows]].read()[0]
        return _unread(self._source, _chosen(self._rows, rows))

    def __reduce__(self) -> Any:
        source, rows = self._source, self._rows
        return _unread, (source.holding(rows) if isinstance(source, CsvFiles) else source, rows)

    def read(self) -> Any:
        """Return the rows as an array of floats; it is kept for the next call, up to a bound."""
        source, rows = self._source, self._rows
        is_range = isinstance(rows, range)
        if isinstance(source, CsvFiles) and not is_range:
            return source[rows]  # which keeps the rows around them too
        key = getattr(source, "files", source), rows if is_range else rows.tobytes()
        return KEPT.get(key, lambda: np.asarray(source[_slice(rows) if is_range else rows], dtype=float))


def _unread(source: Any, rows: Any) -> MappedRows:
    part = object.__new__(MappedRows)
    part._source, part._rows = source, rows
    part.shape = (len(rows), *source.shape[1:])
    return part


def _chosen(rows: Any, wanted: Any) -> Any:
    """Return some of the rows: a range, or an array of indices."""
    if isinstance(wanted, slice):
        return rows[wanted]
    return (np.arange(rows.start, rows.stop, rows.step) if isinstance(rows, range) else rows)[wanted]


def _slice(rows: range) -> slice:
    return slice(rows.start, None if rows.stop < 0 else rows.stop, rows.step)
