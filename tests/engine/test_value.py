"""`Value`: its constructor, the operators written out in it, the backward pass, `zero_grad` and `detach`."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd_tiny import Value, dot, exp, tanh
from autograd_tiny import sum as sum_of
from autograd_tiny.errors import NumberTooLargeError, OperandError
from autograd_tiny.primitives.primitive import TABLE
from tests.engine.operators import NON_NUMBERS, Operator, check_operator, every_operator, primitive_of, type_name
from tests.references import same

any_float = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True) | st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -0.5, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e308, -1e308]
)
whole = st.integers(-(2**53), 2**53) | st.integers(-3, 3)
reals = st.floats(min_value=-1e3, max_value=1e3)


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


def test_data_is_required() -> None:
    with pytest.raises(TypeError, match="data"):
        Value()


def test_label_is_keyword_only() -> None:
    assert Value(1.0, label="x").label == "x"
    with pytest.raises(TypeError, match="positional"):
        Value(1.0, "x")


@pytest.mark.parametrize(
    "data", [*NON_NUMBERS, np.array([2.0]), np.zeros((2, 2)), np.array([Value(2.0)], dtype=object)], ids=type_name
)
def test_non_numeric_data_raises(data: Any) -> None:
    with pytest.raises(
        OperandError, match=f"the data of a Value got '{type(data).__name__}'(?s:.*); it takes a real number"
    ) as caught:
        Value(data)
    assert caught.value.primitive == "the data of a Value"
    assert len(str(caught.value)) < 200


def test_value_as_data_raises() -> None:
    with pytest.raises(
        OperandError, match=r"the data of a Value got 'Value' \(Value\(.*\)\); it takes a real number; use its \.data"
    ):
        Value(Value(2.0))


@pytest.mark.parametrize("data", [True, False, np.True_, np.array(False)])
def test_bool_as_data_raises(data: Any) -> None:
    with pytest.raises(OperandError, match=f"got '{type(data).__name__}'.*write 1.0 or 0.0"):
        Value(data)


@pytest.mark.parametrize("data", [10**400, -(10**400)])
def test_integer_too_large_as_data_raises(data: int) -> None:
    with pytest.raises(
        NumberTooLargeError, match="the data of a Value got an integer too large for a float"
    ) as caught:
        Value(data)
    assert isinstance(caught.value, OverflowError)
    assert len(str(caught.value)) < 100


# ── operators agree with the table ────────────────────────────────────────────────────────────────────────────


@pytest.mark.no_cover
@every_operator
@given(x=any_float, y=any_float)
@example(x=0.0, y=0.0)
@example(x=1e308, y=1e-308)
def test_operator_of_nodes_agrees_with_table(name: str, operate: Operator, x: float, y: float) -> None:
    check_operator(name, operate, Value(x), Value(y))


@pytest.mark.no_cover
@every_operator
@given(x=any_float, y=any_float | whole)
@example(x=2.0, y=0.5)
@example(x=1.8502510771577138e-33, y=-0.5)
@example(x=1e200, y=2)
@example(x=1e-200, y=-2.0)
@example(x=3.0, y=0)
@example(x=0.0, y=0)
@example(x=math.nan, y=0)
def test_operator_of_node_and_number_agrees_with_table(name: str, operate: Operator, x: float, y: float) -> None:
    check_operator(name, operate, Value(x), y)


@pytest.mark.no_cover
@every_operator
@given(x=any_float | whole, y=any_float)
@example(x=1, y=0.0)
def test_operator_of_number_and_node_agrees_with_table(name: str, operate: Operator, x: float, y: float) -> None:
    check_operator(name, operate, x, Value(y))


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
    monkeypatch.setattr(primitive_of(name, x, y), "partials", lambda x, y, z: (2.0, 3.0))
    with pytest.raises(AssertionError, match="partials"):
        check_operator(name, operate, x, y)


@given(x=any_float, y=st.floats(min_value=1e-300, max_value=1e300))
def test_division_is_correctly_rounded(x: float, y: float) -> None:
    assert same((Value(x) / Value(y)).data, x / y)


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


# ── backward: one pass ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("build", "gradient"),
    [
        (lambda a: a + a, 2.0),
        (lambda a: a - a, 0.0),
        (lambda a: a * a, 6.0),
        (lambda a: a / a, 0.0),
        (lambda a: a**a, 27.0 * (math.log(3.0) + 1.0)),
        (lambda a: sum_of([a, a, a]), 3.0),
        (lambda a: dot([a, a], [a, 2.0], a), 6.0 + 2.0 + 1.0),
        (lambda a: (a + a) * (a + a), 24.0),
        (lambda a: 2.0 * a + 1.0, 2.0),
        (lambda a: a, 1.0),
    ],
)
def test_node_used_twice_gets_both_contributions(build: Callable[[Value], Value], gradient: float) -> None:
    a = Value(3.0)
    build(a).backward()
    assert a.grad == pytest.approx(gradient, rel=1e-15, abs=1e-15)


def test_shared_node_waits_for_all_consumers() -> None:
    a = Value(2.0)
    b = a * a
    (b * b + b * 3.0 + b).backward()
    assert (b.grad, a.grad) == (2.0 * 4.0 + 4.0, 12.0 * 4.0)


def test_long_and_short_paths_add_up() -> None:
    a = Value(1.0)
    long = a
    for _ in range(10):
        long = long * 2.0
    (a + long).backward()
    assert a.grad == 1025.0


def test_seed_is_gradient_of_root() -> None:
    a = Value(3.0)
    root = a * a
    root.backward(0.5)
    assert (root.grad, a.grad) == (0.5, 3.0)
    root.backward(seed=-1.0)
    assert (root.grad, a.grad) == (-1.0, -3.0)


@pytest.mark.parametrize("seed", [2, 2.0, np.float32(2.0), np.array(2.0)])
def test_seed_becomes_float(seed: Any) -> None:
    a = Value(3.0)
    a.backward(seed)
    assert a.grad == 2.0
    assert type(a.grad) is float


@pytest.mark.parametrize("seed", ["1", None, 1j, [1.0], np.array([1.0]), Value(1.0)])
def test_non_numeric_seed_raises_and_changes_nothing(seed: Any) -> None:
    a = Value(3.0)
    (a * a).backward()
    with pytest.raises(
        OperandError, match=f"the seed of backward got '{type(seed).__name__}'(?s:.*); it takes a real number"
    ):
        (a * a).backward(seed)
    assert a.grad == 6.0


def test_leaf_as_root_accumulates_seeds() -> None:
    a = Value(3.0)
    a.backward()
    a.backward(2.0)
    assert a.grad == 3.0


def test_backward_from_detached_root_stops_there() -> None:
    a = Value(3.0)
    root = (a * a).detach()
    root.backward()
    assert (root.grad, a.grad) == (1.0, 0.0)


def test_plain_numbers_take_no_gradient() -> None:
    a = Value(3.0)
    node = a * 2.0 + 1.0
    node.backward()
    assert len(node.inputs) == 1
    assert a.grad == 2.0


def test_nodes_not_used_by_root_keep_gradients() -> None:
    a, b = Value(3.0), Value(4.0)
    used, unused = a * 2.0, a * b
    unused.grad = b.grad = 7.0
    used.backward()
    assert (unused.grad, b.grad) == (7.0, 7.0)


@given(x=reals, w=reals, b=reals)
def test_neuron_agrees_with_chain_rule_by_hand(x: float, w: float, b: float) -> None:
    x_node, w_node, b_node = Value(x), Value(w), Value(b)
    tanh(x_node * w_node + b_node).backward()
    slope = tanh(Value(x * w + b)).partials[0]
    assert (x_node.grad, w_node.grad, b_node.grad) == (w * slope, x * slope, slope)


# ── backward: changes after the forward pass ──────────────────────────────────────────────────────────────────


def test_new_data_after_forward_changes_no_gradient() -> None:
    a, b = Value(2.0), Value(3.0)
    inner = a * b
    root = exp(inner) + dot([a, b], [b, inner]) + a**3
    root.backward()
    expected = (a.grad, b.grad)
    root.zero_grad()
    a.data, b.data, inner.data, root.data = 10.0, -5.0, math.nan, 0.0
    root.backward()
    assert (a.grad, b.grad) == expected


def test_leaf_accumulates_onto_assigned_gradient() -> None:
    a = Value(3.0)
    a.grad = 10.0
    (a * a).backward()
    assert a.grad == 16.0


def test_inner_node_overwrites_assigned_gradient() -> None:
    a = Value(3.0)
    inner = a * a
    root = inner * 2.0
    inner.grad = root.grad = 100.0
    root.backward()
    assert (root.grad, inner.grad, a.grad) == (1.0, 2.0, 12.0)


# ── backward: several passes ──────────────────────────────────────────────────────────────────────────────────


@given(x=st.floats(min_value=-3.0, max_value=3.0), y=st.floats(min_value=0.1, max_value=3.0))
def test_backward_twice_adds_same_to_leaves(x: float, y: float) -> None:
    a, b = Value(x), Value(y)
    inner = exp(a * b) / b
    root = dot([inner, a, b], [a, 0.1, inner], b) ** 3 + sum_of([inner, a, 0.3, a])
    root.backward()
    once = [a.grad.hex(), b.grad.hex()]
    inner_once = inner.grad.hex()
    root.backward()
    assert [(a.grad / 2.0).hex(), (b.grad / 2.0).hex()] == once
    assert inner.grad.hex() == inner_once


def test_two_roots_add_up_in_leaves_only() -> None:
    a, b = Value(2.0), Value(3.0)
    shared = a * b
    first, second = shared * shared, shared + a
    first.backward()
    assert (shared.grad, a.grad, b.grad) == (12.0, 36.0, 24.0)
    second.backward()
    assert (shared.grad, a.grad, b.grad) == (1.0, 36.0 + 4.0, 24.0 + 2.0)
    assert first.grad == 1.0


def test_root_used_as_inner_node_starts_at_zero() -> None:
    a = Value(2.0)
    first = a * a
    first.backward()
    (first * 3.0).backward()
    assert (first.grad, a.grad) == (3.0, 4.0 + 12.0)


def test_inner_node_can_be_root_after_consumer() -> None:
    a = Value(2.0)
    inner = a * a
    outer = inner * 3.0
    outer.backward()
    inner.backward()
    assert (outer.grad, inner.grad, a.grad) == (1.0, 1.0, 12.0 + 4.0)


# ── backward: infinities ──────────────────────────────────────────────────────────────────────────────────────


def test_zero_upstream_times_infinite_partial_is_nan() -> None:
    a = Value(0.0)
    (0.0 * a**0.5).backward()
    assert math.isnan(a.grad)


# ── zero_grad ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_zero_grad_resets_node_and_its_inputs() -> None:
    a, b = Value(2.0), Value(3.0)
    inner = dot([a, a], [b, 2.0])
    root, above = inner * a, a + b
    root.backward()
    above.grad = 5.0
    root.zero_grad()
    assert [node.grad for node in (a, b, inner, root)] == [0.0] * 4
    assert above.grad == 5.0


def test_zero_grad_resets_leaf() -> None:
    a = Value(2.0)
    a.grad = 5.0
    a.zero_grad()
    assert a.grad == 0.0


# ── detach ────────────────────────────────────────────────────────────────────────────────────────────────────


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
