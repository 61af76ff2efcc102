"""Colours: those of Okabe and Ito 2008, which people with any colour vision tell apart, in three styles.

A sign is never told by colour alone: negative is dashed too. Text has at least the contrast of 4.5 : 1 that WCAG 2.1
AA asks of it, lines that carry a meaning the 3 : 1 that it asks of graphics. Where a colour of the palette is too
light for that on white it is darkened.

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
    """The colours of a picture.

    Attributes:
        paper: behind everything.
        ink: text.
        muted: text that steps back, on paper and on every fill.
        line: edges, and the borders of operations.
        leaf, leaf_line: the fill and border of a leaf.
        operation: the fill of an operation.
        root, root_line: the fill and border of the root.
        module, module_line: the fill and border of a box that stands for many nodes.
        group, group_line: the fill and border around the nodes of a module.
        positive, negative: lines of partials and weights by their sign.
        positive_text, negative_text: numbers by their sign.
        highlight, highlight_fill: the border, and fill, of what is highlighted.
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


STYLES: Final = {
    "light": Style(
        paper=WHITE,
        ink="#1B1F24",
        muted="#57606A",
        line="#6E7781",
        leaf="#E6F1F8",
        leaf_line=BLUE,
        operation=WHITE,
        root="#E3F4EE",
        root_line="#008F68",
        module="#FDF4E0",
        module_line="#A87400",
        group="#F4F6F8",
        group_line="#C3CAD2",
        positive=BLUE,
        negative=VERMILLION,
        positive_text="#005F96",
        negative_text="#A34700",
        highlight="#B4528A",
        highlight_fill="#FBEDF5",
    ),
    "print": Style(
        paper=WHITE,
        ink=BLACK,
        muted="#404040",
        line="#404040",
        leaf="#EDEDED",
        leaf_line=BLACK,
        operation=WHITE,
        root=WHITE,
        root_line=BLACK,
        module=WHITE,
        module_line=BLACK,
        group=WHITE,
        group_line="#8C8C8C",
        positive=BLACK,
        negative=BLACK,
        positive_text=BLACK,
        negative_text=BLACK,
        highlight=BLACK,
        highlight_fill="#DADADA",
    ),
    "dark": Style(
        paper="#0F1419",
        ink="#E8EDF2",
        muted="#A9B4C0",
        line="#8B96A3",
        leaf="#12293B",
        leaf_line=SKY_BLUE,
        operation="#1A212A",
        root="#0E2E25",
        root_line="#1FB88C",
        module="#2D2410",
        module_line=ORANGE,
        group="#151B22",
        group_line="#3A4551",
        positive=SKY_BLUE,
        negative=ORANGE,
        positive_text=SKY_BLUE,
        negative_text=ORANGE,
        highlight=PURPLE,
        highlight_fill="#3A2233",
    ),
}


def names_of_fill_and_border(kind: str, *, highlighted: bool = False) -> tuple[str, str]:
    """Return which colours of a style a box of some kind has.

    Args:
        kind: that of a `Node` of a picture.
        highlighted: whether it stands out.

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
