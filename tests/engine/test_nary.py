"""Nodes with many inputs: their inputs, partials and operands, their contributions, and how traversals visit them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import Value, clamp, dot, logsumexp, softmax, where
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.nary import (
    add_contributions,
    has_node,
    inputs_of,
    map_slot,
    nary_slots,
    operands_of,
    partials_of,
    push_open_inputs,
)
from autograd_tiny.primitives.primitive import TABLE

X, Y, B = Value(2.0, label="x"), Value(3.0, label="y"), Value(0.5, label="b")


# ── inputs, partials and operands ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "name", "operands", "inputs", "partials"),
    [
        (lambda: clamp(X, 0.0, Y), "clamp", (X, 0.0, Y), (X, Y), (1.0, 0.0)),
        (lambda: where(True, X, Y), "where", (1.0, X, Y), (X, Y), (1.0, 0.0)),
        (lambda: sum_of([X, Y, X]), "sum", (X, Y, X), (X, Y, X), (1.0, 1.0, 1.0)),
        (lambda: sum_of([1, X]), "sum", (1.0, X), (X,), (1.0,)),
        (lambda: dot([X, Y], [4.0, 5], B), "dot", (X, Y, 4.0, 5.0, B), (X, Y, B), (4.0, 5.0, 1.0)),
        (lambda: dot([X], [Y], B), "dot", (X, Y, B), (X, Y, B), (3.0, 2.0, 1.0)),
        (lambda: dot([X, 4.0], [5.0, Y]), "dot", (X, 4.0, 5.0, Y, 0.0), (X, Y), (5.0, 4.0)),
        (lambda: logsumexp([X]), "logsumexp", (X,), (X,), (1.0,)),
        (lambda: softmax([X, X])[1], "softmax_at", (X, X, 1.0), (X, X), (-0.25, 0.25)),
        (lambda: dot([X, Y], [4.0, 5.0]), "dot", (X, Y, 4.0, 5.0, 0.0), (X, Y), (4.0, 5.0)),
        (lambda: dot([X, Y], [4.0, 5.0], 1), "dot", (X, Y, 4.0, 5.0, 1.0), (X, Y), (4.0, 5.0)),
        (lambda: dot([X], [Y]), "dot", (X, Y, 0.0), (X, Y), (3.0, 2.0)),
        (lambda: dot([X], [Y], 1), "dot", (X, Y, 1.0), (X, Y), (3.0, 2.0)),
        (lambda: dot([4.0, 5.0], [X, Y], B), "dot", (4.0, 5.0, X, Y, B), (X, Y, B), (4.0, 5.0, 1.0)),
        (lambda: dot([X, 4.0], [5.0, Y], B), "dot", (X, 4.0, 5.0, Y, B), (X, Y, B), (5.0, 4.0, 1.0)),
        (lambda: dot([4.0], [5.0], B), "dot", (4.0, 5.0, B), (B,), (1.0,)),
        (lambda: dot([], [], B), "dot", (B,), (B,), (1.0,)),
    ],
)
def test_node_lists_operands_inputs_and_partials(
    make: Callable[[], Value],
    name: str,
    operands: tuple[Any, ...],
    inputs: tuple[Value, ...],
    partials: tuple[float, ...],
) -> None:
    node = make()
    assert node.primitive is TABLE[name]
    assert node.operands == operands_of(node) == operands
    assert node.inputs == inputs_of(node) == inputs
    assert node.partials == partials_of(node) == partials
    assert {type(x) for x in node.operands} <= {float, Value}
    assert {type(x) for x in node.partials} <= {float}


def test_slots_hold_inputs_partials_and_mixed_operands() -> None:
    assert nary_slots((X, Y), (1.0, 2.0)) == ((X, Y), (1.0, 2.0), (), (), ())
    assert nary_slots((X,), (1.0,), (X, 4.0)) == ((X,), (1.0,), (), (), (X, 4.0))


@pytest.mark.parametrize(("bias", "result"), [(B, True), (0.5, False), ((), False), ((X, 4.0), False)])
def test_has_node_is_true_for_bias_node_only(bias: Any, result: bool) -> None:
    assert has_node(bias) is result


def test_dot_of_nodes_and_floats_keeps_tuples() -> None:
    ws, xs, bias = (Value(1.0), Value(2.0)), (3.0, 4.0), Value(0.5)
    one, other = dot(ws, xs, bias), dot(ws, xs)
    assert one._x is other._x is ws
    assert one._dx is other._dx is xs
    assert (one.inputs, one.partials, one.operands) == ((*ws, bias), (3.0, 4.0, 1.0), (*ws, *xs, bias))
    assert (other.inputs, other.partials, other.operands) == (ws, xs, (*ws, *xs, 0.0))


def test_dot_of_nodes_keeps_tuples() -> None:
    ws, xs, bias = (Value(1.0), Value(2.0)), (Value(3.0), Value(4.0)), Value(0.5)
    one, other = dot(ws, xs, bias), dot(ws, xs)
    assert one._x is other._x is ws
    assert one._y is other._y is xs
    assert (one.inputs, one.partials) == ((*ws, *xs, bias), (3.0, 4.0, 1.0, 2.0, 1.0))
    assert (other.inputs, other.partials, other.operands) == ((*ws, *xs), (3.0, 4.0, 1.0, 2.0), (*ws, *xs, 0.0))


# ── contributions ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "gradients"),
    [
        (lambda x, y, b: sum_of([x, y, x]), (4.0, 2.0, 0.0)),
        (lambda x, y, b: sum_of([1.0, y]), (0.0, 2.0, 0.0)),
        (lambda x, y, b: dot([x, y], [4.0, 5.0], b), (8.0, 10.0, 2.0)),
        (lambda x, y, b: dot([x, y], [4.0, 5.0], 0.5), (8.0, 10.0, 0.0)),
        (lambda x, y, b: dot([x, y], [4.0, 5.0]), (8.0, 10.0, 0.0)),
        (lambda x, y, b: dot([x, y], [y, 5.0], b), (6.0, 14.0, 2.0)),
        (lambda x, y, b: dot([x, x], [y, b], b), (7.0, 4.0, 6.0)),
        (lambda x, y, b: dot([x], [y], 0.5), (6.0, 4.0, 0.0)),
        (lambda x, y, b: dot([x, y], [y, x], x), (14.0, 8.0, 0.0)),
    ],
)
def test_each_input_receives_partial_times_upstream(make: Callable[..., Value], gradients: tuple[float, ...]) -> None:
    x, y, b = Value(2.0), Value(3.0), Value(0.5)
    add_contributions(make(x, y, b), 2.0)
    assert (x.grad, y.grad, b.grad) == gradients


def test_contributions_are_added_to_gradients() -> None:
    w, b = Value(2.0), Value(0.5)
    w.grad, b.grad = 100.0, 1000.0
    add_contributions(dot([w], [3.0], b), 2.0)
    assert (w.grad, b.grad) == (106.0, 1002.0)


@pytest.mark.parametrize("partials", [[math.inf, 1.0], [math.nan, 1.0], [math.inf, -math.inf]])
def test_zero_upstream_times_infinite_partials_is_nan(partials: list[float]) -> None:
    ws = [Value(1.0), Value(1.0)]
    (0.0 * dot(ws, partials, Value(0.0))).backward()
    assert [math.isnan(w.grad) for w in ws] == [not math.isfinite(partial) for partial in partials]


def test_zero_upstream_adds_nothing() -> None:
    ws = [Value(1.0), Value(1.0)]
    (0.0 * dot(ws, [1e308, 1e308], Value(0.0)) + ws[0]).backward()  # the sum of these partials is infinite
    assert [w.grad for w in ws] == [1.0, 0.0]


def test_zero_upstream_leaves_gradients() -> None:
    xs, bias = [Value(2.0), Value(3.0)], Value(0.5)
    for node in (*xs, bias):
        node.grad = 7.0
    add_contributions(dot(xs, xs[::-1], bias), 0.0)
    assert [node.grad for node in (*xs, bias)] == [7.0] * 3


# ── traversal ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "inputs"),
    [
        (lambda: sum_of([X, Y, B]), [X, Y, B]),
        (lambda: dot([X, Y], [4.0, 5.0], B), [X, Y, B]),
        (lambda: dot([X, Y], [4.0, 5.0], 0.5), [X, Y]),
        (lambda: dot([X, Y], [Y, B], X), [X, Y, Y, B, X]),
        (lambda: dot([X, 5.0], [4.0, Y]), [X, Y]),
    ],
)
def test_open_inputs_are_pushed_with_the_first_on_top(make: Callable[[], Value], inputs: list[Value]) -> None:
    stack: list[Value] = [X]
    push_open_inputs(make(), stack, object(), set())
    assert stack == [X, *reversed(inputs)]


def test_closed_inputs_are_not_pushed() -> None:
    a, b, bias = Value(1.0), Value(2.0), Value(3.0)
    closed = a._mark = bias._mark = object()
    stack: list[Value] = []
    push_open_inputs(dot([a, b], [b, a], bias), stack, closed, set())
    assert stack == [b, b]


def test_only_tuples_of_closed_nodes_are_remembered() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    weights, xs = (a, b), (b, c)
    node = dot(weights, xs)
    closed, closed_tuples, stack = object(), set[int](), list[Value]()
    a._mark = b._mark = closed
    push_open_inputs(node, stack, closed, closed_tuples)
    assert (stack, closed_tuples) == ([c], {id(weights)})
    c._mark = closed
    push_open_inputs(node, stack, closed, closed_tuples)
    assert (stack, closed_tuples) == ([c], {id(weights), id(xs)})


def test_remembered_tuples_are_skipped() -> None:
    weights, xs = (Value(1.0),), (Value(2.0),)
    stack: list[Value] = []
    push_open_inputs(dot(weights, xs), stack, object(), {id(weights)})
    assert stack == [*xs]


# ── slots of any node ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("slot", "result"),
    [(None, None), (2.0, 2.0), (X, "x"), ((), ()), ((X, 2.0, Y), ("x", 2.0, "y")), ((1.0, 2.0), (1.0, 2.0))],
)
def test_map_slot_applies_function_to_nodes(slot: Any, result: Any) -> None:
    assert map_slot(slot, lambda node: node.label) == result
