"""Assign coordinates across the layers, so that long edges are straight and a node is amid its neighbours.

The algorithm is that of Brandes and Köpf 2001, "Fast and simple horizontal coordinate assignment": vertices are
aligned in blocks with their median neighbours and the blocks compacted, in each of the four directions; each vertex
gets the mean of the two middle results. Blocks are placed by longest paths in the graph of blocks, which avoids the
mistake of the original's classes that Brandes, Walter and Zink corrected in 2020.

>>> assign_coordinates([[0, 1], [2]], [[], [], [(0, 0.0), (1, 0.0)]], [10.0, 10.0, 10.0], [False] * 3, gap=10.0)
[-10.0, 10.0, 0.0]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

Layers = list[list[int]]
Neighbour = tuple[int, float]
"""A vertex, and how much farther across one has to be for the link between them to be straight."""
Separation = Callable[[int, int], float]


def assign_coordinates(
    layers: Sequence[Sequence[int]],
    before: Sequence[Sequence[Neighbour]],
    breadth: Sequence[float],
    dummy: Sequence[bool],
    *,
    gap: float,
    dummy_gap: float | None = None,
) -> list[float]:
    """Return the coordinate of the middle of each vertex across its layer.

    Args:
        layers: the vertices of each layer in order.
        before: for each vertex its neighbours in the layer before; a link that does not join the middles of both is
            straight where one is so much farther across than the other.
        breadth: of each vertex.
        dummy: whether a vertex is only a point that a long edge passes.
        gap: between two vertices of a layer, at least.
        dummy_gap: between two vertices of which one is a dummy, at least; `gap` if not given.
    """
    small = gap if dummy_gap is None else dummy_gap

    def separation(left: int, right: int) -> float:
        return (breadth[left] + breadth[right]) / 2 + (small if dummy[left] or dummy[right] else gap)

    after: list[list[Neighbour]] = [[] for _ in before]
    for head, tails in enumerate(before):
        for tail, shift in tails:
            after[tail].append((head, -shift))
    conflicts = _conflicts(layers, before, dummy)
    results = []
    for neighbours, vertical in ((before, 1), (after, -1)):
        for horizontal in (1, -1):
            turned = [list(layer)[::horizontal] for layer in layers][::vertical]
            xs = _align(turned, neighbours, separation, conflicts, horizontal)
            results.append(xs if horizontal == 1 else [-x for x in xs])
    return _balance(results, breadth)


def _conflicts(
    layers: Sequence[Sequence[int]], before: Sequence[Sequence[Neighbour]], dummy: Sequence[bool]
) -> set[tuple[int, int]]:
    """Return the links that cross a link between dummies: these are to be straight, so those give way."""
    conflicts = set()
    for upper, layer in pairwise(layers):
        position = {vertex: i for i, vertex in enumerate(upper)}
        start, left = 0, 0
        for i, vertex in enumerate(layer):
            inner = next((position[tail] for tail, _ in before[vertex] if dummy[vertex] and dummy[tail]), None)
            if inner is None and i < len(layer) - 1:
                continue
            right = len(upper) if inner is None else inner
            for other in layer[start : i + 1]:
                for tail, _ in before[other]:
                    if not (dummy[other] and dummy[tail]) and not left <= position[tail] <= right:
                        conflicts.add((tail, other))
            start, left = i + 1, right
    return conflicts


def _align(
    layers: Layers,
    neighbours: Sequence[Sequence[Neighbour]],
    separation: Separation,
    conflicts: set[tuple[int, int]],
    sign: int,
) -> list[float]:
    """Return the coordinates for one of the four directions, as if it were downwards and to the left.

    `sign` is -1 where left and right are exchanged. A block is as straight as its links, so its vertices may
    differ by shifts (the "inner shift" of Rüegg, Schulze, Carstens and von Hanxleden 2015).
    """
    position = [0] * len(neighbours)
    for layer in layers:
        for i, vertex in enumerate(layer):
            position[vertex] = i
    block = list(range(len(neighbours)))  # the first vertex of the block that each one is in
    shifts = [0.0] * len(neighbours)
    for layer in layers:
        taken = -1
        for vertex in layer:
            others = sorted(neighbours[vertex], key=lambda neighbour: position[neighbour[0]])
            for other, shift in others[(len(others) - 1) // 2 : len(others) // 2 + 1]:
                if position[other] > taken and not {(vertex, other), (other, vertex)} & conflicts:
                    block[vertex], taken = block[other], position[other]
                    shifts[vertex] = shifts[other] + sign * shift
                    break
    return _compact(layers, block, shifts, separation)


def _compact(layers: Layers, block: list[int], shifts: list[float], separation: Separation) -> list[float]:
    """Return coordinates as small as they can be, then of each block as near to its right neighbours as it can be."""
    rights: dict[int, dict[int, float]] = {vertex: {} for vertex, first in enumerate(block) if vertex == first}
    lefts: dict[int, int] = dict.fromkeys(rights, 0)
    for layer in layers:
        for left, right in pairwise(layer):
            others = rights[block[left]]
            needed = separation(left, right) + shifts[left] - shifts[right]
            if block[right] not in others:
                lefts[block[right]] += 1
            others[block[right]] = max(needed, others.get(block[right], needed))
    x = dict.fromkeys(rights, 0.0)
    order = [first for first, count in lefts.items() if not count]
    for first in order:
        for right, needed in rights[first].items():
            x[right] = max(x[right], x[first] + needed)
            lefts[right] -= 1
            if not lefts[right]:
                order.append(right)
    for first in reversed(order):
        if rights[first]:
            x[first] = max(x[first], min(x[right] - needed for right, needed in rights[first].items()))
    return [x[first] + shift for first, shift in zip(block, shifts, strict=True)]


def _balance(results: list[list[float]], breadth: Sequence[float]) -> list[float]:
    """Shift the four results onto the narrowest, and return for each vertex the mean of the two in the middle."""

    def ends(xs: list[float]) -> tuple[float, float]:
        sides = list(zip(xs, breadth, strict=True))
        return min((x - b / 2 for x, b in sides), default=0.0), max((x + b / 2 for x, b in sides), default=0.0)

    spans = [ends(xs) for xs in results]
    left, right = min(spans, key=lambda span: span[1] - span[0])
    shifted = []
    for i, (xs, (start, end)) in enumerate(zip(results, spans, strict=True)):
        shift = left - start if i % 2 == 0 else right - end
        shifted.append([x + shift for x in xs])
    middle = [median(four) for four in zip(*shifted, strict=True)]
    shift = sum(ends(middle)) / 2
    return [x - shift for x in middle]
