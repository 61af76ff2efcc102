"""Record a function that returns several numbers, such as the prediction of a network.

A tape has one root. The root of several numbers is their sum, a node that depends on all of them; the numbers
themselves are read as the conditions of guards are, after the forward pass.

>>> import numpy as np
>>> from autograd_tiny import Value, record
>>> w = Value(3.0)
>>> program = record(lambda x: [w * x, x - w], inputs=(1.0,), parameters=[w])
>>> program(np.array([1.0, 2.0]))
array([[ 3., -2.],
       [ 6., -1.]])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd_tiny.engine.reductions import sum as sum_of
from autograd_tiny.errors import RecordError
from autograd_tiny.replay.tape import Operand, Tape


@dataclass(frozen=True, slots=True)
class Outputs:
    """The numbers that a recorded function returns.

    Attributes:
        shape: of the numbers of one example.
        guards: how many conditions come before them among what a back-end reports.
        operands: for each number its position on the tape, or a constant.
    """

    shape: tuple[int, ...]
    guards: int
    operands: tuple[Operand, ...]

    def of(self, conditions: Sequence[Any], batch: int) -> Any:
        """Return the numbers of a run, (batch, *shape), from all that the back-end reported."""
        numbers = np.empty((batch, len(self.operands)))
        reported = iter(conditions[self.guards :])
        for k, operand in enumerate(self.operands if batch else ()):
            numbers[:, k] = next(reported) if type(operand) is int else operand
        return numbers.reshape(batch, *self.shape)


class SeveralNumbers:
    """A function whose result is one number: the sum of what the given function returns, if that is a list.

    Attributes:
        shape: of the last result; None if it is one number.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.shape: tuple[int, ...] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Return the sum of what the function returns, or its one number."""
        self.shape = None
        result = self.function(*arguments)
        if not isinstance(result, list | tuple | np.ndarray):
            return result
        numbers = np.array(result, dtype=object)
        flat = numbers.ravel().tolist()
        if not flat or any(isinstance(x, list | tuple | np.ndarray) for x in flat):
            raise RecordError(
                f"the function returned a {type(result).__name__} that is empty or not rectangular",
                "let it return one Value, or lists of equal length",
            )
        self.shape = numbers.shape
        return sum_of(flat)

    def outputs(self, tape: Tape) -> tuple[Tape, Outputs | None]:
        """Return a tape that reports the numbers, and how to read them; None if there is only one."""
        if self.shape is None:
            return tape, None
        operands = tape.operations[tape.root - tape.leaves].operands
        positions = tuple(x for x in operands if type(x) is int)
        return replace(tape, guarded=(*tape.guarded, *positions)), Outputs(self.shape, len(tape.guards), operands)
