"""Run a function on nodes, to record what it computes, and on plain numbers; explain what it raises meanwhile.

>>> import math
>>> from autograd_tiny.replay.arguments import Argument
>>> function = Function(lambda x: math.exp(x), [Argument.like("x", 1.0)], [], [1.0])
>>> function.compute([0.0])
1.0
>>> try:
...     function.record_example([1.0])
... except RecordError as error:
...     print(error.problem)
a number was converted to float or int (it is 1.0)
"""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from linecache import getline
from typing import Any, Final

import numpy as np

from autograd_tiny.engine.source_lines import LONGEST_CODE
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import CutGraphError, RecordError, UnorderedError
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.indexing import AS_COUNT, Index, whole
from autograd_tiny.replay.recorder import Guard, Number, OtherWay, PlainNumbers, Recorder
from autograd_tiny.support.user_frames import IS_USER_FILE

AS_INDEX: Final = re.compile(
    r"\bNumber\b.*(integer|index)|integer.*\bNumber\b|have an __index__ method|are valid indices|sequence of integers"
    r"|islice\(\)|an integer is required"
)
"""The messages of Python and NumPy about a node that is used as an index or a count."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a function on nodes.

    Attributes:
        inputs: its nodes, one after another.
        guards: the choices, up to the first that differs from the recorded one.
        conditions: of each choice.
        root: its result; None if the run ended before.
        shows_numbers: whether it printed a node.
        indices: the numbers that were indices.
    """

    inputs: list[Number]
    guards: list[Guard]
    conditions: list[Value]
    root: Any
    shows_numbers: bool
    indices: Sequence[Index] = ()


class Function:
    """A function of nested arguments, to be run on flat numbers.

    Args:
        function: the recorded function.
        arguments: their shapes.
        leaves: the parameters.
        example: the arguments as the user gave them, whose integers the nodes replace by floats.

    Attributes:
        integers: what numbers of the recorded example were taken for where they are indices.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Argument],
        leaves: Sequence[Value],
        example: Sequence[Any],
    ) -> None:
        self.function, self.arguments, self.leaves, self.example = function, arguments, leaves, example
        self.integers: list[int] = []

    def record(
        self, numbers: Sequence[float], *, expected: Sequence[bool] | None = None, recorder: Recorder | None = None
    ) -> Run:
        """Run the function on nodes, to its end or to the first choice that differs from an expected one.

        Numbers that are indices take the elements that those of the recorded example took.

        Raises:
            RecordError: it read a number in another thread, or did something else that cannot be replayed.
        """
        inputs, root = list(map(Number, numbers)), None
        recorder = recorder or Recorder(expected, self.integers)
        try:
            with recorder, suppress(OtherWay):
                root = self.function(*self._nested(inputs))
        except RecordError as error:
            place = error.place or place_of(error)
            located = RecordError(error.problem, error.remedy, place=place)
            raise located.with_traceback(error.__traceback__) from error.__cause__
        results = [root] if isinstance(root, Value) else []
        recorder.refuse_readers([*inputs, *self.leaves], results)
        return Run(inputs, recorder.guards, recorder.conditions, root, recorder.shows_numbers, recorder.indices)

    def record_example(self, numbers: Sequence[float]) -> Run:
        """Run the function on nodes to its end.

        Raises:
            RecordError: as in `record`, or the function raised an exception that it does not raise for numbers or
                Values, such as that of `json.dumps(x.data)` or of `1 << n`.
            UnorderedError: NumPy orders elements, and one is nan.
            Exception: any other of the function.
        """
        try:
            run = self.record(numbers)
        except CutGraphError as error:
            raise RecordError(
                f"a Value was converted to float or int (its data is {error.data!r})",
                "leave the conversion out, and use functions of autograd_tiny instead of those of math",
                place=place_of(error),
            ) from error
        except (RecordError, UnorderedError):
            raise
        except Exception as error:  # of the user's function
            if isinstance(error, TypeError | IndexError | ValueError) and AS_INDEX.search(str(error)):
                raise RecordError(*AS_COUNT, place=place_of(error)) from error
            if not self._works_outside(numbers):
                raise
            text = " ".join(str(error).split())
            raise RecordError(
                f"the function, which works outside, raised {type(error).__name__}: {text}",
                "compute by operators and functions of autograd_tiny, and leave out what takes plain numbers only",
                place=place_of(error),
            ) from error
        self.integers = [whole(index.node._number) for index in run.indices]
        return run

    def _works_outside(self, numbers: Sequence[float]) -> bool:
        """Return whether the function computes its example, as given, of floats or of Values, without recording."""
        if self.compute_example() is not None or self.compute(numbers) is not None:
            return True
        return self.compute([Value(x) for x in numbers]) is not None

    def record_other(self, numbers: Sequence[float], expected: Sequence[bool]) -> Run | None:
        """Run the function on nodes for other numbers than the user's; return None if it fails."""
        try:
            with np.errstate(all="ignore"):
                return self.record(numbers, expected=expected)
        except Exception:  # noqa: BLE001 - of the user, for numbers that are not the user's
            return None

    def compute(self, numbers: Sequence[float | Value]) -> float | None:
        """Return the result without recording, or None if the function does not take these numbers, or fails."""
        return self._computed(self._nested(numbers))

    def compute_example(self) -> float | None:
        """Return the result for the example as the user gave it; None as `compute` does."""
        return self._computed(deepcopy(self.example))

    def given_types(self) -> set[type[Any]]:
        """Return the types of the numbers that the user gave; of an array that of the array."""
        given = (
            [x] if isinstance(x, np.ndarray) else np.array(x, dtype=object).ravel().tolist() for x in self.example
        )
        return set(map(type, chain.from_iterable(given)))

    def _computed(self, arguments: Iterable[Any]) -> float | None:
        try:
            with PlainNumbers(), np.errstate(all="ignore"):
                root = self.function(*arguments)
            return root._number if isinstance(root, Value) else float(root)
        except Exception:  # noqa: BLE001 - of the user, such as one of a function that calls x.tanh()
            return None

    def _nested(self, elements: Sequence[Any]) -> Iterator[Any]:
        start = 0
        for argument in self.arguments:
            yield argument.nested(elements[start : start + argument.size])
            start += argument.size


def place_of(error: Exception) -> str:
    """Return the last line of the user's program that an error went through."""
    lines = [x for x in traceback.extract_tb(error.__traceback__) if IS_USER_FILE[x.filename]]
    if not lines:
        return ""
    last = lines[-1]
    return line_in_words(last.filename, last.lineno, last.line or "")


def definition_of(function: Any) -> str:
    """Return the line that defines a function, or the class of an object that is called; empty without source."""
    called = inspect.unwrap(getattr(function, "function", function))
    code = getattr(called, "__code__", None) or getattr(type(called).__call__, "__code__", None)
    if code is None:
        return ""
    file, number = code.co_filename, code.co_firstlineno
    return line_in_words(file, number, getline(file, number).strip())


def line_in_words(file: str, number: int | None, code: str) -> str:
    """Return a line as messages name it."""
    shown = f"{code[: LONGEST_CODE - 1]}…" if len(code) > LONGEST_CODE else code
    return f" in line {number} of {file}{shown and f', `{shown}`'}"
