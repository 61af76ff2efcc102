"""Say what a call has to return, and what it has returned.

>>> NUMBER.fits(2), NUMBER.fits(Value(2.0)), NUMBERS.fits((1, 2.5)), NUMBERS.fits({1, 2})
(True, False, True, False)
>>> returned(Value(2.0)), returned([1, Value(2.0)]), returned(iter([])), returned("2")
('Value(2)', '[1, Value(2)]', 'a list_iterator', "'2'")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.labs.comparison import WIDTH, in_words
from autograd_tiny.support.terminal_text import ShownText


def is_number(result: Any) -> bool:
    """Return whether a result is a plain real number, NumPy's included; True and False are 1 and 0.

    >>> is_number(True), is_number("1"), is_number(1j)
    (True, False, False)
    """
    return isinstance(result.tolist() if hasattr(result, "tolist") else result, Real)


def sequence_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return a function that says whether a result is a list (a tuple, an array) of elements that fit."""

    def fits_all(result: Any) -> bool:
        result = result.tolist() if hasattr(result, "tolist") else result
        return isinstance(result, list | tuple) and all(map(fits, result))

    return fits_all


def is_value(result: Any) -> bool:
    """Return whether a result is a Value."""
    return isinstance(result, Value)


def returned(result: Any) -> str:
    """Return a result as text, with its type where that is not plain to see."""
    if result is None or isinstance(result, str):
        return repr(result)
    return in_words(result) if is_number(result) else shorten(ShownText(_typed(result)), width=WIDTH)


def _typed(result: Any) -> str:
    match result:
        case Value():
            return f"Value({in_words(result)})"
        case list() | tuple():
            return f"[{', '.join(map(returned, result))}]"
        case Mapping():
            return f"a dict {{{', '.join(f'{_key(key)}: {returned(element)}' for key, element in result.items())}}}"
        case _ if hasattr(result, "data") or isinstance(
            result, set | type
        ):  # or a Value that the student has written
            return repr(result)
        case _:
            return f"a {type(result).__name__}"


def _key(key: Any) -> str:
    return key.label or returned(key) if isinstance(key, Value) else str(key)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of results.

    Attributes:
        words: its name in a message.
        fits: returns whether a result is of this type.
        text: returns a result as text.
    """

    words: str
    fits: Callable[[Any], bool]
    text: Callable[[Any], str] = returned


NUMBER: Final = Kind("a number", is_number)
NUMBERS: Final = Kind("a list of numbers", sequence_of(is_number))
VALUE: Final = Kind("a Value", is_value)
VALUES: Final = Kind("a list of Values", sequence_of(is_value))
LISTS: Final = Kind("a list of lists", sequence_of(sequence_of(lambda element: True)))
NUMBER_OF_NODE: Final = Kind(
    "a dict from nodes to numbers",
    lambda result: isinstance(result, Mapping) and all(map(is_number, result.values())),
)
ANYTHING: Final = Kind("a result that can be compared", lambda result: True)
