"""Write a program as a file for PyTorch or JAX: the forward pass as their operations; they take the gradient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.contributions import OURS
from autograd_tiny.replay.export.array_file import ArrayWriter, first_entries, without_first
from autograd_tiny.replay.export.arrays import (
    Array,
    Loop,
    Number,
    Operand,
    RowStatement,
    Standalone,
    Statement,
    View,
    arrays_of,
    operands_of,
)
from autograd_tiny.replay.export.formulas import atom, number
from autograd_tiny.replay.export.helpers import refused
from autograd_tiny.replay.export.indexing import index_of
from autograd_tiny.replay.export.library_rows import (
    CALLS,
    JAX,
    JAX_FUNCTIONS,
    LISTS_OF_JAX,
    LISTS_OF_TORCH,
    PARTS_OF_JAX,
    PARTS_OF_TORCH,
    TORCH,
    TORCH_FUNCTIONS,
)
from autograd_tiny.replay.export.python_text import PYTHON_NAMES, Pieces, guard_lines, python_source

NUMERAL: Final = re.compile(r"-?\d[\d.e+-]*|float\(\"[a-z-]+\"\)")


@dataclass(frozen=True, slots=True)
class Library:
    """How a library is written.

    Attributes:
        name: of the library.
        module: of its functions of arrays.
        rows, lists: its expressions of rows.
        parts: of these expressions.
        functions: the text of functions that rows need.
        float64: the argument that asks for float64.
        as_array: the function that makes an array of a list.
    """

    name: str
    module: str
    rows: dict[str, str]
    lists: dict[str, str]
    parts: dict[str, str]
    functions: dict[str, str]
    float64: str
    as_array: str


LIBRARIES: Final = {
    "torch": Library(
        "PyTorch",
        "torch",
        TORCH,
        LISTS_OF_TORCH,
        PARTS_OF_TORCH,
        TORCH_FUNCTIONS,
        ", dtype=torch.float64",
        "torch.tensor",
    ),
    "jax": Library("JAX", "jnp", JAX, LISTS_OF_JAX, PARTS_OF_JAX, JAX_FUNCTIONS, "", "jnp.array"),
}
RESERVED: Final = frozenset(
    {*PYTHON_NAMES, "torch", "jax", "jnp", "jsp", "np", "losses", "loss_of", "tensor", "optimizer", *TORCH_FUNCTIONS}
)


class LibraryWriter(ArrayWriter):
    """Writes the forward pass."""

    def __init__(self, standalone: Standalone, library: Library) -> None:
        super().__init__(standalone)
        self.library = library
        self.module = library.module
        self.is_torch = library.module == "torch"
        self.functions: dict[str, str] = {}
        self.stacked_arrays: set[Array] = set()

    # ── rows ──

    def call(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row of the table, an atom."""
        template = self.library.rows.get(row.name) if row in OURS else None
        if template is None or (row.name == "round" and operands[1] != "0.0"):
            raise self.refused(row)
        if "{softplus}" in template and self.is_torch:
            self.functions.setdefault("softplus", TORCH_FUNCTIONS["softplus"])
        whole = operands[0].partition(".")[0]
        if "{n0}" in template and not whole.isdigit():
            raise self.refused(row)
        if self.is_torch and "{1}" in template:
            operands = [f"tensor({x})" if NUMERAL.fullmatch(x) else x for x in operands]
        return template.format(*map(atom, operands), **self.library.parts, n0=whole)

    def refused(self, row: Primitive) -> BackendError:
        """Return the error that names a row."""
        return refused(row, self.library.name)

    def list_value(self, statement: RowStatement) -> str:
        """Return the value of a row of lists, which are along the last axis."""
        row = statement.row
        if row not in OURS or row.name not in {*self.library.lists, *CALLS}:
            raise self.refused(row)
        operands = self.list_operands(statement)
        if row.name in self.library.lists:
            return self.library.lists[row.name].format(*operands)
        for name in CALLS[row.name]:
            self.functions[name] = self.library.functions[name]
        return f"{row.name}({', '.join(operands)})"

    # ── arrays ──

    def full(self, operand: Number) -> str:
        """Return an array of equal numbers."""
        sizes = ", ".join(map(str, operand.shape))
        return f"{self.module}.full(({sizes},), {number(operand.number)}{self.library.float64})"

    def as_array(self, text: str) -> str:
        """Return a text that may be a number as an array."""
        return f"tensor({text})" if self.is_torch and NUMERAL.fullmatch(text) else text

    def joined(self, parts: Sequence[str], axis: int) -> str:
        """Return arrays one after another."""
        return f"{'torch.cat' if self.is_torch else 'jnp.concatenate'}([{', '.join(parts)}], {axis})"

    def stacked(self, parts: Sequence[str], has_batch: bool) -> str:  # noqa: FBT001 - of the parts
        """Return numbers, or numbers of each example, as an array."""
        parts = [self.as_array(part) for part in parts]
        return f"{self.module}.stack([{', '.join(parts)}]{', -1' * has_batch})"

    def axis(self) -> str:
        """Return the argument that names the last axis."""
        return "-1"

    def transposed(self, text: str, order: Sequence[int], *, batch: bool) -> str:
        """Return an array whose axes come in some order with them in their own."""
        result = super().transposed(text, order, batch=batch)
        return (
            f"{text}.permute({result[len(text) + 11 :]}"
            if self.is_torch and result.endswith(")") and result != text
            else result
        )

    def whole_shape(self, text: str, sizes: Sequence[str]) -> str:
        """Return a text repeated to a shape."""
        return f"{self.module}.broadcast_to({self.as_array(text)}, ({', '.join(sizes)},))"

    def view(self, view: View, *, gradient: bool = False) -> str:
        """Return a view as an expression; PyTorch has no negative steps, and results of a loop are lists in it."""
        array = view.array
        if self.loop is not None and array in {statement.target.array for statement in self.loop.body}:
            size = array.size // array.shape[0]
            entry, rest = divmod(view.base, size)
            loop, self.loop = self.loop, None
            text = self.view(View(self.entry(array, entry), rest, 0, view.strides, view.shape))
            self.loop = loop
            return text
        index = index_of(view, 1 if self.loop is None else self.loop.count)
        if index is not None and self.is_torch and any(slope < 0 for slope in index.slopes):
            return self.places(view, self.name(array))
        return super().view(view, gradient=gradient)

    def entry(self, array: Array, number: int) -> Array:
        """Return one entry of a result of a loop as an array."""
        name = f"{array.name}[{f'k + {number}' if number else 'k'}]"
        return Array(name, array.shape[1:], "result", varying=array.varying)

    def condition(self, operand: Operand) -> str:
        """Return whether a condition is the same for all examples: True or False, or neither."""
        if not self.has_batch(operand):
            return f"bool({self.operand(operand)})"
        self.functions["all_or_none"] = ALL_OR_NONE
        return f"all_or_none({self.operand(operand)})"

    # ── lines ──

    def loop_lines(self, loop: Loop) -> Iterator[str]:
        """Yield the lines of a loop, whose results are lists; then arrays of those that others read."""
        starts = {array: (count, start) for array, count, start in loop.carried}
        for statement in loop.body:
            array = statement.target.array
            entries = []
            if array in starts:
                count, start = starts[array]
                entries = self.start_texts(array, count, start)
            yield f"{array.name} = [{', '.join(entries)}]"
        yield f"for k in range({loop.count}):"
        self.loop = loop
        for statement in loop.body:
            yield f"    {statement.target.array.name}.append({self.whole_value(statement)})"
        self.loop = None
        for statement in loop.body:
            array = statement.target.array
            if array in self.read_outside(loop):
                yield f"{array.name} = {self.module}.stack({array.name}, {int(self.batch(array))})"

    def start_texts(self, array: Array, count: int, start: Operand) -> list[str]:
        """Return the entries of an array from before its loop."""
        batch = self.batch(array)
        if count == 1:
            return [self.operand(without_first(start), whole=True, batch=batch)]
        text = self.operand(start, whole=True, batch=batch)
        return [f"{text}[{':, ' * batch}{entry}]" for entry in range(count)]

    def read_outside(self, loop: Loop) -> set[Array]:
        """Return the arrays that are read outside of a loop."""
        standalone = self.standalone
        read = [x for part in standalone.body if part is not loop for x in _reads(part)]
        read += [standalone.loss, *(x for _, x in standalone.guards)]
        read += [standalone.outputs] if standalone.outputs is not None else []
        return {array for operand in read for array in arrays_of(operand)}


def _reads(part: Statement | Loop) -> list[Operand]:
    if isinstance(part, Loop):
        starts = [start for _, _, start in part.carried]
        return [*starts, *(x for statement in part.body for x in operands_of(statement))]
    return operands_of(part)


def torch_source(standalone: Standalone) -> str:
    """Return a program as a file for PyTorch."""
    return _source(standalone, "torch")


def jax_source(standalone: Standalone) -> str:
    """Return a program as a file for JAX."""
    return _source(standalone, "jax")


TENSOR: Final = '''\
def tensor(numbers):
    """Return numbers as a tensor of float64."""
    return torch.as_tensor(numbers, dtype=torch.float64)
'''


ALL_OR_NONE: Final = '''\
def all_or_none(conditions):
    """Return whether conditions hold for all examples; None if only for some."""
    return True if (conditions != 0).all() else None if (conditions != 0).any() else False
'''


def _source(standalone: Standalone, name: str) -> str:
    library = LIBRARIES[name]
    writer = LibraryWriter(standalone, library)
    forward = list(writer.forward())
    guards = list(guard_lines(standalone, writer.condition))
    result = writer.operand(standalone.outputs or standalone.loss, whole=True, batch=standalone.batched)
    imports = ["import torch"] if name == "torch" else ["import jax", "import jax.numpy as jnp"]
    if "jsp." in "".join(forward):
        imports.append("import jax.scipy.special as jsp")
    functions = [*([TENSOR] if name == "torch" else []), *writer.functions.values()]
    return python_source(
        Pieces(
            standalone,
            library.name,
            forward,
            guards,
            [],
            result,
            imports,
            "\n\n".join(functions),
            (*standalone.constants, *writer.extra),
            array=library.as_array,
            whole=standalone.batched,
            library=name,
        )
    )


__all__ = ["RESERVED", "first_entries", "jax_source", "torch_source"]
