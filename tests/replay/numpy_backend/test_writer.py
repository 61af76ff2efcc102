"""Contributions: kept as numbers, assigned, added, summed over the examples or scattered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay import record

X = np.random.default_rng(0).normal(size=(5, 3))
Loss = Callable[[list[Value], Any], Any]


def backward_lines(loss: Loss, *, batched: bool = True, count: int = 6) -> str:
    """Compare gradients with eager code, and return the backward lines of the source."""
    w = [Value(x) for x in np.random.default_rng(1).normal(size=count).round(3)]
    program = record(lambda x: loss(w, x), inputs=(X[0],), parameters=w, backend="numpy", batched=batched)
    for _ in range(2):  # the second pass meets what the first one left
        program.differentiate(X if batched else X[0], reduction="sum")
    for x in X if batched else X[:1]:
        root = loss(w, x.tolist())
        if isinstance(root, Value):
            root.backward()
    np.testing.assert_allclose(program.gradients, [leaf.grad for leaf in w], rtol=1e-12, atol=1e-13)
    return str(program.source).split("def backward(seed):")[1]


def test_seed_needs_no_array() -> None:
    lines = backward_lines(lambda w, x: at.relu(at.dot(w[:3], x)) + 0.5 * at.dot(w, w))
    assert "copyto(gx" not in lines
    assert "s1 = seed * batch" in lines
    assert "s2 = 0.5 * s1" in lines


def test_seed_of_a_layer_is_an_array() -> None:
    assert ", seed)" in backward_lines(lambda w, x: at.dot(w[:3], x))


def test_number_is_written_before_addition() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        t = at.tanh(at.dot(w[:3], x))
        return t + t * t

    assert ", seed)" in backward_lines(loss)


def test_gradient_of_a_sum_is_not_copied() -> None:
    lines = backward_lines(lambda w, x: at.exp(w[0] * x[0]) + at.sin(w[1] * x[1]) * x[2])
    assert "copyto(gx" not in lines
    reshaped = backward_lines(
        lambda w, x: at.sum([(at.dot(w[i : i + 2], x[j : j + 2]) - 0.5) ** 2 for i in (0, 2) for j in (0, 1)]),
        count=4,
    )
    assert "copyto(" not in reshaped


@pytest.mark.parametrize("batched", [True, False])
def test_gradient_of_one_sum_is_that_of_each_term(batched: bool) -> None:
    backward_lines(lambda w, x: at.log(sum(at.exp(a * b) for a, b in zip(w, x, strict=False))), batched=batched)


def test_gradient_that_is_passed_on_twice_is_added() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        t = at.tanh(w[0] * x[0])
        return at.exp(t - x[1]) * at.sin(t)

    assert "add(gx" in backward_lines(loss, count=1)


def test_contributions_to_uneven_leaves_are_scattered_once() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        z = x
        for _ in range(3):
            z = [at.exp(w[i] * a) for i, a in zip((0, 1, 3), z, strict=True)]
        return at.sum(z)

    assert backward_lines(loss).count("scatter_once(") == 1


def test_constant_factors_of_partials_join_the_seed() -> None:
    lines = backward_lines(lambda w, x: (at.dot(w[:3], x) - 1.0) ** 2 / 4.0)
    assert "s1 = seed / 4.0" in lines
    assert "s2 = 2.0 * s1" in lines


def test_division_by_a_shared_number_takes_two_divisions_in_all() -> None:
    lines = backward_lines(lambda w, x: at.sum([a / x[0] / (w[3] * x[1]) for a in w[:3]]))
    assert lines.count("div(") == 2


def test_numbers_are_added_to_numbers() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        t = at.tanh(at.dot(w[:3], x))
        return t + 3.0 * t

    assert ", s1)" in backward_lines(loss)


def test_losses_of_the_same_logits_share_the_seed() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        logits = [a * x[1] for a in w]
        return at.cross_entropy(logits, 0) + at.cross_entropy(logits, 2)

    assert "slopes_of_many(" in backward_lines(loss)


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize(
    "loss",
    [
        lambda w, x: w[0] + at.tanh(w[0] * x[0]),
        lambda w, x: at.tanh(w[0] * x[0]) + w[0],
        lambda w, x: w[0] + w[1] + w[2] + x[0] * w[4],
        lambda w, x: w[0] - w[1] - (w[2] - w[3]),
        lambda w, x: at.sum([at.sum(w), w[0], w[2], w[2], x[0] * w[1]]),
        lambda w, x: 3.0 * (x[0] + (x[1] - 2.0 * (w[0] + w[5]))),
        lambda w, x: at.mean([*w, *x]) + at.mean(w),
        lambda w, x: at.cross_entropy(w, 2) + at.logsumexp([a * x[0] for a in w]),
        lambda w, x: at.cross_entropy([a * x[0] for a in w], 2) + at.log_softmax([a * x[1] for a in w])[0],
        lambda w, x: at.dot(at.softmax(w), [x[0]] * 6) + at.softmax([a * x[1] for a in w])[3],
        lambda w, x: at.max([a * x[0] for a in w]) + at.max(w),
        lambda w, x: at.tanh(at.dot(w, w)) * x[0] + w[1],
        lambda w, x: at.sum([w[3], w[0], w[4]]) + at.sum([w[4], w[2], w[5]]) + at.tanh(w[4]) * x[0],
        lambda w, x: at.log_softmax([a * x[1] for a in w])[0] + at.log_softmax([a * x[1] for a in w])[1],
        lambda w, x: at.sum([at.tanh(a * b) for a in w for b in x]) + at.sum([a + b for a in w for b in x]),
    ],
)
def test_gradients_agree_with_eager_code(loss: Loss, batched: bool) -> None:
    backward_lines(loss, batched=batched)


def test_gradients_are_scattered_into_a_slice() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        first = [at.tanh(w[i] * x[i % 3]) for i in range(6)]
        second = [at.sin(first[i] + first[j]) for i, j in ((0, 3), (5, 1), (2, 0), (3, 3), (1, 4), (4, 2))]
        return at.sum([second[i] * first[j] for i, j in ((1, 0), (0, 5), (3, 2), (4, 4), (2, 1), (5, 0))])

    assert "scatter_once(g" in backward_lines(loss)


@pytest.mark.parametrize("batched", [True, False])
def test_contributions_to_rows_that_repeat_are_added(batched: bool) -> None:
    def loss(x: Any) -> Any:
        pairs = [(0, 1), (2, 0), (1, 1), (0, 4), (3, 2), (0, 3)]
        products = [x[i] * x[j] * at.exp(x[j] - x[i]) for i, j in pairs]
        return at.sum(products) + at.sum([at.logsumexp([x[i], x[j]]) * x[i] for i, j in pairs])

    program = record(loss, inputs=([1.0, 2.0, 3.0, 4.0, 5.0],), backend="numpy", batched=batched)
    examples = np.random.default_rng(3).normal(size=(7, 5)) if batched else np.arange(5.0)[None]
    (slopes,) = program.gradient(examples if batched else examples[0])
    for example, found in zip(examples, slopes.reshape(-1, 5), strict=True):
        xs = [Value(x) for x in example]
        loss(xs).backward()
        np.testing.assert_allclose(found, [x.grad for x in xs], rtol=1e-13)
