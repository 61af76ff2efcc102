"""Help in stages after a check: its counterexample, then a hint, then the mistake by its name, never the answer.

>>> from autograd_tiny.labs import lab1
>>> from autograd_tiny.labs.exercise import LabError
>>> try:
...     lab1.slope(lambda x: 3 * x**2 - 2 + 5)
... except LabError as error:
...     print(error)
slope(2) gives 15, it should be 10.
>>> lab1.hint()
Hint 1 of 2 for slope: Take f term by term. How fast does each of x³, -2x and 5 change when x moves?
>>> lab1.hint()
Hint 2 of 2 for slope: the constant 5 shifts f up, and adds no slope.
"""

from __future__ import annotations

from textwrap import fill
from typing import Final

NOTHING: Final = "There is nothing to help with: run the check of an exercise first, and it does not pass."
UNKNOWN: Final = (
    "your function makes none of the mistakes that are known here. Work the example out on paper, and print what "
    "your function has at each step"
)


class Hints:
    """The help with the exercise whose check failed last in this session."""

    def __init__(self) -> None:
        self._name = self._problem = ""
        self._stages: tuple[str, ...] = ()
        self._given = 0

    def remember(self, name: str, problem: str, hint: str, mistake: str | None) -> None:
        """Note a check that failed; where it fails as it did before, the help goes on from where it was."""
        if (name, problem) != (self._name, self._problem):
            self._given = 0
        self._name, self._problem = name, problem
        self._stages = (hint, as_sentence(mistake or UNKNOWN))

    def forget(self) -> None:
        """Note a check that passed."""
        self._name, self._problem, self._stages, self._given = "", "", (), 0

    def __call__(self) -> None:
        """Print the next hint; the last one again where there is none."""
        if not self._stages:
            print(NOTHING)
            return
        self._given = min(self._given + 1, len(self._stages))
        text = self._stages[self._given - 1]
        print(fill(f"Hint {self._given} of {len(self._stages)} for {self._name}: {text}", 120))


def as_sentence(text: str) -> str:
    """Return a text with a full stop, unless it is a question.

    >>> as_sentence("the sign is wrong"), as_sentence("does it return?")
    ('the sign is wrong.', 'does it return?')
    """
    return text if text.endswith("?") else f"{text}."


hint: Final = Hints()
"""The help of this session: a notebook has one lab, and its checks run one after the other."""
