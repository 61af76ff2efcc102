"""`fit`: batches, validation, early stopping, callbacks, interruption, invalid arguments."""

from __future__ import annotations

import gc
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_tiny import LengthError, Value, mean, no_grad
from autograd_tiny.errors import NotRecordedError
from nn import (
    MLP,
    SGD,
    Adam,
    ArgumentError,
    ArgumentTypeError,
    History,
    Module,
    Neuron,
    NotFiniteError,
    Optimizer,
    UnknownNameError,
    batches,
    fit,
)
from nn.losses import hinge, squared_error
from nn.metrics import accuracy, r2_score
from nn.schedules import exponential

INPUTS = [[x / 4.0] for x in range(8)]
TARGETS = [2.0 * x + 1.0 for (x,) in INPUTS]


def line(seed: int = 0) -> Neuron:
    return Neuron(1, nonlin=False, seed=seed)


def train(model: Any, **settings: Any) -> History:
    settings.setdefault("optimizer", SGD(model.parameters(), settings.pop("lr", 0.1)))
    return fit(model, INPUTS, TARGETS, **{"loss": "squared_error", "epochs": 5, "seed": 0} | settings)


def numbers(model: Module) -> list[float]:
    return list(model.state_dict().values())


# ── training ──


def test_line_is_fitted() -> None:
    model = line()
    history = train(model, epochs=300, batch_size=4)
    assert numbers(model) == pytest.approx([2.0, 1.0], abs=1e-3)
    assert history.loss[-1] < 1e-6 < history.loss[0]


def test_epoch_is_the_manual_loop() -> None:
    model, manual = line(), line()
    train(model, epochs=2, batch_size=3, seed=7)
    deal = random.Random(7)
    for _ in range(2):
        for inputs, targets in batches(INPUTS, TARGETS, 3, seed=deal):
            manual.zero_grad()
            mean([squared_error(manual(x), target) for x, target in zip(inputs, targets, strict=True)]).backward()
            for p in manual.parameters():
                p.data -= 0.1 * p.grad
    assert numbers(model) == numbers(manual)


def test_epoch_loss_is_mean_over_examples() -> None:
    model = line()
    expected = np.mean([squared_error(model(x).data, target) for x, target in zip(INPUTS, TARGETS, strict=True)])
    assert train(model, lr=0.0, epochs=1, batch_size=5).loss == pytest.approx([expected])


def test_same_seed_same_training() -> None:
    one, two, other = line(), line(), line()
    train(one, batch_size=2, seed=1)
    train(two, batch_size=2, seed=1)
    train(other, batch_size=2, seed=2)
    assert numbers(one) == numbers(two) != numbers(other)


def test_each_epoch_has_a_new_order() -> None:
    orders: list[list[float]] = []

    def note(prediction: Value, target: float) -> Value:
        orders[-1].append(target)
        return squared_error(prediction, target)

    orders.append([])
    train(line(), loss=note, callbacks=[lambda history: orders.append([])], epochs=2, replay=False)
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == TARGETS


def test_without_shuffle_order_is_kept() -> None:
    seen: list[float] = []
    train(line(), loss=lambda p, t: seen.append(t) or squared_error(p, t), shuffle=False, epochs=1, replay=False)
    assert seen == TARGETS


def test_arrays_as_examples() -> None:
    model, same = line(), line()
    train(model)
    fit(
        same,
        np.array(INPUTS),
        np.array(TARGETS),
        loss="squared_error",
        optimizer=SGD(same.parameters(), 0.1),
        epochs=5,
        seed=0,
    )
    assert numbers(same) == numbers(model)


def test_classes_are_learnt() -> None:
    inputs, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    model = MLP(2, [8, 2], hidden="tanh", seed=0)
    optimizer = Adam(model.parameters(), lr=0.05)
    history = fit(
        model,
        inputs,
        targets,
        loss="softmax_cross_entropy",
        optimizer=optimizer,
        epochs=150,
        seed=0,
        metrics={"accuracy": accuracy},
    )
    assert history.metrics["accuracy"][-1] == 1.0


def test_callable_with_parameters_is_trained() -> None:
    class Slope:
        def __init__(self) -> None:
            self.w = Value(0.0)

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, x: list[float]) -> Value:
            return self.w * x[0] + 1.0

    model = Slope()
    train(model, epochs=100)
    assert model.w.data == pytest.approx(2.0)


def test_schedule_sets_every_rate() -> None:
    model = line()
    optimizer = SGD(model.parameters(), 1.0)
    rates: list[float] = []
    schedule = exponential(0.1, 0.5)
    train(
        model, optimizer=optimizer, schedule=lambda step: rates.append(step) or schedule(step), epochs=2, batch_size=4
    )
    assert rates == [0, 1, 2, 3]
    assert optimizer.lr == 0.1 * 0.5**3


# ── evaluation ──


def test_validation_examples_are_not_trained() -> None:
    model = line()
    history = train(model, validation=([[10.0]], [21.0]), epochs=3)
    assert len(history.validation_loss) == 3
    assert history.validation_loss[-1] == squared_error(model([10.0]).data, 21.0)
    without = line()
    train(without, epochs=3)
    assert numbers(without) == numbers(model)


def test_metrics_use_validation_examples() -> None:
    model, seen = line(), []
    history = train(
        model,
        validation=([[1.0], [2.0]], [3.0, 5.0]),
        metrics={"r2": r2_score, "count": lambda p, t: seen.append(t) or len(p)},
    )
    assert history.metrics["r2"][-1] == r2_score([model([1.0]).data, model([2.0]).data], [3.0, 5.0])
    assert history.metrics["count"] == [2] * 5
    assert seen == [[3.0, 5.0]] * 5


def test_metrics_without_validation_use_training_examples() -> None:
    model = line()
    history = train(model, metrics={"r2": r2_score})
    assert history.metrics["r2"][-1] == r2_score([model(x).data for x in INPUTS], TARGETS)
    assert history.validation_loss == []


def test_evaluation_records_no_graph() -> None:
    predictions: list[Value] = []
    train(line(), metrics={"keep": lambda p, t: predictions.extend(p) or 0.0}, epochs=1)
    assert all(prediction.inputs == () for prediction in predictions)


def test_callbacks_get_the_history() -> None:
    lengths: list[int] = []
    history = train(
        line(), callbacks=[lambda h: lengths.append(len(h.loss)), lambda h: lengths.append(-len(h.loss))], epochs=3
    )
    assert lengths == [1, -1, 2, -2, 3, -3]
    assert len(history.loss) == 3


@pytest.mark.parametrize("answer", [True, np.True_])
def test_callback_returning_true_stops(answer: Any) -> None:
    model, twin, calls = line(), line(), []
    history = train(model, callbacks=[lambda h: len(h.loss) == 3 and answer, calls.append], epochs=50)
    train(twin, epochs=3)
    assert (len(history.loss), len(calls), history.interrupted) == (3, 3, False)
    assert numbers(model) == numbers(twin)


@pytest.mark.parametrize("answer", [None, False, 1, "written"])
def test_other_callback_results_continue(answer: object) -> None:
    assert len(train(line(), callbacks=[lambda history: answer], epochs=3).loss) == 3


# ── parts of a model, and extra parameters ──


def test_part_of_a_model_is_trained() -> None:
    model = line()
    (w, b) = numbers(model)
    train(model, optimizer=SGD([model.b], 0.1))
    assert model.w[0].data == w
    assert model.b.data != b


def test_extra_parameter_is_trained() -> None:
    model, scale = line(), Value(1.0)
    optimizer = SGD([*model.parameters(), scale], 0.1)
    train(model, loss=lambda p, t: squared_error(p * scale, t), optimizer=optimizer)
    assert scale.data != 1.0


def test_extra_parameter_is_restored() -> None:
    class Exploding(SGD):
        def step(self) -> None:
            self.parameters[-1].data = math.nan

    model, scale = line(), Value(1.0)
    with pytest.raises(NotFiniteError, match="a parameter is not finite"):
        train(model, optimizer=Exploding([*model.parameters(), scale]))
    assert scale.data == 1.0


def test_undone_step_restores_the_optimizer() -> None:
    model = line()
    optimizer = SGD(model.parameters(), 1e300, momentum=0.9)
    with pytest.raises(NotFiniteError):
        train(model, optimizer=optimizer, epochs=50)
    twin = line()
    own = SGD(twin.parameters(), 1e300, momentum=0.9)
    steps = 0
    while numbers(twin) != numbers(model):
        steps += 1
        train(twin, optimizer=own, epochs=1)
    assert optimizer._b == own._b


# ── early stopping ──


class Drifting(Optimizer):
    """Adds 1 to every parameter, whatever the gradient."""

    def step(self) -> None:
        for p in self.parameters:
            p.data += 1.0


def drift(start: float, **settings: Any) -> tuple[Neuron, History]:
    """Let the weight of a line without bias drift past 0, the best for its one validation example."""
    model = Neuron(1, nonlin=False, bias=False, initializer=lambda *_: start)
    history = train(model, optimizer=Drifting(model.parameters(), 1.0), validation=([[1.0]], [0.0]), **settings)
    return model, history


def test_patience_stops_and_restores_the_best_epoch() -> None:
    model, history = drift(-3.0, epochs=50, patience=4)
    assert history.validation_loss == [4.0, 1.0, 0.0, 1.0, 4.0, 9.0, 16.0]
    assert numbers(model) == [0.0]


def test_best_epoch_is_restored_at_the_end() -> None:
    model, history = drift(-3.0, epochs=5, patience=4)
    assert len(history.loss) == 5
    assert numbers(model) == [0.0]


def test_best_epoch_is_restored_after_callback() -> None:
    model, history = drift(-3.0, epochs=50, patience=4, callbacks=[lambda history: len(history.loss) == 5])
    assert history.validation_loss == [4.0, 1.0, 0.0, 1.0, 4.0]
    assert numbers(model) == [0.0]


def test_callbacks_last_epoch_may_be_best() -> None:
    model, _ = drift(-3.0, epochs=50, patience=4, callbacks=[lambda history: len(history.loss) == 3])
    assert numbers(model) == [0.0]


def test_without_patience_last_epoch_is_kept() -> None:
    model, _ = drift(-3.0, epochs=5)
    assert numbers(model) == [2.0]


def test_equal_validation_loss_is_no_improvement() -> None:
    model = line()
    history = train(model, lr=0.0, validation=([[1.0]], [0.0]), patience=3, epochs=50)
    assert len(history.loss) == 4


# ── Ctrl-C ──


def interrupt_after(count: int) -> Callable[..., Value]:
    calls = iter(range(count))

    def loss(prediction: Value, target: float) -> Value:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return squared_error(prediction, target)

    return loss


def test_ctrl_c_keeps_last_complete_step() -> None:
    model, twin = line(), line()
    history = train(model, loss=interrupt_after(2 * 8 + 5), batch_size=4, epochs=50, replay=False)
    assert history.interrupted
    assert len(history.loss) == 2
    train(twin, batch_size=4, epochs=2)
    assert numbers(model) != numbers(twin), "the first batch of the third epoch was learnt too"


def test_ctrl_c_undoes_incomplete_step() -> None:
    class Interrupted(SGD):
        def step(self) -> None:
            if self.lr == 0.0:
                self.parameters[0].data = 77.0
                raise KeyboardInterrupt
            super().step()

    model, twin = line(), line()
    schedule = {0: 0.1, 1: 0.0}.__getitem__
    history = train(model, optimizer=Interrupted(model.parameters(), 0.1), schedule=schedule)
    train(twin, epochs=1)
    assert history.interrupted
    assert numbers(model) == numbers(twin)


def test_ctrl_c_in_callback_stops() -> None:
    def stop(history: History) -> None:
        if len(history.loss) == 3:
            raise KeyboardInterrupt

    history = train(line(), callbacks=[stop], epochs=50)
    assert history.interrupted
    assert len(history.loss) == 3


def test_complete_training_is_not_interrupted() -> None:
    assert not train(line()).interrupted


# ── nonfinite numbers ──


@pytest.mark.parametrize("replay", [True, False])
def test_nonfinite_loss_raises_before_the_step(replay: bool) -> None:
    model, twin = line(), line()
    bad = [*TARGETS[:-1], math.inf]
    with pytest.raises(NotFiniteError, match="the loss is not finite in epoch 1, batch 2") as caught:
        fit(
            model,
            INPUTS,
            bad,
            loss="squared_error",
            optimizer=SGD(model.parameters(), 0.1),
            replay=replay,
            epochs=3,
            batch_size=4,
            shuffle=False,
        )
    assert (caught.value.epoch, caught.value.batch, caught.value.loss) == (1, 2, math.inf)
    fit(
        twin,
        INPUTS[:4],
        TARGETS[:4],
        loss="squared_error",
        optimizer=SGD(twin.parameters(), 0.1),
        replay=replay,
        epochs=1,
        shuffle=False,
    )
    assert numbers(model) == numbers(twin)


def test_huge_rate_ends_with_finite_parameters() -> None:
    model = line()
    with pytest.raises(NotFiniteError, match="try a smaller learning rate"):
        train(model, lr=1e10, epochs=100)
    assert all(map(math.isfinite, numbers(model)))


def test_nonfinite_parameters_are_undone() -> None:
    class Exploding(SGD):
        def step(self) -> None:
            self.parameters[0].data = math.nan

    model = line()
    before = numbers(model)
    with pytest.raises(NotFiniteError, match="a parameter is not finite in epoch 1, batch 1"):
        train(model, optimizer=Exploding(model.parameters()))
    assert numbers(model) == before


@pytest.mark.parametrize(("bad", "loss"), [(math.nan, "nan"), (math.inf, "inf"), (1e200, "inf")])
@pytest.mark.parametrize("patience", [None, 5])
def test_nonfinite_validation_loss_keeps_parameters(bad: float, loss: str, patience: int | None) -> None:
    model, twin = line(), line()
    message = (
        rf"the validation loss is not finite in epoch 1 \(loss {loss}\); the parameters are those of the last step"
    )
    with pytest.raises(NotFiniteError, match=message) as caught:
        train(model, validation=([[1.5], [bad]], [1.0, 2.0]), patience=patience, epochs=50, metrics={"r2": r2_score})
    assert (caught.value.epoch, caught.value.batch, repr(caught.value.loss)) == (1, None, loss)
    train(twin, epochs=1)
    assert numbers(model) == numbers(twin) != numbers(line())


def test_nan_metric_is_kept() -> None:
    history = train(line(), metrics={"share": lambda predictions, targets: math.nan}, epochs=2)
    assert history.metrics["share"] == pytest.approx([math.nan] * 2, nan_ok=True)


# ── global state ──


def test_collector_is_disabled_during_training() -> None:
    states: list[bool] = []
    train(line(), callbacks=[lambda history: states.append(gc.isenabled())], epochs=1)
    assert states == [False]
    assert gc.isenabled()


def test_collector_is_enabled_after_an_error() -> None:
    with pytest.raises(NotFiniteError):
        train(line(), lr=1e10, epochs=100)
    assert gc.isenabled()


def test_global_generator_is_unused() -> None:
    before = random.getstate()
    train(line(), seed=None)
    assert random.getstate() == before


def test_recording_continues_after_training() -> None:
    train(line(), metrics={"r2": r2_score})
    assert (Value(1.0) * 2.0).inputs != ()


def test_bar_is_shown_on_request(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    train(line())
    assert capfd.readouterr() == ("", "")
    train(line(), progress=True)
    assert "100%" in capfd.readouterr().err


# ── invalid arguments ──


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"epochs": 0}, ArgumentError, "fit got epochs=0; it takes a whole number of at least 1"),
        ({"epochs": 1.5}, ArgumentTypeError, "fit got epochs of type 'float'"),
        ({"batch_size": -4}, ArgumentError, "fit got batch_size=-4"),
        ({"patience": 0, "validation": (INPUTS, TARGETS)}, ArgumentError, "fit got patience=0"),
        ({"patience": 3}, ArgumentError, "fit got patience=3; it takes None, unless there are validation examples"),
        ({"loss": "squared_eror"}, UnknownNameError, "unknown loss 'squared_eror'; choose 'squared_error'"),
        (
            {"loss": 3},
            ArgumentTypeError,
            "fit got loss of type 'int'; it takes a name, such as 'squared_error', or a fun",
        ),
        ({"loss": None}, ArgumentTypeError, "fit got loss of type 'NoneType'; it takes a name"),
        (
            {"loss": lambda p, t: 1.0},
            ArgumentTypeError,
            "fit got a loss that returned 1.0 of type 'float'; it takes a function that returns a Value",
        ),
        ({"loss": lambda p, t: None}, ArgumentTypeError, "fit got a loss that returned nothing; it takes a function"),
        (
            {"loss": lambda p, t: [t, t] if t > 0 else p},
            ArgumentTypeError,
            r"fit got a loss that returned \[.*\] of type 'list'; it takes a function",
        ),
        ({"seed": "7"}, ArgumentTypeError, "got seed of type 'str'"),
        (
            {"validation": (INPUTS, TARGETS[1:])},
            LengthError,
            "fit's validation got inputs of length 8 and targets of",
        ),
        ({"validation": ([], [])}, LengthError, "fit's validation got inputs of length 0"),
        (
            {"validation": (INPUTS, TARGETS, TARGETS)},
            ArgumentTypeError,
            "fit got validation of type 'tuple'; it takes a pair",
        ),
        ({"validation": 0.2}, ArgumentTypeError, "fit got validation of type 'float'; it takes a pair"),
        (
            {"optimizer": "sgd"},
            ArgumentTypeError,
            "fit got optimizer of type 'str'; it takes an optimizer, such as SGD",
        ),
        ({"optimizer": SGD}, ArgumentTypeError, "fit got optimizer of type 'ABCMeta'; it takes an optimizer"),
        ({"metrics": "accuracy"}, ArgumentTypeError, "fit got metrics of type 'str'; it takes a dict of functions"),
        ({"metrics": {"r2": "r2"}}, ArgumentTypeError, r"fit got metrics\['r2'\] of type 'str'; it takes a function"),
        (
            {"schedule": 0.1},
            ArgumentTypeError,
            "fit got schedule of type 'float'; it takes a function, such as cosine",
        ),
        ({"callbacks": print}, ArgumentTypeError, "fit got callbacks of type '.*'; it takes a list of functions"),
        ({"callbacks": [print, 3]}, ArgumentTypeError, r"fit got callbacks\[1\] of type 'int'; it takes a function"),
        (
            {"optimizer": SGD(Neuron(1).parameters(), 0.1)},
            ArgumentError,
            r"fit got optimizer=SGD\(lr=0.1, .*\) of 2 parameters; it takes an optimizer of this model, such as SGD",
        ),
    ],
)
def test_invalid_setting_is_refused(settings: dict[str, Any], error: type[Exception], message: str) -> None:
    model = line()
    before = numbers(model)
    with pytest.raises(error, match=message):
        train(model, **settings)
    assert numbers(model) == before


@pytest.mark.parametrize("model", [3, lambda x: x, Module(), Neuron])
def test_invalid_model_is_refused(model: Any) -> None:
    optimizer = SGD([Value(1.0)])
    with pytest.raises(
        ArgumentTypeError, match=r"fit got model of type .*; it takes a module that is called with one"
    ):
        fit(model, INPUTS, TARGETS, loss="squared_error", optimizer=optimizer, epochs=1)


def test_non_numeric_metric_is_refused() -> None:
    message = r"fit got the result of metrics\['matrix'\] of type 'list'; it takes a real number"
    with pytest.raises(ArgumentTypeError, match=message):
        train(line(), metrics={"matrix": lambda predictions, targets: [[1.0]]})


def test_non_numeric_schedule_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"SGD got lr=-0.1; it takes a finite number ≥ 0"):
        train(line(), schedule=lambda step: -0.1)


def test_different_lengths_are_refused() -> None:
    model = line()
    with pytest.raises(LengthError, match="fit got inputs of length 8 and targets of length 7"):
        fit(model, INPUTS, TARGETS[1:], loss="squared_error", optimizer=SGD(model.parameters()), epochs=1)


def test_no_examples_are_refused() -> None:
    model = line()
    with pytest.raises(LengthError, match="fit got inputs of length 0"):
        fit(model, [], [], loss="squared_error", optimizer=SGD(model.parameters()), epochs=1)


def test_invalid_target_raises_the_losses_error() -> None:
    with pytest.raises(ArgumentError, match=r"hinge got target=1.5"):
        train(line(), loss=hinge, shuffle=False)


def test_no_grad_training_raises_and_changes_no_parameter() -> None:
    model = line()
    before = numbers(model)
    with no_grad(), pytest.raises(NotRecordedError, match="computed inside no_grad"):
        train(model)
    assert numbers(model) == before
