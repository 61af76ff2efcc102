"""Read the cells of a large file by pandas, where it is installed and would read them as we do.

pandas converts numbers several times as fast as `float`, to the same bits. It is not needed: without it, and for a
file that it would read differently (rows of another width, line breaks in cells, gaps in the last column), the cells
are read by `csv`. A gap in the last column is among these because pandas fills short rows with gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from autograd_tiny.tabular.cells import MISSING, ColumnCells
from autograd_tiny.tabular.dialect import Dialect
from autograd_tiny.tabular.encoding import Source, blocks

FAST_FROM: Final = 10_000_000
"""The size in bytes from which the import of pandas pays."""
BLOCK_CELLS: Final = 1_000_000


def is_fast(source: Source, dialect: Dialect, columns: Sequence[ColumnCells]) -> bool:
    """Return whether a file is to be read by pandas."""
    is_usual = source.content is None and source.encoding.startswith("utf-8") and not columns[0].keep_points
    is_usual = is_usual and dialect.quote == '"' and dialect.delimiter != " "
    return is_usual and source.path.stat().st_size >= FAST_FROM and find_spec("pandas") is not None


def read_fast(source: Source, dialect: Dialect, columns: Sequence[ColumnCells], above: int) -> int | None:
    """Read the rows of a file by pandas; return their number, or None if pandas would read them differently.

    Args:
        source: the file.
        dialect: of its rows.
        columns: the cells are added to them.
        above: the number of lines above the first row of data.
    """
    try:
        pd: Any = import_module("pandas")
    except ImportError:
        return None
    older = tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1)  # whose fast conversion is not correctly rounded
    settings: dict[str, Any] = {"float_precision": "round_trip"} if older else {}
    missing = [spelled for word in MISSING for spelled in {word, word.upper(), word.title()}]
    texts = {position: str for position, column in enumerate(columns) if column.is_text}
    count = 0
    try:
        frames = pd.read_csv(
            source.path,
            sep=dialect.delimiter,
            header=None,
            skiprows=above,
            dtype=texts,
            chunksize=max(BLOCK_CELLS // len(columns), 1),
            keep_default_na=False,
            na_values=missing,
            skip_blank_lines=False,
            low_memory=False,
            **settings,
        )
        with frames:
            for frame in frames:
                arrays = [frame[position].to_numpy() for position in frame.columns]
                if len(arrays) != len(columns) or bool((arrays[-1] != arrays[-1]).any()):
                    return None
                if not all(map(add_array, columns, arrays)):
                    return None
                count += len(frame)
    except ValueError:  # a row of more cells, a quotation mark that is not closed
        return None
    return count if above + count == line_count(source) else None


def add_array(column: ColumnCells, array: Any) -> bool:
    """Add a block of cells as pandas read it; return False if they are not as `csv` gives them."""
    import numpy as np

    if array.dtype.kind in "fiu":
        numbers = array.astype(float)
        column.add_numbers(numbers)
        return not bool(np.isinf(numbers).any())
    cells = ["" if cell != cell else cell for cell in array.tolist()]
    if not all(isinstance(cell, str) for cell in cells):
        return False
    column.add(cells, is_plain=False)
    return True


def line_count(source: Source) -> int:
    """Return the number of lines of a file."""
    with source.path.open("rb") as stream:
        counts = [(block.count(b"\n"), block[-1:]) for block, is_last in blocks(stream) if not is_last]
    return sum(count for count, _ in counts) + (counts[-1][1] != b"\n")
