"""Networks on the bare engine, a neuron one node: the moons and the digits step that those of `nn` are compared with.

>>> len(moons().model.parameters())
337
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.benchmarks.peers import bare_engine, closure_networks
from tests.benchmarks.peers.bare_engine import Value, dot, dot_of_numbers, total
from tests.benchmarks.workloads.scalar import PENALTY, Training, digits_examples, moons_examples


class MLP(closure_networks.MLP):
    """The peer's network, whose neurons are one node and its activation."""

    def __call__(self, x: list[Any]) -> Any:
        for layer in self.layers:
            add_up = dot if isinstance(x[0], Value) else dot_of_numbers
            x = [add_up(neuron.w, x, neuron.b) for neuron in layer.neurons]
            activation = layer.neurons[0].activation
            if activation:
                x = [getattr(number, activation)() for number in x]
        return x[0] if len(x) == 1 else x


def moons() -> Training:
    """The moons step."""
    model = MLP(bare_engine, 2, [16, 16, 1])
    examples, targets = moons_examples()

    def loss() -> Value:
        scores = [model(row) for row in examples]
        losses = [(score * -target + 1.0).relu() for score, target in zip(scores, targets, strict=True)]
        return total(losses) * (1.0 / len(losses)) + total([p * p for p in model.parameters()]) * PENALTY

    return Training(model, loss)


def cross_entropy(logits: Sequence[Value], target: int) -> Value:
    """Softmax cross-entropy, its sum one node."""
    largest = max(logit.data for logit in logits)
    shifted = [logit - largest for logit in logits]
    return total([logit.exp() for logit in shifted]).log() - shifted[target]


def digits() -> Training:
    """The digits step."""
    model = MLP(bare_engine, 64, [32, 10], hidden="tanh")
    examples, targets = digits_examples()

    def loss() -> Value:
        losses = [cross_entropy(model(row), target) for row, target in zip(examples, targets, strict=True)]
        return total(losses) * (1.0 / len(losses))

    return Training(model, loss)
