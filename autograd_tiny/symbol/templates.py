"""Templates: the text of a row, cut at its operands, with how tightly each place and the whole bind.

Nothing is said twice: which parentheses the text `{x} * {y}` needs is read off the text itself.

>>> from autograd_tiny.primitive import TABLE
>>> text_of(TABLE["sub"])
Template(binding=4, parts=(Slot(position=0, required=4, ...), ' - ', Slot(position=1, required=5, ...)))
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from autograd_tiny.primitive import Primitive

EITHER, BOTH, COMPARISON, ANYTHING = -3, -2, -1, 0
SUM, PRODUCT, SIGN, POWER, ATOM = 4, 5, 6, 7, 9
"""How tightly an operator binds, as in Python; conditions bind below 0."""

PYTHON: Final = {
    ast.Add: SUM,
    ast.Sub: SUM,
    ast.Mult: PRODUCT,
    ast.Div: PRODUCT,
    ast.FloorDiv: PRODUCT,
    ast.Mod: PRODUCT,
    ast.Pow: POWER,
}
CONDITION_BINDINGS: Final = {
    "&": BOTH,
    "|": EITHER,
    "<": COMPARISON,
    "<=": COMPARISON,
    ">": COMPARISON,
    ">=": COMPARISON,
}
FIELD: Final = re.compile(r"\{\*?(\w+)\}")


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of an operand in a template.

    Attributes:
        position: of the operand among those of the row.
        required: what binds less tightly needs parentheses here.
        is_subscript: a whole number stands here.
        after_operator: a sign here would follow an operator.
    """

    position: int
    required: int
    is_subscript: bool = False
    after_operator: bool = False


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
def text_of(row: Primitive) -> Template:
    """Return the template of a row's text, which is Python."""
    condition = CONDITION_BINDINGS.get(row.symbol)
    if condition is not None:
        required = SUM if condition == COMPARISON else condition
        sign = {"&": "and", "|": "or"}.get(row.symbol, row.symbol)
        return Template(condition, (Slot(0, required), f" {sign} ", Slot(1, required)))
    return _python_template(row)


@cache
def source_of(row: Primitive) -> Template:
    """Return the template of a row as Python source: a condition has its parentheses with it."""
    if row.symbol in CONDITION_BINDINGS:
        return Template(ATOM, ("(", Slot(0, SUM), f" {row.symbol} ", Slot(1, SUM), ")"))
    return text_of(row)


@cache
def latex_of(row: Primitive) -> Template:
    """Return the template of a row as LaTeX; a row without one is a function by its name."""
    if row.symbol in CONDITION_BINDINGS:
        plain = text_of(row)
        sign = row.latex.removeprefix("{x}").removesuffix("{y}")
        return Template(plain.binding, (plain.parts[0], sign, plain.parts[-1]))
    if row.latex:
        return _latex_template(row.latex, row.operands)
    parts: list[str | Slot] = ["\\operatorname{" + row.name.replace("_", r"\_") + r"}\left("]
    for position in range(row.arity):
        parts += [", ", Slot(position, ANYTHING)] if position else [Slot(position, ANYTHING)]
    return Template(ATOM, (*parts, r"\right)"))


def _python_template(row: Primitive) -> Template:
    """Return a template whose bindings are read off the syntax tree of the text."""
    pieces = FIELD.split(row.text)
    marked = "".join(f"operand_{row.operands.index(piece)}_" if i % 2 else piece for i, piece in enumerate(pieces))
    try:
        tree = ast.parse(marked, mode="eval").body
    except SyntaxError:  # a text of the user's that is no Python: parentheses on both sides are always right
        return Template(
            ANYTHING, tuple(Slot(row.operands.index(p), ATOM) if i % 2 else p for i, p in enumerate(pieces))
        )
    required = dict(_requirements(tree))
    parts: list[str | Slot] = []
    for i, piece in enumerate(pieces):
        if i % 2:
            position = row.operands.index(piece)
            parts.append(Slot(position, *required.get(f"operand_{position}_", (ATOM, False))))
        else:
            parts.append(piece)
    return Template(_binding(tree), tuple(parts))


def _binding(tree: ast.expr) -> int:
    if isinstance(tree, ast.BinOp):
        return PYTHON.get(type(tree.op), ANYTHING)
    if isinstance(tree, ast.UnaryOp):
        return SIGN
    return ATOM if isinstance(tree, ast.Call | ast.Name | ast.Subscript | ast.List | ast.Constant) else ANYTHING


def _requirements(tree: ast.expr) -> Iterator[tuple[str, tuple[int, bool]]]:
    """Yield for each name what its place requires, and whether it is a subscript."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Name):
                yield child.id, (_required(node, child), isinstance(node, ast.Subscript) and child is node.slice)


def _required(parent: ast.AST, child: ast.Name) -> int:
    if isinstance(parent, ast.BinOp):  # a - (b - c) and (a ** b) ** c: the side that is not computed first
        binding = PYTHON.get(type(parent.op), ATOM)
        far = parent.left if binding == POWER else parent.right
        return binding + (child is far)
    if isinstance(parent, ast.UnaryOp):
        return SIGN
    is_enclosed = isinstance(parent, ast.Call | ast.List) or (
        isinstance(parent, ast.Subscript) and child is parent.slice
    )
    return ANYTHING if is_enclosed else ATOM


SIGNS: Final = {"+": SUM, "-": SUM, r"\cdot": PRODUCT, r"\bmod": PRODUCT, "^": POWER}
"""The operators of LaTeX templates."""
BEFORE: Final = re.compile(r"(\+|-|\\cdot|\\bmod)\s*$")
AFTER: Final = re.compile(r"\s*(\+|-|\\cdot|\\bmod|\^)")
IN_GROUP: Final = re.compile(r"\{[^{}]*\}|\\left.*\\right")


def _latex_template(latex: str, operands: tuple[str, ...]) -> Template:
    """Return a template whose bindings are read off the operators beside each slot."""
    field = re.compile(rf"\{{\*?({'|'.join(operands)})\}}")
    pieces = field.split(latex)
    parts: list[str | Slot] = []
    for i, piece in enumerate(pieces):
        if i % 2:
            before, after = BEFORE.search(pieces[i - 1]), AFTER.match(pieces[i + 1])
            required = max(
                SIGNS[before.group(1)] + 1 if before else ANYTHING,
                SIGNS[after.group(1)] + (after.group(1) == "^") if after else ANYTHING,
            )
            if pieces[i - 1].endswith(r"\text{if } "):
                required = EITHER
            parts.append(Slot(operands.index(piece), required, False, before is not None and pieces[i - 1] != "-"))
        else:
            parts.append(piece)
    return Template(_latex_binding(field.sub("", latex)), tuple(parts))


def _latex_binding(skeleton: str) -> int:
    """Return how tightly LaTeX binds: its loosest operator outside of groups."""
    before = ""
    while before != skeleton:
        before, skeleton = skeleton, IN_GROUP.sub("", skeleton)
    found = [binding for sign, binding in SIGNS.items() if sign in skeleton]
    if skeleton.startswith("-") and skeleton.count("-") == 1 and min(found) == SUM and "+" not in skeleton:
        return SIGN
    if found:
        return min(found)
    return POWER if skeleton.startswith(r"\frac") else ATOM
