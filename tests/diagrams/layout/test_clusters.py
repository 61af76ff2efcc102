"""Layouts checked by their geometry: nothing overlaps, no edge runs through a box, clusters hold their boxes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_tiny.diagrams.errors import CycleError
from autograd_tiny.diagrams.layout import Box, Layout, layout
from tests.diagrams.geometry import along, faults

both_directions = pytest.mark.parametrize("direction", ["LR", "TB"])


@st.composite
def graphs(draw, most=14):
    """Draw sizes and edges of a graph; the same edge may come twice."""
    count = draw(st.integers(1, most))
    sizes = draw(st.lists(st.tuples(st.floats(4, 160), st.floats(4, 90)), min_size=count, max_size=count))
    edges = []
    for head in range(1, count):
        edges += [(tail, head) for tail in draw(st.lists(st.integers(0, head - 1), max_size=3))]
    return sizes, edges


@st.composite
def clustered_graphs(draw):
    """Draw a graph and clusters of consecutive boxes, so that no two of them feed each other."""
    sizes, edges = draw(graphs())
    parents, cluster_of = [], []
    outer = inner = -1
    for _ in sizes:
        step = draw(st.sampled_from(["stay", "leave", "outer", "inner"]))
        if step == "leave":
            outer = inner = -1
        if step == "outer":
            parents.append(-1)
            outer = inner = len(parents) - 1
        if step == "inner" and outer != -1:
            parents.append(outer)
            inner = len(parents) - 1
        cluster_of.append(inner)
    return sizes, edges, cluster_of, parents


@pytest.mark.no_cover
@settings(max_examples=80, deadline=None)
@given(graphs(), st.sampled_from(["LR", "TB"]), st.booleans())
def test_boxes_and_edges_do_not_overlap(graph, direction, leaves_together):
    sizes, edges = graph
    plan = layout(sizes, edges, direction=direction, leaves_together=leaves_together)
    assert (faults(plan, edges, direction=direction)) == []


@pytest.mark.no_cover
@settings(max_examples=80, deadline=None)
@given(clustered_graphs(), st.sampled_from(["LR", "TB"]))
def test_clusters_hold_only_their_boxes(graph, direction):
    sizes, edges, cluster_of, parents = graph
    try:
        plan = layout(sizes, edges, cluster_of, parents, [70.0] * len(parents), direction=direction)
    except CycleError:  # an outer cluster that continues behind one of its inner clusters
        return
    assert (faults(plan, edges, cluster_of, parents, direction)) == []


@settings(max_examples=60, deadline=None)
@given(graphs(), st.sampled_from(["LR", "TB"]))
def test_labels_of_edges_do_not_overlap(graph, direction):
    sizes, edges = graph
    plan = layout(sizes, edges, labels=[(30.0, 14.0)] * len(edges), direction=direction)
    assert (faults(plan, edges, direction=direction)) == []
    across, along = (1, 14.0) if direction == "LR" else (0, 30.0)
    ends: dict[int, list[float]] = {}
    for (_, head), points in zip(edges, plan.edges, strict=True):
        ends.setdefault(head, []).append(points[-1][across])
    for places in ends.values():
        places.sort()
        assert all(later - earlier >= along - 0.02 for earlier, later in pairwise(places))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_top_down_is_left_to_right_turned(graph):
    sizes, edges = graph
    turned = layout([size[::-1] for size in sizes], edges, direction="TB")
    plan = layout(sizes, edges, direction="LR")
    assert [(box.y, box.x, box.height, box.width) for box in turned.boxes] == [tuple(box) for box in plan.boxes]


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_same_graph_has_same_layout(graph):
    assert layout(*graph) == layout(*graph)


def test_planted_fault_is_found():
    sizes, edges = [(40.0, 20.0)] * 3, [(0, 1), (1, 2)]
    plan = layout(sizes, edges)
    assert (faults(plan, edges)) == []
    first, second, third = plan.boxes
    moved = replace(plan, boxes=(first, second, second))
    assert "boxes 1 and 2 overlap, or nearly" in (faults(moved, edges))
    assert "edge 1 does not end at the side of its head" in (faults(moved, edges))
    straight = ((40.0, 10.0), (60.0, 10.0), (100.0, 10.0), (third.x, 10.0))
    assert "edge 0 runs through box 1" in list(
        faults(replace(plan, edges=(straight, plan.edges[1])), [(0, 2), (1, 2)])
    )


def test_planted_fault_of_a_cluster_is_found():
    plan = Layout(100.0, 50.0, (Box(0, 0, 10, 10), Box(50, 0, 10, 10)), (Box(40, 0, 9, 9), Box(42, 1, 20, 8)), ())
    assert set(faults(plan, [], [-1, 0], [-1, -1])) == {
        "box 1 is not in its frame 0",
        "box 1 overlaps the frame 1",
        "frames 0 and 1 overlap",
    }


def test_empty_graph_has_an_empty_layout():
    assert layout([], []) == Layout(0.0, 0.0, (), (), ())


@both_directions
def test_empty_cluster_is_as_wide_as_its_title(direction):
    plan = layout([(10.0, 10.0)], [], [-1], [-1], [80.0], direction=direction)
    assert plan.clusters[0].width >= 80.0


@both_directions
def test_two_edges_between_same_boxes_stay_two(direction):
    plan = layout([(40.0, 30.0)] * 2, [(0, 1), (0, 1)], direction=direction)
    one, other = plan.edges
    assert one[0] == other[0]
    assert one[-1] != other[-1]


def test_chain_is_one_straight_line():
    plan = layout([(40.0, 20.0)] * 5, [(0, 1), (1, 2), (2, 3), (3, 4)])
    assert {box.y for box in plan.boxes} == {0.0}
    assert {y for points in plan.edges for _, y in points} == {10.0}


def test_chain_through_clusters_is_one_straight_line():
    sizes, edges = [(40.0, 20.0)] * 5, [(0, 1), (1, 2), (2, 3), (3, 4)]
    plan = layout(sizes, edges, [-1, 0, 1, -1, 2], [-1, 0, -1], [10.0] * 3)
    assert len({y for points in plan.edges for _, y in points}) == 1


def test_cycle_is_rejected():
    with pytest.raises(CycleError, match="3 boxes cannot be sorted topologically") as caught:
        layout([(1.0, 1.0)] * 4, [(0, 1), (1, 2), (2, 1), (2, 3)])
    assert caught.value.count == 3


def test_clusters_on_a_cycle_are_rejected():
    with pytest.raises(CycleError):
        layout([(1.0, 1.0)] * 3, [(0, 1), (1, 2)], [0, -1, 0], [-1])


def test_long_edge_is_straight_beside_boxes():
    sizes = [(40.0, 20.0)] * 6
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)]
    plan = layout(sizes, edges)
    assert len({round(y, 6) for x, y in along(plan.edges[5]) if plan.boxes[1].x <= x <= plan.boxes[4].x}) == 1


@both_directions
def test_operands_of_ordered_nodes_arrive_in_their_order(direction):
    """Also where the other order would have fewer crossings, and through clusters."""
    across = 1 if direction == "LR" else 0
    edges = [(0, 3), (1, 3), (1, 4), (0, 4), (3, 5), (4, 5), (2, 5)]
    for cluster_of in ([], [-1, -1, -1, 0, 0, -1]):
        plan = layout([(40.0, 40.0)] * 6, edges, cluster_of, [-1], ordered=[True] * 6, direction=direction)
        assert faults(plan, edges, cluster_of, [-1], direction) == []
        ends = [points[-1][across] for points in plan.edges]
        assert ends[0] < ends[1]
        assert ends[2] < ends[3]
        assert ends[4] < ends[5] < ends[6]
