"""Run a tape as straight-line Python of floats, the forward lines first, then the backward lines.

A forward line computes a number that is used more than once, a backward line one gradient, the sum of its
contributions. The results are bit for bit those of eager code: the same operations in the same order.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> x, w, b = Value(2.0), Value(3.0), Value(0.5)
>>> print(python_source_of(tape_of((w * x + b).exp(), inputs=[x], parameters=[w, b])))
def replay(examples, parameters, others, seed):
    (p0, p1,) = parameters
    gp0 = gp1 = 0.0
    losses, truths, slopes = [], [], []
    for (x0,) in examples:
        v2 = exp(p0 * x0 + p1)
        append(losses, v2)
        gv1 = v2 * seed
        gp1 += gv1
        gp0 += x0 * gv1
    append(slopes, [gp0, gp1])
    return losses, truths, slopes

The names: x an input, p a parameter, c another leaf, v the value of an operation, g before a name the gradient.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.primitives.safe_float import SafeFloat
from autograd_tiny.replay.compiling import compiled
from autograd_tiny.replay.contributions import OURS
from autograd_tiny.replay.indexing import ELEMENT_AT, contributions_to_elements
from autograd_tiny.replay.python_backend.python_source import python_source_of
from autograd_tiny.replay.tape import Tape

POWER: Final = TABLE["pow_constant_exponent"]
A_ROOT: Final = re.compile(r"\b[01]\.5\b")
"""Without a match no exponent is ±0.5 or 1.5 - 1.0, so the row is `math.pow`."""

A_LITERAL: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+(?:e[+-]?\d+)?|e[+-]?\d+)")
"""A number in a source; integers are indices."""

Results = tuple[list[float], list[list[float]], list[list[float]]]
"""The losses; for each example the conditions of the guards; the gradient of the parameters, or of each example."""


class PythonBackend:
    """A tape as one Python function, whatever its arguments; see `backend.Backend`."""

    name = "python"

    def __init__(
        self, tape: Tape, sizes: Sequence[int] = (), *, of_inputs: bool = False, batched: bool = True
    ) -> None:
        self.source = python_source_of(tape, of_inputs=of_inputs)
        self.reason = ""
        self.parameters, self.gradients = np.zeros(tape.parameters), np.zeros(tape.parameters)
        self._of_inputs = of_inputs
        self._slopes: Any = []
        self._rows = dict.fromkeys(operation.primitive for operation in tape.operations)
        names = _names(self._rows, _fast)
        if not A_ROOT.search(self.source):
            names[POWER.name] = math.pow
        (self._replay,) = compiled(self.source, ["replay"], names)

    @cached_property
    def _replay_carefully(self) -> Callable[..., Results]:
        """The program of floats that do not raise, compiled at its first use."""
        names = {**_names(self._rows, _careful), "float": SafeFloat}
        return compiled(careful_source_of(self.source), ["replay"], names)[0]

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses."""
        examples = _rows(arguments)
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

        If Python's arithmetic raises (1 / 0, exp(1000)), all is computed again with floats that do not raise.
        """
        try:
            return self._replay(examples, parameters, others, seed)  # type: ignore[no-any-return]  # compiled: Results
        except (ArithmeticError, ValueError):
            careful = [[SafeFloat(x) for x in example] for example in examples]
            given = list(map(SafeFloat, parameters)), list(map(SafeFloat, others)), SafeFloat(seed)
            return self._replay_carefully(careful, *given)

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run."""
        return np.array(self._slopes, dtype=float).reshape(batch, -1)


def careful_source_of(source: str) -> str:
    """Return a source in which every number and every dividend, also if it is a condition, is a SafeFloat.

    >>> careful_source_of("v0 = 0.0 if x0 < 0.0 else x0 / 2.5e-07")
    'v0 = float(0.0) if x0 < float(0.0) else x0 * float(1.0) / float(2.5e-07)'
    """
    return A_LITERAL.sub(r"float(\g<0>)", source.replace(" / ", " * 1.0 / "))


def _rows(arguments: Sequence[Any]) -> list[list[float]]:
    """Return the numbers of each example."""
    if len(arguments) == 1:
        return _matrix(arguments[0]).tolist()  # type: ignore[no-any-return]  # of numbers
    return np.concatenate(list(map(_matrix, arguments)), axis=1).tolist() if arguments else [[]]


def _matrix(numbers: Any) -> Any:
    return numbers if numbers.ndim == 2 else numbers.reshape(len(numbers), 1)


# ── the meaning of names ───────────────────────────────────────────────────────────────────────────────────────


def _names(rows: Iterable[Primitive], meaning: Callable[[Primitive], Callable[..., Any]]) -> dict[str, Any]:
    """Return the names of the source: all rows of the table, and the partials of those of the program."""
    functions = {name: meaning(row) for name, row in [*TABLE.items(), (ELEMENT_AT.name, ELEMENT_AT)]}
    partials = {f"partials_of_{row.name}": _partials_of(row) for row in rows}
    loops = {"append": list.append, "zip": zip, "range": range}
    others = {"contributions_to_elements": contributions_to_elements, "float": float, **loops}
    return {**functions, **partials, **others}


def _fast(row: Primitive) -> Callable[..., Any]:
    return row.raw if row in OURS else row.evaluate


def _careful(row: Primitive) -> Callable[..., Any]:
    return row


def _partials_of(row: Primitive) -> Callable[..., list[float]]:
    """Return a function from operands and output to the flat list of partials."""
    if row in OURS:
        return lambda *numbers: row.flatten(row.partials(*numbers))
    return lambda *numbers: row.flatten(row.linearize(*row.map(float, numbers[:-1]))[1])
