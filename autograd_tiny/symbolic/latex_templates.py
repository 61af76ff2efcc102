r"""The templates of the rows as LaTeX: from the row's `latex`, or its name as a function.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> [part for part in latex_template(TABLE["div"]).parts if isinstance(part, str)]
['\\frac{', '}{', '}']
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.templates import (
    ANYTHING,
    ATOM,
    EITHER,
    POWER,
    PRODUCT,
    SIGN,
    Slot,
    Template,
    cut,
    text_template,
)


@cache
def latex_template(row: Primitive) -> Template:
    """Return the template of a row as LaTeX."""
    if isinstance(row.latex, str) and row.latex:
        return _template(row, row.latex)
    name = row.name.replace("_", r"\_")
    parts: list[str | Slot] = [rf"\operatorname{{{name}}}\left("]
    for position in range(row.arity):
        parts += [", "] * bool(position) + [Slot(position, is_enclosed=row.arity == 1)]
    return Template(ATOM, (*parts, r"\right)"))


def _template(row: Primitive, latex: str) -> Template:
    """Return the template of a LaTeX text: an operand between delimiters needs no parentheses."""
    plain = text_template(row)
    slots = {part.position: part for part in plain.parts if isinstance(part, Slot)}
    pieces, positions = cut(latex, row.operands)
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
            parts.append(replace(slots[position], required=_required(latex, slots[position]), is_subscript=False))
    return Template(_binding(latex, plain.binding), (*parts, pieces[-1]))


def _required(latex: str, slot: Slot) -> int:
    """Return what the place of an operator requires: as in Python, but a + (b + c) and -(a·b) need no parentheses."""
    if latex in {"{x} + {y}", r"{x} \cdot {y}"}:
        return slot.required - slot.after_operator
    return PRODUCT if latex == "-{x}" else SIGN if r"\bmod" in latex else slot.required


def _binding(latex: str, plain: int) -> int:
    """Return how tightly LaTeX binds: as the text, but for fractions, powers, and what has its own delimiters."""
    if latex.startswith(r"\frac"):
        return SIGN
    if latex.startswith(r"\left"):
        return ATOM
    if r"\bmod" in latex:
        return ANYTHING + 1
    return POWER if "^{" in latex else plain
