"""Sums and dots: layers become matrix products, everything else one sum over segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay import record

X = np.random.default_rng(0).normal(size=(5, 6))
Loss = Callable[[list[Value], Any], Any]


def check(loss: Loss, *, count: int = 12, batched: bool = True) -> Any:
    """Compare losses and gradients with eager code, and return the program."""
    w = [Value(x) for x in np.random.default_rng(1).normal(size=count).round(3)]
    program = record(lambda x: loss(w, x), inputs=(X[0],), parameters=w, backend="numpy", batched=batched)
    losses = np.atleast_1d(program.backward(X if batched else X[0], reduction="sum"))
    replayed = [leaf.grad for leaf in w]
    for leaf in w:
        leaf.grad = 0.0
    for x, replay in zip(X if batched else X[:1], losses, strict=True):
        root = loss(w, x.tolist())
        root.backward()
        assert replay == pytest.approx(root.data, rel=1e-13, abs=1e-13)
    assert replayed == pytest.approx([leaf.grad for leaf in w], rel=1e-12, abs=1e-12)
    return program


def both(loss: Loss, **settings: Any) -> Any:
    check(loss, batched=False, **settings)
    return check(loss, **settings)


def neurons(w: list[Value], x: Any, width: int, *, bias: bool = True) -> list[Any]:
    """Return a layer whose parameters follow each other: the weights of a neuron, and its bias."""
    step = width + bias
    rows = [w[i : i + step] for i in range(0, len(w) - step + 1, step)]
    return [at.dot(row[:width], x[:width], row[width] if bias else 0.0) for row in rows]


def test_layer_with_biases_is_one_matrix_product() -> None:
    program = both(lambda w, x: at.sum([at.tanh(y) for y in neurons(w, x, 3)]))
    forward = program.source.split("def forward")[1].split("def backward")[0]
    assert forward.count("dot(u") == 1
    assert forward.count("dot(") == 2  # with the sum of the neurons
    assert "add(" not in forward


def test_layer_of_plus_and_times_is_one_matrix_product() -> None:
    program = both(
        lambda w, x: at.sum(
            [at.tanh(sum((a * b for a, b in zip(w[i : i + 3], x[:3], strict=True)), w[i + 3])) for i in (0, 4, 8)]
        )
    )
    assert "v1 (3) = p[0:3, 4:7, …] (3, 3) @ x[0:3] + p[3:12:4]" in program.plan


def test_neurons_of_some_hidden_numbers() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        hidden = [at.tanh(w[i] * x[i % 6]) for i in range(8)]
        layer = [at.tanh(at.dot(w[3 * i : 3 * i + 2], hidden[2:4], w[3 * i + 2])) for i in range(4)]
        return at.sum(layer) + at.sum([at.sin(h) for h in hidden])

    both(loss)


def test_scattered_biases_are_added() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        return at.sum([at.tanh(at.dot(w[3 * i : 3 * i + 3], x[:3], w[9 + i])) for i in range(3)])

    both(loss)


def test_weights_in_any_order() -> None:
    both(lambda w, x: at.sum([at.tanh(at.dot(w[i::3], x[:4])) for i in range(3)]))
    both(lambda w, x: at.sum([at.tanh(at.dot([w[j] for j in order], x[:3])) for order in ((0, 5, 2), (7, 1, 3))]))


def test_weights_shared_within_an_example() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        windows = [x[i : i + 3] for i in range(4)]
        return at.sum([at.tanh(at.dot(row, window, 0.5)) for row in (w[:3], w[3:6]) for window in windows])

    program = both(loss)
    assert "v1 (4, 2) = x[0:3, 1:4, …] (4, 3) @ p[0:6].T (3, 2) + 0.5" in program.plan


def test_terms_of_neurons_vary_or_not() -> None:
    both(lambda w, x: at.sum([at.tanh(at.dot(w[3 * i : 3 * i + 3], x[:3], x[3 + i])) for i in range(3)]))
    both(
        lambda w, x: at.sum(
            [at.tanh(at.dot(w[3 * i : 3 * i + 3], x[:3], term)) for i, term in enumerate([x[3], w[9], x[4]])]
        )
    )


def test_constants_are_added() -> None:
    both(lambda w, x: at.sum([at.tanh(at.dot(w[3 * i : 3 * i + 3], x[:3], float(i))) for i in range(3)]))
    both(lambda w, x: at.tanh(w[0] + w[1] + w[2] + 0.5) * x[0] + at.tanh(x[0] + w[0] + x[1] + 0.25))


def test_hidden_layers_pass_gradients_to_both_sides() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        hidden = [at.tanh(y) for y in neurons(w[:6], x, 2)]
        return at.sum([at.tanh(y) for y in neurons(w[6:], hidden, 2)])

    both(loss)


def test_sums_of_squares_are_one_product() -> None:
    program = both(lambda w, x: at.dot(w, w) * x[0])
    forward, backward = program.source.split("def forward")[1].split("def backward")
    assert forward.count("dot(") == 1
    assert backward.count("dot(") == 1  # over the examples
    both(lambda w, x: at.dot(w[:6], w[6:]) * x[0])


def test_dots_of_computed_numbers() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        queries = [[at.tanh(w[i] * x[j]) for j in range(3)] for i in range(3)]
        keys = [[at.sin(w[3 + i] * x[j]) for j in range(3)] for i in range(3)]
        return at.sum([at.tanh(at.dot(q, k, 0.5)) for q in queries for k in keys])

    both(loss)


def test_sum_of_squares_of_varying_numbers_passes_gradients_once() -> None:
    program = both(lambda w, x: sum(a * a for a in [at.sin(w[i] * x[i]) for i in range(4)]))
    backward = program.source.split("def backward")[1]
    assert "2.0 * seed" in backward
    both(lambda w, x: at.exp(sum(a * a for a in [at.sin(w[i] * x[i]) for i in range(4)])))


def test_chain_of_subtractions_is_one_product() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        total: Any = 0.0
        for i in range(5):
            total = total - at.log(1.5 + at.sin(w[i] * x[i]))
        return total

    assert "v5 = sum(-1 * v4[4::-1]) of 5" in both(loss).plan


def test_weights_of_a_recurrence_take_their_total_once() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        h: list[Any] = [x[4], x[5]]
        for t in range(3):
            rows = [(w[i], w[2 + i], w[6 + 2 * i]) for i in (0, 1)]
            h = [at.tanh(at.dot(row, [*h, x[t]])) for row in rows]
        return at.sum(h)

    program = check(loss)
    assert program.source.count("scatter_once(gu") == 1


def test_one_dot_of_uniform_numbers_with_inputs_without_gradient() -> None:
    check(lambda w, x: at.exp(at.dot([w[0], w[1], w[4]], [x[0], w[2], x[1]])) * w[2], batched=False)
    check(lambda w, x: at.exp(at.dot([w[0], w[1], w[4]], [0.5, w[2], 0.25])) * w[2] * x[0])


def test_inputs_take_no_gradient_of_a_layer_that_hidden_numbers_share_with_them() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        hidden = [at.tanh(y) for y in neurons(w[:4], x, 2, bias=False)]
        return at.sum([at.tanh(at.dot(w[4 + 4 * i :][:4], [x[0], *hidden, x[1]])) for i in (0, 1)])

    backward = both(loss).source.split("def backward")[1]
    assert "scatter_once" not in backward


def test_ragged_sums_and_dots() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        sums = [at.tanh(at.sum([*w[: i + 2], *x[:i]])) for i in range(5)]
        dots = [at.tanh(at.dot([*w[:i], *x[:i]], [*x[:i], *x[1 : i + 1]], w[i])) for i in range(1, 5)]
        mixed = [at.tanh(at.dot([w[0], x[0], w[1], 2.0], [w[2], x[1], x[2], w[3]], x[3]))]
        return at.sum([*sums, *dots, *mixed])

    both(loss)


def test_same_dot_twice() -> None:
    both(lambda w, x: at.tanh(at.dot(w[:3], x[:3])) * at.sin(at.dot(w[:3], x[:3])) + at.tanh(at.dot(w[:3], x[:3])))


def test_dots_with_plain_numbers() -> None:
    table = [[0.5, -1.0, 2.0], [1.0, 0.0, 0.25], [0.5, -1.0, 2.0]]
    both(lambda w, x: at.sum([at.tanh(at.dot(w[3 * i : 3 * i + 3], row)) for i in range(3) for row in table]) * x[0])


def test_many_small_grids_become_one_sum() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        return at.sum([at.tanh(at.dot([w[i], w[i + 1]], [w[11 - i], w[10 - i]])) for i in range(8)]) * x[0]

    program = both(loss)
    assert "u1 (8) = p[0:8] * p[11:3:-1] + p[1:9] * p[10:2:-1]" in program.plan


def test_mean_is_a_sum_and_a_division() -> None:
    program = both(lambda w, x: at.mean([w[0] * x[0], w[1] * x[1], w[2]]) ** 2)
    assert "/ 3" in program.plan


def test_short_sums_are_not_grouped() -> None:
    program = both(lambda w, x: at.tanh(at.dot([w[0]], [x[0]], w[1])) * at.sum([w[2]]) * at.sum([x[1], 0.5]))
    assert " @ " not in program.plan
