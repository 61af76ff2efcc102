"""Metrics of predictions: accuracy, confusion matrix, R².

>>> accuracy([[0.1, 2.0], [3.0, 0.2]], [1, 1])
0.5
>>> confusion_matrix(["cat", "dog", "dog"], ["cat", "cat", "dog"])
[[1, 1], [0, 1]]

A prediction, and a target, is a class or a list of the scores of all classes, of which the largest gives the class.
All metrics take `(predictions, targets)` in this order, as losses do.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import frexp
from typing import Any

from autograd_tiny import Value, square
from autograd_tiny.errors import require_same_length
from nn.argument_checks import is_list, nonempty_list, real_numbers, to_lists
from nn.errors import ArgumentError, ArgumentTypeError


def predicted_class(prediction: Any) -> Any:
    """Return the index of the largest of a list of scores (the first of equal ones), or the class itself.

    Args:
        prediction: a list of scores (numbers or Values), or a class (an int, a str, ...).

    Raises:
        ArgumentTypeError: the prediction is a single Value, a score without a threshold.

    >>> predicted_class([0.1, 0.7, 0.2]), predicted_class("cat")
    (1, 'cat')
    """
    return _class_of("predicted_class", "prediction", prediction)


def _class_of(place: str, argument: str, prediction: Any) -> Any:
    if isinstance(prediction, Value):
        expected = "a class or a list of scores; apply a threshold first, as in `1 if score > 0 else -1`"
        raise ArgumentTypeError(place, argument, prediction, expected)
    prediction = to_lists(prediction)
    if not is_list(prediction):
        return prediction
    scores = real_numbers(place, argument, prediction)
    return scores.index(max(scores))


def accuracy(predictions: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return the fraction of examples whose predicted class is the target.

    Args:
        predictions: a class, or the scores of all classes, for each example.
        targets: a class, or the probabilities of all classes, for each example.

    Raises:
        LengthError: they differ in length, or are empty.

    >>> accuracy([0, 1, 1, 1], [0, 1, 1, 0])
    0.75
    """
    pairs = _classes("accuracy", predictions, targets)
    return sum(bool(predicted == target) for predicted, target in pairs) / len(pairs)


def confusion_matrix(
    predictions: Sequence[Any], targets: Sequence[Any], *, classes: Sequence[Any] | None = None
) -> list[list[int]]:
    """Return how often each class (row) was predicted as each class (column).

    Args:
        predictions: a class, or the scores of all classes, for each example.
        targets: a class, or the probabilities of all classes, for each example.
        classes: the classes in the order of rows and columns; by default those that occur, sorted.

    Raises:
        LengthError: predictions and targets differ in length, or are empty.
        ArgumentError: `classes` lacks a class that occurs, or is None and the classes that occur cannot be sorted.

    >>> confusion_matrix([0, 1, 1], [0, 0, 1], classes=[0, 1, 2])
    [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    """
    pairs = _classes("confusion_matrix", predictions, targets)
    occurring = {label for pair in pairs for label in pair}
    order = _sorted(occurring) if classes is None else nonempty_list("confusion_matrix", "classes", classes)
    for label in occurring.difference(order):
        raise ArgumentError("confusion_matrix", "classes", order, f"all classes that occur, such as {label!r}")
    position = {label: index for index, label in enumerate(order)}
    matrix = [[0] * len(order) for _ in order]
    for predicted, target in pairs:
        matrix[position[target]][position[predicted]] += 1
    return matrix


def r2_score(predictions: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return R², the coefficient of determination: 1 is perfect, 0 as good as the mean of the targets.

    R² = 1 - Σ (target - prediction)² / Σ (target - mean)², as `sklearn.metrics.r2_score`.

    Args:
        predictions: a number or a Value for each example.
        targets: a number for each example.

    Raises:
        LengthError: they differ in length, or are empty.
        ArgumentError: all targets are equal, so their variance is 0.

    >>> r2_score([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    0.5
    """
    guesses = real_numbers("r2_score", "predictions", predictions)
    truths = real_numbers("r2_score", "targets", targets)
    require_same_length("r2_score", predictions=guesses, targets=truths)
    if min(truths) == max(truths):
        raise ArgumentError("r2_score", "targets", targets, "at least two different ones")
    _, exponent = frexp(max(map(abs, truths)))
    unit = 2.0 ** (exponent - 1)  # so that no square overflows or underflows; a power of 2 is exact
    guesses, truths = [guess / unit for guess in guesses], [truth / unit for truth in truths]
    mean = sum(truths) / len(truths)
    rest: float = sum(square(truth - guess) for truth, guess in zip(truths, guesses, strict=True))
    spread: float = sum(square(truth - mean) for truth in truths)
    return 1.0 - rest / spread


def _sorted(classes: set[Any]) -> list[Any]:
    try:
        return sorted(classes)
    except TypeError:
        expected = "a list of all classes, since those that occur cannot be sorted"
        raise ArgumentError("confusion_matrix", "classes", None, expected) from None


def _classes(place: str, predictions: Sequence[Any], targets: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return the predicted class and the target of each example."""
    guesses = nonempty_list(place, "predictions", predictions)
    truths = nonempty_list(place, "targets", targets)
    require_same_length(place, predictions=guesses, targets=truths)
    return [
        (_class_of(place, f"predictions[{index}]", guess), _class_of(place, f"targets[{index}]", truth))
        for index, (guess, truth) in enumerate(zip(guesses, truths, strict=True))
    ]
