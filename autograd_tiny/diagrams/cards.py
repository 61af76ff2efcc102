"""The card of a node: which texts stand where in its box, and how large that is; and the place of every box.

>>> from autograd_tiny.diagrams.picture import Node, Row
>>> made = card(Node("n", "+", (Row("value", "0.8814"),)))
>>> [line.text for line in made.lines], made.width, made.height
(['n', '+', 'value', '0.8814'], 95.0, 44.0)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from autograd_tiny.diagrams.columns import columns
from autograd_tiny.diagrams.layout import Layout, layout
from autograd_tiny.diagrams.picture import Edge, Node, Picture
from autograd_tiny.diagrams.text import cut, width

TITLE, SMALL, LABEL, FRAME = 13.0, 11.0, 10.5, 11.0
"""Sizes of the fonts of titles, rows, partials, and titles of frames."""
HEADER, ROW, FOOT, SIDE, BETWEEN = 22.0, 15.0, 7.0, 10.0, 14.0
"""Heights of the header, of a row, of what is below the last; room at the sides, and between two texts in a line."""
STEP: Final = 15.0
"""The widths of texts are rounded up to multiples of it."""
STACK: Final = 4.0
"""How far the second card of a stack stands out: of a node that stands for several."""
LONGEST_TITLE: Final = 28


@dataclass(frozen=True, slots=True)
class Line:
    """A text in a card.

    Attributes:
        text: what it says.
        x: where it begins, or ends if it is an end, from the left of the card.
        y: of its baseline, from the top of the card.
        size: of its font.
        role: "title", "operation", "count", "name" (of a row) or "number".
        is_end: whether x is its end.
        sign: of a number that is told by its colour.
    """

    text: str
    x: float
    y: float
    size: float
    role: str
    is_end: bool = False
    sign: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A box with its texts; `rule` is the height of the line below the header, None where there are no rows."""

    width: float
    height: float
    lines: tuple[Line, ...]
    rule: float | None


def card(node: Node, *, formulas: bool = False) -> Card:
    """Return the card of a node.

    Args:
        node: the node.
        formulas: whether its operation is a formula, which continues the title: `n = v1 + b`.
    """
    title = cut(node.title, LONGEST_TITLE)
    count = f"×{node.count}" if node.count > 1 else ""
    stack = STACK if count else 0.0
    below = bool(node.operation) and (bool(count) or node.kind in {"module", "more"})
    operation = f"= {node.operation}" if formulas and node.operation and not below else node.operation
    title_width = width(title, TITLE, bold=True)
    gap = 4.0 if operation.startswith("= ") else BETWEEN
    header = title_width
    if operation and not below:
        header += gap + width(operation, TITLE)
    if count:
        header += BETWEEN + width(count, SMALL, bold=True)
    rows = [width(row.name, SMALL) + BETWEEN + width(row.text, SMALL, bold=True) for row in node.rows]
    if below:
        rows.append(width(operation, SMALL))
    inner = ceil(max(header, *rows, 1.0) / STEP) * STEP  # cards of one column are mostly of one width then
    right, y = SIDE + inner, stack + 15.5
    lines = [Line(title, SIDE, y, TITLE, "title")]
    if count:
        lines.append(Line(count, right, y, SMALL, "count", is_end=True))
    if operation and not below:
        x = SIDE + title_width + gap if operation.startswith("= ") else right
        lines.append(Line(operation, x, y, TITLE, "operation", is_end=x == right))
    y = stack + HEADER + ROW - 4.0
    if below:
        lines.append(Line(operation, SIDE, y, SMALL, "operation"))
        y += ROW
    for row in node.rows:
        lines.append(Line(row.name, SIDE, y, SMALL, "name"))
        lines.append(Line(row.text, right, y, SMALL, "number", is_end=True, sign=row.sign))
        y += ROW
    count_of_rows = len(node.rows) + below
    height = stack + HEADER + (count_of_rows * ROW + FOOT if count_of_rows else 2.0)
    return Card(round(inner + 2 * SIDE + stack, 2), height, tuple(lines), stack + HEADER if count_of_rows else None)


def cards(picture: Picture) -> list[Card]:
    """Return the card of every node."""
    return [card(node, formulas=picture.settings.formulas) for node in picture.nodes]


def arrange(picture: Picture, sizes: list[Card]) -> Layout:
    """Return where everything in a picture is."""
    if picture.columns:
        return columns(picture)
    return layout(
        [(size.width, size.height) for size in sizes],
        [(edge.tail, edge.head) for edge in picture.edges],
        [node.group for node in picture.nodes],
        [group.parent for group in picture.groups],
        [width(group.title, FRAME, bold=True) for group in picture.groups],
        [label_size(edge) for edge in picture.edges],
        direction=picture.settings.direction,
        leaves_together=picture.settings.leaves_together,
    )


def label_size(edge: Edge) -> tuple[float, float]:
    """Return the width and height of the label of an edge, with some air around it."""
    return (width(edge.text, LABEL) + 8.0, LABEL + 4.0) if edge.text else (0.0, 0.0)
