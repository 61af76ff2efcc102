"""Crossing reduction."""

from __future__ import annotations

import random

from autograd_tiny.diagrams.layout.crossing_reduction import LayerOrder, reduce_crossings
from autograd_tiny.diagrams.layout.layering import assign_layers


def test_tree_has_no_crossings():
    edges = [(2 * k + 1 + side, k) for k in range(31) for side in (0, 1)]
    edges = [(62 - tail, 62 - head) for tail, head in edges]
    layer_of = assign_layers(63, edges)
    incoming = [[(0.0, 0.0, tail) for tail, end in edges if end == head] for head in range(63)]
    found = LayerOrder(layer_of, incoming)
    found.improve()
    assert found.crossings() == 0


def test_crossings_are_counted():
    crossed = [[], [], [(0.0, 0.0, 1)], [(0.0, 0.0, 0)]]
    found = LayerOrder([0, 0, 1, 1], crossed)
    found.take([[0, 1], [2, 3]])
    assert found.crossings() == 1


def test_ports_of_one_box_cross_too():
    links = [[], [], [(0.2, 0.0, 0), (-0.2, 0.0, 1)]]
    assert reduce_crossings([0, 0, 1], links) == [[1, 0], [2]]


def test_order_is_much_better_than_chance():
    source = random.Random(0)
    layer_of = [k // 10 for k in range(100)]
    links = [
        [(0.0, 0.0, source.randrange(k - k % 10 - 10, k - k % 10)) for _ in range(2)] if k > 9 else []
        for k in range(100)
    ]
    first, found = LayerOrder(layer_of, links), LayerOrder(layer_of, links)
    first.layers = [list(range(10 * layer, 10 * layer + 10)) for layer in range(10)]
    for layer in first.layers:
        first._number(layer)
    for layers in [found.improve()]:
        found.layers = layers
        for layer in layers:
            found._number(layer)
    assert 3 * found.crossings() < first.crossings()
    assert found.crossings() <= 219  # 223 where neighbours are exchanged only after the last sweep
