"""Groups in groups: each is laid out by itself, then stands as one box in what surrounds it.

So a group never overlaps a box or a group that is not in it, and no edge runs through either: an edge meets the
border of a group only where it enters or leaves.

>>> plan = layout([(40.0, 20.0)] * 3, [(0, 2), (1, 2)])
>>> [(box.x, box.y) for box in plan.boxes]
[(0.0, 0.0), (0.0, 38.0), (76.24, 19.0)]
>>> plan.edges[0][0], plan.edges[0][-1]
((40.0, 10.0), (76.24, 24.0))
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from autograd_tiny.diagrams.layout.nets import Item, Net, Placed, Route, Sink, line_to
from autograd_tiny.diagrams.layout.plan import Box, Layout, Point
from autograd_tiny.diagrams.layout.scope import place

WHOLE: Final = -1
"""The scope around all groups."""
PADDING: Final = 12.0
"""Between the border of a group and what is in it."""
HEADER: Final = 18.0
"""Room for the title of a group, above what is in it."""
PORT: Final = 7.0
"""How much of its side a box has for each edge that arrives, at least."""


def layout(  # noqa: PLR0917 - the arguments are parallel lists
    sizes: Sequence[Point],
    edges: Sequence[tuple[int, int]],
    group_of: Sequence[int] = (),
    parents: Sequence[int] = (),
    titles: Sequence[float] = (),
    labels: Sequence[Point] = (),
    *,
    direction: str = "LR",
    leaves_together: bool = False,
) -> Layout:
    """Return where the boxes, groups and edges of a graph are.

    Args:
        sizes: width and height of each node's box; it becomes higher (for TB wider) where many edges arrive.
        edges: from which node to which, both by number, in the order of the operands; the same pair may come twice.
        group_of: for each node the number of its group, -1 for none.
        parents: for each group the number of the group around it, a smaller one, or -1.
        titles: for each group the width of its title.
        labels: for each edge the width and height of the label at its end, (0, 0) for none.
        direction: "LR" flows from left to right, "TB" from top to bottom.
        leaves_together: whether all leaves are in one column, or row.

    Raises:
        CycleError: the edges, or the groups, feed one another in a circle.
    """
    nesting = _Nesting(
        [_turn(size, direction) for size in sizes],
        edges,
        group_of or [WHOLE] * len(sizes),
        parents,
        titles or [0.0] * len(parents),
        [_turn(label, direction) for label in labels] or [(0.0, 0.0)] * len(edges),
        direction,
    )
    nesting.place(leaves_together=leaves_together)
    return nesting.finish()


def _turn(pair: Point, direction: str) -> Point:
    """Change between (x, y) and (along, across the flow)."""
    return pair if direction == "LR" else pair[::-1]


Member = tuple[str, int]
"""What a scope holds: ("node", its number), ("group", its number), ("in" or "out", the tail of the net)."""
End = tuple[str, int, int]
"""Where a net ends in a scope: a member, and for a node the edge, else -1."""


class _Scope:
    """What a group holds, and the whole: members, and nets by the node that they come from."""

    def __init__(self) -> None:
        self.members: dict[Member, int] = {}
        self.nets: dict[int, int] = {}
        self.sources: dict[int, Member] = {}
        self.ends: dict[int, dict[End, int]] = {}
        self.placed = Placed()

    def number(self, member: Member) -> int:
        """Return the number of a member, a new one if it is new."""
        return self.members.setdefault(member, len(self.members))

    def connect(self, tail: int, source: Member, end: End) -> None:
        """Let the net of a node end here too."""
        self.nets.setdefault(tail, len(self.nets))
        self.sources[tail] = source
        for member in (source, end[:2]):
            self.number(member)
        ends = self.ends.setdefault(tail, {})
        ends.setdefault(end, len(ends))


class _Nesting:
    """A layout in the making. Sizes and labels are along and across the flow."""

    def __init__(  # noqa: PLR0917 - the arguments are parallel lists
        self,
        sizes: Sequence[Point],
        edges: Sequence[tuple[int, int]],
        group_of: Sequence[int],
        parents: Sequence[int],
        titles: Sequence[float],
        labels: Sequence[Point],
        direction: str,
    ) -> None:
        self.edges, self.group_of, self.parents = edges, group_of, parents
        self.labels, self.titles, self.direction = labels, titles, direction
        self.header = _turn((0.0, HEADER), direction)
        self.sizes = _with_room_for_edges(sizes, edges, labels)
        self.scopes = {scope: _Scope() for scope in range(WHOLE, len(parents))}
        for group, parent in enumerate(parents):
            self.scopes[parent].number(("group", group))
        for node, scope in enumerate(group_of):
            self.scopes[scope].number(("node", node))
        self.paths = [self._connect(edge) for edge in range(len(edges))]
        self.group_sizes: list[Point] = [(0.0, 0.0)] * len(parents)

    def _connect(self, edge: int) -> list[tuple[int, End]]:
        """Let an edge pass every scope on its way, and return these with the ends of its pieces."""
        tail, head = self.edges[edge]
        outwards, inwards = self._around(self.group_of[tail]), self._around(self.group_of[head])
        common = next(scope for scope in outwards if scope in inwards)
        pieces: list[tuple[int, Member, End]] = []
        source: Member = ("node", tail)
        for scope in outwards[: outwards.index(common)]:
            pieces.append((scope, source, ("out", tail, -1)))
            source = ("group", scope)
        for scope, inner in pairwise(inwards[inwards.index(common) :: -1]):
            pieces.append((scope, source, ("group", inner, -1)))
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
        for group in range(len(self.parents) - 1, WHOLE, -1):
            placed = self._place(group, leaves_together=leaves_together)
            along, across = (
                placed.length + 2 * PADDING + self.header[0],
                placed.breadth + 2 * PADDING + self.header[1],
            )
            title = _turn((self.titles[group] + 2 * PADDING, 0.0), self.direction)
            self.group_sizes[group] = max(along, title[0]), max(across, title[1])
        self._place(WHOLE, leaves_together=leaves_together)

    def _place(self, number: int, *, leaves_together: bool) -> Placed:
        scope = self.scopes[number]
        nets = [
            Net(
                scope.members[source],
                [self._sink(scope, tail, end) for end in scope.ends[tail]],
                self._port_offset(source, "out", tail),
            )
            for tail, source in scope.sources.items()
        ]
        scope.placed = place([self._item(member) for member in scope.members], nets, leaves_together=leaves_together)
        return scope.placed

    def _item(self, member: Member) -> Item:
        kind, number = member
        if kind == "node":
            return Item(*self.sizes[number])
        if kind == "group":
            return Item(*self.group_sizes[number])
        return Item(0.0, PORT, first=kind == "in", last=kind == "out")

    def _sink(self, scope: _Scope, tail: int, end: End) -> Sink:
        kind, number, edge = end
        if kind == "node":
            return Sink(scope.members[kind, number], None, self.labels[edge][0])
        return Sink(scope.members[kind, number], self._port_offset((kind, number), "in", tail))

    def _port_offset(self, member: Member, side: str, tail: int) -> float:
        """Return where a net meets a group, from the middle of its side; other members are met in the middle."""
        if member[0] != "group":
            return 0.0
        inner = self.scopes[member[1]]
        return inner.placed.v[inner.members[side, tail]] + self.header[1] / 2

    # ── from the outside in: coordinates ──

    def finish(self) -> Layout:
        """Return the layout."""
        whole = self.scopes[WHOLE].placed
        origins: dict[int, Point] = {WHOLE: (0.0, whole.breadth / 2)}
        groups = []
        for group, parent in enumerate(self.parents):
            middle = self._middle(parent, ("group", group), origins)
            along, _ = self.group_sizes[group]
            origins[group] = (middle[0] - along / 2 + PADDING + self.header[0], middle[1] + self.header[1] / 2)
            groups.append(self._box(middle, self.group_sizes[group]))
        boxes = [
            self._box(self._middle(scope, ("node", node), origins), self.sizes[node])
            for node, scope in enumerate(self.group_of)
        ]
        edges = [
            tuple(_turn((_round(u), _round(v)), self.direction) for u, v in self._route(edge, origins))
            for edge in range(len(self.edges))
        ]
        width, height = _turn((whole.length, whole.breadth), self.direction)
        return Layout(_round(width), _round(height), tuple(boxes), tuple(groups), tuple(edges))

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
                line_to(route, piece[0])
                route += piece[1:]
            else:
                route = piece
        return route


def _with_room_for_edges(
    sizes: Sequence[Point], edges: Sequence[tuple[int, int]], labels: Sequence[Point]
) -> list[Point]:
    """Return the sizes, made greater across the flow where many edges arrive."""
    needed = [0.0] * len(sizes)
    for (_, head), (_, across) in zip(edges, labels, strict=True):
        needed[head] += max(PORT, across)
    return [(along, max(across, more)) for (along, across), more in zip(sizes, needed, strict=True)]


def _round(number: float) -> float:
    return round(number, 2)
