"""Source that builds the same network in PyTorch: its text, and what it computes where torch is installed."""

from __future__ import annotations

import ast
import math
from functools import partial
from typing import Any

import pytest

import nn
from autograd_tiny import Value, leaky_relu
from autograd_tiny import sum as add
from nn import MLP, ArgumentError, Layer, Sequential
from nn.interchange.torch_activations import TORCH_MODULES

POINTS = [[-3.5, 1.25], [0.3, -0.4], [2.0, 0.5], [0.1, 25.0]]


def calls(source: str) -> list[str]:
    """Return the modules of the Sequential in a source."""
    return [line.strip().rstrip(",") for line in source.splitlines() if line.startswith("    torch.nn.")]


def numbers(source: str) -> Any:
    """Return the dict of numbers in a source."""
    (found,) = (
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "numbers"
    )
    return ast.literal_eval(found)


@pytest.mark.parametrize(
    "model",
    [
        MLP(2, [3, 1], hidden="tanh", seed=0),
        MLP(30, [2], seed=1),
        Sequential(Layer(2, 3, bias=False, nonlin=False, seed=0), Layer(3, 2, seed=0)),
    ],
)
def test_source_holds_the_arrays_exactly_in_lines_that_a_person_reads(model: Any) -> None:
    source = nn.to_torch_source(model)
    assert numbers(source) == {name: array.tolist() for name, array in nn.to_arrays(model).items()}
    assert max(map(len, source.splitlines())) <= 118
    assert len([call for call in calls(source) if "Linear(" in call]) == len(model.layers)


def test_modules_are_those_of_the_layers() -> None:
    model = Sequential(
        Layer(2, 3, activation=partial(leaky_relu, negative_slope=0.25), bias=False, seed=0),
        Layer(3, 3, activation="gelu_tanh", seed=0),
        Layer(3, 1, activation="linear", seed=0),
    )
    assert calls(nn.to_torch_source(model)) == [
        "torch.nn.Linear(2, 3, bias=False, dtype=torch.float64)",
        "torch.nn.LeakyReLU(negative_slope=0.25)",
        "torch.nn.Linear(3, 3, dtype=torch.float64)",
        "torch.nn.GELU(approximate='tanh')",
        "torch.nn.Linear(3, 1, dtype=torch.float64)",
    ]


def relu(x: Any) -> Any:
    return x * (x > 0.0)


@pytest.mark.parametrize(
    ("activation", "name"),
    [
        ("sin", "'sin'"),
        (relu, "'relu'"),
        (partial(relu), "'relu()'"),
        (partial(leaky_relu, slope=0.1), "'leaky_relu(slope=0.1)'"),
        (partial(leaky_relu, negative_slope=math.inf), "'leaky_relu(negative_slope=inf)'"),
        (partial(leaky_relu, negative_slope=Value(0.1)), "'leaky_relu(negative_slope=Value(data=0.1, grad=0.0))'"),
        (lambda x: x, "'<lambda>'"),
    ],
)
def test_activation_that_torch_does_not_have_is_named(activation: Any, name: str) -> None:
    model = Sequential(Layer(2, 2, seed=0), Layer(2, 1, activation=activation, seed=0))
    with pytest.raises(ArgumentError) as caught:
        nn.to_torch_source(model)
    assert f"to_torch_source got the activation of layer 1={name}; it takes those that torch has" in str(caught.value)


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_parameter_that_is_not_finite_is_refused(number: float) -> None:
    model = MLP(2, [1, 1], seed=0)
    model.layers[1].neurons[0].b.data = number
    with pytest.raises(ArgumentError, match=f"a parameter of layer 1={number}; it takes finite parameters"):
        nn.to_torch_source(model)


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch", reason="torch is not installed: python -m pip install '.[peers]'")


def run(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(source, names)
    return names["model"]


@pytest.mark.parametrize("name", TORCH_MODULES)
def test_outputs_and_gradients_agree_with_torch(torch: Any, name: str) -> None:
    model = MLP(2, [4, 3, 2], hidden=name, output=name, seed=3, initializer=nn.initializers.uniform(-1.5, 1.5))
    theirs = run(nn.to_torch_source(model))
    outputs = theirs(torch.tensor(POINTS, dtype=torch.float64))
    outputs.sum().backward()
    ours = [model(x) for x in POINTS]
    add([y for row in ours for y in row]).backward()
    assert [y.data for row in ours for y in row] == pytest.approx(outputs.ravel().tolist(), abs=1e-12, rel=1e-12)
    gradients = [g for p in theirs.parameters() for g in p.grad.ravel().tolist()]
    expected = [
        g
        for layer in model.layers
        for g in [w.grad for neuron in layer.neurons for w in neuron.w] + [neuron.b.grad for neuron in layer.neurons]
    ]
    close = 1e-6 if name == "hardsigmoid" else 1e-12  # torch's slope is 1/6 of float32
    assert gradients == pytest.approx(expected, abs=close, rel=close)
    assert any(gradients)
