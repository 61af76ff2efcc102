"""Keep the inputs of many examples as columns of floats, and give each row as a list.

>>> import numpy as np
>>> rows = ColumnRows([np.array([1.0, 2.0]), np.array([5.0, 6.0])])
>>> rows[1], rows[:1], list(rows)
([2.0, 6.0], [[1.0, 5.0]], [[1.0, 5.0], [2.0, 6.0]])

A list of lists of floats takes five times the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, overload

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK: Final = 1024


class ColumnRows(Sequence[list[float]]):
    """The rows of columns of equal length; each is a new list of floats.

    Args:
        columns: arrays of floats, at least one.
    """

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[NDArray[Any]]) -> None:
        self.columns = list(columns)

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, index: int) -> list[float]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[float]]: ...
    def __getitem__(self, index: int | slice) -> list[float] | list[list[float]]:
        if isinstance(index, slice):
            return [list(row) for row in zip(*(column[index].tolist() for column in self.columns), strict=True)]
        return [float(column[index]) for column in self.columns]

    def __iter__(self) -> Iterator[list[float]]:
        for start in range(0, len(self), BLOCK):
            yield from self[start : start + BLOCK]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(list.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]  # mutable, as a list

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {len(self.columns)} numbers>"
