r"""A picture in DOT, the language of Graphviz.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.model import picture_of
>>> from autograd_tiny.diagrams.options import settings
>>> for line in body(picture_of(-Value(2.0, label="a"), settings(gradients=False)))[3:]:
...     print(line.strip())
n0 [label="a\nvalue 2", tooltip="a, value 2", style="rounded,filled", fillcolor="#E6F1F8", color="#0072B2"]
n1 [label="L   −\nvalue −2", ..., style=filled, fillcolor="#E3F4EE", color="#008F68", penwidth=2.4]
n0 -> n1 [tooltip="∂L/∂a = −1"]
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import Final

from autograd_tiny.diagrams.cards import arrange, cards
from autograd_tiny.diagrams.palette import STYLES
from autograd_tiny.diagrams.picture import Edge, Node, Picture

FONT: Final = "Helvetica,Arial,sans-serif"
INDENT: Final = "    "
INCH: Final = 72.0


def body(picture: Picture) -> list[str]:
    """Return the lines between the braces of a digraph, each with its line end."""
    return [f"{INDENT}{line}\n" for line in _lines(picture)]


def source(picture: Picture) -> str:
    """Return a picture as a complete DOT document."""
    return "".join(["digraph {\n", *body(picture), "}\n"])


def quote(text: str) -> str:
    r"""Return a text of visible characters as a string of DOT that shows just that.

    Graphviz takes a backslash for the beginning of an escape (`\N` is the name of the node), `&lt;` for a character
    of HTML, and joins what stands on both sides of a line's last backslash.

    >>> print(quote('a\\N "b" &lt; <c>'))
    "a\\N \"b\" &amp;lt; <c>"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'


def words(node: Node, *, formulas: bool) -> list[str]:
    """Return the lines of a node as plain texts."""
    sign = " = " if formulas and node.kind in {"operation", "root"} else "   "
    head = [f"{node.title}{sign if node.operation else ''}{node.operation}"]
    count = [f"×{node.count}"] if node.count > 1 else []
    return head + count + [f"{row.name} {row.text}" for row in node.rows]


def _lines(picture: Picture) -> Iterator[str]:
    style, chosen = STYLES[picture.settings.style], picture.settings
    caption = (
        f", label={quote(picture.caption)}, fontcolor={quote(style.muted)}, fontsize=10" if picture.caption else ""
    )
    engine = ", layout=neato, splines=line" if picture.columns else ""
    yield (
        f"graph [rankdir={chosen.direction}, bgcolor={quote(style.paper)}, fontname={quote(FONT)}, "
        f"tooltip={quote(picture.title)}{engine}{caption}]"
    )
    shape = "circle, width=0.36, fixedsize=true" if picture.columns else "box"
    yield f"node [shape={shape}, fontname={quote(FONT)}, fontsize=11, fontcolor={quote(style.ink)}]"
    yield (
        f"edge [fontname={quote(FONT)}, fontsize=9, color={quote(style.line)}, fontcolor={quote(style.ink)}, "
        f"arrowsize=0.7]"
    )
    yield from _scope(picture, -1, _places(picture))
    if chosen.leaves_together:
        leaves = [f"n{i}" for i, node in enumerate(picture.nodes) if node.kind == "leaf" and node.group == -1]
        yield f"{{ rank=min; {'; '.join(leaves)} }}"
    for edge in picture.edges:
        yield f"n{edge.tail} -> n{edge.head} [{_edge(picture, edge)}]"


def _places(picture: Picture) -> list[str]:
    """Return for each node the attribute that fixes its place, empty where Graphviz may choose it."""
    if not picture.columns:
        return [""] * len(picture.nodes)
    boxes = arrange(picture, cards(picture)).boxes
    middles = [(box.x + box.width / 2, -(box.y + box.height / 2)) for box in boxes]
    return [f', pos="{x / INCH:.4f},{y / INCH:.4f}!"' for x, y in middles]


def _scope(picture: Picture, scope: int, places: list[str]) -> Iterator[str]:
    """Yield the nodes of a group, or of none, and the groups in it; they are nested as deep as modules are."""
    style = STYLES[picture.settings.style]
    for number, group in enumerate(picture.groups):
        if group.parent == scope:
            yield f"subgraph cluster_{number} {{"
            yield (
                f'{INDENT}graph [label={quote(group.title)}, labeljust=l, style="rounded,filled", '
                f"fillcolor={quote(style.group)}, color={quote(style.group_line)}, fontcolor={quote(style.muted)}, "
                f"fontsize=10]"
            )
            yield from (INDENT + line for line in _scope(picture, number, places))
            yield "}"
    for number, node in enumerate(picture.nodes):
        if node.group == scope:
            yield f"n{number} [{_node(picture, node)}{places[number]}]"


def _node(picture: Picture, node: Node) -> str:
    fill, line = STYLES[picture.settings.style].fill_and_border(node.kind, highlighted=node.highlighted)
    shape = {"leaf": '"rounded,filled"', "more": '"filled,dashed"'}.get(node.kind, "filled")
    width = ", penwidth=3" if node.highlighted else ", penwidth=2.4" if node.kind == "root" else ""
    texts = [node.title] if picture.columns else words(node, formulas=picture.settings.formulas)
    label = "\\n".join(quote(text)[1:-1] for text in texts)
    return (
        f'label="{label}", tooltip={quote(node.note)}, style={shape}, fillcolor={quote(fill)}, '
        f"color={quote(line)}{width}"
    )


def _edge(picture: Picture, edge: Edge) -> str:
    style = STYLES[picture.settings.style]
    attributes = [f"label={quote(edge.text)}"] if edge.text else []
    attributes.append(f"tooltip={quote(edge.note)}")
    if edge.sign:
        attributes.append(f"color={quote(style.positive if edge.sign > 0 else style.negative)}")
    width = 1.0 + log10(edge.count) if edge.strength is None else 0.4 + 2.8 * edge.strength
    if edge.highlighted:
        attributes.append(f"color={quote(style.highlight)}")
        width += 2
    if edge.sign < 0:
        attributes.append("style=dashed")
    elif edge.text and not edge.sign:
        attributes.append("style=dotted")
    if width != 1:
        attributes.append(f"penwidth={width:.3g}")
    if edge.strength is not None:
        attributes.append("arrowhead=none")
    return ", ".join(attributes)
