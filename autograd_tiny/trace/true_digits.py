"""Find how many digits the numbers of an equation need, so that the equation is true as it is written.

Five digits do for most. Where terms cancel, five digits of each can leave no digit of the result:

>>> digits_of_sum([[6.00002], [-1.0, 6.0]], 2e-05), digits_of_sum([[0.5], [0.25]], 0.75)
(6, 5)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number

MOST_DIGITS: Final = 17
"""So many digits tell any two floats apart."""
TOLERANCE: Final = Fraction(501, 1000)
"""In units of the last digit of the result: half a unit, and a little for ties."""


def digits_of_sum(terms: Sequence[Sequence[float]], result: float) -> int:
    """Return how many digits the numbers of a sum of products need to give its result in five digits.

    Where no terms cancel it is 5. Where floats themselves are too coarse for the result, it is 17.

    >>> digits_of_sum([[1.0, 1.234567], [1.0, -1.234562]], 5e-06), digits_of_sum([[0.1 + 0.2], [-0.3]], 2.0**-54)
    (7, 17)

    Args:
        terms: the factors of each product.
        result: the sum.
    """
    if all(abs(math.prod(term)) <= abs(result) for term in terms) or not _are_finite(terms, result):
        return FEWEST_DIGITS
    written = Fraction(format_number(result))
    tolerance = TOLERANCE * _last_unit(result)
    for digits in range(FEWEST_DIGITS, MOST_DIGITS + 1):
        if abs(_as_written(terms, digits) - written) <= tolerance:
            return digits
    return MOST_DIGITS if result else FEWEST_DIGITS


def digits_of_operation(primitive: Primitive, operands: Sequence[Any], result: float) -> int:
    """Return how many digits the operands of an operation need to give its result; of all but sums it is 5.

    Args:
        primitive: the operation.
        operands: its numbers, flattened.
        result: of the operation.
    """
    terms: list[list[float]] = []
    if primitive.name in {"add", "sum"}:
        terms = [[x] for x in operands]
    elif primitive.name == "sub":
        terms = [[operands[0]], [-1.0, operands[1]]]
    elif primitive.name == "dot":
        ws, xs, bias = primitive.group(operands)
        terms = [*([w, x] for w, x in zip(ws, xs, strict=True)), [bias]]
    return digits_of_sum(terms, result)


def _are_finite(terms: Sequence[Sequence[float]], result: float) -> bool:
    return math.isfinite(result) and all(math.isfinite(x) for term in terms for x in term)


def _as_written(terms: Sequence[Sequence[float]], digits: int) -> Fraction:
    """Return the sum of products of numbers in so many digits, without rounding."""
    total = Fraction()
    for term in terms:
        total += math.prod((Fraction(format_number(x, digits)) for x in term), start=Fraction(1))
    return total


def _last_unit(result: float) -> Fraction:
    """Return the unit of the fifth digit of a number, 0 for 0."""
    exponent = int(f"{result:.{FEWEST_DIGITS - 1}e}".partition("e")[2])
    return Fraction(10) ** (exponent - FEWEST_DIGITS + 1) if result else Fraction()
