"""Activations by name."""

from __future__ import annotations

import pytest

import autograd_tiny
from autograd_tiny import Value
from nn.activations import ACTIVATIONS, callable_name, linear


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", "softplus", "sin"])
def test_unary_primitives_are_activations(name: str) -> None:
    assert ACTIVATIONS[name] is getattr(autograd_tiny, name)


@pytest.mark.parametrize("name", ["linear", "identity"])
def test_linear_returns_the_same_node(name: str) -> None:
    x = Value(-2.0)
    assert ACTIVATIONS[name](x) is x


@pytest.mark.parametrize("name", ["add", "maximum", "dot", "sum", "softmax", "where", "Value", "no_grad"])
def test_other_functions_are_not_activations(name: str) -> None:
    assert name not in ACTIVATIONS


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_take_values_and_floats(name: str) -> None:
    activation = ACTIVATIONS[name]
    assert activation(Value(0.5)).data == pytest.approx(activation(0.5), nan_ok=True)


def test_name_of_function_or_object() -> None:
    class Swish:
        def __call__(self, x: float) -> float:
            return x

    assert [callable_name(linear), callable_name(ACTIVATIONS["tanh"]), callable_name(Swish())] == [
        "linear",
        "tanh",
        "Swish",
    ]
