"""A picture as SVG, from the layout of this package: no program is needed, and the same graph gives the same bytes.

Everything is said by attributes, without styles or identifiers, so that pictures in one page leave each other alone.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.model import picture_of
>>> from autograd_tiny.diagrams.options import settings
>>> svg(picture_of(Value(2.0, label="a") * 3.0, settings())).splitlines()[1]
'<title>Graph of L</title>'
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log10
from typing import Final

from autograd_tiny.diagrams.cards import FRAME, LABEL, STACK, Card, Line, arrange, cards
from autograd_tiny.diagrams.layout import Box, Layout
from autograd_tiny.diagrams.palette import STYLES, Style
from autograd_tiny.diagrams.picture import Edge, Node, Picture
from autograd_tiny.diagrams.strokes import ARROW, arrowhead, back, pair, short
from autograd_tiny.diagrams.text import width

MARGIN: Final = 16.0
CAPTION: Final = 11.0
LINE: Final = 1.3
"""Width of an edge."""
FONT: Final = "Helvetica, Arial, 'Liberation Sans', sans-serif"
DASHED, DOTTED = "5 3", "1.5 3"


def svg(picture: Picture) -> str:
    """Return a picture as a complete SVG document."""
    made = cards(picture)
    return "\n".join(_Writer(picture, made, arrange(picture, made)).document()) + "\n"


def escape(text: str) -> str:
    """Return a text of visible characters as XML takes it, in an element and in an attribute.

    >>> escape('<a & "b">')
    '&lt;a &amp; &quot;b&quot;&gt;'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


class _Writer:
    """Writes one picture."""

    def __init__(self, picture: Picture, made: list[Card], plan: Layout) -> None:
        self.picture, self.cards, self.plan = picture, made, plan
        self.style: Style = STYLES[picture.settings.style]
        self.caption = list(_wrapped(picture.caption, max(plan.width, 320.0)))

    def document(self) -> Iterator[str]:
        """Yield the lines of the document."""
        widths = [self.plan.width, *(width(line, CAPTION) for line in self.caption)]
        w, h = ceil(max(widths) + 2 * MARGIN), ceil(self.plan.height + 2 * MARGIN + (CAPTION + 5) * len(self.caption))
        title, style = escape(self.picture.title), self.style
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
            f'aria-label="{title}" font-family="{FONT}" fill="{style.ink}">'
        )
        yield f"<title>{title}</title>"
        yield f"<desc>{escape(self.picture.description)}</desc>"
        yield f'<rect width="{w}" height="{h}" fill="{style.paper}"/>'
        yield f'<g transform="translate({short((w - self.plan.width) / 2)} {short(MARGIN)})">'
        for group, frame in zip(self.picture.groups, self.plan.groups, strict=True):
            yield from self.group(group.title, frame)
        edges = zip(self.picture.edges, self.plan.edges, strict=True)
        for edge, points in sorted(edges, key=lambda drawn: drawn[0].highlighted):  # what is highlighted lies on top
            yield from self.edge(edge, points)
        for place, node in enumerate(self.picture.nodes):
            yield from self.node(place, node)
        yield "</g>"
        for i, line in enumerate(self.caption):
            y = self.plan.height + 2 * MARGIN + (CAPTION + 5) * i + 6
            look = f'font-size="{short(CAPTION)}" fill="{style.muted}"'
            yield f'<text x="{short(MARGIN)}" y="{short(y)}" {look}>{escape(line)}</text>'
        yield "</svg>"

    def group(self, title: str, frame: Box) -> Iterator[str]:
        """Yield the frame around a module."""
        style = self.style
        yield _rectangle(frame, f'rx="9" fill="{style.group}" stroke="{style.group_line}"')
        place = f'x="{short(frame.x + 10)}" y="{short(frame.y + 16)}"'
        look = f'font-size="{short(FRAME)}" font-weight="bold" fill="{style.muted}"'
        yield f"<text {place} {look}>{escape(title)}</text>"

    # ── edges ──

    def edge(self, edge: Edge, points: tuple[tuple[float, float], ...]) -> Iterator[str]:
        """Yield an edge with its arrowhead and label."""
        colour, dashes, thickness, opacity = self.stroke(edge)
        end, before = points[-1], points[-2]
        has_arrow = edge.strength is None
        larger = min(max(1.0, thickness / 2), 1.7)
        drawn = [*points[:-1], back(before, end, ARROW * larger - 1.0 if has_arrow else 0.0)]
        path = f"M{pair(drawn[0])}" + "".join(
            f"C{' '.join(map(pair, drawn[i : i + 3]))}" for i in range(1, len(drawn), 3)
        )
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        faint = f' stroke-opacity="{short(opacity)}"' if opacity < 1 else ""
        yield f'<g data-tail="{edge.tail}" data-head="{edge.head}"><title>{escape(edge.note)}</title>'
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{short(thickness)}"{dash}{faint}/>'
        if has_arrow:
            yield f'<path d="{arrowhead(before, end, larger)}" fill="{colour}"/>'
        if edge.text:
            yield self.label(edge, end, ARROW * larger + 2, thickness / 2 + 3.5)
        yield "</g>"

    def stroke(self, edge: Edge) -> tuple[str, str, float, float]:
        """Return the colour, dashes, width and opacity of an edge."""
        style = self.style
        thickness = LINE + 0.6 * log10(edge.count)
        opacity = 1.0
        if edge.strength is not None:
            thickness, opacity = 0.4 + 2.8 * edge.strength, 0.3 + 0.7 * edge.strength
        if edge.highlighted:
            return style.highlight, DASHED if edge.sign < 0 else "", thickness + 1.7, 1.0
        if edge.sign:
            return (
                (style.positive, "", thickness, opacity)
                if edge.sign > 0
                else (style.negative, DASHED, thickness, opacity)
            )
        has_no_effect = bool(edge.text) or edge.strength is not None
        return style.line, DOTTED if has_no_effect else "", thickness, opacity

    def label(self, edge: Edge, end: tuple[float, float], along: float, across: float) -> str:
        """Return the partial at the end of an edge, beside its arrowhead and its line."""
        style = self.style
        colour = {1: style.positive_text, -1: style.negative_text}.get(edge.sign, style.muted)
        if self.picture.settings.direction == "LR":
            x, y, anchor = end[0] - along, end[1] - across, "end"
        else:
            x, y, anchor = end[0] + across + 1, end[1] - along + 1, "start"
        return (
            f'<text x="{short(x)}" y="{short(y)}" font-size="{short(LABEL)}" text-anchor="{anchor}" '
            f'fill="{colour}">{escape(edge.text)}</text>'
        )

    # ── nodes ──

    def node(self, place: int, node: Node) -> Iterator[str]:
        """Yield the box of a node."""
        box = self.plan.boxes[place]
        yield f'<g data-node="{place}" data-kind="{node.kind}"><title>{escape(node.note)}</title>'
        if self.picture.columns:
            yield from self.circle(node, box)
        else:
            yield from self.card(node, self.cards[place], box)
        yield "</g>"

    def card(self, node: Node, made: Card, box: Box) -> Iterator[str]:
        """Yield the card of a node; its texts are in the middle where its box is higher than they need."""
        lower = (box.height - made.height) / 2
        stack = STACK if node.count > 1 else 0.0
        fill, line, thickness = self.fill(node)
        look = (
            f'rx="{11 if node.kind == "leaf" else 4}" fill="{fill}" stroke="{line}" stroke-width="{short(thickness)}"'
        )
        if node.kind == "more":
            look += f' stroke-dasharray="{DASHED}"'
        front = Box(box.x, box.y + stack, box.width - stack, box.height - stack)
        if stack:
            yield _rectangle(Box(box.x + stack, box.y, front.width, front.height), look)
        yield _rectangle(front, look)
        left = box.x + (box.width - made.width) / 2
        if made.rule is not None:
            ends = box.x + thickness, box.x + front.width - thickness
            path = f"M{pair((ends[0], box.y + lower + made.rule))}H{short(ends[1])}"
            yield f'<path d="{path}" stroke="{line}" stroke-opacity="0.35"/>'
        for text in made.lines:
            yield self.line(text, left, box.y + lower)

    def line(self, text: Line, x: float, y: float) -> str:
        """Return one text of a card."""
        style = self.style
        bold = ' font-weight="bold"' if text.role in {"title", "count"} else ""
        colour = style.muted if text.role in {"name", "count"} else style.ink
        if text.sign:
            colour = style.positive_text if text.sign > 0 else style.negative_text
        anchor = ' text-anchor="end"' if text.is_end else ""
        return (
            f'<text x="{short(x + text.x)}" y="{short(y + text.y)}" font-size="{short(text.size)}"{anchor}{bold} '
            f'fill="{colour}">{escape(text.text)}</text>'
        )

    def circle(self, node: Node, box: Box) -> Iterator[str]:
        """Yield the circle of a neuron with its text in it."""
        fill, line, thickness = self.fill(node)
        x, y = box.x + box.width / 2, box.y + box.height / 2
        if node.operation == "⋮":
            yield f'<text x="{short(x)}" y="{short(y + 5)}" font-size="16" text-anchor="middle">⋮</text>'
            return
        yield (
            f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(box.width / 2)}" fill="{fill}" stroke="{line}" '
            f'stroke-width="{short(thickness)}"/>'
        )
        size = min(11.0, 11.0 * (box.width - 6) / max(width(node.title, 11.0), 1.0))
        yield (
            f'<text x="{short(x)}" y="{short(y + size / 3)}" font-size="{short(size)}" text-anchor="middle">'
            f"{escape(node.title)}</text>"
        )

    def fill(self, node: Node) -> tuple[str, str, float]:
        """Return the fill, the border and its width."""
        width = 3.0 if node.highlighted else {"root": 2.4, "module": 1.4}.get(node.kind, 1.2)
        return *self.style.fill_and_border(node.kind, highlighted=node.highlighted), width


def _rectangle(box: Box, look: str) -> str:
    x, y, w, h = map(short, box)
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {look}/>'


def _wrapped(caption: str, most: float) -> Iterator[str]:
    """Yield the lines of a caption, broken between its parts."""
    line = ""
    for part in filter(None, caption.split("; ")):
        if line and width(f"{line}; {part}", CAPTION) > most:
            yield line
            line = ""
        line = f"{line}; {part}" if line else part
    if line:
        yield line
