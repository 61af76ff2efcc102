"""The modules of version 0.1.0 that a pickle can name, and where they are now."""

from __future__ import annotations

from typing import Final

MOVED: Final = {
    "autograd_tiny.check": "autograd_tiny.engine.gradient_check",
    "autograd_tiny.compositions": "autograd_tiny.engine.composed_functions",
    "autograd_tiny.copying": "autograd_tiny.engine.copying",
    "autograd_tiny.diagrams.drawing": "autograd_tiny.diagrams.graphviz_drawing",
    "autograd_tiny.diagrams.picture": "autograd_tiny.diagrams.diagram",
    "autograd_tiny.explanation.blocks": "autograd_tiny.explanation.rendering",
    "autograd_tiny.formulas": "autograd_tiny.symbolic.formulas",
    "autograd_tiny.primitive": "autograd_tiny.primitives.primitive",
    "autograd_tiny.softmaxes": "autograd_tiny.engine.composed_functions",
    "autograd_tiny.sums": "autograd_tiny.engine.reductions",
    "autograd_tiny.value": "autograd_tiny.engine.value",
    "autograd_tiny.expressions": "autograd_tiny.symbolic",
    "autograd_tiny.expressions.expression": "autograd_tiny.symbolic.expression",
    "autograd_tiny.symbol": "autograd_tiny.symbolic",
    "autograd_tiny.symbol.tree": "autograd_tiny.symbolic.symbol",
    "autograd_tiny.trace.edges": "autograd_tiny.trace.passes",
    "autograd_tiny.trace.notes": "autograd_tiny.trace.fact_texts",
}

RENAMED: Final = {
    "autograd_tiny.diagrams.picture.Edge": "DiagramEdge",
    "autograd_tiny.diagrams.picture.Group": "Cluster",
    "autograd_tiny.diagrams.picture.Node": "DiagramNode",
    "autograd_tiny.diagrams.picture.Picture": "Diagram",
    "autograd_tiny.diagrams.picture.Row": "BoxRow",
    "autograd_tiny.explanation.blocks.Formula": "Math",
}
"""The new names of classes that were renamed as well."""
