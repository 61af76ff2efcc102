r"""Render a diagram in DOT, the language of Graphviz.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.graph_diagram import graph_diagram
>>> from autograd_tiny.diagrams.options import settings
>>> for line in dot_body(graph_diagram(-Value(2.0, label="a"), settings(gradients=False)))[3:]:
...     print(line.strip())
n0 [label="a\nvalue 2", tooltip="a, value 2", style="rounded,filled", fillcolor="#E6F1F8", color="#0072B2"]
n1 [label="L   −\nvalue −2", ..., style=filled, fillcolor="#E3F4EE", color="#008F68", penwidth=2.4]
n0 -> n1 [tooltip="partial of L with respect to a: −1"]
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import Final

from autograd_tiny.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from autograd_tiny.diagrams.node_boxes import diagram_layout, node_boxes

FONT: Final = "Helvetica,Arial,sans-serif"
INDENT: Final = "    "
INCH: Final = 72.0


def dot_body(diagram: Diagram) -> list[str]:
    """Return the lines between the braces of a digraph, each with its line end."""
    return [f"{INDENT}{line}\n" for line in _lines(diagram)]


def dot_source(diagram: Diagram) -> str:
    """Return a complete DOT document."""
    return "".join(["digraph {\n", *dot_body(diagram), "}\n"])


def quote(text: str) -> str:
    r"""Return a text of visible characters as a quoted string of DOT that shows just that.

    Graphviz reads a backslash as the beginning of an escape (`\N` is the name of the node), `&lt;` as a character
    of HTML, and joins a line that ends in a backslash with the next.

    >>> print(quote('a\\N "b" &lt; <c>'))
    "a\\N \"b\" &amp;lt; <c>"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'


def _lines(diagram: Diagram) -> Iterator[str]:
    style, chosen = diagram.style, diagram.settings
    caption = ""
    if diagram.caption:
        caption = f", label={quote(diagram.caption)}, fontcolor={quote(style.muted)}, fontsize=10"
    engine = ", layout=neato, splines=line" if diagram.columns else ""
    yield (
        f"graph [rankdir={chosen.direction}, bgcolor={quote(style.paper)}, fontname={quote(FONT)}, "
        f"tooltip={quote(diagram.title)}{engine}{caption}]"
    )
    shape = "circle, width=0.36, fixedsize=true" if diagram.columns else "box"
    yield f"node [shape={shape}, fontname={quote(FONT)}, fontsize=11, fontcolor={quote(style.ink)}]"
    yield (
        f"edge [fontname={quote(FONT)}, fontsize=9, color={quote(style.line)}, fontcolor={quote(style.ink)}, "
        f"arrowsize=0.7]"
    )
    yield from _scope(diagram, -1, _positions(diagram))
    if chosen.leaves_together:
        leaves = [f"n{i}" for i, node in enumerate(diagram.nodes) if node.kind == "leaf" and node.cluster == -1]
        yield f"{{ rank=min; {'; '.join(leaves)} }}"
    for edge in diagram.edges:
        yield f"n{edge.tail} -> n{edge.head} [{_edge(diagram, edge)}]"


def _positions(diagram: Diagram) -> list[str]:
    """Return for each node the attribute that fixes its position, empty where Graphviz may choose it."""
    if not diagram.columns:
        return [""] * len(diagram.nodes)
    boxes = diagram_layout(diagram, node_boxes(diagram)).boxes
    middles = [(box.x + box.width / 2, -(box.y + box.height / 2)) for box in boxes]
    return [f', pos="{x / INCH:.4f},{y / INCH:.4f}!"' for x, y in middles]


def _scope(diagram: Diagram, scope: int, positions: list[str]) -> Iterator[str]:
    """Yield the nodes and the clusters that are directly in a cluster; recursion as deep as modules are nested."""
    style = diagram.style
    for number, cluster in enumerate(diagram.clusters):
        if cluster.parent == scope:
            yield f"subgraph cluster_{number} {{"
            yield (
                f'{INDENT}graph [label={quote(cluster.title)}, labeljust=l, style="rounded,filled", '
                f"fillcolor={quote(style.group)}, color={quote(style.group_line)}, fontcolor={quote(style.muted)}, "
                f"fontsize=10]"
            )
            yield from (INDENT + line for line in _scope(diagram, number, positions))
            yield "}"
    for number, node in enumerate(diagram.nodes):
        if node.cluster == scope:
            yield f"n{number} [{_node(diagram, node)}{positions[number]}]"


def _node(diagram: Diagram, node: DiagramNode) -> str:
    fill, line = diagram.style.fill_and_border(node.kind, highlighted=node.highlighted)
    shape = {"leaf": '"rounded,filled"', "more": '"filled,dashed"'}.get(node.kind, "filled")
    order = ", ordering=in" if node.ordered else ""
    width = ", penwidth=3" if node.highlighted else ", penwidth=2.4" if node.kind == "root" else ""
    texts = [node.title] if diagram.columns else node.lines(formulas=diagram.settings.formulas)
    label = "\\n".join(quote(text)[1:-1] for text in texts)
    return (
        f'label="{label}", tooltip={quote(node.note)}, style={shape}, fillcolor={quote(fill)}, '
        f"color={quote(line)}{width}{order}"
    )


def _edge(diagram: Diagram, edge: DiagramEdge) -> str:
    style = diagram.style
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
