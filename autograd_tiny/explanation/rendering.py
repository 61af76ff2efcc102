r"""Render a worked solution: its blocks (headings, sentences, remarks, equations) as text, Markdown, LaTeX or HTML.

What comes from the user is always in a `Math`, which each format escapes.

>>> blocks = [Heading("Forward pass"), Equations((Chain(Math("L", "L"), (Math("a * a", r"a \cdot a"),)),))]
>>> print(as_text(blocks))
Forward pass
    L = a * a
>>> print(as_latex(blocks))
\paragraph{Forward pass}
\begin{align*}
L &= a \cdot a
\end{align*}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from textwrap import TextWrapper
from typing import Final

from autograd_tiny.symbolic.symbol import Symbol

WIDTH: Final = 100
"""Where sentences of text are broken, in characters."""
WIDEST: Final = 40
"""Equations of text are aligned where no part of them is wider."""


@dataclass(frozen=True, slots=True)
class Math:
    """A piece of mathematics; all that comes from the user is in one.

    Attributes:
        text: in one line.
        latex: for math mode, with everything escaped.
    """

    text: str
    latex: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section, in plain words."""

    title: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain ASCII words, and formulas."""

    parts: tuple[str | Math, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Sentences about the block before: plain ASCII words, and formulas."""

    parts: tuple[str | Math, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Formulas that are equal to the one on the left, or are added to it.

    Attributes:
        left: the name of the result.
        right: the result in symbols, in numbers, as one number.
        is_added: whether the result grows by that.
    """

    left: Math
    right: tuple[Math, ...]
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Equations:
    """Chains below each other, aligned."""

    chains: tuple[Chain, ...]


Block = Heading | Sentence | Remark | Equations


def formula(symbol: Symbol, within: int = 0) -> Math:
    """Return a Symbol as a formula, in parentheses if it binds less tightly than `within`."""
    return Math(symbol.text(within), symbol.latex(within))


def joined(text: str, latex: str, *formulas: Math) -> Math:
    r"""Return formulas with a sign between them.

    >>> joined(" · ", r" \cdot ", Math("a", "a"), Math("b", "b")).text
    'a · b'
    """
    return Math(text.join(part.text for part in formulas), latex.join(part.latex for part in formulas))


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def as_text(blocks: Sequence[Block]) -> str:
    """Return lines for a terminal: a heading after an empty line, equations in columns."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            lines += ["", block.title]
        elif isinstance(block, Equations):
            lines += _columns(block.chains)
        else:
            indent = "  " if isinstance(block, Remark) else ""
            wrapper = TextWrapper(WIDTH, indent, "  ", break_long_words=False, break_on_hyphens=False)
            lines += wrapper.wrap(_plain(block))
    return "\n".join(lines).removeprefix("\n")


def _plain(sentence: Sentence | Remark) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in sentence.parts)


def _columns(chains: Sequence[Chain]) -> list[str]:
    """Return chains below each other, and their signs of equality too where a row is narrow."""
    rows = [[chain.left.text, *(part.text for part in chain.right)] for chain in chains]
    narrow = [row for row in rows if _is_narrow(row)]
    widths = [max(map(len, column)) for column in zip_longest(*narrow, fillvalue="")]
    equals = "= " if any(chain.is_added for chain in chains) else "="
    lines = []
    for chain, row in zip(chains, rows, strict=True):
        sign = "+=" if chain.is_added else equals
        cells = map(str.ljust, row, widths) if _is_narrow(row) else row
        left, *right = cells
        lines.append(f"    {left} {sign} {' = '.join(right)}".rstrip())
    return lines


def _is_narrow(row: Sequence[str]) -> bool:
    return max(map(len, row)) <= WIDEST


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────


def as_markdown(blocks: Sequence[Block]) -> str:
    r"""Return Markdown with mathematics between dollars; GitHub takes `\\` at the end of a line only."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"### {block.title}")
        elif isinstance(block, Equations):
            rows = _rows(block.chains).replace(r" \\ ", " \\\\\n")
            parts.append(f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$")
        else:
            parts.append("> " * isinstance(block, Remark) + _inline(block))
    return "\n\n".join(parts)


def _inline(sentence: Sentence | Remark, underscore: str = "_") -> str:
    parts = sentence.parts
    return "".join(part.replace("_", underscore) if isinstance(part, str) else f"${part.latex}$" for part in parts)


def _rows(chains: Sequence[Chain]) -> str:
    return " \\\\\n".join(_aligned(chain) for chain in chains)


def _aligned(chain: Chain) -> str:
    sign = r"\mathrel{+}=" if chain.is_added else "="
    return f"{chain.left.latex} &{sign} {' = '.join(part.latex for part in chain.right)}"


# ── LaTeX ─────────────────────────────────────────────────────────────────────────────────────────────────────


def as_latex(blocks: Sequence[Block]) -> str:
    """Return a fragment that compiles with amsmath."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(rf"\paragraph{{{block.title}}}")
        elif isinstance(block, Equations):
            parts.append(f"\\begin{{align*}}\n{_rows(block.chains)}\n\\end{{align*}}")
        else:
            parts.append(_inline(block, underscore=r"\_") + r"\par")
    return "\n".join(parts)


# ── HTML ──────────────────────────────────────────────────────────────────────────────────────────────────────


def as_html(blocks: Sequence[Block]) -> str:
    """Return a fragment of HTML that needs nothing else: no script, no style sheet, no network."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"<h3>{escape(block.title)}</h3>")
        elif isinstance(block, Equations):
            rows = "\n".join(f"<tr>{_cells(chain)}</tr>" for chain in block.chains)
            parts.append(f'<table style="border: none; margin-left: 2em">\n{rows}\n</table>')
        else:
            style = ' style="margin-left: 2em; font-size: 90%"' if isinstance(block, Remark) else ""
            parts.append(f"<p{style}>{_prose(block)}</p>")
    return "\n".join(["<div>", *parts, "</div>"])


def _prose(sentence: Sentence | Remark) -> str:
    return "".join(escape(part) if isinstance(part, str) else _html(part) for part in sentence.parts)


def _html(formula: Math) -> str:
    return f"<i>{escape(formula.text)}</i>"


def _cells(chain: Chain) -> str:
    sign = "+=" if chain.is_added else "="
    cells = [_html(chain.left), *(f"{sign if i == 0 else '='} {_html(part)}" for i, part in enumerate(chain.right))]
    return "".join(f'<td style="text-align: left">{cell}</td>' for cell in cells)
