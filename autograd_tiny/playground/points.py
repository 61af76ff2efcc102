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

Draw = Callable[[], float]
Point = tuple[float, float]


def moon(label: int, draw: Draw) -> Point:
    """Return a point of the upper (0) or the lower (1) half circle, which interlock."""
    angle = math.pi * draw()
    x, y = (1.0 - math.cos(angle), 0.5 - math.sin(angle)) if label else (math.cos(angle), math.sin(angle))
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
    "moons": moon,
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
    draw, inputs = Random(seed).random, []
    for place in range(count):
        x, y = SHAPES[shape](place % 2, draw)
        radius, turn = noise * math.sqrt(-2.0 * math.log(1.0 - draw())), math.tau * draw()  # Box-Muller
        inputs.append([x + radius * math.cos(turn), y + radius * math.sin(turn)])
    return inputs, [place % 2 for place in range(count)]
