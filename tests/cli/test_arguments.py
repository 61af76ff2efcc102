"""Options of a training: accepted values, and errors for others."""

from __future__ import annotations

import argparse
import re

import pytest

from autograd_tiny.cli import arguments
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
