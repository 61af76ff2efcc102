"""Losses: functions of (prediction, target), in this order, for Values and plain numbers.

The losses of numbers take two numbers, or two nested lists of the same shape: one example with one output, one with
several, or a batch of either. They are averaged over all numbers, `reduction="mean"` as in PyTorch, or summed,
`reduction="sum"`. The losses of distributions, `softmax_cross_entropy` and `kl_divergence`, take one list an example,
or a list of such lists for a batch, and are reduced over the examples.

>>> from autograd_tiny import Value
>>> prediction = [Value(1.0), Value(3.0)]
>>> loss = squared_error(prediction, [1.0, 1.0])
>>> loss.backward()
>>> loss.data, prediction[1].grad
(2.0, 2.0)
>>> softmax_cross_entropy([1000.0, -1000.0], 1)
2000.0

A target may be a Value, which then gets a gradient, unless a loss says otherwise. Kinks follow PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import autograd_tiny as engine
from autograd_tiny import Value
from autograd_tiny.errors import require_same_length
from nn.argument_checks import (
    choose,
    is_list,
    nonempty_list,
    number_between,
    parameter_list,
    real_number,
    require_between,
    to_lists,
)
from nn.errors import ArgumentError

Number: TypeAlias = Any
"""A float or a Value; a result is a Value if any operand is one."""
Loss: TypeAlias = Callable[[Any, Any], Any]

TOLERANCE = 1e-6
"""The largest accepted difference between 1 and the sum of probabilities."""
REDUCTIONS: dict[str, Callable[[list[Any]], Any]] = {"mean": engine.mean, "sum": engine.sum}

# ── losses of numbers ──


def squared_error(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return (prediction - target)², as `torch.nn.MSELoss`.

    Raises:
        LengthError: the lists differ in shape, or are empty.

    >>> squared_error(3.0, 1.0), squared_error([3.0, 1.0], [1.0, 1.0], reduction="sum")
    (4.0, 4.0)
    """
    return _reduce_numbers(
        "squared_error", lambda p, t: engine.square(engine.sub(p, t)), prediction, target, reduction
    )


def half_squared_error(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return ½ (prediction - target)², whose derivative is the difference itself.

    Raises:
        LengthError: the lists differ in shape, or are empty.

    >>> half_squared_error(3.0, 1.0)
    2.0
    """
    return _reduce_numbers(
        "half_squared_error", lambda p, t: 0.5 * engine.square(engine.sub(p, t)), prediction, target, reduction
    )


def absolute_error(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return |prediction - target|, as `torch.nn.L1Loss`; its derivative at 0 is 0.

    Raises:
        LengthError: the lists differ in shape, or are empty.

    >>> absolute_error([3.0, 1.0], [1.0, 1.0])
    1.0
    """
    return _reduce_numbers("absolute_error", lambda p, t: engine.abs(engine.sub(p, t)), prediction, target, reduction)


def huber(prediction: Any, target: Any, *, delta: float = 1.0, reduction: str = "mean") -> Number:
    """Return ½ e² for an error e of at most delta, else delta·(|e| - ½ delta), as `torch.nn.HuberLoss`.

    Both are m·(|e| - ½ m), where m is the smaller of |e| and delta: a parabola that continues as a straight line.
    Source: P. Huber, Robust estimation of a location parameter, 1964.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: `delta` is negative or not finite.

    >>> huber(0.5, 0.0), huber(3.0, 0.0), huber(3.0, 0.0, delta=2.0)
    (0.125, 2.5, 4.0)
    """
    number_between("huber", "delta", delta, 0.0)

    def loss(p: Number, t: Number) -> Number:
        size = engine.abs(engine.sub(p, t))
        inner = engine.minimum(size, delta)
        return inner * (size - 0.5 * inner)

    return _reduce_numbers("huber", loss, prediction, target, reduction)


def hinge(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return max(0, 1 - target·prediction) for targets -1 and 1; the prediction is a score of any size.

    Source: C. Cortes, V. Vapnik, Support-vector networks, 1995.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: a target is neither -1 nor 1.

    >>> hinge(0.25, 1), hinge(0.25, -1), hinge(2.0, 1)
    (0.75, 1.25, 0.0)
    """
    return _reduce_numbers("hinge", _hinge, prediction, target, reduction)


def binary_cross_entropy(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return -(t·log p + (1 - t)·log(1 - p)) for probabilities p, as `torch.nn.BCELoss`.

    For the output of a sigmoid, `binary_cross_entropy_with_logits` of the logit is more accurate. As in PyTorch,
    logarithms are at least -100, so the loss is at most 100.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: a prediction or a target is outside 0 to 1.

    >>> f"{binary_cross_entropy(0.5, 1):.6f}"
    '0.693147'
    """
    return _reduce_numbers("binary_cross_entropy", _binary_cross_entropy, prediction, target, reduction)


def binary_cross_entropy_with_logits(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return the binary cross-entropy of sigmoid(prediction), stable at any logit.

    As `torch.nn.BCEWithLogitsLoss`.

    Raises:
        LengthError: the lists differ in shape, or are empty.
        ArgumentError: a target is outside 0 to 1.

    >>> binary_cross_entropy_with_logits([1000.0, -1000.0], [1, 1], reduction="sum")
    1000.0
    """
    return _reduce_numbers("binary_cross_entropy_with_logits", _with_logits, prediction, target, reduction)


def _hinge(score: Number, target: Number) -> Number:
    sign = real_number("hinge", "target", target)
    if engine.abs(sign) != 1.0:  # one comparison for both classes, so that a recorded program accepts both
        raise ArgumentError("hinge", "target", target, "-1 or 1; write 2 * target - 1 for classes 0 and 1")
    number = score if isinstance(score, Value | float) else real_number("hinge", "prediction", score)
    return engine.relu(1.0 - sign * number)


def _binary_cross_entropy(p: Number, target: Number) -> Number:
    require_between("binary_cross_entropy", "prediction", p, 0.0, 1.0)
    require_between("binary_cross_entropy", "target", target, 0.0, 1.0)
    return engine.binary_cross_entropy(p, target)


def _with_logits(logit: Number, target: Number) -> Number:
    require_between("binary_cross_entropy_with_logits", "target", target, 0.0, 1.0)
    return engine.binary_cross_entropy_with_logits(logit, target)


# ── losses of distributions ──


def softmax_cross_entropy(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return -Σ tᵢ·log softmax(logits)ᵢ, as `torch.nn.CrossEntropyLoss`; stable at any logits.

    Args:
        prediction: the logits of one example, a list with one for each class; or a list of such lists.
        target: the index of the true class, or a list with the probability of each class; or a list of either for
            a batch.
        reduction: "mean" or "sum" over the examples of a batch.

    Raises:
        LengthError: the lists differ in length, or are empty.
        PositionError: the class does not exist.
        ArgumentError: the probabilities of a target are outside 0 to 1, or their sum is not 1.

    >>> f"{softmax_cross_entropy([2.0, 0.0, 0.0], 0):.6f}"
    '0.239545'
    >>> softmax_cross_entropy([2.0, 0.0, 0.0], [1, 0, 0]) == softmax_cross_entropy([[2.0, 0.0, 0.0]], [0])
    True
    """
    return _reduce_lists("softmax_cross_entropy", _softmax_cross_entropy, prediction, target, reduction)


def kl_divergence(prediction: Any, target: Any, *, reduction: str = "mean") -> Number:
    """Return Σ tᵢ·log(tᵢ / pᵢ), the Kullback-Leibler divergence of the prediction p from the target t.

    Infinite where a class of the target has probability 0 in the prediction. Unlike `torch.nn.KLDivLoss` it
    takes probabilities on both sides. Source: S. Kullback, R. Leibler, On information and sufficiency, 1951.

    Args:
        prediction: the probabilities of one example, a list with one for each class; or a list of such lists.
        target: the true probabilities, in the same shape.
        reduction: "mean" or "sum" over the examples of a batch.

    Raises:
        LengthError: the lists differ in length, or are empty.
        ArgumentError: probabilities are outside 0 to 1, or their sum is not 1.

    >>> kl_divergence([0.5, 0.5], [0.5, 0.5]), kl_divergence([1.0, 0.0], [0.5, 0.5])
    (0.0, inf)
    """
    return _reduce_lists("kl_divergence", _kl_divergence, prediction, target, reduction)


def _softmax_cross_entropy(logits: list[Number], target: Any) -> Number:
    if not is_list(target):
        return engine.cross_entropy(logits, target)
    require_same_length("softmax_cross_entropy", logits=logits, target=target)
    _require_probabilities("softmax_cross_entropy", "target", target)
    return -engine.dot(target, engine.log_softmax(logits))


def _kl_divergence(predicted: list[Number], target: Any) -> Number:
    true = nonempty_list("kl_divergence", "target", target)
    require_same_length("kl_divergence", prediction=predicted, target=true)
    _require_probabilities("kl_divergence", "prediction", predicted)
    _require_probabilities("kl_divergence", "target", true)
    return engine.sum([engine.xlogy(t, t) - engine.xlogy(t, p) for p, t in zip(predicted, true, strict=True)])


def _require_probabilities(place: str, argument: str, numbers: list[Number]) -> None:
    for p in numbers:
        require_between(place, argument, p, 0.0, 1.0)
    total = engine.sum(numbers)
    if not 1.0 - TOLERANCE <= total <= 1.0 + TOLERANCE:
        raise ArgumentError(place, argument, numbers, f"probabilities whose sum is 1, not {total:.6g}")


# ── penalties, to be added to a loss ──


def l1_penalty(parameters: Iterable[Value]) -> Value:
    """Return Σ |p|, a penalty that drives parameters to 0. Source: R. Tibshirani, The lasso, 1996.

    Raises:
        LengthError: the list of parameters is empty.

    >>> l1_penalty([Value(3.0), Value(-4.0)]).data
    7.0
    """
    penalty: Value = engine.sum([engine.abs(p) for p in parameter_list("l1_penalty", parameters)])
    return penalty


def l2_penalty(parameters: Iterable[Value]) -> Value:
    """Return Σ p², a penalty that keeps parameters small, as one node.

    Source: A. Hoerl, R. Kennard, Ridge regression, 1970.

    Raises:
        LengthError: the list of parameters is empty.

    >>> l2_penalty([Value(3.0), Value(-4.0)]).data
    25.0
    """
    weights = parameter_list("l2_penalty", parameters)
    penalty: Value = engine.dot(weights, weights)
    return penalty


# ── reduction ──


def _reduce_numbers(place: str, loss: Loss, prediction: Any, target: Any, reduction: str) -> Number:
    """Return the loss of two numbers, or the mean or sum of it over two lists of the same shape.

    Raises:
        UnknownNameError: `reduction` is neither "mean" nor "sum".
        LengthError: the lists differ in shape, or are empty.
    """
    reduce = choose("reduction", reduction, REDUCTIONS, place=place)
    prediction, target = to_lists(prediction), to_lists(target)
    if not is_list(prediction) and not is_list(target):
        return loss(prediction, target)
    return reduce([loss(p, t) for p, t in _pairs(place, prediction, target)])


def _reduce_lists(place: str, loss: Loss, prediction: Any, target: Any, reduction: str) -> Number:
    """Return the loss of one list and its target, or the mean or sum of it over lists of these.

    Raises:
        UnknownNameError: `reduction` is neither "mean" nor "sum".
        LengthError: the lists differ in length, or are empty.
    """
    reduce = choose("reduction", reduction, REDUCTIONS, place=place)
    predictions, target = nonempty_list(place, "prediction", prediction), to_lists(target)
    if not is_list(to_lists(predictions[0])):
        return loss(predictions, target)
    targets = nonempty_list(place, "target", target)
    require_same_length(place, prediction=predictions, target=targets)
    pairs = zip(predictions, targets, strict=True)
    return reduce([loss(nonempty_list(place, "prediction", p), to_lists(t)) for p, t in pairs])


def _pairs(place: str, prediction: Any, target: Any) -> Iterator[tuple[Number, Number]]:
    """Yield pairs of the numbers of two nested lists of the same shape."""
    predictions, targets = nonempty_list(place, "prediction", prediction), nonempty_list(place, "target", target)
    require_same_length(place, prediction=predictions, target=targets)
    for p, t in zip(map(to_lists, predictions), map(to_lists, targets), strict=True):
        if is_list(p) or is_list(t):
            yield from _pairs(place, p, t)
        else:
            yield p, t


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
"""The losses by name, for `fit`."""
