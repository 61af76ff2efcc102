"""Measure a picture of a graph by its coordinates, whoever made them: crossings, edge length, area.

>>> line = lambda *points: [(points[0], points[0], points[1], points[1])]
>>> edges = [(0, line((0.0, 0.0), (2.0, 2.0))), (1, line((0.0, 2.0), (2.0, 0.0)))]
>>> crossings(edges), edge_length(edges)
(1, 5.656854249492381)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
"""A cubic Bézier curve."""
Edge = tuple[int, Sequence[Curve]]
"""The node that an edge comes from, and its curves one after another."""

PARTS: Final = 8
"""The number of straight parts for which a curve is taken."""
STRIPS: Final = 400
"""The number of vertical strips in which crossings are searched."""
SAME: Final = 0.5
"""Two parts of edges from one node are one line if their ends are this near."""


def curves(points: Sequence[Point]) -> list[Curve]:
    """Return the curves of a route: a start, then for each curve two control points and its end."""
    return [(points[i], points[i + 1], points[i + 2], points[i + 3]) for i in range(0, len(points) - 1, 3)]


def edge_length(edges: Iterable[Edge]) -> float:
    """Return the length of all edges together."""
    segments = np.concatenate([_segments(route) for _, route in edges])
    return float(np.hypot(*(segments[:, 1] - segments[:, 0]).T).sum())


def crossings(edges: Sequence[Edge]) -> int:
    """Return at how many places edges of two nodes cross.

    Edges of one node that run together are one line, as they are drawn.
    """
    tails, segments = _distinct(edges)
    left, right = segments[:, :, 0].min(axis=1), segments[:, :, 0].max(axis=1)
    bounds = np.linspace(left.min(), right.max() + 1e-9, STRIPS + 1)
    first = np.searchsorted(bounds, left, side="right") - 1
    last = np.searchsorted(bounds, right, side="right") - 1
    pairs: set[tuple[int, int]] = set()
    for strip in range(STRIPS):
        inside = np.nonzero((first <= strip) & (last >= strip))[0]
        pairs.update(_crossing_pairs(inside, segments, tails))
    return len(pairs)


def _segments(route: Sequence[Curve]) -> Any:
    """Return the straight parts of curves; of a straight curve one."""
    control = np.array(route)
    chord = control[:, 3] - control[:, 0]
    offsets = control[:, 1:3] - control[:, :1]
    bend = np.abs(offsets[:, :, 0] * chord[:, None, 1] - offsets[:, :, 1] * chord[:, None, 0]).max(axis=1)
    straight = bend < 1e-6
    t = np.linspace(0.0, 1.0, PARTS + 1)[:, None]
    weights = np.concatenate([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], axis=1)
    bent = np.einsum("tk,ckd->ctd", weights, control[~straight])
    parts = np.stack([bent[:, :-1], bent[:, 1:]], axis=2).reshape(-1, 2, 2)
    return np.concatenate([control[straight][:, [0, 3]], parts])


def _distinct(edges: Sequence[Edge]) -> tuple[Any, Any]:
    """Return the straight parts, and the node that each comes from; what several edges of a node share once."""
    found: dict[tuple[Any, ...], Any] = {}
    for tail, route in edges:
        for segment in _segments(route):
            found.setdefault((tail, *np.round(segment / SAME).ravel()), segment)
    return np.array([key[0] for key in found]), np.array(list(found.values()))


def _crossing_pairs(inside: Any, segments: Any, tails: Any) -> Iterable[tuple[int, int]]:
    """Yield the pairs of segments of different nodes that cross."""
    for start in range(0, len(inside), 512):
        some = inside[start : start + 512]
        a, b = segments[some][:, None, 0], segments[some][:, None, 1]
        c, d = segments[inside][None, :, 0], segments[inside][None, :, 1]
        apart = (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)
        apart &= (tails[some][:, None] != tails[inside][None, :]) & (some[:, None] < inside[None, :])
        for i, k in zip(*np.nonzero(apart), strict=True):
            yield int(some[i]), int(inside[k])


def _side(a: Any, b: Any, c: Any) -> Any:
    return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
