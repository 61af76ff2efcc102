"""A diagram of 1,000 nodes takes less than a second, and the time grows about as the number of nodes.

Two kinds of graph: a narrow one, each node of which uses recent ones, and a wide one, fifty nodes of which wait for
their consumer at any time, so that most edges pass many layers. The time is that of the whole way from the graph to
SVG; the growth is the ratio of the times for four times as many nodes, in one run.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from autograd_tiny import Value, sum
from autograd_tiny.diagrams import to_svg

NODES = 1000


def narrow(count: int) -> Value:
    """Return the root of a graph with about so many nodes, few of them side by side."""
    draw = random.Random(1)
    nodes = [Value(draw.uniform(-2, 2), label=f"x{i}") for i in range(8)]
    while len(nodes) < 4 * count // 3:  # a quarter of these come to nothing
        a, b = draw.choice(nodes[-6:]), draw.choice(nodes[-14:])
        nodes.append(draw.choice([a + b, a - b, a * b, a.tanh()]))
    return sum(nodes[-14:])  # type: ignore[no-any-return]


def wide(count: int) -> Value:
    """Return the root of a graph with about so many nodes, fifty of which wait for their consumer at any time."""
    draw = random.Random(3)
    waiting = [Value(1.0, label=f"x{i}") for i in range(50)]
    for i in range(50, 2 * count // 3):  # every other step makes two
        a, b = waiting.pop(draw.randrange(len(waiting))), draw.choice(waiting)
        waiting.append(draw.choice([a + b, a * b, a - b]) if i % 2 else Value(1.0, label=f"x{i}") * a)
    return sum(waiting)  # type: ignore[no-any-return]


def seconds(root: Value) -> float:
    """Return the least processor time of three drawings."""
    times = []
    for _ in range(3):
        start = process_time()
        to_svg(root, cap=10 * NODES)
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("build", [narrow, wide])
def test_thousand_nodes_take_less_than_a_second(build: Callable[[int], Value], benchmark: BenchmarkFixture) -> None:
    root = build(NODES)
    benchmark.group = "diagrams"
    benchmark.pedantic(to_svg, args=(root,), kwargs={"cap": 10 * NODES}, rounds=3)  # type: ignore[no-untyped-call]
    assert seconds(root) < 1.0


@pytest.mark.parametrize("build", [narrow, wide])
def test_drawing_time_grows_with_the_nodes(build: Callable[[int], Value]) -> None:
    assert seconds(build(2 * NODES)) / seconds(build(NODES // 2)) < 6.5
