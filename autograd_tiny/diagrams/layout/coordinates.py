"""Assign coordinates across the layers, so that edges are short and long edges straight.

The layers are swept down and up, as in the priority method of Sugiyama, Tagawa and Toda 1981. In each layer the
vertices get the coordinates that are nearest to the means of their neighbours, by least squares, without a change of
their order or of the distances between them: an isotonic regression by pooling adjacent violators (Barlow,
Bartholomew, Bremner and Brunk 1972). The weights are those of Gansner, Koutsofios, North and Vo 1993: links between
the points of a long edge pull most. Last, each long edge becomes straight where no other
long edge is in its way.

Rejected: the blocks of Brandes and Köpf 2001 make edges up to 2.1 times as long.

>>> assign_coordinates([[0, 1], [2]], [[], [], [(0, 0.0), (1, 0.0)]], [10.0, 10.0, 10.0], [False] * 3, gap=10.0)
[-10.0, 10.0, 0.0]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

SWEEPS: Final = 6
"""The number of sweeps over all layers that look at the layer before alone."""
LAST_SWEEPS: Final = 4
"""The number of sweeps that look at the layers on both sides."""
STILL: Final = 0.5
"""A vertex that moves by less in two sweeps does not move."""
PULL: Final = (1, 2, 8)
"""Weights of links by the number of their ends that are dummies."""

Neighbour = tuple[int, float]
"""A vertex, and how much farther across one has to be for the link between them to be straight."""


def assign_coordinates(
    layers: Sequence[Sequence[int]],
    before: Sequence[Sequence[Neighbour]],
    breadth: Sequence[float],
    dummy: Sequence[bool],
    *,
    gap: float,
    dummy_gap: float | None = None,
) -> list[float]:
    """Return the coordinate of the middle of each vertex across its layer; that of the whole is 0.

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
    places = _Coordinates(layers, before, breadth, dummy, gap, small)
    places.sweep()
    places.straighten()
    x = places.x
    low = min((x[v] - breadth[v] / 2 for v in range(len(x))), default=0.0)
    high = max((x[v] + breadth[v] / 2 for v in range(len(x))), default=0.0)
    return [each - (low + high) / 2 for each in x]


class _Coordinates:
    """The coordinates while they are improved.

    `offsets` has for each vertex its least distance from the first vertex of its layer.
    """

    def __init__(  # noqa: PLR0917 - the arguments are parallel lists
        self,
        layers: Sequence[Sequence[int]],
        before: Sequence[Sequence[Neighbour]],
        breadth: Sequence[float],
        dummy: Sequence[bool],
        gap: float,
        small: float,
    ) -> None:
        self.layers, self.dummy = layers, dummy
        self.before: list[list[tuple[int, float, int]]] = [[] for _ in before]
        self.after: list[list[tuple[int, float, int]]] = [[] for _ in before]
        for head, tails in enumerate(before):
            for tail, shift in tails:
                weight = PULL[dummy[head] + dummy[tail]]
                self.before[head].append((tail, shift, weight))
                self.after[tail].append((head, -shift, weight))
        self.offsets = [0.0] * len(before)
        self.x = [0.0] * len(before)
        for layer in layers:
            for left, right in pairwise(layer):
                distance = (breadth[left] + breadth[right]) / 2 + (small if dummy[left] or dummy[right] else gap)
                self.offsets[right] = self.offsets[left] + distance
            for vertex in layer:
                self.x[vertex] = self.offsets[vertex] - self.offsets[layer[-1]] / 2

    def sweep(self) -> None:
        """Sweep over the layers, down and up in turn."""
        both = [one + other for one, other in zip(self.before, self.after, strict=True)]
        for count, above, below in ((SWEEPS, self.before, self.after), (LAST_SWEEPS, both, both)):
            for _ in range(count // 2):
                before = self.x[:]
                for layer in self.layers:
                    self._place(layer, above)
                for layer in reversed(self.layers):
                    self._place(layer, below)
                if all(abs(new - old) < STILL for new, old in zip(self.x, before, strict=True)):
                    break

    def _place(self, layer: Sequence[int], neighbours: Sequence[Sequence[tuple[int, float, int]]]) -> None:
        """Place the vertices of a layer by least squares; those that would be too near move as one block.

        Vertices without neighbours follow the ones beside them.
        """
        x, offsets = self.x, self.offsets
        if len(layer) == 1:
            links = neighbours[layer[0]]
            if links:
                total = sum([strength * (x[other] + shift) for other, shift, strength in links])
                x[layer[0]] = total / sum([strength for _, _, strength in links])
            return
        starts: list[int] = []
        sums: list[float] = []
        weights: list[int] = []
        for i, vertex in enumerate(layer):
            pull, weight = 0.0, 0
            for other, shift, strength in neighbours[vertex]:
                pull += strength * (x[other] + shift)
                weight += strength
            if not weight and i:
                continue
            start = i
            pull -= weight * offsets[vertex]
            while starts and (not weights[-1] or not weight or sums[-1] * weight > pull * weights[-1]):
                start = starts.pop()
                pull += sums.pop()
                weight += weights.pop()
            starts.append(start)
            sums.append(pull)
            weights.append(weight)
        starts.append(len(layer))
        for block, weight in enumerate(weights):
            first = layer[starts[block]]
            middle = sums[block] / weight if weight else x[first] - offsets[first]
            for i in range(starts[block], starts[block + 1]):
                x[layer[i]] = middle + offsets[layer[i]]

    # ── long edges ──

    def straighten(self) -> None:
        """Move the points of each long edge into one line, and boxes out of its way, but no other long edge."""
        place = [(0, 0)] * len(self.x)
        for number, layer in enumerate(self.layers):
            for i, vertex in enumerate(layer):
                place[vertex] = number, i
        for layer in self.layers:
            for vertex in layer:
                if self.dummy[vertex] and not any(self.dummy[tail] for tail, _, _ in self.before[vertex]):
                    self._straighten(self._dummies_from(vertex), place)

    def _dummies_from(self, vertex: int) -> list[int]:
        """Return a dummy and those after it of one long edge."""
        line = [vertex]
        while True:
            following = [head for head, _, _ in self.after[line[-1]] if self.dummy[head]]
            if len(following) != 1:
                return line
            line += following

    def _straighten(self, line: Sequence[int], place: Sequence[tuple[int, int]]) -> None:
        x = self.x
        if all(x[vertex] == x[line[0]] for vertex in line):
            return
        low, high = self._room(line, place, among_boxes=True)
        if low <= high:
            ends = [x[tail] + shift for tail, shift, _ in self.before[line[0]]]
            for vertex in line:
                ends += [x[head] + shift for head, shift, _ in self.after[vertex] if not self.dummy[head]]
        else:
            low, high = self._room(line, place, among_boxes=False)
            ends = []
        if low <= high:
            ends = sorted(ends or [x[vertex] for vertex in line])
            middle = min(max(ends[len(ends) // 2], low), high)
            for vertex in line:
                x[vertex] = middle
                self._push(*place[vertex])

    def _room(
        self, line: Sequence[int], place: Sequence[tuple[int, int]], *, among_boxes: bool
    ) -> tuple[float, float]:
        """Return the least and the greatest coordinate that all points of a long edge can have.

        Args:
            line: the points.
            place: of each vertex its layer, and its place in it.
            among_boxes: whether boxes stay where they are, not only other long edges.
        """
        low, high = float("-inf"), float("inf")
        for vertex in line:
            number, i = place[vertex]
            layer = self.layers[number]
            base = self.offsets[vertex]
            for k in range(i - 1, -1, -1):
                if among_boxes or self.dummy[layer[k]]:
                    low = max(low, self.x[layer[k]] + base - self.offsets[layer[k]])
                    break
            for k in range(i + 1, len(layer)):
                if among_boxes or self.dummy[layer[k]]:
                    high = min(high, self.x[layer[k]] + base - self.offsets[layer[k]])
                    break
        return low, high

    def _push(self, number: int, i: int) -> None:
        """Move the vertices beside one as far away as they have to be."""
        x, offsets, layer = self.x, self.offsets, self.layers[number]
        base = x[layer[i]] - offsets[layer[i]]
        for k in range(i - 1, -1, -1):
            if x[layer[k]] <= base + offsets[layer[k]]:
                break
            x[layer[k]] = base + offsets[layer[k]]
        for k in range(i + 1, len(layer)):
            if x[layer[k]] >= base + offsets[layer[k]]:
                break
            x[layer[k]] = base + offsets[layer[k]]
