r"""A picture in TikZ, for LaTeX: the layout of `svg`, with the fonts of the document around it.

The document needs `\usepackage{tikz}`, and `\usepackage[T1]{fontenc}` for all characters. What neither ASCII nor
Latin-1 has, and no sign of mathematics stands for, is written as its number, so that every TeX can set it.

>>> from autograd_tiny import Value
>>> from autograd_tiny.diagrams.model import picture_of
>>> from autograd_tiny.diagrams.options import settings
>>> print(tikz(picture_of(Value(2.0, label="a_1"), settings())).splitlines()[-4])
  \node[anchor=base east, font=\sffamily\fontsize{7.7}{7.7}\selectfont, text=agt-ink] at (85,33) {2};
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from math import log10
from typing import Final

from autograd_tiny.diagrams.cards import FRAME, LABEL, STACK, Card, Line, arrange, cards
from autograd_tiny.diagrams.layout import Box, Layout
from autograd_tiny.diagrams.palette import STYLES, Style, names_of_fill_and_border
from autograd_tiny.diagrams.picture import Edge, Node, Picture
from autograd_tiny.diagrams.strokes import short

POINT: Final = 0.75
"""Points of TeX for one unit of the layout, a pixel."""
FONT: Final = 0.7
"""Points of a font for one unit; the bold letters of TeX are wider than those of Helvetica."""
SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "-": "{-}",
    ",": "{,}",
    "[": "{[}",
    "]": "{]}",
    " ": r"\ ",
    "−": "$-$",
    "×": r"$\times$",
    "÷": r"$\div$",
    "·": r"$\cdot$",
    "∂": r"$\partial$",
    "√": r"$\surd$",
    "∛": r"$\sqrt[3]{\,}$",
    "Σ": r"$\Sigma$",
    "Π": r"$\Pi$",
    "Γ": r"$\Gamma$",
    "Φ": r"$\Phi$",
    "φ": r"$\varphi$",
    "‖": r"$\Vert$",
    "…": r"\ldots{}",
    "—": "---",
    "⋮": r"$\vdots$",
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


def tikz(picture: Picture) -> str:
    """Return a picture as one tikzpicture environment."""
    picture = replace(picture, nodes=tuple(map(_spelled, picture.nodes)))  # before the cards are cut to its texts
    made = cards(picture)
    return "\n".join(_Writer(picture, made, arrange(picture, made)).lines()) + "\n"


def escape(text: str) -> str:
    r"""Return a text of visible characters as LaTeX that sets just that.

    >>> print(escape("50% of w_1 \\N"), escape("é ∂ 中"))
    50\%\ of\ w\_1\ \textbackslash{}N é\ $\partial$\ {[}U+4E2D{]}
    """
    return "".join(SPECIAL.get(character, character) for character in "".join(map(_spell, text)))


def _spelled(node: Node) -> Node:
    """Return a node whose texts have the numbers of characters that cannot be set."""
    rows = tuple(replace(row, text="".join(map(_spell, row.text))) for row in node.rows)
    title, operation = ("".join(map(_spell, text)) for text in (node.title, node.operation))
    return replace(node, title=title, operation=operation, rows=rows)


def _spell(character: str) -> str:
    known = character in SPECIAL or character <= "~" or "\xc0" <= character <= "\xff"
    return character if known else f"[U+{ord(character):04X}]"


class _Writer:
    """Writes one picture."""

    def __init__(self, picture: Picture, made: list[Card], plan: Layout) -> None:
        self.picture, self.cards, self.plan = picture, made, plan
        self.style: Style = STYLES[picture.settings.style]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the environment."""
        yield f"% {escape(self.picture.title)}. Needs \\usepackage{{tikz}} and \\usepackage[T1]{{fontenc}}."
        yield f"\\begin{{tikzpicture}}[x={POINT}pt, y=-{POINT}pt, inner sep=0pt, outer sep=0pt]"
        for name, colour in asdict(self.style).items():
            yield f"  \\definecolor{{agt-{_colour(name)}}}{{HTML}}{{{colour.removeprefix('#')}}}"
        for group, frame in zip(self.picture.groups, self.plan.groups, strict=True):
            yield f"  \\filldraw[fill=agt-group, draw=agt-group-line, rounded corners=5pt] {_rectangle(frame)};"
            yield self.text(group.title, frame.x + 10, frame.y + 16, FRAME, "muted", bold=True)
        for edge, points in zip(self.picture.edges, self.plan.edges, strict=True):
            yield from self.edge(edge, points)
        for place, node in enumerate(self.picture.nodes):
            yield from self.node(place, node)
        if self.picture.caption:
            yield self.text(self.picture.caption, 0.0, self.plan.height + 24, FRAME, "muted")
        yield "\\end{tikzpicture}"

    def text(  # noqa: PLR0917 - where a text stands, and how it looks
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
        """Return a text at a place."""
        weight = "\\bfseries" if bold else ""
        points = short(size * FONT)
        font = f"\\sffamily\\fontsize{{{points}}}{{{points}}}{weight}\\selectfont"
        look = f"anchor={anchor}, font={font}, text=agt-{colour}"
        return f"  \\node[{look}] at ({short(x)},{short(y)}) {{{escape(text)}}};"

    def edge(self, edge: Edge, points: tuple[tuple[float, float], ...]) -> Iterator[str]:
        """Yield an edge, and its label."""
        colour = {1: "positive", -1: "negative"}.get(edge.sign, "line")
        width = 0.9 + log10(edge.count) if edge.strength is None else 0.3 + 2.1 * edge.strength
        if edge.highlighted:
            colour, width = "highlight", width + 1.3
        look = [f"draw=agt-{colour}", f"line width={short(width)}pt"]
        if edge.strength is None:
            look.append("-latex")
        if edge.sign < 0:
            look.append("dashed")
        elif edge.text and not edge.sign:
            look.append("dotted")
        path = f"({short(points[0][0])},{short(points[0][1])})"
        for i in range(1, len(points), 3):
            one, two, end = (f"({short(x)},{short(y)})" for x, y in points[i : i + 3])
            path += f" .. controls {one} and {two} .. {end}"
        yield f"  \\draw[{', '.join(look)}] {path}; % n{edge.tail} -> n{edge.head}"
        if edge.text:
            x, y = points[-1]
            flows_right = self.picture.settings.direction == "LR"
            x, y, anchor = (x - 9, y - 4, "base east") if flows_right else (x + 5, y - 8, "base west")
            colour = {1: "positive-text", -1: "negative-text"}.get(edge.sign, "muted")
            yield self.text(edge.text, x, y, LABEL, colour, anchor)

    def node(self, place: int, node: Node) -> Iterator[str]:
        """Yield the box of a node and its texts."""
        box, made = self.plan.boxes[place], self.cards[place]
        names = names_of_fill_and_border(node.kind, highlighted=node.highlighted)
        fill, line = (_colour(name) for name in names)
        width = 2.2 if node.highlighted else {"root": 1.8, "module": 1.0}.get(node.kind, 0.9)
        look = f"fill=agt-{fill}, draw=agt-{line}, line width={width}pt"
        if self.picture.columns:
            middle = f"({short(box.x + box.width / 2)},{short(box.y + box.height / 2)})"
            yield f"  \\filldraw[{look}] {middle} circle[radius={short(box.width / 2 * POINT)}pt]; % n{place}"
            yield self.text(node.title, box.x + box.width / 2, box.y + box.height / 2 + 4, LABEL, "ink", "base")
            return
        look += f", rounded corners={8 if node.kind == 'leaf' else 3}pt"
        stack = STACK if node.count > 1 else 0.0
        front = Box(box.x, box.y + stack, box.width - stack, box.height - stack)
        if stack:
            yield f"  \\filldraw[{look}] {_rectangle(Box(front.x + stack, box.y, front.width, front.height))};"
        yield f"  \\filldraw[{look}] {_rectangle(front)}; % n{place}"
        x, y = box.x + (box.width - made.width) / 2, box.y + (box.height - made.height) / 2
        if made.rule is not None:
            start = f"({short(front.x)},{short(y + made.rule)})"
            yield f"  \\draw[draw=agt-{line}, opacity=0.35] {start} -- +({short(front.width)},0);"
        for line_of_text in made.lines:
            yield self.card_text(line_of_text, x, y)

    def card_text(self, line: Line, x: float, y: float) -> str:
        """Return a text of a card."""
        colour = "muted" if line.role in {"name", "count"} else "ink"
        if line.sign:
            colour = "positive-text" if line.sign > 0 else "negative-text"
        anchor = "base east" if line.is_end else "base west"
        is_bold = line.role in {"title", "count"}
        return self.text(line.text, x + line.x, y + line.y, line.size, colour, anchor, bold=is_bold)


def _colour(name: str) -> str:
    """Return the name of a colour of a style as it is in TikZ."""
    return name.replace("_", "-")


def _rectangle(box: Box) -> str:
    return f"({short(box.x)},{short(box.y)}) rectangle +({short(box.width)},{short(box.height)})"
