"""A tree of Symbols as one line, piece by piece, without recursion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from autograd_tiny.primitive import Primitive
from autograd_tiny.symbol import numbers, templates
from autograd_tiny.symbol.names import latex_name, source_name, text_name
from autograd_tiny.symbol.simplification import simplified
from autograd_tiny.symbol.templates import ANYTHING, ATOM, PRODUCT, SIGN, Slot, Template

if TYPE_CHECKING:
    from autograd_tiny.symbol.tree import Symbol


@dataclass(frozen=True, slots=True)
class Style:
    """How one language writes.

    Attributes:
        template: of a row.
        name: of a leaf.
        number: a constant.
        parentheses: around what binds too loosely.
        brackets: around a condition that is a factor.
        listing: around a list.
        simplify: whether people read it.
    """

    template: Callable[[Primitive], Template]
    name: Callable[[str], str]
    number: Callable[[float], str]
    parentheses: tuple[str, str]
    brackets: tuple[str, str]
    listing: tuple[str, str]
    simplify: bool = True


TEXT: Final = Style(templates.text_of, text_name, numbers.short, ("(", ")"), ("[", "]"), ("[", "]"))
SOURCE: Final = Style(
    templates.source_of, source_name, numbers.exact, ("(", ")"), ("", ""), ("[", "]"), simplify=False
)
LATEX: Final = Style(
    templates.latex_of,
    latex_name,
    numbers.latex,
    (r"\left(", r"\right)"),
    (r"\left[", r"\right]"),
    (r"\left[", r"\right]"),
)


def render(root: Symbol, style: Style, required: int = ANYTHING) -> str:
    """Return a tree in a style, in parentheses if it binds less tightly than required."""
    instead = simplified(root) if style.simplify else {}
    pieces: list[str] = []
    stack: list[str | tuple[Symbol, Slot]] = [(root, Slot(0, required))]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            pieces.append(top)
            continue
        node, slot = top
        node = instead.get(node, node)
        binding, parts = _parts(node, slot, style)
        if binding < ANYTHING <= slot.required:
            parts = [style.brackets[0], *parts, style.brackets[1]]
        elif binding < slot.required or (style is LATEX and slot.after_operator and binding == SIGN):
            parts = [style.parentheses[0], *parts, style.parentheses[1]]
        stack += reversed(parts)
    return "".join(pieces)


def _parts(node: Symbol, slot: Slot, style: Style) -> tuple[int, list[str | tuple[Symbol, Slot]]]:
    """Return how tightly a node binds, and what it is written as: pieces, and operands in their slots."""
    if node.primitive is None:
        number = node.constant
        if number is None:
            return ATOM, [style.name(node.name)]
        if style is SOURCE and slot.is_subscript:
            return ATOM, [str(int(number))]
        text = style.number(number)
        if style is LATEX and "^" in text:
            return PRODUCT, [text]
        return SIGN if text.startswith("-") else ATOM, [text]
    template = style.template(node.primitive)
    operands = node.primitive.group(node.operands)
    several = len(operands) > 1
    parts: list[str | tuple[Symbol, Slot]] = []
    for part in template.parts:
        if isinstance(part, str):
            parts.append(part)
        elif not node.primitive.takes_list[part.position]:
            parts.append((operands[part.position], part))
        else:
            opening, closing = style.listing if style is not LATEX or several else ("", "")
            elements = operands[part.position]
            parts.append(opening)
            for i, element in enumerate(elements):
                parts += [", ", (element, Slot(0, ANYTHING))] if i else [(element, Slot(0, ANYTHING))]
            parts.append(closing)
    if style is SOURCE and slot.is_subscript:
        return ATOM, ["int(", *parts, ")"]
    return template.binding, parts
