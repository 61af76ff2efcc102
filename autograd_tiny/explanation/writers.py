r"""Blocks written as text, Markdown, LaTeX or HTML; what comes from the user is harmless in all four.

>>> from autograd_tiny.explanation.blocks import Formula
>>> blocks = [Heading("Forward pass"), Equations((Chain(Formula("L", "L"), (Formula("a * a", r"a \cdot a"),)),))]
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
from html import escape
from itertools import zip_longest
from textwrap import TextWrapper
from typing import Final

from autograd_tiny.explanation.blocks import Block, Chain, Equations, Formula, Heading, Remark, Sentence

WIDTH: Final = 100
"""Where sentences of text are broken, in characters."""
WIDEST: Final = 40
"""Columns of text are aligned up to this width."""


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def as_text(blocks: Sequence[Block]) -> str:
    """Return lines for a terminal: a heading after an empty line, equations in columns."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading(title):
                lines += ([""] if lines else []) + [title]
            case Sentence() | Remark():
                indent = "  " if isinstance(block, Remark) else ""
                wrapper = TextWrapper(WIDTH, indent, "  ", break_long_words=False, break_on_hyphens=False)
                lines += wrapper.wrap(_plain(block))
            case Equations(chains):
                lines += _columns(chains)
    return "\n".join(lines)


def _plain(sentence: Sentence | Remark) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in sentence.parts)


def _columns(chains: Sequence[Chain]) -> list[str]:
    """Return chains below each other, their signs of equality too, as far as the columns are narrow."""
    rows = [[chain.left.text, *(part.text for part in chain.right)] for chain in chains]
    columns = zip_longest(*rows, fillvalue="")
    widths = [max((len(cell) for cell in column if len(cell) <= WIDEST), default=0) for column in columns]
    lines = []
    for chain, row in zip(chains, rows, strict=True):
        sign = "+=" if chain.is_added else "= " if any(other.is_added for other in chains) else "="
        left, *right = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        lines.append(f"    {left} {sign} {' = '.join(right)}".rstrip())
    return lines


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────


def as_markdown(blocks: Sequence[Block]) -> str:
    r"""Return Markdown with mathematics between dollars; GitHub takes `\\` at the end of a line only."""
    parts = []
    for block in blocks:
        match block:
            case Heading(title):
                parts.append(f"### {title}")
            case Sentence():
                parts.append(_inline(block))
            case Remark():
                parts.append(f"> {_inline(block)}")
            case Equations(chains):
                rows = _rows(chains).replace(r" \\ ", " \\\\\n")
                parts.append(f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$")
    return "\n\n".join(parts)


def _inline(sentence: Sentence | Remark) -> str:
    return "".join(part if isinstance(part, str) else f"${part.latex}$" for part in sentence.parts)


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
        match block:
            case Heading(title):
                parts.append(rf"\paragraph{{{title}}}")
            case Sentence() | Remark():
                parts.append(_inline(block) + r"\par")
            case Equations(chains):
                parts.append(f"\\begin{{align*}}\n{_rows(chains)}\n\\end{{align*}}")
    return "\n".join(parts)


# ── HTML ──────────────────────────────────────────────────────────────────────────────────────────────────────


def as_html(blocks: Sequence[Block]) -> str:
    """Return a fragment of HTML that needs nothing else: no script, no style sheet, no network."""
    parts = []
    for block in blocks:
        match block:
            case Heading(title):
                parts.append(f"<h3>{escape(title)}</h3>")
            case Sentence():
                parts.append(f"<p>{_prose(block)}</p>")
            case Remark():
                parts.append(f'<p style="margin-left: 2em"><small>{_prose(block)}</small></p>')
            case Equations(chains):
                rows = "\n".join(f"<tr>{_cells(chain)}</tr>" for chain in chains)
                parts.append(f'<table style="border: none; margin-left: 2em">\n{rows}\n</table>')
    return "\n".join(["<div>", *parts, "</div>"])


def _prose(sentence: Sentence | Remark) -> str:
    return "".join(escape(part) if isinstance(part, str) else _html(part) for part in sentence.parts)


def _html(formula: Formula) -> str:
    return f"<i>{escape(formula.text)}</i>"


def _cells(chain: Chain) -> str:
    sign = "+=" if chain.is_added else "="
    cells = [_html(chain.left), *(f"{sign if i == 0 else '='} {_html(part)}" for i, part in enumerate(chain.right))]
    return "".join(f'<td style="text-align: left">{cell}</td>' for cell in cells)
