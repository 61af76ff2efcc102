"""The backward pass: what it adds to which gradient."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value, dot, exp, no_grad, tanh
from autograd_tiny import sum as sum_of
from autograd_tiny.errors import OperandError

reals = st.floats(min_value=-1e3, max_value=1e3)


# ── one pass ──────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── changes between the passes ────────────────────────────────────────────────────────────────────────────────


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


# ── several passes ────────────────────────────────────────────────────────────────────────────────────────────


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


# ── infinities ────────────────────────────────────────────────────────────────────────────────────────────────


def test_zero_upstream_times_infinite_partial_is_nan() -> None:
    a = Value(0.0)
    (0.0 * a**0.5).backward()
    assert math.isnan(a.grad)


@pytest.mark.parametrize("partials", [[math.inf, 1.0], [math.nan, 1.0], [math.inf, -math.inf]])
def test_zero_upstream_times_infinite_partials_is_nan(partials: list[float]) -> None:
    ws = [Value(1.0), Value(1.0)]
    (0.0 * dot(ws, partials, Value(0.0))).backward()
    assert [math.isnan(w.grad) for w in ws] == [not math.isfinite(partial) for partial in partials]


def test_zero_upstream_adds_nothing() -> None:
    ws = [Value(1.0), Value(1.0)]
    (0.0 * dot(ws, [1e308, 1e308], Value(0.0)) + ws[0]).backward()  # the sum of these partials is infinite
    assert [w.grad for w in ws] == [1.0, 0.0]


def test_backward_of_unrecorded_node_reaches_only_itself() -> None:
    a = Value(2.0)
    with no_grad():
        root = a * a
    root.backward()
    assert (root.grad, a.grad) == (1.0, 0.0)
