"""Options of a training: accepted values, and errors for others."""

from __future__ import annotations

import argparse
import re

import pytest

from autograd_tiny.cli import arguments
from autograd_tiny.errors import InputError
from nn import MLP
from nn.activations import COMMON_ACTIVATIONS


def test_number_options() -> None:
    assert arguments.widths("16, 8") == (16, 8)
    assert arguments.at_least_zero("0") == 0.0
    with pytest.raises(argparse.ArgumentTypeError):
        arguments.share("nan")


@pytest.mark.parametrize("name", ["foo", "softmax", "", "Q", "max"])
def test_unknown_activation_lists_choices(name: str) -> None:
    choice = "choose tanh, relu, sigmoid, leaky_relu, elu, softplus, silu, gelu, sin or linear"
    with pytest.raises(argparse.ArgumentTypeError, match=f"^unknown activation {re.escape(repr(name))}; {choice}$"):
        arguments.activation(name)


def test_misspelt_activation_suggests_closest() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"; did you mean relu\?$"):
        arguments.activation("rellu")


@pytest.mark.parametrize("name", [*COMMON_ACTIVATIONS, "erf"])
def test_every_activation_makes_a_network(name: str) -> None:
    assert f"hidden={name!r}" in repr(MLP(2, [3, 1], hidden=arguments.activation(name), seed=0))


def test_too_many_layers_are_refused() -> None:
    assert len(arguments.widths(",".join(["2"] * 100))) == 100
    with pytest.raises(argparse.ArgumentTypeError, match="3000 hidden layers cannot be trained; give at most 100"):
        arguments.widths(",".join(["2"] * 3000))


@pytest.mark.parametrize("hidden", [[1_000_000], [1000, 1000], [1001] * 2])
def test_too_many_weights_are_refused(hidden: list[int]) -> None:
    arguments.require_trainable(2, [900, 1000], 1)
    shown = ",".join(map(str, hidden))
    with pytest.raises(InputError, match=rf"^--hidden {shown} makes \d+ weights; at most 1000000 can be trained$"):
        arguments.require_trainable(2, hidden, 1)


def test_too_many_inputs_are_refused() -> None:
    arguments.require_trainable(10_000, [], 50)
    with pytest.raises(InputError, match=r"^--hidden none makes 1010000 weights"):
        arguments.require_trainable(10_100, [], 100)
