"""Recognise slips that can happen in any exercise: a sign, a factor, a constant, the order of a list.

A slip is a fact about all answers, with no guess at its cause.

>>> from autograd_tiny.labs.comparison import agree
>>> common_slip([[2.0], [4.0], [-6.0]], [[1.0], [2.0], [-3.0]], agree)
'every number is 2 times what it should be'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from autograd_tiny.labs.comparison import in_words

SIGN: Final = "the sign is the wrong way round, everywhere"

FEWEST: Final = 3
"""The different numbers that are needed to call a factor or a constant the same everywhere."""


def common_slip(answers: Any, expected: Any, agree: Callable[[Any, Any], bool]) -> str | None:
    """Return a sentence that holds for all answers, or None."""
    if agree(every_list(answers, lambda numbers: numbers[::-1]), expected):
        return "the elements are in reversed order"
    if agree(answers, every_list(expected, lambda numbers: numbers[:-1])):
        return "the last element is missing"
    mine, right = list(numbers_in(answers)), list(numbers_in(expected))
    return slip_of_numbers(mine, right, agree) if len(mine) == len(right) and len(set(right)) >= FEWEST else None


def slip_of_numbers(mine: list[float], right: list[float], agree: Callable[[Any, Any], bool]) -> str | None:
    """Return a sentence that holds for all numbers of the answers, or None."""
    place = max(range(len(right)), key=lambda k: abs(right[k]))
    factor, constant = mine[place] / right[place], mine[place] - right[place]
    if agree(mine, right):
        return None  # the same numbers in other lists
    if factor and agree(mine, [factor * y for y in right]):
        is_sign = agree(factor, -1.0)
        return SIGN if is_sign else f"every number is {in_words(factor)} times what it should be"
    if agree(mine, [y + constant for y in right]):
        return f"every number is too {'large' if constant > 0 else 'small'} by {in_words(abs(constant))}"
    return None


def every_list(answers: Any, change: Callable[[list[float]], list[float]]) -> Any:
    """Return answers with each list of numbers changed."""
    if not isinstance(answers, list):
        return answers
    if answers and all(isinstance(number, float) for number in answers):
        return change(answers)
    return [every_list(answer, change) for answer in answers]


def numbers_in(answers: Any) -> Iterator[float]:
    """Return all numbers of the answers, in order.

    >>> list(numbers_in([1.0, [[2.0], None]]))
    [1.0, 2.0]
    """
    if isinstance(answers, float):
        yield answers
    elif isinstance(answers, list):
        for answer in answers:
            yield from numbers_in(answer)
