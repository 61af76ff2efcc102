"""The order of the backward pass: consumers before inputs, leaves apart."""

from __future__ import annotations

from autograd_tiny import Value, dot, exp, no_grad, topological_order
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.backward_order import backward_order


def graph() -> Value:
    """Return a graph with shared nodes, nodes of one, two and many inputs, and several depths."""
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    d = a * b
    e = exp(d) - c * d
    f = sum_of([e, d, a, e, 2.0])
    return dot([f, a, d], [e, f, c], b) + f / (a + c) * a


def test_each_node_comes_once_before_its_inputs() -> None:
    order, leaves = backward_order(graph())
    nodes = order + leaves
    place = {node: k for k, node in enumerate(nodes)}
    assert len(place) == len(nodes)
    assert all(place[child] > place[node] for node in nodes for child in node.inputs)


def test_order_is_reversed_topological_order() -> None:
    root = graph()
    order, leaves = backward_order(root)
    everything = topological_order(root)
    assert order[::-1] == [node for node in everything if node.primitive is not None]
    assert leaves == [node for node in everything if node.primitive is None]


def test_order_of_nodes_that_share_a_tuple() -> None:
    a, b = Value(1.0), Value(2.0)
    shared = (a * b, b, exp(a))
    first = dot(shared, (1.0, 2.0, 3.0), a + b)
    second = dot(shared, (4.0, 5.0, 6.0), first)
    root = dot((second, first), (7.0, 8.0), dot(shared, (0.0, 0.0, 0.0), b))
    order, leaves = backward_order(root)
    everything = topological_order(root)
    assert order[::-1] == [node for node in everything if node.primitive is not None]
    assert leaves == [node for node in everything if node.primitive is None]


def test_order_of_weight_that_depends_on_its_inputs() -> None:
    a, b = Value(1.0), Value(2.0)
    xs = (a * b, exp(b))
    inner = dot((a, b), xs)
    root = dot((inner, dot((b, inner), xs)), xs)
    order, leaves = backward_order(root)
    assert leaves == [a, b]
    assert order[::-1] == [node for node in topological_order(root) if node.primitive is not None]


def test_order_is_depth_first_from_the_left() -> None:
    a, b = Value(1.0), Value(2.0)
    left, right = a + b, b * b
    root = left - right
    assert backward_order(root) == ([root, right, left], [a, b])


def test_order_of_leaf_alone() -> None:
    x = Value(1.0)
    assert backward_order(x) == ([], [x])


def test_unrecorded_node_is_a_leaf() -> None:
    with no_grad():
        x = Value(1.0) * 2.0
    assert backward_order(x) == ([], [x])


def test_traversals_are_independent() -> None:
    a = Value(1.0)
    shared = a * a
    for root in (shared + a, shared - a, shared):
        assert backward_order(root) == backward_order(root)
        assert backward_order(root)[1] == [a]


def test_order_below_several_roots() -> None:
    a, b = Value(1.0), Value(2.0)
    product = a * b
    first, second = product + a, exp(product)
    order, leaves = backward_order(first, second, first, a, product)
    assert (order, leaves) == ([second, first, product], [a, b])
