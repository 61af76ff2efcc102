r"""Draw a curve in a terminal, as an area of blocks.

>>> print(*area_plot([8.0, 4.0, 2.0, 1.0, 0.5, 0.25], width=20, height=4), sep="\n")
8 ┤██
  │██
4 ┤████
  │██████▄▄▂▂▁▁
0 ┼────────────
   1          6

In ASCII, `to_ascii` makes the blocks full, half and low: `#`, `:` and `.`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

WIDEST_POINT: Final = 4
"""The largest number of columns for a point, where there are few."""
BLOCKS: Final = " ▁▂▃▄▅▆▇█"
"""From nothing to a full cell, in eighths."""


def area_plot(numbers: Sequence[float], *, width: int, height: int = 8, first: int = 1) -> list[str]:
    """Return the lines of a plot, with a scale on the left and the numbers of the first and the last point below.

    Where there are more points than columns, a column shows the mean of its points. One that is not finite is left
    out.

    Args:
        numbers: the heights, from left to right.
        width: of the plot in characters.
        height: of the area in lines.
        first: the number of the first point.
    """
    low, high, (top, middle, bottom) = _scale(numbers)
    labels = {height // 2: middle, 0: top, height: bottom}
    margin = max(map(len, labels.values()))
    most = width - margin - 2
    repeat = max(1, min(WIDEST_POINT, most // max(1, len(numbers))))
    columns = [x for x in _columns(numbers, most) for _ in range(repeat)]
    eighths = [None if x is None else round(8 * height * ((x - low) / (high - low))) for x in columns]
    lines = []
    for row in range(height):
        filled = [0 if count is None else min(max(count - 8 * (height - 1 - row), 0), 8) for count in eighths]
        label, tick = (labels[row], "┤") if row in labels else ("", "│")
        lines.append(f"{label:>{margin}} {tick}{''.join(BLOCKS[count] for count in filled)}".rstrip())
    lines.append(f"{labels[height]:>{margin}} ┼{'─' * len(columns)}")
    last = str(first + len(numbers) - 1) if len(numbers) > 1 else ""
    lines.append(f"{'':{margin}}  {first}{last:>{max(len(columns) - len(str(first)), len(last) + 1)}}".rstrip())
    return lines


def points_per_column(numbers: Sequence[float], *, width: int) -> tuple[int, int]:
    """Return how many points a column of the plot shows, at least and at most.

    >>> points_per_column([0.5] * 200, width=80), points_per_column([0.5] * 20, width=80)
    ((2, 3), (1, 1))
    """
    columns = min(len(numbers), width - max(map(len, _scale(numbers)[2])) - 2)
    return len(numbers) // columns, -(-len(numbers) // columns)


def _scale(numbers: Sequence[float]) -> tuple[float, float, tuple[str, str, str]]:
    """Return the lowest and the highest number of the scale, and the labels of its top, its middle and its bottom."""
    finite = [number for number in numbers if isfinite(number)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    high = high if high > low else low + 1.0
    return low, high, (f"{high:.3g}", f"{low + (high - low) / 2:.3g}", f"{low:.3g}")


def _columns(numbers: Sequence[float], most: int) -> list[float | None]:
    """Return one height for each column; of several points their mean, None if none of them is finite."""
    count = min(len(numbers), most)
    columns: list[float | None] = []
    for column in range(count):
        points = numbers[column * len(numbers) // count : (column + 1) * len(numbers) // count]
        finite = [point for point in points if isfinite(point)]
        columns.append(sum(point / len(finite) for point in finite) if finite else None)
    return columns
