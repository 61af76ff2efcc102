"""The lesson on iris: gradients by hand, the descent until the test loss is low, one output."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_tiny.lessons import data_of, difference
from autograd_tiny.lessons.iris import RULES, Flowers, confusion, load_flowers
from autograd_tiny.lessons.programs import load_program, path_of
from nn.metrics import accuracy

pytest.importorskip("sklearn")

iris = load_program(path_of("iris"))
MSE, CROSS_ENTROPY = iris.LOSSES


@pytest.fixture(scope="module")
def flowers() -> Flowers:
    return load_flowers(seed=13)


def test_one_third_is_held_out(flowers: Flowers) -> None:
    assert (len(flowers.train), len(flowers.test)) == (99, 51)
    assert not any(flower in flowers.train for flower in flowers.test[:1])


def test_targets_are_one_hot(flowers: Flowers) -> None:
    assert {tuple(flower.target) for flower in flowers.train} == {(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)}


@pytest.mark.parametrize("gradient", ["h", "ŷ", "L", *RULES])
@pytest.mark.parametrize("seed", range(5))
def test_hand_equals_engine(gradient: str, seed: int, flowers: Flowers) -> None:
    network = iris.new_network(MSE, seed)
    for flower in flowers.train[:5]:
        hand, engine = iris.by_hand(network, flower)[gradient], iris.by_engine(network, flower)[gradient]
        assert np.shape(hand) == np.shape(engine)
        assert difference(hand, engine) <= 1e-12


def test_losses_start_from_same_weights() -> None:
    first, second = (iris.new_network(loss, seed=1) for loss in iris.LOSSES)
    assert difference(data_of(first.parameters()), data_of(second.parameters())) == 0.0


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("loss", [MSE, CROSS_ENTROPY], ids=lambda loss: loss.name)
def test_descent_stops_at_low_test_loss(loss: Any, flowers: Flowers) -> None:
    course = iris.learn(flowers, loss, epochs=150, seed=13)
    assert course.test[-1] < loss.low <= min(course.test[:-1])
    assert len(course.train) == len(course.test) == len(course.path)
    assert accuracy(course.predictions, flowers.numbers) >= 0.95
    assert sum(map(sum, confusion(flowers, course))) == len(flowers.test)


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("loss", [MSE, CROSS_ENTROPY], ids=lambda loss: loss.name)
def test_output_moves_towards_target(loss: Any, flowers: Flowers) -> None:
    course = iris.learn(flowers, loss, epochs=20, seed=13)
    start, end = course.path[0], course.path[-1]
    assert end[0] > 0.9 > start[0]
    assert max(end[1:]) < 0.25 < max(start[1:])


def test_epochs_limit_descent(flowers: Flowers) -> None:
    assert len(iris.learn(flowers, MSE, epochs=2, seed=13).test) == 3


def test_planted_wrong_slope_is_found(flowers: Flowers) -> None:
    network, flower = iris.new_network(MSE, 1), flowers.train[0]
    hand, engine = iris.by_hand(network, flower), iris.by_engine(network, flower)
    assert difference(hand["δ1"], engine["δ1"]) <= 1e-12
    assert difference(hand["∂L/∂h"], engine["δ1"]) > 1e-4  # as if 1 − h² had been forgotten
