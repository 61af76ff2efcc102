"""Write the forward pass of a program as operations of arrays: what the files for NumPy, PyTorch and JAX share.

An array that varies has a first axis of examples. `ArrayWriter` writes for NumPy; the others override its texts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import prod

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.export.arrays import (
    Array,
    Joined,
    Loop,
    Number,
    Operand,
    RowStatement,
    Shape,
    Standalone,
    Statement,
    SumStatement,
    Table,
    Term,
    View,
    operands_of,
)
from autograd_tiny.replay.export.formulas import expression, number
from autograd_tiny.replay.export.indexing import Index, index_of
from autograd_tiny.symbolic.symbol import Symbol, as_symbol


class ArrayWriter(ABC):
    """Writes the statements of a program.

    Args:
        standalone: the program.
    """

    module = "np"

    def __init__(self, standalone: Standalone) -> None:
        self.standalone = standalone
        self.loop: Loop | None = None
        self.extra: list[Array] = []

    # ── what statements read ──

    def batch(self, array: Array) -> bool:
        """Return whether an array has an axis of examples."""
        return array.varying and self.standalone.batched

    def name(self, array: Array) -> str:
        """Return the name of an array."""
        return array.name

    def operand(self, operand: Operand, *, whole: bool = False, batch: bool | None = None) -> str:
        """Return an operand as an expression, an atom.

        Args:
            operand: what is read.
            whole: whether it must have its whole shape, and not only one that NumPy repeats.
            batch: whether it must have an axis of examples; None for no matter.
        """
        if isinstance(operand, Joined):
            has_batch = any(map(self.has_batch, operand.parts)) or bool(batch)
            if len(operand.shape) == 1 and len(operand.parts) == operand.shape[0]:
                return self.stacked(
                    [self.operand(without_first(part), batch=has_batch) for part in operand.parts], has_batch
                )
            parts = [self.operand(part, whole=True, batch=has_batch) for part in operand.parts]
            return self.joined(parts, operand.axis + has_batch)
        if isinstance(operand, Number):
            text, repeated = number(operand.number), operand.shape
        elif isinstance(operand, View):
            text = self.view(operand)
            strides = list(zip(operand.strides, operand.shape, strict=True))
            repeated = operand.shape if any(not s and n > 1 for s, n in strides) else ()
            if (
                not repeated
                and operand.shape
                and all(n == 1 for n in operand.shape)
                and not self.batch(operand.array)
            ):
                repeated = operand.shape * whole
        else:
            text, repeated = self.table(operand), ()
        needs_batch = bool(batch) and not self.has_batch(operand)
        if isinstance(operand, Number) and whole and operand.shape and not needs_batch:
            return self.full(operand)
        if (whole and repeated) or needs_batch:
            shape = [str(n) for n in operand.shape]
            if batch or self.has_batch(operand):
                shape.insert(0, "batch")
            return f"{self.module}.broadcast_to({self.as_array(text)}, ({', '.join(shape)}{',' * (len(shape) == 1)}))"
        return text

    def full(self, operand: Number) -> str:
        """Return an array of equal numbers."""
        sizes = ", ".join(map(str, operand.shape))
        shape = f"({sizes})" if len(operand.shape) > 1 else sizes
        if not operand.number:
            return f"{self.module}.zeros({shape})"
        return f"{self.module}.full({shape}, {number(operand.number)})"

    def as_array(self, text: str) -> str:
        """Return a text that may be a number as an array."""
        return text

    def stacked(self, parts: Sequence[str], has_batch: bool) -> str:  # noqa: FBT001 - of the parts
        """Return numbers, or numbers of each example, as an array."""
        if not has_batch:
            return f"{self.module}.array([{', '.join(parts)}])"
        return f"{self.module}.stack([{', '.join(parts)}], {self.axis()})"

    def joined(self, parts: Sequence[str], axis: int) -> str:
        """Return arrays one after another."""
        return f"{self.module}.concatenate([{', '.join(parts)}], {axis})"

    def has_batch(self, operand: Operand) -> bool:
        """Return whether an operand has an axis of examples."""
        if isinstance(operand, Joined):
            return any(map(self.has_batch, operand.parts))
        if isinstance(operand, View):
            return self.batch(operand.array)
        return isinstance(operand, Table) and any(map(self.batch, operand.sources))

    def view(self, view: View, *, gradient: bool = False) -> str:
        """Return a view as an expression; where it repeats, with an axis of length 1.

        Args:
            view: of an array.
            gradient: whether of the gradient, without the axes that repeat.
        """
        array = view.array
        name = f"g_{array.name}" if gradient else self.name(array)
        index = index_of(view, 1 if self.loop is None else self.loop.count)
        if index is None:
            return self.places(view, name, gradient=gradient)
        text = self.reshaped(name, array, index.shape)
        entries = self.entries(index, view, gradient=gradient)
        batch = self.batch(array)
        if not index.order and not batch:
            return self.indexed(text, array, index.entries)
        text = self.transposed(self.indexed(text, array, [":"] * batch + entries), index.order, batch=batch)
        if not gradient and list(index.order) != sorted(index.order) and len(index.order) < len(view.shape):
            sizes = [str(n) if axis in index.order else "1" for axis, n in enumerate(view.shape)]
            return f"{text}.reshape({', '.join([*(['batch'] * batch), *sizes])})"
        return text

    def entries(self, index: Index, view: View, *, gradient: bool) -> list[str]:
        """Return the entries of an index, with None for the axes that repeat, if these come in their order."""
        entries = list(index.entries)
        if gradient or list(index.order) != sorted(index.order):
            return entries
        places = [place for place, axis in enumerate(index.axes) if axis is not None]
        result = list(entries)
        for axis in reversed(range(len(view.shape))):
            if axis not in index.order:
                after = [place for place in places if (index.axes[place] or 0) > axis]
                result.insert(after[0] if after else len(entries), "None")
        return result

    def reshaped(self, name: str, array: Array, shape: Shape) -> str:
        """Return an array in another shape."""
        if shape == array.shape:
            return name
        if not array.shape and not self.batch(array):
            return f"{self.module}.reshape({name}, {shape})"
        sizes = ", ".join([*(["batch"] * self.batch(array)), *map(str, shape)])
        return f"{name}.reshape({sizes})"

    @staticmethod
    def indexed(text: str, array: Array, entries: Sequence[str]) -> str:
        """Return the elements of an array, given the index of each axis."""
        entries = list(entries)
        while entries and entries[-1] == ":":
            entries.pop()
        return f"{text}[{', '.join(entries)}]" if entries else text

    def transposed(self, text: str, order: Sequence[int], *, batch: bool) -> str:
        """Return an array whose axes come in some order with them in their own."""
        if list(order) == sorted(order):
            return text
        if len(order) == 2 and not batch:
            return f"{text}.T"
        ranks = sorted(order)
        axes = [order.index(axis) + batch for axis in ranks]
        return f"{text}.transpose({', '.join(map(str, [0] * batch + axes))})"

    def places(self, view: View, name: str, *, gradient: bool = False) -> str:
        """Return a view that is no index, by the positions of its elements, with the arguments of `view`."""
        axes = list(enumerate(zip(view.strides, view.shape, strict=True)))
        kept = [axis for axis, (stride, size) in axes if stride or size == 1]
        if not gradient:  # an axis of length 1 before others that do not repeat is none
            kept = [axis for axis, _ in axes if kept and axis >= kept[0]]
        shape = tuple(view.shape[axis] if view.strides[axis] else 1 for axis in kept)
        bare = View(view.array, view.base, 0, tuple(view.strides[axis] for axis in kept), shape)
        numbers = tuple(map(float, bare.positions()))
        array = next((x for x in self.extra if x.shape == shape and x.numbers == numbers), None)
        if array is None:
            array = Array(f"places{len(self.extra) + 101}", shape, "constant", numbers)
            self.extra.append(array)
        step = f" + {view.step} * k" if view.step else ""
        flat = self.flat(name, view.array)
        return f"{flat}[{':, ' * self.batch(view.array)}{array.name}{step}]"

    def flat(self, name: str, array: Array) -> str:
        """Return the elements of an array row after row."""
        return self.reshaped(name, array, (array.size,))

    def table(self, table: Table) -> str:
        """Return elements by their positions."""
        batch = self.has_batch(table)
        parts = []
        for array in table.sources:
            text = self.flat(self.name(array), array)
            if batch and not self.batch(array):
                text = f"{self.module}.broadcast_to({text}, (batch, {array.size}))"
            parts.append(text)
        flat = parts[0] if len(parts) == 1 else self.joined(parts, int(batch))
        return f"{flat}[{':, ' * batch}{table.array.name}{'[k]' * table.repeats}]"

    # ── what statements compute ──

    @abstractmethod
    def call(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row of the table."""

    def value(self, statement: Statement) -> str:
        """Return what a statement computes."""
        if isinstance(statement, SumStatement):
            terms = [self.term(term) for term in statement.terms]
            if statement.constant or not terms:
                terms.append(number(statement.constant))
            return " + ".join(terms).replace("+ -", "- ")
        if statement.row.list_positions:
            return self.list_value(statement)
        names = {f"X{k}_": self.operand(x) for k, x in enumerate(statement.operands)}
        symbols = [
            as_symbol(constant) if constant is not None else Symbol(f"X{k}_")
            for k, constant in enumerate(statement.constants)
        ]
        return expression(Symbol("", None, statement.row, tuple(symbols)), names, self.call)

    def whole_value(self, statement: Statement) -> str:
        """Return the same in the shape of the target, which may be larger than all that it reads."""
        text, shape = self.value(statement), statement.target.shape
        if not shape or (isinstance(statement, RowStatement) and statement.row.list_positions):
            return text
        reads = operands_of(statement)
        if isinstance(statement, SumStatement) and any(term.kind != "each" for term in statement.terms):
            return text
        if all(n == 1 or any(map(partial(covers, axis), reads)) for axis, n in enumerate(shape)):
            return text
        return self.whole_shape(
            text, [*(["batch"] * (statement.varying and self.standalone.batched)), *map(str, shape)]
        )

    def whole_shape(self, text: str, sizes: Sequence[str]) -> str:
        """Return a text repeated to a shape, as an array of its own."""
        return f"{self.module}.broadcast_to({text}, ({', '.join(sizes)}{',' * (len(sizes) == 1)})).copy()"

    @abstractmethod
    def list_value(self, statement: RowStatement) -> str:
        """Return the value of a row of lists, which are along the last axis."""

    def list_operands(self, statement: RowStatement) -> list[str]:
        """Return the operands of a row of lists, all with an axis of examples if one has it."""
        batch = any(map(self.has_batch, statement.operands))
        return [self.operand(x, whole=True, batch=batch and bool(x.shape)) for x in statement.operands]

    def term(self, term: Term) -> str:
        """Return a part of a sum, a product or an atom."""
        left, right = term.left, term.right
        if term.kind == "each":
            sides = [self.operand(x) for x in (left, right) if x is not None]
            return " * ".join(sides)
        if term.kind == "matrix" and right is not None:
            return self.matrix(left, right)
        if term.kind == "batched" and right is not None:
            return f"{self.operand(left, whole=True)} @ {self.swapped(right)}"
        return self.rows(left, right)

    def matrix(self, left: Operand, right: Operand) -> str:
        """Return a product with a matrix, or a dot."""
        x = self.operand(right, whole=True)
        if len(left.shape) == 1:
            return f"{x} @ {self.operand(left, whole=True)}"
        return f"{x} @ {self.swapped(left)}"

    def swapped(self, operand: Operand) -> str:
        """Return a matrix, or a batch of them, with its last two axes swapped."""
        if isinstance(operand, View) and all(
            operand.strides[axis] or operand.shape[axis] == 1 for axis in range(len(operand.shape))
        ):
            order = [*range(len(operand.shape) - 2), len(operand.shape) - 1, len(operand.shape) - 2]
            strides, shape = (tuple(part[axis] for axis in order) for part in (operand.strides, operand.shape))
            return self.view(View(operand.array, operand.base, operand.step, strides, shape))
        text = self.operand(operand, whole=True)
        if len(operand.shape) == 2 and not self.has_batch(operand):
            return f"{text}.T"
        return f"{self.module}.swapaxes({text}, -1, -2)"

    def rows(self, left: Operand, right: Operand | None) -> str:
        """Return the sum along the last axis of an operand, or of a product."""
        if right is None:
            return f"{self.operand(left, whole=True)}.sum({self.axis()})"
        if len(left.shape) == 1 and not (self.has_batch(left) and self.has_batch(right)):
            left, right = sorted((left, right), key=self.has_batch, reverse=True)
            return f"{self.operand(left, whole=True)} @ {self.operand(right, whole=True)}"
        return f"({self.operand(left, whole=True)} * {self.operand(right, whole=True)}).sum({self.axis()})"

    def axis(self) -> str:
        """Return the argument that names the last axis."""
        return "axis=-1"

    # ── lines ──

    def forward(self) -> Iterator[str]:
        """Yield the lines that compute the results."""
        for part in self.standalone.body:
            if isinstance(part, Loop):
                yield from self.loop_lines(part)
            else:
                yield f"{part.target.array.name} = {self.whole_value(part)}"

    def loop_lines(self, loop: Loop) -> Iterator[str]:
        """Yield the lines of a loop."""
        arrays = [statement.target.array for statement in loop.body]
        for array in arrays:
            sizes = [*(["batch"] * self.batch(array)), *map(str, array.shape)]
            yield f"{array.name} = np.empty(({', '.join(sizes)}{',' * (len(sizes) == 1)}))"
        for array, count, start in loop.carried:
            yield f"{self.target(first_entries(array, count))} = {self.operand(without_first(start))}"
        yield f"for k in range({loop.count}):"
        self.loop = loop
        for statement in loop.body:
            yield f"    {self.target(statement.target)} = {self.value(statement)}"
        self.loop = None

    def target(self, view: View) -> str:
        """Return what is assigned."""
        return self.view(view)


def covers(axis: int, operand: Operand) -> bool:
    """Return whether an operand has different elements along an axis, or is an array that does not repeat there."""
    return not isinstance(operand, Number) and (not isinstance(operand, View) or bool(operand.strides[axis]))


def first_entries(array: Array, count: int) -> View:
    """Return the entries of an array from before its loop."""
    shape = array.shape[1:] if count == 1 else (count, *array.shape[1:])
    return View(array, 0, 0, tuple(prod(shape[axis + 1 :]) for axis in range(len(shape))), shape)


def without_first(operand: Operand) -> Operand:
    """Return an operand without its first axis, if that has one place."""
    if operand.shape[0] != 1:
        return operand
    if isinstance(operand, Number):
        return Number(operand.number, operand.shape[1:])
    if isinstance(operand, View):
        return View(operand.array, operand.base, operand.step, operand.strides[1:], operand.shape[1:])
    if isinstance(operand, Table):
        array = replace(operand.array, shape=operand.array.shape[1:])
        return Table(array, operand.sources, operand.repeats, operand.shape[1:])
    parts = tuple(without_first(part) for part in operand.parts)  # beside each other along another axis
    return Joined(operand.axis - 1, parts, operand.shape[1:])  # type: ignore[arg-type]  # parts of parts
