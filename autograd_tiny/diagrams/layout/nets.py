"""What a scope holds, and where it comes to be: items, nets and routes.

Everything is told along the flow (u) and across it (v); who draws from top to bottom swaps the two.

>>> route = [(0.0, 0.0)]
>>> line_to(route, (30.0, 0.0))
>>> route
[(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0)]
"""

from __future__ import annotations

from dataclasses import dataclass, field

from autograd_tiny.diagrams.layout.plan import Point

Route = list[Point]
"""The points of Bézier curves of the third degree: a start, then for each curve two control points and its end."""


@dataclass(slots=True)
class Item:
    """A box, a group, or a port.

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
    """Where a net ends.

    Attributes:
        item: its number.
        offset: from the middle of the item, across the flow; None where the layout may choose.
        label: how much room along the flow the label at this end needs.
    """

    item: int
    offset: float | None = None
    label: float = 0.0


@dataclass(slots=True)
class Net:
    """What flows from one item to its consumers.

    Attributes:
        source: number of the item.
        sinks: its ends, in any order.
        offset: where it leaves the item, from the middle, across the flow.
    """

    source: int
    sinks: list[Sink]
    offset: float = 0.0


@dataclass(slots=True)
class Placed:
    """Where everything is.

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


def line_to(route: Route, end: Point) -> None:
    """Go straight on along the flow."""
    start = route[-1]
    if end[0] > start[0]:
        third = (end[0] - start[0]) / 3
        route += [(start[0] + third, start[1]), (end[0] - third, end[1]), end]


def curve_to(route: Route, end: Point) -> None:
    """Go to another place across the flow, leaving and arriving along it."""
    start = route[-1]
    middle = (start[0] + end[0]) / 2
    route += [(middle, start[1]), (middle, end[1]), end]
