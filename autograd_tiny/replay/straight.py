"""The back-end "python": straight-line Python of floats, the forward lines first, then the backward lines.

Each line is one operation of the tape, or one contribution: partial times upstream. The numbers are those of eager
code to the last bit: the same operations in the same order.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w, b = Value(2.0), Value(3.0), Value(0.5)
>>> print(source_of_tape(tape_of((w * x + b).exp(), inputs=[x], parameters=[w, b])))
def replay(examples, parameters, others, seed):
    (p0, p1,) = parameters
    gp0 = gp1 = 0.0
    losses, truths, slopes = [], [], []
    for (x0,) in examples:
        v0 = p0 * x0
        v1 = v0 + p1
        v2 = exp(v1)
        append(losses, v2)
        gv2 = seed
        gv1 = v2 * gv2
        gv0 = gv1
        gp1 += gv1
        gp0 += x0 * gv0
    append(slopes, [gp0, gp1])
    return losses, truths, slopes

The names: x an input, p a parameter, c another leaf, v the value of an operation, g before a name the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd_tiny.ieee import Ieee
from autograd_tiny.primitive import TABLE, Primitive
from autograd_tiny.replay.compiling import compiled
from autograd_tiny.replay.formulas import OURS, Name, contribution_sources, value_source
from autograd_tiny.replay.recorder import DETACH
from autograd_tiny.replay.tape import Operation, Tape

SUM, MEAN, DOT = TABLE["sum"], TABLE["mean"], TABLE["dot"]
Results = tuple[list[float], list[list[float]], list[list[float]]]
"""The losses; for each example the conditions of the guards; the gradient of the parameters, or of each example."""


class StraightLine:
    """A tape as one Python function; see the module for what it looks like.

    Args:
        tape: what is to be replayed.
        of_inputs: whether the gradient of the inputs is asked for, rather than that of the parameters.

    Attributes:
        source: the function.
        plan: how many lines it has.
        parameters, gradients: flat arrays, read and written by each run.
    """

    def __init__(self, tape: Tape, *, of_inputs: bool = False) -> None:
        self.source = source_of_tape(tape, of_inputs=of_inputs)
        self.plan = f"{len(tape.operations)} operations, one line each, example by example"
        self.parameters, self.gradients = np.zeros(tape.parameters), np.zeros(tape.parameters)
        self._of_inputs = of_inputs
        self._slopes: Any = []
        rows = dict.fromkeys(operation.primitive for operation in tape.operations)
        self._replay = compiled(self.source, "replay", _names(rows, _fast))
        self._replay_carefully = compiled(self.source, "replay", _names(rows, _careful))

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses, (batch,). The arguments are those of `Vectorized.run`."""
        examples = np.concatenate(arguments, axis=1).tolist() if arguments else [[]]
        losses, truths, slopes = self.replay(
            examples, self.parameters.tolist(), others, 1.0 if seed is None else seed
        )
        if truths:
            check(np.array(truths, dtype=float).T)
        if seed is not None and not self._of_inputs:
            self.gradients[:] = slopes[0]
        self._slopes = slopes
        return np.array(losses, dtype=float)

    def replay(
        self, examples: Sequence[Sequence[float]], parameters: Sequence[float], others: Sequence[float], seed: float
    ) -> Results:
        """Replay examples, every gradient multiplied by the seed.

        Where Python's arithmetic raises (1 / 0, exp(1000)), all is computed again with floats that do not.
        """
        try:
            return self._replay(examples, parameters, others, seed)  # type: ignore[no-any-return]
        except (ArithmeticError, ValueError):
            careful = [[Ieee(x) for x in example] for example in examples]
            return self._replay_carefully(careful, list(map(Ieee, parameters)), list(map(Ieee, others)), Ieee(seed))  # type: ignore[no-any-return]

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run, (batch, inputs)."""
        return np.array(self._slopes, dtype=float).reshape(batch, -1)


def source_of_tape(tape: Tape, *, of_inputs: bool = False) -> str:
    """Return the function that replays a tape, as Python source."""
    return "\n".join(_Writer(tape, of_inputs=of_inputs).lines())


class _Writer:
    """Writes a tape down, line by line."""

    def __init__(self, tape: Tape, *, of_inputs: bool) -> None:
        self.tape, self.of_inputs = tape, of_inputs
        self.inputs = [f"x{i}" for i in range(tape.inputs)]
        self.parameters = [f"p{i}" for i in range(tape.parameters)]
        self.others = [f"c{i}" for i in range(len(tape.others))]
        values = [f"v{i}" for i in range(len(tape.operations))]
        self.names = [*self.inputs, *self.parameters, *self.others, *values]
        wanted = (0, tape.inputs) if of_inputs else (tape.inputs, tape.inputs + tape.parameters)
        self.differentiated = tape.is_differentiated(*wanted)
        self.gradients = [f"g{name}" for name in (self.inputs if of_inputs else self.parameters)]

    def lines(self) -> Iterable[str]:
        """Yield the lines of the function."""
        yield "def replay(examples, parameters, others, seed):"
        yield from _indented(self._head())
        yield f"    for {_tuple(self.inputs)} in examples:"
        varying = self.tape.depends_on(0, self.tape.inputs)
        forward = [self._value(position) for position in self._operations() if varying[position]]
        yield from _indented([*forward, *self._tail()], depth=2)
        if not self.of_inputs:
            yield f"    append(slopes, {_list(self.gradients)})"
        yield "    return losses, truths, slopes"

    def _head(self) -> Iterable[str]:
        """Yield what is computed once: the leaves, and what depends on no input."""
        for names, leaves in ((self.parameters, "parameters"), (self.others, "others")):
            if names:
                yield f"{_tuple(names)} = {leaves}"
        if self.gradients and not self.of_inputs:
            yield " = ".join([*self.gradients, "0.0"])
        varying = self.tape.depends_on(0, self.tape.inputs)
        yield from (self._value(position) for position in self._operations() if not varying[position])
        yield "losses, truths, slopes = [], [], []"

    def _tail(self) -> Iterable[str]:
        """Yield what comes after the forward lines of an example."""
        root = self.names[self.tape.root]
        yield f"append(losses, {root})"
        if self.tape.guarded:
            yield f"append(truths, {_list(self.names[position] for position in self.tape.guarded)})"
        if self.of_inputs and self.gradients:
            yield " = ".join([*self.gradients, "0.0"])
        begun = set(self.gradients)
        if self.differentiated[self.tape.root]:
            yield self._add(begun, f"g{root}", "seed")
        for position in reversed(self._operations()):
            if self.differentiated[position]:
                yield from self._contributions(position, begun)
        if self.of_inputs:
            yield f"append(slopes, {_list(self.gradients)})"

    def _operations(self) -> range:
        return range(self.tape.leaves, self.tape.size)

    def _operation(self, position: int) -> tuple[Operation, list[Name]]:
        operation = self.tape.operations[position - self.tape.leaves]
        return operation, [self.names[x] if type(x) is int else x for x in operation.operands]

    def _value(self, position: int) -> str:
        """Return the forward line of an operation."""
        operation, operands = self._operation(position)
        row = operation.primitive
        if row is DETACH:
            text = str(operands[0])
        elif row is SUM or row is MEAN:
            text = " + ".join(map(_text, operands))
            text = f"({text}) / {len(operands)}.0" if row is MEAN else text
        elif row is DOT:
            ws, xs, bias = row.group(operands)
            products = [f"{_text(w)} * {_text(x)}" for w, x in zip(ws, xs, strict=True)]
            text = " + ".join(([] if bias == 0.0 else [_text(bias)]) + products)
        elif row.list_positions:
            text = f"{row.name}({_arguments(row, operands)})"
        else:
            text = value_source(row, operands)
        return f"{self.names[position]} = {text}"

    def _contributions(self, position: int, begun: set[str]) -> Iterable[str]:
        """Yield the backward lines of an operation: one for each of its inputs that takes a gradient."""
        operation, operands = self._operation(position)
        row, output = operation.primitive, self.names[position]
        texts = _contributions_of_lists(row, operands, f"g{output}") or contribution_sources(
            row, operands, output, f"g{output}"
        )
        if texts is None:
            partials = [f"d{output}_{i}" for i in range(len(operands))]
            yield f"{_tuple(partials)} = partials_of_{row.name}({_arguments(row, operands)}, {output})"
            texts = [f"{partial} * g{output}" for partial in partials]
        for x, name, text in zip(operation.operands, operands, texts, strict=True):
            if type(x) is int and self.differentiated[x]:
                yield self._add(begun, f"g{name}", text)

    @staticmethod
    def _add(begun: set[str], gradient: str, contribution: str) -> str:
        """Return the line that adds a contribution to a gradient, or begins it."""
        if gradient in begun:
            return f"{gradient} += {contribution}"
        begun.add(gradient)
        return f"{gradient} = {contribution}"


def _contributions_of_lists(row: Primitive, operands: Sequence[Name], upstream: str) -> list[str] | None:
    """Return the contributions of the linear rows of lists, whose partials are operands or constants."""
    if row is SUM:
        return [upstream] * len(operands)
    if row is MEAN:
        return [f"{1.0 / len(operands)!r} * {upstream}"] * len(operands)
    if row is DOT:
        ws, xs, _ = row.group(operands)
        return [*(f"{_text(x)} * {upstream}" for x in xs), *(f"{_text(w)} * {upstream}" for w in ws), upstream]
    return None


def _arguments(row: Primitive, operands: Sequence[Name]) -> str:
    return ", ".join(_list(map(_text, x)) if isinstance(x, list) else _text(x) for x in row.group(operands))


def _text(operand: Name) -> str:
    if isinstance(operand, str):
        return operand
    return repr(float(operand)) if abs(operand) < float("inf") else f"float('{operand}')"


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * bool(names)})"


def _indented(lines: Iterable[str], depth: int = 1) -> Iterable[str]:
    return (" " * 4 * depth + line for line in lines)


# ── what the names mean ───────────────────────────────────────────────────────────────────────────────────────


def _names(rows: Iterable[Primitive], meaning: Callable[[Primitive], Callable[..., Any]]) -> dict[str, Any]:
    """Return what the source may use: all rows of the table, and those of the program with their partials."""
    functions = {name: meaning(row) for name, row in TABLE.items()}
    partials = {f"partials_of_{row.name}": _partials_of(row) for row in rows}
    return {**functions, **partials, "append": list.append, "float": float}


def _fast(row: Primitive) -> Callable[..., Any]:
    return row.raw if row in OURS else row.evaluate


def _careful(row: Primitive) -> Callable[..., Any]:
    return row


def _partials_of(row: Primitive) -> Callable[..., list[float]]:
    """Return a function of operands and output that gives the partials one after another."""
    if row in OURS:
        return lambda *numbers: row.flatten(row.partials(*numbers))
    return lambda *numbers: row.flatten(row.linearize(*row.map(float, numbers[:-1]))[1])
