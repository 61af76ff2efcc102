"""The checker: counterexamples, mistakes that are recognised and mistakes that are not."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_tiny import AutogradError, Value
from autograd_tiny.labs import Exercise, LabError, lab5, lab7, lab8
from autograd_tiny.labs import exercise as exercise_module
from autograd_tiny.labs.calls import Call, copied, difference, name_of_argument
from autograd_tiny.labs.exercise import prediction
from autograd_tiny.labs.hints import Hints, hint
from autograd_tiny.labs.kinds import ANYTHING, NUMBERS, returned
from autograd_tiny.labs.time_limit import LINES, Clock

DOUBLE = Exercise(
    "double",
    lambda x: 2.0 * x,
    samples=[(3.0,), (-1.0,), (0.5,)],
    mistakes={
        "that is the square": lambda x: x * x,
        "the sign is wrong": lambda x: -2.0 * x,
        "that is the root": math.sqrt,
    },
    hint="How much is it once more?",
)


def message(exercise: Exercise, attempt: Callable[..., Any], **options: Any) -> str:
    with pytest.raises(LabError) as raised:
        exercise(attempt, **options)
    return str(raised.value)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda x: x + x,
        lambda x: np.float64(2.0 * x),
        lambda x: np.array(2.0 * x),
        lambda x: 2.0 * x * (1.0 + 1e-9),
    ],
)
def test_right_answer_of_any_number_type_passes(attempt: Callable[[float], Any]) -> None:
    DOUBLE(attempt)


def test_mistake_has_counterexample() -> None:
    assert message(DOUBLE, lambda x: x**2) == "double(3) gives 9, it should be 6."
    assert DOUBLE.recognise(lambda x: x**2, DOUBLE.samples) == "that is the square"


def test_value_in_place_of_number_is_refused() -> None:
    assert message(DOUBLE, lambda x: Value(x) * 2.0) == "double(3) gives Value(6), it should be a number."


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

    assert DOUBLE.recognise(attempt, DOUBLE.samples) == "that is the root"


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
    both = Exercise("both", lambda x: {"x": x, "y": 2.0 * x}, samples=[(1.0,)], mistakes={}, hint="", kind=ANYTHING)
    assert message(both, lambda x: {"x": x, "y": x}) == "both(1) gives {y: 1}, it should be {y: 2}."
    assert message(both, lambda x: {"x": x}) == "both(1) gives {x: 1}, it should be {x: 1, y: 2}."


def test_attempt_cannot_change_other_samples() -> None:
    def attempt(xs: list[float]) -> list[float]:
        xs.sort()
        return xs

    exercise = Exercise("f", sorted, samples=[([2.0, 1.0],)], mistakes={}, hint="", kind=NUMBERS)
    said = message(exercise, attempt)
    assert said == "f([2, 1]) changes its argument xs: it was [2, 1] and is [1, 2] afterwards. Work on a copy."
    assert exercise.samples == [([2.0, 1.0],)]


def test_show_formats_the_sample() -> None:
    exercise = Exercise("f", abs, samples=[(-1.0,)], mistakes={}, hint="", show=lambda x: f"f at {x}")
    assert message(exercise, lambda x: x) == "f at -1.0 gives -1, it should be 1."


def test_function_argument_is_shown_by_name() -> None:
    exercise = Exercise("apply", lambda f, x: f(x), samples=[(abs, -1.0)], mistakes={}, hint="")
    assert message(exercise, lambda f, x: x) == "apply(abs, -1) gives -1, it should be 1."


GUESS = prediction("guess", lambda: 6.0, mistakes={"9 is the square": 9.0}, hint="Twice 3.")


def test_prediction_may_be_rounded(capsys: pytest.CaptureFixture[str]) -> None:
    GUESS(lambda: 6.05)
    assert capsys.readouterr().out == "✓ guess is right.\n"


def test_wrong_prediction_keeps_the_answer_secret() -> None:
    assert message(GUESS, lambda: 9) == "guess: 9 is not what happens; run the cell below and compare."
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


def test_state_kept_between_calls_is_refused() -> None:
    calls: list[float] = []

    def attempt(x: float) -> float:
        calls.append(x)
        return 2.0 * x + (len(calls) > 1)

    assert message(DOUBLE, attempt) == ("double(3), called again with the same arguments, gives 7, it should be 6.")


def test_digits_that_differ_are_shown() -> None:
    assert message(DOUBLE, lambda x: 2.0 * x * (1.0 + 3e-6)) == "double(3) gives 6.00002, it should be 6."


def test_printing_in_place_of_returning_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def attempt(x: float) -> None:
        print(2.0 * x)

    said = message(DOUBLE, attempt)
    assert said == "double(3) prints '6.0' and returns None: write return in place of print."
    assert capsys.readouterr().out == ""


def test_unwritten_function_that_is_called_is_named() -> None:
    def helper(x: float) -> float:
        raise NotImplementedError

    said = message(DOUBLE, lambda x: helper(x) + 1.0)
    assert said == "double needs helper, which is not written yet: write that first."


def half(x: float) -> float:
    return x


def quarter(x: float) -> float:
    return half(half(x))


HALF = Exercise("half", lambda x: 0.5 * x, samples=[(2.0,), (3.0,)], mistakes={}, hint="")


def test_function_that_is_called_has_to_be_right_first() -> None:
    exercise = Exercise("quarter", lambda x: 0.25 * x, samples=[(4.0,)], mistakes={}, hint="", needs=(HALF,))
    said = message(exercise, quarter)
    assert said == "quarter calls half, which is to be mended first: half(2) gives 2, it should be 1."
    assert message(exercise, abs) == "quarter(4) gives 4, it should be 1."
    assert HALF.called_by(int) is int


def test_result_that_cannot_be_read_is_not_blamed() -> None:
    exercise = Exercise(
        "f", abs, samples=[(1.0,)], mistakes={}, hint="", kind=ANYTHING, seen=lambda found, x: found + 1.0
    )
    said = message(exercise, lambda x: "text")
    assert said.startswith("f(1) gives 'text', which the check cannot read (TypeError(")


def test_power_with_caret_is_explained() -> None:
    assert DOUBLE.recognise(lambda x: x ^ 2, DOUBLE.samples) == (  # type: ignore[operator] # the slip
        "a power is written ** in Python; ^ is an operation on bits"
    )


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda x: -6.0 * x, "every number is -3 times what it should be"),
        (lambda x: 2.0 * x + 5.0, "every number is too large by 5"),
        (lambda x: 2.0 * x - 0.5, "every number is too small by 0.5"),
        (lambda x: x**3, None),
        (lambda x: 0.0, None),
    ],
)
def test_slip_is_a_fact_about_all_answers(attempt: Callable[[float], float], words: str | None) -> None:
    assert DOUBLE.recognise(attempt, DOUBLE.samples) == words


def test_slips_of_lists_and_signs_are_recognised() -> None:
    ends = Exercise("ends", lambda x: [x, 2.0 * x], samples=[(1.0,), (3.0,)], mistakes={}, hint="", kind=NUMBERS)
    assert ends.recognise(lambda x: [2.0 * x, x], ends.samples) == "the elements are in reversed order"
    assert ends.recognise(lambda x: [x], ends.samples) == "the last element is missing"
    assert ends.recognise(lambda x: [-x, -2.0 * x], ends.samples) == "the sign is the wrong way round, everywhere"


def test_endless_loop_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def attempt(x: float) -> float:
        while True:
            x += 1.0

    monkeypatch.setattr(exercise_module, "SECONDS", 0.02)
    assert message(DOUBLE, attempt) == "double(3) does not end: it was still running after 0.02 seconds."


def test_replaced_elements_of_an_argument_are_reported() -> None:
    def attempt(xs: list[Value]) -> float:
        xs[0] = Value(xs[0].data)
        return 1.0

    exercise = Exercise(
        "f", lambda xs: 1.0, samples=[()], mistakes={}, hint="", moved=(0,), calls=lambda: [Call(([Value(1.0)],))]
    )
    assert "changes its argument xs: it has other numbers or other elements afterwards" in message(exercise, attempt)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({Value(1.0, label="a"): 2.0, "b": Value(3.0)}, "a dict {a: 2, b: Value(3)}"),
        ({Value(1.0): 2.0}, "a dict {Value(1): 2}"),
        ((n for n in ()), "a generator"),
        ({1}, "{1}"),
        (None, "None"),
    ],
)
def test_result_is_shown_with_its_type(result: object, words: str) -> None:
    assert returned(result) == words


def test_help_comes_in_stages(capsys: pytest.CaptureFixture[str]) -> None:
    message(DOUBLE, lambda x: x * x)
    for stage in ("1 of 2 for double: How much is it once more?", *["2 of 2 for double: that is the square."] * 2):
        hint()
        assert capsys.readouterr().out == f"Hint {stage}\n"
    message(DOUBLE, lambda x: x**3)
    hint()
    hint()
    assert "makes none of the mistakes that are known here" in capsys.readouterr().out
    DOUBLE(lambda x: x + x)
    capsys.readouterr()
    hint()
    assert capsys.readouterr().out.startswith("There is nothing to help with")


def test_layer_without_outputs_is_a_counterexample() -> None:
    said = message(lab5.layer, lambda weights, biases, x: [])
    assert "gives {outputs: []" in said


@pytest.mark.parametrize(
    ("inputs", "partials", "flaw"),
    [
        ((1.0, 2.0), (1.0, 1.0), "flaw: inputs [1, 2], not Values"),
        ((), ("1",), "flaw: partials ['1'], not numbers"),
        ((), (1.0,), "flaw: 0 inputs and 1 partials"),
    ],
)
def test_flaw_of_a_node_is_reported(inputs: tuple[Any, ...], partials: tuple[Any, ...], flaw: str) -> None:
    class Node:
        def __init__(self, data: float) -> None:
            self.data, self.grad = data, 0.0
            self.inputs: tuple[Any, ...] = ()
            self.partials: tuple[Any, ...] = ()

        def __mul__(self, other: Node) -> Node:
            node = Node(self.data * other.data)
            node.inputs, node.partials = inputs, partials
            return node

    assert flaw in message(lab8.arithmetic, Node)


def test_clock_lets_a_short_call_end() -> None:
    clock = Clock(100.0)
    for _ in range(LINES):
        clock.line(sys._getframe(), "line", None)
    assert clock.lines == 0


def test_argument_of_a_builtin_has_its_number() -> None:
    assert name_of_argument(max, 0) == "number 1"
    assert name_of_argument(6, 0) == "number 1"  # type: ignore[arg-type] # what is not callable


def test_what_may_move_is_not_compared() -> None:
    value = Value(1.0)
    before = copied([value], is_fixed=False)
    value.data = 2.0
    assert copied([value], is_fixed=False) == before
    assert difference("1", "2") == "was 1 and is 2 afterwards"


def test_same_numbers_in_other_lists_are_no_slip() -> None:
    assert lab7.batches.recognise(lambda examples, size: [examples[:1], examples[1:]], lab7.batches.samples) is None


def test_counting_from_one_is_not_taken_for_another_mistake() -> None:
    def attempt(scores: list[list[float]], targets: list[int]) -> float:
        return sum(row.index(max(row)) + 1 == t for row, t in zip(scores, targets, strict=True)) / len(targets)

    assert lab7.accuracy.recognise(attempt, lab7.accuracy.samples) is None


def test_help_goes_on_where_a_check_fails_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    hints = Hints()
    for problem in ("gives 1", "gives 1", "gives 2"):
        hints.remember("step", problem, "look at the sign", "the sign is wrong")
        hints()
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "Hint 1 of 2 for step",
        "Hint 2 of 2 for step",
        "Hint 1 of 2 for step",
    ]
