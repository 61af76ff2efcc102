"""Layer assignment."""

from __future__ import annotations

from autograd_tiny.diagrams.layout.layering import assign_layers


def test_leaf_is_beside_its_consumer():
    assert assign_layers(4, [(0, 1), (1, 2), (3, 2)]) == [0, 1, 2, 1]


def test_leaves_can_be_in_one_layer():
    assert assign_layers(4, [(0, 1), (1, 2), (3, 2)], leaves_together=True) == [0, 1, 2, 0]


def test_ports_have_layers_to_themselves():
    assert assign_layers(5, [(0, 1), (1, 2), (3, 4), (3, 1)], first={0}, last={2, 4}) == [0, 2, 3, 1, 3]
    assert assign_layers(2, [(0, 1)], last={1}) == [0, 1]


def test_product_is_beside_its_sum_not_its_weight():
    """A weight that all steps of a recurrent network use: w * x of each step is beside the sum of that step."""
    edges, state = [], 1
    for step in range(4):
        times, plus = 10 * step + 10, 10 * step + 11
        edges += [(0, times), (times, plus), (state, plus)]
        state = plus
    layers = assign_layers(50, edges)
    assert all(layers[head] - layers[tail] == 1 for tail, head in edges if tail)


def test_leaves_between_ports_are_in_one_layer():
    edges = [(0, 3), (1, 2), (2, 3), (3, 4), (0, 4)]
    assert assign_layers(5, edges, first={0}, last={4}, leaves_together=True) == [0, 1, 2, 3, 4]


def test_parts_without_a_connection_begin_in_one_layer():
    assert assign_layers(8, [(0, 1), (0, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 7), (6, 7)]) == [0, 1, 1, 2] * 2
