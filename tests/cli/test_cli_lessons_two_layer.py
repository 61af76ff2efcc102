"""The lesson on two layers: the formulas by hand are those of the engine, symbol by symbol."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_tiny
from autograd_tiny.cli.lessons import two_layer
from autograd_tiny.cli.lessons.arrays import difference, largest_difference
from autograd_tiny.cli.lessons.two_layer import FORMULAS, PARAMETERS, SLOPES, both, by_hand, draw_parameters, forward

SEEDS = range(10)


@pytest.mark.parametrize("activation", SLOPES)
@pytest.mark.parametrize("symbol", FORMULAS)
def test_hand_and_engine_agree_on_every_symbol(symbol: str, activation: str) -> None:
    for seed in SEEDS:
        hand, engine = both(activation, seed=seed)
        assert hand[symbol].shape == engine[symbol].shape
        assert difference(hand[symbol], engine[symbol]) <= 1e-12


def test_the_three_activations_are_those_of_the_issue() -> None:
    assert list(SLOPES) == ["sigmoid", "tanh", "relu"]


@pytest.mark.parametrize("activation", SLOPES)
def test_a_planted_wrong_slope_is_found(activation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slope = SLOPES[activation]
    monkeypatch.setitem(two_layer.SLOPES, activation, lambda g, h: 1.01 * slope(g, h))
    assert largest_difference(*both(activation, seed=two_layer.SEED)) > 1e-4


@pytest.mark.parametrize("activation", SLOPES)
def test_the_step_of_the_lesson_lowers_the_loss(activation: str) -> None:
    before, after = two_layer.losses_around_the_step(activation, seed=two_layer.SEED)
    assert after < before


def test_the_lesson_has_a_relu_that_is_open_and_one_that_is_closed() -> None:
    hand, _ = both("relu", seed=two_layer.SEED)
    assert sorted(hand["h1"] > 0.0) == [False, True]
    assert hand["h2"][0] > 0.0


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_gradient_by_hand_is_the_slope_of_the_loss(parameter: str) -> None:
    given = draw_parameters(seed=3)
    gradient = by_hand(forward(given, autograd_tiny.tanh), SLOPES["tanh"], rate=0.5)[f"∂L/∂{parameter}"]
    for place in np.ndindex(given[parameter].shape):
        sides = []
        for step in (1e-6, -1e-6):
            moved = {name: numbers.copy() for name, numbers in given.items()}
            moved[parameter][place] += step
            sides.append(forward(moved, autograd_tiny.tanh)["L"])
        assert gradient[place] == pytest.approx((sides[0] - sides[1]) / 2e-6, abs=1e-8)
