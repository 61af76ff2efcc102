"""Updates of flat arrays: the bits of one parameter after another, and when the Values are written."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, record
from nn import MLP, SGD, Adam, AdamW, NotFiniteError, Optimizer, RMSprop, fit
from nn.array_updates import update_rows
from nn.flat_updates import FlatUpdates, has_rule
from nn.losses import squared_error
from nn.schedules import exponential
from nn.trainer import Trainer

DRAW = random.Random(0)
X = [[DRAW.gauss(0.0, 1.0), DRAW.gauss(0.0, 1.0)] for _ in range(12)]
Y = [x - 0.5 * y for x, y in X]
KINDS: dict[str, Callable[[list[Value]], Optimizer]] = {
    "SGD": lambda ps: SGD(ps, lr=0.05),
    "momentum": lambda ps: SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.01),
    "Nesterov": lambda ps: SGD(ps, lr=0.05, momentum=0.9, nesterov=True),
    "RMSprop": lambda ps: RMSprop(ps, lr=0.01, weight_decay=0.01, momentum=0.5),
    "Adam": lambda ps: Adam(ps, lr=0.01, weight_decay=0.01),
    "AdamW": lambda ps: AdamW(ps, lr=0.01),
}


def network() -> MLP:
    return MLP(2, [3, 1], hidden="tanh", seed=0)


def state_of(model: MLP, optimizer: Optimizer) -> Any:
    parameters = list(dict.fromkeys([*model.parameters(), *optimizer.parameters]))
    lists = [list(getattr(optimizer, name)) for name in getattr(optimizer, "STATE", ())]
    return [p.data for p in parameters], [p.grad for p in parameters], lists, getattr(optimizer, "_t", None)


def flat(value: Any) -> list[float]:
    return [x for part in value for x in flat(part)] if isinstance(value, list | tuple) else [float(value or 0.0)]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("count", [5, 64, 200])
def test_steps_of_many_parameters_have_the_bits_of_each_alone(name: str, count: int) -> None:
    many = [Value(DRAW.gauss(0.0, 1.0)) for _ in range(count)]
    alone = [Value(p.data) for p in many]
    together, separate = KINDS[name](many), [KINDS[name]([p]) for p in alone]
    for _ in range(3):
        for p, q in zip(many, alone, strict=True):
            p.grad = q.grad = DRAW.gauss(0.0, 1.0)
        together.step()
        for optimizer in separate:
            optimizer.step()
    assert [p.data for p in many] == [p.data for p in alone]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("batch_size", [5, 12])
def test_replayed_training_agrees_with_eager(name: str, batch_size: int) -> None:
    ends = []
    for replay in (True, False):
        model = network()
        optimizer = KINDS[name](model.parameters())
        history = fit(
            *(model, X, Y), loss="squared_error", optimizer=optimizer, epochs=4, batch_size=batch_size, seed=0,
            replay=replay,
        )  # fmt: skip
        ends.append((*state_of(model, optimizer), history.loss))
    assert flat(ends[0]) == pytest.approx(flat(ends[1]), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("name", ["momentum", "Adam"])
def test_blocks_update_as_one_array(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule: Any = KINDS[name]([Value(0.0)])
    rows = tuple(np.random.default_rng(0).random((1 + len(rule.STATE), 10)))
    gradients = np.linspace(-1.0, 1.0, 10)
    whole = update_rows(rule.rule(np.sqrt), rows, gradients, ())
    monkeypatch.setattr("nn.array_updates.BLOCK", 4)
    spare = tuple(np.empty(10) for _ in rows)
    parts = update_rows(rule.rule(np.sqrt), rows, gradients, spare)
    assert whole is not None
    assert parts is spare
    assert np.array(parts).tolist() == np.array(whole).tolist()


def test_training_in_blocks_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = []
    for block in (32_768, 4):
        monkeypatch.setattr("nn.array_updates.BLOCK", block)
        model = network()
        optimizer = Adam(model.parameters(), lr=0.01)
        fit(model, X, Y, loss="squared_error", optimizer=optimizer, epochs=3, batch_size=5, seed=0)
        ends.append(state_of(model, optimizer))
    assert ends[0] == ends[1]


# ── some of the parameters ──


@pytest.mark.parametrize("batch_size", [5, 12])
def test_other_parameters_accumulate_as_in_eager_code(batch_size: int) -> None:
    ends = []
    for replay in (True, False):
        model, scale = network(), Value(1.0)
        chosen = [scale, *model.parameters()[4:2:-1]]
        optimizer = Adam(chosen, lr=0.01)
        fit(
            *(model, X, Y), loss=lambda p, t: squared_error(p * scale, t), optimizer=optimizer, epochs=3,  # noqa: B023 - called at once
            batch_size=batch_size, seed=0, replay=replay,
        )  # fmt: skip
        ends.append(state_of(model, optimizer))
    assert flat(ends[0]) == pytest.approx(flat(ends[1]), rel=1e-11, abs=1e-13)


# ── when Values are written ──


def test_callbacks_see_and_change_everything() -> None:
    ends = []
    for replay in (True, False):
        model, seen = network(), []
        optimizer = Adam(model.parameters(), lr=0.01)

        def change(history: Any, model: Any = model, optimizer: Any = optimizer, seen: Any = seen) -> None:
            seen.append(state_of(model, optimizer))
            model.parameters()[0].data *= 0.5
            optimizer._m[1], optimizer._t, optimizer.lr = 0.25, optimizer._t + 1, optimizer.lr * 0.5

        history = fit(
            *(model, X, Y), loss="squared_error", optimizer=optimizer, epochs=4, batch_size=5, seed=0,
            replay=replay, callbacks=[change], metrics={"w": lambda p, t, model=model: model.parameters()[1].data},
        )  # fmt: skip
        ends.append((seen, state_of(model, optimizer), history.metrics["w"]))
    assert flat(ends[0]) == pytest.approx(flat(ends[1]), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("batch_size", [5, 12])
def test_schedule_that_reads_a_value_sees_its_number(batch_size: int) -> None:
    ends = []
    for replay in (True, False):
        model = network()
        optimizer = Adam(model.parameters(), lr=0.01)
        fit(
            *(model, X, Y), loss="squared_error", optimizer=optimizer, epochs=3, batch_size=batch_size, seed=0,
            replay=replay, schedule=lambda step, model=model: 0.01 + 0.001 * abs(model.parameters()[0].data),
        )  # fmt: skip
        ends.append(state_of(model, optimizer))
    assert flat(ends[0]) == pytest.approx(flat(ends[1]), rel=1e-11, abs=1e-13)


def test_values_are_written_once_without_functions_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    stores = []
    store = FlatUpdates.store
    monkeypatch.setattr(FlatUpdates, "store", lambda self: stores.append(self._has_gradients) or store(self))
    model = network()
    fit(
        *(model, X, Y), loss="squared_error", optimizer=Adam(model.parameters()), epochs=5, batch_size=5,
        schedule=exponential(0.1, 0.9), validation=(X, Y),
    )  # fmt: skip
    assert stores == [True]


def test_storing_twice_counts_updates_once() -> None:
    w = Value(3.0)
    program = record(lambda x: (w * x) ** 2, inputs=(1.0,), parameters=[w])
    optimizer = Adam([w], lr=0.1)
    updates = FlatUpdates(program, [w], optimizer)
    updates.differentiate([1.0])
    assert updates.update()
    updates.store()
    updates.store()
    assert optimizer._t == 1
    updates.differentiate([1.0])
    assert updates.update()
    updates.discard()
    updates.store()
    assert optimizer._t == 1


def test_ctrl_c_in_a_replayed_training_keeps_complete_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    model, twin, calls = network(), network(), []
    differentiate = FlatUpdates.differentiate

    def interrupted(self: FlatUpdates, *batch: Any) -> Any:
        calls.append(batch)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return differentiate(self, *batch)

    settings: dict[str, Any] = {"loss": "squared_error", "batch_size": 4, "shuffle": False}
    monkeypatch.setattr(FlatUpdates, "differentiate", interrupted)
    optimizer = Adam(model.parameters(), lr=0.01)
    history = fit(model, X, Y, optimizer=optimizer, epochs=9, **settings)
    monkeypatch.undo()
    own = Adam(twin.parameters(), lr=0.01)
    fit(twin, X, Y, optimizer=own, epochs=2, **settings)
    fit(twin, X[:4], Y[:4], optimizer=own, epochs=1, **settings)
    assert history.interrupted
    assert optimizer._t == own._t == 7
    assert [p.data for p in model.parameters()] == [p.data for p in twin.parameters()]


# ── numbers that are not finite ──


def test_loss_that_is_not_finite_leaves_gradients_of_0() -> None:
    for replay in (True, False):
        model = network()
        with pytest.raises(NotFiniteError, match="the loss is not finite in epoch 1, batch 2"):
            fit(
                *(model, X, [*Y[:5], math.inf, *Y[6:]]), loss="squared_error", optimizer=SGD(model.parameters()),
                epochs=3, batch_size=5, shuffle=False, replay=replay,
            )  # fmt: skip
        assert {p.grad for p in model.parameters()} == {0.0}


@pytest.mark.parametrize("replay", [True, False])
def test_huge_rate_undoes_the_step(replay: bool) -> None:
    model = network()
    optimizer = SGD(model.parameters(), lr=1e308, momentum=0.5)
    before = [p.data for p in model.parameters()], optimizer._b
    with pytest.raises(NotFiniteError, match="a parameter is not finite in epoch 1, batch 1"):
        fit(model, X, [1e3 * y for y in Y], loss="squared_error", optimizer=optimizer, epochs=3, replay=replay)
    assert ([p.data for p in model.parameters()], optimizer._b) == before


@pytest.mark.parametrize("replay", [True, False])
@pytest.mark.parametrize("outputs", [1, 40])
def test_division_by_0_is_the_error_of_python(outputs: int, replay: bool) -> None:
    model = MLP(2, [outputs], initializer="zeros", seed=0)
    optimizer = RMSprop(model.parameters(), eps=0.0)
    with pytest.raises(ZeroDivisionError):
        fit(
            *(model, [[0.0, 0.0]], [[0.0] * outputs]), loss=lambda p, t: squared_error([p] if outputs == 1 else p, t),
            optimizer=optimizer, epochs=1, replay=replay,
        )  # fmt: skip
    assert optimizer._v == [0.0] * len(model.parameters())


# ── optimizers that are no rule ──


class Halved(Adam):
    """Halves every gradient first."""

    def step(self) -> None:
        for p in self.parameters:
            p.grad *= 0.5
        super().step()


def test_optimizer_with_a_step_of_its_own_updates_values() -> None:
    ends = []
    for replay in (True, False):
        model = network()
        optimizer = Halved(model.parameters(), lr=0.01)
        assert not has_rule(optimizer)
        history = fit(
            *(model, X, Y), loss="squared_error", optimizer=optimizer, epochs=3, batch_size=5, seed=0, replay=replay
        )
        assert ("Halved on the Values" in history.runs[0]) == replay
        ends.append((*state_of(model, optimizer), history.loss))
    assert flat(ends[0]) == pytest.approx(flat(ends[1]), rel=1e-11, abs=1e-13)


def test_replaced_method_is_no_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    optimizer = SGD([Value(0.0)])
    assert has_rule(optimizer)
    monkeypatch.setattr(optimizer, "step", lambda: None)
    assert not has_rule(optimizer)


def test_trainer_of_an_optimizer_without_rule_has_no_arrays() -> None:
    model = network()
    trainer = Trainer(model, squared_error, Halved(model.parameters()), None, replay=False)
    trainer.store()
    assert trainer.history.runs == []
