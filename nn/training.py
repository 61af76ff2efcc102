"""`fit`: a training loop with batches, validation, early stopping and a history.

>>> from nn import MLP, SGD
>>> inputs, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1, 1, 1, -1]
>>> model = MLP(2, [8, 1], hidden="tanh", seed=0)
>>> optimizer = SGD(model.parameters(), lr=0.1)
>>> history = fit(model, inputs, targets, loss="squared_error", optimizer=optimizer, epochs=200, seed=0)
>>> len(history.loss), [round(model(row).data) for row in inputs]
(200, [-1, 1, 1, -1])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from numbers import Real
from typing import Any, Protocol

from autograd_tiny import Value, mean, no_gc, no_grad
from autograd_tiny.errors import OperandError
from autograd_tiny.support.at_once import consume
from nn.argument_checks import as_pair, choose, is_list, positive_integer, real_number, require_flag, to_lists
from nn.batches import Batch, batches, checked_examples
from nn.errors import ArgumentError, ArgumentTypeError, NotFiniteError, ResultTypeError
from nn.history import EarlyStopping, History, progress_bar
from nn.initializers import Seed, generator
from nn.losses import LOSSES, Loss
from nn.optimizers import Optimizer
from nn.replaying import Replay
from nn.schedules import Schedule
from nn.updates import changes, set_numbers, state_of, training_lock


class Model(Protocol):
    """A model that can be trained: a `Module`, or another callable with one argument and `parameters()`."""

    def parameters(self) -> list[Value]:
        """Return all parameters."""

    def __call__(self, x: Any, /) -> Any:
        """Return the prediction for one input."""


Metric = Callable[[list[Any], list[Any]], float]


def fit(
    model: Model,
    inputs: Sequence[Any],
    targets: Sequence[Any],
    *,
    loss: str | Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 32,
    shuffle: bool = True,
    seed: Seed = None,
    schedule: Schedule | None = None,
    validation: tuple[Sequence[Any], Sequence[Any]] | None = None,
    patience: int | None = None,
    metrics: Mapping[str, Metric] | None = None,
    callbacks: Sequence[Callable[[History], object]] = (),
    progress: bool = False,
    replay: bool = True,
) -> History:
    """Train a model, and return the history of its losses and metrics.

    For each batch: `zero_grad`, forward pass, mean loss, `backward`, `step`. Ctrl-C ends the training and keeps the
    parameters of the last complete step. The garbage collector is disabled during training. Trainings of one model in
    several threads follow one after another.

    If the loss can be recorded (see `autograd_tiny.record`), whole batches are replayed, which is many times as fast
    and gives the same numbers up to rounding. At the start of each epoch one example is computed both ways; if the
    results differ, since a callback changed the model, the loss is recorded again.

    Args:
        model: a callable that returns the prediction for one input.
        inputs: the input of each example, such as a list of numbers or a row of an array.
        targets: the target of each example.
        loss: a function of prediction and target that returns a Value, or its name in `nn.losses`.
        optimizer: an optimizer of all or some parameters of the model.
        epochs: the number of passes over the examples.
        batch_size: the number of examples in a step.
        shuffle: whether to put the examples in a new random order in each epoch.
        seed: the seed or generator of that order.
        schedule: returns the learning rate of each step.
        validation: inputs and targets that are evaluated after each epoch.
        patience: stop after this number of epochs without a smaller validation loss. The parameters are then those of
            the epoch with the smallest validation loss, unless Ctrl-C or an error ended the training.
        metrics: functions of all predictions and targets, by name, evaluated on the validation examples, or on the
            training examples if there are none. A metric may be nan.
        callbacks: functions of the history, called after each epoch; the training stops when one of them returns
            True, such as `lambda history: history.loss[-1] < 0.01`.
        progress: whether to show a progress bar in a terminal.
        replay: whether to record the loss if possible; False for eager code.

    Raises:
        LengthError: inputs and targets differ in length, or are empty.
        UnknownNameError: the loss is unknown.
        ArgumentError: a size is less than 1, there is patience without validation, or the optimizer has no parameter
            of the model.
        ArgumentTypeError: the loss does not return a Value, a metric does not return a number, or an argument is of
            the wrong type.
        NotFiniteError: a loss or a parameter became infinite or nan; that step is undone. If it is the validation
            loss, the parameters are those of the last step.

    >>> from nn import Adam, Neuron
    >>> line = Neuron(1, nonlin=False, seed=0)
    >>> optimizer = Adam(line.parameters(), lr=0.1)
    >>> history = fit(line, [0.0, 1.0], [1.0, 3.0], loss="squared_error", optimizer=optimizer, epochs=500)
    >>> f"{line.w[0].data:.2f}·x + {line.b.data:.2f}"
    '2.00·x + 1.00'
    """
    inputs, targets = checked_examples("fit", inputs, targets)
    positive_integer("fit", "epochs", epochs)
    positive_integer("fit", "batch_size", batch_size)
    for argument, flag in (("shuffle", shuffle), ("progress", progress), ("replay", replay)):
        require_flag("fit", argument, flag)
    if patience is not None and validation is None:
        raise ArgumentError("fit", "patience", patience, "None, unless there are validation examples")
    metrics = {} if metrics is None else metrics
    check_types("fit", model, optimizer, schedule)
    _check_functions(metrics, callbacks)
    tests = None
    if validation is not None:
        tests = checked_examples("fit's validation", *as_pair("fit", "validation", validation, "(inputs, targets)"))
    trainer = _Trainer(model, choose("loss", loss, LOSSES, place="fit"), optimizer, schedule, (inputs, targets))
    early_stopping = (
        None if patience is None else EarlyStopping(trainer.parameters, positive_integer("fit", "patience", patience))
    )
    rows = list(range(len(inputs)))
    history, source = History(metrics={name: [] for name in metrics}), generator(seed)
    with training_lock(trainer.parameters), no_gc(), progress_bar(epochs, show=progress) as advance:
        try:
            for epoch in range(1, epochs + 1):
                if replay:
                    trainer.prepare_replay()
                dealt = batches(rows, rows, batch_size, shuffle=shuffle, seed=source)
                trained = trainer.epoch(epoch, (numbers for numbers, _ in dealt))
                history.add(trained, *trainer.measure(epoch, (inputs, targets), tests, metrics))
                is_over = early_stopping is not None and early_stopping.update(history.validation_loss[-1])
                answers = [to_lists(callback(history)) for callback in callbacks]
                advance(history)
                if is_over or any(answer is True for answer in answers):
                    break
            if early_stopping is not None:
                set_numbers(early_stopping.parameters, early_stopping.numbers)
        except KeyboardInterrupt:
            history.interrupted = True
    return history


class _Trainer:
    """The state of a training: takes the steps and evaluates the model."""

    def __init__(
        self, model: Model, loss: Loss, optimizer: Optimizer, schedule: Schedule | None, examples: Batch
    ) -> None:
        self.model, self.loss, self.optimizer, self.schedule = model, loss, optimizer, schedule
        self.inputs, self.targets = examples
        self.parameters = list(dict.fromkeys([*model.parameters(), *optimizer.parameters]))
        self.replay: Replay | None = None
        self.can_replay = True
        self.steps = 0
        self.cause = ""  # of a loss that is not finite

    def prepare_replay(self) -> None:
        """Record the loss in the first epoch, and again if the function has changed."""
        if self.can_replay and (self.replay is None or not self.replay.is_valid()):
            self.replay = Replay.of(self.model, self.loss, self.parameters, self.inputs, self.targets)
            self.can_replay = self.replay is not None

    def epoch(self, epoch: int, dealt: Iterable[list[int]]) -> float:
        """Take a step for each batch, given by the indices of its examples, and return their mean loss."""
        total, count = 0.0, 0
        for batch, rows in enumerate(dealt, start=1):
            total += self.step(epoch, batch, rows) * len(rows)
            count += len(rows)
        return total / count

    def backward(self, rows: list[int]) -> float:
        """Return the mean loss of the examples at these rows, and compute the gradients of the parameters."""
        if self.replay is not None:
            return self.replay.backward(rows)
        loss = mean_loss("fit", [self.loss(self.model(self.inputs[row]), self.targets[row]) for row in rows])
        if isfinite(loss.data):
            loss.backward()
        else:
            self.cause = "\n".join(anomaly.text for anomaly in loss.trace().anomalies()[:1])
        return loss.data

    def step(self, epoch: int, batch: int, rows: list[int]) -> float:
        """Take one step and return the loss before it; a step that fails or is interrupted is undone."""
        self.optimizer.zero_grad()
        loss = self.backward(rows)
        if not isfinite(loss):
            raise NotFiniteError(epoch, batch, loss, "the loss", cause=self.cause)
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(self.steps)
        before = [parameter.data for parameter in self.parameters]
        restore = changes(self.parameters, before, self.optimizer, state_of(self.optimizer))
        try:
            self.optimizer.step()
            if not all(isfinite(parameter.data) for parameter in self.parameters):
                raise NotFiniteError(epoch, batch, loss, "a parameter")
        except BaseException:
            consume(restore)
            raise
        self.steps += 1
        return loss

    @no_grad()
    def measure(
        self, epoch: int, training: Batch, validation: Batch | None, metrics: Mapping[str, Metric]
    ) -> tuple[float | None, dict[str, float]]:
        """Return the mean validation loss, and the metrics of all predictions and targets."""
        if validation is None and not metrics:
            return None, {}
        inputs, targets = training if validation is None else validation
        predictions = [self.model(x) for x in inputs]
        loss = None if validation is None else self.validation_loss(epoch, predictions, targets)
        measured = {name: metric(predictions, targets) for name, metric in metrics.items()}
        return loss, {
            name: real_number("fit", f"the result of metrics[{name!r}]", measured[name]) for name in measured
        }

    def validation_loss(self, epoch: int, predictions: list[Any], targets: list[Any]) -> float:
        """Return the mean loss of the validation examples."""
        pairs = zip(predictions, targets, strict=True)
        losses = [
            real_number("fit", "validation loss", self.loss(prediction, target)) for prediction, target in pairs
        ]
        loss = sum(losses) / len(losses)
        if not isfinite(loss):
            raise NotFiniteError(epoch, None, loss, "the validation loss")
        return loss


def check_types(place: str, model: Any, optimizer: Any, schedule: Any) -> None:
    """Validate the model, the optimizer and the schedule of a training; `place` is the function that got them."""
    is_model = callable(model) and hasattr(model, "parameters") and not isinstance(model, type)
    _require(is_model, place, "model", model, "a module that is called with one input")
    of_model = "an optimizer of this model, such as SGD(model.parameters())"
    _require(isinstance(optimizer, Optimizer), place, "optimizer", optimizer, of_model.replace(" of this model", ""))
    if set(optimizer.parameters).isdisjoint(model.parameters()):
        raise ArgumentError(place, "optimizer", optimizer, of_model)
    is_schedule = schedule is None or callable(schedule)
    _require(is_schedule, place, "schedule", schedule, "a function, such as cosine(0.1, 100)")


def mean_loss(place: str, losses: list[Any]) -> Value:
    """Return the mean of the losses of a batch, as a node.

    Raises:
        ResultTypeError: no loss is a Value, or one is not even a number.
    """
    try:
        loss = mean(losses)
    except OperandError:
        loss = next(loss for loss in losses if not isinstance(loss, Value | Real))
    if isinstance(loss, Value):
        return loss
    result = losses[0] if isinstance(loss, Real) else loss
    raise ResultTypeError(place, "loss", result, "a Value computed from the prediction")


def _check_functions(metrics: Any, callbacks: Any) -> None:
    """Validate the metrics and callbacks of `fit`."""
    are_metrics = isinstance(metrics, Mapping)
    _require(are_metrics, "fit", "metrics", metrics, "a dict of functions, such as {'accuracy': accuracy}")
    _require(is_list(callbacks), "fit", "callbacks", callbacks, "a list of functions of the history")
    for name, metric in metrics.items():
        _require(callable(metric), "fit", f"metrics[{name!r}]", metric, "a function of predictions and targets")
    for position, callback in enumerate(callbacks):
        _require(callable(callback), "fit", f"callbacks[{position}]", callback, "a function of the history")


def _require(fits: bool, place: str, argument: str, thing: Any, expected: str) -> None:  # noqa: FBT001 - it reads like an assertion
    if not fits:
        raise ArgumentTypeError(place, argument, thing, expected)
