"""Templates: the text of a row, cut at its operands, with how tightly the whole and each place bind.

Which parentheses `{x} * {y}` needs is read off the text itself, as Python's parser understands it.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> template = text_template(TABLE["sub"])
>>> template.binding == SUM, [part.required for part in template.parts if isinstance(part, Slot)] == [SUM, PRODUCT]
(True, True)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.conditions import SIGNS

EITHER, BOTH, COMPARISON, ANYTHING = -3, -2, -1, 0
SUM, PRODUCT, SIGN, POWER, ATOM = 4, 5, 6, 7, 9
"""How tightly an operator binds, as in Python. Conditions bind below 0: among numbers they need brackets."""

OPERATORS: Final = {
    ast.Add: SUM,
    ast.Sub: SUM,
    ast.Mult: PRODUCT,
    ast.Div: PRODUCT,
    ast.FloorDiv: PRODUCT,
    ast.Mod: PRODUCT,
    ast.Pow: POWER,
}
CONDITIONS: Final = {"&": BOTH, "|": EITHER}
"""The bindings of the conditions that join others."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of an operand in a template.

    Attributes:
        position: of the operand among those of the row.
        required: what binds less tightly needs parentheses here.
        is_subscript: a whole number stands here.
        after_operator: an operator stands before it, so that a sign here would be the second.
        is_enclosed: a list needs no brackets of its own here.
    """

    position: int
    required: int = ANYTHING
    is_subscript: bool = False
    after_operator: bool = False
    is_enclosed: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A text with slots.

    Attributes:
        binding: how tightly its outermost operator binds.
        parts: pieces of text, and slots.
    """

    binding: int
    parts: tuple[str | Slot, ...]


@cache
def text_template(row: Primitive) -> Template:
    """Return the template of a row as people read it: its text."""
    if row.symbol not in SIGNS:
        return _python_template(row)
    binding = CONDITIONS.get(row.symbol, COMPARISON)
    required = SUM if binding == COMPARISON else binding
    return Template(binding, (Slot(0, required), f" {SIGNS[row.symbol]} ", Slot(1, required)))


@cache
def source_template(row: Primitive) -> Template:
    """Return the template of a row as Python: its text; a condition has its parentheses always with it."""
    if row.symbol not in SIGNS:
        return text_template(row)
    return Template(ATOM, ("(", Slot(0, SUM), f" {row.symbol} ", Slot(1, SUM), ")"))


def cut(text: str, operands: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """Return the pieces of a text between its fields, one more than these, and the positions of their operands.

    >>> cut("{x} - {*ys}", ("x", "ys"))
    (['', ' - ', ''], [0, 1])
    """
    pieces = re.split(rf"\{{\*?({'|'.join(operands)})\}}", text)
    return pieces[::2], [operands.index(name) for name in pieces[1::2]]


def _python_template(row: Primitive) -> Template:
    """Return a template whose bindings are those of the syntax tree of the text."""
    pieces, positions = cut(row.text, row.operands)
    names = [f"_operand_{i}" for i in range(len(positions))]
    try:
        tree = ast.parse("".join(map("".join, zip(pieces, [*names, ""], strict=True))), mode="eval").body
        binding, slots = _binding(tree), dict(_slots(tree))
    except SyntaxError:  # a text of the user's that is no Python: parentheses everywhere are never wrong
        binding, slots = ANYTHING, {}
    parts: list[str | Slot] = []
    for before, name, position in zip(pieces, names, positions, strict=False):
        required, is_subscript = slots.get(name, (ATOM, False))
        after_operator = before != "" and required > ANYTHING
        parts += [before, Slot(position, required, is_subscript, after_operator=after_operator)]
    return Template(binding, (*parts, pieces[-1]))


def _binding(tree: ast.AST) -> int:
    """Return how tightly an expression binds; what is not known here is the loosest."""
    match tree:
        case ast.BinOp(op=op):
            return OPERATORS.get(type(op), ANYTHING)
        case ast.UnaryOp(op=ast.USub()):
            return SIGN
        case ast.Call() | ast.Name() | ast.Constant() | ast.Subscript() | ast.List():
            return ATOM
    return ANYTHING


def _slots(tree: ast.AST) -> Iterator[tuple[str, tuple[int, bool]]]:
    """Yield for each name what its place requires, and whether it is a subscript."""
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Name):
                is_subscript = isinstance(parent, ast.Subscript) and child is parent.slice
                yield child.id, (ANYTHING if is_subscript else _required(parent, child), is_subscript)


def _required(parent: ast.AST, child: ast.Name) -> int:
    match parent:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            binding = OPERATORS[type(op)]  # a - (b - c) and (a ** b) ** c: the side that is not computed first
            return binding + (child is (left if binding == POWER else right))
        case ast.UnaryOp(op=ast.USub()):
            return SIGN
        case ast.Call() | ast.List():
            return ANYTHING
    return ATOM
