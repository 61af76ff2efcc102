"""The order within each layer: few crossings, by barycentres and exchanges of neighbours.

The layers are swept up and down; each is sorted by the mean place of its neighbours in the layer before
(Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical system structures"); after each
sweep neighbours that cross less the other way round change places (Gansner, Koutsofios, North and Vo 1993,
"A technique for drawing directed graphs"). The best order that was seen wins.

>>> order([0, 0, 1, 1], [[], [], [(0, 0.0, 1)], [(0, 0.0, 0)]])  # a pair of crossing links
[[1, 0], [2, 3]]
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

Link = tuple[float, float, int]
"""Where a link leaves the middle of this vertex, where that of its neighbour (both as a part of its breadth, from
-0.5 to 0.5), and the neighbour."""

SWEEPS: Final = 8
EXCHANGES: Final = 4
"""How often all layers are swept, and how often at most neighbours are compared after each sweep."""


def order(rank: Sequence[int], links: Sequence[Sequence[Link]]) -> list[list[int]]:
    """Return the vertices of each layer in an order with few crossings.

    Args:
        rank: of each vertex; links lead from one layer to the next.
        links: for each vertex those that lead to it, in the order of its operands.
    """
    return Order(rank, links).best()


class Order:
    """An order of the vertices in layers that is being improved."""

    def __init__(self, rank: Sequence[int], links: Sequence[Sequence[Link]]) -> None:
        self.rank = rank
        self.before = links
        self.after: list[list[Link]] = [[] for _ in rank]
        for head, incoming in enumerate(links):
            for at, part, tail in incoming:
                self.after[tail].append((part, at, head))
        self.place = [0] * len(rank)
        self.take(self._first())

    def best(self) -> list[list[int]]:
        """Sweep, exchange after each sweep, and return the best order that was seen."""
        best, fewest = [layer[:] for layer in self.layers], self.crossings()
        for sweep in range(SWEEPS):
            if not fewest:
                break
            self._sweep(upwards=sweep % 2 == 0)
            for _ in range(EXCHANGES):
                if not self._exchange():
                    break
            crossings = self.crossings()
            if crossings < fewest:
                best, fewest = [layer[:] for layer in self.layers], crossings
        self.take(best)
        return self.layers

    def take(self, layers: list[list[int]]) -> None:
        """Take over an order."""
        self.layers = layers
        for layer in layers:
            self._number(layer)

    def crossings(self) -> int:
        """Return how many pairs of links cross."""
        total = 0
        for layer in self.layers:
            ends = [(self.place[v] + at, self.place[tail] + part) for v in layer for at, part, tail in self.before[v]]
            seen: list[float] = []
            for _, start in sorted(ends):
                total += len(seen) - bisect_right(seen, start)
                insort(seen, start)
        return total

    def _first(self) -> list[list[int]]:
        """Return the layers as a walk from the last vertices back through their operands meets them.

        So a tree has no crossings from the beginning.
        """
        layers: list[list[int]] = [[] for _ in range(max(self.rank, default=-1) + 1)]
        stack = [vertex for vertex in range(len(self.rank) - 1, -1, -1) if not self.after[vertex]]
        seen = set()
        while stack:
            vertex = stack.pop()
            if vertex not in seen:
                seen.add(vertex)
                layers[self.rank[vertex]].append(vertex)
                stack += [tail for _, _, tail in reversed(self.before[vertex])]
        return layers

    def _number(self, layer: list[int]) -> None:
        for place, vertex in enumerate(layer):
            self.place[vertex] = place

    def _sweep(self, *, upwards: bool) -> None:
        """Sort each layer by the mean place of its neighbours; a vertex without any keeps its place."""
        place = self.place
        neighbours = self.after if upwards else self.before
        for layer in reversed(self.layers) if upwards else self.layers:
            mean = {
                vertex: sum(place[other] + part for _, part, other in neighbours[vertex]) / len(neighbours[vertex])
                for vertex in layer
                if neighbours[vertex]
            }
            movable = iter(sorted(mean, key=mean.__getitem__))
            layer[:] = [next(movable) if vertex in mean else vertex for vertex in layer]
            self._number(layer)

    def _exchange(self) -> bool:
        """Let neighbours change places where fewer links cross then; tell whether any did."""
        changed = False
        for layer in self.layers:
            for i, (left, right) in enumerate(pairwise(layer[:])):
                left = layer[i]  # noqa: PLW2901 - it may just have moved here
                crossings = self._crossings_of(left, right)
                if crossings and crossings > self._crossings_of(right, left):
                    layer[i], layer[i + 1] = right, left
                    changed = True
            self._number(layer)
        return changed

    def _crossings_of(self, left: int, right: int) -> int:
        """Return how many links of one vertex cross links of another if it stands before this."""
        total = 0
        for neighbours in (self.before, self.after):
            ends = sorted(self._ends(neighbours[right]))
            total += sum(bisect_left(ends, end) for end in self._ends(neighbours[left]))
        return total

    def _ends(self, links: Sequence[Link]) -> list[float]:
        """Return where links meet the layer beside this one."""
        return [self.place[vertex] + part for _, part, vertex in links]
