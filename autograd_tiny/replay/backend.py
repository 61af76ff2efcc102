"""The back-end of a program: the interface between a program and the folder of each back-end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class Backend(Protocol):
    """A compiled tape.

    Each back-end is made from `tape`, the recorded program; `sizes`, the number of inputs of each argument;
    `of_inputs`, whether to compute the gradient of the inputs rather than that of the parameters; and `batched`,
    whether the inputs have a first axis of examples.

    Attributes:
        name: of the back-end, as `record` takes it.
        reason: why it was chosen, which ends the plan.
        parameters, gradients: flat arrays, read and written by each run.
    """

    name: str
    reason: str
    parameters: Any
    gradients: Any

    @property
    def source(self) -> str:
        """The generated source."""

    def run(
        self, arguments: Sequence[Any], others: Sequence[float], seed: float | None, check: Callable[[Any], None]
    ) -> Any:
        """Replay a batch and return its losses, (batch,).

        Args:
            arguments: arrays of the inputs, (batch, size of the argument), or (batch,) if it is one number.
            others: the data of the other leaves.
            seed: the gradient of each loss; None to compute no gradients.
            check: called with the conditions of the guards, before any gradient is written.
        """

    def slopes(self, batch: int) -> Any:
        """Return the gradient of the inputs of the last run, (batch, inputs)."""
