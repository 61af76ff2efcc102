"""Answers side by side: which are the same, and how they are shown."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.labs.comparison import Failure, agree, contrast, in_words, plain


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0.1 + 0.2, 0.3),
        (1, 1.0),
        (True, 1.0),
        (1e-12, 0.0),
        (1e20, 1e20 * (1.0 + 1e-9)),
        (math.nan, math.nan),
        (math.inf, math.inf),
        (Value(2.0), 2.0),
        ((1, 2), [1.0, 2.0]),
        (np.array([[1.0], [2.0]]), [[1.0], [2.0]]),
        ({"a": (1,)}, {"a": [1.0]}),
        ("a", "a"),
        (None, None),
        (Failure("ValueError", "x"), Failure("ValueError", "y")),
    ],
)
def test_equal_in_another_form_agrees(answer: Any, expected: Any) -> None:
    assert agree(answer, expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0.30001, 0.3),
        (1e-6, 0.0),
        (math.nan, 0.0),
        (math.inf, -math.inf),
        ([1.0], 1.0),
        ([1.0], [1.0, 2.0]),
        ([1.0, 3.0], [1.0, 2.0]),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": 1.0}, {"a": 2.0}),
        ("1.0", 1.0),
        (None, 0.0),
        (Failure("ValueError", ""), Failure("TypeError", "")),
        (Failure("ValueError", ""), math.inf),
    ],
)
def test_different_answers_disagree(answer: Any, expected: Any) -> None:
    assert not agree(answer, expected)
    assert not agree(expected, answer)


def test_tolerance_is_an_option() -> None:
    assert agree(1.39, math.log(4.0), tolerance=1e-2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (2.0 / 3.0, "0.666667"),
        (-0.0, "0"),
        ([1, [2.5]], "[1, [2.5]]"),
        ({"a": 1.0}, "{a: 1}"),
        (None, "None"),
        ("text", "'text'"),
        (["text"], "[text]"),
        (math.sin, "sin"),
        (Failure("ValueError", "no"), "ValueError: no"),
        (Failure("ValueError", ""), "ValueError"),
    ],
)
def test_answer_as_text(answer: Any, words: str) -> None:
    assert in_words(answer) == words


def test_long_answer_is_cut() -> None:
    assert len(in_words(list(range(1000)))) == 100


def test_unknown_type_is_unchanged() -> None:
    stranger = object()
    assert plain(stranger) is stranger


def test_different_answers_are_shown_with_the_digits_that_differ() -> None:
    assert contrast(-1.25, -1.2500004) == ("-1.25", "-1.2500004")
    assert contrast(1.0, 1.0) == ("1", "1")
