"""Lay out a diagram for the formats that need coordinates: the texts in each box, then the boxes and edges.

>>> from autograd_tiny.diagrams.diagram import BoxRow
>>> box = node_box(DiagramNode("n", "+", (BoxRow("value", "0.8814"),)))
>>> [line.text for line in box.lines], box.width, box.height
(['n', '+', 'value', '0.8814'], 95.0, 44.0)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from autograd_tiny.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from autograd_tiny.diagrams.layout import Layout, layout
from autograd_tiny.diagrams.network import network_layout
from autograd_tiny.diagrams.palette import SIGN_COLOUR
from autograd_tiny.diagrams.text import text_width
from autograd_tiny.symbolic.short_names import WIDEST, shorten_middle

TITLE, SMALL, LABEL, CLUSTER_TITLE = 13.0, 11.0, 10.5, 11.0
"""Sizes of the fonts of titles, rows, partials, and titles of clusters."""
HEADER, ROW, FOOT, SIDE, BETWEEN = 22.0, 15.0, 7.0, 10.0, 14.0
"""Heights of the header, of a row, and below the last row; widths of the sides, and between two texts in a line."""
STEP: Final = 15.0
"""The widths of texts are rounded up to multiples of it."""
STACK: Final = 4.0
"""The offset of the second box of a stack: of a node that represents several."""


@dataclass(frozen=True, slots=True)
class BoxText:
    """A text in a box.

    Attributes:
        text: the characters.
        x: where it begins, or ends if `is_end`, from the left of the box.
        y: of its baseline, from the top of the box.
        size: of its font.
        colour: the name of a colour of a `Style`.
        bold: whether it is bold.
        is_end: whether x is its end.
    """

    text: str
    x: float
    y: float
    size: float
    colour: str = "ink"
    bold: bool = False
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class NodeBox:
    """The box of a node; `rule` is the y of the line below the header, None without rows."""

    width: float
    height: float
    lines: tuple[BoxText, ...]
    rule: float | None


def node_box(node: DiagramNode, *, formulas: bool = False) -> NodeBox:
    """Return the box of a node.

    Args:
        node: the node.
        formulas: whether its operation is a formula, which continues the title: `n = v1 + b`.
    """
    title = node.short or shorten_middle(node.title, WIDEST)
    count = f"×{node.count}" if node.count > 1 else ""
    stack = STACK if count else 0.0
    below = bool(node.operation) and (bool(count) or node.kind in {"module", "more"})
    operation = f"= {node.operation}" if formulas and node.operation and not below else node.operation
    title_width = text_width(title, TITLE, bold=True)
    gap = 4.0 if operation.startswith("= ") else BETWEEN
    header = title_width
    if operation and not below:
        header += gap + text_width(operation, TITLE)
    if count:
        header += BETWEEN + text_width(count, SMALL, bold=True)
    rows = [text_width(row.name, SMALL) + BETWEEN + text_width(row.text, SMALL, bold=True) for row in node.rows]
    if below:
        rows.append(text_width(operation, SMALL))
    inner = ceil(max(header, *rows, 1.0) / STEP) * STEP  # so most boxes of a layer have the same width
    right, y = SIDE + inner, stack + 15.5
    lines = [BoxText(title, SIDE, y, TITLE, bold=True)]
    if count:
        lines.append(BoxText(count, right, y, SMALL, "muted", bold=True, is_end=True))
    if operation and not below:
        x = SIDE + title_width + gap if operation.startswith("= ") else right
        lines.append(BoxText(operation, x, y, TITLE, is_end=x == right))
    y = stack + HEADER + ROW - 4.0
    if below:
        lines.append(BoxText(operation, SIDE, y, SMALL))
        y += ROW
    for row in node.rows:
        lines.append(BoxText(row.name, SIDE, y, SMALL, "muted"))
        lines.append(BoxText(row.text, right, y, SMALL, SIGN_COLOUR.get(row.sign, "ink"), is_end=True))
        y += ROW
    count_of_rows = len(node.rows) + below
    height = stack + HEADER + (count_of_rows * ROW + FOOT if count_of_rows else 2.0)
    rule = stack + HEADER if count_of_rows else None
    return NodeBox(round(inner + 2 * SIDE + stack, 2), height, tuple(lines), rule)


def node_boxes(diagram: Diagram) -> list[NodeBox]:
    """Return the box of every node."""
    return [node_box(node, formulas=diagram.settings.formulas) for node in diagram.nodes]


def diagram_layout(diagram: Diagram, boxes: list[NodeBox]) -> Layout:
    """Return the boxes, clusters and edges of a diagram as coordinates."""
    if diagram.columns:
        return network_layout(diagram)
    return layout(
        [(box.width, box.height) for box in boxes],
        [(edge.tail, edge.head) for edge in diagram.edges],
        [node.cluster for node in diagram.nodes],
        [cluster.parent for cluster in diagram.clusters],
        [text_width(cluster.title, CLUSTER_TITLE, bold=True) for cluster in diagram.clusters],
        [_label_size(edge) for edge in diagram.edges],
        direction=diagram.settings.direction,
        leaves_together=diagram.settings.leaves_together,
        ordered=[node.ordered for node in diagram.nodes],
    )


def _label_size(edge: DiagramEdge) -> tuple[float, float]:
    """Return the width and height of the label of an edge, with some space around it."""
    return (text_width(edge.text, LABEL) + 8.0, LABEL + 4.0) if edge.text else (0.0, 0.0)
