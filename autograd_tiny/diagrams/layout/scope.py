"""One scope: items in layers, and the routes of the nets between them.

A scope is the whole picture, or the inside of a group. Its items are boxes, groups that are laid out already, and
ports, places on the border where a net enters or leaves. A net is what flows from one item to all that use it, and
runs as one line that branches, however many use it.

>>> from autograd_tiny.diagrams.layout.nets import Sink
>>> placed = place([Item(40.0, 20.0), Item(40.0, 20.0)], [Net(0, [Sink(1), Sink(1)])])
>>> placed.u, placed.v
([20.0, 94.8], [0.0, 0.0])
>>> len(placed.routes[0])
2
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from autograd_tiny.diagrams.layout.alignment import Neighbour, align
from autograd_tiny.diagrams.layout.nets import Item, Net, Placed, Route, curve_to, line_to
from autograd_tiny.diagrams.layout.ordering import Link, order
from autograd_tiny.diagrams.layout.plan import Point
from autograd_tiny.diagrams.layout.ranks import ranks

GAP: Final = 18.0
"""Between two boxes of a layer."""
VIRTUAL_GAP: Final = 11.0
"""Between a long edge and a box, or another long edge."""
COLUMN_GAP: Final = 34.0
"""Between two layers at least: the curves of the edges are there."""
PORT_GAP: Final = 6.0
"""Between the border of a group and the layer next to it at least."""
STEEPNESS: Final = 0.16
"""How much wider the gap between layers is for each unit that an edge climbs in it."""
WIDEST: Final = 90.0
"""What a climb adds at most."""
ARROW: Final = 8.0
"""A straight end of each edge, for its arrowhead."""


def place(items: Sequence[Item], nets: Sequence[Net], *, leaves_together: bool = False) -> Placed:
    """Return where the items and nets of a scope are; O(items + nets + layers that nets pass), nearly.

    Raises:
        CycleError: the nets go round in a circle.
    """
    return _Scope(items, nets, leaves_together=leaves_together).placed()


class _Scope:
    """The layers of a scope; vertices are its items, then the virtual ones that long nets pass."""

    def __init__(self, items: Sequence[Item], nets: Sequence[Net], *, leaves_together: bool) -> None:
        self.items, self.nets = items, nets
        links = [(net.source, sink.item) for net in nets for sink in net.sinks]
        first = {i for i, item in enumerate(items) if item.first}
        last = {i for i, item in enumerate(items) if item.last}
        self.rank = ranks(len(items), links, first=first, last=last, leaves_together=leaves_together)
        self.before: list[list[Link]] = [[] for _ in items]
        self.tracks = [self._track(net) for net in nets]
        self.layers = order(self.rank, self.before)
        count = len(self.rank) - len(items)
        breadth = [item.breadth for item in items] + [0.0] * count
        thin = [item.first or item.last for item in items] + [True] * count
        self.v = align(self.layers, self._neighbours(), breadth, thin, gap=GAP, virtual_gap=VIRTUAL_GAP)
        self.offsets = self._spread()

    def _track(self, net: Net) -> list[int]:
        """Return the vertices that a net passes: its source, then a virtual one in each layer before its last end."""
        vertex, part = net.source, self._part(net.source, net.offset)
        track = [vertex]
        ends = sorted(net.sinks, key=lambda sink: self.rank[sink.item])
        for sink in ends:
            while self.rank[vertex] < self.rank[sink.item] - 1:
                self.rank.append(self.rank[vertex] + 1)
                self.before.append([(0.0, part, vertex)])
                vertex, part = len(self.rank) - 1, 0.0
                track.append(vertex)
            self.before[sink.item].append((self._part(sink.item, sink.offset), part, vertex))
        return track

    def _part(self, item: int, offset: float | None) -> float:
        breadth = self.items[item].breadth
        return offset / (breadth + GAP) if offset and breadth else 0.0

    def _neighbours(self) -> list[list[Neighbour]]:
        """Return for each vertex those before it, and how much farther across it stands for a straight link."""
        breadth = [item.breadth + GAP for item in self.items] + [0.0] * (len(self.rank) - len(self.items))
        return [
            [(tail, part * breadth[tail] - at * breadth[head]) for at, part, tail in links]
            for head, links in enumerate(self.before)
        ]

    def _spread(self) -> dict[tuple[int, int], float]:
        """Return for each net and sink where it meets its item: side by side, in the order in which they arrive."""
        arrivals: dict[int, list[tuple[float, int, int]]] = {}
        offsets = {}
        for n, (net, track) in enumerate(zip(self.nets, self.tracks, strict=True)):
            for s, sink in enumerate(net.sinks):
                if sink.offset is None:
                    vertex = track[self.rank[sink.item] - self.rank[net.source] - 1]
                    start = self.v[vertex] + (net.offset if vertex == net.source else 0.0)
                    arrivals.setdefault(sink.item, []).append((start, n, s))
                else:
                    offsets[n, s] = sink.offset
        for item, ends in arrivals.items():
            step = self.items[item].breadth / len(ends)
            for i, (_, n, s) in enumerate(sorted(ends)):
                offsets[n, s] = (i - (len(ends) - 1) / 2) * step
        return offsets

    # ── columns and routes ──

    def placed(self) -> Placed:
        """Return where everything is."""
        if not self.items:
            return Placed()
        lengths = [
            max((self.items[v].length for v in layer if v < len(self.items)), default=0) for layer in self.layers
        ]
        lanes, gaps = self._gaps()
        starts = [0.0]
        for length, gap in zip(lengths, gaps, strict=True):
            starts.append(starts[-1] + length + gap)
        columns = [(start, start + length) for start, length in zip(starts, lengths, strict=False)]
        u = [sum(columns[rank]) / 2 for rank in self.rank[: len(self.items)]]
        sides = [(self.v[i], item.breadth / 2) for i, item in enumerate(self.items)]
        low, high = min(v - half for v, half in sides), max(v + half for v, half in sides)
        low, high = min([low, *self.v]), max([high, *self.v])
        self.v = [v - (low + high) / 2 for v in self.v]
        routes = [
            [self._route(n, s, u, columns, lanes) for s in range(len(net.sinks))] for n, net in enumerate(self.nets)
        ]
        return Placed(u, self.v[: len(self.items)], columns[-1][1], high - low, routes)

    def _gaps(self) -> tuple[list[float], list[float]]:
        """Return after each layer the room for labels at the end of the gap, and the whole gap."""
        lanes = [0.0] * len(self.layers)
        climbs = [0.0] * len(self.layers)
        for n, net in enumerate(self.nets):
            for s, sink in enumerate(net.sinks):
                for rank, start, end in self._climbs(n, s):
                    climbs[rank] = max(climbs[rank], abs(end - start))
                    lanes[rank] = max(lanes[rank], 0.0 if self.items[sink.item].last else ARROW)
                lanes[rank] = max(lanes[rank], sink.label + ARROW)
        gaps = [
            (PORT_GAP if first.first or last.last else COLUMN_GAP - ARROW) + lane + min(STEEPNESS * climb, WIDEST)
            for (first, last), lane, climb in zip(
                pairwise(map(self._example, self.layers)), lanes, climbs, strict=False
            )
        ]
        return lanes, [*gaps, 0.0]

    def _example(self, layer: list[int]) -> Item:
        """Return an item of a layer; ports have a layer of their own."""
        return next((self.items[vertex] for vertex in layer if vertex < len(self.items)), Item(0.0, 0.0))

    def _climbs(self, n: int, s: int) -> list[tuple[int, float, float]]:
        """Return for each gap that a sink's route passes the layer before it, and where it starts and ends across."""
        net, track = self.nets[n], self.tracks[n]
        sink = net.sinks[s]
        first, last = self.rank[net.source], self.rank[sink.item]
        across = [self.v[vertex] for vertex in track[: last - first]]
        across[0] += net.offset
        across.append(self.v[sink.item] + self.offsets[n, s])
        return [(first + i, across[i], across[i + 1]) for i in range(last - first)]

    def _route(self, n: int, s: int, u: Sequence[float], columns: Sequence[Point], lanes: Sequence[float]) -> Route:
        """Return a route: straight through columns, a curve in each gap."""
        source, sink = self.nets[n].source, self.nets[n].sinks[s].item
        climbs = self._climbs(n, s)
        here = (u[source] + self.items[source].length / 2, climbs[0][1])
        route = [here]
        for rank, start, end in climbs:
            if start != end:
                line_to(route, (columns[rank][1], start))
                curve_to(route, (columns[rank + 1][0] - lanes[rank], end))
        line_to(route, (u[sink] - self.items[sink].length / 2, climbs[-1][2]))
        return route
