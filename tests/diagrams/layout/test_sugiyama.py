"""Layered layout of one scope."""

from __future__ import annotations

from autograd_tiny.diagrams.layout.sugiyama import Item, Net, Sink, layered_layout


def test_scope_can_have_only_ports():
    placed = layered_layout([Item(0.0, 7.0, first=True), Item(0.0, 7.0, last=True)], [Net(0, [Sink(1, 0.0)])])
    assert placed.routes[0][0][0] == (0.0, 0.0)


def test_empty_scope_has_no_size():
    assert layered_layout([], []).length == 0.0
