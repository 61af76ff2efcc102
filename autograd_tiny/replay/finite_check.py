"""Refuse a replay that met inf or nan inside `detect_anomaly()`: a program has no nodes, so it names the example.

>>> from autograd_tiny import Value, detect_anomaly, record
>>> w = Value(2.0, label="w")
>>> program = record(lambda x: (w * x).log(), inputs=(1.0,), parameters=[w])
>>> with detect_anomaly():
...     program([1.0, 0.0])
Traceback (most recent call last):
autograd_tiny.errors.AnomalyError: the loss of example 1 of the batch is -inf in a replayed program; ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from autograd_tiny.engine.source_lines import observers
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AnomalyError
from autograd_tiny.support.terminal_text import printable

REMEDY: Final = (
    "a program has no nodes to tell which one made it, so call the function itself, and backward(), inside "
    "detect_anomaly(); nn.fit(..., replay=False) tells it too"
)


def require_finite(losses: Any, gradients: Any, leaves: Sequence[Value], *, batched: bool) -> None:
    """Raise an AnomalyError if a number is not finite and the caller is inside `detect_anomaly()`.

    Args:
        losses: (batch,).
        gradients: of the parameters, or (batch, inputs) those of the inputs; None if none were computed.
        leaves: the parameters.
        batched: whether there are several examples.
    """
    if not observers():
        return
    numbers = np.atleast_1d(losses)
    if not np.isfinite(numbers).all():
        example = int(np.argmin(np.isfinite(numbers)))
        raise _error("the loss", numbers[example], example if batched else None)
    if gradients is None or np.isfinite(gradients).all():
        return
    place = tuple(map(int, np.argwhere(~np.isfinite(gradients))[0]))
    if leaves:
        name = printable(leaves[place[0]].label) or f"number {place[0]}"
        raise _error(f"the gradient of parameter {name}", gradients[place], None)
    raise _error("the gradient of an input", gradients[place], place[0] if batched else None)


def _error(what: str, number: float, example: int | None) -> AnomalyError:
    return AnomalyError(what, rest=f" is {float(number)} in a replayed program; {REMEDY}", example=example)
