"""Order the vertices of each layer so that few edges cross, by barycentres and exchanges of neighbours.

The layers are swept up and down; each is sorted by the mean position of its neighbours in the layer before
(Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical system structures"). After each
sweep, neighbours that cross less the other way round are exchanged (Gansner, Koutsofios, North and Vo 1993,
"A technique for drawing directed graphs"). The best order seen wins.

>>> reduce_crossings([0, 0, 1, 1], [[], [], [(0, 0.0, 1)], [(0, 0.0, 0)]])  # a pair of crossing links
[[1, 0], [2, 3]]
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import Final

Link = tuple[float, float, int]
"""Where a link leaves the middle of this vertex, where that of its neighbour (both as a part of its breadth, from
-0.5 to 0.5), and the neighbour."""

SWEEPS: Final = 8
PATIENCE: Final = 3
EXCHANGES: Final = 3
"""The number of sweeps over all layers, of those in a row that improve nothing, and of exchanges after each sweep."""


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
        since = 0
        for sweep in range(SWEEPS):
            if not fewest or since == PATIENCE:
                break
            since += 1
            self._sweep(upwards=sweep % 2 == 0)
            if sweep % 4 == 2:
                self._exchange([True] * len(self.layers), least=0)
            waiting = [True] * len(self.layers)
            for _ in range(EXCHANGES):
                if any(waiting):
                    waiting = self._exchange(waiting, least=1)
            crossings = self.crossings()
            if crossings < fewest:
                since = 0
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

    def _exchange(self, waiting: list[bool], *, least: int) -> list[bool]:
        """Exchange neighbours where at least so many links fewer cross then.

        With 0, those are exchanged too that make no difference: so the order may leave a local minimum.

        Args:
            waiting: for each layer whether to look at it.
            least: the number of links.

        Returns:
            For each layer whether it, or one beside it, has changed since it was looked at.
        """
        again = [False] * len(self.layers)
        for number, layer in enumerate(self.layers):
            if len(layer) < 2 or not (waiting[number] or again[number]):
                continue
            again[number] = changed = False
            ends = [(self._ends(self.before[vertex]), self._ends(self.after[vertex])) for vertex in layer]
            for i in range(len(layer) - 1):
                (left_before, left_after), (right_before, right_after) = ends[i], ends[i + 1]
                if _excess(left_before, right_before) + _excess(left_after, right_after) >= least:
                    layer[i], layer[i + 1] = layer[i + 1], layer[i]
                    ends[i], ends[i + 1] = ends[i + 1], ends[i]
                    changed = True
            if changed:
                self._number(layer)
                for beside in range(max(number - 1, 0), min(number + 2, len(again))):
                    again[beside] = True
        return again

    def _ends(self, links: Sequence[Link]) -> list[float]:
        """Return the positions at which links meet the layer beside this one, in order."""
        position = self.position
        ends = [position[vertex] + part for _, part, vertex in links]
        ends.sort()
        return ends


def _excess(left: Sequence[float], right: Sequence[float]) -> int:
    """Return by how many fewer links cross if two neighbours in a layer are exchanged; a negative number for more.

    >>> _excess([1.0, 2.0], [0.0]), _excess([0.0], [1.0, 2.0]), _excess([1.0], [0.0, 2.0])
    (2, -1, 0)
    """
    if not left or not right:
        return 0
    if left[-1] <= right[0]:
        return -1 if left[0] < right[-1] else 0
    total = 0
    for start in left:
        for end in right:
            if start > end:
                total += 1
            elif start < end:
                total -= 1
    return total
