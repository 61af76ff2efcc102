"""Whole trainings: `nn.fit`, and the loop over a recorded program that one writes by hand.

Both record the loss, deal the examples in a random order, take 2,000 steps, add up the losses, and store the
parameters.

>>> ours, by_hand = (training("small", "adam", epochs=2, shuffle=False) for training in (with_fit, own_loop))
>>> abs(ours() - by_hand()) < 1e-12
True
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from autograd_tiny import record
from tests.benchmarks.workloads.scalar import digits_examples, moons_examples

RATE = 1e-4
Training = Callable[[], float]
"""Trains, and returns the mean loss of the last epoch."""


def data(name: str) -> tuple[nn.MLP, Any, Any, Any, int, int]:
    """Return a network, inputs, targets, its loss, the size of a batch, and the epochs of 2,000 steps."""
    if name == "moons":
        inputs, targets = moons_examples()
        return nn.MLP(2, [16, 16, 1], seed=0), np.array(inputs), np.array(targets, float), nn.losses.hinge, 100, 2_000
    if name == "digits":
        inputs, targets = digits_examples(640)
        network = nn.MLP(64, [32, 10], hidden="tanh", seed=0)
        return network, np.array(inputs), np.array(targets, float), nn.losses.softmax_cross_entropy, 32, 100
    inputs, targets = moons_examples(640)
    network = nn.MLP(2, [8, 1], hidden="tanh", seed=0)
    return network, np.array(inputs), np.array(targets, float), nn.losses.squared_error, 32, 100


def with_fit(name: str, optimizer: str, *, epochs: int | None = None, shuffle: bool = True) -> Training:
    """Return the training by `fit`."""
    model, X, Y, loss, batch, all_epochs = data(name)
    epochs = epochs or all_epochs

    def train() -> float:
        kind = nn.SGD if optimizer == "sgd" else nn.Adam
        settings = {"optimizer": kind(model.parameters(), lr=RATE), "epochs": epochs, "batch_size": batch}
        return nn.fit(model, X, Y, loss=loss, shuffle=shuffle, seed=0, **settings).loss[-1]

    return train


def own_loop(name: str, optimizer: str, *, epochs: int | None = None, shuffle: bool = True) -> Training:
    """Return the training by a loop over the program, with the update written by hand."""
    model, X, Y, loss, batch, all_epochs = data(name)
    epochs = epochs or all_epochs

    def train() -> float:
        example = X[0].tolist(), float(Y[0])
        program = record(lambda x, y: loss(model(x), y), inputs=example, parameters=model.parameters())
        draw, p = np.random.default_rng(0), program.parameters
        m, v, t = np.zeros_like(p), np.zeros_like(p), 0
        for _ in range(epochs):
            order, total = draw.permutation(len(X)) if shuffle else np.arange(len(X)), 0.0
            for start in range(0, len(X), batch):
                rows = order[start : start + batch]
                total += float(program.differentiate(X[rows], Y[rows]).mean()) * len(rows)
                g = program.gradients
                if optimizer == "sgd":
                    p -= RATE * g
                    continue
                t += 1
                m = 0.9 * m + 0.1 * g
                v = 0.999 * v + 0.001 * g * g
                p -= RATE * (m / (1.0 - 0.9**t)) / (np.sqrt(v / (1.0 - 0.999**t)) + 1e-8)
        program.store()
        return total / len(X)

    return train


class Gradients:
    """The arrays of a program without the program."""

    def __init__(self, count: int) -> None:
        self.parameters = np.zeros(count)
        self.gradients = np.random.default_rng(0).normal(size=count)


def flat_adam(count: int) -> Callable[[], Any]:
    """Return the update of many parameters as `fit` does it."""
    from nn.flat_updates import FlatUpdates

    leaves = nn.Neuron(count - 1, seed=0).parameters()
    program: Any = Gradients(count)
    return FlatUpdates(program, leaves, nn.Adam(leaves)).update


def adam_by_hand(count: int) -> Callable[[], Any]:
    """Return the same update, written by hand as one writes it down."""
    arrays = Gradients(count)
    p, g, m, v, t = arrays.parameters, arrays.gradients, np.zeros(count), np.zeros(count), 0

    def update() -> None:
        nonlocal t, m, v
        t += 1
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        p[:] -= 0.001 * (m / (1.0 - 0.9**t)) / (np.sqrt(v / (1.0 - 0.999**t)) + 1e-8)

    return update


def megabytes_of_training(rows: int, columns: int) -> float:
    """Return the most memory, in MB, that a training takes besides its array of examples."""
    X, Y = np.zeros((rows, columns)), np.zeros(rows)
    model = nn.Neuron(columns, nonlin=False, seed=0)
    tracemalloc.start()
    nn.fit(model, X, Y, loss="squared_error", optimizer=nn.SGD(model.parameters()), epochs=1, batch_size=256)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6
