"""From the loss of one example to the loss of many.

>>> reduce_numbers("difference", lambda p, t: p - t, [[5.0, 2.0], [1.0]], [[1.0, 1.0], [1.0]], "sum")
5.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import autograd_tiny as engine
from nn.checks import as_list, is_list, named, plain, same_length

Number: TypeAlias = Any  # a float or a Value; the result is a Value if any operand is one
Loss: TypeAlias = Callable[[Any, Any], Any]

REDUCTIONS: dict[str, Callable[[list[Any]], Any]] = {"mean": engine.mean, "sum": engine.sum}


def reduce_numbers(place: str, loss: Loss, prediction: Any, target: Any, reduction: str) -> Number:
    """Return the loss of two numbers, or the mean or sum of it over two lists of the same shape.

    Raises:
        UnknownNameError: `reduction` is neither "mean" nor "sum".
        LengthError: the lists differ in shape, or are empty.
    """
    reduce = named("reduction", reduction, REDUCTIONS)
    prediction, target = plain(prediction), plain(target)
    if not is_list(prediction) and not is_list(target):
        return loss(prediction, target)
    return reduce([loss(p, t) for p, t in _pairs(place, prediction, target)])


def reduce_lists(place: str, loss: Loss, prediction: Any, target: Any, reduction: str) -> Number:
    """Return the loss of one list and its target, or the mean or sum of it over lists of these.

    Raises:
        UnknownNameError: `reduction` is neither "mean" nor "sum".
        LengthError: the lists differ in length, or are empty.
    """
    reduce = named("reduction", reduction, REDUCTIONS)
    predictions, target = as_list(place, "prediction", prediction), plain(target)
    if not is_list(plain(predictions[0])):
        return loss(predictions, target)
    targets = as_list(place, "target", target)
    same_length(place, prediction=predictions, target=targets)
    pairs = zip(predictions, targets, strict=True)
    return reduce([loss(as_list(place, "prediction", p), plain(t)) for p, t in pairs])


def _pairs(place: str, prediction: Any, target: Any) -> Iterator[tuple[Number, Number]]:
    """Yield the numbers of two lists of the same shape side by side."""
    predictions, targets = as_list(place, "prediction", prediction), as_list(place, "target", target)
    same_length(place, prediction=predictions, target=targets)
    for p, t in zip(map(plain, predictions), map(plain, targets), strict=True):
        if is_list(p) or is_list(t):
            yield from _pairs(place, p, t)
        else:
            yield p, t
