"""Find remedies for inf and nan: the operation of a node with another operand, tried in numbers before it is told.

>>> from autograd_tiny import Value
>>> b, a = Value(3.0, label="b"), Value(0.0, label="a")
>>> details = remedy(Stepper(b / a), "division by zero", 2, 1)
>>> details["kept"], details["guarded"], details["shifted"]
(Value(data=0.0, grad=0.0, label='a'), <symbol b / where(a, a, 1)>, <symbol b / (a + 1e-12)>)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.symbolic.symbol import Symbol, as_symbol, recorded_operation
from autograd_tiny.trace.facts import Detail
from autograd_tiny.trace.passes import numbers_of, primitive_of
from autograd_tiny.trace.stepper import Stepper

DISTANCE: Final = 1e-12
"""The distance that the operand keeps from the point of an infinite value or partial."""

Guarded = tuple[Symbol, float]
"""The replacement of an operand: a formula, and its number."""


def remedy(trace: Stepper, kind: str, z: int, place: int) -> dict[str, Detail]:
    """Return the blanks of the sentence of an anomaly that are about the operand that causes it.

    Args:
        trace: of the graph.
        kind: of the anomaly.
        z: the position of the node.
        place: the position of the operand among those of the node.

    Returns:
        `kept`, the operand; `limit`, above which a logarithm is to keep it; and where they were tried with finite
        results `guarded`, the operation with a guarded operand, and `shifted`, another one for operands that are
        never negative. Nothing for a constant.
    """
    operand = trace.nodes[z].operands[place]
    if not isinstance(operand, Value):
        return {}
    x, name = trace.events.numbers.values[trace.position(operand)], Symbol(trace.names[operand])
    limit = -1.0 if primitive_of(trace.nodes[z]).name == "log1p" else 0.0
    tried = [(blank, _tried(trace, z, place, guarded)) for blank, guarded in _guards(kind, limit, x, name)]
    return {"kept": operand, "limit": limit, **{blank: formula for blank, formula in tried if formula is not None}}


def _guards(kind: str, limit: float, x: float, name: Symbol) -> Iterator[tuple[str, Guarded]]:
    """Yield what may replace an operand, with the blank that it is for."""
    if kind == "division by zero":
        yield "guarded", (recorded_operation(TABLE["where"], [name, name, 1.0]), 1.0)
        yield "shifted", _shifted(x, name)
    elif kind == "unprotected branch":
        yield "guarded", (recorded_operation(TABLE["where"], [Symbol("condition"), name, 1.0]), 1.0)
    elif kind in {"log of zero", "log of negative", "root of negative"}:
        yield "guarded", _kept("maximum", limit, name)
    elif x == 0.0:
        yield "guarded", _shifted(x, name)
    elif float(format_number(x)) == x:
        yield "guarded", _kept("maximum", x, name)
        yield "guarded", _kept("minimum", x, name)


def _shifted(x: float, name: Symbol) -> Guarded:
    return recorded_operation(TABLE["add"], [name, DISTANCE]), x + DISTANCE


def _kept(primitive: str, limit: float, name: Symbol) -> Guarded:
    """Return an operand that is kept above a limit by `maximum`, or below it by `minimum`."""
    sign = "add" if primitive == "maximum" else "sub"
    bound = recorded_operation(TABLE[sign], [limit, DISTANCE]) if limit else as_symbol(DISTANCE)
    number = limit + DISTANCE if primitive == "maximum" else limit - DISTANCE
    return recorded_operation(TABLE[primitive], [name, bound]), number


def _tried(trace: Stepper, z: int, place: int, guarded: Guarded) -> Symbol | None:
    """Return the operation of a node with another operand if its value and its partials are finite."""
    primitive, (formula, number) = primitive_of(trace.nodes[z]), guarded
    numbers = numbers_of(trace.edges, trace.events.numbers.values, z)
    numbers[place] = number
    value, partials = primitive.linearize(*primitive.group(numbers))
    if not all(map(math.isfinite, [value, *primitive.flatten(partials)])):
        return None
    operands = trace.events.operands_of(z)
    operands[place] = formula
    return recorded_operation(primitive, operands)
