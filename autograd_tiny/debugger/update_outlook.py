"""Tell at the end of a pass of a training what follows: the next update, an update that may fail, or no update.

>>> from types import SimpleNamespace
>>> training = SimpleNamespace(update=0, total=3, loss=2.0, lr=0.1, parameters=[], gradients=lambda: [1.5])
>>> outlook(training)
's makes the update'
>>> training.loss = float("nan")
>>> outlook(training)
'the loss is nan, so no update can follow'
"""

from __future__ import annotations

from math import isfinite
from typing import Final

from autograd_tiny.debugger.training import Training
from autograd_tiny.symbolic.notation import format_number

LARGEST: Final = 1e300
"""Of parameters, of gradients and of their products with the learning rate up to this size, no update overflows."""


def outlook(training: Training) -> str:
    """Return what follows the pass of the next update; an empty text at the end of the training."""
    if training.update == training.total:
        return ""
    if not isfinite(training.loss):
        return no_update(training)
    if _may_overflow(training):
        return "s tries the update, in which a parameter may become inf or nan"
    return "s makes the update"


def no_update(training: Training) -> str:
    """Return why no update can follow."""
    return f"the loss is {format_number(training.loss)}, so no update can follow"


def can_go_back(training: Training) -> bool:
    """Return whether an update is kept that can be undone."""
    return training.update > training.oldest


def _may_overflow(training: Training) -> bool:
    gradients = training.gradients()
    scaled = (training.lr * gradient for gradient in gradients)
    numbers = (parameter.data for parameter in training.parameters)
    return not all(abs(number) < LARGEST for several in (gradients, scaled, numbers) for number in several)
