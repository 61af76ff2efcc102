"""Updates of parameters in the flat arrays of a program: `fit` does them without touching a Value.

The Values of the parameters, their gradients and the state of the optimizer are read by `load` and written by
`store`, all at once. Between them an update replaces one set of arrays by the next in a single assignment, so Ctrl-C
comes before or after it.

>>> from autograd_tiny import Value, record
>>> from nn import SGD
>>> w = Value(3.0)
>>> program = record(lambda x: (w * x) ** 2, inputs=(1.0,), parameters=[w])
>>> updates = FlatUpdates(program, [w], SGD([w], lr=0.1))
>>> for _ in range(2):
...     losses = updates.differentiate([1.0])
...     is_finite = updates.update()
>>> updates.store()
>>> f"{w.data:.2f}, {w.grad:.2f}"
'1.92, 4.80'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, Protocol

import numpy as np

from autograd_tiny import Value
from autograd_tiny.support.at_once import assignments, consume
from nn.array_updates import update_rows
from nn.optimizers import ElementwiseOptimizer, Optimizer
from nn.updates import GRADIENT, UPDATE, changes


class FlatProgram(Protocol):
    """A recorded program: its flat arrays, and how it fills them."""

    @property
    def parameters(self) -> Any:
        """The numbers of the parameters, written in place."""

    @property
    def gradients(self) -> Any:
        """Their gradients."""

    def differentiate(self, *batch: Any) -> Any:
        """Return the losses of a batch, and compute the gradients of their mean."""


def has_rule(optimizer: Optimizer) -> bool:
    """Return whether an optimizer updates by its rule alone: neither its class nor itself replaced a method.

    >>> from nn import Adam
    >>> has_rule(Adam([Value(0.0)]))
    True
    """
    kind = type(optimizer)
    return (
        isinstance(optimizer, ElementwiseOptimizer)
        and kind.step is ElementwiseOptimizer.step
        and kind.zero_grad is Optimizer.zero_grad
        and not {"step", "zero_grad", "rule"} & vars(optimizer).keys()
    )


class FlatUpdates:
    """Updates the flat parameters of a program by its flat gradients.

    Args:
        program: its `differentiate` computes the gradients.
        parameters: those of the program, in its order.
        optimizer: of all or some of them.
    """

    def __init__(self, program: FlatProgram, parameters: Sequence[Value], optimizer: ElementwiseOptimizer) -> None:
        self.program, self.parameters, self.optimizer = program, parameters, optimizer
        self._flat_parameters, self._flat_gradients = (
            program.parameters,
            program.gradients,
        )  # its arrays, filled in place
        places = {parameter: place for place, parameter in enumerate(parameters)}
        chosen = [places[parameter] for parameter in optimizer.parameters]
        self._chosen: Any = ... if chosen == list(range(len(parameters))) else np.array(chosen)
        self._others = np.setdiff1d(np.arange(len(parameters)), chosen)
        self.load()

    def load(self) -> None:
        """Read the Values and the state of the optimizer."""
        numbers = np.array([parameter.data for parameter in self.parameters])
        self._flat_parameters[:] = numbers
        states = [getattr(self.optimizer, name) for name in self.optimizer.STATE]
        rows = tuple(np.array(row, dtype=float) for row in (numbers[self._chosen], *states))
        self._spare = tuple(map(np.empty_like, rows))
        self._moment = rows, 0  # and the number of updates that are not stored
        self._gradients: Any = np.array([parameter.grad for parameter in self.parameters])
        self._has_gradients = False

    def differentiate(self, *batch: Any) -> Any:
        """Return the losses of a batch, and compute the gradients of their mean."""
        losses = self.program.differentiate(*batch)
        if self._others.size:
            self._gradients[self._others] += self._flat_gradients[self._others]  # which no zero_grad() forgets
        self._has_gradients = True
        return losses

    def update(self) -> bool:
        """Update all parameters, or none: return False if one would not be finite.

        The caller ignores warnings of NumPy, for many updates at once, since that takes as long as two operations.

        Raises:
            ArithmeticError: one of the optimizer for single numbers, such as that of a division by 0.
        """
        rows, count = self._moment
        gradients = self._flat_gradients[self._chosen].copy()  # a rule may keep it
        updated = update_rows(self.optimizer.rule(np.sqrt, count + 1), rows, gradients, self._spare)
        if updated is None:
            self._update_one_by_one(rows, gradients, count)
            return False
        self._flat_parameters[self._chosen] = updated[0]
        self._moment = updated, count + 1
        self._spare = rows
        return True

    def forget_gradients(self) -> None:
        """Set the gradients of the optimizer's parameters to 0, as `zero_grad` does: the loss was not finite."""
        self._flat_gradients[:] = 0.0

    def discard(self) -> None:
        """Forget what is not stored: the Values are newer."""
        self._has_gradients, self._moment = False, (self._moment[0], 0)

    def store(self) -> None:
        """Write the Values, their gradients and the state of the optimizer, all at once."""
        (numbers, *states), count = self._moment
        if not self._has_gradients and not count:
            return
        self._gradients[self._chosen] = self._flat_gradients[self._chosen]
        optimizer = self.optimizer
        state = {name: row.tolist() for name, row in zip(optimizer.STATE, states, strict=True)}
        with UPDATE:
            consume(
                chain(
                    changes(
                        optimizer.parameters, numbers.tolist(), optimizer, {**state, **optimizer.counters(count)}
                    ),
                    assignments(self.parameters, GRADIENT, self._gradients.tolist()),
                    map(setattr, repeat(self, 1), ["_moment"], [(self._moment[0], 0)]),
                )
            )
        self._has_gradients = False

    def _update_one_by_one(self, rows: Any, gradients: Any, count: int) -> None:
        """Compute an update as single numbers, whose arithmetic may raise an error of its own."""
        rule = self.optimizer.rule(math.sqrt, count + 1)
        number, *state = (row.tolist() for row in rows)
        for arguments in zip(number, gradients.tolist(), *state, strict=True):
            rule(*arguments)
