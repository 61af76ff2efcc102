"""The numbers of a pass: those of the graph bit by bit, and those with another number for a leaf."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value, topological_order
from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.errors import StaleDataError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace.passes import Edges, changed_pass, differ, recorded_pass
from tests.operands import OPERATORS

EXTREMES = [0.0, -0.0, 1.0, -2.5, 3.0, 1e300, -1e300, 5e-324, math.inf, -math.inf, math.nan]


@pytest.mark.no_cover
@pytest.mark.parametrize("compute", OPERATORS)
def test_operators_repeat_bit_for_bit(compute: Callable[[Any, Any], Any]) -> None:
    for x, y in itertools.product([*EXTREMES, 2, 1, 0, -1, 7], repeat=2):
        for operands in ((Value(x), Value(y)), (Value(x), y), (x, Value(y))):
            recorded_pass(Edges(compute(*operands)))


@pytest.mark.no_cover
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.list_positions])
def test_every_primitive_repeats_bit_for_bit(name: str) -> None:
    row = TABLE[name]
    for numbers in itertools.product(EXTREMES, repeat=row.arity):
        recorded_pass(Edges(row(*map(Value, numbers))))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.list_positions])
def test_every_primitive_of_lists_repeats_bit_for_bit(name: str) -> None:
    row = TABLE[name]
    for numbers in itertools.product(EXTREMES, repeat=2):
        operands = [list(map(Value, numbers)) if many else 1.0 for many in row.takes_list]
        recorded_pass(Edges(row(*operands)))


@pytest.mark.no_cover
def test_sum_and_dot_repeat_bit_for_bit() -> None:
    for numbers in itertools.product(EXTREMES, repeat=3):
        xs = list(map(Value, numbers))
        recorded_pass(Edges(at.sum(xs)))
        recorded_pass(Edges(at.dot(xs, list(numbers), xs[0])))
        recorded_pass(Edges(at.dot(xs, xs[::-1])))


def test_change_of_one_bit_is_seen() -> None:
    a = Value(1.0)
    root = a + 2.0
    a.data = 1.0 + 2.0**-51
    with pytest.raises(StaleDataError) as caught:
        recorded_pass(Edges(root))
    assert caught.value.primitive == "add"


def test_only_later_nodes_are_computed_again() -> None:
    a, b = Value(2.0), Value(3.0)
    edges = Edges(a.exp() * b)
    before = recorded_pass(edges)
    after = changed_pass(edges, before, edges.index[b], 4.0)
    assert list(after.values) == [2.0, math.exp(2.0), 4.0, math.exp(2.0) * 4.0]
    assert list(before.values) == [2.0, math.exp(2.0), 3.0, math.exp(2.0) * 3.0]


@pytest.mark.parametrize(
    ("x", "y", "different"),
    [(1.0, 1.0, False), (1.0, 2.0, True), (math.nan, math.nan, False), (math.nan, 1.0, True), (1.0, math.nan, True)],
)
def test_nan_differs_only_from_numbers(x: float, y: float, different: bool) -> None:
    assert differ(x, y) is different


# ── edges ───────────────────────────────────────────────────────────────────────────────────────────────────────


def diamond() -> tuple[Value, Edges]:
    """Return a and the edges of (a * a) + (a * 2), whose nodes are a, a * a, a * 2 and the sum."""
    a = Value(3.0)
    return a, Edges(a * a + a * 2.0)


def test_nodes_are_in_topological_order() -> None:
    a, edges = diamond()
    assert edges.nodes == topological_order(edges.nodes[-1])
    assert edges.nodes[0] is a
    assert [edges.index[node] for node in edges.nodes] == [0, 1, 2, 3]


def test_edges_follow_the_order_of_inputs() -> None:
    _, edges = diamond()
    assert list(zip(edges.source, edges.target, strict=True)) == [(3, 1), (3, 2), (2, 0), (1, 0), (1, 0)]
    assert len(edges) == 5


def test_edges_follow_the_order_of_backward() -> None:
    xs = [Value(1.0), Value(2.0)]
    h = at.dot(xs, [xs[1], xs[0]], xs[0]) * xs[1]
    root = at.sum([h, h.exp(), xs[0]]) - h
    edges = Edges(root)
    assert list(dict.fromkeys(edges.source)) == [edges.index[node] for node in backward_order(root)[0]]


def test_recorded_node_has_its_first_edge() -> None:
    _, edges = diamond()
    assert list(edges.recorded) == [1, 2, 3]
    assert [edges.first[z] for z in edges.recorded] == [3, 2, 0]


def test_edges_into_a_node_are_in_order() -> None:
    _, edges = diamond()
    assert [list(edges.into(x)) for x in range(4)] == [[2, 3, 4], [0], [1], []]


def test_latest_edge_before_another_is_found() -> None:
    _, edges = diamond()
    assert [edges.latest_into(0, end) for end in range(7)] == [None, None, None, 2, 3, 4, 4]
    assert edges.latest_into(3, 5) is None


def test_leaf_has_no_edges() -> None:
    edges = Edges(Value(1.0))
    assert (len(edges), len(edges.nodes), list(edges.recorded), list(edges.into(0))) == (0, 1, [], [])


def test_dependents_are_those_of_the_graph() -> None:
    draw = random.Random(5)
    nodes: list[Any] = [Value(draw.random()) for _ in range(4)]
    for _ in range(30):
        x, y = draw.choice(nodes), draw.choice(nodes)
        nodes.append(draw.choice([x * y, x + y, at.sum([x, y, x]), x - 1.0]))
    edges = Edges(at.sum(nodes))
    for x, node in enumerate(edges.nodes):
        depend = [z for z, other in enumerate(edges.nodes) if other is not node and node in topological_order(other)]
        assert edges.dependents(x) == depend
