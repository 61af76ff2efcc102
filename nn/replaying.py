"""The loss of a batch as a recorded program: `fit` trains with it where the loss can be recorded.

>>> from nn import MLP
>>> from nn.losses import squared_error
>>> model = MLP(2, [3, 1], seed=0)
>>> replay = Replay.of(model, squared_error, model.parameters(), [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0])
>>> replay is not None and replay.holds()
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isclose
from typing import Any

import autograd_tiny as engine
from autograd_tiny import Value, no_grad
from nn.losses import Loss
from nn.validation import real_number


class Replay:
    """A program for the loss of one example, and the examples as arrays.

    Args:
        function: of an input and a target, returns the loss.
        parameters: whose gradients are asked for.
        inputs, targets: the examples, all of the shape of the first.
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
        """Return the replay of a training, or None where something in it cannot be recorded."""
        try:
            return Replay(lambda x, target: loss(model(x), target), parameters, inputs, targets)
        except Exception:  # noqa: BLE001 - whatever it is, eager code will do it, or raise it where it belongs
            return None

    def backward(self, rows: list[int]) -> float:
        """Return the mean loss of some examples, and add its gradient to that of the parameters."""
        return float(self.program.backward(self.inputs[rows], self.targets[rows]).mean())

    @no_grad()
    def holds(self) -> bool:
        """Tell whether the function still computes what was recorded: one example, computed both ways."""
        replayed = float(self.program(self.inputs[:1], self.targets[:1])[0])
        eager = real_number("fit", "loss", self.function(*self.first))
        return isclose(replayed, eager, rel_tol=1e-9, abs_tol=1e-12) or replayed != replayed
