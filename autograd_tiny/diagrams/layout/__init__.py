"""Layered layout: boxes in groups and the edges between them as plain coordinates, without any rendering."""

from autograd_tiny.diagrams.layout.nesting import layout
from autograd_tiny.diagrams.layout.plan import Box, Layout

__all__ = ["Box", "Layout", "layout"]
