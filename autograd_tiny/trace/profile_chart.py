"""Draw the sizes of gradients as a chart of text: a table whose last column has bars on a logarithmic scale.

>>> [bar(0.5, 4), bar(0.9, 4), bar(0.0, 4), bar(1e-9, 4)]
['██', '███▋', '', '▌']
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from autograd_tiny.support.display_width import cut_to, display_width, pad_right
from autograd_tiny.support.terminal_text import to_ascii

if TYPE_CHECKING:
    from autograd_tiny.trace.profile import ProfileRow

BLOCKS: Final = " ▏▎▍▌▋▊▉"
"""Parts of a bar, in eighths of a character."""
TITLES: Final = {"depth": "distance", "nodes": "nodes"}
"""The title of the first column, where it is not what the rows are."""
LONGEST: Final = 0.4
"""The part of the width that the names may take."""
LEAST: Final = {"count": 0.35, "zeros": 0.3, "not finite": 0.3, "unfinished": 0.3, "median": 0.5, "max": 0.5}
"""The columns besides the mean, and the part of the width that the bars keep if one is shown."""
GAP: Final = "  "
SCALE: Final = "log scale"


class ChartLine(NamedTuple):
    """A line of a chart: its cells, and its bar, which may have another colour."""

    cells: str
    bar: str

    @property
    def text(self) -> str:
        """The whole line."""
        return f"{self.cells}{self.bar}"


def chart(
    by: str, rows: Sequence[ProfileRow], *, names: Sequence[str] = (), width: int = 80, ascii: bool = False
) -> list[ChartLine]:
    """Return a title, and a line for each row.

    Args:
        by: what the rows are.
        rows: of a profile.
        names: of the rows, if these are not their groups.
        width: of the longest line, in characters.
        ascii: whether bars and names are written in ASCII.
    """
    names = list(names or [row.group for row in rows])
    title = TITLES.get(by, by)
    names = [_cut(to_ascii(name) if ascii else name, int(LONGEST * width), "..." if ascii else "…") for name in names]
    margin = max(map(display_width, [title, *names]))
    columns = _columns(rows, width - margin - len(GAP))
    cells = [[title, *columns], *([name, *texts] for name, *texts in zip(names, *columns.values(), strict=True))]
    widths = [margin, *(max(map(len, [name, *texts])) for name, texts in columns.items())]
    left = [GAP.join([pad_right(row[0], margin), *map(str.rjust, row[1:], widths[1:])]) + GAP for row in cells]
    room = width - display_width(left[0])
    axis = axis_of([row.mean for row in rows])
    bars = [_axis_text(axis, room), *(bar(part, room) for part in _parts(rows, axis))]
    lines = [ChartLine(text if drawn else text.rstrip(), drawn) for text, drawn in zip(left, bars, strict=True)]
    return [ChartLine(to_ascii(line.cells), to_ascii(line.bar)) for line in lines] if ascii else lines


def three_digits(number: float | None) -> str:
    """Return a number in at most three digits, and a dash for one that has not arrived.

    >>> three_digits(0.0123456), three_digits(-0.0), three_digits(None)
    ('0.0123', '0', '—')
    """
    return "—" if number is None else f"{number + 0.0:.3g}"


def axis_of(sizes: Sequence[float | None]) -> tuple[int, int] | None:
    """Return the powers of ten at both ends of the bars; None where no size is above 0.

    >>> axis_of([0.02, 1.0, 0.0, None]), axis_of([1.0])
    ((-2, 1), (-1, 1))
    """
    positive = [size for size in sizes if size]
    if not positive:
        return None
    return math.ceil(math.log10(min(positive))) - 1, math.floor(math.log10(max(positive))) + 1


def bar(part: float, room: int) -> str:
    """Return a bar over a part of the room; one above 0 has half a character or more, so that ASCII shows it."""
    eighths = max(round(part * room * 8), 4) if part > 0.0 else 0
    return f"{'█' * (eighths // 8)}{BLOCKS[eighths % 8]}".rstrip()


def _parts(rows: Sequence[ProfileRow], axis: tuple[int, int] | None) -> Iterator[float]:
    """Yield for each row the part of the axis that its bar takes."""
    for row in rows:
        if axis is None or not row.mean:
            yield 0.0
        else:
            yield (math.log10(row.mean) - axis[0]) / (axis[1] - axis[0])


def _columns(rows: Sequence[ProfileRow], room: int) -> dict[str, list[str]]:
    """Return the columns that leave space for the bars: those of counts that are not 0, then median and max."""
    counts = {
        "count": [row.count for row in rows],
        "zeros": [row.zeros for row in rows],
        "not finite": [row.non_finite for row in rows],
        "unfinished": [row.unfinished for row in rows],
    }
    numbers = {"median": [row.median for row in rows], "max": [row.max for row in rows]}
    offered = {name: list(map(str, column)) for name, column in counts.items() if any(column)}
    offered |= {name: list(map(three_digits, column)) for name, column in numbers.items()}
    mean = {"mean size": [three_digits(row.mean) for row in rows]}
    least, chosen = room, set[str]()
    room -= _width("mean size", mean["mean size"])
    for name, column in offered.items():
        left = room - _width(name, column)
        if left >= LEAST[name] * least:
            room = left
            chosen.add(name)
    shown = {name: column for name, column in offered.items() if name in chosen}
    before = {name: column for name, column in shown.items() if name in counts}
    return {**before, **mean, **{name: column for name, column in shown.items() if name in numbers}}


def _width(name: str, column: Sequence[str]) -> int:
    return max(map(len, [name, *column])) + len(GAP)


def _axis_text(axis: tuple[int, int] | None, room: int) -> str:
    """Return the ends of the bars as numbers, and between them that the scale is logarithmic."""
    if axis is None:
        return ""
    low, high = map(_power_of_ten, axis)
    between = room - len(low) - len(high)
    middle = f"{SCALE:^{between}}" if between > len(SCALE) + 1 else " " * between
    return f"{low}{middle}{high}"


def _power_of_ten(exponent: int) -> str:
    """Return a power of ten as `three_digits` writes it, also one that is too small or too large for a float."""
    return three_digits(10.0**exponent) if -300 < exponent < 300 else f"1e{exponent:+d}"


def _cut(name: str, longest: int, dots: str) -> str:
    """Return the end of a name that is longer than a column."""
    if display_width(name) <= longest:
        return name
    return f"{dots}{cut_to(name[::-1], longest - len(dots))[::-1]}"
