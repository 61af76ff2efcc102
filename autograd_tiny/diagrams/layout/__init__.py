"""Layered layout: boxes in groups and the edges between them as plain coordinates, without any rendering."""

from autograd_tiny.diagrams.layout.nesting import Box, Layout, layout

__all__ = ["Box", "Layout", "layout"]
