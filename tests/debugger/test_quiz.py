"""The quiz: right and wrong answers, what is said about them, and the score."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.debugger.quiz import INSTRUCTIONS
from tests.debugger.sessions import graph, talk


def quiz(root: Value, *answers: str) -> list[str]:
    return talk(root, "quiz", *answers)


def test_quiz_shows_number_after_answer() -> None:
    lines = quiz(graph("a*a", a=3.0), "1", "3", "6")
    assert lines.count("  right") == 3
    assert "  a.grad, so far 3, becomes? 6" in lines
    assert lines.index("  a.grad becomes? 3") < lines.index(
        "[2/3]  a.grad          — → 3          += L.grad·a = 1·3 = 3"
    )
    assert "3 of 3 right at the first answer." in lines


def test_quiz_at_the_end_of_a_pass_says_so() -> None:
    lines = talk(graph("a*a", a=3.0), "s 3", "quiz")
    assert "The backward pass is over; rs goes back, q ends the session." in lines
    assert not any(line.startswith("Each answer") for line in lines)


@pytest.mark.parametrize("number", ["1/3", "0.333", "0.33", "3.3e-1", "+1/3", "L.grad / a"])
def test_quiz_takes_fractions_and_expressions(number: str) -> None:
    lines = quiz(graph("b/a", a=3.0, b=1.0), "1", number)
    assert lines.count("  right") == 2


@pytest.mark.parametrize(
    ("text", "before", "wrong", "said"),
    [
        ("5*(a*b)", ("1", "5"), "15", "the size is right, the sign is not"),
        ("5*(a*b)", ("1", "5"), "-3", "that is the partial alone: multiply it by the upstream, 5"),
        ("5*(a*b)", ("1", "5"), "5", "that is the upstream alone: multiply it by the partial, -3"),
        ("5*(a*b)", ("1", "5"), "2", "multiply upstream and partial instead of adding them"),
        ("5*(a*b)", ("1", "5"), "99", "no: the upstream, 5, times the partial of v1 with respect to a"),
        ("4*(a*a)", ("1", "4", "8"), "8", "that is the contribution: add it to the gradient so far, 8"),
        (
            "4*(a*a)",
            ("1", "4", "8"),
            "2",
            "that is the partial alone: multiply it by the upstream, 4, and add the gradient so far",
        ),
        ("4*(a*a)", ("1", "4", "8"), "10", "that is the partial alone: multiply it by the upstream, 4"),
        ("4*(a*a)", ("1", "4", "8"), "0", "the contribution has the wrong sign"),
        (
            "4*(a*a)",
            ("1", "4", "8"),
            "-8",
            "that is the contribution with the wrong sign: correct it and add it to the gradient so far, 8",
        ),
        (
            "4*(a*a)",
            ("1", "4", "8"),
            "99",
            "no: the gradient so far, 8, plus the upstream, 4, times the partial of v1 with respect to a",
        ),
        ("a*b", (), "7", "no"),
    ],
)
def test_quiz_recognizes_the_mistake(text: str, before: tuple[str, ...], wrong: str, said: str) -> None:
    numbers = {name: number for name, number in (("a", 2.0), ("b", -3.0)) if name in text}
    lines = quiz(graph(text, **numbers), *before, wrong)
    assert f"{said}; try again" in " ".join(line.strip() for line in lines)
    assert max(map(len, lines)) <= 80


def test_second_try_does_not_count() -> None:
    lines = quiz(graph("a*a", a=3.0), "7", "1", "8", "9", "")
    assert lines.count("  right") == 1
    assert "0 of 2 right at the first answer." in lines


def test_invalid_answer_is_asked_again() -> None:
    lines = quiz(graph("a*a", a=3.0), "one", "1", "")
    assert "'one' is neither a number nor a node; write one, as in -3" in lines
    assert "1 of 1 right at the first answer." in lines


def test_quiz_asks_values_in_forward_pass() -> None:
    lines = talk(graph(), "forward", "quiz", "-6", "5", "4", "")
    assert "  d becomes? -6" in lines
    assert "1 of 2 right at the first answer." in lines


def test_quiz_without_answers_has_no_score() -> None:
    assert quiz(graph(), "q")[-1] == "(backward)"
    assert not any("right" in line for line in quiz(graph(), "q"))


def test_quiz_ends_with_the_input() -> None:
    assert quiz(graph())[-1] == "(backward)"


def test_nan_is_an_answer() -> None:
    lines = quiz(graph("0*log(a)", a=0.0), "1", "0", "inf", "1/0 - 1/0")
    assert lines.count("  right") == 3


def test_quiz_has_commands_of_the_prompt() -> None:
    lines = quiz(graph(), "h", "l", "1", "q")
    assert " ".join(lines).count(INSTRUCTIONS.format(leaf="a", q="q", l="l", h="h")) == 2
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("▶  L = e * f") for line in lines)
    assert lines[-2:] == ["1 of 1 right at the first answer.", "(backward)"]


def test_node_comes_before_a_command_of_the_quiz() -> None:
    lines = quiz(graph("h = a*2; h*q", a=3.0, q=0.5), "1", "q", "h", "")
    assert lines.count("  right") == 3


@pytest.mark.parametrize("answer", ["0.12", "0.123", "0.1234", "1.2e-1", "+.12"])
def test_number_rounded_to_its_own_digits_is_right(answer: str) -> None:
    assert quiz(graph("a*b", a=3.0, b=0.1234), "1", answer, "q").count("  right") == 2


@pytest.mark.parametrize(("text", "number"), [("2.0", 1.96), ("20", 19.6), ("-2.0", -1.96), ("1.0", 1.04)])
def test_last_digit_may_be_a_zero(text: str, number: float) -> None:
    assert quiz(graph("a*b", a=1.0, b=number), "1", text, "q").count("  right") == 2


@pytest.mark.parametrize("text", ["2", "0.1", "1.9", "2.1", "-2.0", "1.0e999", "1.0e-999", "2e0"])
def test_number_rounded_otherwise_is_wrong(text: str) -> None:
    assert quiz(graph("a*b", a=1.0, b=1.96), "1", text, "q").count("  right") == 1


def test_mistake_is_recognized_in_a_rounded_number() -> None:
    lines = quiz(graph("a*b", a=1.0, b=1.96), "1", "-2.0", "q")
    assert "  the size is right, the sign is not; try again" in lines


def test_empty_answer_is_asked_again() -> None:
    lines = quiz(graph("a*a", a=3.0), "", "1", "  ", "3", "q")
    assert lines.count("  no answer; write a number, q ends the quiz") == 2
    assert lines[-2:] == ["2 of 2 right at the first answer.", "(backward)"]


def test_quiz_names_commands_that_no_node_is_named_like() -> None:
    lines = quiz(graph("h = q*l; h*h", q=2.0, l=3.0), "", "help", "quit")
    assert " ".join(lines).count("quit ends the quiz, list shows the graph, help this.") == 2
    assert "  no answer; write a number, quit ends the quiz" in lines
