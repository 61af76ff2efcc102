"""Write the backward pass as operations of NumPy: each statement adds to the gradients of what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.contributions import OUTPUT, UPSTREAM, partial_symbols
from autograd_tiny.replay.export.array_file import first_entries, without_first
from autograd_tiny.replay.export.arrays import (
    Array,
    Joined,
    Loop,
    Number,
    Operand,
    RowStatement,
    Statement,
    SumStatement,
    Table,
    Term,
    View,
    arrays_of,
)
from autograd_tiny.replay.export.formulas import ATOMS, atom, expression
from autograd_tiny.replay.export.indexing import index_of
from autograd_tiny.symbolic.symbol import Symbol

if TYPE_CHECKING:
    from autograd_tiny.replay.export.numpy_file import NumpyWriter

MUL, POWER = TABLE["mul"], TABLE["pow_constant_exponent"]


class Backward:
    """Writes the lines of the backward pass.

    Args:
        writer: of the forward pass.
    """

    def __init__(self, writer: NumpyWriter) -> None:
        self.writer, self.standalone = writer, writer.standalone
        self.started: set[Array] = set()
        self.lines: list[str] = []
        self.indent = ""

    def all_lines(self) -> Iterator[str]:
        """Yield the lines, from the gradient of the loss to those that are asked for."""
        loss = self.standalone.loss
        is_mean = self.writer.has_batch(loss) and not self.standalone.of_inputs
        seed = (
            "np.full(batch, 1.0 / batch)" if is_mean else "np.ones(batch)" if self.writer.has_batch(loss) else "1.0"
        )
        self.add(loss, seed, batch=self.writer.has_batch(loss))
        for part in reversed(self.standalone.body):
            if isinstance(part, Loop):
                self.loop(part)
            elif part.differentiated:
                self.statement(part)
        wanted = self.standalone.inputs if self.standalone.of_inputs else self.standalone.parameters
        for array in wanted:
            self.start(array)
        yield from self.lines

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append(self.indent + text)

    def start(self, array: Array) -> None:
        """Begin the gradient of an array with 0, before the loop that is being written."""
        if array in self.started:
            return
        self.started.add(array)
        is_number = not array.shape and not self.writer.batch(array)
        line = f"g_{array.name} = {'0.0' if is_number else f'np.zeros_like({array.name})'}"
        self.lines.insert(self.before, line) if self.indent else self.lines.append(line)

    def loop(self, loop: Loop) -> None:
        """Add the lines of a loop."""
        self.before, self.writer.loop = len(self.lines), loop
        self.line(f"for k in reversed(range({loop.count})):")
        self.indent, first = "    ", len(self.lines)
        for statement in reversed(loop.body):
            if statement.differentiated:
                self.statement(statement)
        self.indent, self.writer.loop = "", None
        if not any(line.startswith("    ") for line in self.lines[first:]):  # no gradient flows through it
            del self.lines[first - 1 :]
        for array, count, start in loop.carried:
            if array.differentiated and self.is_wanted(start):
                view = first_entries(array, count)
                self.start(array)
                self.add(without_first(start), self.writer.view(view, gradient=True), batch=self.writer.batch(array))

    def is_wanted(self, operand: Operand) -> bool:
        """Return whether a gradient flows to an operand."""
        return any(array.differentiated for array in arrays_of(operand))

    # ── statements ──

    def statement(self, statement: Statement) -> None:
        """Add the contributions of a statement."""
        self.start(statement.target.array)
        upstream = self.writer.view(statement.target, gradient=True)
        if isinstance(statement, SumStatement):
            for term in statement.terms:
                self.term(statement, term, upstream)
        elif statement.row.list_positions:
            self.list_row(statement, upstream)
        else:
            self.row(statement, upstream)

    def batch(self, statement: Statement) -> bool:
        """Return whether the contributions of a statement have an axis of examples."""
        return statement.varying and self.standalone.batched

    def row(self, statement: RowStatement, upstream: str) -> None:
        """Add the contributions of a row."""
        partials = partial_symbols(statement.row, statement.constants)
        names = {f"X{k}_": self.writer.operand(x) for k, x in enumerate(statement.operands)}
        names |= {OUTPUT.name: self.writer.view(statement.target), UPSTREAM.name: upstream}
        for k, operand in enumerate(statement.operands):
            if self.is_wanted(operand) and partials is not None:
                partial = simpler(statement, k, partials[k])
                if partial.constant != 0.0:
                    text = expression(times_upstream(partial), names, self.writer.call)
                    self.add(operand, text, batch=self.batch(statement))

    def list_row(self, statement: RowStatement, upstream: str) -> None:
        """Add the contributions of a row of lists."""
        for k, operand in enumerate(statement.operands):
            if self.is_wanted(operand) and statement.row.takes_list[k]:
                operands = self.writer.list_operands(statement)
                slopes = self.writer.slopes(statement.row, k, operands)
                self.add(operand, f"{slopes} * {self.beside_list(upstream, statement)}", batch=self.batch(statement))

    def beside_list(self, upstream: str, statement: Statement) -> str:
        """Return the gradient of a result with one more axis, that of its list."""
        rank = len(statement.target.shape) + self.batch(statement)
        return f"{upstream}[{':, ' * rank}None]" if rank else upstream

    def term(self, statement: SumStatement, term: Term, upstream: str) -> None:
        """Add the contributions of a term."""
        left, right, batch = term.left, term.right, self.batch(statement)
        operand = self.writer.operand
        if term.kind == "each":
            for x, y in ((left, right), (right, left)):
                if x is not None and self.is_wanted(x):
                    self.add(x, f"{operand(y)} * {upstream}" if y is not None else upstream, batch=batch)
        elif term.kind == "matrix" and right is not None:
            self.matrix(statement, left, right, upstream)
        elif term.kind == "batched" and right is not None:
            if self.is_wanted(left):
                self.add(left, f"{upstream} @ {operand(right, whole=True)}", batch=batch)
            if self.is_wanted(right):
                self.add(right, f"np.swapaxes({upstream}, -1, -2) @ {operand(left, whole=True)}", batch=batch)
        else:
            self.rows(statement, left, right, upstream)

    def matrix(self, statement: SumStatement, left: Operand, right: Operand, upstream: str) -> None:
        """Add the contributions of a product with a matrix, or of a dot."""
        batch, operand = self.batch(statement), self.writer.operand
        has_rows, has_columns = len(left.shape) == 2, len(right.shape) == 2
        if self.is_wanted(left):
            x, width = operand(right, whole=True, batch=batch), left.shape[-1]
            g = upstream
            if batch and has_columns:
                rows = left.shape[0] if has_rows else ""
                g = f"{g}.reshape(-1{f', {rows}' * has_rows})"
                x = f"{x}.reshape(-1, {width})"
            summed = batch or has_columns
            if has_rows:
                text = f"{g}.T @ {x}" if summed else f"np.outer({g}, {x})"
            else:
                text = f"{g} @ {x}" if summed else f"{g} * {x}"
            self.add(left, text, batch=False)
        if self.is_wanted(right):
            w = operand(left, whole=True)
            rank = batch + has_columns
            outer = f"{upstream}[{':, ' * rank}None] * {w}" if rank else f"{upstream} * {w}"
            self.add(right, f"{upstream} @ {w}" if has_rows else outer, batch=batch)

    def rows(self, statement: SumStatement, left: Operand, right: Operand | None, upstream: str) -> None:
        """Add the contributions of sums along the last axis."""
        batch, g = self.batch(statement), self.beside_list(upstream, statement)
        for x, y in ((left, right), (right, left)):
            if x is None or not self.is_wanted(x):
                continue
            if y is None or isinstance(y, Number):
                sizes = ", ".join([*(["batch"] * batch), *map(str, x.shape)])
                whole = f"np.broadcast_to({g}, ({sizes}{',' * (', ' not in sizes)}))"
                text = whole if y is None else f"{self.writer.operand(y)} * {whole}"
                self.add(x, text, batch=batch, is_new=y is not None)
            else:
                self.add(x, f"{self.writer.operand(y, whole=True)} * {g}", batch=batch)

    # ── gradients ──

    def add(self, operand: Operand, text: str, *, batch: bool, is_new: bool = True) -> None:
        """Add a contribution to the gradient of what an operand reads.

        Args:
            operand: what was read.
            text: the contribution, of its whole shape.
            batch: whether it has an axis of examples.
            is_new: whether the contribution is an array of its own, which may be changed.
        """
        if isinstance(operand, View):
            if operand.array.differentiated:
                self.add_to_view(operand, text, batch=batch, is_new=is_new)
        elif isinstance(operand, Table):
            self.add_to_table(operand, text, batch=batch)
        elif isinstance(operand, Joined):
            self.line(f"parts = {text}")
            first = 0
            for part in operand.parts:
                stop = first + part.shape[operand.axis]
                entries = [":"] * (operand.axis + batch) + [f"{first}:{stop}"]
                self.add(part, f"parts[{', '.join(entries)}]", batch=batch, is_new=False)
                first = stop

    def add_to_view(self, view: View, text: str, *, batch: bool, is_new: bool) -> None:
        """Add a contribution to the gradient of a view."""
        array, writer = view.array, self.writer
        index = index_of(view, 1 if writer.loop is None else writer.loop.count)
        kept = index.order if index else [axis for axis, s in enumerate(view.strides) if s or view.shape[axis] == 1]
        axes = [0] * (batch and not writer.batch(array))
        axes += [axis + batch for axis in range(len(view.shape)) if axis not in kept]
        if axes:
            axis = str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"
            text, is_new = f"{atom(text)}.sum(axis={axis})", True
        if index is None:
            self.start(array)
            place = writer.places(view, f"g_{array.name}")
            flat, _, rest = place.rpartition("[")
            entries = rest[:-1].replace(":, ", "slice(None), ", 1)
            entries = f"({entries})" if "slice" in entries else entries
            self.line(f"np.add.at({flat}, {entries}, {text})")
            return
        target = writer.view(view, gradient=True)
        is_whole = target == f"g_{array.name}"
        if is_whole and array not in self.started and not self.indent:
            self.started.add(array)
            is_alias = not is_new or ATOMS.fullmatch(text) is not None
            is_number = not array.shape and not writer.batch(array)
            is_alias = is_alias and not is_number and not text.startswith("np.")
            self.line(f"{target} = {f'{atom(text)}.copy()' if is_alias or 'broadcast_to' in text else text}")
            return
        self.start(array)
        target = target if is_whole or target.endswith("]") else f"{target}[...]"
        if text.startswith("-") and ATOMS.fullmatch(text[1:]):
            self.line(f"{target} -= {text[1:]}")
        else:
            self.line(f"{target} += {text}")

    def add_to_table(self, table: Table, text: str, *, batch: bool) -> None:
        """Add a contribution to the gradients of what a table reads."""
        writer = self.writer
        sources = [array for array in table.sources if array.differentiated]
        for array in sources:
            self.start(array)
        of_batch = writer.has_batch(table)
        if batch and not of_batch:
            text = f"{atom(text)}.sum(axis=0)"
        places = f"{table.array.name}{'[k]' * table.repeats}"
        is_unique = len(set(table.array.numbers)) == len(table.array.numbers)
        if len(table.sources) == 1:
            flat = writer.flat(f"g_{sources[0].name}", sources[0])
            if is_unique:
                self.line(f"{flat}[{':, ' * of_batch}{places}] += {text}")
            else:
                self.line(f"np.add.at({flat}, {f'(slice(None), {places})' if of_batch else places}, {text})")
            return
        total = sum(array.size for array in table.sources)
        self.line(f"parts = np.zeros({f'(batch, {total})' if of_batch else total})")
        self.line(f"np.add.at(parts, {f'(slice(None), {places})' if of_batch else places}, {text})")
        first = 0
        for array in table.sources:
            stop = first + array.size
            if array.differentiated:
                part = f"parts[{':, ' * of_batch}{first}:{stop}]"
                if of_batch and not writer.batch(array):
                    part += ".sum(axis=0)"
                if not array.shape:
                    part = part.replace(f"{first}:{stop}", str(first)).replace(".sum(axis=0)", ".sum()")
                    self.line(f"g_{array.name} += {part}")
                    first = stop
                    continue
                flat = writer.flat(f"g_{array.name}", array)
                self.line(f"{flat}{'' if flat.startswith('g_') and ATOMS.fullmatch(flat) else '[...]'} += {part}")
            first = stop


def simpler(statement: RowStatement, k: int, partial: Symbol) -> Symbol:
    """Return the partial of a power with a constant exponent without its cases, where these do not matter."""
    exponent = statement.constants[1] if statement.row is POWER else None
    if k or exponent is None or exponent not in {2.0, 3.0, 4.0}:
        return partial
    x = Symbol("X0_")
    return 2.0 * x if exponent == 2.0 else exponent * x ** (exponent - 1.0)


def times_upstream(partial: Symbol) -> Symbol:
    """Return partial · upstream; 1 / x · upstream as a quotient."""
    if partial.constant == 1.0:
        return UPSTREAM
    if partial.constant == -1.0:
        return -UPSTREAM
    return Symbol("", None, MUL, (partial, UPSTREAM))
