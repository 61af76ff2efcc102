"""Order the vertices of each layer so that few edges cross, by barycentres and exchanges of neighbours.

The layers are swept up and down; each is sorted by the mean position of its neighbours in the layer before
(Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical system structures"). After each
sweep, neighbours that cross less the other way round are exchanged (Gansner, Koutsofios, North and Vo 1993,
"A technique for drawing directed graphs"). The best order seen wins.

>>> reduce_crossings([0, 0, 1, 1], [[], [], [(0, 0.0, 1)], [(0, 0.0, 0)]])  # a pair of crossing links
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
"""The number of sweeps over all layers, and the greatest number of passes of exchanges after each sweep."""


def reduce_crossings(layer_of: Sequence[int], links: Sequence[Sequence[Link]]) -> list[list[int]]:
    """Return the vertices of each layer in an order with few crossings.

    Args:
        layer_of: the layer of each vertex; links lead from one layer to the next.
        links: for each vertex those that lead to it, in the order of its operands.
    """
    return LayerOrder(layer_of, links).improve()


class LayerOrder:
    """The order of the vertices in each layer while it is improved."""

    def __init__(self, layer_of: Sequence[int], links: Sequence[Sequence[Link]]) -> None:
        self.layer_of = layer_of
        self.before = links
        self.after: list[list[Link]] = [[] for _ in layer_of]
        for head, incoming in enumerate(links):
            for at, part, tail in incoming:
                self.after[tail].append((part, at, head))
        self.position = [0] * len(layer_of)
        self.take(self._depth_first())

    def improve(self) -> list[list[int]]:
        """Sweep, exchange after each sweep, and return the best order seen."""
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
        """Replace the order."""
        self.layers = layers
        for layer in layers:
            self._number(layer)

    def crossings(self) -> int:
        """Return how many pairs of links cross."""
        total = 0
        for layer in self.layers:
            links = [(v, link) for v in layer for link in self.before[v]]
            ends = [(self.position[v] + at, self.position[tail] + part) for v, (at, part, tail) in links]
            seen: list[float] = []
            for _, start in sorted(ends):
                total += len(seen) - bisect_right(seen, start)
                insort(seen, start)
        return total

    def _depth_first(self) -> list[list[int]]:
        """Return the layers as a depth-first search from the roots meets their vertices: a tree has no crossings."""
        layers: list[list[int]] = [[] for _ in range(max(self.layer_of, default=-1) + 1)]
        stack = [vertex for vertex in range(len(self.layer_of) - 1, -1, -1) if not self.after[vertex]]
        seen = set()
        while stack:
            vertex = stack.pop()
            if vertex not in seen:
                seen.add(vertex)
                layers[self.layer_of[vertex]].append(vertex)
                stack += [tail for _, _, tail in reversed(self.before[vertex])]
        return layers

    def _number(self, layer: list[int]) -> None:
        for position, vertex in enumerate(layer):
            self.position[vertex] = position

    def _sweep(self, *, upwards: bool) -> None:
        """Sort each layer by the mean position of its neighbours; a vertex without any stays where it is."""
        position = self.position
        neighbours = self.after if upwards else self.before
        for layer in reversed(self.layers) if upwards else self.layers:
            mean = {
                vertex: sum(position[other] + part for _, part, other in neighbours[vertex]) / len(neighbours[vertex])
                for vertex in layer
                if neighbours[vertex]
            }
            movable = iter(sorted(mean, key=mean.__getitem__))
            layer[:] = [next(movable) if vertex in mean else vertex for vertex in layer]
            self._number(layer)

    def _exchange(self) -> bool:
        """Exchange neighbours where fewer links cross then, and return True if any were."""
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
        """Return how many links of one vertex cross links of another that comes after it."""
        total = 0
        for neighbours in (self.before, self.after):
            ends = sorted(self._ends(neighbours[right]))
            total += sum(bisect_left(ends, end) for end in self._ends(neighbours[left]))
        return total

    def _ends(self, links: Sequence[Link]) -> list[float]:
        """Return the positions at which links meet the layer beside this one."""
        return [self.position[vertex] + part for _, part, vertex in links]
