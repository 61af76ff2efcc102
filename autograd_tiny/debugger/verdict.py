"""What went wrong with an answer in the quiz: the usual mistakes, told from the number alone.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace import Trace
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> event = list(Trace(5.0 * (a * b)))[2]       # a receives 5 · b
>>> [verdict(number, event) for number in (-15.0, 15.0, -3.0)]
['', 'the size is right, the sign is not', 'that is the partial alone: multiply it by the upstream, 5']
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace import Event

TOLERANCE: Final = 0.01
"""The largest relative error of an answer that counts as right: two digits are enough."""


def is_right(number: float, expected: float) -> bool:
    """Tell whether a number is another one, up to rounding by hand; nan is nan.

    >>> is_right(0.33, 1 / 3), is_right(0.3, 1 / 3), is_right(0.0, 1e-12)
    (True, False, True)
    """
    if expected != expected:
        return number != number
    return math.isclose(number, expected, rel_tol=TOLERANCE, abs_tol=1e-9)


def verdict(number: float, event: Event) -> str:
    """Return what is wrong with an answer, an empty text if it is right."""
    if is_right(number, event.after):
        return ""
    if is_right(-number, event.after):
        return "the size is right, the sign is not"
    mistakes = (text for wrong, text in _mistakes(event) if is_right(number, wrong))
    return next(mistakes, _reminder(event))


def _reminder(event: Event) -> str:
    """Return how the number is found."""
    if event.upstream is None:
        return "no"
    sought = f"the upstream, {format_number(event.upstream)}, times ∂{event.node}/∂{event.input}"
    return (
        f"no: {sought}"
        if event.before is None
        else f"no: what was there, {format_number(event.before)}, plus {sought}"
    )


def _mistakes(event: Event) -> Iterator[tuple[float, str]]:
    """Yield wrong numbers, each with what leads to it."""
    if event.upstream is None or event.partial is None or event.contribution is None:
        return
    before = event.before or 0.0
    upstream, partial = format_number(event.upstream), format_number(event.partial)
    if event.before is not None:
        yield event.contribution, f"that is the contribution: add it to what was there, {format_number(before)}"
        yield (
            -event.contribution,
            f"that is the contribution with the wrong sign, and what was there, {format_number(before)}, is missing",
        )
        yield before - event.contribution, "the contribution has the wrong sign"
    yield before + event.partial, f"that is the partial alone: multiply it by the upstream, {upstream}"
    yield event.partial, f"that is the partial alone: multiply it by the upstream, {upstream}, and add what was there"
    yield before + event.upstream, f"that is the upstream alone: multiply it by the partial, {partial}"
    yield before + event.upstream + event.partial, "upstream and partial are multiplied, not added"
