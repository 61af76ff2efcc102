"""Each exercise: right answers pass, and no mistake is taken for another."""

from __future__ import annotations

import importlib
from itertools import combinations

import pytest

from autograd_tiny.labs import Exercise, LabError
from autograd_tiny.labs.hints import hint

MODULES = [importlib.import_module(f"autograd_tiny.labs.lab{number}") for number in range(1, 9)]
EXERCISES = {
    f"{module.__name__.rpartition('.')[2]} {name}": exercise
    for module in MODULES
    for name, exercise in vars(module).items()
    if isinstance(exercise, Exercise)
}
MISTAKES = [(name, sentence) for name, exercise in EXERCISES.items() for sentence in exercise.mistakes]


@pytest.mark.parametrize("name", EXERCISES)
def test_answer_of_engine_passes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    exercise = EXERCISES[name]
    exercise(exercise.answer)
    assert capsys.readouterr().out.startswith(f"✓ {exercise.name} is right")


@pytest.mark.parametrize("name", EXERCISES)
def test_exercise_has_name_of_function(name: str) -> None:
    assert EXERCISES[name].name == name.split()[1]


@pytest.mark.parametrize(("name", "sentence"), MISTAKES)
def test_mistake_is_the_last_hint(name: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    exercise = EXERCISES[name]
    for wrong in exercise.versions(sentence):
        hint.forget()
        with pytest.raises(LabError) as raised:
            exercise(wrong)
        assert raised.value.mistake == sentence
        message = str(raised.value)
        assert sentence not in message
        assert "\n" not in message
        assert len(message) < 420
        capsys.readouterr()
        hint()
        assert sentence not in capsys.readouterr().out
        hint()
        told = " ".join(capsys.readouterr().out.split())
        assert told.removesuffix(".").endswith(sentence)


@pytest.mark.parametrize("name", ["lab1 slope", "lab3 order", "lab3 gradients", "lab5 layer", "lab7 batches"])
def test_function_without_return_is_reported(name: str) -> None:
    with pytest.raises(LabError, match=r"gives None, .*: does your function end with return\?$"):
        EXERCISES[name](lambda *arguments: None)


def test_operator_without_return_is_reported() -> None:
    class Value:
        def __init__(self, data: float) -> None:
            self.data = data

        def __mul__(self, other: object) -> None: ...

    with pytest.raises(LabError, match=r"gives None, .*: does your function end with return\?$"):
        EXERCISES["lab8 arithmetic"](Value)


@pytest.mark.parametrize("name", EXERCISES)
def test_mistakes_are_distinguishable(name: str) -> None:
    exercise = EXERCISES[name]
    answers = [
        (sentence, [exercise.outcome(wrong, sample) for sample in exercise.samples])
        for sentence in exercise.mistakes
        for wrong in exercise.versions(sentence)
    ]
    for (one, left), (other, right) in combinations(answers, 2):
        assert one == other or not all(map(exercise.agree, left, right)), f"{one} / {other}"


@pytest.mark.parametrize("name", EXERCISES)
def test_exercises_have_three_mistakes_and_samples(name: str) -> None:
    exercise = EXERCISES[name]
    assert len(exercise.mistakes) >= 3
    assert len(exercise.samples) >= 3 or exercise.samples == [()]
