"""Activations by name."""

from __future__ import annotations

import pytest

import autograd_tiny
from autograd_tiny import Value
from nn.activations import ACTIVATIONS, linear, name_of


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", "softplus", "sin"])
def test_a_row_that_takes_one_number_is_an_activation(name: str) -> None:
    assert ACTIVATIONS[name] is getattr(autograd_tiny, name)


@pytest.mark.parametrize("name", ["linear", "identity"])
def test_the_linear_activation_returns_the_very_node(name: str) -> None:
    x = Value(-2.0)
    assert ACTIVATIONS[name](x) is x


@pytest.mark.parametrize("name", ["add", "maximum", "dot", "sum", "softmax", "where", "Value", "no_grad"])
def test_what_takes_anything_but_one_number_is_no_activation(name: str) -> None:
    assert name not in ACTIVATIONS


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation_takes_a_value_and_a_float(name: str) -> None:
    activation = ACTIVATIONS[name]
    assert activation(Value(0.5)).data == pytest.approx(activation(0.5), nan_ok=True)


def test_a_function_goes_by_its_name_and_an_object_by_its_type() -> None:
    class Swish:
        def __call__(self, x: float) -> float:
            return x

    assert [name_of(linear), name_of(ACTIVATIONS["tanh"]), name_of(Swish())] == ["linear", "tanh", "Swish"]
