"""The layout of a network in the classic way: circles in columns, and straight lines between them.

>>> from autograd_tiny.diagrams.options import settings
>>> from autograd_tiny.diagrams.picture import Edge, Node, Picture
>>> circles = tuple(Node(name, kind="neuron") for name in "abc")
>>> placed = columns(Picture("", "", circles, (Edge(0, 2), Edge(1, 2)), (), settings(), columns=(0, 0, 1)))
>>> [(box.x, box.y) for box in placed.boxes]
[(0.0, 0.0), (0.0, 38.0), (130.0, 19.0)]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import hypot
from typing import Final

from autograd_tiny.diagrams.layout import Box, Layout
from autograd_tiny.diagrams.picture import Picture

DIAMETER: Final = 26.0
STEP: Final = 38.0
"""From one circle of a column to the next."""
DISTANCE: Final = 130.0
"""From one column to the next, at least; columns of many circles stand farther apart."""


def columns(picture: Picture) -> Layout:
    """Return where the circles and lines of a network are; its columns flow as the settings say."""
    lengths = Counter(picture.columns)
    highest = max(lengths.values())
    distance = max(DISTANCE, 0.35 * STEP * highest)
    places: defaultdict[int, int] = defaultdict(int)
    middles = []
    for column in picture.columns:
        offset = (highest - lengths[column]) / 2 + places[column]
        places[column] += 1
        middles.append((column * distance + DIAMETER / 2, offset * STEP + DIAMETER / 2))
    width, height = (max(middles)[0] + DIAMETER / 2, (highest - 1) * STEP + DIAMETER)
    if picture.settings.direction == "TB":
        middles = [(y, x) for x, y in middles]
        width, height = height, width
    boxes = [Box(round(x - DIAMETER / 2, 2), round(y - DIAMETER / 2, 2), DIAMETER, DIAMETER) for x, y in middles]
    edges = []
    for edge in picture.edges:
        (x, y), (to_x, to_y) = middles[edge.tail], middles[edge.head]
        length = hypot(to_x - x, to_y - y)
        dx, dy = (to_x - x) / length, (to_y - y) / length
        start = x + dx * DIAMETER / 2, y + dy * DIAMETER / 2
        end = to_x - dx * DIAMETER / 2, to_y - dy * DIAMETER / 2
        points = [(start[0] + (end[0] - start[0]) * t / 3, start[1] + (end[1] - start[1]) * t / 3) for t in range(4)]
        edges.append(tuple((round(px, 2), round(py, 2)) for px, py in points))
    return Layout(round(width, 2), round(height, 2), tuple(boxes), (), tuple(edges))
