"""Many names in few words: the 64 weights of a neuron are `layers[0].neurons[3].w[0..63]`.

>>> list_names(["w[0]", "w[1]", "w[2]", "b"])
'w[0..2], b'
>>> [text_of(run) for run in runs(["v9", "v8", "v7", "v3", "v4", "h2", "h4", "h6"])]
['v9..7', 'v3, v4', 'h2, h4..6']
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

NUMBERED: Final = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL)
"""What stands before the last number of a name, the number, and what follows it; Python reads no number of thousands
of digits."""
MOST: Final = 4
"""The largest number of runs that are written out."""


def list_names(names: Sequence[str]) -> str:
    """Return names one after another, those numbered in turn as ranges; beyond four of these the rest is counted.

    >>> list_names(["a", "f", "c", "w[0]", "w[1]", "w[2]", "q", "x", "y"])
    'a, f, c and 6 more'
    """
    found = runs(names)
    if len(found) <= MOST:
        return ", ".join(map(text_of, found))
    rest = sum(map(len, found[MOST - 1 :]))
    return f"{', '.join(map(text_of, found[: MOST - 1]))} and {rest} more"


def runs(names: Sequence[str]) -> list[list[str]]:
    """Return names in groups in which each differs from the one before by the same number."""
    found: list[list[str]] = []
    for name in names:
        if found and _continues(found[-1], name):
            found[-1].append(name)
        else:
            found.append([name])
    return found


def text_of(run: Sequence[str]) -> str:
    """Return the names of a run, as a range if they are three or more."""
    first, last = NUMBERED.fullmatch(run[0]), NUMBERED.fullmatch(run[-1])
    if len(run) < 3 or first is None or last is None:
        return ", ".join(run)
    until = f"..{last[2]}{last[3]}"
    if abs(_difference(run[0], run[1])) == 1:
        return f"{first[1]}{first[2]}{until}"
    return f"{run[0]}, {run[1].removesuffix(last[3])}{until}"


def _continues(run: list[str], name: str) -> bool:
    step = _difference(run[-1], name)
    return step != 0 and (len(run) == 1 or _difference(run[-2], run[-1]) == step)


def _difference(name: str, other: str) -> int:
    """Return by how much the numbers of two names differ, 0 if anything else does."""
    match, following = NUMBERED.fullmatch(name), NUMBERED.fullmatch(other)
    if match is None or following is None or match.group(1, 3) != following.group(1, 3):
        return 0
    return int(following[2]) - int(match[2])
