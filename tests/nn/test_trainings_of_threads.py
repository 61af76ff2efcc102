"""Trainings of one model in several threads, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

import nn
from autograd_tiny import Value
from nn import training
from nn.losses import squared_error
from nn.updates import training_lock

INPUTS, TARGETS = [[0.5, -1.0], [1.0, 2.0]], [1.0, 0.0]


def fit(model: nn.MLP, loss: Callable[[Any, Any], Any] = squared_error, **settings: Any) -> nn.History:
    return nn.fit(model, INPUTS, TARGETS, loss=loss, optimizer=nn.SGD(model.parameters()), epochs=1, **settings)


def train_while_another_waits(model: nn.MLP, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> tuple[Any, Any]:
    """Train, while another thread reaches the lock as the loss is recorded; return the history, and its future."""
    waits, others = Event(), []

    def lock(parameters: Sequence[Value]) -> Any:
        waits.set()
        return training_lock(parameters)

    def loss(prediction: Any, target: Any) -> Any:
        if not others:
            monkeypatch.setattr(training, "training_lock", lock)
            others.append(pool.submit(fit, model, **settings))
            assert waits.wait(120.0)
        return squared_error(prediction, target)

    with ThreadPoolExecutor(1) as pool:
        history = fit(model, loss)
    return history, others[0]


def test_training_that_waits_reads_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    validation, patience = (INPUTS, TARGETS), 1
    history, other = train_while_another_waits(model, monkeypatch, validation=validation, patience=patience)
    assert [runs.partition(" of")[0] for runs in history.runs] == ["epoch 1: replayed, program"]
    assert len(other.result().loss) == 1


def test_training_that_fails_undoes_no_training_of_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    model, alone = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=0)

    def broken(prediction: Any, target: Any) -> Any:
        raise ZeroDivisionError

    fit(alone)
    history, other = train_while_another_waits(model, monkeypatch, loss=broken)
    assert len(history.loss) == 1
    assert isinstance(other.exception(), ZeroDivisionError)
    assert model.state_dict() == alone.state_dict()
