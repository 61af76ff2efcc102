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
