"""Replay the loss of whole batches, and predictions: `fit` uses programs where they can be recorded.

>>> from nn import MLP
>>> from nn.examples import Examples
>>> from nn.losses import squared_error
>>> model = MLP(2, [3, 1], seed=0)
>>> examples = Examples("fit", [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0])
>>> replay = Replay(lambda x, target: squared_error(model(x), target), model.parameters(), examples)
>>> replay.is_valid(), round(replay.mean_loss(examples), 3)
(True, 1.216)
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator, Sequence
from math import isclose
from types import CodeType, TracebackType
from typing import Any, Final

import autograd_tiny as engine
from autograd_tiny import AnomalyError, Value, no_grad
from autograd_tiny.errors import RecordError, ReplayMismatch
from autograd_tiny.support.user_frames import is_user_file
from nn.argument_checks import real_number
from nn.examples import Examples
from nn.losses import Loss

EVALUATED: Final = 1_024
"""The most examples that are evaluated at once."""


class Replay:
    """A program for the loss of one example.

    Args:
        function: returns the loss of an input and a target.
        parameters: the Values that get gradients.
        examples: the first is recorded; all must have its shape.
        executor: computes shards of each batch, see `autograd_tiny.Sharded`; None for this thread alone.

    Raises:
        Exception: the function cannot be recorded, see `autograd_tiny.record`.
    """

    def __init__(
        self,
        function: Callable[[Any, Any], Any],
        parameters: Sequence[Value],
        examples: Examples,
        executor: Any = None,
    ) -> None:
        self.function, self.parameters, self.examples = function, parameters, examples
        self.first = examples[0]
        program = engine.record(function, inputs=self.first, parameters=parameters, on_mismatch="eager")
        self._sharded = None if executor is None else engine.Sharded(program, executor)
        self.program = program if self._sharded is None else self._sharded

    @staticmethod
    def of(
        model: Callable[[Any], Any], loss: Loss, parameters: Sequence[Value], inputs: list[Any], targets: list[Any]
    ) -> Replay | None:
        """Return the replay of a loss, or None if it cannot be recorded."""
        try:
            return Replay(lambda x, target: loss(model(x), target), parameters, Examples("fit", inputs, targets))
        except Exception:  # noqa: BLE001 - of the user's functions too
            return None

    def describe(self) -> str:
        """Return the size of the program: operations, parameters, inputs."""
        return repr(self.program).strip("<>")

    def batch(self, rows: Any, examples: Examples | None = None) -> Sequence[Any]:
        """Return the inputs and the targets at some rows, as the program takes them."""
        examples = examples or self.examples
        if self._sharded is None:
            return examples.batch(rows)
        return [self._sharded.rows(array, rows) for array in examples.arrays]

    def close(self) -> None:
        """Shut down the workers that were started for this training."""
        if self._sharded is not None:
            self._sharded.close()

    def backward(self, rows: Any, examples: Examples | None = None) -> float:
        """Return the mean loss of the examples at these rows, and add its gradient to the parameters."""
        return float(self.program.backward(*self.batch(rows, examples)).mean())

    def mean_loss(self, examples: Examples, *, load: bool = True) -> float:
        """Return the mean loss of all examples, with the Values as they are, or with the flat parameters."""
        if load:
            self.program.load()
        total, rows = 0.0, slice(0)
        try:
            for rows in _slices(len(examples)):
                total += float(self.program.evaluate(*self.batch(rows, examples)).sum())
        except AnomalyError as error:
            example = rows.start + (error.example or 0)
            raise error.at(f" of example {example} of the validation data (examples count from 0)") from None
        return total / len(examples)

    def is_valid(self) -> bool:
        """Return whether the function still computes what was recorded, tested on one example, and has no hooks."""
        try:
            self.program.require_no_hooks()
        except RecordError:
            return False
        replayed = float(self.program(*([element] for element in self.first))[0])
        with no_grad():
            eager = real_number("fit", "loss", self.function(*self.first))
        return isclose(replayed, eager, rel_tol=1e-9, abs_tol=1e-12) or replayed != replayed


class Predictions:
    """A program for the predictions of a model, with any number of outputs.

    Args:
        model: the model.
        parameters: its parameters.
        examples: the first input is recorded.

    Raises:
        Exception: the model cannot be recorded.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 2], seed=0)
    >>> examples = Examples("fit", [[0.0, 1.0], [1.0, 0.0]], [0, 1])
    >>> replayed = Predictions(model, model.parameters(), examples).of_all(examples)
    >>> [[round(y.data - z.data, 9) for y, z in zip(ys, model(x))] for ys, x in zip(replayed, examples.lists()[0])]
    [[0.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self, model: Callable[[Any], Any], parameters: Sequence[Value], examples: Examples) -> None:
        first, _ = examples[0]
        self.program = engine.record(model, inputs=(first,), parameters=parameters)

    def of_all(self, examples: Examples) -> list[Any]:
        """Return the prediction for each input: a Value, or nested lists of them.

        Raises:
            ReplayMismatch: an example takes another branch than the first.
        """
        self.program.load()
        return [
            _values(prediction)
            for rows in _slices(len(examples))
            for prediction in self.program.evaluate(examples.batch(rows)[0]).tolist()
        ]


def _slices(count: int) -> Iterator[slice]:
    return (slice(start, start + EVALUATED) for start in range(0, count, EVALUATED))


def _values(numbers: Any) -> Any:
    return list(map(_values, numbers)) if isinstance(numbers, list) else Value(numbers)


# ── why a function is not replayed ──


def reason_of(error: Exception, *functions: Any) -> str:
    """Return why a function could not be recorded, with the line of the user's program.

    Args:
        error: raised by the recording.
        functions: the loss and the model, whose definitions are named if no line of the program raised the error.

    >>> def loss(prediction, target):
    ...     return prediction
    >>> reason_of(RecordError("the function drew a random number", "draw it outside"), loss)
    'the function drew a random number (<doctest nn.replaying.reason_of[0]>:1: def loss(prediction, target):); to ...'
    """
    lines = [_line(error.__traceback__)]
    if not lines[0]:
        lines = [line for line in map(_definition, functions) if line]
    if isinstance(error, RecordError):
        text = f"{error.problem.splitlines()[0]}{error.place or _in_brackets(lines)}"
        return f"{text}; to have it replayed, {error.remedy}"
    text = str(error) or type(error).__name__
    return text.splitlines()[0] + _in_brackets(lines)


def _in_brackets(lines: list[str]) -> str:
    where = " or ".join(filter(None, lines))
    return where and f" ({where})"


def reason_of_mismatch(error: ReplayMismatch) -> str:
    """Return the choice that other examples make otherwise, with its line."""
    return f"they take another branch than the first ({_place(error.file, error.line)})"


def _line(trace: TracebackType | None) -> str:
    """Return the innermost line of the user's program in a traceback."""
    line = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if is_user_file(file):
            line = _place(file, trace.tb_lineno)
        trace = trace.tb_next
    return line


def _definition(function: Any) -> str:
    """Return the first line of a function, or of the `__call__` of a model, if it is the user's."""
    if not hasattr(function, "__code__"):
        function = type(function).__call__
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not is_user_file(code.co_filename):
        return ""
    return _place(code.co_filename, code.co_firstlineno)


def _place(file: str, line: int) -> str:
    text = linecache.getline(file, line).strip()
    return f"{file}:{line}{text and f': {text}'}"
