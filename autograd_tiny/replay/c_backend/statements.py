r"""Write the statements of single operations: one for the value, and one for each contribution.

>>> from autograd_tiny import Value, logsumexp
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w = Value(2.0), Value(3.0)
>>> tape = tape_of(logsumexp([w, x]), inputs=[x], parameters=[w])
>>> statements = CStatements(Places(tape, of_inputs=False, batched=True))
>>> print(*statements.value(2), *statements.contributions(2), sep="\n")
EACH { const double xs[] = {u[0], v[0][i]}; v[1][i] = list_logsumexp(xs, 2, 0); }
{ double d[N][2];
    EACH { const double xs[] = {u[0], v[0][i]}; slopes_of_logsumexp(xs, 2, 0, v[1][i], gv[1][i], d[i]); }
    ADD_UP(gu[0], d[i][0]);
    }
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.c_backend.c_rows import contributions, operand, refusal, value
from autograd_tiny.replay.c_backend.dot_products import DotProduct
from autograd_tiny.replay.c_backend.list_functions import VALUES, WITH_PLACE
from autograd_tiny.replay.c_backend.places import Places
from autograd_tiny.replay.tape import Operand, Operation
from autograd_tiny.symbolic.translate.c import number

SUM, MEAN, DOT = TABLE["sum"], TABLE["mean"], TABLE["dot"]
OF_LISTS: Final = {TABLE[name] for name in VALUES}


class CStatements:
    """Writes the operations of a program.

    Args:
        places: of the numbers of the program.
    """

    def __init__(self, places: Places) -> None:
        self.places, self.tape = places, places.tape

    def value(self, position: int) -> Iterator[str]:
        """Yield the statements that compute an operation.

        Raises:
            BackendError: C lacks the row.
        """
        operation, output = self._operation(position), self._name(position)
        row, names = operation.primitive, self._names(operation)
        each = self._each(position)
        if row is SUM or row is MEAN:
            total = " + ".join(map(operand, names))
            yield f"{each}{output} = {f'({total}) / {len(names)}.0' if row is MEAN else total};"
        elif row is DOT:
            begun, text = self._dot(operation).value(output)
            yield from begun
            if text != output:
                yield f"{each}{output} = {text};"
        elif row in OF_LISTS:
            xs, length, place = self._list(position)
            yield f"{each}{{ {xs} {output} = list_{row.name}(xs, {length}, {place}); }}"
        elif row.list_positions:  # the user's own
            raise refusal(row)
        else:
            yield f"{each}{output} = {value(row, names)};"

    def contributions(self, position: int) -> Iterator[str]:
        """Yield the statements that add the contributions of an operation to the gradients of its operands.

        Raises:
            BackendError: C lacks a row in a partial.
        """
        operation, upstream = self._operation(position), f"g{self._name(position)}"
        row, names = operation.primitive, self._names(operation)
        if row is SUM or row is MEAN:
            text = upstream if row is SUM else f"{number(1.0 / len(names))} * {upstream}"
            texts = [text] * len(names)
        elif row is DOT:
            begun, rest = self._dot(operation).contributions(upstream)
            yield from begun
            for x, text in rest:
                yield from self._add(position, x, text)
            return
        elif row in OF_LISTS:
            yield "\n    ".join(self._contributions_of_list(position, upstream))
            return
        else:
            texts = contributions(row, names, self._name(position), upstream)
        for x, text in zip(operation.operands, texts, strict=True):
            yield from self._add(position, x, text)

    def _contributions_of_list(self, position: int, upstream: str) -> Iterator[str]:
        operation, varies = self._operation(position), self.places.varying[position]
        xs, length, place = self._list(position)
        numbers = f"{place}, {self._name(position)}, {upstream}, d[i]"
        each = "EACH" if varies else "int i = 0;"
        yield f"{{ double d[{'N' if varies else 1}][{length}];"
        yield f"{each} {{ {xs} slopes_of_{operation.primitive.name}(xs, {length}, {numbers}); }}"
        for k, x in enumerate(operation.operands):
            yield from self._add(position, x, f"d[i][{k}]" if k < length else f"0.0 * {upstream}")
        yield "}"

    def _add(self, position: int, x: Operand, text: str) -> Iterator[str]:
        """Yield the statement that adds a contribution, if its operand takes a gradient."""
        if self.places.takes_gradient(x):
            gradient = f"g{self.places.name(x)}"
            if self.places.varies(x) or not self.places.varying[position]:
                yield f"{self._each(position)}{gradient} += {text};"
            else:
                yield f"ADD_UP({gradient}, {text});"

    def _list(self, position: int) -> tuple[str, int, str]:
        """Return the declaration of a list, its length, and the position in it."""
        operation = self._operation(position)
        names = [operand(name) for name in self._names(operation)]
        if operation.primitive.name not in WITH_PLACE:
            return f"const double xs[] = {{{', '.join(names)}}};", len(names), "0"
        *names, place = names
        at = position - self.tape.leaves + 1
        if type(operation.operands[-1]) is int:
            place = f"place_of({place}, {len(names)}, {at}, fault)"
        else:
            place = str(int(operation.operands[-1]))
        return f"const double xs[] = {{{', '.join(names)}}};", len(names), place

    def _dot(self, operation: Operation) -> DotProduct:
        ws, xs, bias = operation.primitive.group(operation.operands)
        return DotProduct(self.places, ws, xs, bias)

    def _operation(self, position: int) -> Operation:
        return self.tape.operations[position - self.tape.leaves]

    def _name(self, position: int) -> str:
        return str(self.places.name(position))

    def _names(self, operation: Operation) -> list[str | float]:
        return [self.places.name(x) for x in operation.operands]

    def _each(self, position: int) -> str:
        return "EACH " if self.places.varying[position] else ""
