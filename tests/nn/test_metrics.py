"""Accuracy, confusion matrix, R²."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import LengthError, Value
from nn import ArgumentError, ArgumentTypeError
from nn.metrics import accuracy, confusion_matrix, predicted_class, r2_score

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        ([0.1, 0.9], 1),
        ((0.9, 0.1), 0),
        (np.array([0.0, 0.5, 0.2]), 1),
        ([1.0, 1.0], 0),
        (2, 2),
        ("cat", "cat"),
        (np.int64(3), 3),
    ],
)
def test_predicted_class(prediction: Any, expected: Any) -> None:
    assert predicted_class(prediction) == expected


def test_scores_may_be_values() -> None:
    assert predicted_class([Value(0.1), Value(0.2)]) == 1


def test_single_score_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="apply a threshold first, as in `1 if score > 0 else -1`"):
        predicted_class(Value(0.3))


def test_no_scores_are_refused() -> None:
    with pytest.raises(LengthError, match="predicted_class got prediction of length 0"):
        predicted_class([])


def test_accuracy() -> None:
    assert accuracy([0, 1, 1, 1], [0, 1, 0, 1]) == 0.75
    assert accuracy([[0.9, 0.1], [0.2, 0.8]], np.array([0, 0])) == 0.5
    assert accuracy(["a", "b"], ["a", "b"]) == 1.0


def test_targets_may_be_probabilities() -> None:
    predictions, targets = [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]], [[1, 0], [0, 1], [0, 1]]
    assert accuracy(predictions, targets) == accuracy(predictions, [0, 1, 1]) == 2 / 3
    assert confusion_matrix(predictions, targets) == confusion_matrix(predictions, [0, 1, 1]) == [[1, 0], [1, 1]]


@given(pairs=labels)
def test_diagonal_of_confusion_matrix_is_accuracy(pairs: list[tuple[int, int]]) -> None:
    predictions, targets = zip(*pairs, strict=True)
    matrix = confusion_matrix(predictions, targets, classes=[0, 1, 2, 3])
    assert sum(map(sum, matrix)) == len(pairs)
    assert sum(matrix[i][i] for i in range(4)) / len(pairs) == accuracy(predictions, targets)
    assert [sum(row) for row in matrix] == [targets.count(label) for label in range(4)]
    assert [sum(column) for column in zip(*matrix, strict=True)] == [predictions.count(label) for label in range(4)]


def test_rows_are_true_and_columns_predicted() -> None:
    assert confusion_matrix(["dog"], ["cat"]) == [[0, 1], [0, 0]]


def test_order_of_classes() -> None:
    assert confusion_matrix(["dog"], ["cat"], classes=["dog", "cat"]) == [[0, 0], [1, 0]]


def test_missing_class_is_refused() -> None:
    with pytest.raises(
        ArgumentError, match=r"confusion_matrix got classes=.*; it takes all classes that occur, such as 'cat'"
    ):
        confusion_matrix(["dog"], ["cat"], classes=["dog"])


def test_unsortable_classes_need_an_order() -> None:
    with pytest.raises(
        ArgumentError, match=r"confusion_matrix got classes=None; it takes a list .* cannot be sorted"
    ):
        confusion_matrix(["a", 1], ["a", 1])
    assert confusion_matrix(["a", 1], ["a", "a"], classes=["a", 1]) == [[1, 1], [0, 0]]


def test_r2_of_perfect_mean_and_worse() -> None:
    assert r2_score([1.0, 2.0, 3.0], [1, 2, 3]) == 1.0
    assert r2_score([2.0, 2.0, 2.0], [1, 2, 3]) == 0.0
    assert r2_score([3.0, 2.0, 1.0], [1, 2, 3]) == -3.0
    assert r2_score([Value(1.0), Value(2.0), Value(4.0)], np.array([1.0, 2.0, 3.0])) == 0.5


@pytest.mark.parametrize("unit", [1e308, 1e200, 1.0, 1e-200, 1e-300])
def test_r2_is_independent_of_unit(unit: float) -> None:
    predictions, targets = [0.1 * unit, 1.6 * unit, 0.9 * unit], [0.0, 1.5 * unit, 0.75 * unit]
    assert r2_score(targets, targets) == 1.0
    assert r2_score(predictions, targets) == pytest.approx(1.0 - 0.0425 / 1.125)


def test_r2_of_huge_predictions_is_minus_infinity() -> None:
    assert r2_score([1e300, 1.0], [1.0, 2.0]) == -math.inf


def test_r2_of_equal_targets_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"r2_score got targets=.*; it takes at least two different ones"):
        r2_score([1.0, 2.0], [5.0, 5.0])


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, r2_score])
def test_different_lengths_are_refused(metric: Any) -> None:
    with pytest.raises(LengthError, match=f"{metric.__name__} got predictions of length 2 and targets of length 3"):
        metric([1, 2], [1, 2, 3])


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, r2_score])
def test_no_examples_are_refused(metric: Any) -> None:
    with pytest.raises(LengthError, match=f"{metric.__name__} got predictions of length 0"):
        metric([], [])


def test_error_names_the_argument_that_was_given() -> None:
    with pytest.raises(
        ArgumentTypeError, match=r"^accuracy got predictions\[1\] of type 'Value'; it takes a class or"
    ):
        accuracy([1, Value(0.3)], [1, 0])
    with pytest.raises(ArgumentTypeError, match=r"^confusion_matrix got targets\[0\] of type 'str'"):
        confusion_matrix([1], [[0.5, "a"]])
    with pytest.raises(LengthError, match=r"^accuracy got predictions\[0\] of length 0"):
        accuracy([[]], [1])
