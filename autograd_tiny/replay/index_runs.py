"""Run a recorded function for every value of its indices, and return the graph that takes elements of lists.

What a function computes on nodes depends on two things only: the choices that it makes, which are guards, and the
integers that numbers gave as indices. So it runs with each integer, from 0 until a list ends, and with the recorded
choices; `generalization` compares the graphs.

>>> from autograd_tiny import Value, record
>>> rows = [Value(3.0), Value(4.0)]
>>> program = record(lambda i, x: rows[i] * x, inputs=(0, 1.0), parameters=rows)
>>> program([0, 1, -1], [1.0, 1.0, 10.0])
array([ 3.,  4., 40.])
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations, product
from typing import Final

import numpy as np

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import RecordError
from autograd_tiny.primitives.operands import as_float, is_number
from autograd_tiny.replay.generalization import Generalization, Sample, UnexplainedError, node_of
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.outputs import SeveralNumbers
from autograd_tiny.replay.recorder import Guard, Recorder
from autograd_tiny.replay.runs import Function, Run, line_in_words
from autograd_tiny.replay.tape import Tape, tape_of
from autograd_tiny.symbolic.conditions import CONDITIONS

MOST: Final = 1_000_000
"""The most operations of all runs, about ten seconds."""
OF_RUN: Final = 20
"""The fixed cost of a run, as a number of operations."""
SOME: Final = 8
"""The number of runs that are added, and of those that check the result."""

LACKING: Final = "its list lacks an element, or lists of one table have different lengths"
OTHER_CHOICES: Final = "the function made other choices, or took other indices, for other indices"


class OtherChoicesError(Exception):
    """A run made more choices than the recorded one."""


def with_elements(function: Function, numbers: Sequence[float], tape: Tape) -> Tape:
    """Return a tape that takes elements of lists where the function takes them by numbers.

    Args:
        function: the recorded function.
        numbers: the example.
        tape: what was recorded.

    Raises:
        RecordError: the function does something else with an index, or would run too often.
    """
    if not function.integers:
        return tape
    runs = _IndexRuns(function, numbers, tape)
    result = _compared(runs)
    count = len(tape.guards)
    guards, conditions, root = list(tape.guards), result.ends[:count], result.ends[count]
    chosen = set(result.chosen.values())
    for k, (index, node) in enumerate(zip(runs.asked, result.ends[count + 1 :], strict=True)):
        checks = []
        if k not in chosen:  # the function fails for an index that does not exist
            checks.append(node_of(ELEMENT_AT, 1.0, [*[1.0] * runs.lengths[k], node], is_nary=True))
        if not runs.may_be_negative(k, result):
            checks.append(node_of(CONDITIONS["greater_or_equal"], 1.0, [node, 0.0], is_nary=False))
        conditions += checks
        guards += [Guard(recorded=True, file=index.file, line=index.line, code=index.code)] * len(checks)
    return tape_of(root, inputs=runs.first.inputs, parameters=function.leaves, guards=guards, conditions=conditions)


def _compared(runs: _IndexRuns) -> Generalization:
    """Return the generalized graph, after as many runs as it takes, and further ones that check it."""
    samples = runs.with_each_value()
    for more in (runs.with_each_value_again, runs.with_some_values, runs.with_pairs):
        samples += more()
        with suppress(UnexplainedError):
            has_pairs = more == runs.with_pairs
            result = Generalization(samples, runs.lengths, runs.function.leaves, may_be_nested=has_pairs)
            if all(map(result.explains, runs.with_some_values())):
                return result
    raise runs.refusal("its elements depend on more than this index")


class _ForcedRecorder(Recorder):
    """Records the recorded choices again, whatever the numbers are."""

    def __init__(self, guards: Sequence[Guard], integers: Sequence[int]) -> None:
        super().__init__(None, integers)
        self._recorded = guards

    def decide(self, node: Value) -> bool:
        """Return the recorded truth.

        Raises:
            OtherChoicesError: there are more choices than recorded ones.
        """
        count = len(self.guards)
        if count == len(self._recorded):
            raise OtherChoicesError
        self.guards.append(self._recorded[count])
        self.conditions.append(node)
        return self._recorded[count].recorded


class _IndexRuns:
    """Runs a function for values of its indices.

    Args:
        function, numbers, tape: as of `with_elements`.

    Attributes:
        first: a run like the recorded one.
        asked: the different indices.
        lengths: for each the number of its values.
    """

    def __init__(self, function: Function, numbers: Sequence[float], tape: Tape) -> None:
        self.function, self.numbers, self._guards = function, numbers, tape.guards
        self.first = first = function.record(numbers)
        known: dict[int, int] = {}
        self._of_asked = [known.setdefault(id(index.node), len(known)) for index in first.indices]
        self.asked = [first.indices[self._of_asked.index(k)] for k in range(len(known))]
        self.lengths: list[int] = []
        self._asked_first = self._of_asked[:1]
        self._outputs = function.function if isinstance(function.function, SeveralNumbers) else None
        self._shape = self._outputs and self._outputs.shape
        self._cost = OF_RUN + len(tape.operations)
        self._left = MOST
        self._random = random.Random(0)

    # ── one run ──

    def sample(self, places: Sequence[int]) -> Sample:
        """Run the function with values of the indices that all lists have.

        Raises:
            RecordError: one of them does not.
        """
        try:
            return self._sample(self._run(places), places)
        except IndexError as error:
            raise self.refusal(LACKING) from error

    def _run(self, places: Sequence[int]) -> Run:
        """Run the function with these values of the indices, and the recorded choices.

        Raises:
            IndexError: a list does not have an element; the indices that were asked for are noted.
        """
        self._left -= self._cost
        if self._left < 0:
            raise self.refusal("it has too many values, or is no index of a list that ends")
        recorder = _ForcedRecorder(self._guards, [places[k] for k in self._of_asked])
        try:
            with np.errstate(all="ignore"):
                run = self.function.record(self.numbers, recorder=recorder)
        except IndexError:
            self._asked_first = self._of_asked[: max(1, len(recorder.indices))]
            raise
        except RecordError:
            raise
        except OtherChoicesError:
            raise self.refusal(OTHER_CHOICES) from None
        except Exception as error:  # of the user's function
            raise self.refusal(f"the function raised {type(error).__name__}: {error}, for other indices") from error
        if self._outputs and self._outputs.shape != self._shape:
            raise self.refusal("the function returned lists of another shape for other indices")
        return run

    def _sample(self, run: Run, places: Sequence[int]) -> Sample:
        nodes = [index.node for index in run.indices]
        distinct = list(dict.fromkeys(map(id, nodes)))
        if len(run.guards) != len(self._guards) or [distinct.index(id(x)) for x in nodes] != self._of_asked:
            raise self.refusal(OTHER_CHOICES)
        if not isinstance(run.root, Value) and not is_number(run.root):
            raise self.refusal(f"the function returned {type(run.root).__name__!r} for other indices")
        root = run.root if isinstance(run.root, Value) else as_float(run.root, "a recording")
        by_index = [nodes[self._of_asked.index(k)] for k in range(len(self.asked))]
        return Sample(tuple(places), run.inputs, [*run.conditions, root, *by_index])

    def refusal(self, problem: str) -> RecordError:
        """Return the error that names the index which was asked for last."""
        index = self.asked[self._asked_first[-1]]
        return RecordError(
            f"a number was used as an index, and {problem}",
            "index lists of Values or numbers, or take one-hot inputs and multiply: dot(one_hot, row)",
            place=line_in_words(index.file, index.line, index.code),
        )

    # ── many runs ──

    def with_each_value(self) -> list[Sample]:
        """Return the recorded run, and one with each value of each index, and note how many these are."""
        ends: list[int | None] = [None] * len(self.asked)
        samples: list[Sample] = []
        while True:
            k = len(samples)
            places = [k if end is None else k % end for end in ends]
            self.lengths = [end for end in ends if end is not None]
            if len(self.lengths) == len(ends) and k >= max(self.lengths):
                own = [self.function.integers[self._of_asked.index(k)] for k in range(len(ends))]
                own = [place % length for place, length in zip(own, self.lengths, strict=True)]
                self._require_ends()
                return [self._sample(self.first, own), *samples]
            try:
                samples.append(self._sample(self._run(places), places))
            except IndexError as error:
                if k == 0 or not self._find_end(places, ends):
                    raise self.refusal(LACKING) from error

    def _require_ends(self) -> None:
        """Raise a RecordError if a list goes on where another one of the same table ends."""
        zeros, lasts = [0] * len(self.lengths), [length - 1 for length in self.lengths]
        for k, length in enumerate(self.lengths):
            for places in (zeros, lasts, self._drawn()):
                with suppress(IndexError):
                    self._run([*places[:k], length, *places[k + 1 :]])
                    raise self.refusal(LACKING)

    def _find_end(self, places: list[int], ends: list[int | None]) -> bool:
        """Find which indices have no value k, and note it: of those that were asked for the last, or several.

        Args:
            places: values that failed, k where the end is not known yet.
            ends: the known ends, to be changed.

        Returns:
            Whether there are such indices.
        """
        asked = self._asked_first
        open_ones = [k for k in dict.fromkeys(reversed(asked)) if ends[k] is None]
        several = [open_ones[:count] for count in range(2, len(open_ones) + 1)]
        for ended in [*([k] for k in open_ones), *several]:
            others = [0 if k in ended else place for k, place in enumerate(places)]
            try:
                self._run(others)
            except IndexError:
                if len(self._asked_first) <= len(asked):
                    continue  # no further than before
            for k in ended:
                ends[k] = places[k]
            return True
        self._asked_first = asked
        return False

    def may_be_negative(self, k: int, result: Generalization) -> bool:
        """Return whether negative values of one index give the elements from the end: -1 the last, -length the first.

        They do not where it takes elements of lists of different lengths.
        """
        length = self.lengths[k]
        for negative, place in ((-1, length - 1), (-length, 0)):
            places = self._drawn()
            with suppress(IndexError):
                run = self._run([*places[:k], negative, *places[k + 1 :]])
                if result.explains(self._sample(run, [*places[:k], place, *places[k + 1 :]])):
                    continue
            return False
        return True

    def with_each_value_again(self) -> Iterator[Sample]:
        """Yield runs in which each index takes each value again, and no two of them are always equal.

        They are shifted by the digits of their numbers, one digit each time.
        """
        shifts = list(range(1, len(self.lengths) + 1))
        while any(shifts):
            for k in range(max(self.lengths)):
                yield self.sample([(k + shift) % length for shift, length in zip(shifts, self.lengths, strict=True)])
            shifts = [shift // max(length, 2) for shift, length in zip(shifts, self.lengths, strict=True)]

    def with_some_values(self) -> Iterator[Sample]:
        """Yield runs with values at random."""
        return (self.sample(self._drawn()) for _ in range(SOME))

    def with_pairs(self) -> Iterator[Sample]:
        """Yield runs with all values of two indices, for each two."""
        for pair in combinations(range(len(self.lengths)), 2):
            for values in product(*(range(self.lengths[k]) for k in pair)):
                places = self._drawn()
                for k, value in zip(pair, values, strict=True):
                    places[k] = value
                yield self.sample(places)

    def _drawn(self) -> list[int]:
        """Return values at random."""
        return [self._random.randrange(length) for length in self.lengths]
