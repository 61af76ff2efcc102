r"""Find how the rows of a text file are written: its delimiter, comments, and the line of its names.

>>> delimiter_of('"a; b; c; d",e\n1,2'), delimiter_of("weight"), delimiter_of("size, m;age\n1,5;2\n")
(',', ',', ';')
>>> import io
>>> dialect_of(io.StringIO("sep=;\n# measured in May\na;b\n1;2\n"))
Dialect(delimiter=';', first=2, comments=1, comment='measured in May', quote='"')
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final, TextIO

DELIMITERS: Final = "\t;|,"
"""Of two that fit equally well the first is taken: a comma is the decimal sign too."""
MOST_COLUMNS: Final = 10_000
SAMPLE_ROWS: Final = 200
SAMPLE_LETTERS: Final = 4_000_000
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
NUMBER_OF_A_KIND: Final = re.compile(r"[+\-−]?[\d.,]*\d[\d.,]*(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
"""Anything like a number, in any notation."""
SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The first line by which spreadsheets are told the delimiter."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the rows of a file are written.

    Attributes:
        delimiter: between the cells.
        first: the number of lines above the first row.
        comments: how many of them are comments.
        comment: the text of the last of these.
        quote: around cells that hold the delimiter.
    """

    delimiter: str
    first: int = 0
    comments: int = 0
    comment: str = ""
    quote: str = '"'

    def rows(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that is not blank: its last line, counted from 1, and its cells as they are written.

        Raises:
            BrokenRowError: a quotation mark is not closed, or a cell is too long.
        """
        lines, is_spaced = islice(lines, self.first, None), self.delimiter == " "
        reader = csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote, skipinitialspace=is_spaced, strict=True
        )
        line = self.first
        try:
            for cells in reader:
                line = self.first + reader.line_num
                if any(map(str.strip, cells)):
                    yield line, without_end(cells) if is_spaced else cells
        except csv.Error as error:
            raise BrokenRowError(line + 1, str(error)) from None


class BrokenRowError(Exception):
    """A row that is not valid CSV.

    Attributes:
        line: where it begins, counted from 1.
    """

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        super().__init__(problem)


def dialect_of(stream: TextIO, *, delimiter: str | None = None, skip: int = 0) -> Dialect:
    """Find how the rows of a text are written.

    Args:
        stream: the text, from its beginning.
        delimiter: the one that the user gives; None to find it.
        skip: the number of lines to leave out at the top.
    """
    first, comments, comment, told = skip, 0, "", None
    sample: list[str] = []
    letters = 0
    for line in islice(stream, skip, None):
        if not sample and told is None and (separator := SEPARATOR_LINE.fullmatch(line)):
            told = separator[1]
            first += 1
        elif not sample and (line.startswith("#") or not line.strip()):
            first += 1
            if line.strip():
                comments, comment = comments + 1, line.lstrip("# ").rstrip()
        else:
            sample.append(line)
            letters += len(line)
            if len(sample) >= SAMPLE_ROWS or letters > SAMPLE_LETTERS:
                break
    found = delimiter or told or delimiter_of("".join(sample))
    return Dialect(found, first, comments, comment, quote_of(sample, found))


def quote_of(lines: Sequence[str], delimiter: str) -> str:
    """Return the quotation mark: the single one where each name in the first line has it.

    >>> quote_of(["'a' 'b'", "1 2"], " "), quote_of(["it's,a"], ",")
    ("'", '"')
    """
    names = [name.strip() for name in lines[0].split(delimiter) if name.strip()] if lines else []
    is_single = all(len(name) > 1 and name[0] == name[-1] == "'" for name in names)
    return "'" if names and is_single else '"'


def delimiter_of(text: str) -> str:
    """Return the delimiter that gives the most rows of one width; of equals the one that gives the most numbers."""
    best = max(DELIMITERS, key=lambda delimiter: fit(text, delimiter))
    if fit(text, best)[0]:
        return best
    return " " if fit(text, " ")[0] else ","


def fit(text: str, delimiter: str) -> tuple[int, float, int]:
    """Return how well a delimiter fits: the rows of one width, the share of numbers, the width of the first row.

    The first row may have one cell fewer, as R writes it.
    """
    rows: list[list[str]] = []
    with suppress(csv.Error):  # raised when the table is read
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter == " ")
        for cells in reader:
            if any(map(str.strip, cells)):
                rows.append(without_end(cells) if delimiter == " " else cells)
                if len(rows[0]) > MOST_COLUMNS:  # refused when the table is read
                    break
    if not rows:
        return (0, 0.0, 1)
    first, *others = map(len, rows)
    ((width, count),) = Counter(others or [first]).most_common(1)
    if width < 2 or (delimiter == " " and count < len(others)):
        return (0, 0.0, 1)
    cells = [cell.strip() for row in rows[1:] for cell in row[:50]]
    numbers = sum(NUMBER_OF_A_KIND.fullmatch(cell) is not None for cell in cells)
    return (2 * count + 2 * (first == width) + (first == width - 1), numbers / (len(cells) or 1), first)


def without_end(cells: list[str]) -> list[str]:
    """Return the cells of a row without an empty last one."""
    return cells[:-1] if not cells[-1].strip() else cells


def looks_like_data(header: Iterable[str]) -> bool:
    """Return whether a first row has numbers in the place of names; rising whole numbers, such as years, are names.

    >>> looks_like_data(["5.1", "setosa"]), looks_like_data(["land", "1990", "1995"])
    (True, False)
    """
    cells = list(header)
    numbers = [float(cell) for cell in cells if NUMBER.fullmatch(cell)]
    rises = all(number.is_integer() for number in numbers) and all(a < b for a, b in pairwise(numbers))
    return bool(numbers) and (len(numbers) == len(cells) or not rises)
