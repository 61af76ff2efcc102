r"""Prepare texts for a diagram: replace what cannot be shown, measure, and format numbers.

>>> visible("a\x00b\nc"), format_number(-1234.5678, 5)
('a␀b␊c', '−1234.6')
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Helvetica, whose widths Arial and Liberation Sans share: the printable characters of ASCII, in thousandths
# of the size of the font (Adobe font metrics of phvr and phvb).
REGULAR: Final = (
    278, 278, 355, 556, 556, 889, 667, 222, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    222, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
BOLD: Final = (
    278, 333, 474, 556, 556, 889, 722, 278, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    278, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
NARROW: Final = {"−": 584, "×": 584, "·": 333, "…": 1000, "—": 1000, "∂": 520}
MEASURED: Final = frozenset([*map(chr, range(32, 127)), *NARROW])
"""The characters whose width is known."""
OTHER: Final = 800
"""Other characters may come from a wider font."""
WIDE: Final = 1350
"""East Asian characters and pictograms."""
BIDIRECTIONAL: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They change the direction of the text after them, beyond the label."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line, nearly or at most, in the unit of the size of the font.

    >>> text_width("grad", 10.0), text_width("grad", 10.0, bold=True)
    (20.01, 21.67)
    """
    table = BOLD if bold else REGULAR
    return sum(_width_of(character, table) for character in text) * size / 1000


def _width_of(character: str, table: tuple[int, ...]) -> int:
    if " " <= character <= "~":
        return table[ord(character) - 32]
    if character in NARROW:
        return NARROW[character]
    if unicodedata.combining(character):
        return 0
    wide = unicodedata.east_asian_width(character) in "WF" or unicodedata.category(character) == "So"
    return WIDE if wide else OTHER


def visible(text: str) -> str:
    """Return a text in one line that every format can hold, each character that cannot be shown replaced.

    Control characters become their pictures (␊ for a line feed). Characters that XML does not allow, such as lone
    surrogates, and those that change the direction of the text after them become �.
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "\u2421"
    hidden = category in {"Cc", "Cs", "Cn", "Zl", "Zp"} or character in BIDIRECTIONAL
    return "\ufffd" if hidden else character


def format_number(x: float, precision: int) -> str:
    """Return a number in at most `precision` digits, with the sign −; -0.0 is 0.

    >>> [format_number(x, 4) for x in (0.5, -1 / 3, -0.0, 1e-300)]
    ['0.5', '−0.3333', '0', '1e−300']
    """
    return f"{x + 0.0:.{precision}g}".replace("-", "−")


def coord(x: float) -> str:
    """Return a coordinate in at most two decimals."""
    return f"{round(x, 2) + 0.0:.10g}"
