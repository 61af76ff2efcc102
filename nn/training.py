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

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol
from warnings import warn

from autograd_tiny import Value, mean, no_gc
from autograd_tiny.errors import OperandError
from nn.argument_checks import as_pair, choose, is_list, positive_integer, require_flag, to_lists
from nn.batches import RandomOrder
from nn.errors import ArgumentError, ArgumentTypeError, ReplayWarning, ResultTypeError
from nn.examples import Batches, Examples
from nn.history import EarlyStopping, History, progress_bar
from nn.initializers import Seed
from nn.losses import LOSSES, Loss
from nn.optimizers import Optimizer
from nn.schedules import Schedule
from nn.updates import set_numbers, training_lock

if TYPE_CHECKING:
    from nn.trainer import Trainer


class Model(Protocol):
    """A model that can be trained: a `Module`, or another callable with one argument and `parameters()`."""

    def parameters(self) -> list[Value]:
        """Return all parameters."""

    def __call__(self, x: Any, /) -> Any:
        """Return the prediction for one input."""


Metric = Callable[[list[Any], list[Any]], float]


def fit(
    model: Model,
    inputs: Sequence[Any] | Iterable[Any],
    targets: Sequence[Any] | None = None,
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
    executor: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    every: int = 1,
) -> History:
    """Train a model, and return the history of its losses and metrics.

    For each batch: `zero_grad`, forward pass, mean loss, `backward`, `step`. Ctrl-C ends the training and keeps the
    parameters of the last complete step. The garbage collector is disabled during training. Trainings of one model in
    several threads follow one after another.

    If the loss can be recorded (see `autograd_tiny.record`), whole batches are replayed, and the optimizers of nn
    update flat arrays, which is many times as fast and gives the same numbers up to rounding (1e-13 of them after
    1,000 steps, as measured). The Values of the parameters and the state of the optimizer are then written before a
    function of yours is called, and at the end. At the next step one example is computed both ways; if the results
    differ, since a callback changed the model, the loss is recorded again. Validation and predictions are replayed
    too. `history.runs` says what was replayed; where examples are computed one after another by eager code, though
    replay is True, one `ReplayWarning` says why.

    Arrays, memory-mapped ones too, are read batch by batch. Examples that are unlike the first, and the first that is
    nan, are tried before the first step. An error of the data leaves parameters and optimizer as they were before.

    Args:
        model: a module, or another object with `parameters()`, that is called with one input and returns its
            prediction.
        inputs: the input of each example, such as a list of numbers or a row of an array. Without targets, an
            iterable that yields the batches of an epoch, pairs of inputs and targets, such as a PyTorch `DataLoader`;
            it chooses their size and order.
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
        replay: whether to record the loss if possible; False for eager code, without a warning.
        executor: an executor, such as a `ProcessPoolExecutor`, or a function that makes one, that computes shards of
            each batch; see `autograd_tiny.Sharded`. The parameters are the same to the last bit for any number of
            workers, and whatever happens to them. None for this process alone.
        checkpoint: the path of a JSON file with the whole state of the training. If it is there, the training goes
            on from its epoch, and ends with the same parameters as one that was never stopped. A file of another
            model, loss, optimizer (its settings as given), schedule, seed, batch size, shuffle, patience, metrics,
            examples or validation (number, kind and up to 16 rows are compared), or of more epochs, is refused.
        every: the number of epochs after which that file is replaced, as a whole.

    Raises:
        LengthError: inputs and targets differ in length, or are empty.
        UnknownNameError: the loss is unknown.
        ArgumentError: a size is less than 1, there is patience without validation, the optimizer has no parameter
            of the model, or an iterable ended early, or can be read only once for several epochs.
        ExampleError: the loss of an example that is unlike the first cannot be computed, or an example is nan.
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
    from nn.checkpoint_settings import Choices, settings_of
    from nn.checkpoints import Checkpoint, TrainingState
    from nn.trainer import Trainer  # imports NumPy

    positive_integer("fit", "epochs", epochs)
    positive_integer("fit", "batch_size", batch_size)
    for argument, flag in (("shuffle", shuffle), ("progress", progress), ("replay", replay)):
        require_flag("fit", argument, flag)
    if executor is not None and not replay:
        raise ArgumentError("fit", "replay", replay, "True with an executor, which computes shards of a program")
    if patience is not None and validation is None:
        raise ArgumentError("fit", "patience", patience, "None, unless there are validation examples")
    metrics = {} if metrics is None else metrics
    check_types("fit", model, optimizer, schedule)
    _check_functions(metrics, callbacks)
    examples, tests = _checked_data(inputs, targets, validation, epochs, metrics)
    loss, source = choose("loss", loss, LOSSES, place="fit"), RandomOrder(seed)
    patience = None if patience is None else positive_integer("fit", "patience", patience)
    lock = training_lock(trained_parameters(model, optimizer))
    with lock, no_gc(), progress_bar(epochs, show=progress) as advance:
        # it reads what other trainings change
        trainer = Trainer(model, loss, optimizer, schedule, replay=replay, executor=executor)
        early_stopping = None if patience is None else EarlyStopping(trainer.parameters, patience)
        history = trainer.history
        history.metrics.update((name, []) for name in metrics)
        settings = None
        if checkpoint is not None:
            choices = Choices(batch_size=batch_size, shuffle=shuffle, patience=patience, seed=seed)
            settings = settings_of(trainer, examples, tests, choices)
        saved = Checkpoint(checkpoint, every, TrainingState(trainer, source, early_stopping), settings or {})
        try:
            try:
                trainer.check(examples)
                for epoch in saved.resume(epochs):
                    trained = trainer.epoch(epoch, examples, batch_size, source if shuffle else None)
                    history.add(trained, *trainer.measure(epoch, examples, tests, metrics))
                    for reason in trainer.reasons_of_eager_code(epoch):
                        warn(reason, ReplayWarning, stacklevel=2)
                    is_over = _is_over(trainer, early_stopping, callbacks, advance)
                    saved.save(epoch, is_last=is_over or epoch == epochs, is_over=is_over)
                    if is_over:
                        break
            finally:
                trainer.store()
                trainer.close()
            if early_stopping is not None:
                set_numbers(early_stopping.parameters, early_stopping.numbers)
        except KeyboardInterrupt:
            trainer.store()  # again, if it was interrupted
            history.interrupted = True
    return history


def _is_over(
    trainer: Trainer,
    early_stopping: EarlyStopping | None,
    callbacks: Sequence[Callable[[History], object]],
    advance: Callable[[History], None],
) -> bool:
    """Return whether a training ends with this epoch; call the callbacks."""
    history = trainer.history
    if early_stopping is not None or callbacks:
        trainer.store()
    is_over = early_stopping is not None and early_stopping.update(history.validation_loss[-1])
    answers = [to_lists(callback(history)) for callback in callbacks]
    advance(history)
    return is_over or any(answer is True for answer in answers)


def _checked_data(
    inputs: Any, targets: Any, validation: Any, epochs: int, metrics: Any
) -> tuple[Examples | Batches, Examples | None]:
    """Return the examples of the training, and those of the validation."""
    examples = Batches(inputs, epochs) if targets is None else Examples("fit", inputs, targets)
    if validation is not None:
        return examples, Examples("fit's validation", *as_pair("fit", "validation", validation, "(inputs, targets)"))
    if metrics and isinstance(examples, Batches):
        raise ArgumentError(
            "fit", "metrics", metrics, "None without validation examples, since the inputs are batches"
        )
    return examples, None


def check_types(place: str, model: Any, optimizer: Any, schedule: Any) -> None:
    """Validate the model, the optimizer and the schedule of a training; `place` is the function that got them."""
    is_model = callable(model) and hasattr(model, "parameters") and not isinstance(model, type)
    _require(
        is_model,
        place,
        "model",
        model,
        "a module that is called with one input, or another object with the method parameters()",
    )
    of_model = "an optimizer of this model, such as SGD(model.parameters())"
    _require(isinstance(optimizer, Optimizer), place, "optimizer", optimizer, of_model.replace(" of this model", ""))
    if set(optimizer.parameters).isdisjoint(model.parameters()):
        raise ArgumentError(place, "optimizer", optimizer, of_model)
    is_schedule = schedule is None or callable(schedule)
    _require(is_schedule, place, "schedule", schedule, "a function, such as cosine(0.1, 100)")


def trained_parameters(model: Model, optimizer: Optimizer) -> list[Value]:
    """Return the parameters of a model, and those that an optimizer has besides."""
    return list(dict.fromkeys([*model.parameters(), *optimizer.parameters]))


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
