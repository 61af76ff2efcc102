"""Render a tree of Symbols as one line of text, Python source or LaTeX.

The parts wait on a stack, so deep trees need no recursion.

>>> from autograd_tiny.symbolic.symbol import Symbol
>>> a, b = Symbol("a"), Symbol("b")
>>> render((a + b) * a, TEXT)
'(a + b) * a'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.symbolic.notation import (
    FEWEST_DIGITS,
    format_number,
    latex_name,
    latex_number,
    latex_symbol,
    source_name,
    source_number,
    text_name,
)
from autograd_tiny.symbolic.simplify import expand, rewrite, simplify
from autograd_tiny.symbolic.templates import (
    ANYTHING,
    ATOM,
    PRODUCT,
    SIGN,
    Slot,
    Template,
    latex_template,
    source_template,
    text_template,
)

if TYPE_CHECKING:
    from autograd_tiny.symbolic.symbol import Symbol

Piece = Any
"""A piece of text, or a Symbol and its Slot."""


@dataclass(frozen=True, slots=True)
class Language:
    """A way to write formulas.

    Attributes:
        template: returns the template of a primitive.
        name: writes the name of a leaf.
        symbol: writes a symbol that is not the name of a node, such as π.
        number: writes a constant.
        parentheses: enclose an operand of too low a precedence.
        brackets: enclose a condition among numbers, and a list.
        rules: applied to each operation before it is written.
    """

    template: Callable[[Primitive], Template]
    name: Callable[[str], str]
    symbol: Callable[[str], str]
    number: Callable[[float], str]
    parentheses: tuple[str, str]
    brackets: tuple[str, str]
    rules: tuple[Callable[[Symbol], Symbol], ...]


def _text_name(label: str) -> str:
    return text_name(printable(label))


TEXT: Final = Language(text_template, _text_name, printable, format_number, ("(", ")"), ("[", "]"), (simplify,))
SOURCE: Final = Language(source_template, source_name, source_name, source_number, ("(", ")"), ("[", "]"), ())
LATEX: Final = Language(
    latex_template,
    latex_name,
    latex_symbol,
    latex_number,
    (r"\left(", r"\right)"),
    (r"\left[", r"\right]"),
    (expand, simplify),
)


def text_language(digits: int) -> Language:
    """Return TEXT, with so many digits a number."""
    return TEXT if digits == FEWEST_DIGITS else replace(TEXT, number=partial(format_number, digits=digits))


def latex_language(digits: int) -> Language:
    """Return LATEX, with so many digits a number."""
    return LATEX if digits == FEWEST_DIGITS else replace(LATEX, number=partial(latex_number, digits=digits))


def render(root: Symbol, language: Language, within: int = ANYTHING, limit: int | None = None) -> str:
    """Return a tree as text, in parentheses if its precedence is lower than `within`.

    Args:
        root: the root of the tree.
        language: TEXT, SOURCE or LATEX.
        within: the precedence of the operator around it.
        limit: stop after this number of characters.
    """
    for rule in language.rules if root.operands else ():
        root = rewrite(root, rule)
    pieces: list[str] = []
    length = 0
    stack: list[Piece] = [(root, Slot(0, within))]
    while stack and (limit is None or length <= limit):
        top = stack.pop()
        if isinstance(top, str):
            pieces.append(top)
            length += len(top)
        else:
            node, slot = top
            stack += reversed(list(_enclosed(node, slot, language)))
    return "".join(pieces)


def _enclosed(node: Symbol, slot: Slot, language: Language) -> Iterator[Piece]:
    """Yield the parts of a node with the parentheses that it needs in a slot."""
    precedence, parts = _parts(node, slot, language)
    before, after = "", ""
    if precedence < ANYTHING <= slot.required:
        before, after = language.brackets
    elif precedence < slot.required or (
        slot.after_operator and language is not SOURCE and _has_sign(parts, language)
    ):
        before, after = language.parentheses
    yield before
    yield from parts
    yield after


def _parts(node: Symbol, slot: Slot, language: Language) -> tuple[int, list[Piece]]:
    """Return the precedence of a node and the parts that it is written with."""
    return (_leaf if node.primitive is None else _operation)(node, slot, language)


def _leaf(node: Symbol, slot: Slot, language: Language) -> tuple[int, list[Piece]]:
    number = node.constant
    if number is None:
        text = (language.name if node.is_label else language.symbol)(node.name)
        return ATOM, [f"int({text})" if slot.is_subscript and language is SOURCE else text]
    if slot.is_subscript and number.is_integer():
        return ATOM, [str(int(number))]
    text = language.number(number)
    if r"\times" in text or "^" in text:
        return PRODUCT, [text]
    return SIGN if text.startswith("-") else ATOM, [text]


def _operation(node: Any, slot: Slot, language: Language) -> tuple[int, list[Piece]]:
    template = language.template(node.primitive)
    operands = node.primitive.group(node.operands)
    parts: list[Piece] = []
    for part in template.parts:
        if isinstance(part, str):
            parts.append(part)
        elif not node.primitive.takes_list[part.position]:
            parts.append((operands[part.position], part))
        else:
            parts += _list(operands[part.position], ("", "") if part.is_enclosed else language.brackets)
    if slot.is_subscript and language is SOURCE:
        return ATOM, ["int(", *parts, ")"]
    return template.precedence, parts


def _list(elements: list[Symbol], brackets: tuple[str, str]) -> Iterator[Piece]:
    yield brackets[0]
    for i, element in enumerate(elements):
        if i:
            yield ", "
        yield element, Slot(0)
    yield brackets[1]


def _has_sign(parts: list[Piece], language: Language) -> bool:
    """Return whether the first character of these parts will be a minus."""
    while True:
        first = next((part for part in parts if part != ""), "")
        if isinstance(first, str):
            return first.startswith("-")
        node, slot = first
        precedence, parts = _parts(node, slot, language)
        if precedence < slot.required:
            return False
