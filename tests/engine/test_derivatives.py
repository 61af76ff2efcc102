"""Derivatives as graphs: `grad`, `jacobian` and `hessian` agree with closed forms and with `backward()`."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value, exp, grad, hessian, jacobian, no_grad, relu, topological_order
from autograd_tiny.errors import NotRecordedError, OperandError, StaleDataError, UnusedInputError
from autograd_tiny.primitives.primitive import TABLE

reals = st.floats(min_value=-2.0, max_value=2.0)


def numbers(values: Any) -> Any:
    return [numbers(value) if isinstance(value, list) else value.data for value in values]


def derivatives(function: Callable[[Value], Value], at_point: float, order: int) -> list[float]:
    """Return the first derivatives up to an order."""
    x = Value(at_point)
    value, found = function(x), []
    for _ in range(order):
        slope = grad(value, x, allow_unused=True)
        value = Value(0.0) if slope is None else slope
        found.append(value.data)
    return found


# ── grad ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x**5, [80.0, 160.0, 240.0, 240.0, 120.0, 0.0]),
        (lambda x: 1.0 / x, [-0.25, 0.25, -0.375, 0.75]),
        (at.exp, [math.exp(2.0)] * 5),
        (at.sin, [math.cos(2.0), -math.sin(2.0), -math.cos(2.0), math.sin(2.0)]),
        (at.log, [0.5, -0.25, 0.25, -0.375]),
        (lambda x: x * x * x, [12.0, 12.0, 6.0, 0.0]),
        (lambda x: 3.0**x, [9.0 * math.log(3.0) ** k for k in range(1, 5)]),
        (lambda x: x**x, [4.0 * (math.log(2.0) + 1.0), 4.0 * (math.log(2.0) + 1.0) ** 2 + 2.0]),
        (lambda x: at.sum([x, x * x, 1.0]), [5.0, 2.0, 0.0]),
        (lambda x: at.dot([x, 2.0], [x, x], x), [7.0, 2.0, 0.0]),
        (lambda x: at.relu(x - 1.0), [1.0, 0.0]),
    ],
)
def test_higher_derivatives_agree_with_closed_form(function: Callable[[Value], Value], expected: list[float]) -> None:
    assert derivatives(function, 2.0, len(expected)) == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_third_derivative_of_tanh_agrees_with_closed_form() -> None:
    z = math.tanh(0.5)
    slope = 1.0 - z * z
    expected = [slope, -2.0 * z * slope, slope * (6.0 * z * z - 2.0)]
    assert derivatives(at.tanh, 0.5, 3) == pytest.approx(expected, rel=1e-13)


def some_graph(a: Value, b: Value) -> Value:
    c = a * b + at.exp(a)
    d = at.dot([a, c, 2.0], [b, 3.0, c], a) / (1.0 + at.square(b))
    return at.logsumexp([c, d, 0.5]) - at.tanh(d) * at.sum([a, d, a]) + 2.0 ** at.sin(c)


@given(x=reals, y=reals)
def test_grad_agrees_with_backward(x: float, y: float) -> None:
    a, b = Value(x), Value(y)
    root = some_graph(a, b)
    slopes = grad(root, [a, b])
    root.backward()
    assert numbers(slopes) == pytest.approx([a.grad, b.grad], rel=1e-9, abs=1e-9)


def test_grad_of_inner_nodes_agrees_with_backward() -> None:
    a, b = Value(0.5), Value(-1.5)
    root = some_graph(a, b)
    nodes = topological_order(root)
    slopes = grad(root, nodes)
    root.backward()
    assert numbers(slopes) == pytest.approx([node.grad for node in nodes], rel=1e-12)


def test_hessian_changes_no_gradient() -> None:
    a, b = Value(0.5), Value(-1.5)
    root = some_graph(a, b)
    for node in topological_order(root):
        node.grad = 7.0
    hessian(root, [a, b])
    assert {node.grad for node in topological_order(root)} == {7.0}


def test_derivative_of_unused_input_is_none_if_allowed() -> None:
    a, b = Value(2.0), Value(3.0)
    above = a * b
    unused, slope, other = grad(a * a, [b, a, above], allow_unused=True)
    assert unused is other is None
    assert slope is not None
    assert slope.data == 4.0
    assert grad(a * a, b, allow_unused=True) is None


@pytest.mark.parametrize(
    ("inputs", "position", "which"),
    [
        (lambda a, b: b, None, r"the input \('b'\)"),
        (lambda a, b: [a, b], 1, r"input 1 \('b'\)"),
        (lambda a, b: [Value(1.0), a], 0, "input 0"),
        (lambda a, b: a.detach(), None, r"the input \('a'\)"),
        (lambda a, b: [a * b], 0, "input 0"),
    ],
)
def test_derivative_of_unused_input_raises(inputs: Any, position: int | None, which: str) -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    with pytest.raises(UnusedInputError, match=f"does not depend on {which}, .* pass allow_unused=True") as caught:
        grad(a * a, inputs(a, b))
    assert caught.value.position == position


def test_derivative_of_single_input_is_single() -> None:
    x = Value(3.0)
    slope = grad(x * x, x)
    assert isinstance(slope, Value)
    assert (slope.data, grad(slope, x).data) == (6.0, 2.0)


@pytest.mark.parametrize("derive", [grad, lambda root, inputs: jacobian([root], inputs), hessian])
def test_root_computed_under_no_grad_raises(derive: Any) -> None:
    x = Value(3.0)
    with no_grad():
        root = x * x
    with pytest.raises(NotRecordedError, match=r"computed inside no_grad\(\)"):
        derive(root, [x])


def test_derivative_of_root_is_one() -> None:
    a = Value(2.0)
    root = a * a
    assert numbers(grad(root, [root, a, root])) == [1.0, 4.0, 1.0]
    assert numbers(grad(a, [a])) == [1.0]


def test_backward_differentiates_a_derivative() -> None:
    x, y = Value(2.0), Value(3.0)
    (slope,) = grad(x * x * y, [x])
    slope.backward()
    assert (x.grad, y.grad) == (6.0, 4.0)


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (lambda x: 0.0 * x, 0.0),
        (lambda x: x * 0, 0.0),
        (lambda x: x**0, 0.0),
        (lambda x: x**0.0, 0.0),
        (lambda x: 0.0**x, 0.0),
        (lambda x: 0.0 / x, 0.0),
        (lambda x: x / 0.0, math.inf),
        (lambda x: at.dot([x, 0.0], [0.0, x]), 0.0),
        (lambda x: at.where(0.0, x, 3.0 * x), 3.0),
        (lambda x: at.maximum(x, 0.0), 1.0),
        (lambda x: at.max([0.0, x]), 1.0),
        (lambda x: at.prod([0.0, x]), 0.0),
        (lambda x: at.norm([x, 0.0]), 1.0),
        (lambda x: at.hypot(x, 0.0), 1.0),
        (lambda x: at.atan2(0.0, x), 0.0),
        (lambda x: at.clamp(x, 0.0, 0.0), 0.0),
        (lambda x: at.logsumexp([x, 0.0]), 1.0 / (1.0 + math.exp(-2.0))),
        (lambda x: at.xlogy(0.0, x), 0.0),
        (lambda x: at.xlogy(x, 0.0), -math.inf),
    ],
)
def test_grad_of_constant_zero_agrees_with_backward(function: Callable[[Value], Value], slope: float) -> None:
    x = Value(2.0)
    root = function(x)
    root.backward()
    assert x.grad == pytest.approx(slope)
    assert numbers(grad(root, [x])) == [pytest.approx(x.grad)]


def test_grad_after_changed_data_raises() -> None:
    x = Value(2.0)
    root = x**3
    x.data = 10.0
    with pytest.raises(StaleDataError, match="an input of pow_constant_exponent, or of its result, was changed"):
        grad(root, [x])


@pytest.mark.parametrize("function", [at.exp, lambda x: 2.0 / x, lambda x: at.norm([x, 1.0]), lambda x: at.max([x])])
def test_grad_after_changed_result_raises(function: Callable[[Value], Value]) -> None:
    x = Value(2.0)
    root = function(x)
    root.data = 5.0  # the partial is a function of it
    with pytest.raises(StaleDataError):
        grad(root, x)


@pytest.mark.parametrize(("before", "after"), [(1e-20, 5e-20), (5e-324, 0.0), (3.0, 3.0 + 1e-9), (1.0, math.nan)])
def test_grad_after_small_change_of_data_raises(before: float, after: float) -> None:
    x, y = Value(before), Value(3.0)
    for first, second in ((before, after), (after, before)):
        x.data = first
        root = x * y
        x.data = second
        with pytest.raises(StaleDataError):
            grad(root, [y])


@pytest.mark.parametrize("name", TABLE)
def test_rounding_of_partials_is_no_change_of_data(name: str) -> None:
    row, rng = TABLE[name], random.Random(name)
    for _ in range(20):
        drawn = [rng.uniform(*interval) for interval in row.domain]
        operands = [
            [Value(x), Value(-x)] if many else Value(x) for x, many in zip(drawn, row.takes_list, strict=True)
        ]
        root = row(*operands)
        grad(root, row.flatten(operands), allow_unused=True)


def test_recorded_slope_that_stays_is_no_change_of_data() -> None:
    x = Value(2.0)
    root = exp(x) + relu(x)
    x.data = 3.0
    assert grad(root, x).data == math.exp(2.0) + 1.0


@pytest.mark.parametrize(
    ("output", "inputs", "remedy"),
    [
        (1.0, [], r"wrap the number: Value\(\.\.\.\)"),
        (Value(1.0), [2.0], r"wrap the number: Value\(\.\.\.\)"),
        (Value(1.0), ["x"], "pass a Value"),
        (None, [], "pass a Value"),
    ],
)
def test_grad_of_non_value_raises(output: Any, inputs: list[Any], remedy: str) -> None:
    with pytest.raises(OperandError, match=rf"grad got (?s:.*); it takes Values; {remedy}$"):
        grad(output, inputs)


# ── jacobian and hessian ──────────────────────────────────────────────────────────────────────────────────────


@given(r=st.floats(min_value=0.1, max_value=3.0), angle=reals)
def test_jacobian_of_polar_coordinates(r: float, angle: float) -> None:
    radius, phi = Value(r), Value(angle)
    rows = jacobian([radius * at.cos(phi), radius * at.sin(phi)], [radius, phi])
    c, s = math.cos(angle), math.sin(angle)
    assert numbers(rows) == [pytest.approx([c, -r * s]), pytest.approx([s, r * c])]


def test_jacobian_is_outputs_by_inputs() -> None:
    x, y, z = Value(1.0), Value(2.0), Value(3.0)
    assert numbers(jacobian([x * y, z], [x, y, z])) == [[2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert jacobian([], [x]) == []
    assert jacobian([x, y], []) == [[], []]


def test_jacobian_of_softmax_agrees_with_closed_form() -> None:
    xs = [Value(x) for x in (0.5, -1.0, 2.0)]
    ps = at.softmax(xs)
    expected = [[p.data * ((i == j) - q.data) for j, q in enumerate(ps)] for i, p in enumerate(ps)]
    assert numbers(jacobian(ps, xs)) == [pytest.approx(row, rel=1e-13) for row in expected]


@given(x=reals, y=reals)
def test_hessian_of_rosenbrock_function(x: float, y: float) -> None:
    a, b = Value(x), Value(y)
    banana = (1.0 - a) ** 2 + 100.0 * (b - a**2) ** 2
    expected = [[2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x], [-400.0 * x, 200.0]]
    assert numbers(hessian(banana, [a, b])) == [pytest.approx(row, abs=1e-9) for row in expected]


def test_hessian_is_symmetric() -> None:
    xs = [Value(x) for x in (0.5, -1.0, 0.25)]
    rows = numbers(hessian(some_graph(xs[0], xs[1]) * at.exp(xs[2] * xs[0]), xs))
    for i, row in enumerate(rows):
        assert row == pytest.approx([rows[j][i] for j in range(3)], rel=1e-10)


def test_hessian_of_linear_function_is_zero() -> None:
    x, y = Value(1.0), Value(2.0)
    assert numbers(hessian(2.0 * x + at.sum([x, y]) - 3.0, [x, y])) == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.no_cover
def test_grad_of_deep_graph_does_not_recurse() -> None:
    x = node = Value(1.0)
    for _ in range(5_000):
        node = node * 1.0 + 0.0
    assert numbers(grad(node, [x])) == [1.0]
