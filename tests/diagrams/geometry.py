"""Check a layout by its geometry alone, independently of how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from autograd_tiny.diagrams.layout import Box, Layout

Point = tuple[float, float]
NEARLY = 0.02
"""Coordinates are rounded to hundredths."""


def overlap(one: Box, other: Box, margin: float = 0.0) -> bool:
    return (
        one.x - margin < other.x + other.width
        and other.x - margin < one.x + one.width
        and one.y - margin < other.y + other.height
        and other.y - margin < one.y + one.height
    )


def inside(inner: Box, outer: Box) -> bool:
    return (
        outer.x - NEARLY <= inner.x
        and outer.y - NEARLY <= inner.y
        and inner.x + inner.width <= outer.x + outer.width + NEARLY
        and inner.y + inner.height <= outer.y + outer.height + NEARLY
    )


def holds(box: Box, point: Point, shrunk: float = NEARLY) -> bool:
    x, y = point
    return box.x + shrunk < x < box.x + box.width - shrunk and box.y + shrunk < y < box.y + box.height - shrunk


def meets(box: Box, places: Sequence[Point]) -> bool:
    return any(holds(box, place) for place in places)


def along(points: Sequence[Point], steps: int = 12) -> Iterator[Point]:
    """Yield places on the Bézier curves of an edge."""
    for i in range(0, len(points) - 1, 3):
        a, b, c, d = points[i : i + 4]
        for step in range(steps + 1):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            yield tuple(sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))  # type: ignore[misc]


def faults(
    plan: Layout,
    edges: Sequence[tuple[int, int]],
    cluster_of: Sequence[int] = (),
    parents: Sequence[int] = (),
    direction: str = "LR",
) -> list[str]:
    """Return a sentence for everything that is wrong with a layout."""
    around = [_around(cluster, parents) for cluster in cluster_of or [-1] * len(plan.boxes)]
    return [
        *_faults_of_boxes(plan),
        *_faults_of_clusters(plan, around, parents),
        *_faults_of_edges(plan, edges, around, 0 if direction == "LR" else 1),
    ]


def _around(cluster: int, parents: Sequence[int]) -> list[int]:
    """Return a cluster and those around it."""
    chain = []
    while cluster != -1:
        chain.append(cluster)
        cluster = parents[cluster]
    return chain


def _faults_of_boxes(plan: Layout) -> Iterator[str]:
    whole = Box(0.0, 0.0, plan.width, plan.height)
    for place, box in enumerate([*plan.boxes, *plan.clusters]):
        if not inside(box, whole):
            yield f"box {place} sticks out of the picture"
    for one, other in combinations(range(len(plan.boxes)), 2):
        if overlap(plan.boxes[one], plan.boxes[other], margin=5.0):
            yield f"boxes {one} and {other} overlap, or nearly"


def _faults_of_clusters(plan: Layout, around: list[list[int]], parents: Sequence[int]) -> Iterator[str]:
    for node, box in enumerate(plan.boxes):
        for cluster, frame in enumerate(plan.clusters):
            if cluster in around[node] and not inside(box, frame):
                yield f"box {node} is not in its frame {cluster}"
            if cluster not in around[node] and overlap(box, frame):
                yield f"box {node} overlaps the frame {cluster}"
    for one, other in combinations(range(len(plan.clusters)), 2):
        nested = one in _around(other, parents)
        if nested and not inside(plan.clusters[other], plan.clusters[one]):
            yield f"frame {other} is not in frame {one}"
        if not nested and overlap(plan.clusters[one], plan.clusters[other]):
            yield f"frames {one} and {other} overlap"


def _faults_of_edges(
    plan: Layout, edges: Sequence[tuple[int, int]], around: list[list[int]], u: int
) -> Iterator[str]:
    for number, ((tail, head), points) in enumerate(zip(edges, plan.edges, strict=True)):
        places = list(along(points))
        start, end, source, sink = points[0], points[-1], plan.boxes[tail], plan.boxes[head]
        if abs(start[u] - (source[u] + source[u + 2])) > NEARLY or not holds(source, start, -2 * NEARLY):
            yield f"edge {number} does not start at the side of its tail"
        if abs(end[u] - sink[u]) > NEARLY or not holds(sink, end, -2 * NEARLY):
            yield f"edge {number} does not end at the side of its head"
        if any(later[u] < earlier[u] - NEARLY for earlier, later in pairwise(places)):
            yield f"edge {number} turns back"
        if any(_is_corner(points, i) for i in range(3, len(points) - 1, 3)):
            yield f"edge {number} has a corner"
        others = [cluster for cluster in range(len(plan.clusters)) if cluster not in around[tail] + around[head]]
        yield from (f"edge {number} runs through box {n}" for n, box in enumerate(plan.boxes) if meets(box, places))
        yield from (f"edge {number} runs through frame {g}" for g in others if meets(plan.clusters[g], places))
    for (one, first), (other, second) in combinations(enumerate(points[-1] for points in plan.edges), 2):
        if max(abs(first[0] - second[0]), abs(first[1] - second[1])) < 4:
            yield f"edges {one} and {other} end at one place"


def _is_corner(points: Sequence[Point], i: int) -> bool:
    """Return True if a curve begins in another direction than that in which the one before it ends."""
    before, here, after = points[i - 1], points[i], points[i + 1]
    return abs((here[0] - before[0]) * (after[1] - here[1]) - (here[1] - before[1]) * (after[0] - here[0])) > 1.0
