"""The user code that is timed. It takes the engine as a parameter, so both sides run the same lines.

An *engine* is a module with a `Value`: `autograd_tiny`, the closure engine, PyTorch's scalars, or
micrograd itself. Where a row compares the layers of `nn` with the peer's own, the user code differs only in
what the two libraries ask their users to write; `test_agreement.py` checks that the loss and all
gradients are the same.

The learning rate is tiny on purpose: every step writes to every parameter, and yet the thousandth
step has the same work to do as the first, with the same examples inside the margin.

>>> from tests.benchmarks.peers import closure_engine
>>> training = moons(closure_engine)
>>> training.step()
>>> len([parameter.grad for parameter in training.model.parameters()])
337
"""

from __future__ import annotations

import importlib.util
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import nn
from tests.benchmarks.peers.closure_networks import MLP, Number

LEARNING_RATE = 1e-9
PENALTY = 1e-4

Examples = tuple[list[list[float]], list[int]]
"""Inputs, one list of numbers an example, and for each example its target."""


@dataclass(frozen=True)
class Training:
    """A model and the loss it is trained on."""

    model: Any
    loss: Callable[[], Number]

    def step(self) -> None:
        """One step of gradient descent, in the order of micrograd's demo."""
        loss = self.loss()
        self.model.zero_grad()
        loss.backward()
        for parameter in self.model.parameters():
            parameter.data -= LEARNING_RATE * parameter.grad


# --- a small expression ------------------------------------------------------------------------------------


def sixty_operations(a: Number, b: Number) -> Number:
    """Sixty operations as a learner would type them; a test counts them."""
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = (c - d) * 0.01
    f = e**2 + 1
    g = f / 2.0 + 10.0 / f
    h = (a * g - b * e + 0.5).tanh()
    i = (h * b + e * 0.1 - 1).exp()
    j = (i + h * h + 2).log()
    k = (j * a - i * b + 0.3).tanh()
    m = k * j - g
    n = (m * m + 1).log() + k * (h + 2)
    return (n + m * a + k).relu() + n * k


def expression(engine: ModuleType) -> Callable[[], tuple[float, float]]:
    """Forward and backward through `sixty_operations`; gives the two gradients."""

    def run() -> tuple[float, float]:
        a, b = engine.Value(-4.0), engine.Value(2.0)
        sixty_operations(a, b).backward()
        return a.grad, b.grad

    return run


# --- moons: micrograd's demo -------------------------------------------------------------------------------


def moons_examples(count: int = 100, *, noise: float = 0.1, seed: int = 1337) -> Examples:
    """Two interleaved half circles; the targets are -1 and 1."""
    draw = random.Random(seed)
    inputs, targets = [], []
    for i in range(count):
        angle = math.pi * (i // 2) / (count // 2 - 1)
        upper = (math.cos(angle), math.sin(angle))
        x, y = upper if i % 2 == 0 else (1 - upper[0], 0.5 - upper[1])
        inputs.append([x + draw.gauss(0, noise), y + draw.gauss(0, noise)])
        targets.append(1 if i % 2 else -1)
    return inputs, targets


def moons(engine: ModuleType) -> Training:
    """The step of micrograd's demo: MLP 2-16-16-1, hinge loss, L2 penalty, products summed with `+`."""
    model = MLP(engine, 2, [16, 16, 1])
    examples, targets = moons_examples()

    def loss() -> Number:
        inputs = [[engine.Value(number) for number in row] for row in examples]
        scores = [model(row) for row in inputs]
        losses = [(1 + -target * score).relu() for target, score in zip(targets, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        return data_loss + PENALTY * sum(p * p for p in model.parameters())

    return Training(model, loss)


def moons_with_layers() -> Training:
    """The same step as a user of `nn` writes it."""
    model = nn.MLP(2, [16, 16, 1], seed=0)
    examples, targets = moons_examples()

    def loss() -> Number:
        scores = [model(row) for row in examples]
        penalty = nn.losses.l2_penalty(model.parameters())
        return nn.losses.hinge(scores, targets) + PENALTY * penalty

    return Training(model, loss)


# --- digits ------------------------------------------------------------------------------------------------


def digits_examples(count: int = 32) -> Examples:
    """The first of scikit-learn's 8×8 digits, or where it is missing random numbers of the same shape."""
    if importlib.util.find_spec("sklearn") is None:
        draw = random.Random(0)
        inputs = [[draw.randint(0, 16) / 16 for _ in range(64)] for _ in range(count)]
        return inputs, [draw.randrange(10) for _ in range(count)]
    from sklearn.datasets import load_digits

    digits = load_digits()
    return (digits.data[:count] / 16).tolist(), digits.target[:count].tolist()


def cross_entropy(logits: Sequence[Number], target: int) -> Number:
    """Softmax cross-entropy, written out as a user of a scalar engine does."""
    largest = max(logit.data for logit in logits)
    shifted = [logit - largest for logit in logits]
    return sum(logit.exp() for logit in shifted).log() - shifted[target]


def digits(engine: ModuleType) -> Training:
    """A step on 32 digits: MLP 64-32-10, tanh, softmax cross-entropy, products summed with `+`."""
    model = MLP(engine, 64, [32, 10], hidden="tanh")
    examples, targets = digits_examples()

    def loss() -> Number:
        inputs = [[engine.Value(number) for number in row] for row in examples]
        losses = [cross_entropy(model(row), target) for row, target in zip(inputs, targets, strict=True)]
        return sum(losses) * (1.0 / len(losses))

    return Training(model, loss)


def digits_with_layers() -> Training:
    """The same step as a user of `nn` writes it."""
    model = nn.MLP(64, [32, 10], hidden="tanh", seed=0)
    examples, targets = digits_examples()

    def loss() -> Number:
        return nn.losses.softmax_cross_entropy([model(row) for row in examples], targets)

    return Training(model, loss)


# --- depth and width ---------------------------------------------------------------------------------------


def chain(engine: ModuleType, operations: int) -> Number:
    """One operation after another, each on the result of the last: `*`, `+`, `tanh`, `-` in turn."""
    weight, bias = engine.Value(0.9), engine.Value(0.1)
    number = engine.Value(0.5)
    for _ in range(operations // 4):
        number = number * weight
        number = number + bias
        number = number.tanh()
        number = number - bias
    return number


def numbers(engine: ModuleType, count: int) -> list[Number]:
    """That many leaves."""
    return [engine.Value(i / count) for i in range(count)]


def sum_of_products(weights: Sequence[Number], inputs: Sequence[Number]) -> Number:
    """A dot product of two nodes a product."""
    products = (weight * number for weight, number in zip(weights, inputs, strict=True))
    return sum(products, next(products))
