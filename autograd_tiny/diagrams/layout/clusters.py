"""Lay out a graph with nested clusters: each is laid out by itself, then is one box in the scope around it.

So a cluster never overlaps a box or a cluster that is not in it, and no edge runs through either: an edge meets the
border of a cluster only where it enters or leaves.

>>> plan = layout([(40.0, 20.0)] * 3, [(0, 2), (1, 2)])
>>> [(box.x, box.y) for box in plan.boxes]
[(0.0, 0.0), (0.0, 34.0), (62.96, 17.0)]
>>> plan.edges[0][0], plan.edges[0][-1]
((40.0, 10.0), (62.96, 22.0))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from autograd_tiny.diagrams.layout.sugiyama import (
    Item,
    Net,
    Placement,
    Point,
    Route,
    Sink,
    is_level,
    layered_layout,
    line_to,
)

WHOLE: Final = -1
"""The scope around all clusters."""
PADDING: Final = 8.0
"""Between the border of a cluster and its contents."""
HEADER: Final = 16.0
"""The height of the title of a cluster, above its contents."""
PORT: Final = 7.0
"""How much of its side a box has for each edge that arrives, at least."""

Member = tuple[str, int]
"""A member of a scope: ("node", its number), ("cluster", its number), ("in" or "out", the tail of the net)."""
End = tuple[str, int, int]
"""Where a net ends in a scope: a member, and for a node the edge, else -1."""


class Box(NamedTuple):
    """A rectangle; x and y are its corner on the left and on top."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A diagram as coordinates, in the unit of the sizes; x grows to the right, y downwards.

    Attributes:
        width: of the whole.
        height: of the whole.
        boxes: that of each node.
        clusters: the box of each cluster.
        edges: for each edge the points of cubic Bézier curves: a start, then for each curve two control points and
            its end.
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    clusters: tuple[Box, ...]
    edges: tuple[tuple[Point, ...], ...]


def layout(  # noqa: PLR0917 - the arguments are parallel lists
    sizes: Sequence[Point],
    edges: Sequence[tuple[int, int]],
    cluster_of: Sequence[int] = (),
    parents: Sequence[int] = (),
    titles: Sequence[float] = (),
    labels: Sequence[Point] = (),
    *,
    direction: str = "LR",
    leaves_together: bool = False,
    ordered: Sequence[bool] = (),
) -> Layout:
    """Return the boxes, clusters and edges of a graph as coordinates.

    Args:
        sizes: width and height of each node's box; it becomes higher (for TB wider) where many edges arrive.
        edges: from which node to which, both by number, in the order of the operands; the same pair may come twice.
        cluster_of: for each node the number of its cluster, -1 for none.
        parents: for each cluster the number of the cluster around it, a smaller one, or -1.
        titles: for each cluster the width of its title.
        labels: for each edge the width and height of the label at its end, (0, 0) for none.
        direction: "LR" flows from left to right, "TB" from top to bottom.
        leaves_together: whether all leaves are in one column, or row.
        ordered: for each node whether its edges arrive in their order, the first on top, or at the left.

    Raises:
        CycleError: the edges form a cycle, at least between clusters.
    """
    clustered = _ClusteredLayout(
        [_turn(size, direction) for size in sizes],
        edges,
        cluster_of or [WHOLE] * len(sizes),
        parents,
        titles or [0.0] * len(parents),
        [_turn(label, direction) for label in labels] or [(0.0, 0.0)] * len(edges),
        direction,
        ordered,
    )
    clustered.place(leaves_together=leaves_together)
    return clustered.finish()


def _turn(pair: Point, direction: str) -> Point:
    """Change between (x, y) and (along, across the flow)."""
    return pair if direction == "LR" else pair[::-1]


class _Scope:
    """The members of a cluster, or of the whole, and its nets by the node that they come from."""

    def __init__(self) -> None:
        self.members: dict[Member, int] = {}
        self.nets: dict[int, int] = {}
        self.sources: dict[int, Member] = {}
        self.ends: dict[int, dict[End, int]] = {}
        self.placed = Placement()

    def add(self, member: Member) -> None:
        """Give a member a number, unless it has one."""
        self.members.setdefault(member, len(self.members))

    def connect(self, tail: int, source: Member, end: End) -> None:
        """Add an end to the net of a node."""
        self.nets.setdefault(tail, len(self.nets))
        self.sources[tail] = source
        for member in (source, end[:2]):
            self.add(member)
        ends = self.ends.setdefault(tail, {})
        ends.setdefault(end, len(ends))


class _ClusteredLayout:
    """The layout while it is made. Sizes and labels are along and across the flow."""

    def __init__(  # noqa: PLR0917 - the arguments are parallel lists
        self,
        sizes: Sequence[Point],
        edges: Sequence[tuple[int, int]],
        cluster_of: Sequence[int],
        parents: Sequence[int],
        titles: Sequence[float],
        labels: Sequence[Point],
        direction: str,
        ordered: Sequence[bool],
    ) -> None:
        self.edges, self.cluster_of, self.parents = edges, cluster_of, parents
        self.labels, self.titles, self.direction = labels, titles, direction
        self.header = _turn((0.0, HEADER), direction)
        self.ports = _ports(edges, ordered)
        self.sizes = _with_room_for_edges(sizes, edges, labels)
        self.scopes = {scope: _Scope() for scope in range(WHOLE, len(parents))}
        for cluster, parent in enumerate(parents):
            self.scopes[parent].add(("cluster", cluster))
        for node, scope in enumerate(cluster_of):
            self.scopes[scope].add(("node", node))
        self.paths = [self._connect(edge) for edge in range(len(edges))]
        self.cluster_sizes: list[Point] = [(0.0, 0.0)] * len(parents)

    def _connect(self, edge: int) -> list[tuple[int, End]]:
        """Connect an edge in every scope that it passes, and return these with the ends of its pieces."""
        tail, head = self.edges[edge]
        outwards, inwards = self._around(self.cluster_of[tail]), self._around(self.cluster_of[head])
        common = next(scope for scope in outwards if scope in inwards)
        pieces: list[tuple[int, Member, End]] = []
        source: Member = ("node", tail)
        for scope in outwards[: outwards.index(common)]:
            pieces.append((scope, source, ("out", tail, -1)))
            source = ("cluster", scope)
        for scope, inner in pairwise(inwards[inwards.index(common) :: -1]):
            pieces.append((scope, source, ("cluster", inner, -1)))
            source = ("in", tail)
        pieces.append((inwards[0], source, ("node", head, edge)))
        for scope, start, end in pieces:
            self.scopes[scope].connect(tail, start, end)
        return [(scope, end) for scope, _, end in pieces]

    def _around(self, scope: int) -> list[int]:
        """Return a scope and those around it, the innermost first."""
        chain = [scope]
        while chain[-1] != WHOLE:
            chain.append(self.parents[chain[-1]])
        return chain

    # ── from the inside out: sizes ──

    def place(self, *, leaves_together: bool) -> None:
        """Lay out every scope, the innermost first."""
        for cluster in range(len(self.parents) - 1, WHOLE, -1):
            placed = self._place(cluster, leaves_together=leaves_together)
            along = placed.length + 2 * PADDING + self.header[0]
            across = placed.breadth + 2 * PADDING + self.header[1]
            title = _turn((self.titles[cluster] + 2 * PADDING, 0.0), self.direction)
            self.cluster_sizes[cluster] = max(along, title[0]), max(across, title[1])
        self._place(WHOLE, leaves_together=leaves_together)

    def _place(self, number: int, *, leaves_together: bool) -> Placement:
        scope = self.scopes[number]
        nets = [
            Net(
                scope.members[source],
                [self._sink(scope, tail, end) for end in scope.ends[tail]],
                self._port_offset(source, "out", tail) if source[0] == "cluster" else None,
            )
            for tail, source in scope.sources.items()
        ]
        items = [self._item(member) for member in scope.members]
        scope.placed = layered_layout(items, nets, leaves_together=leaves_together)
        return scope.placed

    def _item(self, member: Member) -> Item:
        kind, number = member
        if kind == "node":
            return Item(*self.sizes[number])
        if kind == "cluster":
            return Item(*self.cluster_sizes[number])
        return Item(0.0, PORT, first=kind == "in", last=kind == "out")

    def _sink(self, scope: _Scope, tail: int, end: End) -> Sink:
        kind, number, edge = end
        if kind == "node":
            return Sink(scope.members[kind, number], None, *self.labels[edge], self.ports.get(edge))
        return Sink(scope.members[kind, number], self._port_offset((kind, number), "in", tail))

    def _port_offset(self, member: Member, side: str, tail: int) -> float:
        """Return where a net meets a cluster, from the middle of its side; it meets other members in the middle."""
        if member[0] != "cluster":
            return 0.0
        inner = self.scopes[member[1]]
        return inner.placed.v[inner.members[side, tail]] + self.header[1] / 2

    # ── from the outside in: coordinates ──

    def finish(self) -> Layout:
        """Return the layout."""
        whole = self.scopes[WHOLE].placed
        origins: dict[int, Point] = {WHOLE: (0.0, whole.breadth / 2)}
        clusters = []
        for cluster, parent in enumerate(self.parents):
            middle = self._middle(parent, ("cluster", cluster), origins)
            along, _ = self.cluster_sizes[cluster]
            origins[cluster] = (middle[0] - along / 2 + PADDING + self.header[0], middle[1] + self.header[1] / 2)
            clusters.append(self._box(middle, self.cluster_sizes[cluster]))
        boxes = [
            self._box(self._middle(scope, ("node", node), origins), self.sizes[node])
            for node, scope in enumerate(self.cluster_of)
        ]
        routes = [[(round(u, 2), round(v, 2)) for u, v in self._route(i, origins)] for i in range(len(self.edges))]
        edges = [tuple(route if self.direction == "LR" else [(v, u) for u, v in route]) for route in routes]
        width, height = _turn((whole.length, whole.breadth), self.direction)
        return Layout(_round(width), _round(height), tuple(boxes), tuple(clusters), tuple(edges))

    def _middle(self, number: int, member: Member, origins: dict[int, Point]) -> Point:
        scope, origin = self.scopes[number], origins[number]
        item = scope.members[member]
        return origin[0] + scope.placed.u[item], origin[1] + scope.placed.v[item]

    def _box(self, middle: Point, size: Point) -> Box:
        (x, y), (width, height) = _turn(middle, self.direction), _turn(size, self.direction)
        return Box(_round(x - width / 2), _round(y - height / 2), _round(width), _round(height))

    def _route(self, edge: int, origins: dict[int, Point]) -> Route:
        """Return the pieces of an edge in all scopes that it passes, joined."""
        tail = self.edges[edge][0]
        route: Route = []
        for number, end in self.paths[edge]:
            scope, (u, v) = self.scopes[number], origins[number]
            piece = [(u + x, v + y) for x, y in scope.placed.routes[scope.nets[tail]][scope.ends[tail][end]]]
            if route:
                straight = 3 if len(piece) > 3 and is_level(piece[:4]) else 0
                line_to(route, piece[straight])
                route += piece[straight + 1 :]
            else:
                route = piece
        return route


def _ports(edges: Sequence[tuple[int, int]], ordered: Sequence[bool]) -> dict[int, float]:
    """Return for each edge to a node that has an order where it arrives, as a part of the side, from -0.5 to 0.5.

    >>> _ports([(0, 2), (1, 2), (2, 3)], [False, False, True, False])
    {0: -0.25, 1: 0.25}
    """
    arriving: dict[int, list[int]] = {}
    for edge, (_, head) in enumerate(edges):
        if ordered and ordered[head]:
            arriving.setdefault(head, []).append(edge)
    return {edge: (i + 0.5) / len(some) - 0.5 for some in arriving.values() for i, edge in enumerate(some)}


def _with_room_for_edges(
    sizes: Sequence[Point], edges: Sequence[tuple[int, int]], labels: Sequence[Point]
) -> list[Point]:
    """Return the sizes, enlarged across the flow where many edges arrive."""
    needed = [0.0] * len(sizes)
    for (_, head), (_, across) in zip(edges, labels, strict=True):
        needed[head] += max(PORT, across)
    return [(along, max(across, more)) for (along, across), more in zip(sizes, needed, strict=True)]


def _round(number: float) -> float:
    return round(number, 2)
