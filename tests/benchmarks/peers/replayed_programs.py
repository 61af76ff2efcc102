"""The sixteen programs, recorded and replayed: our side of the comparison.

`moons` and `digits` are the networks of `array_networks` in plain operators, and a step updates the parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_tiny import exp, log
from autograd_tiny.replay import Program, record
from tests.benchmarks.peers.array_networks import Network, Step
from tests.benchmarks.workloads.plain_programs import PROGRAMS, Computation, plus, times
from tests.benchmarks.workloads.scalar import LEARNING_RATE, PENALTY


def recorded_program(name: str, backend: str | None = None) -> Program:
    """Return a program, recorded."""
    plain = PROGRAMS[name]()
    return record(plain.loss, inputs=plain.example(), parameters=plain.parameters, backend=backend)


def replayed(name: str, backend: str | None = None) -> Computation:
    """Return the mean loss of a batch and its gradient, by a back-end; None for the one that is chosen."""
    program = recorded_program(name, backend)
    batch = [np.array(argument) for argument in PROGRAMS[name]().examples()]
    losses = [program.differentiate(*batch)]

    def step() -> None:
        losses[0] = program.differentiate(*batch)

    return Computation(step, lambda: [float(losses[0].mean()), *program.gradients.tolist()])


def plain_loss(network: Network) -> Callable[[Any, Any], Any]:
    """Return the loss of a network on one example, in plain operators; a class is given as one-hot numbers."""
    parameters = network.model.parameters()
    layers = [([n.w for n in layer.neurons], [n.b for n in layer.neurons]) for layer in network.model.layers]

    def outputs(x: Any) -> Any:
        for matrix, bias in layers[:-1]:
            zs = plus(times(matrix, x), bias)
            x = [z.relu() if network.hidden == "relu" else z.tanh() for z in zs]
        matrix, bias = layers[-1]
        return plus(times(matrix, x), bias)

    def hinge(x: Any, y: Any) -> Any:
        return (1.0 - y * outputs(x)[0]).relu() + PENALTY * sum(p * p for p in parameters)

    def cross_entropy(x: Any, target: Any) -> Any:
        scores = outputs(x)
        return log(sum(exp(z) for z in scores)) - sum(t * z for t, z in zip(target, scores, strict=True))

    return hinge if network.loss == "hinge" else cross_entropy


def recorded_plain(network: Network, backend: str | None = None) -> Program:
    """Return the program of a network in plain operators."""
    example = network.X[0].tolist(), targets_of(network)[0].tolist()
    return record(plain_loss(network), inputs=example, parameters=network.model.parameters(), backend=backend)


def targets_of(network: Network) -> Any:
    """Return the targets of a batch: numbers, or one-hot rows."""
    return (
        network.Y if network.loss == "hinge" else np.eye(len(network.model.layers[-1].neurons))[network.Y.astype(int)]
    )


def replayed_plain(network: Network, backend: str | None = None) -> Step:
    """Return the step of a network that is recorded from plain operators."""
    program, targets = recorded_plain(network, backend), targets_of(network)

    def step() -> float:
        losses = program.differentiate(network.X, targets)
        program.parameters -= LEARNING_RATE * program.gradients
        return float(losses.sum()) / len(losses)

    return step
