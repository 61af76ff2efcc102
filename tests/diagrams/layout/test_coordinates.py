"""Coordinates across the layers."""

from __future__ import annotations

from itertools import pairwise

from autograd_tiny.diagrams.layout.coordinates import assign_coordinates


def test_vertices_keep_their_distance():
    xs = assign_coordinates(
        [[0, 1, 2]], [[], [], []], [10.0, 30.0, 10.0], [False, False, True], gap=5.0, dummy_gap=1.0
    )
    assert [b - a for a, b in pairwise(xs)] == [25.0, 21.0]


def test_no_vertices_have_no_coordinates():
    assert assign_coordinates([], [], [], [], gap=1.0) == []


def test_edge_between_dummies_is_straight():
    """The link between dummies is straight; the link that crosses it bends."""
    layers = [[0, 1], [2, 3], [4, 5]]
    before = [[], [], [(1, 0.0)], [(0, 0.0)], [(2, 0.0)], [(3, 0.0)]]
    xs = assign_coordinates(layers, before, [10.0] * 6, [False, False, True, False, True, False], gap=10.0)
    assert xs[2] == xs[4]
    layers, before = [[0, 1], [2, 3]], [[], [], [(1, 0.0)], [(0, 0.0)]]
    xs = assign_coordinates(layers, before, [0.0, 10.0, 10.0, 0.0], [True, False, False, True], gap=10.0)
    assert xs[0] == xs[3]
