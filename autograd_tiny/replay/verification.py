"""Verify a recording: run the function again, on its example and on others, and compare what it computes.

A number that left the nodes by a way that the recorder does not see, such as a random number or a closure that
changes, is a constant of the tape. So the function runs on nodes for other examples, and each graph is compared with
the tape operation by operation. It ends at the first choice that differs from the recorded one: the replay checks
choices. If all agree, the function also runs on plain numbers, and must compute what it computed on nodes.

A large function runs on far examples first. If they confirm the recording, then nearer ones would prove no more.

>>> for other in other_examples([1.0]):
...     print(other)
[1.00236...]
[nan]
[-1.00236...]
[0.0]
[1003.36...]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isclose, isfinite, nan
from typing import Any, Final
from weakref import ref

import numpy as np

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import RecordError
from autograd_tiny.replay.eager_examples import NUMBER
from autograd_tiny.replay.graph_comparison import Nodes, nodes_of
from autograd_tiny.replay.random_draws import DrawnLine, Draws
from autograd_tiny.replay.recorder import Number
from autograd_tiny.replay.runs import Function, Run, definition_of, line_in_words
from autograd_tiny.replay.tape import Tape, numbered
from autograd_tiny.support.at_once import assign, assignments, consume

LARGEST: Final = 1e150
"""Among numbers beyond it products overflow, here or there depending on the order of operations."""

GOLDEN: Final = 0.618033988749895
"""Multiples of it, modulo 1, are spread evenly."""

LARGE: Final = 1_000
"""The number of operations from which a function is verified by a few other examples only."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is kept of the first run, whose graph is freed before the function runs again.

    Attributes:
        tape: the tape.
        number: the result.
        scale: the largest number on the way to it.
        shows_numbers: whether the run printed a node.
        constant: weak references to the nodes that do not depend on the inputs. Those that outlive the graph were
            computed before, or are remembered.
    """

    tape: Tape
    number: float
    scale: float
    shows_numbers: bool
    constant: list[ref[Value]]

    @staticmethod
    def of(run: Run, leaves: Sequence[Value]) -> Recorded:
        """Return what is kept of a run."""
        tape, nodes = numbered(
            run.root, inputs=run.inputs, parameters=leaves, guards=run.guards, conditions=run.conditions
        )
        varies = tape.depends_on(0, tape.inputs)[tape.leaves :]
        constant = [ref(node) for node, other in zip(nodes, varies, strict=True) if not other]
        scale = _largest([*run.inputs, *leaves, *tape.others, *nodes])
        return Recorded(tape, run.root._number, scale, run.shows_numbers, constant)

    def nodes_of(self, run: Run, leaves: Sequence[Value]) -> Nodes | None:
        """Return the node of each position in another run of the same choices; None if it computed something else."""
        if not isinstance(run.root, Value):
            return None
        return self._followed(run, leaves, {self.tape.root: run.root})

    def starts_as(self, run: Run, leaves: Sequence[Value], choices: int) -> bool:
        """Return whether another run computed the conditions of the first choices as recorded."""
        start = Run(run.inputs, run.guards, run.conditions[:choices], None, run.shows_numbers)
        return self._followed(start, leaves, {}) is not None

    def _followed(self, run: Run, leaves: Sequence[Value], ends: dict[int, Value]) -> Nodes | None:
        for position, condition in zip(self.tape.guarded, run.conditions, strict=False):
            if ends.setdefault(position, condition) is not condition:
                return None
        return nodes_of(self.tape, ends, [*run.inputs, *leaves])


def verify(function: Function, numbers: Sequence[float], recorded: Recorded) -> list[Value]:
    """Return the nodes that the function uses each time, and that were computed before it was recorded.

    Args:
        function: the recorded function.
        numbers: the example.
        recorded: the run that was recorded.

    Raises:
        RecordError: another run of the function does not compute what was recorded, or it draws random numbers.
    """
    tape = recorded.tape
    if any(isinstance(leaf, Number) for leaf in tape.others):
        raise RecordError("the function used a node of an earlier call", "let it compute, and not remember")
    return _Verifier(function, numbers, recorded).verified()


class _Verifier:
    """Runs a function again and again, and compares each run with the recorded one.

    Attributes:
        expected: the recorded choices.
        alive: the nodes of the recorded graph that outlived it.
        kept: those that the next run has too; None before a run made all of the recorded choices.
    """

    def __init__(self, function: Function, numbers: Sequence[float], recorded: Recorded) -> None:
        self.function, self.numbers, self.recorded = function, numbers, recorded
        self.expected = [guard.recorded for guard in recorded.tape.guards]
        self.alive = {id(node) for reference in recorded.constant if (node := reference()) is not None}
        recorded.constant.clear()
        self.kept: list[Value] | None = None
        self.draws = Draws(function.function)

    def verified(self) -> list[Value]:
        """Return the nodes that the runs have in common."""
        large = len(self.recorded.tape.operations) >= LARGE and not self.recorded.shows_numbers
        others = list(other_examples(self.numbers, few=large))
        first, others = (others[:2], others[2:]) if large else ([], others)
        is_confirmed = any(map(self._is_confirmed, first))
        if not is_confirmed:
            self._run_again()
        given = self.function.given_types()
        if not is_confirmed or not given.isdisjoint({int, bool}):
            self._compare_with_example(given)
        for other in others:
            self._is_confirmed(other)
        if self.recorded.shows_numbers:  # which the function may read from the text, of leaves too
            for run in self._runs_with_other_leaves():
                if run is not None:
                    self._nodes_of(run, "when it was run for other parameters")
        return self.kept or []

    def _runs_with_other_leaves(self) -> Iterator[Run | None]:
        """Run the function on nodes while the parameters and other leaves have other numbers."""
        leaves = [*self.function.leaves, *self.recorded.tape.others]
        before = [leaf._number for leaf in leaves]
        for others in islice(other_examples(before), 3):
            restore = assignments(leaves, "_number", before)
            try:
                assign(leaves, "_number", others)
                run = self.function.record_other(self.numbers, self.expected)
            finally:
                consume(restore)
            yield run

    def _run_again(self) -> None:
        """Compare with runs on the example itself."""
        states = self.draws.states()
        run = self.function.record(self.numbers)
        self._refuse_draws(states)
        nodes = self._nodes_of(run, "the second time") if self._chose_as_recorded(run) else None
        if nodes is None:
            raise self._refusal("the second time")

    def _compare_with_example(self, given: set[type[Any]]) -> None:
        """Compare with the result for the example on plain numbers, as given; floats for NumPy's, which may wrap."""
        function = self.function
        plain = function.compute_example() if given <= {float, int, bool} else function.compute(self.numbers)
        if not _agree(plain, self.recorded.number, self.recorded.scale):
            raise self._refusal("the second time, for plain numbers")

    def _is_confirmed(self, other: list[float]) -> bool:
        """Compare with runs on another example; return whether nearer examples would prove no more.

        That is so if the run made all of the recorded choices, to a finite result which plain numbers gave too.
        """
        states = self.draws.states() if self.kept is None else None
        run = self.function.record_other(other, self.expected)
        if run is None:
            return False
        if states is not None and isinstance(run.root, Value) and self._chose_as_recorded(run):
            self._refuse_draws(states)
        shown = ", ".join(f"{x:.3g}" for x in other[:4]) + ", ..." * (len(other) > 4)
        when = f"when it was run for the inputs [{shown}]"
        nodes = self._nodes_of(run, when)
        if nodes is None:
            return False
        number, scale = run.root._number, _largest(nodes)
        del run, nodes  # before the next graph
        plain = self.function.compute(other)
        if not _agree(plain, number, scale):
            raise self._refusal(when)
        return plain is not None and scale <= LARGEST and isfinite(number)

    def _refusal(self, when: str) -> RecordError:
        defined = definition_of(self.function.function)
        return RecordError(
            f"the function computed something else {when}",
            "let it keep nothing between calls (pass what it remembers as an input), draw random numbers outside, "
            "decide by numbers rather than by their types, and compute by operators and functions of autograd_tiny",
            place=defined and f" (it is defined{defined})",
        )

    def _refuse_draws(self, states: list[bytes]) -> None:
        if self.draws.states() != states:
            raise _drew(self.draws.line_of(lambda: self.function.record(self.numbers)))

    def _chose_as_recorded(self, run: Run) -> bool:
        return [guard.recorded for guard in run.guards] == self.expected

    def _nodes_of(self, run: Run, when: str) -> Nodes | None:
        """Return the nodes of a run by position; None if it made another choice after the same beginning.

        Raises:
            RecordError: it computed something else, or made a choice that no recorded one explains.
        """
        leaves = self.function.leaves
        if self._chose_as_recorded(run):
            nodes = self.recorded.nodes_of(run, leaves)
            if nodes is None:
                raise self._refusal(when)
            if self.kept is None:
                self.kept = [node for node in nodes if id(node) in self.alive] if self.alive else []
            return nodes
        pairs = enumerate(zip(run.guards, self.expected, strict=False), start=1)
        choices = next((k for k, (guard, choice) in pairs if guard.recorded is not choice), 0)
        if not choices or not self.recorded.starts_as(run, leaves, choices):
            raise self._refusal(when)
        return None


def _largest(nodes: Nodes) -> float:
    """Return the largest magnitude among the numbers of nodes, without nan."""
    return float(np.fmax.reduce(np.abs(np.fromiter(map(NUMBER, nodes), float, len(nodes)))))


def _agree(plain: float | None, number: float, scale: float) -> bool:
    """Return whether the result for plain numbers is that of nodes, but for rounding and overflow on the way.

    Args:
        plain: the one; None if the function does not take plain numbers.
        number: the other.
        scale: the largest number on the way.
    """
    if plain is None or plain == number or (plain != plain and number != number):
        return True
    return scale > LARGEST or isclose(plain, number, rel_tol=1e-9, abs_tol=max(1e-12, 1e-9 * scale))


def other_examples(numbers: Sequence[float], *, few: bool = False) -> Iterator[list[float]]:
    """Yield other numbers for those of an example: near ones, nan, 0, other signs and magnitudes.

    Args:
        numbers: the example.
        few: three only: one in which other signs, 0 and other magnitudes are in turn, near ones, nan.
    """
    near = [x + (1.0 + abs(x)) * ((k + 1) * GOLDEN % 1.0 - 0.5) * 0.01 for k, x in enumerate(numbers)]
    if not near:
        return
    others = [-x for x in near], [0.0] * len(near), [1e3 * x + k for k, x in enumerate(near, start=1)]
    if few:
        yield [others[k % 3][k] for k in range(len(near))]
        yield near
        yield [nan] * len(near)
        return
    yield near
    yield [nan] * len(near)
    yield from others
    if len(near) > 1:
        yield near[::-1]
        yield [nan, *near[1:]]
        yield [*near[:-1], nan]


def _drew(line: DrawnLine | None) -> RecordError:
    place = line_in_words(line.file, line.number, line.code) if line and line.code else ""
    return RecordError(
        "the function drew a random number",
        "draw it outside and pass it as an input, such as a mask for each example",
        place=place,
    )
