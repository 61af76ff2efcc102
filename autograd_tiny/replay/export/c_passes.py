r"""Write both passes of an exported program as the body of one function in C.

>>> from autograd_tiny import Value, record
>>> from autograd_tiny.replay.export.standalone import standalone_of
>>> w = Value(0.5, label="w")
>>> print(*Passes(standalone_of(record(lambda x: (w * x).exp(), inputs=(1.0,), parameters=[w]))).lines, sep="\n")
/* forward */
double v1, loss;
v1 = p.w * in->x;
loss = exp(v1);
*result = loss;
if (g == NULL)
    return 0;
<BLANKLINE>
/* backward: g_v1 is the gradient of v1, and so on */
double g_v1 = 0.0, g_loss = 1.0;
memset(g, 0, sizeof *g);
g_v1 += loss * g_loss;
g->w += in->x * g_v1;
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Final

from autograd_tiny.replay.export.arrays import (
    Array,
    Loop,
    Operand,
    Shape,
    Standalone,
    Statement,
    SumStatement,
    Term,
    View,
    arrays_of,
)
from autograd_tiny.replay.export.c_references import Repetition, name_of
from autograd_tiny.replay.export.c_statements import CStatements
from autograd_tiny.replay.export.c_texts import WIDTH

ON_STACK: Final = 32_768
"""The most numbers in local variables; more are static."""
RESULT: Final = Array("result_", (), "result", differentiated=True)
"""The loss, where it is copied from another array."""


class Passes:
    """The body of a function, and what it needs.

    Args:
        standalone: the program.

    Attributes:
        lines: of the body.
        writer: of the statements, with tables and faults.
        is_static: whether its arrays are too large for the stack.
        has_gradient: whether it computes a gradient.

    Raises:
        BackendError: C lacks a row of the program.
    """

    def __init__(self, standalone: Standalone) -> None:
        self.standalone = standalone
        self.writer = CStatements(first_fault=len(standalone.guards) + 1)
        self.is_static = 2 * sum(array.size for array in standalone.results()) > ON_STACK
        wanted = standalone.inputs if standalone.of_inputs else standalone.parameters
        self.has_gradient = standalone.outputs is None and bool(wanted)
        self.lines = [*self._forward(), *self._returned()]
        if self.has_gradient:
            self.lines += self._backward()

    def text(self) -> str:
        """Return the lines as one text."""
        return "\n".join(self.lines)

    # ── forwards ──

    def _forward(self) -> Iterator[str]:
        """Yield the statements; a guard is checked as soon as its condition is known."""
        yield "/* forward */"
        yield from self._declared(self.standalone.results())
        known = {*self.standalone.inputs, *self.standalone.parameters, *self.standalone.constants}
        guards = list(enumerate(self.standalone.guards, 1))
        for part in (None, *self.standalone.body):
            if isinstance(part, Loop):
                yield from self._loop(part)
                known.update(statement.target.array for statement in part.body)
            elif part is not None:
                yield from self.writer.forward(part)
                known.add(part.target.array)
            for entry in [entry for entry in guards if known.issuperset(arrays_of(entry[1][1]))]:
                status, (guard, condition) = entry
                yield f"if ({self._read(condition)} {'==' if guard.recorded else '!='} 0.0)"
                yield f"    return {status};"
                guards.remove(entry)

    def _loop(self, loop: Loop) -> Iterator[str]:
        for array, depth, start in loop.carried:
            yield from self.writer.forward(copied(start, array, depth))
        yield f"for (int {loop.variable} = 0; {loop.variable} < {loop.count}; {loop.variable}++) {{"
        for statement in loop.body:
            around = Repetition(loop.variable, loop.count)
            yield from (f"    {line}" for line in self.writer.forward(statement, around))
        yield "}"

    def _read(self, operand: Operand) -> str:
        """Return one number as C."""
        (line,) = self.writer.forward(copied(operand, RESULT))
        return line.removeprefix(f"{RESULT.name} = ").removesuffix(";")

    def _returned(self) -> Iterator[str]:
        """Yield the statements that write the loss, or the outputs, to the caller's memory."""
        outputs = self.standalone.outputs
        if outputs is None:
            yield f"*result = {self._read(self.standalone.loss)};"
            return
        array = Array("outputs", (max(1, prod(outputs.shape)),), "result")
        target = View(array, 0, 0, _strides(outputs.shape), outputs.shape)
        yield from self.writer.forward(_sum_of(target, outputs))

    def _declared(self, arrays: Sequence[Array], *, gradient: bool = False) -> Iterator[str]:
        """Yield the declarations of results, or of their gradients."""
        kind, line = "static double" if self.is_static else "double", ""
        for array in arrays:
            text = name_of(array, gradient=gradient) + "".join(f"[{size}]" for size in array.shape)
            if gradient and not self.is_static:
                text += f" = {'1.0' if self._is_loss(array) else _zeros(array)}"
            if line and len(f"{line}, {text};") > WIDTH:
                yield f"{line};"
                line = ""
            line = f"{line}, {text}" if line else f"{kind} {text}"
        if line:
            yield f"{line};"

    def _is_loss(self, array: Array) -> bool:
        return not array.shape and arrays_of(self.standalone.loss) == [array]

    # ── backwards ──

    def _backward(self) -> Iterator[str]:
        yield from ("if (g == NULL)", "    return 0;", "", "/* backward: g_v1 is the gradient of v1, and so on */")
        differentiated = [array for array in self.standalone.results() if array.differentiated]
        yield from self._declared(differentiated, gradient=True)
        yield "memset(g, 0, sizeof *g);"
        for array in differentiated if self.is_static else ():
            name = name_of(array, gradient=True)
            yield f"memset({'' if array.shape else '&'}{name}, 0, sizeof {name});"
        if self.is_static or not any(map(self._is_loss, differentiated)):
            for line in self.writer.backward(copied(self.standalone.loss, RESULT)):
                yield line.replace(f"+= g_{RESULT.name}", "= 1.0")
        for part in reversed(self.standalone.body):
            if isinstance(part, Loop):
                yield from self._loop_backward(part)
            elif part.differentiated:
                yield from self.writer.backward(part)

    def _loop_backward(self, loop: Loop) -> Iterator[str]:
        around = Repetition(loop.variable, loop.count)
        statements = [statement for statement in reversed(loop.body) if statement.differentiated]
        body = [line for statement in statements for line in self.writer.backward(statement, around)]
        if body:
            yield f"for (int {loop.variable} = {loop.count - 1}; {loop.variable} >= 0; {loop.variable}--) {{"
            yield from (f"    {line}" for line in body)
            yield "}"
        for array, depth, start in reversed(loop.carried):
            if array.differentiated:
                yield from self.writer.backward(copied(start, array, depth))


def copied(operand: Operand, array: Array, depth: int | None = None) -> Statement:
    """Return the statement that copies an operand to an array, or to the first entries of one."""
    shape = array.shape if depth is None else (depth, *array.shape[1:])
    return _sum_of(View(array, 0, 0, _strides(shape), shape), operand)


def _sum_of(target: View, operand: Operand) -> Statement:
    return SumStatement(target, (Term("each", operand, None),), 0.0, varying=True, differentiated=True)


def _strides(shape: Shape) -> tuple[int, ...]:
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _zeros(array: Array) -> str:
    return f"{'{' * len(array.shape)}0.0{'}' * len(array.shape)}"
