"""`Value`: its constructor, the operators written out in it, and how operations are recorded."""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import NumberTooLargeError, OperandError, PrimitiveError
from autograd_tiny.primitives.primitive import TABLE, Primitive
from tests.references import same

any_float = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True) | st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -0.5, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e308, -1e308]
)
whole = st.integers(-(2**53), 2**53) | st.integers(-3, 3)
Operator = Callable[[Any, Any], Any]


# ── the constructor ───────────────────────────────────────────────────────────────────────────────────────────


def test_new_value_is_leaf_without_gradient() -> None:
    x = Value(2.0)
    assert (x.data, x.grad, x.label, x.primitive, x.inputs) == (2.0, 0.0, "", None, ())


@pytest.mark.parametrize("data", [2, np.float32(2.0), np.float64(2.0), np.int8(2), np.uint64(2), np.array(2)])
def test_data_becomes_python_float(data: Any) -> None:
    x = Value(data)
    assert x.data == 2.0
    assert type(x.data) is float


@pytest.mark.parametrize("data", [math.inf, -math.inf, -0.0, 5e-324])
def test_extreme_data_is_kept(data: float) -> None:
    assert Value(data).data.hex() == data.hex()


def test_label_is_keyword_only() -> None:
    assert Value(1.0, label="x").label == "x"
    with pytest.raises(TypeError, match="positional"):
        Value(1.0, "x")


def test_data_is_required() -> None:
    with pytest.raises(TypeError, match="data"):
        Value()


# ── the operators agree with the table ────────────────────────────────────────────────────────────────────────

OPERATORS = [
    ("add", operator.add),
    ("sub", operator.sub),
    ("mul", operator.mul),
    ("div", operator.truediv),
    ("pow", operator.pow),
]
every_operator = pytest.mark.parametrize(("name", "operate"), OPERATORS, ids=[name for name, _ in OPERATORS])


def row_of(name: str, x: Any, y: Any) -> Primitive:
    """Return the row that x ∘ y is recorded with."""
    if name == "pow" and not isinstance(y, Value):
        name = "pow_constant_exponent"
    elif name == "pow" and not isinstance(x, Value):
        name = "pow_constant_base"
    return TABLE[name]


def check_against_the_table(name: str, operate: Operator, x: Any, y: Any) -> None:
    node, row = operate(x, y), row_of(name, x, y)
    numbers = [operand.data if isinstance(operand, Value) else float(operand) for operand in (x, y)]
    data, partials = row.linearize(*numbers)
    due = [partial for partial, operand in zip(partials, (x, y), strict=True) if isinstance(operand, Value)]
    assert node.primitive is row
    assert node.inputs == tuple(operand for operand in (x, y) if isinstance(operand, Value))
    assert type(node.data) is float
    assert same(node.data, data), f"{node.data!r} for {data!r}"
    assert len(node.partials) == len(due)
    assert all(map(same, node.partials, due)), f"partials {node.partials} for {due}"
    for operand, given_operand, number in zip(node.operands, (x, y), numbers, strict=True):
        assert operand is given_operand if isinstance(given_operand, Value) else same(operand, number)


@every_operator
@given(x=any_float, y=any_float)
@example(x=0.0, y=0.0)
@example(x=1e308, y=1e-308)
def test_operator_of_nodes_agrees_with_table(name: str, operate: Operator, x: float, y: float) -> None:
    check_against_the_table(name, operate, Value(x), Value(y))


@every_operator
@given(x=any_float, y=any_float | whole)
@example(x=2.0, y=0.5)
@example(x=1.8502510771577138e-33, y=-0.5)
@example(x=1e200, y=2)
@example(x=1e-200, y=-2.0)
@example(x=3.0, y=0)
def test_operator_of_node_and_number_agrees_with_table(name: str, operate: Operator, x: float, y: float) -> None:
    check_against_the_table(name, operate, Value(x), y)


@every_operator
@given(x=any_float | whole, y=any_float)
@example(x=1, y=0.0)
def test_operator_of_number_and_node_agrees_with_table(name: str, operate: Operator, x: float, y: float) -> None:
    check_against_the_table(name, operate, x, Value(y))


@every_operator
@pytest.mark.parametrize(
    "number", [True, False, np.float64(1.5), np.float32(1.5), np.int64(3), np.array(1.5), np.True_]
)
def test_operator_takes_every_kind_of_number(name: str, operate: Operator, number: Any) -> None:
    check_against_the_table(name, operate, Value(2.5), number)
    check_against_the_table(name, operate, number, Value(2.5))


@every_operator
@pytest.mark.parametrize("number", [2**53 + 1, 2**70 + 1, -(2**1000)])
def test_operator_rounds_large_integer_as_float(name: str, operate: Operator, number: int) -> None:
    check_against_the_table(name, operate, Value(2.5), number)
    check_against_the_table(name, operate, number, Value(2.5))


@pytest.mark.parametrize(("name", "operate"), [("neg", operator.neg), ("relu", Value.relu), ("tanh", Value.tanh)])
@given(x=any_float)
@example(x=0.0)
@example(x=-0.0)
@example(x=400.0)
@example(x=-800.0)
def test_unary_operator_agrees_with_table(name: str, operate: Operator, x: float) -> None:
    operand = Value(x)
    node, (data, (partial,)) = operate(operand), TABLE[name].linearize(x)
    assert node.primitive is TABLE[name]
    assert same(node.data, data)
    assert same(*node.partials, partial)
    assert node.operands == (operand,)


@every_operator
def test_planted_wrong_partial_is_found(name: str, operate: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = Value(2.5), 2 if name == "pow" else Value(1.5)
    monkeypatch.setattr(row_of(name, x, y), "partials", lambda x, y, z: (2.0, 3.0))
    with pytest.raises(AssertionError, match="partials"):
        check_against_the_table(name, operate, x, y)


@every_operator
def test_operator_agrees_with_function_of_its_primitive(name: str, operate: Operator) -> None:
    x, y = Value(2.5), Value(1.5)
    for operands in ((x, y), (x, 1.5), (2.5, y)):
        by_operator, by_function = operate(*operands), getattr(at, name)(*operands)
        assert by_operator.primitive is by_function.primitive
        assert by_operator.data == by_function.data
        assert by_operator.operands == by_function.operands
        assert by_operator.partials == by_function.partials


class Text(str):
    """A text that is a subclass."""

    __slots__ = ()


class Tensor:
    """What a tensor of another library looks like."""

    dtype, ndim, shape = "float32", 0, ()

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        return np.array(2.0)

    def __float__(self) -> float:
        return 2.0

    def item(self) -> float:
        return 2.0


def type_name(thing: Any) -> str:
    return type(thing).__name__


BAD = [
    *("2", Text("2"), b"2", None, 2j, [2.0], (2.0,), {2.0}, {"x": 2.0}, object(), Tensor(), float, math.exp),
    *(decimal.Decimal(2), fractions.Fraction(2), datetime.timedelta(2)),
    *(np.complex128(2), np.array(2j), np.array("2"), np.array(None)),
]


@pytest.mark.parametrize(
    "data", [*BAD, np.array([2.0]), np.zeros((2, 2)), np.array([Value(2.0)], dtype=object)], ids=type_name
)
def test_non_numeric_data_raises(data: Any) -> None:
    with pytest.raises(
        OperandError, match=f"data got '{type(data).__name__}'(?s:.*); it takes a real number"
    ) as caught:
        Value(data)
    assert caught.value.primitive == "data"
    assert len(str(caught.value)) < 200


def test_value_as_data_raises() -> None:
    with pytest.raises(
        OperandError, match=r"data got 'Value' \(Value\(.*\)\); it takes a real number; use its \.data"
    ):
        Value(Value(2.0))


@pytest.mark.parametrize("data", [True, False, np.True_, np.array(False)])
def test_bool_as_data_raises(data: Any) -> None:
    with pytest.raises(OperandError, match=f"got '{type(data).__name__}'.*write 1.0 or 0.0"):
        Value(data)


@pytest.mark.parametrize("data", [10**400, -(10**400)])
def test_integer_too_large_as_data_raises(data: int) -> None:
    with pytest.raises(NumberTooLargeError, match="data got an integer too large for a float") as caught:
        Value(data)
    assert isinstance(caught.value, OverflowError)
    assert len(str(caught.value)) < 100


@every_operator
@pytest.mark.parametrize("number", [10**400, -(10**400)], ids=["huge", "-huge"])
def test_operator_of_integer_too_large_raises(name: str, operate: Operator, number: int) -> None:
    x = Value(2.0)
    for operands in ((x, number), (number, x)):
        with pytest.raises(OverflowError, match=r"too large .* float") as caught:
            operate(*operands)
        assert len(str(caught.value)) < 100


@every_operator
@pytest.mark.parametrize("other", BAD, ids=type_name)
def test_operator_of_non_number_raises(name: str, operate: Operator, other: Any) -> None:
    x = Value(2.0)
    left_is_asked = not isinstance(other, np.generic | np.ndarray | fractions.Fraction)  # these answer themselves
    for operands in [(x, other), (other, x)][: 1 + left_is_asked]:
        with pytest.raises(
            OperandError, match=f"got '{type(other).__name__}'(?s:.*); it takes Values and real numbers"
        ) as caught:
            operate(*operands)
        assert caught.value.primitive == row_of(name, *operands).name
        assert caught.value.received == type(other).__name__


# ── rounding and the other operators ──────────────────────────────────────────────────────────────────────────


@given(x=any_float, y=st.floats(min_value=1e-300, max_value=1e300))
def test_division_is_correctly_rounded(x: float, y: float) -> None:
    assert same((Value(x) / Value(y)).data, x / y)


def test_unary_plus_returns_the_node() -> None:
    x = Value(2.0)
    assert +x is x


def test_augmented_assignment_rebinds_the_name() -> None:
    a = before = Value(2.0, label="a")
    a += 1.0
    assert a is not before
    assert a.inputs == (before,)
    assert (before.data, before.primitive, before.label) == (2.0, None, "a")


@pytest.mark.parametrize(
    "operate", [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow, operator.imod]
)
def test_augmented_assignment_makes_new_node(operate: Operator) -> None:
    x = Value(2.0)
    assert operate(x, 3.0).inputs == (x,)
    assert x.data == 2.0


# ── recording ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_detach_returns_leaf_with_data_and_label() -> None:
    x = Value(3.0)
    y = x * x
    y.label, y.grad = "y", 5.0
    z = y.detach()
    assert (z.data, z.label, z.grad, z.inputs, z.primitive) == (9.0, "y", 0.0, (), None)
    assert z is not y
    assert y.inputs == (x, x)


def test_gradient_stops_at_detached_node() -> None:
    x = Value(3.0)
    (x * x.detach()).backward()
    assert x.grad == 3.0


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


def test_wrong_number_of_partials_raises() -> None:
    row = at.primitive("two_partials", "two_partials({x})", lambda x: x, lambda x, z: (1.0, 1.0))
    try:
        with pytest.raises(at.AutogradError, match="primitive 'two_partials': it has 2 partials for 1 operands"):
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


def test_unary_primitive_can_be_called() -> None:
    x = Value(0.0)
    node = TABLE["exp"](x)
    assert (node.data, node.inputs, node.partials) == (1.0, (x,), (1.0,))


def test_exception_in_own_primitive_propagates() -> None:
    row = at.primitive("mistaken", "mistaken({x})", lambda x: x.nothing, lambda x, z: (1.0,))
    try:
        with pytest.raises(AttributeError, match="nothing"):
            row(Value(1.0))
    finally:
        del TABLE["mistaken"]


class Parameter(Value):
    """A subclass."""


@every_operator
def test_subclass_is_an_operand(name: str, operate: Operator) -> None:
    check_against_the_table(name, operate, Parameter(2.5), Value(1.5))
    check_against_the_table(name, operate, Value(2.5), Parameter(1.5))
    check_against_the_table(name, operate, Parameter(2.5), 2)
