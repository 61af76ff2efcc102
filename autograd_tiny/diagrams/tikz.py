r"""Render a diagram in TikZ, for LaTeX: the layout of `svg`, with the fonts of the document around it.

The document needs `\usepackage{tikz}`, and `\usepackage[T1]{fontenc}` for all characters. A character beyond ASCII
and Latin-1 that has no mathematical command is written as its number, so that every TeX can set it.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.graph_diagram import graph_diagram
>>> from autograd_tiny.diagrams.options import settings
>>> print(tikz(graph_diagram(Value(2.0, label="a_1"), settings())).splitlines()[-4])
  \node[anchor=base east, font=\sffamily\fontsize{7.7}{7.7}\selectfont, text=agt-ink] at (85,33) {2};
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from math import log10
from typing import Final

from autograd_tiny.diagrams.diagram import Diagram, DiagramEdge, DiagramNode
from autograd_tiny.diagrams.layout import Box, Layout, Point
from autograd_tiny.diagrams.node_boxes import CLUSTER_TITLE, LABEL, STACK, NodeBox, diagram_layout, node_boxes
from autograd_tiny.diagrams.palette import SIGN_COLOUR, names_of_fill_and_border
from autograd_tiny.diagrams.text import coord

POINT: Final = 0.75
"""Points of TeX for one unit of the layout, a pixel."""
FONT: Final = 0.7
"""Points of a font for one unit; the bold letters of TeX are wider than those of Helvetica."""
SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}", "-": "{-}",
    ",": "{,}", "[": "{[}", "]": "{]}", " ": r"\ ", "−": "$-$", "×": r"$\times$", "÷": r"$\div$", "·": r"$\cdot$",
    "∂": r"$\partial$", "√": r"$\surd$", "∛": r"$\sqrt[3]{\,}$", "Σ": r"$\Sigma$", "Π": r"$\Pi$", "Γ": r"$\Gamma$",
    "Φ": r"$\Phi$", "φ": r"$\varphi$", "‖": r"$\Vert$", "…": r"\ldots{}", "—": "---", "⋮": r"$\vdots$",
    "→": r"$\to$",
} | {
    letter: f"$\\{name}$"
    for letter, name in zip(
        "αβγδεζηθικλμνξπρστυχψωΔΘΛΞΨΩ",
        [
            *("alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda"),
            *("mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "chi", "psi", "omega"),
            *("Delta", "Theta", "Lambda", "Xi", "Psi", "Omega"),
        ],
        strict=True,
    )
}  # fmt: skip


def tikz(diagram: Diagram) -> str:
    """Return a diagram as one tikzpicture environment."""
    diagram = replace(diagram, nodes=tuple(map(_spelled, diagram.nodes)))  # before the boxes are fitted to its texts
    boxes = node_boxes(diagram)
    return "\n".join(_TikzWriter(diagram, boxes, diagram_layout(diagram, boxes)).lines()) + "\n"


def escape_latex(text: str) -> str:
    r"""Return a text of visible characters as LaTeX that shows just that.

    >>> print(escape_latex("50% of w_1 \\N"), escape_latex("é ∂ 中"))
    50\%\ of\ w\_1\ \textbackslash{}N é\ $\partial$\ {[}U+4E2D{]}
    """
    return "".join(SPECIAL.get(character, character) for character in "".join(map(_spell, text)))


def _spelled(node: DiagramNode) -> DiagramNode:
    """Return a node whose texts have numbers for the characters that TeX may not set."""
    rows = tuple(replace(row, text="".join(map(_spell, row.text))) for row in node.rows)
    title, short, operation = ("".join(map(_spell, text)) for text in (node.title, node.short, node.operation))
    return replace(node, title=title, short=short, operation=operation, rows=rows)


def _spell(character: str) -> str:
    known = character in SPECIAL or character <= "~" or "\xc0" <= character <= "\xff"
    return character if known else f"[U+{ord(character):04X}]"


class _TikzWriter:
    def __init__(self, diagram: Diagram, boxes: list[NodeBox], layout: Layout) -> None:
        self.diagram, self.boxes, self.layout = diagram, boxes, layout

    def lines(self) -> Iterator[str]:
        """Yield the lines of the environment."""
        yield f"% {escape_latex(self.diagram.title)}. Needs \\usepackage{{tikz}} and \\usepackage[T1]{{fontenc}}."
        yield f"\\begin{{tikzpicture}}[x={POINT}pt, y=-{POINT}pt, inner sep=0pt, outer sep=0pt]"
        for name, colour in asdict(self.diagram.style).items():
            yield f"  \\definecolor{{agt-{_colour(name)}}}{{HTML}}{{{colour.removeprefix('#')}}}"
        for cluster, frame in zip(self.diagram.clusters, self.layout.clusters, strict=True):
            yield f"  \\filldraw[fill=agt-group, draw=agt-group-line, rounded corners=5pt] {_rectangle(frame)};"
            yield self.text(cluster.title, frame.x + 10, frame.y + 16, CLUSTER_TITLE, "muted", bold=True)
        for edge, points in zip(self.diagram.edges, self.layout.edges, strict=True):
            yield from self.edge(edge, points)
        for place, node in enumerate(self.diagram.nodes):
            yield from self.node(place, node)
        if self.diagram.caption:
            yield self.text(self.diagram.caption, 0.0, self.layout.height + 24, CLUSTER_TITLE, "muted")
        yield "\\end{tikzpicture}"

    def text(  # noqa: PLR0917 - the position of a text, and its format
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        colour: str,
        anchor: str = "base west",
        *,
        bold: bool = False,
    ) -> str:
        """Return a text at a position."""
        weight = "\\bfseries" if bold else ""
        points = coord(size * FONT)
        font = f"\\sffamily\\fontsize{{{points}}}{{{points}}}{weight}\\selectfont"
        look = f"anchor={anchor}, font={font}, text=agt-{_colour(colour)}"
        return f"  \\node[{look}] at ({coord(x)},{coord(y)}) {{{escape_latex(text)}}};"

    def edge(self, edge: DiagramEdge, points: tuple[Point, ...]) -> Iterator[str]:
        """Yield an edge, and its label."""
        colour = {1: "positive", -1: "negative"}.get(edge.sign, "line")
        width = 0.9 + log10(edge.count) if edge.strength is None else 0.3 + 2.1 * edge.strength
        if edge.highlighted:
            colour, width = "highlight", width + 1.3
        look = [f"draw=agt-{colour}", f"line width={coord(width)}pt"]
        if edge.strength is None:
            look.append("-latex")
        if edge.sign < 0:
            look.append("dashed")
        elif edge.text and not edge.sign:
            look.append("dotted")
        path = f"({coord(points[0][0])},{coord(points[0][1])})"
        for i in range(1, len(points), 3):
            one, two, end = (f"({coord(x)},{coord(y)})" for x, y in points[i : i + 3])
            path += f" .. controls {one} and {two} .. {end}"
        yield f"  \\draw[{', '.join(look)}] {path}; % n{edge.tail} -> n{edge.head}"
        if edge.text:
            x, y = points[-1]
            flows_right = self.diagram.settings.direction == "LR"
            x, y, anchor = (x - 9, y - 4, "base east") if flows_right else (x + 5, y - 8, "base west")
            yield self.text(edge.text, x, y, LABEL, SIGN_COLOUR.get(edge.sign, "muted"), anchor)

    def node(self, place: int, node: DiagramNode) -> Iterator[str]:
        """Yield the box of a node and its texts."""
        box, content = self.layout.boxes[place], self.boxes[place]
        fill, line = map(_colour, names_of_fill_and_border(node.kind, highlighted=node.highlighted))
        width = 2.2 if node.highlighted else {"root": 1.8, "module": 1.0}.get(node.kind, 0.9)
        look = f"fill=agt-{fill}, draw=agt-{line}, line width={width}pt"
        if self.diagram.columns:
            middle = f"({coord(box.x + box.width / 2)},{coord(box.y + box.height / 2)})"
            yield f"  \\filldraw[{look}] {middle} circle[radius={coord(box.width / 2 * POINT)}pt]; % n{place}"
            yield self.text(node.title, box.x + box.width / 2, box.y + box.height / 2 + 4, LABEL, "ink", "base")
            return
        look += f", rounded corners={8 if node.kind == 'leaf' else 3}pt"
        stack = STACK if node.count > 1 else 0.0
        front = Box(box.x, box.y + stack, box.width - stack, box.height - stack)
        if stack:
            yield f"  \\filldraw[{look}] {_rectangle(Box(front.x + stack, box.y, front.width, front.height))};"
        yield f"  \\filldraw[{look}] {_rectangle(front)}; % n{place}"
        x, y = box.x + (box.width - content.width) / 2, box.y + (box.height - content.height) / 2
        if content.rule is not None:
            start = f"({coord(front.x)},{coord(y + content.rule)})"
            yield f"  \\draw[draw=agt-{line}, opacity=0.35] {start} -- +({coord(front.width)},0);"
        for text in content.lines:
            anchor = "base east" if text.is_end else "base west"
            yield self.text(text.text, x + text.x, y + text.y, text.size, text.colour, anchor, bold=text.bold)


def _colour(name: str) -> str:
    """Return the name of a colour in TikZ."""
    return name.replace("_", "-")


def _rectangle(box: Box) -> str:
    return f"({coord(box.x)},{coord(box.y)}) rectangle +({coord(box.width)},{coord(box.height)})"
