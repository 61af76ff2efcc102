"""What a layout is: plain numbers.

>>> Box(10.0, 20.0, 30.0, 40.0).x
10.0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle; x and y are its corner on the left and on top."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture as plain numbers, in the unit of the sizes; x grows to the right, y downwards.

    Attributes:
        width: of all.
        height: of all.
        boxes: where each node is.
        groups: where each group is.
        edges: for each edge the points of Bézier curves of the third degree: a start, then for each curve two control
            points and its end.
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    groups: tuple[Box, ...]
    edges: tuple[tuple[Point, ...], ...]
