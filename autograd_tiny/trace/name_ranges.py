"""List many names in few words: the 64 weights of a neuron are `layers[0].neurons[3].w[0..63]`.

>>> list_names(["w[0]", "w[1]", "w[2]", "b"])
'w[0..2], b'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

MOST_RANGES: Final = 4
"""The largest number of ranges of names that are written out."""
MOST_NAMES: Final = 1000
"""The largest number of names that are looked at; the others are counted."""

NUMBERED: Final = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL)
"""The text before the last number of a name, the number, and the text after it; int() refuses thousands of digits."""


def list_names(names: Sequence[str], *, more: int = 0) -> str:
    """Return names separated by commas, consecutive numbers as ranges; after four of these, count the rest.

    Args:
        names: in order.
        more: how many others there are.

    >>> list_names(["a", "f", "c", "w[0]", "w[1]", "w[2]", "q", "x", "y"])
    'a, f, c and 6 more'
    """
    names, more = names[:MOST_NAMES], more + len(names[MOST_NAMES:])
    ranges = ranges_of(names)
    if len(ranges) + (more > 0) <= MOST_RANGES:
        listed = ", ".join(map(range_text, ranges))
        return f"{listed} and {more} more" if more else listed
    rest = sum(map(len, ranges[MOST_RANGES - 1 :])) + more
    return f"{', '.join(map(range_text, ranges[: MOST_RANGES - 1]))} and {rest} more"


def ranges_of(names: Sequence[str]) -> list[list[str]]:
    """Return names in groups in which each differs from the one before by the same number.

    >>> [range_text(names) for names in ranges_of(["v9", "v8", "v7", "v3", "v4", "h2", "h4", "h6"])]
    ['v9..7', 'v3, v4', 'h2, h4..6']
    """
    ranges: list[list[str]] = []
    for name in names:
        if ranges and _continues(ranges[-1], name):
            ranges[-1].append(name)
        else:
            ranges.append([name])
    return ranges


def range_text(names: Sequence[str]) -> str:
    """Return the names of a range, shortened if they are three or more."""
    first, last = NUMBERED.fullmatch(names[0]), NUMBERED.fullmatch(names[-1])
    if len(names) < 3 or first is None or last is None:
        return ", ".join(names)
    until = f"..{last[2]}{last[3]}"
    if abs(_difference(names[0], names[1])) == 1:
        return f"{first[1]}{first[2]}{until}"
    return f"{names[0]}, {names[1].removesuffix(last[3])}{until}"


def _continues(names: list[str], name: str) -> bool:
    step = _difference(names[-1], name)
    return step != 0 and (len(names) == 1 or _difference(names[-2], names[-1]) == step)


def _difference(name: str, other: str) -> int:
    """Return the difference between the numbers of two names, 0 if anything else differs."""
    match, following = NUMBERED.fullmatch(name), NUMBERED.fullmatch(other)
    if match is None or following is None or match.group(1, 3) != following.group(1, 3):
        return 0
    return int(following[2]) - int(match[2])
