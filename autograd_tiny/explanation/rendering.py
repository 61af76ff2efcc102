r"""Render a worked solution: its blocks (headings, sentences, remarks, equations) as text, Markdown, LaTeX or HTML.

Text of the user is always in a `Math`, which each format escapes.

>>> blocks = [Heading("Forward pass"), Equations((Chain(Math("L", "L"), (Math("a * a", r"a \cdot a"),)),))]
>>> print(render_text(blocks))
Forward pass
    L = a * a
>>> print(render_latex(blocks))
\paragraph{Forward pass}
\begin{align*}
L &= a \cdot a
\end{align*}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import compress, zip_longest
from typing import Final

from autograd_tiny.support.display_width import display_width, pad_right
from autograd_tiny.support.terminal_text import fold
from autograd_tiny.symbolic.notation import FEWEST_DIGITS
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
class Remark(Sentence):
    """Sentences about the block before."""


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


Block = Heading | Sentence | Equations


def symbol_math(symbol: Symbol, within: int = 0, digits: int = FEWEST_DIGITS) -> Math:
    """Return a Symbol as a formula, in parentheses if it binds less tightly than `within`."""
    return Math(symbol.text(within, digits), symbol.latex(within, digits))


EQUAL, PLUS, TIMES = Math(" = ", " = "), Math(" + ", " + "), Math(" · ", r" \cdot ")
COMMA, SPACE = Math(", ", r",\; "), Math(" ", r"\; ")


def join_math(sign: Math, *formulas: Math) -> Math:
    """Return formulas with a sign between them.

    >>> join_math(TIMES, Math("a", "a"), Math("b", "b")).text
    'a · b'
    """
    return Math(sign.text.join(part.text for part in formulas), sign.latex.join(part.latex for part in formulas))


def _rendered(
    blocks: Sequence[Block],
    heading: Callable[[str], str],
    equations: Callable[[Sequence[Chain]], str],
    prose: Callable[[Sentence], str],
) -> list[str]:
    """Return each block as one format writes its kind."""
    return [
        heading(block.title)
        if isinstance(block, Heading)
        else equations(block.chains)
        if isinstance(block, Equations)
        else prose(block)
        for block in blocks
    ]


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def render_text(blocks: Sequence[Block], *, width: int = WIDTH) -> str:
    """Return lines for a terminal: a heading after an empty line, equations in columns where these fit.

    Args:
        blocks: of the solution.
        width: where sentences are broken, in characters; of the usual width, equations are not broken.
    """
    equations = partial(_columns, width=width if width != WIDTH else None)
    return "\n".join(_rendered(blocks, "\n{}".format, equations, partial(_wrapped, width=width))).removeprefix("\n")


def _wrapped(block: Sentence, width: int) -> str:
    indent = "  " if isinstance(block, Remark) else ""
    text = "".join(part if isinstance(part, str) else part.text for part in block.parts)
    return "\n".join(fold(f"{indent}{text}", width, hanging=2 - len(indent)))


def _columns(chains: Sequence[Chain], width: int | None) -> str:
    """Return chains below each other, in columns where a row is narrow, in a line for each part if too wide."""
    lines = _aligned_chains(chains)
    if width is not None and max(map(display_width, lines)) > width:
        lines = [part for chain in chains for part in _stacked(chain, width)]
    return "\n".join(lines)


def _stacked(chain: Chain, width: int) -> list[str]:
    """Return a chain in one line, or what is equal below each other, each folded at an operator."""
    sign = "+=" if chain.is_added else "="
    first, *others = (part.text for part in chain.right)
    lines = [f"    {chain.left.text} {sign} {first}", *(f"      = {part}" for part in others)]
    whole = f"    {chain.left.text} {sign} {' = '.join(part.text for part in chain.right)}"
    fits = display_width(whole) <= width
    return [whole] if fits else [part for line in lines for part in fold(line, width, hanging=4)]


def _aligned_chains(chains: Sequence[Chain]) -> list[str]:
    """Return a line for each chain."""
    rows = [[chain.left.text, *(part.text for part in chain.right)] for chain in chains]
    is_narrow = [max(map(display_width, row)) <= WIDEST for row in rows]
    widths = [max(map(display_width, column)) for column in zip_longest(*compress(rows, is_narrow), fillvalue="")]
    equals = "= " if any(chain.is_added for chain in chains) else "="
    lines = []
    for chain, row, narrow in zip(chains, rows, is_narrow, strict=True):
        left, *right = map(pad_right, row, widths) if narrow else row
        lines.append(f"    {left} {'+=' if chain.is_added else equals} {' = '.join(right)}".rstrip())
    return lines


# ── Markdown and LaTeX ────────────────────────────────────────────────────────────────────────────────────────


def render_markdown(blocks: Sequence[Block]) -> str:
    """Return Markdown with mathematics between dollars."""
    return "\n\n".join(_rendered(blocks, "### {}".format, _display, _quoted))


def render_latex(blocks: Sequence[Block]) -> str:
    """Return a fragment that compiles with amsmath."""
    return "\n".join(_rendered(blocks, r"\paragraph{{{}}}".format, _align, _paragraph))


def _display(chains: Sequence[Chain]) -> str:
    rows = _rows(chains).replace(r" \\ ", " \\\\\n")  # GitHub takes a line break at the end of a line only
    return f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$"


def _align(chains: Sequence[Chain]) -> str:
    return f"\\begin{{align*}}\n{_rows(chains)}\n\\end{{align*}}"


def _rows(chains: Sequence[Chain]) -> str:
    return " \\\\\n".join(map(_aligned, chains))


def _aligned(chain: Chain) -> str:
    sign = r"\mathrel{+}=" if chain.is_added else "="
    return f"{chain.left.latex} &{sign} {' = '.join(part.latex for part in chain.right)}"


def _quoted(block: Sentence) -> str:
    return "> " * isinstance(block, Remark) + _inline(block)


def _paragraph(block: Sentence) -> str:
    return _inline(block, underscore=r"\_") + r"\par"


def _inline(block: Sentence, underscore: str = "_") -> str:
    parts = block.parts
    return "".join(part.replace("_", underscore) if isinstance(part, str) else f"${part.latex}$" for part in parts)


# ── HTML ──────────────────────────────────────────────────────────────────────────────────────────────────────


def render_html(blocks: Sequence[Block]) -> str:
    """Return a fragment of HTML that needs nothing else: no script, no style sheet, no network."""
    return "\n".join(["<div>", *_rendered(blocks, "<h3>{}</h3>".format, _table, _prose), "</div>"])


def _table(chains: Sequence[Chain]) -> str:
    rows = "\n".join(f"<tr>{_cells(chain)}</tr>" for chain in chains)
    return f'<table style="border: none; margin-left: 2em">\n{rows}\n</table>'


def _cells(chain: Chain) -> str:
    sign = "+=" if chain.is_added else "="
    cells = [_html(chain.left), *(f"{sign if i == 0 else '='} {_html(part)}" for i, part in enumerate(chain.right))]
    return "".join(f'<td style="text-align: left">{cell}</td>' for cell in cells)


def _prose(block: Sentence) -> str:
    style = ' style="margin-left: 2em; font-size: 90%"' if isinstance(block, Remark) else ""
    text = "".join(escape(part) if isinstance(part, str) else _html(part) for part in block.parts)
    return f"<p{style}>{text}</p>"


def _html(formula: Math) -> str:
    return f"<i>{escape(formula.text)}</i>"
