"""Programs whose files are tested, each with arguments of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_tiny import Value, cross_entropy, logsumexp, norm, prod, record, sigmoid, tanh, where
from autograd_tiny import max as max_of
from autograd_tiny.replay.program import Program
from nn import MLP

Case = tuple[Program, tuple[Any, ...]]
X = np.array([[0.3, 0.4], [1.0, 2.0], [0.5, -0.1]])


def weights() -> tuple[Value, list[Value]]:
    return Value(0.5), [Value(0.1), Value(-0.2)]


def recurrent() -> Case:
    W, b = [[Value(0.1 * (i - j)) for j in range(3)] for i in range(3)], [Value(0.1 * i) for i in range(3)]

    def loss(xs: Any, y: Any) -> Any:
        h = [0.0, 0.0, 0.0]
        for x in xs:
            h = [tanh(sum(w * z for w, z in zip(row, h, strict=True)) + x + c) for row, c in zip(W, b, strict=True)]
        return (h[0] + h[1] * h[2] - y) ** 2

    program = record(loss, inputs=([0.1] * 6, 0.5), parameters=[*(w for row in W for w in row), *b])
    return program, (np.linspace(-1.0, 1.0, 24).reshape(4, 6), np.linspace(0.0, 1.0, 4))


def moons() -> Case:
    model = MLP(2, [4, 1], seed=1)
    program = record(
        lambda x, y: (1.0 - y * model(x)).relu() ** 2, inputs=([1.0, 2.0], 1.0), parameters=model.parameters()
    )
    return program, (X, np.array([1.0, -1.0, 1.0]))


def digits() -> Case:
    model = MLP(2, [4, 3], seed=1)
    program = record(lambda x, y: cross_entropy(model(x), y), inputs=([1.0, 2.0], 1.0), parameters=model.parameters())
    return program, (X, np.array([1.0, 0.0, 2.0]))


def own_loss() -> Case:
    w, b = weights()
    program = record(
        lambda x: (
            max_of([w * x[0], x[1], b[0]]) * logsumexp([x[0] * w, x[1]])
            + norm([x[0] * w, x[1]]) * prod([w, x[0], x[1]]) / (1.0 + where(x[1] > 0.0, b[1], w) ** 2)
        ),
        inputs=([1.0, 2.0],),
        parameters=[w, *b],
    )
    return program, (X,)


def embedding() -> Case:
    E = [[Value(0.1 * i + j) for j in range(2)] for i in range(3)]

    def loss(i: Any, target: Any) -> Any:
        e = E[i]
        return (e[0] * e[1] - target) ** 2

    program = record(loss, inputs=(1, 0.5), parameters=[x for row in E for x in row])
    return program, (np.array([0.0, 1.0, 2.0]), np.array([0.5, 0.6, 0.7]))


def fibonacci() -> Case:
    w, _ = weights()

    def loss(x: Any) -> Any:
        before, now = x, w * x
        for _ in range(10):
            before, now = now, tanh(before * w + now)
        return now

    return record(loss, inputs=(1.0,), parameters=[w]), (np.array([1.0, 2.0]),)


def windows() -> Case:
    w, b = weights()

    def loss(x: Any) -> Any:
        return sum((b[0] * x[i] + b[1] * x[i + 1] + w * x[i + 2]) ** 2 for i in range(6))

    return record(loss, inputs=([0.1] * 8,), parameters=[w, *b]), (np.linspace(-1.0, 2.0, 24).reshape(3, 8),)


def constants() -> Case:
    w, _ = weights()
    offset = Value(7.0)

    def loss(x: Any) -> Any:
        z = x
        for k in range(5):
            z = sigmoid(w * z + 0.3 * k * k) + offset
        return z

    return record(loss, inputs=(1.0,), parameters=[w]), (np.array([1.0, 2.0]),)


def one_parameter() -> Case:
    w, b = weights()
    return record(lambda x: w, inputs=(1.0,), parameters=[w, *b]), (np.array([1.0, 2.0]),)


def whole_batch() -> Case:
    w, b = weights()
    program = record(
        lambda xs: sum(tanh(w * x + b[0]) for x in xs) * b[1], inputs=([1.0] * 4,), parameters=[w, *b], batched=False
    )
    return program, ([0.1, 0.2, 0.3, 0.4],)


CASES: dict[str, Callable[[], Case]] = {
    case.__name__: case
    for case in (
        recurrent, moons, digits, own_loss, embedding, fibonacci, windows, constants, one_parameter, whole_batch,
    )
}  # fmt: skip
