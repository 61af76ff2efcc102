"""The checker: counterexamples, mistakes that are recognised and mistakes that are not."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_tiny import AutogradError, Value
from autograd_tiny.labs import Exercise, LabError
from autograd_tiny.labs.exercise import prediction

DOUBLE = Exercise(
    "double",
    lambda x: 2.0 * x,
    samples=[(3.0,), (-1.0,), (0.5,)],
    mistakes={
        "that is the square": lambda x: x * x,
        "the sign is wrong": lambda x: -2.0 * x,
        "that is the root": math.sqrt,
    },
)


def message(exercise: Exercise, attempt: Callable[..., Any], **options: Any) -> str:
    with pytest.raises(LabError) as raised:
        exercise(attempt, **options)
    return str(raised.value)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda x: x + x,
        lambda x: Value(x) * 2.0,
        lambda x: np.float64(2.0 * x),
        lambda x: np.array(2.0 * x),
        lambda x: 2.0 * x * (1.0 + 1e-9),
    ],
)
def test_right_answer_of_any_number_type_passes(attempt: Callable[[float], Any]) -> None:
    DOUBLE(attempt)


def test_mistake_has_counterexample() -> None:
    assert message(DOUBLE, lambda x: x**2) == "double(3) gives 9, it should be 6: that is the square."


def test_one_different_sample_rules_out_mistake() -> None:
    assert message(DOUBLE, lambda x: x * x if x > 0.6 else 0.0) == "double(3) gives 9, it should be 6."


def test_exception_is_a_counterexample() -> None:
    def attempt(x: float) -> float:
        raise ValueError("too odd")

    assert message(DOUBLE, attempt) == "double(3) raises ValueError: too odd, it should be 6."


def test_exception_without_message_shows_its_type() -> None:
    def attempt(x: float) -> float:
        raise KeyError

    assert message(DOUBLE, attempt) == "double(3) raises KeyError, it should be 6."


def test_raising_mistake_is_recognised_by_type() -> None:
    def attempt(x: float) -> float:
        if x < 0.0:
            raise ValueError("in words of its own")
        return x**0.5

    assert DOUBLE.recognise(attempt) == "that is the root"


def test_unwritten_answer_is_told_where_to_begin() -> None:
    def attempt(x: float) -> float:
        raise NotImplementedError

    assert message(DOUBLE, attempt) == (
        "double is not written yet: put your code where it says raise NotImplementedError()."
    )


def test_missing_return_is_suggested() -> None:
    said = message(DOUBLE, lambda x: None)
    assert said == "double(3) gives None, it should be 6: does your function end with return?"


def test_non_function_is_reported() -> None:
    assert "TypeError: 'int' object is not callable" in message(DOUBLE, 6)


def test_hidden_samples_are_tried() -> None:
    table = {3.0: 6.0, -1.0: -2.0, 0.5: 1.0}
    DOUBLE(lambda x: table[x])
    said = message(DOUBLE, lambda x: table.get(x, 0.0), at=[(7.0,)])
    assert said == "double(7) gives 0, it should be 14."


def test_number_of_points_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    DOUBLE(lambda x: x + x, at=[(7.0,)])
    assert capsys.readouterr().out == "✓ double is right, at 4 points.\n"


def test_only_wrong_named_answers_are_shown() -> None:
    both = Exercise("both", lambda x: {"x": x, "y": 2.0 * x}, samples=[(1.0,)], mistakes={})
    assert message(both, lambda x: {"x": x, "y": x}) == "both(1) gives {y: 1}, it should be {y: 2}."
    assert message(both, lambda x: {"x": x}) == "both(1) gives {x: 1}, it should be {x: 1, y: 2}."


def test_attempt_cannot_change_other_samples() -> None:
    def attempt(xs: list[float]) -> list[float]:
        xs.sort()
        return xs

    exercise = Exercise("f", sorted, samples=[([2.0, 1.0],)], mistakes={})
    exercise(attempt)
    assert exercise.samples == [([2.0, 1.0],)]


def test_show_formats_the_sample() -> None:
    exercise = Exercise("f", abs, samples=[(-1.0,)], mistakes={}, show=lambda x: f"f at {x}")
    assert message(exercise, lambda x: x) == "f at -1.0 gives -1, it should be 1."


def test_function_argument_is_shown_by_name() -> None:
    exercise = Exercise("apply", lambda f, x: f(x), samples=[(abs, -1.0)], mistakes={})
    assert message(exercise, lambda f, x: x) == "apply(abs, -1) gives -1, it should be 1."


GUESS = prediction("guess", lambda: 6.0, mistakes={"9 is the square": 9.0})


def test_prediction_may_be_rounded(capsys: pytest.CaptureFixture[str]) -> None:
    GUESS(lambda: 6.05)
    assert capsys.readouterr().out == "✓ guess is right.\n"


def test_wrong_prediction_keeps_the_answer_secret() -> None:
    assert message(GUESS, lambda: 9) == "guess: 9 is the square."
    assert message(GUESS, lambda: 7) == "guess: 7 is not what happens; run the cell below and compare."


def test_raising_prediction_is_shown() -> None:
    assert message(GUESS, lambda: 1 / 0).startswith("guess() raises ZeroDivisionError")


def test_lab_error_is_an_assertion_error() -> None:
    error = LabError("double", "wrong", mistake="sign")
    assert isinstance(error, AutogradError)
    assert isinstance(error, AssertionError)
    assert (error.exercise, error.mistake) == ("double", "sign")
    assert str(copy.copy(error)) == "wrong"


def test_notebook_shows_message_without_traceback() -> None:
    assert LabError("double", "wrong")._render_traceback_() == ["✗ wrong"]
    assert list(map(len, LabError("double", "word " * 30)._render_traceback_())) == [76, 74]
