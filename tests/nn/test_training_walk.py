"""A training walked update by update: the numbers of `fit`, back in time, failures, and the records of updates."""

from __future__ import annotations

import io
import random
import re
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

import nn
from autograd_tiny import Value, mean
from nn import training_walk
from nn.debugging import debug_training
from nn.errors import ArgumentTypeError, NotFiniteError
from nn.training_walk import KEPT, TrainingWalk

INPUTS = [[0.5, -1.0], [1.0, 2.0], [-0.5, 0.25], [2.0, 0.0], [0.0, 1.0]]
TARGETS = [1.0, 0.0, -1.0, 0.5, 0.25]
OPTIMIZERS: dict[str, Callable[[list[Value]], nn.Optimizer]] = {
    "sgd": lambda p: nn.SGD(p, lr=0.1),
    "momentum": lambda p: nn.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda p: nn.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "sgd with decay": lambda p: nn.SGD(p, lr=0.1, weight_decay=0.1),
    "rmsprop": lambda p: nn.RMSprop(p, lr=0.01),
    "rmsprop with all": lambda p: nn.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-6, weight_decay=0.1, momentum=0.8),
    "adam": lambda p: nn.Adam(p, lr=0.05),
    "adam with decay": lambda p: nn.Adam(p, lr=0.05, betas=(0.8, 0.99), weight_decay=0.1),
    "adamw": lambda p: nn.AdamW(p, lr=0.05, weight_decay=0.1),
}
SCHEDULE = nn.schedules.warmup(2, nn.schedules.cosine(0.1, 6))


def setting(name: str = "adam", **changes: Any) -> dict[str, Any]:
    """Return the arguments of a training of 3 epochs of 3 updates, the last of each with one example."""
    model = nn.MLP(2, [3, 1], hidden="tanh", seed=0)
    arguments = {"model": model, "inputs": INPUTS, "targets": TARGETS, "loss": "squared_error"}
    arguments |= {"optimizer": OPTIMIZERS[name](model.parameters()), "epochs": 3, "batch_size": 2, "seed": 5}
    return {**arguments, **changes}


def state(walk: TrainingWalk) -> tuple[Any, ...]:
    """Return every number of a training, in all digits."""
    numbers = [(p.data, p.grad) for p in walk.parameters]
    own = {name: thing for name, thing in vars(walk.optimizer).items() if name != "parameters"}
    return repr(numbers), repr(own), walk.epoch, walk.batch, walk.loss, [row for row, _ in walk.examples]


def finished(walk: TrainingWalk) -> TrainingWalk:
    while walk.update < walk.total:
        walk.forward()
    return walk


# ── the numbers ──


@pytest.mark.parametrize("schedule", [None, SCHEDULE])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_numbers_are_those_of_fit(name: str, schedule: Any) -> None:
    fitted, walked = setting(name, schedule=schedule), setting(name, schedule=schedule)
    history = nn.fit(**fitted, replay=False)
    walk = finished(TrainingWalk(**walked))
    walk.finish()
    assert walk.history().loss == history.loss
    states = [
        ([(p.data, p.grad) for p in optimizer.parameters], {**vars(optimizer), "parameters": None})
        for optimizer in (fitted["optimizer"], walked["optimizer"])
    ]
    assert repr(states[0]) == repr(states[1])


def test_generator_is_left_as_by_fit() -> None:
    fitted, walked = (setting(seed=random.Random(3)) for _ in range(2))
    nn.fit(**fitted, replay=False)
    finished(TrainingWalk(**walked)).finish()
    assert fitted["seed"].random() == walked["seed"].random()


@pytest.mark.parametrize("limits", [{"clip_norm": 0.5}, {"clip_value": 0.1}, {"clip_norm": 0.5, "clip_value": 0.1}])
def test_clipping_is_that_of_a_loop(limits: dict[str, float]) -> None:
    walk = finished(TrainingWalk(**setting(), **limits))
    other = setting()
    optimizer, model, source = other["optimizer"], other["model"], random.Random(5)
    for _ in range(3):
        for inputs, targets in nn.batches(INPUTS, TARGETS, 2, seed=source):
            optimizer.zero_grad()
            loss = [nn.losses.squared_error(model(x), y) for x, y in zip(inputs, targets, strict=True)]
            mean(loss).backward()
            if "clip_norm" in limits:
                nn.clip_gradient_norm(optimizer.parameters, limits["clip_norm"])
            if "clip_value" in limits:
                nn.clip_gradient_value(optimizer.parameters, limits["clip_value"])
            optimizer.step()
    walk.finish()
    assert [(p.data, p.grad) for p in walk.parameters] == [(p.data, p.grad) for p in model.parameters()]


def test_parameters_besides_the_optimizer_keep_their_gradients_as_in_fit() -> None:
    fitted, walked = setting(), setting()
    for arguments in (fitted, walked):
        arguments["optimizer"] = nn.SGD(arguments["model"].layers[1].parameters(), lr=0.1)
    nn.fit(**fitted, replay=False)
    walk = finished(TrainingWalk(**walked))
    walk.finish()
    assert [(p.data, p.grad) for p in walk.parameters] == [(p.data, p.grad) for p in fitted["model"].parameters()]


# ── back in time ──


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_back_and_forward_again_restores_every_bit(name: str) -> None:
    walk = TrainingWalk(**setting(name, schedule=SCHEDULE))
    states = [state(walk)]
    while walk.update < walk.total:
        walk.forward()
        states.append(state(walk))
    losses = list(walk.losses)
    for steps in (1, 4, 9):
        for _ in range(steps):
            walk.back()
            assert state(walk) == states[walk.update]
        for _ in range(steps):
            walk.forward()
            assert state(walk) == states[walk.update]
    walk.back(7)
    assert state(walk) == states[2]
    assert walk.losses == losses
    assert walk.changed is None


def test_restored_numbers_are_not_computed_anew() -> None:
    walk = TrainingWalk(**setting())
    walk.forward()
    walk.forward()
    after = state(walk)
    walk.back()
    walk.optimizer.step = None  # type: ignore[method-assign,assignment]
    walk.forward()
    del walk.optimizer.step
    assert state(walk) == after


def test_oldest_updates_are_forgotten() -> None:
    walk = finished(TrainingWalk(**setting(), history=2))
    assert (walk.update, walk.oldest) == (9, 7)
    walk.back()
    walk.back()
    assert (walk.update, walk.oldest, walk.record(walk.parameters[0])) == (7, 7, None)
    walk.forward()
    assert walk.record(walk.parameters[0]) is not None


class Dropout:
    """A model that draws from Python's own generator in each forward pass."""

    def __init__(self) -> None:
        self.w = Value(0.5, label="w")

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, x: Any) -> Value:
        return self.w * x[0] * (1.0 if random.random() < 0.5 else 2.0) + random.random()


def test_random_numbers_of_the_model_are_restored() -> None:
    model, other = Dropout(), Dropout()
    arguments: dict[str, Any] = {"loss": "squared_error", "epochs": 4, "seed": 0, "batch_size": 2}
    random.seed(1)
    history = nn.fit(other, INPUTS, TARGETS, optimizer=nn.SGD([other.w], lr=0.1), replay=False, **arguments)
    random.seed(1)
    walk = finished(TrainingWalk(model, INPUTS, TARGETS, optimizer=nn.SGD([model.w], lr=0.1), **arguments))
    assert walk.history().loss == history.loss
    for _ in range(5):
        walk.back()
        assert walk.changed is None
    assert (finished(walk).history().loss, model.w.data, walk.changed) == (history.loss, other.w.data, None)


def test_model_that_computes_something_else_each_time_is_noticed() -> None:
    calls = iter(range(1000))
    w = Value(1.0)
    model = Dropout()
    model.w = w
    walk = TrainingWalk(
        model,
        [[1.0]],
        [0.0],
        loss=lambda prediction, target: w * float(next(calls)),
        optimizer=nn.SGD([w]),
        epochs=3,
    )
    walk.forward()
    walk.back()
    assert (walk.losses[0], walk.changed) == (0.0, 2.0)


# ── failures ──


def test_loss_that_is_not_finite_refuses_the_update() -> None:
    walk = TrainingWalk(**setting("sgd", optimizer=None) | diverging(1e200))
    walk.forward()
    before = state(walk)
    with pytest.raises(NotFiniteError, match="the loss is not finite in epoch 2, batch 1"):
        walk.forward()
    assert state(walk) == before


def test_parameter_that_would_not_be_finite_is_undone() -> None:
    walk = TrainingWalk(**setting("sgd", optimizer=None) | diverging(1e308))
    before = state(walk)
    with pytest.raises(NotFiniteError, match="a parameter is not finite in epoch 1, batch 1"):
        walk.forward()
    assert state(walk) == before


def diverging(lr: float) -> dict[str, Any]:
    model = nn.Neuron(1, nonlin=False, seed=0)
    optimizer = nn.SGD(model.parameters(), lr=lr)
    return {"model": model, "inputs": [[3.0]], "targets": [20.0], "optimizer": optimizer, "epochs": 5}


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("when", range(1, 7))
def test_interrupted_move_leaves_everything_as_it_was(error: type[BaseException], when: int) -> None:
    walk = TrainingWalk(**setting())
    walk.forward()
    states = {walk.update: state(walk)}
    walk.forward()
    states[walk.update] = state(walk)
    function, calls = walk.loss_function, iter(range(1, 100))

    def failing(prediction: Any, target: Any) -> Any:
        if next(calls) == when:
            raise error
        return function(prediction, target)

    walk.loss_function = failing
    for move in (walk.forward, walk.back, walk.forward):
        begun = walk.update
        try:
            move()
        except error:
            assert (walk.update, state(walk)) == (begun, states[begun])
            walk.loss_function = function
            move()
        states.setdefault(walk.update, state(walk))
        assert state(walk) == states[walk.update]


@pytest.mark.no_cover  # a tracer raises at every line
def test_interrupt_at_any_line_is_before_or_after_the_move() -> None:
    changes = {"clip_norm": 1.0, "schedule": SCHEDULE, "batch_size": 1, "epochs": 1}
    whole = finished(TrainingWalk(**setting(**changes, inputs=INPUTS[:4], targets=TARGETS[:4])))
    for move in (TrainingWalk.forward, TrainingWalk.back):
        for line in range(1000):
            walk = TrainingWalk(**setting(**changes, inputs=INPUTS[:4], targets=TARGETS[:4]))
            walk.forward()
            walk.forward()
            before = state(walk)
            was_interrupted = interrupted_at(line, partial(move, walk))
            arrived = {True: 2, False: 3 if move is TrainingWalk.forward else 1}[state(walk) == before]
            assert walk.update == arrived
            if not was_interrupted:
                break
            assert (state(finished(walk)), walk.losses) == (state(whole), whole.losses)
        assert line > 20


def interrupted_at(line: int, run: Callable[[], object]) -> bool:
    """Run a function, and raise KeyboardInterrupt at the line with this number that it runs in the walk."""
    lines = iter(range(10**6))

    def local(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line" and next(lines) == line:
            raise KeyboardInterrupt
        return local

    def called(frame: FrameType, event: str, argument: object) -> Any:
        return local if frame.f_code.co_filename == training_walk.__file__ else None

    before = sys.gettrace()
    sys.settrace(called)
    try:
        run()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("batch_size", [1, 32])
@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (
            lambda prediction, target: 1.0,
            "a loss that returned 1.0 of type 'float'; it takes a function that returns a V",
        ),
        (lambda prediction, target: None, "a loss that returned nothing; it takes a function that returns a Value"),
        (lambda prediction, target: [1.0], "a loss that returned [1.0] of type 'list'; it takes a function"),
        (None, "loss of type 'NoneType'; it takes a name, such as 'squared_error', or a function"),
    ],
)
def test_loss_must_be_a_function_that_returns_a_value(loss: Any, message: str, batch_size: int) -> None:
    with pytest.raises(ArgumentTypeError, match=re.escape(f"debug_training got {message}")):
        TrainingWalk(**setting(loss=loss, batch_size=batch_size))


def test_schedule_must_return_a_number() -> None:
    with pytest.raises(ArgumentTypeError, match="got lr of type 'str'; it takes a real number"):
        TrainingWalk(**setting(schedule=lambda step: "0.1")).lr


def test_labels_and_constant_losses_of_the_user_are_kept() -> None:
    w = Value(0.5, label="w")
    model = Dropout()
    model.w = w
    optimizer = nn.SGD([w], lr=0.1)

    def loss(prediction: Any, target: float) -> Any:
        return 1.0 if target else w

    walk = TrainingWalk(
        model, INPUTS, [0.0, 1.0, 0.0, 0.0, 0.0], loss=loss, optimizer=optimizer, epochs=1, shuffle=False
    )
    assert (walk.root.label, len(walk.examples)) == ("loss", 4)
    alone = TrainingWalk(model, [[1.0]], [0.0], loss=loss, optimizer=optimizer, epochs=1)
    assert (alone.root, w.label) == (w, "w")


# ── the records ──


def test_record_has_rule_numbers_and_formulas() -> None:
    walk = TrainingWalk(**setting("momentum", schedule=nn.schedules.constant(0.25)), clip_value=1e-3)
    w = walk.parameters[0]
    assert walk.record(w) is None
    before, gradient = w.data, walk.gradients()[0]
    walk.forward()
    record = walk.record(w)
    assert record is not None
    assert (record.rule, record.before, record.after) == ("SGD", before, w.data)
    assert record.formulas == (
        ("g", "clamp(g, -max_value, max_value)"),
        ("b", "momentum*b + g"),
        ("p", "p - lr*b"),
    )
    assert {name: record.numbers[name] for name in ("g", "b", "lr", "max_value")} == {
        "g": gradient,
        "b": 0.0,
        "lr": 0.25,
        "max_value": 1e-3,
    }


def test_gradients_are_computed_once_and_leave_those_of_the_update() -> None:
    walk = TrainingWalk(**setting())
    walk.forward()
    held = [p.grad for p in walk.parameters]
    first = list(walk.gradients())
    assert list(walk.gradients()) == first != held
    assert [p.grad for p in walk.parameters] == held


def test_parameter_outside_the_optimizer_has_no_record() -> None:
    arguments = setting()
    arguments["optimizer"] = nn.SGD(arguments["model"].layers[1].parameters(), lr=0.1)
    walk = TrainingWalk(**arguments)
    walk.forward()
    assert walk.record(walk.parameters[0]) is None
    assert walk.record(walk.parameters[-1]) is not None


class SignDescent(nn.Optimizer):
    """An optimizer of a user, which changes its state in place and gives no formulas."""

    def __init__(self, parameters: list[Value]) -> None:
        super().__init__(parameters, 0.25)
        self.signs = [0.0] * len(self.parameters)
        self.name, self.recent = "sign", [0.0]

    def step(self) -> None:
        for i, p in enumerate(self.parameters):
            self.signs[i] += 1.0 if p.grad > 0 else -1.0
            p.data -= self.lr * self.signs[i]


def test_optimizer_of_a_user_is_walked_without_formulas() -> None:
    model = nn.MLP(2, [3, 1], hidden="tanh", seed=0)
    walk = TrainingWalk(**setting(model=model, optimizer=SignDescent(model.parameters())))
    states = [state(walk)]
    for _ in range(4):
        walk.forward()
        states.append(state(walk))
    record = walk.record(walk.parameters[0])
    assert record is not None
    assert (record.rule, record.formulas) == ("SignDescent", ())
    assert {"signs", "lr"} <= record.numbers.keys()
    assert not {"name", "recent"} & record.numbers.keys()
    while walk.update:
        walk.back()
        assert state(walk) == states[walk.update]
    for _ in range(4):
        walk.forward()
        assert state(walk) == states[walk.update]


# ── debug_training ──


def test_model_is_left_in_the_state_shown() -> None:
    arguments, other = setting(), setting()
    out = io.StringIO()
    history = debug_training(**arguments, stdin=io.StringIO("n 5 updates\nrs\nrs\nq\n"), stdout=out)
    walk = TrainingWalk(**other)
    for _ in range(4):
        walk.forward()
    walk.finish()
    assert [(p.data, p.grad) for p in arguments["optimizer"].parameters] == [
        (p.data, p.grad) for p in walk.parameters
    ]
    assert history.loss == walk.history().loss == [walk.mean_loss(1)]
    assert "The model has the parameters after update 4" in out.getvalue()


def test_training_of_a_plain_model_has_its_type_as_title() -> None:
    model = Dropout()
    optimizer = nn.SGD([model.w], lr=0.5, weight_decay=0.25)
    walk = TrainingWalk(model, [[1.0]], [0.0], loss="squared_error", optimizer=optimizer, epochs=1)
    assert walk.title == "Training of Dropout: 1 parameter, 1 example, 1 update by SGD(lr=0.5, weight_decay=0.25)."


def test_history_is_kept_by_default() -> None:
    assert TrainingWalk(**setting())._kept == KEPT
