"""The parts of a training that the prompt steps through; `nn.debug_training` has one.

The prompt knows no optimizer. It moves a training by one update, forwards or back, and gets a record of each update:
the name of the rule, its formulas as text, and their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from autograd_tiny.engine.value import Value


class UpdateRecord(Protocol):
    """How one parameter was updated."""

    @property
    def rule(self) -> str:
        """The name of the rule, such as Adam."""

    @property
    def before(self) -> float:
        """The number of the parameter before the update."""

    @property
    def after(self) -> float:
        """Its number afterwards."""

    @property
    def formulas(self) -> Sequence[tuple[str, str]]:
        """Names and the expressions that compute them, in this order, the last is `p`; empty if there are none."""

    @property
    def numbers(self) -> Mapping[str, float]:
        """The numbers of the names that no earlier formula computes."""


class Training(Protocol):
    """A training between two updates; the next one is numbered `update` + 1."""

    parameters: list[Value]
    losses: list[float]
    """The loss of each update that was reached, before it."""
    total: int
    """The number of updates of the whole training."""
    updates_per_epoch: int
    has_schedule: bool
    """True if the learning rate changes."""

    @property
    def title(self) -> str:
        """One or two sentences: the model, the rule, the size of the training."""

    @property
    def update(self) -> int:
        """The number of updates that are done."""

    @property
    def oldest(self) -> int:
        """The smallest number of updates that the training can go back to."""

    @property
    def epoch(self) -> int:
        """The epoch of the next update, from 1."""

    @property
    def batch(self) -> int:
        """Its batch in the epoch, from 1."""

    @property
    def changed(self) -> float | None:
        """The loss of the next update if the model had computed another one before."""

    @property
    def lr(self) -> float:
        """Its learning rate."""

    @property
    def loss(self) -> float:
        """Its loss."""

    @property
    def root(self) -> Value:
        """The node of this loss; at the end of the training, of that of the last batch once more."""

    @property
    def examples(self) -> Sequence[tuple[int, Value]]:
        """The number of each example of the batch, and the node of its loss."""

    def mean_loss(self, epoch: int) -> float:
        """Return the mean of the losses of the examples in an epoch that is over."""

    def forward(self) -> None:
        """Do the next update, all or nothing."""

    def back(self, count: int = 1) -> None:
        """Undo the latest updates: restore all numbers."""

    def gradients(self) -> Sequence[float]:
        """Return the gradients of the parameters for the next update."""

    def record(self, parameter: Value) -> UpdateRecord | None:
        """Return how the latest update changed a parameter; None if it did not, or it is not kept."""
