"""Layered layout of a graph with clusters: boxes and edges as coordinates, without any rendering.

`clusters` lays out each cluster by itself, the innermost first, and `sugiyama` what is inside one: `layering`, then
`crossing_reduction`, then `coordinates`, then the routes of the edges.
"""

from autograd_tiny.diagrams.layout.clusters import Box, Layout, layout
from autograd_tiny.diagrams.layout.sugiyama import Point

__all__ = ["Box", "Layout", "Point", "layout"]
