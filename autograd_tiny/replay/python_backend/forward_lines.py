"""Write the forward lines of straight-line Python; a number that only one forward line uses is inlined there.

A product is inlined in its sum, so `w * x + b` is one line. The order of operations is that of eager code, and so is
the rounding.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w, b = Value(2.0), Value(3.0), Value(0.5)
>>> tape = tape_of(w - (x + b) * w, inputs=[x], parameters=[w, b])
>>> list(ForwardLines(tape, ["x", "w", "b", "v0", "v1", "v2"], named=[]).lines(varying=True))
['v2 = w - (x + b) * w']
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.contributions import OPERATORS, Name, value_source
from autograd_tiny.replay.recorder import DETACH
from autograd_tiny.replay.tape import Operand, Tape
from autograd_tiny.symbolic.conditions import CONDITIONS

ADD, SUB, MUL, DIV, NEG, RELU = (TABLE[name] for name in ("add", "sub", "mul", "div", "neg", "relu"))
SUM, MEAN, DOT = TABLE["sum"], TABLE["mean"], TABLE["dot"]

LOGICAL: Final = frozenset({CONDITIONS["both"], CONDITIONS["either"]})

SUM_LEVEL, PRODUCT_LEVEL, ATOM_LEVEL = 1, 2, 3
"""How tightly an expression binds: a + b, a * b, and an atom."""

SIDES: Final = {
    ADD: ("+", SUM_LEVEL, PRODUCT_LEVEL),
    SUB: ("-", SUM_LEVEL, PRODUCT_LEVEL),
    MUL: ("*", PRODUCT_LEVEL, ATOM_LEVEL),
    DIV: ("/", PRODUCT_LEVEL, ATOM_LEVEL),
}
"""Operators, and how tightly their sides must bind."""

WITHIN: Final = frozenset({*SIDES, SUM, DOT})
"""The rows that may be inlined."""

LONGEST: Final = 1000
"""The most characters of an inlined expression."""


class ForwardLines:
    """The forward lines of a tape.

    Args:
        tape: the program.
        names: of all its numbers.
        named: positions that need a line of their own, since other lines read them.
        farthest: from so many operations on, a number is not inlined; 0 for any.
    """

    def __init__(self, tape: Tape, names: Sequence[str], named: Iterable[int], farthest: int = 0) -> None:
        self.tape, self.names = tape, names
        self.varying = tape.depends_on(0, tape.inputs)
        self._uses = [0] * tape.size
        for position, operation in enumerate(tape.operations, start=tape.leaves):
            for x in operation.inputs:
                may_be_inlined = (
                    (not farthest or position - x < farthest)
                    and self.varying[x] == self.varying[position]
                    and operation.primitive is not RELU
                )
                self._uses[x] += 1 if may_be_inlined else 2
        for x in (tape.root, *tape.guarded, *named):
            self._uses[x] += 2
        self._within: dict[int, tuple[str, int]] = {}

    def lines(self, *, varying: bool) -> Iterable[str]:
        """Yield a line for every operation that is not inlined.

        Args:
            varying: of the operations that vary with the example, or of the others.
        """
        for position in range(self.tape.leaves, self.tape.size):
            if self.varying[position] != varying:
                continue
            text, level = self._text(position)
            row = self.tape.operations[position - self.tape.leaves].primitive
            if self._uses[position] == 1 and row in WITHIN and len(text) < LONGEST:
                self._within[position] = text, level
            else:
                yield f"{self.names[position]} = {text}"

    def _text(self, position: int) -> tuple[str, int]:
        """Return the expression of an operation, and how tightly it binds."""
        operation = self.tape.operations[position - self.tape.leaves]
        row, operands = operation.primitive, operation.operands
        if row in SIDES:
            sign, *levels = SIDES[row]
            left, right = (self._side(x, level) for x, level in zip(operands, levels, strict=True))
            return f"{left} {sign} {right}", levels[0]
        if row is SUM or row is MEAN:
            text = self._total([(x,) for x in operands])
            return (text, SUM_LEVEL) if row is SUM else (f"({text}) / {len(operands)}.0", PRODUCT_LEVEL)
        if row is DOT:
            ws, xs, bias = row.group(operands)
            terms = [(bias,)] if bias != 0.0 or type(bias) is int else []
            return self._total([*terms, *zip(ws, xs, strict=True)]), SUM_LEVEL
        level = ATOM_LEVEL if row in OPERATORS else SUM_LEVEL  # in the parentheses of a call
        return self._call(row, [self._side(x, level) if type(x) is int else x for x in operands]), 0

    def _total(self, terms: Sequence[tuple[Operand, ...]]) -> str:
        """Return the sum of numbers and of products of two."""
        texts: list[str] = []
        for term in terms:
            levels = (PRODUCT_LEVEL if texts or len(term) > 1 else SUM_LEVEL, ATOM_LEVEL)
            texts.append(" * ".join(self._side(x, level) for x, level in zip(term, levels, strict=False)))
        return " + ".join(texts)

    def _side(self, operand: Operand, level: int) -> str:
        """Return an operand, in parentheses if it binds less tightly."""
        if type(operand) is not int:
            return text_of(operand)
        if operand not in self._within:
            return self.names[operand]
        text, has = self._within.pop(operand)
        return text if has >= level else f"({text})"

    @staticmethod
    def _call(row: Primitive, operands: Sequence[Name]) -> str:
        if row is DETACH:
            return text_of(operands[0])
        if row is RELU:
            return f"0.0 if {operands[0]} < 0.0 else {operands[0]}"
        if row in LOGICAL:  # True and False, unlike 1.0 and 0.0, have these operators
            x, y = (x if isinstance(x, str) else bool(x) for x in operands)
            return f"{x} {row.symbol} {y}"
        if row.list_positions:
            return f"{row.name}({arguments(row, operands)})"
        return value_source(row, operands)


def arguments(row: Primitive, operands: Sequence[Name]) -> str:
    """Return the operands of a row as the arguments of a call."""
    return ", ".join(
        f"[{', '.join(map(text_of, x))}]" if isinstance(x, list) else text_of(x) for x in row.group(operands)
    )


def text_of(operand: Name) -> str:
    """Return an operand as source: its name, or a number."""
    if isinstance(operand, str):
        return operand
    return repr(float(operand)) if abs(operand) < float("inf") else f"float('{operand}')"
