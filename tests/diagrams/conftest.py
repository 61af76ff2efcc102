"""Graphs that several tests draw."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, mean
from nn import MLP
from nn.losses import hinge, l2_penalty


@pytest.fixture
def small():
    """a * b + a, after its backward pass."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + a
    loss.backward()
    return loss


@pytest.fixture
def batch():
    """The loss of a network over many examples, with a penalty on its weights."""
    model = MLP(2, [3, 2, 1], seed=0, hidden="tanh")
    examples = [([0.1 * k, 1.0], (-1) ** k) for k in range(20)]
    return mean([hinge(model(x), y) for x, y in examples]) + 0.1 * l2_penalty(model.parameters())


@pytest.fixture
def graph():
    return Value(2.0, label="a") * Value(3.0, label="b")


@pytest.fixture
def model():
    return MLP(2, [3, 1], seed=0)
