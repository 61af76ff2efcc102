"""Layered layout of one scope."""

from __future__ import annotations

from itertools import pairwise

from autograd_tiny.diagrams.layout.sugiyama import Item, Net, Sink, layered_layout, line_to


def test_scope_can_have_only_ports():
    placed = layered_layout([Item(0.0, 7.0, first=True), Item(0.0, 7.0, last=True)], [Net(0, [Sink(1, 0.0)])])
    assert placed.routes[0][0][0] == (0.0, 0.0)


def test_empty_scope_has_no_size():
    assert layered_layout([], []).length == 0.0


def test_edge_is_straight_where_the_sides_of_its_boxes_are_opposite():
    """Two leaves, each a little higher or lower than where its edge arrives."""
    items = [Item(40.0, 60.0), Item(40.0, 60.0), Item(40.0, 60.0)]
    placed = layered_layout(items, [Net(0, [Sink(2)]), Net(1, [Sink(2)])])
    climbs = [abs(route[-1][1] - route[0][1]) for (route,) in placed.routes]
    assert placed.v[1] - placed.v[0] == 74.0
    assert max(climbs) < 8.0  # 22 from middle to even ports


def test_ends_of_edges_keep_their_distance():
    items = [Item(40.0, 20.0) for _ in range(4)]
    placed = layered_layout(items, [Net(tail, [Sink(3, breadth=15.0)]) for tail in range(3)])
    ends = sorted(route[-1][1] for (route,) in placed.routes)
    assert all(later - earlier >= 15.0 for earlier, later in pairwise(ends))


def test_straight_end_of_a_route_becomes_longer():
    route = [(0.0, 0.0)]
    line_to(route, (15.0, 0.0))
    line_to(route, (30.0, 0.0))
    assert route == [(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0)]
