"""Replayed training: agreement with eager training, and the fallback to it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest

import nn
from autograd_tiny import Value, softmax, sum
from autograd_tiny.errors import PositionError
from nn import MLP, SGD, Adam, fit
from nn.errors import ArgumentError, NotFiniteError, ReplayWarning
from nn.examples import Examples
from nn.losses import LOSSES
from nn.replaying import Replay, reason_of

DRAW = random.Random(0)
INPUTS = [[DRAW.uniform(-1.0, 1.0) for _ in range(3)] for _ in range(20)]
CLASSES = [row % 3 for row in range(20)]
SIGNS = [1 if row[0] > row[1] else -1 for row in INPUTS]
SHARES = [(sign + 1) / 2 for sign in SIGNS]


class Softmax:
    """A network whose outputs are probabilities."""

    def __init__(self) -> None:
        self.network = MLP(3, [4, 3], hidden="tanh", seed=0)
        self.parameters = self.network.parameters

    def __call__(self, x: Any) -> Any:
        return softmax(self.network(x))


class Sigmoid(nn.Module):
    """A network whose output is a probability."""

    def __init__(self) -> None:
        self.network = MLP(3, [4, 1], hidden="tanh", output="sigmoid", seed=0)

    def __call__(self, x: Any) -> Any:
        return self.network(x)


def three() -> MLP:
    return MLP(3, [4, 3], hidden="tanh", seed=0)


def one() -> MLP:
    return MLP(3, [6, 1], hidden="relu", seed=0)


ONE_HOT = [[1.0 if k == target else 0.0 for k in range(3)] for target in CLASSES]
TRAININGS: dict[str, tuple[Callable[[], Any], str, list[Any]]] = {
    "squared_error": (one, "squared_error", SHARES),
    "half_squared_error": (one, "half_squared_error", SHARES),
    "absolute_error": (one, "absolute_error", SHARES),
    "huber": (one, "huber", SHARES),
    "hinge": (one, "hinge", SIGNS),
    "binary_cross_entropy": (Sigmoid, "binary_cross_entropy", SHARES),
    "binary_cross_entropy_with_logits": (one, "binary_cross_entropy_with_logits", SHARES),
    "softmax_cross_entropy": (three, "softmax_cross_entropy", CLASSES),
    "softmax_cross_entropy of probabilities": (three, "softmax_cross_entropy", ONE_HOT),
    "kl_divergence": (Softmax, "kl_divergence", [[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]] * 10),
    "several outputs": (three, "squared_error", ONE_HOT),
}


def train(model: Any, loss: Any, targets: list[Any], *, replay: bool, epochs: int = 10, **settings: Any) -> Any:
    optimizer = Adam(model.parameters(), lr=0.01)
    return fit(
        model,
        INPUTS,
        targets,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=5,
        seed=0,
        replay=replay,
        **settings,
    )


@pytest.mark.no_cover
@pytest.mark.parametrize("name", TRAININGS)
def test_replayed_training_matches_eager(name: str) -> None:
    build, loss, targets = TRAININGS[name]
    model, twin = build(), build()
    assert Replay.of(model, LOSSES[loss], model.parameters(), INPUTS, targets) is not None
    replayed = train(model, loss, targets, replay=True)
    eager = train(twin, loss, targets, replay=False)
    assert len(eager.loss) * 4 == 40
    assert replayed.loss == pytest.approx(eager.loss, rel=1e-9)
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in twin.parameters()], rel=1e-9)


@pytest.mark.parametrize("name", TRAININGS)
def test_no_example_is_eager(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build, loss, targets = TRAININGS[name]
    model = build()
    replay = Replay.of(model, LOSSES[loss], model.parameters(), INPUTS, targets)
    assert replay is not None
    monkeypatch.setattr(replay.program, "_loss", None)
    assert replay.backward(list(range(20))) > 0.0


def test_every_loss_can_be_recorded() -> None:
    assert {loss for _, loss, _ in TRAININGS.values()} == set(LOSSES)


def test_model_is_called_only_to_record() -> None:
    calls = []

    class Counted(nn.Module):
        def __init__(self) -> None:
            self.network = one()

        def __call__(self, x: Any) -> Any:
            calls.append(x)
            return self.network(x)

    train(Counted(), "squared_error", SHARES, replay=True, epochs=10)
    assert len(calls) == 2 + 17


@pytest.mark.parametrize(
    "loss",
    [
        lambda p, t: (p - t) ** 2 * random.random(),
        lambda p, t: (p - t) ** 2 / (1.0 + p.data**2),
        lambda p, t: (p - t) ** 2 * [1.0, 2.0][int(t)],
    ],
)
def test_unrecordable_training_is_eager(loss: Any) -> None:
    model = one()
    assert Replay.of(model, loss, model.parameters(), INPUTS, SHARES) is None
    with pytest.warns(ReplayWarning, match="by eager code, since the function computed something else|by eager"):
        history = train(model, loss, SHARES, replay=True, epochs=3)
    assert len(history.loss) == 3


def test_examples_of_different_shapes_are_eager() -> None:
    w = Value(0.5)

    class Total:
        def parameters(self) -> list[Value]:
            return [w]

        def __call__(self, x: list[float]) -> Any:
            return sum([w * number for number in x])

    inputs = [[1.0], [1.0, 2.0], [0.5, 0.5, 0.5]]
    with pytest.warns(ReplayWarning, match="since the examples are not numbers of one shape"):
        history = fit(
            Total(), inputs, [1.0, 3.0, 1.5], loss="squared_error", optimizer=SGD([w], lr=0.05), epochs=30, seed=0
        )
    assert history.loss[-1] < 1e-6


def test_model_changed_by_callback_is_recorded_again() -> None:
    def callback_of(scale: list[float]) -> Any:
        return lambda history: scale.__setitem__(0, scale[0] + 0.5)

    def run(replay: bool) -> list[float]:
        scale = [1.0]
        loss = lambda p, t: scale[0] * (p - t) ** 2  # noqa: E731 - of the scale of this run
        history = train(one(), loss, SHARES, replay=replay, epochs=4, callbacks=[callback_of(scale)])
        return history.loss  # type: ignore[no-any-return]

    assert run(replay=True) == pytest.approx(run(replay=False), rel=1e-9)


def test_model_that_becomes_unrecordable_is_eager() -> None:
    def run(replay: bool) -> list[float]:
        reads = [False]

        def loss(p: Any, t: Any) -> Any:
            return (p - t) ** 2 * (2.0 + 0.0 * p.data if reads[0] else 1.0)

        history = train(
            one(), loss, SHARES, replay=replay, epochs=4, callbacks=[lambda history: reads.__setitem__(0, True)]
        )
        return history.loss  # type: ignore[no-any-return]

    with pytest.warns(ReplayWarning, match=r"test_replaying.py, `return \(p - t\)"):
        replayed = run(replay=True)
    assert replayed == pytest.approx(run(replay=False), rel=1e-9)


def test_parameters_of_the_loss_get_gradients() -> None:
    model, weight = one(), Value(1.0)
    fit(
        model,
        INPUTS,
        SHARES,
        loss=lambda p, t: (weight * p - t) ** 2,
        optimizer=SGD([*model.parameters(), weight], lr=0.1),
        epochs=2,
        seed=0,
    )
    assert weight.data != 1.0


def test_branches_of_the_loss_are_decided_per_example() -> None:
    def loss(p: Any, t: Any) -> Any:
        return 3.0 * (p - t) ** 2 if t == 1 else (p - t) ** 2

    with pytest.warns(ReplayWarning, match=r"take another branch .*test_replaying.py:\d+: return 3.0"):
        replayed = train(one(), loss, SHARES, replay=True, epochs=5)
    eager = train(one(), loss, SHARES, replay=False, epochs=5)
    assert replayed.loss == pytest.approx(eager.loss, rel=1e-9)


@pytest.mark.parametrize(
    ("loss", "targets", "error"),
    [("hinge", [1.0] * 19 + [0.5], ArgumentError), ("softmax_cross_entropy", [0] * 19 + [3], PositionError)],
)
def test_wrong_target_raises_as_in_eager_code(loss: str, targets: Any, error: type[Exception]) -> None:
    model = one() if loss == "hinge" else three()
    with pytest.raises(error):
        train(model, loss, targets, replay=True)


def test_diverging_training_ends_as_in_eager_code() -> None:
    model = one()
    with pytest.raises(NotFiniteError):
        fit(model, INPUTS, SHARES, loss="squared_error", optimizer=SGD(model.parameters(), lr=1e6), epochs=500)


def test_replay_with_nan_is_valid() -> None:
    w = Value(float("nan"))
    replay = Replay(lambda x, t: w * x - t, [w], Examples("fit", [1.0], [0.0]))
    assert replay.is_valid()


# ── validation and predictions ──


def measures(predictions: list[Any], targets: list[Any]) -> float:
    return sum([prediction.data * target for prediction, target in zip(predictions, targets, strict=True)])  # type: ignore[no-any-return]


@pytest.mark.parametrize("count", [20, 7])
def test_validation_and_metrics_agree_with_eager(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nn.replaying.EVALUATED", 8)
    validation = INPUTS[:count], SHARES[:count]
    settings: Any = {"epochs": 4, "validation": validation, "metrics": {"m": measures}}
    replayed = train(one(), "squared_error", SHARES, replay=True, **settings)
    eager = train(one(), "squared_error", SHARES, replay=False, **settings)
    assert replayed.validation_loss == pytest.approx(eager.validation_loss, rel=1e-12)
    assert replayed.metrics["m"] == pytest.approx(eager.metrics["m"], rel=1e-12)


def test_predictions_are_those_of_the_model() -> None:
    kinds: list[Any] = []

    def look(predictions: list[Any], targets: list[Any]) -> float:
        kinds.append((predictions, targets))
        return 0.0

    model = three()
    train(model, "softmax_cross_entropy", CLASSES, replay=True, epochs=1, metrics={"look": look})
    ((predictions, targets),) = kinds
    assert targets == CLASSES
    assert [y.inputs for y in predictions[3]] == [()] * 3
    for x, prediction in zip(INPUTS, predictions, strict=True):
        assert [y.data for y in prediction] == pytest.approx([y.data for y in model(x)], rel=1e-13)


def test_model_is_not_called_to_validate() -> None:
    calls = []

    class Counted(nn.Module):
        def __init__(self) -> None:
            self.network = one()

        def __call__(self, x: Any) -> Any:
            calls.append(x)
            return self.network(x)

    train(Counted(), "squared_error", SHARES, replay=True, epochs=1, validation=(INPUTS, SHARES))
    assert len(calls) == 2 + 17


@pytest.mark.parametrize("replay", [True, False])
def test_validation_examples_of_another_shape_are_eager(replay: bool) -> None:
    w = Value(0.5)

    class Total:
        def parameters(self) -> list[Value]:
            return [w]

        def __call__(self, x: list[float]) -> Any:
            return sum([w * number for number in x])

    history = fit(
        *(Total(), [[1.0], [2.0]], [1.0, 2.0]), loss="squared_error", optimizer=SGD([w], lr=0.1), epochs=2,
        validation=([[1.0, 2.0], [3.0, 4.0]], [3.0, 7.0]), replay=replay,
    )  # fmt: skip
    assert history.validation_loss[-1] == pytest.approx((3.0**2 + 7.0**2) / 2 * (w.data - 1.0) ** 2)
    fit(
        *(Total(), [[1.0], [2.0]], [1.0, 2.0]), loss="squared_error", optimizer=SGD([w], lr=0.1), epochs=1,
        validation=([[1.0, 2.0], [3.0]], [3.0, 7.0]), replay=replay,
    )  # fmt: skip


class Named(nn.Module):
    """A network whose prediction is a dict."""

    def __init__(self) -> None:
        self.network = one()

    def __call__(self, x: Any) -> Any:
        return {"y": self.network(x)}


def test_predictions_that_cannot_be_recorded_are_eager() -> None:
    loss = lambda p, t: (p["y"] - t) ** 2  # noqa: E731
    settings: Any = {"epochs": 3, "metrics": {"m": lambda ps, ts: measures([p["y"] for p in ps], ts)}}
    with pytest.warns(
        ReplayWarning, match="computes predictions by eager code, since the function returned 'dict'"
    ) as w:
        replayed = train(Named(), loss, SHARES, replay=True, **settings)
    assert len(w) == 1
    eager = train(Named(), loss, SHARES, replay=False, **settings)
    assert replayed.metrics["m"] == pytest.approx(eager.metrics["m"], rel=1e-12)


# ── what ran ──


def test_history_says_what_ran() -> None:
    replayed = train(one(), "squared_error", SHARES, replay=True, epochs=3)
    (run,) = replayed.runs
    assert re.fullmatch(
        r"epoch 1: replayed, program of \d+ operations, 31 parameters, 4 inputs; Adam on flat arrays", run
    )
    eager = train(one(), "squared_error", SHARES, replay=False, epochs=3)
    assert eager.runs == ["epoch 1: eager code, one example after another: replay=False"]


def test_history_says_when_it_changed() -> None:
    reads = [False]

    def loss(p: Any, t: Any) -> Any:
        return (p - t) ** 2 * (2.0 + 0.0 * p.data if reads[0] else 1.0)

    def begin(history: Any) -> None:
        reads[0] = len(history.loss) >= 2

    with pytest.warns(ReplayWarning) as caught:
        history = train(one(), loss, SHARES, replay=True, epochs=5, callbacks=[begin])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    first, second = history.runs
    assert first.startswith("epoch 1: replayed")
    assert re.match(r"epoch 3: eager code, one example after another: .*test_replaying.py, `return \(p - t\)", second)


def test_examples_on_another_branch_are_in_the_history() -> None:
    def loss(p: Any, t: Any) -> Any:
        return 3.0 * (p - t) ** 2 if t == 1 else (p - t) ** 2

    with pytest.warns(ReplayWarning, match=r"fit computed \d+ examples by eager code up to epoch 1, where they take"):
        (run,) = train(one(), loss, SHARES, replay=True, epochs=2).runs
    assert "Adam on flat arrays; examples by eager code where they take another branch than the first (" in run


def test_training_that_fails_does_not_warn() -> None:
    def loss(p: Any, t: Any) -> Any:
        raise ValueError("no loss")

    with pytest.raises(ValueError, match="no loss"):
        train(one(), loss, SHARES, replay=True)


def test_hook_of_a_callback_is_called() -> None:
    model, seen = one(), []

    def hook(history: Any) -> None:
        if len(history.loss) == 2:
            model.parameters()[0].register_hook(seen.append)

    with pytest.warns(ReplayWarning, match="since a node had a hook"):
        train(model, "squared_error", SHARES, replay=True, epochs=3, callbacks=[hook])
    assert len(seen) == 4


class Noisy(nn.Module):
    """A network with random numbers."""

    def __init__(self) -> None:
        self.network = one()

    def __call__(self, x: Any) -> Any:
        return self.network(x) * random.random()


def test_warning_names_the_model() -> None:
    with pytest.warns(ReplayWarning) as caught:
        train(Noisy(), "squared_error", SHARES, replay=True, epochs=2)
    (warning,) = caught
    assert re.fullmatch(
        r"fit computes one example after another by eager code, since the function drew a random number in line \d+ "
        r"of .*test_replaying.py, `return self.network\(x\) \* random.random\(\)`; to have it replayed, draw it "
        r"outside and pass it as an input, such as a mask for each example; replay=False computes them so without "
        r"this warning",
        str(warning.message),
    )


def test_reason_without_text_or_line() -> None:
    assert reason_of(RuntimeError(), len) == "RuntimeError"
