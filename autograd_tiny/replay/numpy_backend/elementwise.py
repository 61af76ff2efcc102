"""Write groups of one row, whose operands are single numbers, as calls of NumPy.

The value is the kernel of the row. A contribution is a formula of the table, whose operations become calls one after
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.contributions import OUTPUT, partial_symbols
from autograd_tiny.replay.groups import RowGroup
from autograd_tiny.replay.layout import folded, strides_of
from autograd_tiny.replay.numpy_backend.calls import literal
from autograd_tiny.replay.numpy_backend.numpy_kernels import SLOPE_KERNELS
from autograd_tiny.replay.numpy_backend.writer import Make, NumpyWriter
from autograd_tiny.symbolic.conditions import CONDITIONS
from autograd_tiny.symbolic.symbol import Symbol, as_symbol

MUL, DIV, NEG, SUB, TANH, RELU = (TABLE[name] for name in ("mul", "div", "neg", "sub", "tanh", "relu"))
POW, POWER_RULE = TABLE["pow"], TABLE["pow_constant_exponent"]
OF_CONDITIONS = frozenset(CONDITIONS.values())
SIMPLER_POWERS = {2.0: TABLE["square"], 0.5: TABLE["sqrt"], -0.5: TABLE["rsqrt"], -1.0: TABLE["reciprocal"]}
SIMPLER_PARTIALS = {
    exponent: Symbol("", None, DIV, (Symbol("", None, MUL, (as_symbol(exponent), OUTPUT)), Symbol("X0_")))
    for exponent in (-0.5, -1.0)
}
"""The partial of a power as exponent · z / x, where that is right at 0 and ∞ too, so that no power is computed."""


class Elementwise:
    """Writes one group.

    Args:
        writer: of the program.
        group: of a row without lists, or of lists that `list_reductions` cannot write.

    Attributes:
        shape: of the group: one axis, or folded into two.
        rows: of each operand, in that shape; None for a constant.
        varying: for each operand, False for a constant.
        names: of the arrays of the operands, or the constants.
    """

    def __init__(self, writer: NumpyWriter, group: RowGroup) -> None:
        self.writer, self.group = writer, group
        stores = writer.stores
        self.rows = [None if type(x[0]) is not int else stores.rows_of(x) for x in group.operands]
        self.block = stores.rows_of(group.nodes)
        self.shape: tuple[int, ...] = (1,)
        if len(group.nodes) > 1:
            self.shape = _common_shape([x for x in self.rows if x is not None], len(group.nodes))
            self.rows = [None if x is None else x.reshape(self.shape) for x in self.rows]
            self.block = self.block.reshape(self.shape)
        self.varying = [type(x[0]) is int and stores.varying[x[0]] for x in group.operands]
        self.names: list[str] = []
        self.output = ""
        constants = tuple([_one_number(x) for x in group.operands])
        self.partials = partial_symbols(group.row, constants) if group.differentiated else ()
        if self.partials and group.row is POWER_RULE and constants[1] in SIMPLER_PARTIALS:
            self.partials = (SIMPLER_PARTIALS[constants[1]], *self.partials[1:])
        self.linearized = self.slope = self.quotient = ""

    def forward(self) -> None:
        """Write the calls that compute the values."""
        writer, group = self.writer, self.group
        for rows, numbers, varies in zip(self.rows, group.operands, self.varying, strict=True):
            if rows is None:
                self.names.append(self._constants(numbers))
            else:
                beside = group.varying and not varies
                self.names.append(writer.read(rows, varying=varies, beside_examples=beside))
        self.output = writer.view(self.block, varying=group.varying) or ""
        if self.partials is None:
            shape = (len(self.names), *self.shape)
            self.linearized = writer.kept(shape, varying=group.varying)
            row = f"row_of_{writer.name_of(group.row)}"
            writer.call("linearize", row, tuple(self.names), self.output, self.linearized)
        elif group.row is TANH and group.differentiated:
            self.slope = writer.kept(self.shape, varying=group.varying)
            unused_yet = writer.view(self.block, varying=group.varying, gradient=True)
            writer.call("tanh_and_slope", self.names[0], unused_yet, self.slope, self.output)
        else:
            exponent = _one_number(group.operands[1]) if group.row is POWER_RULE else None
            self._apply(group.row, self.names, self.output, exponent)

    def backward(self) -> None:
        """Write the calls that compute the contributions."""
        writer, group = self.writer, self.group
        upstream = writer.gradient(self.block, varying=group.varying, may_be_number=True, may_be_other=True)
        for i, (rows, varies) in enumerate(zip(self.rows, self.varying, strict=True)):
            if rows is not None and writer.takes_gradient(group.operands[i]):
                make = self._contributions(i, upstream)
                writer.contribute(rows, make, varying=varies, from_varying=group.varying)
        writer.release()

    def _contributions(self, i: int, upstream: str) -> Make | str:
        """Return a function that writes partial · upstream for one operand, or the name of the product."""
        if self.partials is None:
            partial = self.writer.part(self.linearized, i)
            return lambda into: self._apply(MUL, [partial, upstream], into)
        formula = self.partials[i]
        if formula.constant == 1.0:
            return upstream
        if self.writer.is_number(upstream):
            upstream, rest = self._times_number(formula, upstream)
            if rest is None:
                return upstream
            formula = rest

        def make(into: str | None) -> str:
            if formula.constant == -1.0:
                return self._apply(NEG, [upstream], into)
            if self.group.row is DIV and i == 1 and self.quotient:
                return self._apply(NEG, [self._apply(MUL, [self.output, self.quotient], None)], into)
            if formula.primitive is DIV and formula.operands[0].constant == 1.0:
                self.quotient = self._apply(DIV, [upstream, self._lower(formula.operands[1])], into)
                return self.quotient
            return self._apply(MUL, [self._slope(formula), upstream], into)

        return make

    def _times_number(self, formula: Symbol, number: str) -> tuple[str, Symbol | None]:
        """Return number · the constant factor of a partial as a number, and the rest of the partial, if any."""
        if formula.constant is not None:
            return self.writer.number(f"{literal(formula.constant)} * {number}"), None
        constants = [x.constant for x in formula.operands]
        if formula.primitive is DIV and constants[0] == 1.0 and constants[1]:  # by 0 only NumPy divides
            return self.writer.number(f"{number} / {literal(constants[1])}"), None
        if formula.primitive is MUL and constants[0] is not None:
            return self.writer.number(f"{literal(constants[0])} * {number}"), formula.operands[1]
        return number, formula

    def _slope(self, formula: Symbol) -> str:
        """Write a partial, and return its name; that of tanh is known, a few have kernels.

        That of relu is sign(relu(x)): 3,200 numbers in 3.2 µs, by the partial of the table in 4.3 µs.
        """
        name = f"slope_of_{self.group.row.name}"
        if name not in SLOPE_KERNELS:
            return self.slope or self._lower(formula)
        slope = self._scratch()
        operands = () if self.group.row is RELU else self.names
        self.writer.call(name, *operands, self.output, slope)
        return slope

    # ── formulas ──

    def _lower(self, formula: Symbol) -> str:
        """Write the calls that compute a formula, and return the name of the array with its value."""
        if formula.number is not None:
            return self.writer.scalar(formula.number)
        if formula.primitive is None:
            return self.output if formula.name == OUTPUT.name else self.names[int(formula.name[1:-1])]
        row, operands = formula.primitive, formula.operands
        if row is SUB and operands[0].constant == 1.0 and operands[1].primitive in CONDITIONS.values():
            mask = self._scratch("bool")
            self.writer.call("logical_not", self._lower(operands[1]), mask)
            return mask
        exponent = operands[1].number if row is POWER_RULE else None
        if exponent == 1.0:
            return self._lower(operands[0])
        return self._apply(row, [self._lower(x) for x in operands], None, exponent)

    def _apply(self, row: Any, names: Sequence[str], into: str | None, exponent: float | None = None) -> str:
        """Write the call of a row, or of a simpler one for its exponent, and return the name of the result."""
        if exponent in SIMPLER_POWERS:
            row, names = SIMPLER_POWERS[exponent], names[:1]
        elif exponent == 3.0:
            into = into or self._scratch()
            self.writer.call("cube", names[0], into)
            return into
        elif exponent is not None:
            row = POW
        is_condition = row in OF_CONDITIONS
        if not is_condition and names[0][0] == "m" and all(name.startswith("m") for name in names):
            names = [self._as_float(name) for name in names]  # NumPy computes differently with truth values
        into = into or self._scratch("bool" if is_condition else "float")
        self.writer.call(self.writer.name_of(row), *names, into)
        return into

    def _as_float(self, mask: str) -> str:
        into = self._scratch()
        self.writer.call("copyto", into, mask)
        return into

    def _scratch(self, kind: str = "float") -> str:
        return self.writer.scratch(self.shape, varying=self.group.varying, kind=kind)

    def _constants(self, numbers: Sequence[float]) -> str:
        """Return the name of a constant operand: one number, or an array."""
        number = _one_number(numbers)
        if number is not None:
            return self.writer.scalar(number)
        array = np.array(numbers, dtype=float).reshape(self.shape)
        name = self.writer.constant(array, "c")
        return self.writer.column(name) if self.group.varying else name


def _common_shape(rows: Sequence[Any], count: int) -> tuple[int, ...]:
    """Return the shape in which most operands are views: one axis, or folded as one of them."""
    shapes: list[tuple[int, ...]] = [(count,)]
    shapes += [shape for x in rows if strides_of(x) is None and (shape := folded(x)) is not None]
    return max(shapes, key=lambda shape: sum(strides_of(x.reshape(shape)) is not None for x in rows))


def _one_number(numbers: Sequence[Any]) -> float | None:
    """Return the constant that a whole group shares, or None."""
    first = numbers[0]
    if type(first) is int:
        return None
    return float(first) if all(x == first for x in numbers) else None
