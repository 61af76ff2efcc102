"""What a worked solution is made of, whatever it is written as: headings, sentences, and equations below each other.

>>> Sentence((Formula("a", "a"), " is used twice."))
Sentence(parts=(Formula(text='a', latex='a'), ' is used twice.'))
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd_tiny.symbolic.symbol import Symbol


@dataclass(frozen=True, slots=True)
class Formula:
    """A piece of mathematics; all that comes from the user stands in one.

    Attributes:
        text: as people read it, in one line.
        latex: for math mode; nothing in it can break out.
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

    parts: tuple[str | Formula, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Sentences about what stands before: plain ASCII words, and formulas."""

    parts: tuple[str | Formula, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Formulas that are equal to the one on the left, or are added to it.

    Attributes:
        left: what is computed.
        right: what it is, more and more worked out.
        is_added: whether it grows by that.
    """

    left: Formula
    right: tuple[Formula, ...]
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Equations:
    """Chains below each other, aligned."""

    chains: tuple[Chain, ...]


Block = Heading | Sentence | Remark | Equations


def formula(symbol: Symbol, within: int = 0) -> Formula:
    """Return a Symbol as a formula, in parentheses if it binds less tightly than `within`."""
    return Formula(symbol.text(within), symbol.latex(within))


def joined(text: str, latex: str, *formulas: Formula) -> Formula:
    r"""Return formulas with a sign between them.

    >>> joined(" · ", r" \cdot ", Formula("a", "a"), Formula("b", "b")).text
    'a · b'
    """
    return Formula(text.join(part.text for part in formulas), latex.join(part.latex for part in formulas))
