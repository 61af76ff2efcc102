"""Compare answers: numbers to a relative tolerance, lists and dicts element by element, failures by type.

>>> agree([0.1 + 0.2, {"a": 1}], [0.3, {"a": 1.0}]), agree([1.0], [1.0, 2.0])
(True, False)
>>> contrast(-1.25, -1.2500013)
('-1.25', '-1.250001')
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import repeat
from numbers import Real
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.support.terminal_text import ShownText

RELATIVE: Final = 1e-6
"""The relative tolerance of numbers: the accuracy of a numeric derivative."""

ABSOLUTE: Final = 1e-9
"""The tolerance of a number that should be 0."""

FEWEST_DIGITS: Final = 6
MOST_DIGITS: Final = 17
"""The digits of a number in a message; more where two numbers differ only there."""

WIDTH: Final = 100
"""The columns of an answer in a message."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that an attempt raised in place of an answer.

    Attributes:
        kind: the name of the exception's class.
        message: what it said.
        unwritten: the name of another function that is not written yet, empty for the attempt itself, else None.
    """

    kind: str
    message: str
    unwritten: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" if self.message else self.kind


def plain(answer: Any) -> Any:
    """Return an answer as floats, lists and dicts; other objects stay as they are.

    >>> plain((Value(2.0), {"a": True}))
    [2.0, {'a': 1.0}]
    """
    if hasattr(answer, "tolist"):  # an array or a number of NumPy
        answer = answer.tolist()
    match answer:
        case Value():
            return answer.data
        case Real():
            return float(answer)
        case list() | tuple():
            return [plain(element) for element in answer]
        case dict():
            return {key: plain(element) for key, element in answer.items()}
        case _:
            return answer


def agree(answer: Any, expected: Any, *, tolerance: float = RELATIVE) -> bool:
    """Return whether two answers are equal within the tolerances."""
    return _same(plain(answer), plain(expected), tolerance)


def _same(x: Any, y: Any, tolerance: float) -> bool:
    match x, y:
        case float(), float():
            return math.isclose(x, y, rel_tol=tolerance, abs_tol=ABSOLUTE) or (x != x and y != y)
        case list(), list():
            return len(x) == len(y) and all(map(_same, x, y, repeat(tolerance)))
        case dict(), dict():
            return x.keys() == y.keys() and all(_same(x[key], y[key], tolerance) for key in x)
        case Failure(), Failure():
            return x.kind == y.kind
        case _:
            return type(x) is type(y) and bool(x == y)


def contrast(answer: Any, expected: Any, *, tolerance: float = RELATIVE) -> tuple[str, str]:
    """Return two different answers as texts that differ: with more digits, or only the elements that differ.

    >>> contrast([float(k) for k in range(60)], [*map(float, range(59)), 0.0])
    ('59 at position 59', '0 at position 59')
    """
    answer, expected = plain(answer), plain(expected)
    if isinstance(answer, list) and isinstance(expected, list) and len(answer) == len(expected):
        wrong = [k for k, pair in enumerate(zip(answer, expected, strict=True)) if not _same(*pair, tolerance)]
        if wrong and max(len(_text(side)) for side in (answer, expected)) > WIDTH:
            where = f" at position {wrong[0]}"
            one, other = contrast(answer[wrong[0]], expected[wrong[0]], tolerance=tolerance)
            return one + where, other + where
    for digits in range(FEWEST_DIGITS, MOST_DIGITS):
        texts = in_words(answer, digits), in_words(expected, digits)
        if texts[0] != texts[1]:
            return texts
    return in_words(answer, MOST_DIGITS), in_words(expected, MOST_DIGITS)


def in_words(answer: Any, digits: int = FEWEST_DIGITS) -> str:
    """Return an answer as text for a student: six digits of each number, one line.

    >>> in_words([2.0 / 3.0, {"a": 1e-9, "b": None}, "tall"])
    '[0.666667, {a: 1e-09, b: None}, tall]'
    """
    return repr(answer) if isinstance(answer, str) else shorten(ShownText(_text(plain(answer), digits)), width=WIDTH)


def _text(answer: Any, digits: int = FEWEST_DIGITS) -> str:
    match answer:
        case float():
            return f"{answer + 0.0:.{digits}g}"  # without the sign of -0.0
        case list():
            return f"[{', '.join(_text(element, digits) for element in answer)}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_text(element, digits)}' for key, element in answer.items())}}}"
        case str() | Failure():
            return str(answer)
        case _ if callable(answer):
            return str(getattr(answer, "__name__", answer))
        case _:
            return repr(answer)
