"""Replay the loss of whole batches: `fit` uses it if the loss can be recorded.

>>> from nn import MLP
>>> from nn.losses import squared_error
>>> model = MLP(2, [3, 1], seed=0)
>>> replay = Replay.of(model, squared_error, model.parameters(), [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0])
>>> replay is not None and replay.is_valid()
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isclose
from typing import Any

import autograd_tiny as engine
from autograd_tiny import Value, no_grad
from nn.argument_checks import real_number
from nn.losses import Loss


class Replay:
    """A program for the loss of one example, and the examples as arrays.

    Args:
        function: returns the loss of an input and a target.
        parameters: the Values that get gradients.
        inputs, targets: the examples, all with the shape of the first.
    """

    def __init__(
        self, function: Callable[[Any, Any], Any], parameters: Sequence[Value], inputs: list[Any], targets: list[Any]
    ) -> None:
        self.function, self.parameters = function, parameters
        self.first = inputs[0], targets[0]
        self.program = engine.record(function, inputs=self.first, parameters=parameters, on_mismatch="eager")
        self.inputs, self.targets = self.program.arrays(inputs, targets)

    @staticmethod
    def of(
        model: Callable[[Any], Any], loss: Loss, parameters: Sequence[Value], inputs: list[Any], targets: list[Any]
    ) -> Replay | None:
        """Return the replay of a loss, or None if it cannot be recorded."""
        try:
            return Replay(lambda x, target: loss(model(x), target), parameters, inputs, targets)
        except Exception:  # noqa: BLE001 - eager code works, or raises the same error in the right place
            return None

    def backward(self, rows: list[int]) -> float:
        """Return the mean loss of the examples at these rows, and add its gradient to the parameters."""
        return float(self.program.backward(self.inputs[rows], self.targets[rows]).mean())

    @no_grad()
    def is_valid(self) -> bool:
        """Return whether the function still computes what was recorded, tested on one example."""
        replayed = float(self.program(self.inputs[:1], self.targets[:1])[0])
        eager = real_number("fit", "loss", self.function(*self.first))
        return isclose(replayed, eager, rel_tol=1e-9, abs_tol=1e-12) or replayed != replayed
