"""Verify a recording: run the function again, on its example and on others, and compare what it computes.

A number that left the nodes by a way that the recorder does not see, such as a random number or a closure that
changes, is a constant of the tape. So the function runs on nodes for other examples, and the tapes are compared
operation by operation. It ends at the first choice that differs from the recorded one: the replay checks choices. If
all agree, the function also runs on plain numbers, and must compute what it computed on nodes.

>>> for other in other_examples([1.0]):
...     print(other)
[1.00236...]
[nan]
[-1.00236...]
[0.0]
[1003.36...]
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from math import isclose, nan
from typing import Any, Final

import numpy as np

from autograd_tiny.engine import graph
from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError, CutGraphError, RecordError
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.graph_comparison import Graph
from autograd_tiny.replay.random_draws import DrawnLine, Draws
from autograd_tiny.replay.recorder import Guard, Number, OtherWay, PlainNumbers, Recorder
from autograd_tiny.replay.tape import Tape, tape_of
from autograd_tiny.support.at_once import assign, assignments, consume
from autograd_tiny.support.user_frames import IS_USER_FILE

LARGEST: Final = 1e150
"""Among numbers beyond it products overflow, here or there depending on the order of operations."""

GOLDEN: Final = 0.618033988749895
"""Multiples of it, modulo 1, are spread evenly."""

LARGE: Final = 2_000
"""The number of operations above which a function is verified by a few other examples only."""

AS_INDEX: Final = re.compile(
    r"\bNumber\b.*(integer|index)|integer.*\bNumber\b|have an __index__ method|are valid indices|sequence of integers"
)
"""The messages of Python and NumPy about a node that is used as an index or a count."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a function on nodes.

    Attributes:
        inputs: its nodes, one after another.
        guards: the choices, up to the first that differs from the recorded one.
        root: its result; None if the run ended before.
        shows_numbers: whether it printed a node.
    """

    inputs: list[Number]
    guards: list[Guard]
    root: Any
    shows_numbers: bool

    def tape(self, leaves: Sequence[Value]) -> Tape:
        """Return the tape of the run."""
        return tape_of(self.root, inputs=self.inputs, parameters=leaves, guards=self.guards)

    def ends(self, choices: int | None = None) -> list[Value]:
        """Return the conditions of the first choices; without a number, those of all, and the result."""
        conditions = [guard.node for guard in self.guards[:choices]]
        return [*conditions, self.root] if choices is None else conditions


class Function:
    """A function of nested arguments, to be run on flat numbers.

    Args:
        function: the recorded function.
        arguments: their shapes.
        leaves: the parameters.
    """

    def __init__(self, function: Callable[..., Any], arguments: Sequence[Argument], leaves: Sequence[Value]) -> None:
        self.function, self.arguments, self.leaves = function, arguments, leaves

    def record(self, numbers: Sequence[float], *, expected: Sequence[bool] | None = None) -> Run:
        """Run the function on nodes, to its end or to the first choice that differs from an expected one.

        Raises:
            RecordError: it read a number in another thread, or did something else that cannot be replayed.
        """
        inputs, root = list(map(Number, numbers)), None
        recorder = Recorder(expected)
        with recorder, suppress(OtherWay):
            root = self.function(*self._nested(inputs))
        results = [root] if isinstance(root, Value) else []
        recorder.refuse_readers([*inputs, *self.leaves], results)
        return Run(inputs, recorder.guards, root, recorder.shows_numbers)

    def record_example(self, numbers: Sequence[float]) -> Run:
        """Run the function on nodes to its end.

        Raises:
            RecordError: as in `record`, or the function raised an exception that it does not raise for numbers or
                Values, such as that of `json.dumps(x.data)`.
            Exception: any other of the function.
        """
        try:
            return self.record(numbers)
        except CutGraphError as error:
            raise RecordError(
                f"a Value was converted to float or int (its data is {error.data!r})",
                "leave the conversion out, and use functions of autograd_tiny instead of those of math",
            ) from error
        except AutogradError:
            raise
        except Exception as error:  # of the user's function
            if isinstance(error, TypeError | IndexError) and AS_INDEX.search(str(error)):
                raise RecordError(
                    f"a number was used as an index or a count{_place_of(error)}",
                    "choose by where(i == 0, row[0], row[1]), or take one-hot inputs and multiply: dot(one_hot, row)",
                ) from error
            if self.compute(numbers) is None and self.compute([Value(x) for x in numbers]) is None:
                raise
            raise RecordError(
                f"the function raised {type(error).__name__}: {error}, which it does not outside",
                "compute by operators and functions of autograd_tiny, and leave out what takes floats only",
            ) from error

    def record_other(self, numbers: Sequence[float], expected: Sequence[bool]) -> Run | None:
        """Run the function on nodes for other numbers than the user's; return None if it fails."""
        try:
            with np.errstate(all="ignore"):
                return self.record(numbers, expected=expected)
        except Exception:  # noqa: BLE001 - of the user, for numbers that are not the user's
            return None

    def record_other_leaves(
        self, numbers: Sequence[float], expected: Sequence[bool], leaves: Sequence[Value]
    ) -> Iterator[Run | None]:
        """Run the function on nodes while leaves have other numbers."""
        before = [leaf._number for leaf in leaves]
        for others in islice(other_examples(before), 3):
            restore = assignments(leaves, "_number", before)
            try:
                assign(leaves, "_number", others)
                run = self.record_other(numbers, expected)
            finally:
                consume(restore)
            yield run

    def compute(self, numbers: Sequence[float | Value]) -> float | None:
        """Return the result without recording, or None if the function does not take these numbers, or fails."""
        try:
            with PlainNumbers(), np.errstate(all="ignore"):
                root = self.function(*self._nested(numbers))
            return root._number if isinstance(root, Value) else float(root)
        except Exception:  # noqa: BLE001 - of the user, such as one of a function that calls x.tanh()
            return None

    def _nested(self, elements: Sequence[Any]) -> Iterator[Any]:
        start = 0
        for argument in self.arguments:
            yield argument.nested(elements[start : start + argument.size])
            start += argument.size


def verify(function: Function, numbers: Sequence[float], first: Run, tape: Tape) -> list[Value]:
    """Return the nodes that the function uses each time, and that were computed before it was recorded.

    Args:
        function: the recorded function.
        numbers: the example.
        first: the run that was recorded.
        tape: its tape.

    Raises:
        RecordError: another run of the function does not compute what was recorded, or it draws random numbers.
    """
    if any(isinstance(leaf, Number) for leaf in tape.others):
        raise RecordError("the function used a node of an earlier call", "let it compute, and not remember")
    recorded = Graph(first.ends())
    draws = Draws(function.function)
    states = draws.states()
    again = function.record(numbers)
    if draws.states() != states:
        raise _drew(draws.line_of(lambda: function.record(numbers)))
    if not _computes_the_same(recorded, first, again):
        raise _refusal("the second time")
    if not _agree(function.compute(numbers), first.root):
        raise _refusal("the second time, for plain numbers")
    expected = [guard.recorded for guard in first.guards]
    for other in other_examples(numbers, few=len(tape.operations) > LARGE):
        run = function.record_other(other, expected)
        if run is not None and not _is_the_same(function, other, recorded, first, run):
            shown = ", ".join(f"{x:.3g}" for x in other[:4]) + ", ..." * (len(other) > 4)
            raise _refusal(f"when it was run for the inputs [{shown}]")
    if first.shows_numbers:  # which the function may read from the text, of leaves too
        for run in function.record_other_leaves(numbers, expected, [*function.leaves, *tape.others]):
            if run is not None and not _is_the_same(function, None, recorded, first, run):
                raise _refusal("when it was run for other parameters")
    seen = set(recorded.order)
    return [node for node in backward_order(again.root)[0] if node in seen]


def _computes_the_same(recorded: Graph, first: Run, run: Run) -> bool:
    """Return whether another run made the same choices and computed the recorded graph."""
    return isinstance(run.root, Value) and recorded.is_like(
        run.ends(), dict(zip(first.inputs, run.inputs, strict=True))
    )


def _is_the_same(function: Function, numbers: Sequence[float] | None, recorded: Graph, first: Run, run: Run) -> bool:
    """Return whether another run computes what was recorded, up to its first other choice.

    Args:
        function: the recorded function.
        numbers: those of the other run, to compare its result with that for plain numbers; None not to.
        recorded: the graph of the run that was recorded.
        first: that run.
        run: the other run.
    """
    for k, guard in enumerate(run.guards):
        if k == len(first.guards):
            return False  # a choice that no recorded one explains
        if guard.recorded != first.guards[k].recorded:
            start = Graph(first.ends(k + 1))
            return start.is_like(run.ends(k + 1), dict(zip(first.inputs, run.inputs, strict=True)))
    if not _computes_the_same(recorded, first, run):
        return False
    return numbers is None or _agree(function.compute(numbers), run.root)


def _agree(plain: float | None, root: Value) -> bool:
    """Return whether the result for plain numbers is that of nodes, but for rounding and overflow on the way."""
    number = root._number
    if plain is None or plain == number or (plain != plain and number != number):
        return True
    scale = max(abs(node._number) for node in graph.topological_order(root) if node._number == node._number)
    return scale > LARGEST or isclose(plain, number, rel_tol=1e-9, abs_tol=max(1e-12, 1e-9 * scale))


def other_examples(numbers: Sequence[float], *, few: bool = False) -> Iterator[list[float]]:
    """Yield other numbers for those of an example: near ones, nan, 0, other signs and magnitudes.

    Args:
        numbers: the example.
        few: besides near ones and nan one example only, in which each of the others is in turn.
    """
    xs = [x + (1.0 + abs(x)) * ((k + 1) * GOLDEN % 1.0 - 0.5) * 0.01 for k, x in enumerate(numbers)]
    if not xs:
        return
    others = [-x for x in xs], [0.0] * len(xs), [1e3 * x + k for k, x in enumerate(xs, start=1)]
    yield xs
    yield [nan] * len(xs)
    if few:
        yield [others[k % 3][k] for k in range(len(xs))]
        return
    yield from others
    if len(xs) > 1:
        yield xs[::-1]
        yield [nan, *xs[1:]]
        yield [*xs[:-1], nan]


def _drew(line: DrawnLine | None) -> RecordError:
    place = f" in line {line.number} of {line.file}: {line.code}" if line and line.code else ""
    return RecordError(
        f"the function drew a random number{place}",
        "draw it outside and pass it as an input, such as a mask for each example",
    )


def _place_of(error: Exception) -> str:
    """Return the last line of the user's program that an error went through."""
    lines = [x for x in traceback.extract_tb(error.__traceback__) if IS_USER_FILE[x.filename]]
    return f" in line {lines[-1].lineno} of {lines[-1].filename}: {lines[-1].line}" if lines else ""


def _refusal(when: str) -> RecordError:
    return RecordError(
        f"the function computed something else {when}",
        "draw random numbers outside of it, let it decide by numbers rather than by their types, and compute by "
        "operators and functions of autograd_tiny",
    )
