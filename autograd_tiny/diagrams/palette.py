"""Colours in three styles, from the palette of Okabe and Ito 2008, which suits every kind of colour vision.

A sign is never shown by colour alone: negative is dashed too. Text has at least the contrast of 4.5 : 1 that WCAG 2.1
AA requires, lines with a meaning the 3 : 1 that it requires of graphics. A colour of the palette that is too light
for that on white is darkened.

>>> round(contrast("#000000", "#FFFFFF"), 1), round(contrast(STYLES["light"].ink, STYLES["light"].leaf), 1)
(21.0, 14.4)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BLACK, WHITE = "#000000", "#FFFFFF"
ORANGE, SKY_BLUE, GREEN, BLUE = "#E69F00", "#56B4E9", "#009E73", "#0072B2"
VERMILLION, PURPLE = "#D55E00", "#CC79A7"


@dataclass(frozen=True, slots=True)
class Style:
    """The colours of a diagram.

    Attributes:
        paper: the background.
        ink: text.
        muted: secondary text, on paper and on every fill.
        line: edges, and the borders of operations.
        leaf, leaf_line: the fill and border of a leaf.
        operation: the fill of an operation.
        root, root_line: the fill and border of the root.
        module, module_line: the fill and border of a box that represents a module.
        group, group_line: the fill and border of a cluster.
        positive, negative: lines of partials and weights by their sign.
        positive_text, negative_text: numbers by their sign.
        highlight, highlight_fill: the border and fill of highlighted nodes.
    """

    paper: str
    ink: str
    muted: str
    line: str
    leaf: str
    leaf_line: str
    operation: str
    root: str
    root_line: str
    module: str
    module_line: str
    group: str
    group_line: str
    positive: str
    negative: str
    positive_text: str
    negative_text: str
    highlight: str
    highlight_fill: str

    def fill_and_border(self, kind: str, *, highlighted: bool = False) -> tuple[str, str]:
        """Return the colours of a box of some kind.

        >>> STYLES["light"].fill_and_border("more")
        ('#FFFFFF', '#6E7781')
        """
        fill, border = names_of_fill_and_border(kind, highlighted=highlighted)
        return getattr(self, fill), getattr(self, border)


COLOURS: Final = {
    "paper": (WHITE, WHITE, "#0F1419"),
    "ink": ("#1B1F24", BLACK, "#E8EDF2"),
    "muted": ("#57606A", "#404040", "#A9B4C0"),
    "line": ("#6E7781", "#404040", "#8B96A3"),
    "leaf": ("#E6F1F8", "#EDEDED", "#12293B"),
    "leaf_line": (BLUE, BLACK, SKY_BLUE),
    "operation": (WHITE, WHITE, "#1A212A"),
    "root": ("#E3F4EE", WHITE, "#0E2E25"),
    "root_line": ("#008F68", BLACK, "#1FB88C"),
    "module": ("#FDF4E0", WHITE, "#2D2410"),
    "module_line": ("#A87400", BLACK, ORANGE),
    "group": ("#F4F6F8", WHITE, "#151B22"),
    "group_line": ("#C3CAD2", "#8C8C8C", "#3A4551"),
    "positive": (BLUE, BLACK, SKY_BLUE),
    "negative": (VERMILLION, BLACK, ORANGE),
    "positive_text": ("#005F96", BLACK, SKY_BLUE),
    "negative_text": ("#A34700", BLACK, ORANGE),
    "highlight": ("#B4528A", BLACK, PURPLE),
    "highlight_fill": ("#FBEDF5", "#DADADA", "#3A2233"),
}
"""Each colour in the light style, in print and in the dark style."""

STYLES: Final = {
    name: Style(**{field: colours[column] for field, colours in COLOURS.items()})
    for column, name in enumerate(("light", "print", "dark"))
}

SIGN_COLOUR: Final = {1: "positive_text", -1: "negative_text"}
"""The colour of a number by its sign."""


def names_of_fill_and_border(kind: str, *, highlighted: bool = False) -> tuple[str, str]:
    """Return the names of the two colours of a box.

    Args:
        kind: that of a `DiagramNode`.
        highlighted: whether it is highlighted.

    >>> names_of_fill_and_border("input")
    ('leaf', 'leaf_line')
    """
    if highlighted:
        return "highlight_fill", "highlight"
    return {
        "leaf": ("leaf", "leaf_line"),
        "input": ("leaf", "leaf_line"),
        "root": ("root", "root_line"),
        "module": ("module", "module_line"),
        "more": ("paper", "line"),
    }.get(kind, ("operation", "line"))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
