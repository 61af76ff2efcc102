"""The exercises one by one: whom they let through, and that no mistake is taken for another."""

from __future__ import annotations

import importlib
from itertools import combinations

import pytest

from autograd_tiny.labs import Exercise, LabError

MODULES = [importlib.import_module(f"autograd_tiny.labs.lab{number}") for number in range(1, 9)]
EXERCISES = {
    f"{module.__name__.rpartition('.')[2]} {name}": exercise
    for module in MODULES
    for name, exercise in vars(module).items()
    if isinstance(exercise, Exercise)
}
MISTAKES = [(name, sentence) for name, exercise in EXERCISES.items() for sentence in exercise.mistakes]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_engines_answer_is_let_through(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    exercise = EXERCISES[name]
    exercise(exercise.answer)
    assert capsys.readouterr().out.startswith(f"✓ {exercise.name} is right")


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_is_called_as_the_function_that_is_to_be_written(name: str) -> None:
    assert EXERCISES[name].name == name.split()[1]


@pytest.mark.parametrize(("name", "sentence"), MISTAKES)
def test_a_mistake_is_named_in_one_sentence(name: str, sentence: str) -> None:
    exercise = EXERCISES[name]
    for wrong in exercise.versions(sentence):
        with pytest.raises(LabError) as raised:
            exercise(wrong)
        assert raised.value.mistake == sentence
        message = str(raised.value)
        assert message.removesuffix(".").endswith(sentence)
        assert "\n" not in message
        assert len(message) < 420


@pytest.mark.parametrize("name", ["lab1 slope", "lab3 order", "lab3 gradients", "lab5 layer", "lab7 batches"])
def test_a_function_that_returns_nothing_is_asked_for_its_return(name: str) -> None:
    with pytest.raises(LabError, match=r"gives None, .*: does your function end with return\?$"):
        EXERCISES[name](lambda *arguments: None)


def test_an_operator_that_returns_nothing_is_asked_for_its_return() -> None:
    class Value:
        def __init__(self, data: float) -> None:
            self.data = data

        def __mul__(self, other: object) -> None: ...

    with pytest.raises(LabError, match=r"gives None, .*: does your function end with return\?$"):
        EXERCISES["lab8 arithmetic"](Value)


@pytest.mark.parametrize("name", EXERCISES)
def test_no_mistake_answers_as_another_does_at_every_sample(name: str) -> None:
    exercise = EXERCISES[name]
    answers = [
        (sentence, [exercise.outcome(wrong, sample) for sample in exercise.samples])
        for sentence in exercise.mistakes
        for wrong in exercise.versions(sentence)
    ]
    for (one, left), (other, right) in combinations(answers, 2):
        assert one == other or not all(map(exercise.agree, left, right)), f"{one} / {other}"


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_knows_three_mistakes_and_tries_three_samples(name: str) -> None:
    exercise = EXERCISES[name]
    assert len(exercise.mistakes) >= 3
    assert len(exercise.samples) >= 3 or exercise.samples == [()]
