r"""Parse the text of a primitive into a template: pieces of text, slots for the operands, and operator precedences.

`ast` parses the text `{x} * {y}`, which tells where an operand needs parentheses. LaTeX comes from the
primitive's `latex`, or is its name as a function.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> template = text_template(TABLE["sub"])
>>> template.precedence == SUM, [part.required for part in template.parts if isinstance(part, Slot)] == [SUM, PRODUCT]
(True, True)
>>> [part for part in latex_template(TABLE["div"]).parts if isinstance(part, str)]
['\\frac{', '}{', '}']
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.conditions import CONDITIONS

EITHER, BOTH, COMPARISON, ANYTHING = -3, -2, -1, 0
SUM, PRODUCT, SIGN, POWER, ATOM = 4, 5, 6, 7, 9
"""Precedences, as in Python. Those of conditions are below 0: among numbers they need brackets."""

PRECEDENCES: Final = {
    ast.Add: SUM,
    ast.Sub: SUM,
    ast.Mult: PRODUCT,
    ast.Div: PRODUCT,
    ast.FloorDiv: PRODUCT,
    ast.Mod: PRODUCT,
    ast.Pow: POWER,
}
CONNECTIVES: Final = {"&": (BOTH, "and"), "|": (EITHER, "or")}
"""The precedence and the text of the conditions that join others."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of an operand in a template.

    Attributes:
        position: of the operand among those of the primitive.
        required: an operand of a lower precedence needs parentheses.
        is_subscript: the operand is an index, a whole number.
        after_operator: an operator comes before it, so a negative operand needs parentheses.
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
        precedence: the precedence of its outermost operator.
        parts: pieces of text, and slots.
    """

    precedence: int
    parts: tuple[str | Slot, ...]


@cache
def text_template(primitive: Primitive) -> Template:
    """Return the template of a primitive as text."""
    if not _is_condition(primitive):
        return _python_template(primitive)
    precedence, sign = CONNECTIVES.get(primitive.symbol, (COMPARISON, primitive.symbol))
    required = SUM if precedence == COMPARISON else precedence
    return Template(precedence, (Slot(0, required), f" {sign} ", Slot(1, required)))


@cache
def source_template(primitive: Primitive) -> Template:
    """Return the template of a primitive as Python source, a condition in parentheses."""
    if not _is_condition(primitive):
        return text_template(primitive)
    return Template(ATOM, ("(", Slot(0, SUM), f" {primitive.symbol} ", Slot(1, SUM), ")"))


@cache
def latex_template(primitive: Primitive) -> Template:
    """Return the template of a primitive as LaTeX."""
    if isinstance(primitive.latex, str) and primitive.latex:
        return _latex_template(primitive, primitive.latex)
    name = primitive.name.replace("_", r"\_")
    parts: list[str | Slot] = [rf"\operatorname{{{name}}}\left("]
    for position in range(primitive.arity):
        parts += [", "] * bool(position) + [Slot(position, is_enclosed=primitive.arity == 1)]
    return Template(ATOM, (*parts, r"\right)"))


def _is_condition(primitive: Primitive) -> bool:
    return CONDITIONS.get(primitive.name) is primitive


def split_at_operands(text: str, operands: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """Return the pieces of a text around its fields, one more than these, and the positions of their operands.

    >>> split_at_operands("{x} - {*ys}", ("x", "ys"))
    (['', ' - ', ''], [0, 1])
    """
    pieces = re.split(rf"\{{\*?({'|'.join(operands)})\}}", text)
    return pieces[::2], [operands.index(name) for name in pieces[1::2]]


# ── text and source ──


def _python_template(primitive: Primitive) -> Template:
    """Return a template with the precedences of the syntax tree of the text."""
    pieces, positions = split_at_operands(primitive.text, primitive.operands)
    names = [f"_operand_{i}" for i in range(len(positions))]
    try:
        tree = ast.parse("".join(map("".join, zip(pieces, [*names, ""], strict=True))), mode="eval").body
        precedence, slots = _precedence(tree), dict(_slots(tree))
    except SyntaxError:  # a user's text need not be Python; with parentheses everywhere it is not wrong
        precedence, slots = ANYTHING, {}
    parts: list[str | Slot] = []
    for before, name, position in zip(pieces, names, positions, strict=False):
        required, is_subscript = slots.get(name, (ATOM, False))
        after_operator = before != "" and required > ANYTHING
        parts += [before, Slot(position, required, is_subscript, after_operator=after_operator)]
    return Template(precedence, (*parts, pieces[-1]))


def _precedence(tree: ast.AST) -> int:
    """Return the precedence of an expression, the lowest for an unknown one."""
    match tree:
        case ast.BinOp(op=op):
            return PRECEDENCES.get(type(op), ANYTHING)
        case ast.UnaryOp(op=ast.USub()):
            return SIGN
        case ast.Call() | ast.Name() | ast.Constant() | ast.Subscript() | ast.List():
            return ATOM
    return ANYTHING


def _slots(tree: ast.AST) -> Iterator[tuple[str, tuple[int, bool]]]:
    """Yield for each name the precedence that its place requires, and whether it is an index."""
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Name):
                is_subscript = isinstance(parent, ast.Subscript) and child is parent.slice
                yield child.id, (ANYTHING if is_subscript else _required(parent, child), is_subscript)


def _required(parent: ast.AST, child: ast.Name) -> int:
    match parent:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in PRECEDENCES:
            precedence = PRECEDENCES[type(op)]  # a - (b - c) and (a ** b) ** c
            return precedence + (child is (left if precedence == POWER else right))
        case ast.UnaryOp(op=ast.USub()):
            return SIGN
        case ast.Call() | ast.List():
            return ANYTHING
    return ATOM


# ── LaTeX ──


def _latex_template(primitive: Primitive, latex: str) -> Template:
    """Return the template of LaTeX with fields; an operand between delimiters needs no parentheses."""
    plain = text_template(primitive)
    slots = {part.position: part for part in plain.parts if isinstance(part, Slot)}
    pieces, positions = split_at_operands(latex, primitive.operands)
    parts: list[str | Slot] = []
    for before, position, after in zip(pieces, positions, pieces[1:], strict=False):
        parts.append(before)
        if before.endswith("(") and after.startswith(r"\right)"):
            parts.append(Slot(position, is_enclosed=True))
        elif before.endswith("{") and after.startswith("}"):
            parts.append(Slot(position))
        elif before.endswith(r"\text{if } "):
            parts.append(Slot(position, EITHER))
        else:
            parts.append(
                replace(slots[position], required=_latex_required(latex, slots[position]), is_subscript=False)
            )
    return Template(_latex_precedence(latex, plain.precedence), (*parts, pieces[-1]))


def _latex_required(latex: str, slot: Slot) -> int:
    """Return the precedence that a slot requires: as in Python, but a + (b + c) and -(a·b) need no parentheses."""
    if latex in {"{x} + {y}", r"{x} \cdot {y}"}:
        return slot.required - slot.after_operator
    return PRODUCT if latex == "-{x}" else SIGN if r"\bmod" in latex else slot.required


def _latex_precedence(latex: str, plain: int) -> int:
    """Return the precedence of LaTeX: that of the text, except for fractions, powers, and text with delimiters."""
    if latex.startswith(r"\frac"):
        return SIGN
    if latex.startswith(r"\left"):
        return ATOM
    if r"\bmod" in latex:
        return ANYTHING + 1
    return POWER if "^{" in latex else plain
