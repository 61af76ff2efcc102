"""Write a program as a file for NumPy: both passes as operations of arrays, whole batches at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.export.array_file import ArrayWriter
from autograd_tiny.replay.export.arrays import Array, Standalone
from autograd_tiny.replay.export.helpers import NumpyHelpers
from autograd_tiny.replay.export.numbers_text import nested
from autograd_tiny.replay.export.numpy_backward import Backward
from autograd_tiny.replay.export.python_text import (
    PYTHON_NAMES,
    described,
    guard_lines,
    main_lines,
    shape_text,
)

RESERVED: Final = frozenset({*PYTHON_NAMES, "np", "parts", "train", "main", "rate", "gradients", "parameters"})


class NumpyWriter(ArrayWriter):
    """Writes the operations, and collects the functions that they call."""

    def __init__(self, standalone: Standalone) -> None:
        super().__init__(standalone)
        self.helpers = NumpyHelpers()

    def call(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row of the table."""
        return self.helpers.call(row, operands)


def source(standalone: Standalone) -> str:
    """Return a program as a file for NumPy."""
    writer = NumpyWriter(standalone)
    forward = list(writer.forward())
    guards = list(guard_lines(standalone, lambda operand: f"np.asarray({writer.operand(operand)}) != 0.0", ".all()"))
    backward = [] if standalone.outputs is not None else list(Backward(writer).all_lines())
    return "\n".join(_file(standalone, writer, forward, guards, backward))


def _file(
    standalone: Standalone,
    writer: NumpyWriter,
    forward: Sequence[str],
    guards: Sequence[str],
    backward: Sequence[str],
) -> Iterator[str]:
    yield from described(standalone, "NumPy")
    yield "import sys"
    yield from sorted(writer.helpers.imports - {"import numpy as np"})
    yield ""
    yield "import numpy as np"
    yield ""
    yield "parameters = {"
    for array in standalone.parameters:
        yield f"    # {shape_text(array)}"
        is_array = bool(array.shape)
        head = f'"{array.name}": ' + "np.array(" * is_array
        text = nested(array.numbers, array.shape, head, ")," if is_array else ",")
        yield from (f"    {line}" for line in text.split("\n"))
    yield "}"
    yield ""
    for array in (*standalone.constants, *writer.extra):
        whole = array.name.startswith("places")
        yield nested(array.numbers, array.shape, f"{array.name} = np.array(", ")", whole=whole)
    helpers = writer.helpers.text()
    if helpers:
        yield ""
        yield ""
        yield helpers.rstrip("\n").replace("\n\n\n", "\n\n\n")
    yield ""
    yield ""
    yield from _function(standalone, forward, guards, backward, writer)
    yield from main_lines(standalone, "np")


def _function(
    standalone: Standalone,
    forward: Sequence[str],
    guards: Sequence[str],
    backward: Sequence[str],
    writer: NumpyWriter,
) -> Iterator[str]:
    """Yield the lines of the function that computes the losses and the gradient."""
    names = [array.name for array in standalone.inputs]
    of = "inputs" if standalone.of_inputs else "parameters"
    name = "outputs" if standalone.outputs is not None else "losses_and_gradients"
    yield f"def {name}({', '.join(['parameters', *names])}):"
    yield f'    """{_docstring(standalone)}"""'
    lines = [f'{array.name} = parameters["{array.name}"]' for array in standalone.parameters]
    if standalone.batched and names:
        lines += [f"{array.name} = np.asarray({array.name}, float)" for array in standalone.inputs]
        lines.append(f"batch = len({names[0]})")
    lines += ["", "# forward", *forward, *guards]
    if standalone.outputs is not None:
        lines.append(f"return {writer.operand(standalone.outputs, whole=True, batch=standalone.batched)}")
    else:
        wanted = standalone.inputs if standalone.of_inputs else standalone.parameters
        gradients = ", ".join(f'"{array.name}": g_{array.name}' for array in wanted)
        loss = writer.operand(standalone.loss, whole=standalone.batched, batch=standalone.batched)
        lines += ["", f"# backward: g_v1 is the gradient of v1, and so on, down to the {of}", *backward, ""]
        lines.append(f"return {loss}, {{{gradients}}}")
    yield from (f"    {line}".rstrip() for line in lines)
    yield ""
    yield ""


def _docstring(standalone: Standalone) -> str:
    if standalone.outputs is not None:
        return "Return the outputs."
    if standalone.of_inputs:
        return "Return the losses, and the gradient of each with respect to its inputs."
    return "Return the losses, and the gradient of their mean with respect to the parameters."


__all__ = ["RESERVED", "Array", "source"]
