"""Write a program as a file for NumPy: both passes as operations of arrays, whole batches at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.export import array_lists
from autograd_tiny.replay.export.array_file import ArrayWriter
from autograd_tiny.replay.export.arrays import Operand, RowStatement, Standalone
from autograd_tiny.replay.export.helpers import NumpyHelpers
from autograd_tiny.replay.export.numpy_backward import Backward
from autograd_tiny.replay.export.python_text import PYTHON_NAMES, Pieces, guard_lines, python_source

RESERVED: Final = frozenset({*PYTHON_NAMES, "np", "parts"})


class NumpyWriter(ArrayWriter):
    """Writes the operations, and collects the functions that they call."""

    def __init__(self, standalone: Standalone) -> None:
        super().__init__(standalone)
        self.helpers = NumpyHelpers()

    def call(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row of the table."""
        return self.helpers.call(row, operands)

    def list_value(self, statement: RowStatement) -> str:
        """Return the value of a row of lists, which are along the last axis."""
        operands = self.list_operands(statement)
        return f"{self.helpers.list_function(statement.row)}({', '.join(operands)})"

    def slopes(self, row: Primitive, operand: int, operands: Sequence[str]) -> str:
        """Return the partials of a row of lists with respect to its list."""
        return f"{self.helpers.list_function(row, '_slopes')}({', '.join(operands)})"

    def condition(self, operand: Operand) -> str:
        """Return whether a condition is the same for all examples: True or False, or neither."""
        text = self.operand(operand)
        if not self.has_batch(operand):
            return f"bool({text})"
        return f"{self.helpers.closure(array_lists.all_or_none)}({text})"


def source(standalone: Standalone) -> str:
    """Return a program as a file for NumPy."""
    writer = NumpyWriter(standalone)
    forward = list(writer.forward())
    guards = list(guard_lines(standalone, writer.condition))
    backward, result = [], writer.operand(standalone.outputs or standalone.loss, whole=True, batch=standalone.batched)
    if standalone.outputs is None:
        backward = list(Backward(writer).all_lines())
    imports = sorted(writer.helpers.imports | {"import numpy as np"})
    return python_source(
        Pieces(
            standalone,
            "NumPy",
            forward,
            guards,
            backward,
            result,
            imports,
            writer.helpers.text(),
            (*standalone.constants, *writer.extra),
            array="np.array",
            whole=standalone.batched,
        )
    )


__all__ = ["RESERVED", "source"]
