"""Coordinates as text, and arrowheads.

>>> short(1 / 3), pair((1.0, -0.001)), arrowhead((0.0, 0.0), (20.0, 0.0), 1.0)
('0.33', '1 0', 'M20 0L13 3.2L13 -3.2Z')
"""

from __future__ import annotations

from autograd_tiny.diagrams.layout import Point

ARROW, HALF_ARROW = 7.0, 3.2
"""Length of an arrowhead, and half of its breadth."""


def short(number: float) -> str:
    """Return a coordinate in at most two decimals."""
    return f"{round(number, 2) + 0.0:.10g}"


def pair(point: Point) -> str:
    """Return a point as SVG has it in a path."""
    return f"{short(point[0])} {short(point[1])}"


def back(before: Point, end: Point, distance: float) -> Point:
    """Return the point so far before the end of a straight line."""
    dx, dy = end[0] - before[0], end[1] - before[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    return end[0] - dx / length * distance, end[1] - dy / length * distance


def arrowhead(before: Point, end: Point, larger: float) -> str:
    """Return the path of an arrowhead, so many times as large as usual."""
    x, y = back(before, end, ARROW * larger)
    dx, dy = (end[0] - x) / ARROW * HALF_ARROW, (end[1] - y) / ARROW * HALF_ARROW
    return f"M{pair(end)}L{pair((x - dy, y + dx))}L{pair((x + dy, y - dx))}Z"
