"""Losses that compare one distribution over classes with another.

>>> f"{softmax_cross_entropy([2.0, 0.0, 0.0], 0):.6f}"
'0.239545'
"""

from __future__ import annotations

from typing import Any

import autograd_tiny as engine
from nn.checks import as_list, is_list, require_between, same_length
from nn.errors import ArgumentError
from nn.losses.reduction import Number, reduce_lists

TOLERANCE = 1e-6  # how far the sum of probabilities may be from 1


def softmax_cross_entropy(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return -Σ tᵢ·log softmax(logits)ᵢ, as `torch.nn.CrossEntropyLoss`; stable at any logits.

    Args:
        prediction: the logits of one example, a list with one for each class; or a list of such lists.
        target: the number of the true class, from 0; or a list with the probability of each class; or a list
            of either for a batch.
        reduction: "mean" or "sum" over the examples of a batch.

    Raises:
        LengthError: the lists differ in length, or are empty.
        PositionError: there is no such class.
        ArgumentError: the probabilities of a target are outside 0 to 1, or their sum is not 1.

    >>> f"{softmax_cross_entropy([2.0, 0.0, 0.0], 0):.6f}"
    '0.239545'
    >>> softmax_cross_entropy([2.0, 0.0, 0.0], [1, 0, 0]) == softmax_cross_entropy([[2.0, 0.0, 0.0]], [0])
    True
    """
    return reduce_lists("softmax_cross_entropy", _softmax_cross_entropy, prediction, target, reduction)


def kl_divergence(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return Σ tᵢ·log(tᵢ / pᵢ), the Kullback-Leibler divergence of the prediction p from the target t.

    Infinite where a class of the target has probability 0 in the prediction. Unlike `torch.nn.KLDivLoss` it
    takes probabilities on both sides. Source: S. Kullback, R. Leibler, On information and sufficiency, 1951.

    Args:
        prediction: the probabilities of one example, a list with one for each class; or a list of such lists.
        target: the true ones, in the same shape.
        reduction: "mean" or "sum" over the examples of a batch.

    Raises:
        LengthError: the lists differ in length, or are empty.
        ArgumentError: probabilities are outside 0 to 1, or their sum is not 1.

    >>> kl_divergence([0.5, 0.5], [0.5, 0.5]), kl_divergence([1.0, 0.0], [0.5, 0.5])
    (0.0, inf)
    """
    return reduce_lists("kl_divergence", _kl_divergence, prediction, target, reduction)


def _softmax_cross_entropy(logits: list[Number], target: Any) -> Number:
    if not is_list(target):
        return engine.cross_entropy(logits, target)
    same_length("softmax_cross_entropy", logits=logits, target=target)
    _require_probabilities("softmax_cross_entropy", "target", target)
    return -engine.dot(target, engine.log_softmax(logits))


def _kl_divergence(predicted: list[Number], target: Any) -> Number:
    true = as_list("kl_divergence", "target", target)
    same_length("kl_divergence", prediction=predicted, target=true)
    _require_probabilities("kl_divergence", "prediction", predicted)
    _require_probabilities("kl_divergence", "target", true)
    return engine.sum([engine.xlogy(t, t) - engine.xlogy(t, p) for p, t in zip(predicted, true, strict=True)])


def _require_probabilities(place: str, argument: str, numbers: list[Number]) -> None:
    for p in numbers:
        require_between(place, argument, p, 0.0, 1.0)
    total = engine.sum(numbers)
    if not 1.0 - TOLERANCE <= total <= 1.0 + TOLERANCE:
        raise ArgumentError(place, argument, numbers, f"probabilities whose sum is 1, not {total:.6g}")
