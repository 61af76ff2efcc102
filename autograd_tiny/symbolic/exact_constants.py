"""Write a constant of a formula as what it is: log(10), π / 2, 1 / 3, and any other with all its digits.

A number is recognized only where the formula gives the same float, bit by bit. Numbers that five digits write exactly
stay as they are.

>>> [recognized(x) for x in (0.5, 1.0 / 3.0, -math.log(10.0), 2.0 * math.pi)]
[0.5, <symbol 1 / 3>, <symbol -log(10)>, <symbol 2 * π>]
>>> spell_out(Symbol("x") * 0.1234567).text()
'x * 0.1234567'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.notation import exact_number, format_number
from autograd_tiny.symbolic.symbol import Constant, Symbol, recorded_operation

LARGEST_INTEGER: Final = 100
"""The largest integer of which a logarithm or a root, and the largest denominator of a fraction, is recognized."""
FRACTIONS_OF_PI: Final = ((1, 1), (2, 1), (1, 2), (1, 3), (1, 4), (1, 6), (3, 2), (2, 3), (3, 4), (1, 180))


def is_written_exactly(number: float) -> bool:
    """Return whether the five digits of a formula are all that a number has; true of inf and nan."""
    return not math.isfinite(number) or float(format_number(number)) == number


def recognized(number: float) -> Any:
    """Return the formula of a constant that five digits would round, and any other number unchanged."""
    if type(number) is not float or is_written_exactly(number):
        return number
    form = _forms().get(abs(number)) or _fraction(abs(number))
    return number if form is None else _signed(form, number)


def recognized_constants(operands: Sequence[Any]) -> list[Any]:
    """Return the operands of a node, with the formulas of constants that are recognized."""
    return [recognized(x) for x in operands]


def spell_out(rule: Symbol) -> Symbol:
    """Return a rule with each constant as its formula, or with all its digits."""
    instead: dict[Symbol, Symbol] = {}
    for part in topological_order(rule):
        if part.constant is not None:
            instead[part] = _spelled(part)
        elif any(instead[operand] is not operand for operand in part.operands):
            instead[part] = replace(part, operands=tuple(instead[operand] for operand in part.operands))
        else:
            instead[part] = part
    return instead[rule]


def _spelled(constant: Symbol) -> Symbol:
    number: Any = constant.number
    if is_written_exactly(number):
        return constant
    form = recognized(number)
    return form if isinstance(form, Symbol) else _signed(Constant(exact_number(abs(number)), abs(number)), number)


def _signed(size: Symbol, number: float) -> Symbol:
    if number > 0.0:
        return size
    if size.primitive is TABLE["div"]:
        return replace(size, operands=(_signed(size.operands[0], number), size.operands[1]), number=number)
    return recorded_operation(TABLE["neg"], [size]) if size.constant is None else Symbol("", -size.constant)


def _fraction(size: float) -> Symbol | None:
    """Return a number as a fraction of small integers."""
    for denominator in range(2, LARGEST_INTEGER + 1):
        numerator = float(round(size * denominator)) if size < LARGEST_INTEGER else 0.0
        if numerator and numerator / denominator == size:
            return recorded_operation(TABLE["div"], [numerator, float(denominator)])
    return None


@cache
def _forms() -> dict[float, Symbol]:
    """Return the formula of each number that is recognized."""
    pi = Constant("π", math.pi)
    forms = [recorded_operation(TABLE["exp"], [1.0])]
    for integer in map(float, range(2, LARGEST_INTEGER + 1)):
        forms += [recorded_operation(TABLE[name], [integer]) for name in ("log", "sqrt")]
    for numerator, denominator in FRACTIONS_OF_PI:
        multiple = pi if numerator == 1 else recorded_operation(TABLE["mul"], [float(numerator), pi])
        forms.append(
            multiple if denominator == 1 else recorded_operation(TABLE["div"], [multiple, float(denominator)])
        )
    return {form.number: form for form in forms if form.number is not None}
