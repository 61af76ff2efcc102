"""Find how many digits the numbers of an equation need, so that the equation is true as it is written.

Five digits do for most. Where terms cancel, or a function is steep, five digits can leave no digit of the result; and
numbers of fewer digits look exact, so what they give has to be exact too:

>>> digits_of_sum([[6.00002], [-1.0, 6.0]], 2e-05), digits_of_sum([[0.5], [0.25]], 0.75)
(6, 5)
>>> digits_of_sum([[1.00004], [1.00004]], 2.00008)    # not 1 + 1 = 2.0001
6

The page has the same functions in `page/scripts/true_digits.js`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.primitives import table
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number
from autograd_tiny.symbolic.symbol import Symbol

MOST_DIGITS: Final = 17
"""So many digits tell any two floats apart."""
TOLERANCE: Final = Fraction(501, 1000)
"""In units of the last digit of the result: half a unit, and a little for ties."""
LOOSE: Final = 10
"""In the same units: how much rounded operands may change a result; those of a product change it by six."""
SMALLEST: Final = 1e-300
"""Floats below it have fewer digits, so an equation of them says little."""
HOME: Final = table.__name__
"""Where the rows are defined that are not the user's own."""
MOST_OPERANDS: Final = 8
"""Operations of more operands are not written in numbers, but for sums."""


def digits_of_sum(terms: Sequence[Sequence[float]], result: float, *, fewest: int = FEWEST_DIGITS) -> int:
    """Return how many digits the numbers of a sum of products need to give its result in `fewest` digits.

    Where no terms cancel it is `fewest`, unless all numbers look exact. Where floats themselves are too coarse for
    the result, it is 17.

    >>> digits_of_sum([[1.0, 1.234567], [1.0, -1.234562]], 5e-06), digits_of_sum([[0.1 + 0.2], [-0.3]], 2.0**-54)
    (7, 17)

    Args:
        terms: the factors of each product.
        result: the sum.
        fewest: the digits of the result.
    """
    numbers = [x for term in terms for x in term]
    if not all(map(math.isfinite, (*numbers, result))) or 0.0 < abs(result) < SMALLEST:
        return fewest
    cancels = any(abs(math.prod(term)) > abs(result) for term in terms)
    if not cancels and _look_rounded(numbers, fewest):
        return fewest
    written = Fraction(format_number(result, fewest))
    tolerance = TOLERANCE * _last_unit(result, fewest)
    for digits in range(fewest, MOST_DIGITS + 1):
        if abs(_as_written(terms, digits) - written) <= tolerance:
            return digits
    return MOST_DIGITS if result else fewest


def digits_of_step(
    upstream: float, partial: float, before: float | None, after: float, *, fewest: int = FEWEST_DIGITS
) -> int:
    """Return how many digits make before + upstream · partial = before + contribution = after true.

    >>> digits_of_step(1.0, 1.234567, -1.234562, 5e-06), digits_of_step(9.9, 1.00004, None, 9.900396)
    (7, 6)

    Args:
        upstream: the gradient of a node.
        partial: of the node with respect to an input.
        before: the gradient of the input before the contribution; None where there was none yet.
        after: its gradient afterwards.
        fewest: the digits of `after`.
    """
    contribution, digits = partial * upstream, fewest
    if before is not None:
        sums = [[before], [contribution]], [[before], [upstream, partial]]
        digits = max(digits_of_sum(terms, after, fewest=fewest) for terms in sums)
    while digits < MOST_DIGITS and digits_of_sum([[upstream, partial]], contribution, fewest=digits) > digits:
        digits += 1
    return digits


def digits_of_operation(
    primitive: Primitive, operands: Sequence[Any], result: float, *, fewest: int = FEWEST_DIGITS
) -> int:
    """Return how many digits the operands of an operation need to give its result in `fewest` digits.

    For sums it is that of `digits_of_sum`. Of other functions, rounded operands have to give the result. Rows of the
    user's own are not computed again: their result is `fewest`.

    >>> digits_of_operation(TABLE["log"], [1.0000001], 1e-07), digits_of_operation(TABLE["log"], [2.0], 0.693147)
    (8, 5)

    Args:
        primitive: the operation.
        operands: its numbers, flattened; one that is written as a formula, such as π / 2, is a Symbol.
        result: of the operation.
        fewest: the digits of the result.
    """
    numbers = [Fraction(x.number or 0.0) if isinstance(x, Symbol) else x for x in operands]
    terms: list[list[Any]] = []
    if primitive.name in {"add", "sum"}:
        terms = [[x] for x in numbers]
    elif primitive.name == "sub":
        terms = [[numbers[0]], [-1.0, numbers[1]]]
    elif primitive.name == "dot":
        ws, xs, bias = primitive.group(numbers)
        terms = [*([w, x] for w, x in zip(ws, xs, strict=True)), [bias]]
    if terms:
        return digits_of_sum(terms, result, fewest=fewest)
    if primitive.partials.__module__ != HOME or len(operands) > MOST_OPERANDS:
        return fewest
    return _digits_of_function(lambda xs: primitive.evaluate(*primitive.group(xs)), numbers, result, fewest)


def digits_of_formula(formula: Symbol) -> int:
    """Return how many digits the numbers of a formula need, if it is a sum of numbers; otherwise 5.

    >>> digits_of_formula(Symbol("", 1.0000002) + Symbol("", -1.0))
    8
    """
    parts = topological_order(formula)
    leaves = [part for part in parts if part.primitive is None]
    numbers = [part.number for part in leaves if part.number is not None and not part.name]
    if len(numbers) < len(leaves) or any(part.primitive not in {None, TABLE["add"]} for part in parts):
        return FEWEST_DIGITS
    return digits_of_sum([[x] for x in numbers], math.fsum(numbers))


def _digits_of_function(
    compute: Callable[[list[Any]], float], operands: Sequence[Any], result: float, fewest: int
) -> int:
    """Return how many digits of the operands give the result; in as few as it has they may change its last one."""
    unit = _last_unit(result, fewest) if math.isfinite(result) else Fraction()
    room = (LOOSE if _look_rounded(operands, fewest) else TOLERANCE) * unit
    for digits in range(fewest, MOST_DIGITS):
        xs = [float(Fraction(_as_shown(x, digits))) if math.isfinite(x) else x for x in operands]
        if _are_close(compute(xs), result, room, fewest):
            return digits
        room = TOLERANCE * unit
    return MOST_DIGITS


def _are_close(found: float, result: float, room: Fraction, digits: int) -> bool:
    """Return whether a number is close to a result written in so many digits; inf and nan equal themselves."""
    if not math.isfinite(found) or not math.isfinite(result):
        return found == result or (math.isnan(found) and math.isnan(result))
    return 0.0 < abs(result) < SMALLEST or abs(Fraction(found) - Fraction(format_number(result, digits))) <= room


def _look_rounded(numbers: Sequence[float | Fraction], digits: int) -> bool:
    """Return whether one of some numbers is written with so many digits, so that a reader expects more of them."""
    mantissas = (_as_shown(x, digits).partition("e")[0] for x in numbers if not isinstance(x, Fraction))
    return any(len(text.replace(".", "").strip("-0")) >= digits for text in mantissas)


def _as_shown(number: float | Fraction, digits: int) -> str:
    """Return a number in so many digits; a Fraction, which a formula writes, with all it has."""
    return str(number) if isinstance(number, Fraction) else format_number(number, digits)


def _as_written(terms: Sequence[Sequence[float]], digits: int) -> Fraction:
    """Return the sum of products of numbers in so many digits, without rounding."""
    total = Fraction()
    for term in terms:
        total += math.prod((Fraction(_as_shown(x, digits)) for x in term), start=Fraction(1))
    return total


def _last_unit(result: float, digits: int) -> Fraction:
    """Return the unit of the last of so many digits of a number, 0 for 0."""
    exponent = int(f"{result:.{digits - 1}e}".partition("e")[2])
    return Fraction(10) ** (exponent - digits + 1) if result else Fraction()
