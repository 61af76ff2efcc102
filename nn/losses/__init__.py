"""Losses: functions of (prediction, target), in this order, on Values and on plain numbers alike.

The losses of numbers take two numbers, or two lists of the same shape, as deep as you like: one example with
one output, one with several, a batch of either. Lists are reduced over all their numbers: `reduction="mean"`,
as PyTorch's default, or `"sum"`. The losses of distributions, `softmax_cross_entropy` and `kl_divergence`,
take one list an example, or a list of such lists for a batch, and reduce over the examples.

>>> from autograd_tiny import Value
>>> prediction = [Value(1.0), Value(3.0)]
>>> loss = squared_error(prediction, [1.0, 1.0])
>>> loss.backward()
>>> loss.data, prediction[1].grad
(2.0, 2.0)
>>> softmax_cross_entropy([1000.0, -1000.0], 1)
2000.0

Where nothing else is said, a target may be a Value too and takes its gradient. Kinks follow PyTorch.
"""

from nn.losses.distributions import kl_divergence, softmax_cross_entropy
from nn.losses.numbers import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    half_squared_error,
    hinge,
    huber,
    squared_error,
)
from nn.losses.penalties import l1_penalty, l2_penalty
from nn.losses.reduction import Loss

__all__ = [
    "LOSSES",
    "Loss",
    "absolute_error",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "half_squared_error",
    "hinge",
    "huber",
    "kl_divergence",
    "l1_penalty",
    "l2_penalty",
    "softmax_cross_entropy",
    "squared_error",
]

LOSSES: dict[str, Loss] = {
    loss.__name__: loss
    for loss in (
        squared_error,
        half_squared_error,
        absolute_error,
        huber,
        hinge,
        binary_cross_entropy,
        binary_cross_entropy_with_logits,
        softmax_cross_entropy,
        kl_divergence,
    )
}
"""The losses by name, as `fit` takes them."""
