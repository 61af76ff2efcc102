"""Compare answers: numbers to a relative tolerance, lists and dicts element by element, failures by type.

>>> agree([0.1 + 0.2, {"a": 1}], [0.3, {"a": 1.0}]), agree([1.0], [1.0, 2.0])
(True, False)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.support.terminal_text import ShownText

RELATIVE: Final = 1e-6
"""The relative tolerance of numbers: the accuracy of a numeric derivative."""

ABSOLUTE: Final = 1e-9
"""The tolerance of a number that should be 0."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that an attempt raised in place of an answer.

    Attributes:
        kind: the name of the exception's class.
        message: what it said.
    """

    kind: str
    message: str

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
        case bool() | int() | float():
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


def in_words(answer: Any) -> str:
    """Return an answer as text for a student: six digits of each number, one line.

    >>> in_words([2.0 / 3.0, {"a": 1e-9, "b": None}, "tall"])
    '[0.666667, {a: 1e-09, b: None}, tall]'
    """
    return repr(answer) if isinstance(answer, str) else shorten(ShownText(_text(plain(answer))), width=100)


def _text(answer: Any) -> str:
    match answer:
        case float():
            return f"{answer + 0.0:.6g}"  # without the sign of -0.0
        case list():
            return f"[{', '.join(map(_text, answer))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_text(element)}' for key, element in answer.items())}}}"
        case str() | Failure():
            return str(answer)
        case _ if callable(answer):
            return str(getattr(answer, "__name__", answer))
        case _:
            return repr(answer)
