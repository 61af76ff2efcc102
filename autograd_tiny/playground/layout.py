"""Where the maps of the neurons stand: columns for the layers, the output large on the right.

>>> places, output = layout([2, 3, 1])
>>> len(places), output.size > places[0][0].size
(2, True)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

WIDTH, HEIGHT = 2.0, 1.0
"""The picture is twice as wide as high."""
OUTPUT: Final = 0.78
"""The side of the map of the output."""


class Square(NamedTuple):
    """The place of a map: its lower left corner and its side, in heights of the picture."""

    x: float
    y: float
    size: float

    @property
    def left(self) -> tuple[float, float]:
        """Where lines arrive."""
        return self.x, self.y + 0.5 * self.size

    @property
    def right(self) -> tuple[float, float]:
        """Where lines leave."""
        return self.x + self.size, self.y + 0.5 * self.size


def layout(widths: Sequence[int]) -> tuple[list[list[Square]], Square]:
    """Return the squares of all layers but the last, from top to bottom, and that of the output.

    Args:
        widths: the number of neurons in each layer, the inputs first, the output last.
    """
    columns = len(widths) - 1
    step = (WIDTH - OUTPUT - 0.1) / columns
    places = []
    for column, count in enumerate(widths[:-1]):
        room = (HEIGHT - 0.12) / max(count, 4)
        size = min(0.8 * room, 0.6 * step)
        top = 0.5 * (HEIGHT - 0.08) + 0.5 * room * count
        x = 0.04 + column * step
        places.append([Square(x, top - room * (row + 0.5) - 0.5 * size, size) for row in range(count)])
    return places, Square(WIDTH - OUTPUT - 0.04, 0.06, OUTPUT)
