"""A tree of Symbols as one line: piece by piece, from a stack, so that nothing recurses.

>>> from autograd_tiny.symbolic.symbol import Symbol
>>> a, b = Symbol("a"), Symbol("b")
>>> render((a + b) * a, TEXT)
'(a + b) * a'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.symbolic import number_text as numbers
from autograd_tiny.symbolic.latex_names import latex_name
from autograd_tiny.symbolic.latex_templates import latex_template
from autograd_tiny.symbolic.simplify import expanded, rewritten, simplified
from autograd_tiny.symbolic.source_names import source_name
from autograd_tiny.symbolic.templates import (
    ANYTHING,
    ATOM,
    PRODUCT,
    SIGN,
    Slot,
    Template,
    source_template,
    text_template,
)

if TYPE_CHECKING:
    from autograd_tiny.symbolic.symbol import Symbol

Part = Any  # a piece of text, or a Symbol in its Slot


@dataclass(frozen=True, slots=True)
class Style:
    """How one language writes.

    Attributes:
        template: of a row.
        name: of a leaf.
        number: a constant.
        parentheses: around what binds too loosely.
        brackets: around a condition among numbers, and around a list.
        rewrites: what to do with each operation before.
    """

    template: Callable[[Primitive], Template]
    name: Callable[[str], str]
    number: Callable[[float], str]
    parentheses: tuple[str, str]
    brackets: tuple[str, str]
    rewrites: tuple[Callable[[Symbol], Symbol], ...]


TEXT: Final = Style(text_template, printable, numbers.short, ("(", ")"), ("[", "]"), (simplified,))
SOURCE: Final = Style(source_template, source_name, numbers.exact, ("(", ")"), ("[", "]"), ())
LATEX: Final = Style(
    latex_template,
    latex_name,
    numbers.latex,
    (r"\left(", r"\right)"),
    (r"\left[", r"\right]"),
    (expanded, simplified),
)


def render(root: Symbol, style: Style, within: int = ANYTHING, limit: int | None = None) -> str:
    """Return a tree in a style, in parentheses if it binds less tightly than `within`.

    Args:
        root: of the tree.
        style: TEXT, SOURCE or LATEX.
        within: how tightly the operator around it binds.
        limit: stop behind so many characters.
    """
    for rewrite in style.rewrites if root.operands else ():
        root = rewritten(root, rewrite)
    pieces: list[str] = []
    length = 0
    stack: list[Part] = [(root, Slot(0, within))]
    while stack and (limit is None or length <= limit):
        top = stack.pop()
        if isinstance(top, str):
            pieces.append(top)
            length += len(top)
        else:
            node, slot = top
            stack += reversed(list(_enclosed(node, slot, style)))
    return "".join(pieces)


def _enclosed(node: Symbol, slot: Slot, style: Style) -> Iterator[Part]:
    """Yield the parts of a node, in the parentheses that it needs in that slot."""
    binding, parts = (_leaf if node.primitive is None else _operation)(node, slot, style)
    enclosing = ("", "")
    if binding < ANYTHING <= slot.required:
        enclosing = style.brackets
    elif binding < slot.required or (slot.after_operator and style is not SOURCE and _has_sign(parts, style)):
        enclosing = style.parentheses
    yield enclosing[0]
    yield from parts
    yield enclosing[1]


def _leaf(node: Symbol, slot: Slot, style: Style) -> tuple[int, list[Part]]:
    number = node.constant
    if number is None:
        text = style.name(node.name)
        return ATOM, [f"int({text})" if slot.is_subscript and style is SOURCE else text]
    if slot.is_subscript and number.is_integer():
        return ATOM, [str(int(number))]
    text = style.number(number)
    if r"\times" in text or "^" in text:
        return PRODUCT, [text]
    return SIGN if text.startswith("-") else ATOM, [text]


def _operation(node: Any, slot: Slot, style: Style) -> tuple[int, list[Part]]:
    template = style.template(node.primitive)
    operands = node.primitive.group(node.operands)
    parts: list[Part] = []
    for part in template.parts:
        if isinstance(part, str):
            parts.append(part)
        elif not node.primitive.takes_list[part.position]:
            parts.append((operands[part.position], part))
        else:
            parts += _list(operands[part.position], ("", "") if part.is_enclosed else style.brackets)
    if slot.is_subscript and style is SOURCE:
        return ATOM, ["int(", *parts, ")"]
    return template.binding, parts


def _list(elements: list[Symbol], brackets: tuple[str, str]) -> Iterator[Part]:
    yield brackets[0]
    for i, element in enumerate(elements):
        if i:
            yield ", "
        yield element, Slot(0)
    yield brackets[1]


def _has_sign(parts: list[Part], style: Style) -> bool:
    """Tell whether the first character of these parts will be a minus."""
    while True:
        first = next((part for part in parts if part != ""), "")
        if isinstance(first, str):
            return first.startswith("-")
        node, slot = first
        binding, parts = (_leaf if node.primitive is None else _operation)(node, slot, style)
        if binding < slot.required:
            return False
