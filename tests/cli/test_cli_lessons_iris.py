"""The lesson on iris: gradients by hand, the descent until the test loss is low, and where one output goes."""

from __future__ import annotations

import pytest

from autograd_tiny.cli.lessons.arrays import data_of, difference
from autograd_tiny.cli.lessons.iris import (
    BACKWARD,
    LOSSES,
    LOW,
    Flowers,
    by_engine,
    by_hand,
    classes_of,
    confusion,
    iris_flowers,
    learn,
    network_for,
)
from nn.metrics import accuracy

pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def flowers() -> Flowers:
    return iris_flowers(seed=13)


def test_two_thirds_are_learnt_from_and_one_third_is_held_out(flowers: Flowers) -> None:
    assert (len(flowers.train), len(flowers.test)) == (99, 51)
    assert not any(flower in flowers.train for flower in flowers.test[:1])


def test_targets_are_one_hot(flowers: Flowers) -> None:
    assert {tuple(flower.target) for flower in flowers.train} == {(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)}


@pytest.mark.parametrize("gradient", BACKWARD)
@pytest.mark.parametrize("seed", range(5))
def test_hand_and_engine_agree_layer_by_layer(gradient: str, seed: int, flowers: Flowers) -> None:
    network = network_for("mean squared error", seed)
    for flower in flowers.train[:5]:
        hand, engine = by_hand(network, flower)[gradient], by_engine(network, flower)[1][gradient]
        assert hand.shape == engine.shape
        assert difference(hand, engine) <= 1e-12


def test_both_losses_start_from_the_same_weights() -> None:
    first, second = (network_for(loss, seed=1) for loss in LOSSES)
    assert difference(data_of(first.parameters()), data_of(second.parameters())) == 0.0


@pytest.mark.no_cover
@pytest.mark.parametrize("loss", LOSSES)
def test_the_descent_ends_when_the_test_loss_is_low(loss: str, flowers: Flowers) -> None:
    course = learn(flowers, loss, epochs=150, seed=13)
    assert course.test[-1] < LOW[loss] <= min(course.test[:-1])
    assert len(course.train) == len(course.test) == len(course.path)
    assert accuracy(course.predictions, classes_of(flowers)) >= 0.95
    assert sum(map(sum, confusion(flowers, course))) == len(flowers.test)


@pytest.mark.no_cover
@pytest.mark.parametrize("loss", LOSSES)
def test_the_output_of_one_flower_moves_towards_its_target(loss: str, flowers: Flowers) -> None:
    course = learn(flowers, loss, epochs=20, seed=13)
    start, end = course.path[0], course.path[-1]
    assert end[0] > 0.9 > start[0]
    assert max(end[1:]) < 0.25 < max(start[1:])


def test_the_epochs_end_the_descent_where_the_loss_stays_high(flowers: Flowers) -> None:
    assert len(learn(flowers, "mean squared error", epochs=2, seed=13).test) == 3
