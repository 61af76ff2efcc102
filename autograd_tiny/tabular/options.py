"""Define the options with which a file is read; each decides what the cells alone leave open.

>>> TableOptions(decimal=",").thousands is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

MOST_CATEGORIES: Final = 20


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How to read a file where its cells leave it open.

    Attributes:
        delimiter: between the cells; None to find it.
        encoding: of the file; None to find it.
        header: whether the first line has the names of the columns; None to see it.
        skip: the number of lines above them.
        decimal: the decimal sign of numbers such as 1,455, "." or ",".
        thousands: the sign between their groups of three digits.
        dates: "day-first" or "month-first", for dates such as 1/2/2026.
        missing: what becomes of missing inputs: "fill" them by the mean or the most frequent, with an indicator;
            "drop" their rows; "refuse" the file.
        categories: columns whose numbers are categories.
        ordered: for a column the names of its categories in their order.
        most_categories: the most inputs that the categories of a column make; the rarest are taken together.
    """

    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    skip: int = 0
    decimal: str | None = None
    thousands: str | None = None
    dates: str | None = None
    missing: str = "fill"
    categories: tuple[str, ...] = ()
    ordered: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    most_categories: int = MOST_CATEGORIES
