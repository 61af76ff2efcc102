"""The lesson on two layers: the formulas by hand are those of the engine, symbol by symbol."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from autograd_tiny.lessons import difference, largest_difference
from autograd_tiny.lessons.programs import load_program, path_of
from autograd_tiny.lessons.two_layer import FORMULAS

two_layer = load_program(path_of("two-layer"))
ACTIVATIONS, PARAMETERS = two_layer.ACTIVATIONS, two_layer.PARAMETERS
SEEDS = range(10)
SEED = inspect.signature(two_layer.teach).parameters["seed"].default


def both(activation: str, *, seed: int) -> tuple[Any, Any]:
    given = two_layer.draw_numbers(seed)
    return two_layer.by_hand(given, activation), two_layer.by_engine(given, activation)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("symbol", FORMULAS)
def test_hand_equals_engine(symbol: str, activation: str) -> None:
    for seed in SEEDS:
        hand, engine = both(activation, seed=seed)
        assert hand[symbol].shape == engine[symbol].shape
        assert difference(hand[symbol], engine[symbol]) <= 1e-12


def test_activations_are_sigmoid_tanh_relu() -> None:
    assert list(ACTIVATIONS) == ["sigmoid", "tanh", "relu"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_planted_wrong_slope_is_found(activation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phi, slope = ACTIVATIONS[activation]
    monkeypatch.setitem(ACTIVATIONS, activation, (phi, lambda g, h: 1.01 * slope(g, h)))
    hand, engine = both(activation, seed=SEED)
    assert largest_difference(engine, hand) > 1e-4


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_step_lowers_loss(activation: str) -> None:
    hand, _ = both(activation, seed=SEED)
    assert two_layer.loss_after(hand, activation) < hand["L"]


def test_lesson_has_open_and_closed_relu() -> None:
    hand, _ = both("relu", seed=SEED)
    assert sorted(hand["h1"] > 0.0) == [False, True]
    assert hand["h2"][0] > 0.0


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_gradient_by_hand_is_numeric_slope(parameter: str) -> None:
    given = two_layer.draw_numbers(seed=3)
    gradient = two_layer.by_hand(given, "tanh")[f"∂L/∂{parameter}"]
    for place in np.ndindex(given[parameter].shape):
        sides = []
        for step in (1e-6, -1e-6):
            moved = {name: numbers.copy() for name, numbers in given.items()}
            moved[parameter][place] += step
            sides.append(two_layer.forward(moved, np.tanh)["L"])
        assert gradient[place] == pytest.approx((sides[0] - sides[1]) / 2e-6, abs=1e-8)
