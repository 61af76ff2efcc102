"""Name the columns of a file: row names without a name, a comma at the end, names that come twice, none at all.

>>> named(["", "a", "a"], 3, is_empty=lambda position: False, is_index=lambda position: True)
(['', 'a', 'a.2'], ['column 1 has no name and counts or names the rows: left out', "two columns are called 'a'; \
column 3 is read as 'a.2'"])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from autograd_tiny.errors import shorten
from autograd_tiny.tabular.dialect import MOST_COLUMNS, looks_like_data
from autograd_tiny.tabular.problems import TableError


def header_of(path: object, line: int, first: Sequence[str], *, has_header: bool | None) -> list[str] | None:
    """Return the names in the first row, or None where it is data.

    Args:
        path: the file.
        line: of the first row.
        first: its cells.
        has_header: what the user says of it; None to see it.

    Raises:
        TableError: it may be either, or there are too many columns.
    """
    if len(first) > MOST_COLUMNS:
        problem = f"has {len(first)} columns; at most {MOST_COLUMNS} can be read; leave out what does not matter"
        raise TableError(path, problem, line=line)
    if has_header is None and looks_like_data(cell for cell in first if cell):
        remedy = "add the names above, or say --no-header if this line is data, --header if these are the names"
        found = shorten(",".join(first), 60)
        raise TableError(path, f"has numbers where the names of the columns should be: {found}; {remedy}", line=line)
    return None if has_header is False else list(first)


def named(
    header: Sequence[str], width: int, *, is_empty: Callable[[int], bool], is_index: Callable[[int], bool]
) -> tuple[list[str], list[str]]:
    """Return a name for each column, "" for one that is left out, and notes on what was mended.

    Args:
        header: the names as they are written; one fewer than columns where the row names have none, as R writes them,
            or where each row ends with a delimiter.
        width: the number of columns.
        is_empty: whether all cells of the column at a position are empty.
        is_index: whether they number the rows, or name each differently.
    """
    notes: list[str] = []
    if len(header) == width - 1:
        header = [*header, ""] if is_empty(width - 1) else ["", *header]
    taken = set(header)
    names: list[str] = []
    used: set[str] = set()
    for position, name in enumerate(header):
        if name and name not in used:
            used.add(name)
            names.append(name)
        elif name:
            new = next(new for number in count(2) if (new := f"{name}.{number}") not in taken)
            taken.add(new)
            names.append(new)
            notes.append(f"two columns are called {name!r}; column {position + 1} is read as {new!r}")
        elif is_empty(position):
            names.append("")
            notes.append(f"column {position + 1} has no name and no values: left out")
        elif position == 0 and is_index(position):
            names.append("")
            notes.append("column 1 has no name and counts or names the rows: left out")
        else:
            new = next(new for number in count(position + 1) if (new := f"column{number}") not in taken)
            taken.add(new)
            names.append(new)
            notes.append(f"column {position + 1} has no name: called {new!r}")
    return names, notes
