"""Changes of parameters, all at once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

import nn
from autograd_tiny import RecordError, Value, record
from autograd_tiny.support.at_once import consume
from nn.updates import changes, set_gradients, set_labels, set_numbers, state_of, training_lock


def test_slots_are_set() -> None:
    parameters = [Value(1.0), Value(2.0)]
    set_numbers(parameters, [3.0, 4.0])
    set_gradients(iter(parameters), [5.0, 6.0])
    set_labels(parameters, ["a", "b"])
    assert [(p.data, p.grad, p.label) for p in parameters] == [(3.0, 5.0, "a"), (4.0, 6.0, "b")]


def test_changes_wait_until_they_are_consumed() -> None:
    parameters, owner = [Value(1.0)], SimpleNamespace(means=[0.0], steps=0)
    prepared = changes(parameters, [2], owner, {"means": [1.0], "steps": 1})
    assert (parameters[0].data, owner.steps) == (1.0, 0)
    consume(prepared)
    assert (repr(parameters[0].data), owner.means, owner.steps) == ("2.0", [1.0], 1)


def test_state_is_a_copy() -> None:
    owner = SimpleNamespace(parameters=[1], means=[0.0], settings={}, lr=0.1)
    state = state_of(owner)
    owner.means.append(1.0)
    assert state == {"means": [0.0], "settings": {}, "lr": 0.1}


def test_trainings_of_one_model_have_one_lock() -> None:
    first, second = nn.Neuron(1, seed=0).parameters(), nn.Neuron(1, seed=0).parameters()
    assert training_lock(first) is training_lock(first)
    assert training_lock(first) is not training_lock(second)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.load_state_dict({"w[0]": 2.0, "b": 1.0}),
        lambda model: model.zero_grad(),
        lambda model: nn.SGD(model.parameters()).zero_grad(),
        lambda model: nn.SGD(model.parameters()).step(),
    ],
)
def test_recorded_function_cannot_change_parameters(change: Callable[[Any], Any]) -> None:
    model = nn.Neuron(1, seed=0)
    before = [(p.data, p.grad) for p in model.parameters()]

    def loss(x: Any) -> Any:
        change(model)
        return model([x])

    with pytest.raises(RecordError):
        record(loss, inputs=(1.0,), parameters=model.parameters())
    assert [(p.data, p.grad) for p in model.parameters()] == before
