"""Check what a student wrote against the engine and against classic mistakes.

Every exercise is checked in the same way. A sample becomes one or more calls, by default two with the same arguments.
Each call has to return a result of the right type, to leave its arguments as they were, and to agree with the engine.

A mistake is recognised by running it: if the attempt gives the same answers as a wrong version in every call of every
sample, it is that mistake. The source of the attempt is not read, and one call that differs rules a mistake out.

>>> double = Exercise(
...     "double",
...     lambda x: 2.0 * x,
...     samples=[(3.0,), (-1.0,), (0.5,)],
...     mistakes={"that is the square of the number": lambda x: x * x},
...     hint="How much is it with the number once more?",
... )
>>> double(lambda x: x + x)
✓ double is right, at 3 points.
>>> double(lambda x: x**2)
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: double(3) gives 9, it should be 6.
>>> hint()
Hint 1 of 2 for double: How much is it with the number once more?
>>> hint()
Hint 2 of 2 for double: that is the square of the number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from textwrap import wrap
from types import CodeType
from typing import Any, Final

from autograd_tiny.errors import AutogradError, shorten
from autograd_tiny.labs.calls import Altered, Call, Misfit, Session, watch
from autograd_tiny.labs.comparison import RELATIVE, Failure, agree, contrast, in_words, plain
from autograd_tiny.labs.hints import hint
from autograd_tiny.labs.kinds import NUMBER, Kind
from autograd_tiny.labs.python_errors import meaning_of
from autograd_tiny.labs.slips import common_slip
from autograd_tiny.labs.time_limit import Clock

Sample = tuple[Any, ...]
Mistake = Callable[..., Any] | tuple[Callable[..., Any], ...]
"""A wrong version of a function, or several that make the same mistake with other numbers."""

PREDICTION_TOLERANCE: Final = 1e-2
"""The relative tolerance of a prediction, which is made by mental arithmetic."""

SECONDS: Final = 10.0
"""The time that a check gives an attempt."""


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


def call_twice(*sample: Any) -> list[Call]:
    """Return two calls with the arguments of a sample."""
    return [Call(sample), Call(sample, ", called again with the same arguments,")]


def result_itself(result: Any, *arguments: Any) -> Any:
    """Return the result of a call, as that is what is compared."""
    return result


def as_it_is(attempt: Any) -> Callable[..., Any]:
    """Return the function that a student has written."""
    function: Callable[..., Any] = attempt
    return function


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: the right answer, samples, and classic mistakes.

    Attributes:
        name: of the function that the student writes.
        answer: the same function by the engine.
        samples: what `calls` makes calls of, by default the arguments.
        mistakes: for each sentence, which follows "..., it should be 6:", a wrong version of the function; a tuple
            where the same mistake is made with different numbers.
        hint: helps without the answer.
        kind: the type that a call has to return.
        calls: takes a sample, and returns the calls to make, one after the other.
        seen: takes the result of a call and its arguments, and returns what is compared.
        moved: the positions of the arguments whose Values may get other numbers; nothing else of them may change.
        use: takes what the student has written, and returns what is called.
        needs: earlier exercises whose functions this one may call.
        writes: the names of the functions to write, where they are not that of the exercise.
        show: returns a sample as text; by default the call.
        tolerance: the relative tolerance of numbers.
    """

    name: str
    answer: Callable[..., Any]
    samples: Sequence[Sample]
    mistakes: Mapping[str, Mistake]
    hint: str
    kind: Kind = NUMBER
    calls: Callable[..., list[Call]] = call_twice
    seen: Callable[..., Any] = result_itself
    moved: tuple[int, ...] = ()
    use: Callable[[Any], Callable[..., Any]] = as_it_is
    needs: tuple[Exercise, ...] = ()
    writes: tuple[str, ...] = ()
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
        samples = (*self.samples, *at)
        error = self.judge(attempt, samples)
        if error is not None:
            hint.remember(self.name, str(error), self.hint, error.mistake)
            raise error
        hint.forget()
        print(f"✓ {self.name} is right{f', at {len(samples)} points' if len(samples) > 1 else ''}.")

    def judge(self, attempt: Callable[..., Any], samples: Sequence[Sample]) -> LabError | None:
        """Return what is wrong with an attempt, or None."""
        session = Session(Clock(SECONDS))
        for sample in samples:
            answers, expected = self.outcome(attempt, sample, session), self.outcome(self.answer, sample)
            if self.agree(answers, expected):
                continue
            if isinstance(answers[-1], Failure) and answers[-1].unwritten is not None:
                return LabError(self.name, self._unwritten(answers[-1].unwritten))
            if (problem := self._problem_of_needed(attempt)) is not None:
                return LabError(self.name, problem)
            problem = self._problem(sample, answers, expected, session.printed)
            is_endless = isinstance(answers[-1], Failure) and answers[-1].kind == "OutOfTime"
            return LabError(self.name, problem, mistake=None if is_endless else self.recognise(attempt, samples))
        return None

    def agree(self, answers: Any, expected: Any) -> bool:
        """Return whether two answers are equal within the tolerance."""
        return agree(answers, expected, tolerance=self.tolerance)

    def outcome(self, attempt: Callable[..., Any], sample: Sample, session: Session | None = None) -> list[Any]:
        """Return the answers of an attempt to a sample, one for each call, until one goes wrong.

        An answer is what `seen` returns, or a `Failure`, `Misfit` or `Altered`.
        """
        session = session or Session()
        answers: list[Any] = []
        function = self.use(attempt)
        for call in self.calls(*deepcopy(sample)):
            result = watch(function, call, self.kind, moved=self.moved, session=session)
            answers.append(result if is_bad(result) else self._read(result, call))
            if is_bad(answers[-1]):
                break
        return answers

    def _read(self, result: Any, call: Call) -> Any:
        """Return what is compared of a result; where that fails, the student's program is not blamed."""
        try:
            return plain(self.seen(result, *call.arguments))
        except Exception as error:  # noqa: BLE001 - a result may be any object
            return Misfit(f"{self.kind.text(result)}, which the check cannot read ({error!r})", self.kind.words)

    def recognise(self, attempt: Callable[..., Any], samples: Sequence[Sample]) -> str | None:
        """Return the sentence of the mistake that has the same answers as the attempt in every call, or None."""
        session = Session(Clock(SECONDS))
        answers = [self.outcome(attempt, sample, session) for sample in samples]
        for sentence in self.mistakes:
            for wrong in self.versions(sentence):
                outcomes = (self.outcome(wrong, sample) for sample in samples)
                if all(map(self.agree, answers, outcomes)):
                    return sentence
        failures = (called[-1] for called in answers if isinstance(called[-1], Failure))
        if (meaning := next(filter(None, map(meaning_of, failures)), None)) is not None:
            return meaning
        return common_slip(answers, [self.outcome(self.answer, sample) for sample in samples], self.agree)

    def versions(self, sentence: str) -> tuple[Callable[..., Any], ...]:
        """Return the wrong versions of a sentence."""
        wrong = self.mistakes[sentence]
        return wrong if isinstance(wrong, tuple) else (wrong,)

    def _unwritten(self, function: str) -> str:
        """Return a sentence on a function that is not written yet: this one, or one that it calls."""
        if function in ("", self.name, *self.writes):
            return f"{self.name} is not written yet: put your code where it says raise NotImplementedError()."
        return f"{self.name} needs {function}, which is not written yet: write that first."

    def _problem_of_needed(self, attempt: Any) -> str | None:
        """Return the problem of an earlier exercise that the attempt calls, which is to be solved first."""
        for exercise in self.needs:
            called = exercise.called_by(attempt)
            if called is not None and (error := exercise.judge(called, exercise.samples)) is not None:
                return f"{self.name} calls {exercise.name}, which is to be mended first: {error}"
        return None

    def called_by(self, attempt: Any) -> Any:
        """Return this exercise's function where the attempt at another one calls it, or None."""
        if isinstance(attempt, type):  # a class holds the functions of several exercises
            return attempt
        code = getattr(attempt, "__code__", None)
        return attempt.__globals__.get(self.name) if code and self.name in names_in(code) else None

    def _problem(self, sample: Sample, answers: list[Any], expected: list[Any], printed: str) -> str:
        """Return the counterexample in one sentence."""
        place = len(answers) - 1 if is_bad(answers[-1]) else self._first_difference(answers, expected)
        answer, right = answers[place], expected[place]
        if not sample and not is_bad(answer):  # a prediction, whose answer stays secret
            return f"{self.name}: {in_words(answer)} is not what happens; run the cell below and compare."
        tried = self.show(*sample) if self.show else f"{self.name}({', '.join(map(in_words, sample))})"
        tried += self.calls(*deepcopy(sample))[place].text
        if (told := told_of_call(answer, right, printed)) is not None:
            return f"{tried} {told}"
        if isinstance(answer, dict) and isinstance(right, dict) and answer.keys() == right.keys():
            wrong = [key for key in answer if not self.agree(answer[key], right[key])]
            answer, right = ({key: side[key] for key in wrong} for side in (answer, right))
        verb = "raises" if isinstance(answer, Failure) else "gives"
        one, other = contrast(answer, right, tolerance=self.tolerance)
        return f"{tried} {verb} {one}, it should be {other}."

    def _first_difference(self, answers: list[Any], expected: list[Any]) -> int:
        pairs = enumerate(zip(answers, expected, strict=True))
        return next(k for k, (answer, right) in pairs if not self.agree(answer, right))


def told_of_call(answer: Any, right: Any, printed: str) -> str | None:
    """Return what went wrong with a call before its result could be compared, or None."""
    match answer:
        case Failure(kind="OutOfTime"):
            told = f"does not end: {answer.message}."
        case Altered():
            told = f"changes its argument {answer.argument}: it {answer.words}. Work on a copy."
        case Misfit(words="None") if printed.strip():
            told = f"prints {shorten(printed.strip())} and returns None: write return in place of print."
        case Misfit(words="None"):
            told = f"gives None, it should be {in_words(right)}: does your function end with return?"
        case Misfit():
            told = f"gives {answer.words}, it should be {answer.kind}."
        case _:
            return None
    return told


def is_bad(answer: Any) -> bool:
    """Return whether a call went wrong before its result could be compared."""
    return isinstance(answer, Failure | Misfit | Altered)


def names_in(code: CodeType) -> set[str]:
    """Return the names that a function uses, and the functions inside it.

    >>> sorted(names_in((lambda x: [len(y) for y in sorted(x)]).__code__))
    ['len', 'sorted']
    """
    inner = (names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*inner)


def prediction(name: str, answer: Callable[[], float], *, mistakes: Mapping[str, float], hint: str) -> Exercise:
    """Return the exercise of a function that returns one number, which the student predicts.

    Args:
        name: of the function.
        answer: computes the number.
        mistakes: wrong numbers, by the sentence that explains each.
        hint: helps without the answer.

    >>> guess = prediction("guess", lambda: 6.0, mistakes={"9 is the square of 3": 9.0}, hint="Double it.")
    >>> guess(lambda: 9.0)
    Traceback (most recent call last):
    autograd_tiny.labs.exercise.LabError: guess: 9 is not what happens; run the cell below and compare.
    """
    wrong = {sentence: partial(float, number) for sentence, number in mistakes.items()}
    return Exercise(name, answer, samples=[()], mistakes=wrong, tolerance=PREDICTION_TOLERANCE, hint=hint)
