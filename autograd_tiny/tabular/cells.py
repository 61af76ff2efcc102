"""Store the cells of a column: floats where all are plain numbers, otherwise each different text once.

>>> column = ColumnCells()
>>> column.add(["1.5", "NA"], is_plain=True)
>>> column.add(["2", "3"], is_plain=True)
>>> column.finished().numbers.tolist()
[1.5, nan, 2.0, 3.0]
>>> kinds = ColumnCells(as_text=True)
>>> kinds.add(["red ", "blue", "red"], is_plain=True)
>>> kinds.finished().texts, kinds.finished().codes.tolist()
(['red', 'blue'], [0, 1, 0])
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.tabular.dialect import NUMBER

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING: Final = frozenset(
    {"", "?", "-", "--", ".", "..", "na", "n/a", "n.a.", "#n/a", "#na", "nan", "<na>", "nat", "nil", "none", "null"}
    | {"missing"}
)
"""The markers of a missing value, in lower case."""


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of a column, stripped of white space; without `numbers`, they are `texts[code]` of each row.

    Attributes:
        numbers: plain numbers, nan where one is missing; None where a cell is another text.
        texts: the different texts, in the order in which they appear.
        codes: for each row the index of its text.
    """

    numbers: NDArray[Any] | None
    texts: list[str]
    codes: NDArray[Any]

    @property
    def missing(self) -> NDArray[Any]:
        """A mask: True where a cell has no value."""
        import numpy as np

        if self.numbers is not None:
            return np.asarray(np.isnan(self.numbers))
        return np.asarray(np.array([is_missing(text) for text in self.texts], dtype=bool)[self.codes])

    @property
    def values(self) -> list[str]:
        """The different texts but those of missing cells."""
        return [text for text in self.texts if not is_missing(text)]

    @property
    def first_value(self) -> str:
        """The first cell in words."""
        return f"{self.numbers[0]:g}" if self.numbers is not None else self.texts[int(self.codes[0])]

    def at(self, rows: NDArray[Any]) -> Column:
        """Return the column in some rows."""
        import numpy as np

        if self.numbers is not None:
            return Column(self.numbers[rows], [], self.codes)
        used, codes = np.unique(self.codes[rows], return_inverse=True)
        return Column(None, [self.texts[code] for code in used], codes.astype(np.int32))

    def first_row(self, text: str) -> int:
        """Return the first row with this text."""
        return int((self.codes == self.texts.index(text)).argmax())


class ColumnCells:
    """The cells of a column as they are read, block by block.

    Args:
        as_text: keep each cell as it is written, even if all are numbers.
        keep_points: keep them so where one has a point, which may separate thousands.

    Attributes:
        is_late: a cell is not a plain number, but all blocks before were; the column must be read again as text.
    """

    __slots__ = ("blocks", "codes", "is_late", "is_text", "keep_points")

    def __init__(self, *, as_text: bool = False, keep_points: bool = False) -> None:
        self.is_text, self.keep_points, self.is_late = as_text, keep_points, False
        self.blocks: list[NDArray[Any]] = []
        self.codes: dict[str, int] = {}

    def add(self, cells: Sequence[str], *, is_plain: bool) -> None:
        """Add a block of cells; `is_plain` tells that none has an underscore or a letter beyond ASCII."""
        import numpy as np

        if self.is_late:
            return
        if not self.is_text:
            numbers = None
            if not (self.keep_points and "." in "".join(cells)):
                numbers = fast_numbers(cells) if is_plain else None
                numbers = plain_numbers(cells) if numbers is None else numbers
            if numbers is not None:
                self.blocks.append(numbers)
                return
            self.is_text, self.is_late = True, bool(self.blocks)
            if self.is_late:
                return
        codes = self.codes
        self.blocks.append(np.fromiter((codes.setdefault(cell, len(codes)) for cell in cells), np.int32, len(cells)))

    def add_numbers(self, numbers: NDArray[Any]) -> None:
        """Add a block of finite floats, nan where one is missing."""
        self.is_late = self.is_late or self.is_text
        self.blocks.append(numbers)

    def finished(self) -> Column:
        """Return the column; its blocks are given up."""
        import numpy as np

        joined = np.concatenate(self.blocks)
        self.blocks = [joined]
        if not self.is_text:
            return Column(joined, [], np.zeros(0, np.int32))
        texts: dict[str, int] = {}
        stripped = np.array([texts.setdefault(cell.strip(), len(texts)) for cell in self.codes], np.int32)
        return Column(None, list(texts), stripped[joined])


def is_missing(text: str) -> bool:
    """Return whether a text marks a missing value.

    >>> is_missing("N/A"), is_missing("0")
    (True, False)
    """
    return text == "" or (not text[0].isdigit() and text.lower() in MISSING)


def fast_numbers(cells: Sequence[str]) -> NDArray[Any] | None:
    """Return cells as floats if all are finite numbers, otherwise None."""
    import numpy as np

    try:
        numbers = np.fromiter(map(float, cells), float, len(cells))
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def plain_numbers(cells: Sequence[str]) -> NDArray[Any] | None:
    """Return cells as floats, nan where one is missing; None if one is another text, or too large for a float.

    >>> plain_numbers(["1", " NA"]), plain_numbers(["1_0"])
    (array([ 1., nan]), None)
    """
    import numpy as np

    numbers = []
    for cell in map(str.strip, cells):
        if NUMBER.fullmatch(cell):
            numbers.append(float(cell))
        elif is_missing(cell):
            numbers.append(math.nan)
        else:
            return None
    found = np.array(numbers)
    return None if np.isinf(found).any() else found
