"""Layered layout of one scope (Sugiyama, Tagawa and Toda 1981): its items in layers, and routes for its nets.

A scope is the whole diagram, or the inside of a cluster. Its items are boxes, clusters that are laid out already, and
ports: points on the border where a net enters or leaves. A net leads from one item to all its consumers and is drawn
as one line that branches. Coordinates are u along the flow and v across it; the caller swaps them for a diagram from
top to bottom.

>>> placed = layered_layout([Item(40.0, 20.0), Item(40.0, 20.0)], [Net(0, [Sink(1), Sink(1)])])
>>> placed.u, placed.v
([20.0, 82.28], [0.0, 0.0])
>>> len(placed.routes[0])
2
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from autograd_tiny.diagrams.layout.coordinates import Neighbour, assign_coordinates
from autograd_tiny.diagrams.layout.crossing_reduction import Link, reduce_crossings
from autograd_tiny.diagrams.layout.layering import assign_layers

GAP: Final = 14.0
"""Between two boxes of a layer."""
DUMMY_GAP: Final = 8.0
"""Between a long edge and a box, or another long edge."""
LAYER_GAP: Final = 22.0
"""Between two layers, at least; the curves of the edges are there."""
CORNER: Final = 14.0
"""Where an edge may leave or meet the side of a box: not so near to its ends."""
SPREAD: Final = 7.0
"""Between the ends of two edges at a side, at least."""
PORT_GAP: Final = 4.0
"""Between the border of a cluster and the layer next to it, at least."""
STEEPNESS: Final = 0.08
"""How much wider the gap between two layers is for each unit that an edge climbs in it."""
WIDEST: Final = 12.0
"""The most that a climb adds to a gap."""
ARROW: Final = 8.0
"""A straight end of each edge, for its arrowhead."""

Point = tuple[float, float]
Route = list[Point]
"""The points of cubic Bézier curves: a start, then for each curve two control points and its end."""


@dataclass(slots=True)
class Item:
    """A box, a cluster, or a port.

    Attributes:
        length: along the flow.
        breadth: across it.
        first: whether it is a port through which a net enters.
        last: whether it is a port through which a net leaves.
    """

    length: float
    breadth: float
    first: bool = False
    last: bool = False


@dataclass(slots=True)
class Sink:
    """An end of a net.

    Attributes:
        item: its number.
        offset: from the middle of the item, across the flow; None where the layout may choose.
        label: length along the flow of the label at this end.
        breadth: of the label across the flow.
        port: where it arrives among all ends at the item, in their order from -0.5 to 0.5; None where the layout may
            choose.
    """

    item: int
    offset: float | None = None
    label: float = 0.0
    breadth: float = 0.0
    port: float | None = None


@dataclass(slots=True)
class Net:
    """The edges from one item to its consumers.

    Attributes:
        source: number of the item.
        sinks: its ends, in any order.
        offset: where it leaves the item, from the middle, across the flow; None where the layout may choose.
    """

    source: int
    sinks: list[Sink]
    offset: float | None = None


@dataclass(slots=True)
class Placement:
    """The layout of a scope.

    Attributes:
        u: the middle of each item along the flow, from 0 on.
        v: the middle of each item across the flow, around 0.
        length: of the whole.
        breadth: of the whole, half of it on either side of 0.
        routes: for each net one route for each of its sinks.
    """

    u: list[float] = field(default_factory=list)
    v: list[float] = field(default_factory=list)
    length: float = 0.0
    breadth: float = 0.0
    routes: list[list[Route]] = field(default_factory=list)


def layered_layout(items: Sequence[Item], nets: Sequence[Net], *, leaves_together: bool = False) -> Placement:
    """Return the layout of a scope; nearly O(items + nets + layers that nets pass).

    Raises:
        CycleError: the nets form a cycle.
    """
    return _LayeredLayout(items, nets, leaves_together=leaves_together).placement() if items else Placement()


def is_level(points: Sequence[Point]) -> bool:
    """Return whether the four points of a curve are on a line along the flow.

    >>> is_level([(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 2.0)])
    False
    """
    (_, one), (_, two), (_, three), (_, four) = points
    return one == two == three == four


def line_to(route: Route, end: Point) -> None:
    """Continue a route straight along the flow; a straight end becomes longer.

    >>> route = [(0.0, 0.0)]
    >>> line_to(route, (30.0, 0.0))
    >>> route
    [(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0)]
    """
    if len(route) > 3 and route[-1][1] == end[1] and is_level(route[-4:]):
        del route[-3:]
    start = route[-1]
    if end[0] > start[0]:
        third = (end[0] - start[0]) / 3
        route += [(start[0] + third, start[1]), (end[0] - third, end[1]), end]


def spread(wishes: Sequence[float], apart: Sequence[float], room: float) -> list[float]:
    """Return places from -room to room, in order and far enough apart, near to where they are wished.

    Args:
        wishes: the places.
        apart: how far each is from the ones beside it, at least: the mean of theirs.
        room: on both sides of 0; more is taken where it is not enough.

    >>> spread([0.0, 0.0, 30.0], [10.0, 10.0, 10.0], 20.0)
    [-5.0, 5.0, 20.0]
    """
    least = [0.0]
    for one, other in pairwise(apart):
        least.append(least[-1] + (one + other) / 2)
    room = max(room, least[-1] / 2)
    blocks: list[tuple[float, int]] = []
    for wish, needed in zip(wishes, least, strict=True):
        total, count = wish - needed, 1
        while blocks and blocks[-1][0] * count > total * blocks[-1][1]:
            more, others = blocks.pop()
            total, count = total + more, count + others
        blocks.append((total, count))
    places: list[float] = []
    for total, count in blocks:
        start = min(max(total / count, -room), room - least[-1])
        places += [start + needed for needed in least[len(places) : len(places) + count]]
    return places


def _curve_to(route: Route, end: Point) -> None:
    """Continue a route to another coordinate across the flow; it leaves and arrives along the flow."""
    start = route[-1]
    middle = (start[0] + end[0]) / 2
    route += [(middle, start[1]), (middle, end[1]), end]


class _LayeredLayout:
    """The layers of a scope; vertices are its items, then the dummies in the layers that long nets pass."""

    def __init__(self, items: Sequence[Item], nets: Sequence[Net], *, leaves_together: bool) -> None:
        self.items, self.nets = items, nets
        links = [(net.source, sink.item) for net in nets for sink in net.sinks]
        first = {i for i, item in enumerate(items) if item.first}
        last = {i for i, item in enumerate(items) if item.last}
        self.layer_of = assign_layers(len(items), links, first=first, last=last, leaves_together=leaves_together)
        self.before: list[list[Link]] = [[] for _ in items]
        self.tracks = [self._track(net) for net in nets]
        self.layers = reduce_crossings(self.layer_of, self.before)
        count = len(self.layer_of) - len(items)
        breadth = [item.breadth for item in items] + [0.0] * count
        dummy = [item.first or item.last for item in items] + [True] * count
        self.v = assign_coordinates(self.layers, self._neighbours(), breadth, dummy, gap=GAP, dummy_gap=DUMMY_GAP)
        self.offsets = self._meet()
        self.starts = [self._start(n) for n in range(len(nets))]
        self.climbs = [[self._climbs(n, s) for s in range(len(net.sinks))] for n, net in enumerate(nets)]

    def _track(self, net: Net) -> list[int]:
        """Return the vertices that a net passes: its source, then a dummy in each layer before its last end."""
        vertex, part = net.source, self._part(net.source, net.offset)
        track = [vertex]
        for sink in sorted(net.sinks, key=lambda sink: self.layer_of[sink.item]):
            while self.layer_of[vertex] < self.layer_of[sink.item] - 1:
                self.layer_of.append(self.layer_of[vertex] + 1)
                self.before.append([(0.0, part, vertex)])
                vertex, part = len(self.layer_of) - 1, 0.0
                track.append(vertex)
            offset = sink.offset if sink.port is None else sink.port * self.items[sink.item].breadth
            self.before[sink.item].append((self._part(sink.item, offset), part, vertex))
        return track

    def _part(self, item: int, offset: float | None) -> float:
        breadth = self.items[item].breadth
        return offset / (breadth + GAP) if offset and breadth else 0.0

    def _neighbours(self) -> list[list[Neighbour]]:
        """Return for each vertex those before it, and how much farther across it is for a straight link."""
        breadth = [item.breadth + GAP for item in self.items] + [0.0] * (len(self.layer_of) - len(self.items))
        return [
            [(tail, part * breadth[tail] - at * breadth[head]) for at, part, tail in links]
            for head, links in enumerate(self.before)
        ]

    def _meet(self) -> dict[tuple[int, int], float]:
        """Return for each net and sink where it meets its item: in the order of arrival, nearly straight."""
        arrivals: dict[int, list[tuple[float, float, int, int]]] = {}
        offsets = {}
        for n, (net, track) in enumerate(zip(self.nets, self.tracks, strict=True)):
            for s, sink in enumerate(net.sinks):
                if sink.offset is None:
                    vertex = track[self.layer_of[sink.item] - self.layer_of[net.source] - 1]
                    start = self.v[vertex] + (net.offset or 0.0 if vertex == net.source else 0.0)
                    arrivals.setdefault(sink.item, []).append((sink.port or 0.0, start, n, s))
                else:
                    offsets[n, s] = sink.offset
        for item, ends in arrivals.items():
            ends.sort()
            places = self._ports(item, ends)
            for (_, _, n, s), place in zip(ends, places, strict=True):
                offsets[n, s] = place
        return offsets

    def _ports(self, item: int, ends: Sequence[tuple[float, float, int, int]]) -> list[float]:
        """Return where edges meet the side of an item: evenly, but as much nearer as makes them straight."""
        breadth, middle = self.items[item].breadth, self.v[item]
        step = breadth / len(ends)
        places = []
        for i, (_, start, n, _) in enumerate(ends):
            even = (i - (len(ends) - 1) / 2) * step
            net = self.nets[n]
            is_free = len(net.sinks) == 1 and self.layer_of[net.source] == self.layer_of[item] - 1
            play = self._play(n) if is_free else 0.0
            places.append(min(max(even, start - play - middle), start + play - middle))
        apart = [max(SPREAD, self.nets[n].sinks[s].breadth) for _, _, n, s in ends]
        room = max(breadth / 2 - CORNER, (breadth - step) / 2 if len(ends) > 1 else 0.0)
        return spread(places, apart, room)

    def _play(self, n: int) -> float:
        """Return how far from the middle of its source a net may leave it."""
        net = self.nets[n]
        return max(self.items[net.source].breadth / 2 - CORNER, 0.0) if net.offset is None else 0.0

    def _start(self, n: int) -> float:
        """Return where a net leaves its source, from the middle: as near to the median of its ends as it may."""
        net, play = self.nets[n], self._play(n)
        if net.offset is not None:
            return net.offset
        beside = self.layer_of[net.source] + 1
        ends = [
            self.v[sink.item] + self.offsets[n, s]
            for s, sink in enumerate(net.sinks)
            if self.layer_of[sink.item] == beside
        ]
        ends += [self.v[vertex] for vertex in self.tracks[n][1:2]]
        ends.sort()
        middle = (ends[(len(ends) - 1) // 2] + ends[len(ends) // 2]) / 2
        return min(max(middle - self.v[net.source], -play), play)

    # ── coordinates along the flow, and routes ──

    def placement(self) -> Placement:
        """Return the layout."""
        lengths = [
            max((self.items[v].length for v in layer if v < len(self.items)), default=0) for layer in self.layers
        ]
        lanes, gaps = self._gaps()
        starts = [0.0]
        for length, gap in zip(lengths, gaps, strict=True):
            starts.append(starts[-1] + length + gap)
        spans = [(start, start + length) for start, length in zip(starts, lengths, strict=False)]
        u = [sum(spans[layer]) / 2 for layer in self.layer_of[: len(self.items)]]
        sides = [(self.v[i], item.breadth / 2) for i, item in enumerate(self.items)]
        low, high = min(v - half for v, half in sides), max(v + half for v, half in sides)
        low, high = min([low, *self.v]), max([high, *self.v])
        routes = [
            [self._route(n, s, u, spans, lanes) for s in range(len(net.sinks))] for n, net in enumerate(self.nets)
        ]
        return Placement(u, self.v[: len(self.items)], spans[-1][1], high - low, routes)

    def _gaps(self) -> tuple[list[float], list[float]]:
        """Return for each layer the width of the labels at the end of the gap after it, and of the whole gap."""
        lanes = [0.0] * len(self.layers)
        climbs = [0.0] * len(self.layers)
        for n, net in enumerate(self.nets):
            for s, sink in enumerate(net.sinks):
                for layer, start, end in self.climbs[n][s]:
                    climbs[layer] = max(climbs[layer], abs(end - start))
                    lanes[layer] = max(lanes[layer], 0.0 if self.items[sink.item].last else ARROW)
                before = self.layer_of[sink.item] - 1
                lanes[before] = max(lanes[before], sink.label + ARROW)
        gaps = [
            (PORT_GAP if left.first or right.last else LAYER_GAP - ARROW) + lane + min(STEEPNESS * climb, WIDEST)
            for (left, right), lane, climb in zip(
                pairwise(map(self._example, self.layers)), lanes, climbs, strict=False
            )
        ]
        return lanes, [*gaps, 0.0]

    def _example(self, layer: list[int]) -> Item:
        """Return an item of a layer; ports have a layer of their own."""
        return next((self.items[vertex] for vertex in layer if vertex < len(self.items)), Item(0.0, 0.0))

    def _climbs(self, n: int, s: int) -> list[tuple[int, float, float]]:
        """Return for each gap that a route passes the layer before it, and where it starts and ends across."""
        net, track = self.nets[n], self.tracks[n]
        sink = net.sinks[s]
        first, last = self.layer_of[net.source], self.layer_of[sink.item]
        across = [self.v[vertex] for vertex in track[: last - first]]
        across[0] += self.starts[n]
        across.append(self.v[sink.item] + self.offsets[n, s])
        return [(first + i, across[i], across[i + 1]) for i in range(last - first)]

    def _route(self, n: int, s: int, u: Sequence[float], spans: Sequence[Point], lanes: Sequence[float]) -> Route:
        """Return a route: straight through the layers, a curve in each gap."""
        source, sink = self.nets[n].source, self.nets[n].sinks[s].item
        climbs = self.climbs[n][s]
        route = [(u[source] + self.items[source].length / 2, climbs[0][1])]
        for layer, start, end in climbs:
            if start != end:
                line_to(route, (spans[layer][1], start))
                _curve_to(route, (spans[layer + 1][0] - lanes[layer], end))
        line_to(route, (u[sink] - self.items[sink].length / 2, climbs[-1][2]))
        return route
