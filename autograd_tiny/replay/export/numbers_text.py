"""Write arrays of numbers as lists in rows that a person can read.

>>> print(nested([1.0, 2.0, 3.0, 4.0], (2, 2), "w = ", ""))
w = [
    [1.0, 2.0],
    [3.0, 4.0],
]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from textwrap import wrap
from typing import Final

from autograd_tiny.replay.export.formulas import number

WIDTH: Final = 112


def nested(numbers: Sequence[float], shape: Sequence[int], head: str, tail: str, *, whole: bool = False) -> str:
    """Return numbers as nested lists.

    Args:
        numbers: row after row.
        shape: of the lists.
        head: what comes before the lists.
        tail: what comes after them.
        whole: whether they are integers.
    """
    texts = [str(int(x)) if whole else number(x) for x in numbers]
    if not shape:
        return f"{head}{texts[0]}{tail}"
    line = f"{head}[{', '.join(texts)}]{tail}"
    if len(shape) == 1 and len(line) <= WIDTH:
        return line
    return "\n".join([f"{head}[", *_rows(texts, shape, "    "), f"]{tail}"])


def _rows(texts: Sequence[str], shape: Sequence[int], indent: str) -> Iterator[str]:
    if len(shape) == 1:
        for line in wrap(", ".join(texts), WIDTH - len(indent), break_on_hyphens=False):
            yield f"{indent}{line}{'' if line.endswith(',') else ','}"
        return
    size = prod(shape[1:])
    for first in range(0, len(texts), size):
        row = texts[first : first + size]
        line = f"{indent}[{', '.join(row)}],"
        if len(shape) == 2 and len(line) <= WIDTH:
            yield line
        else:
            yield f"{indent}["
            yield from _rows(row, shape[1:], f"{indent}    ")
            yield f"{indent}],"
