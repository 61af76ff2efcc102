"""Compute the examples of a batch that take another branch than the recorded one, by the function itself.

>>> from autograd_tiny import Value, record
>>> w = Value(3.0)
>>> program = record(lambda x: w * x if x > 0.0 else w, inputs=(1.0,), parameters=[w], on_mismatch="eager")
>>> program([2.0, -1.0]).tolist(), program.eager_examples
([6.0, 3.0], 1)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Final

import numpy as np

from autograd_tiny.engine.backward_order import PASS, mark_in_backward_order
from autograd_tiny.engine.node import require_recorded
from autograd_tiny.engine.value import Value, accumulate_gradients
from autograd_tiny.errors import PositionError, ReplayMismatch
from autograd_tiny.primitives.safe_float import SafeFloat
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.backend import Backend
from autograd_tiny.replay.guards import wrong_examples
from autograd_tiny.replay.tape import Tape
from autograd_tiny.support.at_once import assign, assignments, consume

NUMBER: Final = attrgetter("_number")


class EagerExamples:
    """Runs a back-end, and the recorded function for examples that the tape does not compute; see `backend.Backend`.

    Args:
        backend, arguments, leaves, tape: of the program.
        loss: the function.

    Attributes:
        examples: how many the function was called for.
        mismatch: the choice that the last of them made otherwise; None if it is not known.
    """

    def __init__(
        self,
        backend: Backend,
        loss: Callable[..., Any],
        arguments: Sequence[Argument],
        leaves: Sequence[Value],
        tape: Tape,
    ) -> None:
        self._backend, self._loss, self._arguments, self._leaves, self._tape = backend, loss, arguments, leaves, tape
        self.examples = 0
        self.mismatch: ReplayMismatch | None = None
        self._slopes: Any = None

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Compute a batch and return its losses."""
        batch = len(arguments[0]) if arguments else 1
        conditions: list[Any] = []

        def noted(found: Sequence[Any]) -> None:
            conditions[:] = found
            check(found)

        self._slopes = None
        try:
            return self._backend.run(arguments, others, seed, noted)
        except ReplayMismatch as error:
            self.mismatch = error.with_traceback(None)
            wrong = wrong_examples(self._tape.guards, conditions, batch)
        except PositionError:  # maybe behind a guard, which was not checked yet
            examples = ([argument[[i]] for argument in arguments] for i in range(batch))
            wrong = np.array([self._fails(example, others, check) for example in examples])
        self.examples += int(wrong.sum())
        return self._run_in_parts(arguments, others, seed, check, wrong)

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run, (batch, inputs)."""
        return self._backend.slopes(batch) if self._slopes is None else self._slopes

    def _fails(self, example: Sequence[Any], others: Sequence[float], check: Callable[[Any], None]) -> bool:
        """Return whether one example cannot be replayed."""
        try:
            self._backend.run(example, others, None, check)
        except (PositionError, ReplayMismatch):
            return True
        return False

    def _run_in_parts(
        self,
        arguments: Sequence[Any],
        others: Sequence[float],
        seed: float | None,
        check: Callable[[Any], None],
        wrong: Any,
    ) -> Any:
        """Replay the examples that take the recorded branches, and compute the others by the function."""
        losses, slopes = np.empty(len(wrong)), np.zeros((len(wrong), self._tape.inputs))
        own = self._backend.gradients
        gradients, before = np.zeros(len(self._leaves)), own.copy()
        if not wrong.all():
            try:
                losses[~wrong] = self.run([argument[~wrong] for argument in arguments], others, seed, check)
                gradients += own
            finally:
                own[:] = before  # until those of all examples are known
            if not self._leaves and seed is not None:
                slopes[~wrong] = self.slopes(int(np.sum(~wrong)))
        numbers = self._backend.parameters.tolist()
        for i in np.flatnonzero(wrong):
            example = [np.ravel(argument[i]).tolist() for argument in arguments]
            losses[i], of_leaves, slopes[i] = run_eagerly(
                self._loss, self._arguments, example, self._leaves, numbers, seed=seed or 1.0
            )
            gradients += of_leaves
        if seed is not None:
            own[:], self._slopes = gradients, slopes
        return losses


def run_eagerly(
    loss: Callable[..., Any],
    arguments: Sequence[Argument],
    example: Sequence[list[float]],
    leaves: Sequence[Value],
    numbers: Sequence[float],
    *,
    seed: float,
) -> tuple[float, list[float], list[float]]:
    """Compute one example by calling the recorded function, with floats that do not raise: 1 / 0 is infinite.

    Args:
        loss: the function.
        arguments: of the function.
        example: the numbers of each argument.
        leaves: the parameters; their data are restored, their gradients not touched.
        numbers: the data of the parameters for this call.
        seed: the gradient of the loss.

    Returns:
        The loss, the gradient of the parameters, and that of the inputs, which is 0 if there are parameters.
    """
    before = list(map(NUMBER, leaves))
    restore = assignments(leaves, "_number", before)
    wrap: Callable[[float], Any] = SafeFloat if leaves else Value
    inputs = [list(map(wrap, row)) for row in example]
    try:
        if numbers != before:  # other threads that use the leaves would see it
            assign(leaves, "_number", numbers)
        with np.errstate(all="ignore"):
            root = loss(*(argument.nested_numbers(row) for argument, row in zip(arguments, inputs, strict=True)))
    finally:
        consume(restore)
    flat = [x for row in inputs for x in row]
    if not isinstance(root, Value):
        return float(root), [0.0] * len(leaves), [0.0] * len(flat)
    require_recorded(root, "a program")
    gradients = _gradients(root, [*leaves, *(x for x in flat if isinstance(x, Value))], seed)
    return root._number, gradients[: len(leaves)], gradients[len(leaves) :] or [0.0] * len(flat)


def _gradients(root: Value, leaves: Sequence[Value], seed: float) -> list[float]:
    """Return the gradients of leaves by a backward pass that leaves every `.grad` as it was."""
    with PASS:
        order, others = mark_in_backward_order(root)
        nodes = [*order, *others, *leaves]
        restore = assignments(nodes, "_grad", [node._grad for node in nodes])
        try:
            assign(nodes, "_grad", repeat(0.0))
            root._grad = seed
            accumulate_gradients(order)
            return [leaf._grad for leaf in leaves]
        finally:
            consume(restore)
