"""Losses that compare number with number.

>>> squared_error([3.0, 1.0], [1.0, 1.0], reduction="sum"), hinge(0.25, -1)
(4.0, 1.25)
"""

from __future__ import annotations

from typing import Any

import autograd_tiny as engine
from nn.checks import between, number, require_between
from nn.errors import ArgumentError
from nn.losses.reduction import Number, reduce_numbers


def squared_error(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return (prediction - target)², as `torch.nn.MSELoss`.

    Raises:
        LengthError: the lists differ in shape, or are empty.

    >>> squared_error(3.0, 1.0), squared_error([3.0, 1.0], [1.0, 1.0], reduction="sum")
    (4.0, 4.0)
    """
    return reduce_numbers(
        "squared_error", lambda p, t: engine.square(engine.sub(p, t)), prediction, target, reduction
    )


def half_squared_error(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return ½ (prediction - target)², whose derivative is the difference itself.

    Raises:
        LengthError: the lists differ in shape, or are empty.

    >>> half_squared_error(3.0, 1.0)
    2.0
    """
    return reduce_numbers(
        "half_squared_error", lambda p, t: 0.5 * engine.square(engine.sub(p, t)), prediction, target, reduction
    )


def absolute_error(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return |prediction - target|, as `torch.nn.L1Loss`; its derivative at 0 is 0.

    Raises:
        LengthError: the lists differ in shape, or are empty.

    >>> absolute_error([3.0, 1.0], [1.0, 1.0])
    1.0
    """
    return reduce_numbers("absolute_error", lambda p, t: engine.abs(engine.sub(p, t)), prediction, target, reduction)


def huber(prediction: Any, target: Any, *, delta: float = 1.0, reduction: str = "mean") -> Number:
    """Return ½ e² for an error e of at most delta, else delta·(|e| - ½ delta), as `torch.nn.HuberLoss`.

    Both are m·(|e| - ½ m), where m is the smaller of |e| and delta: a parabola that goes on as a straight
    line. Source: P. Huber, Robust estimation of a location parameter, 1964.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: `delta` is negative or not finite.

    >>> huber(0.5, 0.0), huber(3.0, 0.0), huber(3.0, 0.0, delta=2.0)
    (0.125, 2.5, 4.0)
    """
    between("huber", "delta", delta, 0.0)

    def loss(p: Number, t: Number) -> Number:
        size = engine.abs(engine.sub(p, t))
        inner = engine.minimum(size, delta)
        return inner * (size - 0.5 * inner)

    return reduce_numbers("huber", loss, prediction, target, reduction)


def hinge(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return max(0, 1 - target·prediction) for targets -1 and 1; the prediction is a score without bounds.

    Source: C. Cortes, V. Vapnik, Support-vector networks, 1995.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: a target is neither -1 nor 1.

    >>> hinge(0.25, 1), hinge(0.25, -1), hinge(2.0, 1)
    (0.75, 1.25, 0.0)
    """
    return reduce_numbers("hinge", _hinge, prediction, target, reduction)


def binary_cross_entropy(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return -(t·log p + (1 - t)·log(1 - p)) for probabilities p, as `torch.nn.BCELoss`.

    With a sigmoid in front, `binary_cross_entropy_with_logits` is the more accurate one. As in PyTorch the
    logarithms end at -100, so certainty in the wrong class costs 100.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: a prediction or a target is outside 0 to 1.

    >>> f"{binary_cross_entropy(0.5, 1):.6f}"
    '0.693147'
    """
    return reduce_numbers("binary_cross_entropy", _binary_cross_entropy, prediction, target, reduction)


def binary_cross_entropy_with_logits(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return the binary cross-entropy of sigmoid(prediction), stable at any logit.

    As `torch.nn.BCEWithLogitsLoss`.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: a target is outside 0 to 1.

    >>> binary_cross_entropy_with_logits([1000.0, -1000.0], [1, 1], reduction="sum")
    1000.0
    """
    return reduce_numbers("binary_cross_entropy_with_logits", _with_logits, prediction, target, reduction)


def _hinge(score: Number, target: Number) -> Number:
    sign = number("hinge", "target", target)
    if engine.abs(sign) != 1.0:  # one question for both classes, so that a recorded program serves both
        raise ArgumentError("hinge", "target", target, "-1 or 1; write 2 * target - 1 for classes 0 and 1")
    return engine.relu(1.0 - sign * score)


def _binary_cross_entropy(p: Number, target: Number) -> Number:
    require_between("binary_cross_entropy", "prediction", p, 0.0, 1.0)
    require_between("binary_cross_entropy", "target", target, 0.0, 1.0)
    return engine.binary_cross_entropy(p, target)


def _with_logits(logit: Number, target: Number) -> Number:
    require_between("binary_cross_entropy_with_logits", "target", target, 0.0, 1.0)
    return engine.binary_cross_entropy_with_logits(logit, target)
