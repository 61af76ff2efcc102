"""A replay that meets inf or nan inside `detect_anomaly()` is refused, and changes no gradient of a Value."""

from __future__ import annotations

import copy
import math
import re
from threading import Thread
from typing import Any

import pytest

import nn
from autograd_tiny import Value, detect_anomaly, record, record_lines, where
from autograd_tiny.errors import AnomalyError


def square_root(label: str = "w") -> tuple[Value, Any]:
    w = Value(1.0, label=label)
    return w, record(lambda x: (w * x).sqrt() * 2.0, inputs=(1.0,), parameters=[w])


def test_loss_that_is_not_finite_is_refused() -> None:
    w, program = square_root()
    w.grad = 7.0
    for call in (program, program.backward, program.evaluate, program.differentiate):
        with (
            detect_anomaly(),
            pytest.raises(AnomalyError, match=r"the loss of example 1 of the batch is inf in a replayed program; "),
        ):
            call([1.0, math.inf])
    assert w.grad == 7.0


@pytest.mark.parametrize(("label", "name"), [("w", "w"), ("", "number 0"), ("w\x1b", r"w\\x1b")])
def test_gradient_that_is_not_finite_is_refused(label: str, name: str) -> None:
    w, program = square_root(label)
    for call in (program.backward, program.differentiate):
        with detect_anomaly(), pytest.raises(AnomalyError, match=f"the gradient of parameter {name} is nan in a"):
            call([1.0, 0.0])
    assert w.grad == 0.0


def test_gradient_of_an_input_is_refused() -> None:
    program = record(lambda x: x.sqrt() * 2.0, inputs=(1.0,))
    with detect_anomaly(), pytest.raises(AnomalyError, match="the gradient of an input of example 1 of the batch is"):
        program.gradient([1.0, 0.0])


def test_program_without_a_batch_names_no_example() -> None:
    w = Value(1.0)
    program = record(lambda x: (w * x).sqrt(), inputs=(1.0,), parameters=[w], batched=False)
    with detect_anomaly(), pytest.raises(AnomalyError, match="the loss is inf in a replayed program"):
        program(math.inf)
    program = record(lambda x: x.sqrt(), inputs=(1.0,), batched=False)
    with detect_anomaly(), pytest.raises(AnomalyError, match="the gradient of an input is inf in a replayed program"):
        program.differentiate(0.0)


def test_finite_replays_go_on() -> None:
    w, program = square_root()
    with detect_anomaly():
        program.backward([1.0, 4.0])
        program([1.0, 0.0])
        assert record(lambda x: where(x > 0.5, w * x, x).log(), inputs=(1.0,), parameters=[w])([1.0]) == [0.0]
    assert w.grad == 1.5


def test_nothing_is_refused_outside_of_the_block() -> None:
    w, program = square_root()
    with record_lines():
        program.backward([1.0, 0.0])
    other = copy.copy(program)
    thread = Thread(target=lambda: other([math.inf]))
    with detect_anomaly():
        thread.start()
        thread.join()
    assert math.isnan(w.grad)


def test_training_stops_with_the_remedy_that_names_the_node() -> None:
    model = nn.MLP(1, [1], hidden="tanh", seed=0)
    data: Any = [[1.0], [math.inf]], [0.5, 0.5]
    settings: Any = {"loss": "squared_error", "optimizer": nn.SGD(model.parameters(), lr=0.1), "epochs": 1}
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"nn\.fit\(\.\.\., replay=False\) tells it too"):
        nn.fit(model, *data, **settings)
    with (
        detect_anomaly(),
        pytest.raises(nn.NotFiniteError, match=r"its operand inf is not finite\..*\n  .* was made at test_finite"),
    ):
        nn.fit(model, *data, **settings, replay=False)


def overflowing(row: int, count: int = 6) -> tuple[Any, Any, Any]:
    """Return a model, inputs of which one makes the loss infinite, and targets."""
    model = nn.MLP(1, [1], hidden="tanh", seed=0)
    return model, [[1e200 if i == row else 1.0] for i in range(count)], [0.5] * count


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("row", [1, 5])
def test_training_names_batch_and_example_of_the_data(row: int, shuffle: bool) -> None:
    model, *data = overflowing(row)
    settings: Any = {
        "optimizer": nn.SGD(model.parameters(), lr=1e-3),
        "epochs": 1,
        "batch_size": 2,
        "shuffle": shuffle,
    }
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        nn.fit(model, *data, loss="squared_error", **settings)
    text = str(caught.value)
    seen = re.findall(r"loss of example ([01]) of batch ([123]) of epoch 1, example (\d) of the data", text)
    assert [int(one) for *_, one in seen] == [row], text
    if not shuffle:
        assert seen == [(str(row % 2), str(row // 2 + 1), str(row))]


def test_training_on_an_iterable_names_the_batch_alone() -> None:
    model, inputs, targets = overflowing(3, 4)
    batches = [(inputs[:2], targets[:2]), (inputs[2:], targets[2:])]
    settings: Any = {"loss": "squared_error", "optimizer": nn.SGD(model.parameters(), lr=1e-3), "epochs": 1}
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"example 1 of batch 2 of epoch 1 \(examples count from 0"),
    ):
        nn.fit(model, batches, **settings)


def test_training_names_the_batch_of_a_gradient() -> None:
    w = Value(1.0, label="w")
    settings: Any = {"loss": lambda z, _: z, "optimizer": nn.SGD([w], lr=0.1), "epochs": 1, "batch_size": 1}
    model: Any = Root(w)
    with detect_anomaly(), pytest.raises(AnomalyError, match="parameter w in batch 2 of epoch 1 is nan"):
        nn.fit(model, [[1.0], [0.0]], [0.0, 0.0], shuffle=False, **settings)


class Root(nn.Module):
    """The square root of w * x."""

    def __init__(self, w: Value) -> None:
        self.w = w

    def __call__(self, x: Any) -> Any:
        return (self.w * x[0]).sqrt()


def test_validation_loss_names_the_example_of_the_data() -> None:
    model, inputs, targets = overflowing(1_500, 1_501)
    settings: Any = {"loss": "squared_error", "optimizer": nn.SGD(model.parameters(), lr=1e-3), "epochs": 1}
    with detect_anomaly(), pytest.raises(AnomalyError, match="the loss of example 1500 of the validation data "):
        nn.fit(model, [[1.0]], [0.5], validation=(inputs, targets), **settings)
