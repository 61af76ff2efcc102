"""Diagrams of graphs with defaults, for the tests."""

from __future__ import annotations

from autograd_tiny.diagrams.graph_diagram import graph_diagram
from autograd_tiny.diagrams.options import settings


def diagram_of(subject, **options):
    return graph_diagram(subject, settings(**options))


def titles(drawn):
    return [node.title for node in drawn.nodes]
