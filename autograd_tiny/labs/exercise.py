"""Check what a student wrote against the engine and against classic mistakes.

A mistake is recognised by running it: if the attempt gives the same answers as a wrong version at every sample, the
check prints its sentence. The source of the attempt is not read, and one sample that differs rules a mistake out.

>>> double = Exercise(
...     "double",
...     lambda x: 2.0 * x,
...     samples=[(3.0,), (-1.0,), (0.5,)],
...     mistakes={"that is the square of the number": lambda x: x * x},
... )
>>> double(lambda x: x + x)
✓ double is right, at 3 points.
>>> double(lambda x: x**2)
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: double(3) gives 9, it should be 6: that is the square of the number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from textwrap import wrap
from typing import Any, Final

from autograd_tiny.errors import AutogradError
from autograd_tiny.labs.comparison import RELATIVE, Failure, agree, in_words, plain

Sample = tuple[Any, ...]
Mistake = Callable[..., Any] | tuple[Callable[..., Any], ...]
"""A wrong version of a function, or several that make the same mistake with other numbers."""

PREDICTION_TOLERANCE: Final = 1e-2
"""The relative tolerance of a prediction, which is made by mental arithmetic."""


class LabError(AutogradError, AssertionError):
    """An exercise is not solved; the message says why in one sentence.

    Attributes:
        exercise: its name.
        mistake: the sentence of the mistake that was recognised, or None.
    """

    def __init__(self, exercise: str, problem: str, *, mistake: str | None = None) -> None:
        self.exercise = exercise
        self.mistake = mistake
        super().__init__(problem)

    def _render_traceback_(self) -> list[str]:
        """Return the message for a notebook, in lines of 80 characters, without a traceback."""
        return wrap(f"✗ {self}", 80, break_long_words=False, break_on_hyphens=False)


def call(attempt: Callable[..., Any], *sample: Any) -> Any:
    """Return the answer of an attempt to a sample; the default `run` of an exercise."""
    return attempt(*sample)


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: the right answer, samples, and classic mistakes.

    Attributes:
        name: of the function that the student writes.
        answer: the same function by the engine.
        samples: the arguments of each call, plain numbers and lists; `run` makes Values of them where needed.
        mistakes: for each sentence, which follows "..., it should be 6:", a wrong version of the function; a tuple
            where the same mistake is made with different numbers.
        run: takes a function and a sample, and returns the answer to compare.
        show: returns a sample as text; by default the call.
        tolerance: the relative tolerance of numbers.
    """

    name: str
    answer: Callable[..., Any]
    samples: Sequence[Sample]
    mistakes: Mapping[str, Mistake]
    run: Callable[..., Any] = call
    show: Callable[..., str] | None = None
    tolerance: float = RELATIVE

    def __call__(self, attempt: Callable[..., Any], *, at: Sequence[Sample] = ()) -> None:
        """Print that the attempt is right, or raise.

        Args:
            attempt: what the student wrote.
            at: more samples, such as the hidden ones of an autograder.

        Raises:
            LabError: it is wrong, or not written yet.
        """
        for sample in (*self.samples, *at):
            answer, expected = self.outcome(attempt, sample), self.outcome(self.answer, sample)
            if not self.agree(answer, expected):
                mistake = self.recognise(attempt)
                raise LabError(self.name, self._problem(sample, answer, expected, mistake), mistake=mistake)
        tries = len(self.samples) + len(at)
        print(f"✓ {self.name} is right{f', at {tries} points' if tries > 1 else ''}.")

    def agree(self, answer: Any, expected: Any) -> bool:
        """Return whether two answers are equal within the tolerance."""
        return agree(answer, expected, tolerance=self.tolerance)

    def outcome(self, attempt: Callable[..., Any], sample: Sample) -> Any:
        """Return the answer of an attempt to a sample, a `Failure` if it raises."""
        try:
            return plain(self.run(attempt, *deepcopy(sample)))  # an attempt may change its arguments
        except Exception as error:  # noqa: BLE001 - a student's program may raise anything
            return Failure(type(error).__name__, str(error))

    def recognise(self, attempt: Callable[..., Any]) -> str | None:
        """Return the sentence of the mistake that has the same answers as the attempt, or None."""
        answers = [self.outcome(attempt, sample) for sample in self.samples]
        for sentence in self.mistakes:
            for wrong in self.versions(sentence):
                outcomes = (self.outcome(wrong, sample) for sample in self.samples)
                if all(map(self.agree, answers, outcomes)):
                    return sentence
        return None

    def versions(self, sentence: str) -> tuple[Callable[..., Any], ...]:
        """Return the wrong versions of a sentence."""
        wrong = self.mistakes[sentence]
        return wrong if isinstance(wrong, tuple) else (wrong,)

    def _problem(self, sample: Sample, answer: Any, expected: Any, mistake: str | None) -> str:
        """Return the counterexample and, if it is known, the mistake in one sentence."""
        if isinstance(answer, Failure) and answer.kind == "NotImplementedError":
            return f"{self.name} is not written yet: put your code where it says raise NotImplementedError()."
        if not sample and not isinstance(answer, Failure):  # a prediction, whose answer stays secret
            hint = mistake or f"{in_words(answer)} is not what happens; run the cell below and compare"
            return as_sentence(f"{self.name}: {hint}")
        tried = self.show(*sample) if self.show else f"{self.name}({', '.join(map(in_words, sample))})"
        if isinstance(answer, dict) and isinstance(expected, dict) and answer.keys() == expected.keys():
            wrong = [key for key in answer if not self.agree(answer[key], expected[key])]
            answer, expected = ({key: side[key] for key in wrong} for side in (answer, expected))
        verb = "raises" if isinstance(answer, Failure) else "gives"
        counterexample = f"{tried} {verb} {in_words(answer)}, it should be {in_words(expected)}"
        hint = mistake or ("does your function end with return?" if answer is None else "")
        return as_sentence(f"{counterexample}: {hint}" if hint else counterexample)


def as_sentence(text: str) -> str:
    """Return a text with a full stop, unless it is a question.

    >>> as_sentence("the sign is wrong"), as_sentence("does it return?")
    ('the sign is wrong.', 'does it return?')
    """
    return text if text.endswith("?") else f"{text}."


def prediction(name: str, answer: Callable[[], float], *, mistakes: Mapping[str, float]) -> Exercise:
    """Return the exercise of a function that returns one number, which the student predicts.

    Args:
        name: of the function.
        answer: computes the number.
        mistakes: wrong numbers, by the sentence that explains each.

    >>> guess = prediction("guess", lambda: 6.0, mistakes={"9 is the square of 3, not its double": 9.0})
    >>> guess(lambda: 9.0)
    Traceback (most recent call last):
    autograd_tiny.labs.exercise.LabError: guess: 9 is the square of 3, not its double.
    """
    wrong = {sentence: partial(float, number) for sentence, number in mistakes.items()}
    return Exercise(name, answer, samples=[()], mistakes=wrong, tolerance=PREDICTION_TOLERANCE)
