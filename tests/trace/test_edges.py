"""The edges of a graph: which there are, in which order, and which lead into a node."""

from __future__ import annotations

import autograd_tiny as at
from autograd_tiny import Value, topological_order
from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.trace.edges import Edges


def diamond() -> tuple[Value, Edges]:
    """Return a and the edges of (a * a) + (a * 2), whose nodes are a, a * a, a * 2 and the sum."""
    a = Value(3.0)
    return a, Edges(a * a + a * 2.0)


def test_nodes_are_in_topological_order_and_know_their_place() -> None:
    a, edges = diamond()
    assert edges.nodes == topological_order(edges.nodes[-1])
    assert edges.nodes[0] is a
    assert [edges.index[node] for node in edges.nodes] == [0, 1, 2, 3]


def test_edges_go_from_the_root_down_in_the_order_of_the_inputs() -> None:
    _, edges = diamond()
    assert list(zip(edges.source, edges.target, strict=True)) == [(3, 1), (3, 2), (2, 0), (1, 0), (1, 0)]
    assert len(edges) == 5


def test_the_nodes_hand_down_in_the_order_of_backward() -> None:
    xs = [Value(1.0), Value(2.0)]
    h = at.dot(xs, [xs[1], xs[0]], xs[0]) * xs[1]
    root = at.sum([h, h.exp(), xs[0]]) - h
    edges = Edges(root)
    assert list(dict.fromkeys(edges.source)) == [edges.index[node] for node in backward_order(root)[0]]


def test_each_recorded_node_knows_its_first_edge() -> None:
    _, edges = diamond()
    assert list(edges.recorded) == [1, 2, 3]
    assert [edges.first[z] for z in edges.recorded] == [3, 2, 0]


def test_the_edges_into_a_node_come_in_their_order() -> None:
    _, edges = diamond()
    assert [list(edges.into(x)) for x in range(4)] == [[2, 3, 4], [0], [1], []]


def test_the_latest_edge_before_another_is_found() -> None:
    _, edges = diamond()
    assert [edges.latest_into(0, end) for end in range(7)] == [None, None, None, 2, 3, 4, 4]
    assert edges.latest_into(3, 5) is None


def test_a_leaf_has_no_edges() -> None:
    edges = Edges(Value(1.0))
    assert (len(edges), len(edges.nodes), list(edges.recorded), list(edges.into(0))) == (0, 1, [], [])
