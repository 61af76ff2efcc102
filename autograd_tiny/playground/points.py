"""Draw points in the plane, in two classes: moons, circles, xor, spiral.

>>> inputs, classes = draw_points("circles", 4, noise=0.0, seed=0)
>>> classes
[0, 1, 0, 1]
>>> [round(math.hypot(*point), 9) for point in inputs]
[1.0, 0.5, 1.0, 0.5]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Final

from autograd_tiny.tabular.sample_data import moon, scattered

Draw = Callable[[], float]
Point = tuple[float, float]


def centered_moon(label: int, draw: Draw) -> Point:
    """Return a point of the upper (0) or the lower (1) half circle, moved so that both are around the origin."""
    x, y = moon(label, draw)
    return x - 0.5, y - 0.25


def circle(label: int, draw: Draw) -> Point:
    """Return a point of the outer (0) or the inner (1) circle."""
    angle, radius = math.tau * draw(), 0.5 if label else 1.0
    return radius * math.cos(angle), radius * math.sin(angle)


def xor(label: int, draw: Draw) -> Point:
    """Return a point where the signs of x and y are equal (0) or different (1)."""
    x, y, side = 0.1 + 0.9 * draw(), 0.1 + 0.9 * draw(), 1.0 if draw() < 0.5 else -1.0
    return side * x, -side * y if label else side * y


def spiral(label: int, draw: Draw) -> Point:
    """Return a point of one of two arms that turn once around the other."""
    share = draw()
    angle = 2.2 * math.pi * share + math.pi * label
    radius = 0.1 + 1.1 * share
    return radius * math.cos(angle), radius * math.sin(angle)


SHAPES: Final[dict[str, Callable[[int, Draw], Point]]] = {
    "moons": centered_moon,
    "circles": circle,
    "xor": xor,
    "spiral": spiral,
}
"""For each name a function of the class and of `random()` that returns one point."""


def draw_points(shape: str, count: int, *, noise: float, seed: int) -> tuple[list[list[float]], list[int]]:
    """Return points and their classes, one of each in turn.

    Args:
        shape: one of `SHAPES`.
        count: the number of points.
        noise: standard deviation of both coordinates from the shape.
        seed: of all draws.
    """
    draw, classes = Random(seed).random, [place % 2 for place in range(count)]
    return [scattered(SHAPES[shape](label, draw), noise, draw) for label in classes], classes
