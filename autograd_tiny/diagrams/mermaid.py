"""Render a diagram in Mermaid, which GitHub and many wikis draw from a fenced block.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.graph_diagram import graph_diagram
>>> from autograd_tiny.diagrams.options import settings
>>> print(mermaid(graph_diagram(-Value(2.0, label="a"), settings())).split("    classDef")[0], end="")
flowchart LR
    n0(["a<br/>value 2<br/>gradient —"]):::leaf
    n1["L &nbsp; −<br/>value −2<br/>gradient —"]:::root
    n0 --> n1
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log10
from typing import Final

from autograd_tiny.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from autograd_tiny.diagrams.palette import Style

INDENT: Final = "    "
MEANINGFUL: Final = re.compile(r"[^\w\s,.=+()\[\]/·−×÷…—∂∑Σ-]|_|^[+-]|^\d+\.(?!\d)", re.ASCII)
"""Characters that Mermaid, its Markdown or HTML may interpret."""


def mermaid(diagram: Diagram) -> str:
    """Return a diagram as a flowchart."""
    return "\n".join(_lines(diagram)) + "\n"


def escape_mermaid(text: str) -> str:
    """Return a text of visible characters as Mermaid takes it between quotes: MEANINGFUL characters by number.

    >>> escape_mermaid('a["b"] #1;')
    'a[#34;b#34;] #35;1#59;'
    """
    return MEANINGFUL.sub(lambda match: "".join(map(_by_number, match[0])), text)


def _by_number(character: str) -> str:
    invisible = "\u200b" if character == "<" else ""  # else Mermaid removes what looks like an element of HTML
    return f"#{ord(character)};{invisible}"


def _lines(diagram: Diagram) -> Iterator[str]:
    style = diagram.style
    yield f"flowchart {diagram.settings.direction}"
    yield from (INDENT + line for line in _scope(diagram, -1))
    yield from (f"{INDENT}n{edge.tail} {_arrow(edge)} n{edge.head}" for edge in diagram.edges)
    yield from (f"{INDENT}classDef {kind} {look}" for kind, look in _classes(style).items())
    if diagram.clusters:
        yield f"{INDENT}classDef group fill:{style.group},stroke:{style.group_line},color:{style.muted}"
        yield f"{INDENT}class {','.join(f'g{number}' for number in range(len(diagram.clusters)))} group"
    for i, edge in enumerate(diagram.edges):
        if look := _edge_look(edge, style):
            yield f"{INDENT}linkStyle {i} {look}"


def _scope(diagram: Diagram, scope: int) -> Iterator[str]:
    """Yield the nodes and the clusters that are directly in a cluster; recursion as deep as modules are nested."""
    for number, cluster in enumerate(diagram.clusters):
        if cluster.parent == scope:
            yield f'subgraph g{number}["{escape_mermaid(cluster.title)}"]'
            yield from (INDENT + line for line in _scope(diagram, number))
            yield "end"
    for number, node in enumerate(diagram.nodes):
        if node.cluster == scope:
            yield f"n{number}{_node(diagram, node)}"


def _node(diagram: Diagram, node: DiagramNode) -> str:
    texts = [node.title] if diagram.columns else node.lines(formulas=diagram.settings.formulas)
    label = "<br/>".join(map(escape_mermaid, texts)).replace("   ", " &nbsp; ") or " "
    opening, closing = {"leaf": ("([", "])"), "neuron": ("((", "))"), "input": ("((", "))")}.get(
        node.kind, ("[", "]")
    )
    return f'{opening}"{label}"{closing}:::{"highlight" if node.highlighted else node.kind}'


def _arrow(edge: DiagramEdge) -> str:
    line = "-.->" if edge.sign < 0 else "---" if edge.strength is not None else "-->"
    return f'{line}|"{escape_mermaid(edge.text)}"|' if edge.text else line


def _classes(style: Style) -> dict[str, str]:
    looks = {}
    for kind in ("leaf", "operation", "root", "module", "more", "neuron", "input", "highlight"):
        fill, line = style.fill_and_border(kind, highlighted=kind == "highlight")
        width = 3 if kind in {"root", "highlight"} else 1
        looks[kind] = f"fill:{fill},stroke:{line},stroke-width:{width}px,color:{style.ink}"
    return looks


def _edge_look(edge: DiagramEdge, style: Style) -> str:
    colour = {1: style.positive, -1: style.negative}.get(edge.sign, "")
    width = 1.0 + log10(edge.count) if edge.strength is None else 0.5 + 3 * edge.strength
    if edge.highlighted:
        colour, width = style.highlight, width + 2
    look = [f"stroke:{colour}"] if colour else []
    return ",".join([*look, f"stroke-width:{width:.2g}px"] if look or width != 1 else [])
