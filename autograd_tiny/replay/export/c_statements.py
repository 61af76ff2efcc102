r"""Write the statements of an exported program in C: loops over indices, forwards and backwards.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> from autograd_tiny.replay.export.arrays import Array, RowStatement, View
>>> x, v = Array("x", (3,), "input"), Array("v1", (3,), "result", varying=True, differentiated=True)
>>> whole = [View(array, 0, 0, (1,), (3,)) for array in (x, v)]
>>> row = RowStatement(whole[1], TABLE["exp"], (whole[0],), (None,), True, True)
>>> print(*CStatements().forward(row), sep="\n")
for (int i = 0; i < 3; i++)
    v1[i] = exp(in->x[i]);

The names: `in->` before an input, `p.` before a parameter, `c.` before a constant; `g->` and `g_` before gradients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from autograd_tiny.replay.c_backend.c_rows import contributions, value
from autograd_tiny.replay.export.arrays import Number, RowStatement, Statement, SumStatement, Term
from autograd_tiny.replay.export.c_lists import contribution_lines, value_lines
from autograd_tiny.replay.export.c_scope import OUTSIDE, Notes, Repetition, Scope, nested
from autograd_tiny.replay.export.pieces import axes_of, pieces
from autograd_tiny.symbolic.translate.c import number

ATOM: Final = r"(?:\w|\.|->|\[[^\[\]]*\])+"
"""A name or a number without a sign."""


class CStatements:
    """Writes statements, one function for each direction.

    Args:
        first_fault: the status of the first wrong index.

    Attributes:
        notes: what the statements need beside them.
    """

    def __init__(self, *, first_fault: int = 1) -> None:
        self.notes = Notes(first_fault)

    def forward(self, statement: Statement, around: Repetition = OUTSIDE) -> Iterator[str]:
        """Yield the lines that compute a statement.

        Raises:
            BackendError: C lacks a row.
        """
        for piece in pieces(statement):
            yield from _Piece(self.notes, piece, around).forward()

    def backward(self, statement: Statement, around: Repetition = OUTSIDE) -> Iterator[str]:
        """Yield the lines that add the contributions of a statement to gradients.

        Raises:
            BackendError: C lacks a row in a partial.
        """
        for piece in reversed(list(pieces(statement))):
            yield from _Piece(self.notes, piece, around).backward()


class _Piece(Scope):
    """Writes one piece of a statement."""

    def __init__(self, notes: Notes, piece: Statement, around: Repetition) -> None:
        super().__init__(piece.target, around, notes)
        self.piece = piece

    # ── forwards ──

    def forward(self) -> Iterator[str]:
        """Yield the lines that compute the piece."""
        if isinstance(self.piece, SumStatement):
            yield from self.over_target(list(self._sum(self.piece)))
        elif self.piece.row.list_positions:
            yield from self.over_target(list(value_lines(self, self.piece)))
        else:
            operands = self._operands(self.piece)
            text = _bare(value(self.piece.row, operands, plain=True))
            yield from self.over_target([f"{self.target} = {text};"])

    def _operands(self, piece: RowStatement) -> list[str | float]:
        return [
            operand.number if isinstance(operand, Number) else self.read(operand, self.variables)
            for operand in piece.operands
        ]

    def _sum(self, piece: SumStatement) -> Iterator[str]:
        """Yield the lines of a sum: one, if nothing is summed by a loop."""
        is_loop = [term.kind != "each" and term.left.shape[-1] > 1 for term in piece.terms]
        texts = [self._product(term, *self._sides(term)) for term in piece.terms]
        each = [text for text, loops in zip(texts, is_loop, strict=True) if not loops]
        if piece.constant or not piece.terms:
            each.append(number(piece.constant))
        if not any(is_loop):
            yield f"{self.target} = {_plus(each)};"
            return
        is_one = not any(size > 1 for size in self.shape)
        total = self.target if is_one else "sum"
        yield f"{'' if is_one else 'double '}{total} = {_plus(each) or '0.0'};"
        for term, text, loops in zip(piece.terms, texts, is_loop, strict=True):
            if loops:
                yield from nested([(self.along, term.left.shape[-1])], [f"{total} += {text};"])
        if not is_one:
            yield f"{self.target} = sum;"

    def _sides(self, term: Term) -> tuple[list[str], list[str]]:
        """Return the index along each axis of the sides of a term."""
        of_left, of_right = axes_of(term, len(self.shape))
        along = [] if term.kind == "each" else [self.along]
        return [self.variables[axis] for axis in of_left] + along, [self.variables[axis] for axis in of_right] + along

    def _product(self, term: Term, of_left: Sequence[str], of_right: Sequence[str]) -> str:
        """Return a product; one with a factor 1 is the other factor."""
        sides = [self.read(term.left, of_left)]
        if term.right is not None:
            sides.append(self.read(term.right, of_right))
        return " * ".join([side for side in sides if side != "1.0"] or ["1.0"])

    # ── backwards ──

    def backward(self) -> Iterator[str]:
        """Yield the lines that add the contributions of the piece."""
        if isinstance(self.piece, SumStatement):
            body = [line for term in self.piece.terms for line in self._contributions(term)]
        elif self.piece.row.list_positions:
            body = list(contribution_lines(self, self.piece))
        else:
            body = list(self._row_contributions(self.piece))
        if body:
            yield from self.over_target(body)

    def _contributions(self, term: Term) -> Iterator[str]:
        """Yield the lines for a term of a sum."""
        of_left, of_right = self._sides(term)
        sides = [(term.left, of_left, term.right, of_right)]
        if term.right is not None:
            sides.append((term.right, of_right, term.left, of_left))
        body: list[str] = []
        for side, own, other, of_other in sides:
            gradient = self.gradient(side, own)
            if not gradient:
                continue
            factor = "1.0" if other is None else self.read(other, of_other)
            line = f"{gradient} += {'' if factor == '1.0' else f'{factor} * '}{self.upstream};"
            if line in body:  # a square
                body = [f"{gradient} += 2.0 * {factor} * {self.upstream};"]
            else:
                body.append(line)
        if term.kind == "each":
            yield from body
        elif body:
            yield from nested([(self.along, term.left.shape[-1])], body)

    def _row_contributions(self, piece: RowStatement) -> Iterator[str]:
        heads = [self.gradient(operand, self.variables) for operand in piece.operands]
        texts = contributions(piece.row, self._operands(piece), self.target, self.upstream, plain=True)
        for head, text in zip(heads, texts, strict=True):
            if head and not text.startswith("0.0 * "):
                yield f"{head} {_added(text, self.upstream)};"


def _plus(texts: Sequence[str]) -> str:
    """Return a sum; a negative number is subtracted."""
    text = ""
    for part in texts:
        negative = re.fullmatch(r"\(-([\d.e+-]+)\)", part)
        if text and negative:
            text += f" - {negative[1]}"
        else:
            text += f" + {part}" if text else part
    return _bare(text)


def _added(text: str, upstream: str) -> str:
    """Return what is added to a gradient, or subtracted from it, with fewer parentheses and the same roundings.

    >>> _added("((-v2) / v1) * g_v2", "g_v2"), _added("(1.0 / v1) * g", "g"), _added("(2.0 * v1[i]) * g", "g")
    ('-= v2 / v1 * g_v2', '+= 1.0 / v1 * g', '+= 2.0 * v1[i] * g')
    """
    if text == f"-{upstream}":
        return f"-= {upstream}"
    negative = re.fullmatch(rf"\(\(-({ATOM})\) ([*/]) ({ATOM})\)( \* .*)", text)
    if negative:
        return f"-= {negative[1]} {negative[2]} {negative[3]}{negative[4]}"
    product = re.fullmatch(rf"\(({ATOM}(?: [*/] {ATOM})*)\)( \* .*)", text)
    return f"+= {product[1]}{product[2]}" if product else f"+= {text}"


def _bare(text: str) -> str:
    """Return a number without parentheses."""
    return text[1:-1] if re.fullmatch(r"\(-[\w.+-]+\)", text) else text
