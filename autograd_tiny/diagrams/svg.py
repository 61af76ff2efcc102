"""Render a diagram as SVG, from the layout of this package: the same graph gives the same bytes everywhere.

All formatting is in attributes, without style sheets or identifiers, so that diagrams in one page do not interfere.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.graph_diagram import graph_diagram
>>> from autograd_tiny.diagrams.options import settings
>>> svg(graph_diagram(Value(2.0, label="a") * 3.0, settings())).splitlines()[1]
'<title>Graph of L</title>'
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log10
from typing import Final

from autograd_tiny.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from autograd_tiny.diagrams.layout import Box, Layout, Point
from autograd_tiny.diagrams.node_boxes import (
    CLUSTER_TITLE,
    LABEL,
    STACK,
    BoxText,
    NodeBox,
    diagram_layout,
    node_boxes,
)
from autograd_tiny.diagrams.palette import SIGN_COLOUR
from autograd_tiny.diagrams.text import MEASURED, coord, text_width

MARGIN: Final = 16.0
CAPTION: Final = 11.0
LINE: Final = 1.3
"""Width of an edge."""
ARROW, HALF_ARROW = 7.0, 3.2
"""Length of an arrowhead, and half of its breadth."""
FONT: Final = "Helvetica, Arial, 'Liberation Sans', sans-serif"
DASHED, DOTTED = "5 3", "1.5 3"


def svg(diagram: Diagram) -> str:
    """Return a complete SVG document."""
    boxes = node_boxes(diagram)
    return "\n".join(_SvgWriter(diagram, boxes, diagram_layout(diagram, boxes)).document()) + "\n"


def escape_xml(text: str) -> str:
    """Return a text of visible characters as XML takes it in an element and in an attribute.

    >>> escape_xml('<a & "b">')
    '&lt;a &amp; &quot;b&quot;&gt;'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


class _SvgWriter:
    def __init__(self, diagram: Diagram, boxes: list[NodeBox], layout: Layout) -> None:
        self.diagram, self.boxes, self.layout = diagram, boxes, layout
        self.style = diagram.style
        self.caption = list(_wrapped(diagram.caption, max(layout.width, 320.0)))

    def document(self) -> Iterator[str]:
        """Yield the lines of the document."""
        widths = [self.layout.width, *(text_width(line, CAPTION) for line in self.caption)]
        w = ceil(max(widths) + 2 * MARGIN)
        h = ceil(self.layout.height + 2 * MARGIN + (CAPTION + 5) * len(self.caption))
        title, style = escape_xml(self.diagram.title), self.style
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
            f'aria-label="{title}" font-family="{FONT}" fill="{style.ink}">'
        )
        yield f"<title>{title}</title>"
        yield f"<desc>{escape_xml(self.diagram.description)}</desc>"
        yield f'<rect width="{w}" height="{h}" fill="{style.paper}"/>'
        yield f'<g transform="translate({coord((w - self.layout.width) / 2)} {coord(MARGIN)})">'
        for cluster, frame in zip(self.diagram.clusters, self.layout.clusters, strict=True):
            yield from self.cluster(cluster.title, frame)
        edges = zip(self.diagram.edges, self.layout.edges, strict=True)
        for edge, points in sorted(edges, key=lambda drawn: drawn[0].highlighted):  # what is highlighted lies on top
            yield from self.edge(edge, points)
        for place, node in enumerate(self.diagram.nodes):
            yield from self.node(place, node)
        yield "</g>"
        for i, line in enumerate(self.caption):
            y = self.layout.height + 2 * MARGIN + (CAPTION + 5) * i + 6
            yield _text(line, MARGIN, y, CAPTION, f'fill="{style.muted}"')
        yield "</svg>"

    def cluster(self, title: str, frame: Box) -> Iterator[str]:
        """Yield the frame around a module."""
        style = self.style
        yield _rectangle(frame, f'rx="9" fill="{style.group}" stroke="{style.group_line}"')
        look = f'font-weight="bold" fill="{style.muted}"'
        yield _text(title, frame.x + 10, frame.y + 16, CLUSTER_TITLE, look)

    # ── edges ──

    def edge(self, edge: DiagramEdge, points: tuple[Point, ...]) -> Iterator[str]:
        """Yield an edge with its arrowhead and label."""
        colour, dashes, thickness, opacity = self.stroke(edge)
        end, before = points[-1], points[-2]
        has_arrow = edge.strength is None
        larger = min(max(1.0, thickness / 2), 1.7)
        drawn = [*points[:-1], _back(before, end, ARROW * larger - 1.0 if has_arrow else 0.0)]
        path = f"M{_pair(drawn[0])}" + "".join(
            f"C{' '.join(map(_pair, drawn[i : i + 3]))}" for i in range(1, len(drawn), 3)
        )
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        faint = f' stroke-opacity="{coord(opacity)}"' if opacity < 1 else ""
        yield f'<g data-tail="{edge.tail}" data-head="{edge.head}"><title>{escape_xml(edge.note)}</title>'
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{coord(thickness)}"{dash}{faint}/>'
        if has_arrow:
            yield f'<path d="{_arrowhead(before, end, larger)}" fill="{colour}"/>'
        if edge.text:
            yield self.label(edge, end, ARROW * larger + 2, thickness / 2 + 3.5)
        yield "</g>"

    def stroke(self, edge: DiagramEdge) -> tuple[str, str, float, float]:
        """Return the colour, dashes, width and opacity of an edge."""
        style = self.style
        thickness = LINE + 0.6 * log10(edge.count)
        opacity = 1.0
        if edge.strength is not None:
            thickness, opacity = 0.4 + 2.8 * edge.strength, 0.3 + 0.7 * edge.strength
        if edge.highlighted:
            return style.highlight, DASHED if edge.sign < 0 else "", thickness + 1.7, 1.0
        if edge.sign:
            colour, dashes = (style.positive, "") if edge.sign > 0 else (style.negative, DASHED)
            return colour, dashes, thickness, opacity
        has_no_effect = bool(edge.text) or edge.strength is not None
        return style.line, DOTTED if has_no_effect else "", thickness, opacity

    def label(self, edge: DiagramEdge, end: Point, along: float, across: float) -> str:
        """Return the partial at the end of an edge, beside its arrowhead and its line."""
        colour = getattr(self.style, SIGN_COLOUR.get(edge.sign, "muted"))
        if self.diagram.settings.direction == "LR":
            x, y, anchor = end[0] - along, end[1] - across, "end"
        else:
            x, y, anchor = end[0] + across + 1, end[1] - along + 1, "start"
        return _text(edge.text, x, y, LABEL, f'text-anchor="{anchor}" fill="{colour}"')

    # ── nodes ──

    def node(self, place: int, node: DiagramNode) -> Iterator[str]:
        """Yield a node."""
        box = self.layout.boxes[place]
        yield f'<g data-node="{place}" data-kind="{node.kind}"><title>{escape_xml(node.note)}</title>'
        if self.diagram.columns:
            yield from self.circle(node, box)
        else:
            yield from self.box(node, self.boxes[place], box)
        yield "</g>"

    def box(self, node: DiagramNode, content: NodeBox, box: Box) -> Iterator[str]:
        """Yield the box of a node; its texts are in the middle where the box is higher than they need."""
        lower = (box.height - content.height) / 2
        stack = STACK if node.count > 1 else 0.0
        fill, line, thickness = self.fill(node)
        corners = 11 if node.kind == "leaf" else 4
        look = f'rx="{corners}" fill="{fill}" stroke="{line}" stroke-width="{coord(thickness)}"'
        if node.kind == "more":
            look += f' stroke-dasharray="{DASHED}"'
        front = Box(box.x, box.y + stack, box.width - stack, box.height - stack)
        if stack:
            yield _rectangle(Box(box.x + stack, box.y, front.width, front.height), look)
        yield _rectangle(front, look)
        left = box.x + (box.width - content.width) / 2
        if content.rule is not None:
            ends = box.x + thickness, box.x + front.width - thickness
            path = f"M{_pair((ends[0], box.y + lower + content.rule))}H{coord(ends[1])}"
            yield f'<path d="{path}" stroke="{line}" stroke-opacity="0.35"/>'
        for text in content.lines:
            anchor = 'text-anchor="end" ' if text.is_end else ""
            bold = 'font-weight="bold" ' if text.bold else ""
            look = f'{anchor}{bold}{_length(text)}fill="{getattr(self.style, text.colour)}"'
            yield _text(text.text, left + text.x, box.y + lower + text.y, text.size, look)

    def circle(self, node: DiagramNode, box: Box) -> Iterator[str]:
        """Yield the circle of a neuron with its text in it."""
        fill, line, thickness = self.fill(node)
        x, y = box.x + box.width / 2, box.y + box.height / 2
        if node.operation == "⋮":
            yield _text("⋮", x, y + 5, 16.0, 'text-anchor="middle"')
            return
        yield (
            f'<circle cx="{coord(x)}" cy="{coord(y)}" r="{coord(box.width / 2)}" fill="{fill}" stroke="{line}" '
            f'stroke-width="{coord(thickness)}"/>'
        )
        size = min(11.0, 11.0 * (box.width - 6) / max(text_width(node.title, 11.0), 1.0))
        yield _text(node.title, x, y + size / 3, size, 'text-anchor="middle"')

    def fill(self, node: DiagramNode) -> tuple[str, str, float]:
        """Return the fill, the border and its width."""
        width = 3.0 if node.highlighted else {"root": 2.4, "module": 1.4}.get(node.kind, 1.2)
        return *self.style.fill_and_border(node.kind, highlighted=node.highlighted), width


def _pair(point: Point) -> str:
    return f"{coord(point[0])} {coord(point[1])}"


def _back(before: Point, end: Point, distance: float) -> Point:
    """Return the point at a distance before the end of a straight line."""
    dx, dy = end[0] - before[0], end[1] - before[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    return end[0] - dx / length * distance, end[1] - dy / length * distance


def _arrowhead(before: Point, end: Point, larger: float) -> str:
    """Return the path of an arrowhead, `larger` times as large as usual.

    >>> _arrowhead((0.0, 0.0), (20.0, 0.0), 1.0)
    'M20 0L13 3.2L13 -3.2Z'
    """
    x, y = _back(before, end, ARROW * larger)
    dx, dy = (end[0] - x) / ARROW * HALF_ARROW, (end[1] - y) / ARROW * HALF_ARROW
    return f"M{_pair(end)}L{_pair((x - dy, y + dx))}L{_pair((x + dy, y - dx))}Z"


def _text(text: str, x: float, y: float, size: float, look: str) -> str:
    return f'<text x="{coord(x)}" y="{coord(y)}" font-size="{coord(size)}" {look}>{escape_xml(text)}</text>'


def _length(text: BoxText) -> str:
    """Return the attributes that keep a text as wide as its box was made for, where a viewer has another font."""
    if not MEASURED.issuperset(text.text):
        return ""
    return f'textLength="{coord(text_width(text.text, text.size, bold=text.bold))}" lengthAdjust="spacingAndGlyphs" '


def _rectangle(box: Box, look: str) -> str:
    x, y, w, h = map(coord, box)
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {look}/>'


def _wrapped(caption: str, most: float) -> Iterator[str]:
    """Yield the lines of a caption, broken between its parts."""
    line = ""
    for part in filter(None, caption.split("; ")):
        if line and text_width(f"{line}; {part}", CAPTION) > most:
            yield line
            line = ""
        line = f"{line}; {part}" if line else part
    if line:
        yield line
