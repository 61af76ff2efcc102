"""Straight-line Python: the same operations in the same order as eager code, hence the same bits."""

from __future__ import annotations

from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay import record


def source_of(loss: Any, *inputs: Any, parameters: Any = ()) -> list[str]:
    program = record(loss, inputs=inputs, parameters=parameters, backend="python")
    return [line.strip() for line in program.source.splitlines()]


def test_uniform_numbers_are_computed_once() -> None:
    w = Value(2.0)
    lines = source_of(lambda x: w * w * x, 1.0, parameters=[w])
    assert lines.index("v0 = p0 * p0") < lines.index("for (x0,) in examples:") < lines.index("v1 = v0 * x0")


def test_uniform_numbers_pass_gradients_once() -> None:
    w = [Value(2.0), Value(3.0)]
    lines = source_of(lambda x: w[0] * x + at.exp(w[1]), 1.0, parameters=w)
    assert lines[-5:] == [
        "gv1 += seed",
        "gp0 += x0 * seed",
        "gp1 = v1 * gv1",
        "append(slopes, [gp0, gp1])",
        "return losses, truths, slopes",
    ]


@pytest.mark.parametrize("terms", [1, 2])
def test_uniform_gradients_keep_the_order_of_contributions(terms: int) -> None:
    w = Value(0.3)

    def loss(x: Any) -> Any:
        return at.sum([at.sin(w * x) for _ in range(terms)]) + at.exp(w) * 0.1

    lines = source_of(loss, 1.0, parameters=[w])
    last = lines.index("append(slopes, [gp0])") - 1
    assert lines[last].startswith("gp0 = ") if terms == 1 else lines[last].startswith("gp0 += ")
    program = record(loss, inputs=(1.0,), parameters=[w], backend="python")
    for x in (0.1, 0.7, 1.3):
        program.differentiate([x])
        w.grad = 0.0
        loss(x).backward()
        assert program.gradients.tolist() == [w.grad]


def test_number_used_once_is_inlined() -> None:
    w = [Value(2.0), Value(3.0)]
    lines = source_of(lambda x: (w[0] - (x - w[1])) / (w[0] * x + (x + 1.0) * w[1]) - (x - 2.0), 1.0, parameters=w)
    assert [line for line in lines if line.startswith("v")] == [
        "v3 = x0 + 1.0",
        "v5 = p0 * x0 + v3 * p1",
        "v6 = (p0 - (x0 - p1)) / v5",
        "v8 = v6 - (x0 - 2.0)",
    ]


def test_long_sum_is_split_into_lines() -> None:
    w, count = Value(0.3), 350
    X = [0.1 * i for i in range(count)]

    def loss(xs: Any) -> Any:
        total = sum((at.sin(w * x) for x in xs), at.exp(w))
        return total * total

    program = record(loss, inputs=(X,), parameters=[w], backend="python")
    assert max(map(len, program.source.splitlines())) < 20_000
    program.differentiate([X])
    w.grad = 0.0
    loss(X).backward()
    assert program.gradients.tolist() == [w.grad]


def test_long_uniform_sum_is_split_into_lines() -> None:
    w, factors = Value(0.3), [0.01 * i for i in range(1, 231)]

    def loss(x: Any) -> Any:
        return at.sin(w * x) + at.sum([at.exp(w * factor) for factor in factors])

    program = record(loss, inputs=(1.0,), parameters=[w], backend="python")
    program.differentiate([0.7])
    w.grad = 0.0
    loss(0.7).backward()
    assert program.gradients.tolist() == [w.grad]


def test_lines_with_factor_0_are_skipped() -> None:
    w = [Value(0.1 * i - 0.55) for i in range(16)]

    def loss(x: Any) -> Any:
        hidden = [at.relu(at.dot(w[5 * i : 5 * i + 4], x, w[5 * i + 4])) for i in range(2)]
        return at.dot(hidden, w[10:12]) + at.tanh(at.dot(w[12:], x))

    program = record(loss, inputs=([1.0] * 4,), parameters=w, backend="python")
    assert program.source.count(" or odd:\n") == 2
    infinite = float("inf")
    for x in (
        [1.0, 0.0, -2.0, 3.0],
        [0.0] * 4,
        [9.0, 9.0, 9.0, 9.0],
        [0.0, infinite, 0.0, 1.0],
        [0.0, -infinite, 1e308, 0.0],
    ):
        program.differentiate([x])
        for leaf in w:
            leaf.grad = 0.0
        loss(x).backward()
        assert repr(program.gradients.tolist()) == repr([leaf.grad for leaf in w])


def test_most_used_names_come_first() -> None:
    w = [Value(0.01 * i) for i in range(300)]
    lines = source_of(lambda x: at.relu(at.dot(w, [x] * 300)), 1.0, parameters=w)
    assert lines[1].startswith("x0 = ")
    assert lines[1].endswith(" = 0.0")


def test_gradient_of_inputs_starts_for_each_example() -> None:
    assert source_of(lambda x, y: x * y, 1.0, 2.0)[-6:] == [
        "append(losses, v0)",
        "gx0 = gx1 = 0.0",
        "gx0 += x1 * seed",
        "gx1 += x0 * seed",
        "append(slopes, [gx0, gx1])",
        "return losses, truths, slopes",
    ]


def test_only_paths_to_parameters_are_differentiated() -> None:
    w = Value(2.0)
    lines = source_of(lambda x: at.exp(at.sin(x)) * w, 1.0, parameters=[w])
    assert [line for line in lines if line.startswith("g")] == ["gp0 = 0.0", "gp0 += v1 * seed"]


def test_guards_are_appended_for_each_example() -> None:
    assert "append(truths, [v0])" in source_of(lambda x: x if x > 0.0 else -x, 1.0)


def test_linear_rows_of_lists() -> None:
    w = [Value(1.0), Value(2.0)]
    lines = source_of(lambda x: at.dot(w, [x, 3.0], w[0]) + at.mean([*w, x]) + at.sum(w), 1.0, parameters=w)
    assert "v1 = (p0 + p1 + x0) / 3.0" in lines
    assert "v3 = p0 + p1" in lines
    assert "v4 = p0 + p0 * x0 + p1 * 3.0 + v1 + v3" in lines
    assert "gp0 += seed + 0.3333333333333333 * seed + x0 * seed + seed" in lines


def test_other_rows_of_lists_call_partials() -> None:
    w = [Value(1.0), Value(2.0)]
    lines = source_of(lambda y: at.cross_entropy(w, y), 1.0, parameters=w)
    assert "v0 = cross_entropy([p0, p1], x0)" in lines
    assert "(dv0_0, dv0_1, dv0_2,) = partials_of_cross_entropy([p0, p1], x0, v0)" in lines
    assert "gp1 += dv0_1 * seed" in lines


def test_constants_are_written_out() -> None:
    w = [Value(1.0), Value(2.0)]
    lines = source_of(lambda x: at.clamp(w[0] * x, max=1.0) + at.max([*w, float("-inf"), 2.0]), 1.0, parameters=w)
    assert any("max([p0, p1, float('-inf'), 2.0])" in line for line in lines)
    assert any("clamp(v0, float('-inf'), 1.0)" in line for line in lines)


def test_detached_numbers_are_copied() -> None:
    w = Value(2.0)
    lines = source_of(lambda x: w * (w * x).detach(), 1.0, parameters=[w])
    assert "v1 = p0 * x0" in lines
    assert "gp0 += v1 * seed" in lines
    assert not any(line.startswith("gv0") for line in lines)


def test_numbers_are_bitwise_those_of_eager_code() -> None:
    import nn

    model = nn.MLP(3, [4, 1], hidden="tanh", seed=0)
    parameters = model.parameters()

    def loss(x: Any, y: Any) -> Any:
        return nn.losses.squared_error(model(x), y) + 0.01 * nn.losses.l2_penalty(parameters)

    program = record(loss, inputs=([0.0] * 3, 0.0), parameters=parameters, backend="python")
    x, y = [0.1, -0.7, 0.3], 0.25
    losses = program.backward([x], [y])
    replayed = [leaf.grad for leaf in parameters]
    model.zero_grad()
    root = loss(x, y)
    root.backward()
    assert losses.tolist() == [root.data]
    assert replayed == [leaf.grad for leaf in parameters]


@pytest.mark.parametrize("x", [0.0, 1e6, -1.0])
def test_results_follow_ieee_where_python_raises(x: float) -> None:
    w = Value(1.0)

    def loss(x: Any) -> Any:
        return at.exp(w * x) + 1.0 / (w * x) + at.atan2(w * x, x)

    program = record(loss, inputs=(1.0,), parameters=[w], backend="python")
    replayed = program.backward([x])[0]
    gradient, w.grad = w.grad, 0.0
    root = loss(x)
    root.backward()
    assert repr(float(replayed)) == repr(root.data)
    assert repr(gradient) == repr(w.grad)
