"""Write a program as a file of plain Python: one example at a time, in loops over lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.contributions import OUTPUT, UPSTREAM, partial_symbols
from autograd_tiny.replay.export import plain_lists
from autograd_tiny.replay.export.array_file import first_entries
from autograd_tiny.replay.export.arrays import (
    Joined,
    Loop,
    Number,
    Operand,
    Part,
    RowStatement,
    Standalone,
    Statement,
    SumStatement,
    Table,
    Term,
    View,
    arrays_of,
    operands_of,
)
from autograd_tiny.replay.export.formulas import bare, expression, number
from autograd_tiny.replay.export.helpers import PythonHelpers
from autograd_tiny.replay.export.indexing import index_of, position
from autograd_tiny.replay.export.numpy_backward import simpler, times_upstream
from autograd_tiny.replay.export.python_text import PYTHON_NAMES, Pieces, guard_lines, python_source
from autograd_tiny.symbolic.symbol import Symbol, as_symbol

RESERVED: Final = frozenset({*PYTHON_NAMES, *vars(plain_lists), "math"})
AXES: Final = "ijm"
"""The variables along the axes of a result."""


class PythonCalls:
    """Calls the functions of rows."""

    is_python = True

    def __init__(self, helpers: PythonHelpers) -> None:
        self.helpers = helpers

    def __call__(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row."""
        return self.helpers.call(row, operands)


class PythonWriter:
    """Writes the statements of a program.

    Args:
        standalone: the program.
    """

    def __init__(self, standalone: Standalone) -> None:
        self.standalone = standalone
        self.helpers = PythonHelpers()
        self.call = PythonCalls(self.helpers)
        self.loop: Loop | None = None
        self.lines: list[str] = []
        self.indent = ""

    def line(self, text: str, depth: int = 0) -> None:
        """Add a line."""
        self.lines.append(f"{self.indent}{'    ' * depth}{text}")

    # ── elements ──

    def element(self, operand: Operand, variables: Sequence[str], prefix: str = "") -> str:
        """Return one element of an operand, an atom.

        Args:
            operand: what is read.
            variables: its index.
            prefix: g_ for the gradient.
        """
        if isinstance(operand, Number):
            return number(operand.number)
        if isinstance(operand, View):
            return self.view_element(operand, variables, prefix)
        if isinstance(operand, Table):
            places = f"{operand.array.name}{'[k]' * operand.repeats}{''.join(f'[{x}]' for x in variables)}"
            return f"{prefix}of_{operand.array.name}[{places}]"
        return self.joined_element(operand, variables, prefix)

    def joined_element(self, operand: Joined, variables: Sequence[str], prefix: str) -> str:
        """Return one element of parts that are joined, by a choice."""
        along, first, texts = variables[operand.axis], 0, []
        for part in operand.parts:
            inner = list(variables)
            inner[operand.axis] = position(along, -first)
            texts.append((self.element(part, inner, prefix), first + part.shape[operand.axis]))
            first = texts[-1][1]
        if along.isdigit():
            return next(text for text, stop in texts if int(along) < stop)
        text = texts[-1][0]
        for other, stop in reversed(texts[:-1]):
            text = f"{other} if {along} < {stop} else {text}"
        return f"({text})"

    def view_element(self, view: View, variables: Sequence[str], prefix: str = "") -> str:
        """Return one element of a view."""
        array = view.array
        index = index_of(view, 1 if self.loop is None else self.loop.count)
        if index is None or index.shape != array.shape:
            terms = [(view.step, "k"), *zip(view.strides, variables, strict=True)]
            flat = summed(view.base, [(n, x) for n, x in terms if n])
            return f"{prefix}{array.name}{''.join(f'[{x}]' for x in unflattened(flat, array.shape))}"
        entries = []
        for start, step, slope, axis in zip(index.starts, index.steps, index.slopes, index.axes, strict=True):
            terms = [(step, "k"), (slope, variables[axis] if axis is not None else "")]
            entries.append(summed(start, [(n, x) for n, x in terms if n]))
        return f"{prefix}{array.name}{''.join(f'[{x}]' for x in entries)}"

    def tables(self, operands: Sequence[Operand], prefix: str = "") -> Iterator[str]:
        """Yield the lines that join what tables read."""
        for table in tables_in(operands):
            name = f"{prefix}of_{table.array.name}"
            parts = [f"{self.helpers.closure(plain_lists.flat)}({array.name})" for array in table.sources]
            yield f"{name} = {' + '.join(parts)}"

    # ── forward ──

    def forward(self) -> None:
        """Add the lines that compute the results."""
        for part in self.standalone.body:
            if isinstance(part, Loop):
                self.forward_loop(part)
            else:
                self.forward_statement(part, part.target.array.name)

    def forward_loop(self, loop: Loop) -> None:
        """Add the lines of a loop."""
        for statement in loop.body:
            array = statement.target.array
            self.line(f"{array.name} = [0.0] * {array.shape[0]}")
        for array, count, start in loop.carried:
            for text in self.tables([start]):
                self.line(text)
            for place in range(count):
                names = list(AXES[: len(array.shape) - 1])
                text = self.element(start, [str(place), *names])
                self.line(f"{array.name}[{place}] = {listed(text, names, array.shape[1:])}")
        self.line(f"for k in range({loop.count}):")
        self.indent, self.loop = "    ", loop
        for statement in loop.body:
            self.forward_statement(statement, f"{statement.target.array.name}[{index_entry(statement.target)}]")
        self.indent, self.loop = "", None

    def forward_statement(self, statement: Statement, target: str) -> None:
        """Add the lines of one statement."""
        for text in self.tables(operands_of(statement)):
            self.line(text)
        variables = list(AXES[: len(statement.target.shape)])
        text = self.value(statement, variables)
        self.line(f"{target} = {listed(text, variables, statement.target.shape)}")

    def value(self, statement: Statement, variables: Sequence[str]) -> str:
        """Return one element of a statement."""
        if isinstance(statement, SumStatement):
            terms = [self.term(term, variables) for term in statement.terms]
            if statement.constant or not terms:
                terms.append(number(statement.constant))
            return " + ".join(terms).replace("+ -", "- ")
        if statement.row.list_positions:
            name = self.helpers.list_function(statement.row)
            return f"{name}({', '.join(self.arguments(statement, variables))})"
        names = {f"X{k}_": self.element(x, variables) for k, x in enumerate(statement.operands)}
        symbols = [Symbol(f"X{k}_") if x is None else as_symbol(x) for k, x in enumerate(statement.constants)]
        return bare(expression(Symbol("", None, statement.row, tuple(symbols)), names, self.call))

    def arguments(self, statement: RowStatement, variables: Sequence[str]) -> list[str]:
        """Return the operands of a row of lists."""
        texts = []
        for operand, is_list in zip(statement.operands, statement.row.takes_list, strict=True):
            if is_list:
                inner = self.element(operand, [*variables, "n"])
                texts.append(listed(inner, ["n"], operand.shape[-1:]))
            else:
                texts.append(self.element(operand, variables))
        return texts

    def term(self, term: Term, variables: Sequence[str]) -> str:
        """Return one element of a term."""
        left, right = term.left, term.right
        if term.kind == "each":
            return " * ".join(self.element(x, variables) for x in (left, right) if x is not None)
        first, second = sides(term, variables, "n")
        texts = [self.element(left, first)]
        if right is not None:
            texts.append(self.element(right, second))
        return f"sum({' * '.join(texts)} for n in range({left.shape[-1]}))"

    # ── backward ──

    def backward(self) -> None:
        """Add the lines of the backward pass."""
        wanted = self.standalone.inputs if self.standalone.of_inputs else self.standalone.parameters
        arrays = [*wanted, *(x for x in self.standalone.results() if x.differentiated)]
        for array in arrays:
            sizes = ", ".join(map(str, array.shape))
            self.line(f"g_{array.name} = {f'{self.helpers.closure(plain_lists.zeros)}({sizes})' if sizes else '0.0'}")
        self.add(self.standalone.loss, [], "1.0", 0)
        for part in reversed(self.standalone.body):
            if isinstance(part, Loop):
                self.backward_loop(part)
            elif part.differentiated:
                self.backward_statement(part)

    def backward_loop(self, loop: Loop) -> None:
        """Add the lines of a loop."""
        if not any(statement.differentiated for statement in loop.body):
            return
        self.line(f"for k in reversed(range({loop.count})):")
        self.indent, self.loop, before = "    ", loop, len(self.lines)
        for statement in reversed(loop.body):
            if statement.differentiated:
                self.backward_statement(statement)
        self.indent, self.loop = "", None
        if len(self.lines) == before:  # all partials are 0
            self.lines.pop()
        for array, count, start in loop.carried:
            if array.differentiated and is_wanted(start):
                tables = self.begin_tables([start])
                for entry in range(count):
                    view = first_entries(array, count)
                    depth = self.nest(array.shape[1:])
                    variables = list(AXES[: len(array.shape) - 1])
                    upstream = self.view_element(view, variables if count == 1 else [str(entry), *variables], "g_")
                    self.add(start, [str(entry), *variables], upstream, depth)
                for table in tables:
                    self.distribute(table)

    def begin_tables(self, operands: Sequence[Operand]) -> list[Table]:
        """Add the lines that begin the gradients of tables, and return those that take one."""
        for text in self.tables(operands):
            self.line(text)
        tables = [table for table in tables_in(operands) if is_wanted(table)]
        for table in tables:
            self.line(f"g_of_{table.array.name} = [0.0] * {sum(array.size for array in table.sources)}")
        return tables

    def nest(self, shape: Sequence[int]) -> int:
        """Add the heads of loops over the elements of a shape, and return how many these are."""
        for depth, (variable, size) in enumerate(zip(AXES, shape, strict=False)):
            self.line(f"for {variable} in range({size}):", depth)
        return len(shape)

    def backward_statement(self, statement: Statement) -> None:
        """Add the contributions of a statement."""
        tables = self.begin_tables(operands_of(statement))
        variables, before = list(AXES[: len(statement.target.shape)]), len(self.lines)
        depth = self.nest(statement.target.shape)
        upstream = self.view_element(statement.target, variables, "g_")
        if isinstance(statement, SumStatement):
            for term in statement.terms:
                self.backward_term(term, variables, upstream, depth)
        elif statement.row.list_positions:
            self.backward_list(statement, variables, upstream, depth)
        else:
            self.backward_row(statement, variables, upstream, depth)
        if len(self.lines) == before + depth:  # loops without a body: all partials are 0
            del self.lines[before:]
        for table in tables:
            self.distribute(table)

    def distribute(self, table: Table) -> None:
        """Add the gradient of what a table reads to that of its sources."""
        first = 0
        for array in table.sources:
            part = f"g_of_{table.array.name}[{first}:{first + array.size}]"
            if array.differentiated and array.shape:
                self.line(f"{self.helpers.closure(plain_lists.add_flat)}(g_{array.name}, iter({part}))")
            elif array.differentiated:
                self.line(f"g_{array.name} += g_of_{table.array.name}[{first}]")
            first += array.size

    def backward_row(self, statement: RowStatement, variables: Sequence[str], upstream: str, depth: int) -> None:
        """Add the contributions of a row."""
        partials = partial_symbols(statement.row, statement.constants)
        names = {f"X{k}_": self.element(x, variables) for k, x in enumerate(statement.operands)}
        names |= {OUTPUT.name: self.view_element(statement.target, variables), UPSTREAM.name: upstream}
        for k, operand in enumerate(statement.operands):
            if is_wanted(operand) and partials is not None:
                partial = simpler(statement, k, partials[k])
                if partial.constant != 0.0:
                    self.add(operand, variables, self.contribution(partial, names), depth)

    def contribution(self, partial: Symbol, names: Mapping[str, str]) -> str:
        """Return partial · upstream."""
        return expression(times_upstream(partial), names, self.call)

    def backward_list(self, statement: RowStatement, variables: Sequence[str], upstream: str, depth: int) -> None:
        """Add the contributions of a row of lists."""
        name = self.helpers.list_function(statement.row, "_slopes")
        for operand, is_list in zip(statement.operands, statement.row.takes_list, strict=True):
            if is_list and is_wanted(operand):
                self.line(f"slopes = {name}({', '.join(self.arguments(statement, variables))})", depth)
                self.line(f"for n in range({operand.shape[-1]}):", depth)
                self.add(operand, [*variables, "n"], f"slopes[n] * {upstream}", depth + 1)

    def backward_term(self, term: Term, variables: Sequence[str], upstream: str, depth: int) -> None:
        """Add the contributions of a term."""
        first, second = sides(term, variables, "n")
        pairs = [(term.left, first, term.right, second)]
        if term.right is not None:
            pairs.append((term.right, second, term.left, first))
        if term.kind != "each" and any(is_wanted(x) for x, *_ in pairs):
            self.line(f"for n in range({term.left.shape[-1]}):", depth)
            depth += 1
        for x, place, y, other in pairs:
            if is_wanted(x):
                text = upstream if y is None else f"{self.element(y, other)} * {upstream}"
                self.add(x, place, text, depth)

    def add(self, operand: Operand, variables: Sequence[str], text: str, depth: int) -> None:
        """Add a contribution to one element of an operand."""
        if isinstance(operand, Joined):
            self.add_to_joined(operand, variables, text, depth)
        elif isinstance(operand, Table) or (isinstance(operand, View) and operand.array.differentiated):
            target = self.element(operand, variables, "g_")
            sign = "-" if text.startswith("-") and " " not in text else "+"
            self.line(f"{target} {sign}= {text.removeprefix('-') if sign == '-' else text}", depth)

    def add_to_joined(self, operand: Joined, variables: Sequence[str], text: str, depth: int) -> None:
        """Add a contribution to one of the parts that are joined."""
        along, first, word = variables[operand.axis], 0, "if"
        all_so_far = True
        for part in operand.parts:
            stop = first + part.shape[operand.axis]
            inner = list(variables)
            if along.isdigit():
                inner[operand.axis] = str(int(along) - first)
                if first <= int(along) < stop:
                    self.add(part, inner, text, depth)
            elif is_wanted(part):
                inner[operand.axis] = position(along, -first)
                is_rest = first > 0 and all_so_far and stop == operand.shape[operand.axis]
                self.line("else:" if is_rest else f"{word} {bounds(along, first, stop, operand)}:", depth)
                self.add(part, inner, text, depth + 1)
                word = "elif"
            else:
                all_so_far = False
            first = stop


def bounds(variable: str, first: int, stop: int, operand: Joined) -> str:
    """Return the condition that a variable is within bounds."""
    if first == 0:
        return f"{variable} < {stop}"
    if stop == operand.shape[operand.axis]:
        return f"{variable} >= {first}"
    return f"{first} <= {variable} < {stop}"


def is_wanted(operand: Operand | Part) -> bool:
    """Return whether a gradient flows to an operand."""
    return any(array.differentiated for array in arrays_of(operand))


def tables_in(operands: Sequence[Operand]) -> list[Table]:
    """Return the tables among operands and their parts."""
    parts = [part for operand in operands for part in (operand.parts if isinstance(operand, Joined) else [operand])]
    return [part for part in parts if isinstance(part, Table)]


def sides(term: Term, variables: Sequence[str], inner: str) -> tuple[list[str], list[str]]:
    """Return the index of the left and that of the right side of a product."""
    if term.kind == "each":
        return list(variables), list(variables)
    if term.kind == "batched":
        block, row, column = variables
        return [block, row, inner], [block, column, inner]
    if term.kind == "rows":
        return [*variables, inner], [*variables, inner]
    right_rank = 0 if term.right is None else len(term.right.shape)
    has_columns, has_rows = right_rank == 2, len(term.left.shape) == 2
    return [*variables[has_columns:][:has_rows], inner], [*variables[:has_columns], inner]


def listed(text: str, variables: Sequence[str], shape: Sequence[int]) -> str:
    """Return a list of what a text is for each value of its variables."""
    for variable, size in zip(reversed(variables), reversed(shape), strict=True):
        text = f"[{text} for {variable} in range({size})]"
    return text


def summed(start: int, terms: Sequence[tuple[int, str]]) -> str:
    """Return a sum of multiples of variables and a number."""
    if any(x.isdigit() for _, x in terms):
        start += sum(n * int(x) for n, x in terms if x.isdigit())
        terms = [(n, x) for n, x in terms if not x.isdigit()]
    texts = [x if n == 1 else f"{n} * {x if x.isidentifier() else f'({x})'}" for n, x in terms]
    return position(" + ".join(texts).replace("+ -", "- "), start)


def unflattened(flat: str, shape: Sequence[int]) -> list[str]:
    """Return the index of an element of an array by its position."""
    entries = []
    for axis, size in enumerate(shape):
        weight = prod(shape[axis + 1 :])
        text = flat if weight == 1 else f"({flat}) // {weight}"
        entries.append(text if axis == 0 else f"({text}) % {size}")
    return entries


def index_entry(target: View) -> str:
    """Return the entry of a result of a loop that a repetition computes."""
    size = prod(target.shape)
    return position("k", target.base // size)


def source(standalone: Standalone) -> str:
    """Return a program as a file of plain Python."""
    writer = PythonWriter(standalone)
    writer.forward()
    last = [x for _, x in standalone.guards] + ([standalone.outputs] if standalone.outputs is not None else [])
    writer.lines += writer.tables(last)
    guards = list(guard_lines(standalone, lambda operand: f"bool({writer.element(operand, [])})"))
    forward, writer.lines = writer.lines, []
    if standalone.outputs is None:
        writer.backward()
        result = writer.element(standalone.loss, [])
    else:
        shape = standalone.outputs.shape
        result = listed(writer.element(standalone.outputs, list(AXES[: len(shape)])), list(AXES[: len(shape)]), shape)
    return python_source(
        Pieces(
            standalone,
            "plain Python",
            forward,
            guards,
            writer.lines,
            result,
            sorted(writer.helpers.imports),
            writer.helpers.text(),
            standalone.constants,
        )
    )


__all__ = ["RESERVED", "PythonWriter", "source"]
