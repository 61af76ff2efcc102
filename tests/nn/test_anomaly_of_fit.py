"""Inf and nan in a training: the error names epoch, batch and example, the node, its cause and its line."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

import nn
from autograd_tiny import AnomalyError, Value, detect_anomaly
from nn import first_anomaly as search
from nn.errors import NotFiniteError
from nn.first_anomaly import first_anomaly

INPUTS, TARGETS = [1.0, 2.0, 3.0, 0.0, 5.0, 1.0], [0.0] * 6
LAST = "example 1 of batch 2 of epoch 1, example 3 of the data (examples count from 0)"


class Scaled:
    """A function of w * x."""

    def __init__(self, function: Callable[[Value], Any]) -> None:
        self.w, self.function = Value(1.0, label="w"), function

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, x: Any) -> Any:
        return self.function(self.w * x)


def logarithm(y: Value) -> Value:
    return y.log()


def length(y: Value) -> Value:
    return (y * y).sqrt()


def train(function: Callable[[Value], Any], **settings: Any) -> Any:
    model = Scaled(function)
    data = settings.pop("data", (INPUTS, TARGETS))
    settings = {"epochs": 2, "shuffle": False, "batch_size": 2, "replay": False} | settings
    return nn.fit(
        model, *data, loss=lambda z, target: z - target, optimizer=nn.SGD(model.parameters(), 1e-3), **settings
    )


@pytest.mark.parametrize("replay", [True, False])
@pytest.mark.parametrize(("function", "culprit"), [(logarithm, "the loss"), (length, "a parameter")])
def test_error_of_fit_names_example_cause_and_line(
    function: Callable[[Value], Value], culprit: str, replay: bool
) -> None:
    with pytest.raises(NotFiniteError, match=f"{culprit} is not finite in epoch 1, batch 2") as caught:
        train(function, replay=replay)
    place, cause, line = caught.value.cause.split("\n")
    assert place == f"It began in {LAST}:"
    assert (" = log(v1) becomes -inf" in cause) == (function is logarithm)
    assert (" = sqrt(v2) makes inf, at v2 = 0: its gradient 0.5 times" in cause) == (function is length)
    assert line.endswith(f"in {function.__name__}: return {'y.log()' if function is logarithm else '(y * y).sqrt()'}")


def test_anomaly_of_an_eager_backward_pass_names_the_example() -> None:
    with pytest.raises(AnomalyError, match=r"= sqrt\(v6\) makes inf, at v6 = 0") as caught, detect_anomaly():
        train(length)
    assert caught.value.anomalies
    assert str(caught.value).endswith(f"\n  It began in {LAST}.")


def test_batches_of_an_iterable_have_no_index_in_the_data() -> None:
    pairs = [(INPUTS[:2], TARGETS[:2]), (INPUTS[2:4], TARGETS[2:4])]
    with pytest.raises(NotFiniteError) as caught:
        train(logarithm, data=(pairs,), epochs=1)
    assert "It began in example 1 of batch 2 of epoch 1 (examples count from 0):" in caught.value.cause


def test_validation_names_the_example() -> None:
    with pytest.raises(NotFiniteError) as caught:
        train(logarithm, data=([1.0], [0.0]), validation=(INPUTS, TARGETS))
    assert caught.value.cause.startswith("It began in example 3 of the validation data (examples count from 0):")


def test_model_that_computes_other_numbers_names_no_example() -> None:
    calls: list[Value] = []

    def noisy(y: Value) -> Value:
        calls.append(y)
        return length(y + (0.5 if len(calls) > 4 else 0.0))

    with pytest.raises(AnomalyError, match=r"\n  It began in batch 2 of epoch 1\.$"), detect_anomaly():
        train(noisy)
    calls.clear()
    with pytest.raises(NotFiniteError) as caught:
        train(noisy)
    assert caught.value.cause == ""


def test_a_step_that_is_too_large_has_no_example() -> None:
    model = Scaled(lambda y: y * 1e10)
    with pytest.raises(NotFiniteError, match="a parameter is not finite in epoch 1, batch 1") as caught:
        nn.fit(
            model,
            [1.0],
            [0.0],
            loss=lambda z, _: z,
            optimizer=nn.SGD(model.parameters(), 1e300),
            epochs=1,
            replay=False,
        )
    assert caught.value.cause == ""


def test_line_that_began_the_training_is_left_out() -> None:
    model = nn.Neuron(1, nonlin=False, seed=0)
    settings: Any = {"loss": "squared_error", "optimizer": nn.SGD(model.parameters(), 1e-3), "epochs": 1}
    with pytest.raises(NotFiniteError) as caught:
        nn.fit(model, [[1e200]], [1.0], **settings)
    assert "beyond the largest float" in caught.value.cause
    assert "was made at" not in caught.value.cause


def test_search_ends_after_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    w, pairs = Value(1.0), [(x, 0.0) for x in INPUTS]
    assert first_anomaly(lambda x, _: length(w * x), pairs)[0] == 3
    monkeypatch.setattr(search, "MOST_NODES", 5)
    assert first_anomaly(lambda x, _: length(w * x), pairs) == (None, "")


def test_search_looks_for_the_given_anomaly() -> None:
    def loss(x: float, _: float) -> Value:
        return length(Value(x)) if x == 0.0 else logarithm(Value(x))

    (anomaly, *_) = loss(0.0, 0.0).trace().anomalies()
    assert first_anomaly(loss, [(-1.0, 0.0)], like=anomaly) == (None, "")
    assert first_anomaly(loss, [(0.0, 0.0)], like=anomaly)[0] == 0


def test_search_takes_losses_that_are_numbers() -> None:
    assert first_anomaly(lambda x, _: x, [(float("nan"), 0.0)], is_infinite=True) == (None, "")


@pytest.mark.parametrize(("function", "sentence"), [(logarithm, "v5 = log(v4) becomes"), (length, "v7 = sqrt(v6)")])
def test_walk_names_example_and_line(function: Callable[[Value], Value], sentence: str) -> None:
    shown = walk(function, "n update; n update; nan")
    assert f"pass: {sentence}" in shown
    assert f"was made at test_anomaly_of_fit.py:{function.__code__.co_firstlineno + 1}, in" in shown
    if function is length:
        assert f"It began in {LAST}:" in " ".join(shown.split())
        assert "call debug_training inside `with record_lines():`" in " ".join(shown.split())


def test_anomaly_of_a_walk_names_the_example() -> None:
    with detect_anomaly():
        shown = walk(length, "n update; n update")
    assert f"It began in {LAST}." in " ".join(shown.split())


def walk(function: Callable[[Value], Value], commands: str) -> str:
    model, output = Scaled(function), io.StringIO()
    nn.debug_training(
        model,
        INPUTS,
        TARGETS,
        loss=lambda z, target: z - target,
        optimizer=nn.SGD(model.parameters(), 1e-3),
        epochs=1,
        batch_size=2,
        shuffle=False,
        stdin=io.StringIO(commands.replace("; ", "\n")),
        stdout=output,
    )
    return output.getvalue()
