"""One training on one data set: what it learns, its losses, and the time of a step."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import nn
from autograd_tiny.errors import InputError
from autograd_tiny.tabular import Dataset
from autograd_tiny.tabular.experiment import OPTIMIZERS, learn, make_optimizer, time_step
from autograd_tiny.tabular.sample_data import OTHER_SETTINGS, SETTINGS, load_exam
from nn.losses import squared_error

QUICK = replace(OTHER_SETTINGS, hidden=(3,), epochs=2)
INPUTS, TARGETS = [[0.0, 1.0], [1.0, 0.5]], [1.0, 0.0]


def line(number_of_rows: int = 30, name: str = "line") -> Dataset:
    """Return examples of y = 3 x₀ - x₁ + 100, with x₁ far from standard."""
    inputs = [[float(row % 7), 1000.0 + row % 5] for row in range(number_of_rows)]
    return Dataset(name, ("x0", "x1"), inputs, "y", [3.0 * x - y + 100.0 for x, y in inputs])


def test_line_is_learnt_in_raw_units() -> None:
    result = learn(line(), replace(OTHER_SETTINGS, hidden=(), epochs=150, lr=0.05, l2=0.0))
    assert result.r2 > 0.999
    assert result.model([2.0, 1003.0]).data == pytest.approx(2.0 * 3.0 - 1003.0 + 100.0, abs=0.2)


def test_predictions_are_of_raw_inputs() -> None:
    data = load_exam(0)
    result = learn(data, replace(SETTINGS["exam"], epochs=3))
    logits = [[logit.data for logit in result.model(data.inputs[row])] for row in result.test]
    assert logits == [[logit.data for logit in p] for p in result.predictions]


def test_same_seed_gives_same_result() -> None:
    first, second = (learn(load_exam(0), QUICK, seed=5) for _ in range(2))
    assert first.history.loss == second.history.loss
    assert first.model.state_dict() == second.model.state_dict()


def test_losses_are_of_final_model() -> None:
    result = learn(load_exam(0), QUICK)
    assert result.test_loss == pytest.approx(result.history.validation_loss[-1])
    assert math.isfinite(result.train_loss)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains(name: str) -> None:
    settings = replace(QUICK, lr=0.01, l2=0.25)
    model = nn.MLP(1, [1], seed=0)
    optimizer = make_optimizer(name, model, settings)
    assert optimizer.lr == 0.01
    assert optimizer.weight_decay == 0.25
    assert len(learn(load_exam(0), settings, optimizer=name).history.loss) == 2


def test_equal_test_targets_raise() -> None:
    data = line(10)
    data.targets[:] = [1.0] * 10
    with pytest.raises(InputError, match="choose another --seed"):
        learn(data, QUICK)


def test_step_is_timed_replayed_and_eager() -> None:
    times = time_step(nn.MLP(2, [4, 1], seed=0), squared_error, INPUTS, TARGETS)
    assert times is not None
    assert len(times) == 2
    assert min(times) > 0.0


def test_step_that_cannot_be_recorded_is_not_timed() -> None:
    model = nn.MLP(2, [4, 1], seed=0)
    assert time_step(model, lambda p, t: (p - t) * p.data, INPUTS, TARGETS) is None
