"""Learning-rate schedules: agreement with PyTorch."""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest

from nn import ArgumentError, ArgumentTypeError, Neuron
from nn.schedules import Schedule, constant, cosine, exponential, sees_its_step_only, step_decay, warmup
from tests.data import stored

TORCH = stored("torch-nn")

SCHEDULES: dict[str, Schedule] = {
    "step_decay": step_decay(0.5, 3),
    "exponential": exponential(0.5, 0.9),
    "cosine": cosine(0.5, 11, final=0.1),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_match_torch(name: str) -> None:
    expected = TORCH["schedules"][name]
    assert [SCHEDULES[name](step) for step in range(len(expected))] == pytest.approx(expected)


@pytest.mark.parametrize("schedule", [*SCHEDULES.values(), constant(0.1), warmup(3, SCHEDULES["cosine"])])
def test_schedule_can_be_pickled(schedule: Schedule) -> None:
    twin = pickle.loads(pickle.dumps(schedule))
    assert [twin(step) for step in range(20)] == [schedule(step) for step in range(20)]


def test_constant_schedule() -> None:
    assert {constant(0.3)(step) for step in range(100)} == {0.3}


def test_step_decay_factor() -> None:
    assert [step_decay(8.0, 2, factor=0.5)(step) for step in range(6)] == [8.0, 8.0, 4.0, 4.0, 2.0, 2.0]


def test_cosine_stays_at_final_rate() -> None:
    assert [cosine(1.0, 4)(step) for step in (0, 2, 4, 5, 400)] == pytest.approx([1.0, 0.5, 0.0, 0.0, 0.0])


def test_warmup_then_schedule() -> None:
    schedule = warmup(2, step_decay(1.0, 2, factor=0.5))
    assert [schedule(step) for step in range(7)] == [0.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.25]


def test_warmups_compose() -> None:
    schedule = warmup(1, warmup(2, constant(1.0)))
    assert [schedule(step) for step in range(4)] == [0.0, 0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant(-1.0), "constant got lr=-1.0"),
        (lambda: constant(math.nan), "constant got lr=nan"),
        (lambda: step_decay(-1.0, 2), "step_decay got lr="),
        (lambda: step_decay(1.0, 0), "step_decay got every=0"),
        (lambda: step_decay(1.0, 1, factor=1.5), "step_decay got factor=1.5"),
        (lambda: exponential(-1.0, 0.5), "exponential got lr="),
        (lambda: exponential(1.0, 2.0), "exponential got factor=2.0"),
        (lambda: cosine(-1.0, 10), "cosine got lr="),
        (lambda: cosine(1.0, 0), "cosine got steps=0"),
        (lambda: cosine(1.0, 10, final=-1.0), "cosine got final=-1.0"),
        (lambda: warmup(0, constant(1.0)), "warmup got steps=0"),
    ],
)
def test_setting_outside_its_range_is_refused(make: Callable[[], Schedule], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()


def test_fractional_steps_are_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="cosine got steps of type 'float'; it takes a whole number"):
        cosine(1.0, 10.5)  # type: ignore[arg-type]


def test_warmup_needs_a_schedule() -> None:
    with pytest.raises(ArgumentTypeError, match=r"warmup got schedule of type 'float'; it takes a schedule"):
        warmup(2, 0.1)


def decaying(rate: float) -> Schedule:
    return lambda step: rate / (1.0 + step)


def following(model: Any) -> Schedule:
    return lambda step: model.b.data  # type: ignore[no-any-return]


RATE, RATES, MODEL = 0.1, [0.1, 0.01], Neuron(1)
SURE: dict[str, Any] = {
    "one of ours": cosine(0.1, 10),
    "ours with warmup": warmup(3, exponential(0.1, 0.9)),
    "a lambda": lambda step: 0.1 * 0.9**step,
    "mathematics": lambda step: RATE / math.sqrt(1.0 + step),
    "a number of another function": decaying(0.1),
    "a tuple": lambda step, rates=(0.1, 0.01): rates[step > 2],
    "defaults": lambda step, rate=0.1, *, factor=0.5: rate * factor**step,
}
UNSURE: dict[str, Any] = {
    "a list": lambda step: RATES[step],
    "a method of a list": RATES.__getitem__,
    "a model": lambda step: MODEL.b.data,
    "a model of another function": following(MODEL),
    "a model as default": lambda step, model=MODEL: model.b.data,
    "an object": MODEL,
    "a function inside": lambda step: [number for number in map(lambda x: x, (step,))][0],  # noqa: C417, C416, RUF015
    "warmup of one that is not sure": warmup(3, lambda step: RATES[0]),
    "another module": lambda step: random.random(),
    "itself": None,
}


def endless(step: int) -> float:
    return endless(step - 1) if step else 0.1


UNSURE["itself"] = endless


@pytest.mark.parametrize("name", [*SURE, *UNSURE])
def test_schedules_that_see_their_step_only(name: str) -> None:
    assert sees_its_step_only(SURE.get(name, UNSURE.get(name))) == (name in SURE)
