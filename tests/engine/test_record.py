"""Recording in general: every primitive, every kind of number, and errors; arrays are left to NumPy."""

from __future__ import annotations

import fractions
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.engine.record import record, record_operator
from autograd_tiny.engine.value import new_node
from autograd_tiny.errors import OperandError, PrimitiveError
from autograd_tiny.primitives.primitive import TABLE
from tests.engine.operators import (
    NON_NUMBERS,
    Operator,
    check_against_table,
    check_operator,
    every_operator,
    primitive_of,
    type_name,
)
from tests.references import same

X, Y = Value(2.0), Value(3.0)

# ── primitives ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("exp", [X]),
        ("tanh", [X]),
        ("mul", [X, Y]),
        ("mul", [2, X]),
        ("maximum", [X, Y]),
        ("maximum", [True, X]),
        ("maximum", [X, np.float32(0.5)]),
        ("clamp", [X, 0, Y]),
        ("sum", [[X, Y, X]]),
        ("sum", [[1, X, np.float32(0.5)]]),
        ("dot", [[X, 4], [5.0, Y], 1]),
        ("softmax_at", [[X, 0.0], 1]),
    ],
)
def test_record_agrees_with_table(name: str, operands: list[Any]) -> None:
    primitive = TABLE[name]
    check_against_table(primitive, record(new_node, primitive, operands), operands)


@every_operator
def test_operator_agrees_with_function_of_its_primitive(name: str, operate: Operator) -> None:
    x, y = Value(2.5), Value(1.5)
    for operands in ((x, y), (x, 1.5), (2.5, y)):
        by_operator, by_function = operate(*operands), getattr(at, name)(*operands)
        assert by_operator.primitive is by_function.primitive
        assert by_operator.data == by_function.data
        assert by_operator.operands == by_function.operands
        assert by_operator.partials == by_function.partials


@pytest.mark.parametrize(
    ("call", "data", "partial"),
    [
        (lambda x: at.exp(1000.0 * x), math.inf, math.inf),
        (lambda x: at.log(0.0 * x), -math.inf, math.inf),
        (lambda x: 1.0 / (0.0 * x), math.inf, -math.inf),
        (lambda x: (0.0 - x) ** 0.5, math.nan, math.nan),
        (lambda x: (1e200 * x) ** 2, math.inf, 2e200),
        (lambda x: at.sqrt(-x), math.nan, math.nan),
    ],
)
def test_overflow_and_domain_errors_give_ieee_results(
    call: Callable[[Value], Value], data: float, partial: float
) -> None:
    node = call(Value(1.0))
    assert same(node.data, data)
    assert same(node.partials[0], partial)


def test_unary_primitive_can_be_called() -> None:
    x = Value(0.0)
    node = TABLE["exp"](x)
    assert (node.data, node.inputs, node.partials) == (1.0, (x,), (1.0,))


def test_wrong_number_of_partials_raises() -> None:
    row = at.primitive("two_partials", "two_partials({x})", lambda x: x, lambda x, z: (1.0, 1.0))
    try:
        with pytest.raises(at.AutogradError, match="the number of its partials is 2, that of the operands 1"):
            row(Value(1.0))
    finally:
        del TABLE["two_partials"]


@pytest.mark.parametrize("partial", [None, "1", 2j])
def test_non_numeric_partial_raises(partial: Any) -> None:
    row = at.primitive("odd_partial", "odd_partial({x})", lambda x: x, lambda x, z: (partial,))
    try:
        with pytest.raises(PrimitiveError, match=f"odd_partial.*its partial is {partial!r}; return a real number"):
            row(Value(1.0))
    finally:
        del TABLE["odd_partial"]


def test_exception_in_own_primitive_propagates() -> None:
    row = at.primitive("mistaken", "mistaken({x})", lambda x: x.nothing, lambda x, z: (1.0,))
    try:
        with pytest.raises(AttributeError, match="nothing"):
            row(Value(1.0))
    finally:
        del TABLE["mistaken"]


# ── operands ──────────────────────────────────────────────────────────────────────────────────────────────────


@every_operator
@pytest.mark.parametrize(
    "number", [True, False, np.float64(1.5), np.float32(1.5), np.int64(3), np.array(1.5), np.True_]
)
def test_operator_takes_every_kind_of_number(name: str, operate: Operator, number: Any) -> None:
    check_operator(name, operate, Value(2.5), number)
    check_operator(name, operate, number, Value(2.5))


@every_operator
@pytest.mark.parametrize("number", [2**53 + 1, 2**70 + 1, -(2**1000)])
def test_operator_rounds_large_integer_as_float(name: str, operate: Operator, number: int) -> None:
    check_operator(name, operate, Value(2.5), number)
    check_operator(name, operate, number, Value(2.5))


@every_operator
@pytest.mark.parametrize("number", [10**400, -(10**400)], ids=["huge", "-huge"])
def test_operator_of_integer_too_large_raises(name: str, operate: Operator, number: int) -> None:
    x = Value(2.0)
    for operands in ((x, number), (number, x)):
        with pytest.raises(OverflowError, match=r"too large .* float") as caught:
            operate(*operands)
        assert len(str(caught.value)) < 100


@every_operator
@pytest.mark.parametrize("other", NON_NUMBERS, ids=type_name)
def test_operator_of_non_number_raises(name: str, operate: Operator, other: Any) -> None:
    x = Value(2.0)
    reflected = not isinstance(other, np.generic | np.ndarray | fractions.Fraction)  # these raise their own error
    for operands in [(x, other), (other, x)][: 1 + reflected]:
        with pytest.raises(
            OperandError, match=f"got '{type(other).__name__}'(?s:.*); it takes Values and real numbers"
        ) as caught:
            operate(*operands)
        row = primitive_of(name, *operands)
        assert caught.value.primitive == ("pow" if row.symbol == "**" else row.name)
        assert caught.value.received == type(other).__name__


class Parameter(Value):
    """A subclass."""


@every_operator
def test_subclass_is_an_operand(name: str, operate: Operator) -> None:
    check_operator(name, operate, Parameter(2.5), Value(1.5))
    check_operator(name, operate, Value(2.5), Parameter(1.5))
    check_operator(name, operate, Parameter(2.5), 2)


@every_operator
def test_array_operand_is_left_to_numpy(name: str, operate: Operator) -> None:
    x, array = Value(2.0), np.array([1.0, 2.0])
    for operands in ((x, array), (array, x)):
        assert record_operator(new_node, primitive_of(name, *operands), *operands) is NotImplemented
        assert [node.inputs for node in operate(*operands)] == [(x,), (x,)]
