"""Train a network on one part of a data set, and test it on the other: split, standardise, fit, measure.

>>> from autograd_tiny.tabular.sample_data import SETTINGS, load_moons
>>> from dataclasses import replace
>>> result = learn(load_moons(0), replace(SETTINGS["moons"], epochs=2))
>>> len(result.history.loss), len(result.test)
(2, 66)
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.engine.grad_mode import no_grad
from autograd_tiny.errors import InputError, require_own_nn
from autograd_tiny.primitives.table import mean
from autograd_tiny.support.timing import in_turns
from autograd_tiny.tabular.dataset import Dataset, Scaler, split
from autograd_tiny.tabular.missing import filled
from autograd_tiny.tabular.sample_data import TrainingSettings

if TYPE_CHECKING:
    from nn import MLP, History, Optimizer
    from nn.training import Model

Loss = Callable[[Any, Any], Any]
"""A function of a prediction and a target."""
OPTIMIZERS: Final = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an experiment.

    Attributes:
        dataset: the examples, the missing numbers filled.
        settings: of the network and its training.
        model: the network; it takes raw inputs and returns numbers in their own unit.
        train, test: the rows of both parts.
        history: the losses by epoch.
        test_loss: the loss of the test examples at the end.
        train_loss: the loss of the training examples at the end.
        predictions: of the test examples: logits, or numbers.
        step_times: the seconds of a step, replayed and eager; None where it cannot be recorded.
    """

    dataset: Dataset
    settings: TrainingSettings
    model: MLP
    train: list[int]
    test: list[int]
    history: History
    train_loss: float
    test_loss: float
    predictions: list[Any]
    step_times: list[float] | None = None

    @property
    def targets(self) -> list[Any]:
        """The targets of the test examples."""
        return [self.dataset.targets[row] for row in self.test]

    @property
    def accuracy(self) -> float:
        """The share of the test examples whose class was predicted."""
        from nn.metrics import accuracy

        return accuracy(self.predictions, self.targets)

    @property
    def r2(self) -> float:
        """R² of the test examples."""
        from nn.metrics import r2_score

        return r2_score(self.predictions, self.targets)


@dataclass(frozen=True, slots=True)
class Task:
    """A network that is ready to be trained on one part of a data set.

    Attributes:
        dataset: the examples, the missing numbers filled.
        model: the network, untrained.
        loss: a function of a prediction and a target.
        optimizer: of the parameters.
        train, test: the rows of both parts.
        scale: standardises inputs.
        scale_target: standardises a target that is a number; None for classes.
    """

    dataset: Dataset
    model: MLP
    loss: Loss
    optimizer: Optimizer
    train: list[int]
    test: list[int]
    scale: Scaler
    scale_target: Scaler | None

    def examples(self, rows: list[int]) -> tuple[list[Any], list[Any]]:
        """Return the inputs and targets of some rows, standardised."""
        inputs = [self.scale(self.dataset.inputs[row]) for row in rows]
        targets: list[Any] = [self.dataset.targets[row] for row in rows]
        return inputs, targets if self.scale_target is None else [self.scale_target([x])[0] for x in targets]


def prepare(dataset: Dataset, settings: TrainingSettings, *, optimizer: str, test_size: float, seed: int) -> Task:
    """Split the examples, standardise them, and make a network, as `learn` does before it trains.

    Arguments and errors are those of `learn`.
    """
    require_own_nn()
    from nn.losses import softmax_cross_entropy, squared_error

    train, test = split(dataset, test_size=test_size, seed=seed)
    dataset = filled(dataset, train)
    if not dataset.classes and len({dataset.targets[row] for row in test}) < 2:
        raise InputError("all test examples have the same target; choose another --seed or a larger --test-size")
    scale = Scaler.of([dataset.inputs[row] for row in train])
    scale_target = None if dataset.classes else Scaler.of([[dataset.targets[row]] for row in train])
    loss = softmax_cross_entropy if dataset.classes else squared_error
    model = new_model(dataset, settings, seed)
    rule = make_optimizer(optimizer, model, settings)
    return Task(dataset, model, loss, rule, train, test, scale, scale_target)


def learn(
    dataset: Dataset,
    settings: TrainingSettings,
    *,
    optimizer: str = "adam",
    test_size: float = 0.33,
    seed: int = 0,
    on_epoch: Callable[[History], None] | None = None,
    executor: Any = None,
    checkpoint: Path | None = None,
) -> Result:
    """Train a network on one part of the examples, and test it on the other.

    Inputs, and a target that is a number, are standardised by the mean and deviation of the training examples.

    Args:
        dataset: the examples, the missing numbers filled.
        settings: of the network and its training.
        optimizer: one of `OPTIMIZERS`.
        test_size: share of the test examples.
        seed: of the split, the initial weights and the order of the examples.
        on_epoch: called after each epoch.
        executor: of `nn.fit`, for workers.
        checkpoint: of `nn.fit`, a file to go on from.

    Raises:
        InputError: there are too few examples.
        UnknownNameError: the activation is unknown.
        NotFiniteError: the loss became infinite.
    """
    task = prepare(dataset, settings, optimizer=optimizer, test_size=test_size, seed=seed)
    dataset = task.dataset
    from nn import fit

    model, loss, train, test = task.model, task.loss, task.train, task.test
    history = fit(
        model,
        *task.examples(train),
        loss=loss,
        optimizer=task.optimizer,
        epochs=settings.epochs,
        batch_size=settings.batch,
        validation=task.examples(test),
        callbacks=[] if on_epoch is None else [on_epoch],
        seed=seed,
        executor=executor,
        checkpoint=checkpoint,
    )
    step_times = time_step(model, loss, *task.examples(train[: settings.batch]))
    train_loss, test_loss = (mean_loss(model, loss, *task.examples(rows)) for rows in (train, test))
    raw_model = without_scaling(model, task.scale, task.scale_target)
    with no_grad():
        predictions = [raw_model(dataset.inputs[row]) for row in test]
    return Result(dataset, settings, raw_model, train, test, history, train_loss, test_loss, predictions, step_times)


def new_model(dataset: Dataset, settings: TrainingSettings, seed: int) -> MLP:
    """Return an untrained network with one output for each class, or one for a number."""
    from nn import MLP

    return MLP(
        len(dataset.input_names),
        [*settings.hidden, len(dataset.classes) or 1],
        hidden=settings.activation,
        initializer="xavier_uniform" if settings.activation in {"tanh", "sigmoid"} else "he_uniform",
        seed=seed,
    )


def make_optimizer(name: str, model: Model, settings: TrainingSettings) -> Optimizer:
    """Return the optimizer of that name."""
    from nn import SGD, Adam, AdamW, RMSprop

    parameters, lr, l2 = model.parameters(), settings.lr, settings.l2
    if name in {"sgd", "momentum", "nesterov"}:
        momentum = 0.0 if name == "sgd" else 0.9
        return SGD(parameters, lr, momentum=momentum, nesterov=name == "nesterov", weight_decay=l2)
    if name == "rmsprop":
        return RMSprop(parameters, lr, weight_decay=l2)
    return (AdamW if name == "adamw" else Adam)(parameters, lr, weight_decay=l2)


def time_step(model: MLP, loss: Loss, inputs: list[Any], targets: list[Any]) -> list[float] | None:
    """Return the seconds of one forward and backward pass, replayed and eager; None where it cannot be recorded.

    Args:
        model: the network; the gradients of its parameters are overwritten.
        loss: a function of a prediction and a target.
        inputs: those of one batch.
        targets: one for each input.
    """
    from nn.replaying import Replay

    replay = Replay.of(model, loss, model.parameters(), inputs, targets)
    if replay is None:
        return None
    rows = list(range(len(inputs)))

    def eager() -> None:
        mean([loss(model(x), target) for x, target in zip(inputs, targets, strict=True)]).backward()

    return in_turns(lambda: replay.backward(rows), eager)


@no_grad()
def mean_loss(model: MLP, loss: Loss, inputs: list[Any], targets: list[Any]) -> float:
    """Return the mean loss of some examples."""
    losses = [loss(model(x), target) for x, target in zip(inputs, targets, strict=True)]
    return math.fsum(loss.data for loss in losses) / len(losses)


def without_scaling(model: MLP, scale: Scaler, scale_target: Scaler | None) -> MLP:
    """Return a copy of a network that takes raw inputs and returns raw numbers.

    The standardisation becomes part of its weights: w·(x - mean)/deviation + b is linear in x, and so is the inverse
    of a standardised target. Saving and drawing then need nothing but the network.
    """
    model = copy.deepcopy(model)
    for neuron in model.layers[0].neurons:
        for weight, center, deviation in zip(neuron.w, scale.means, scale.deviations, strict=True):
            weight.data /= deviation
            neuron.b.data -= weight.data * center
    if scale_target is not None:
        (center,), (deviation,) = scale_target.means, scale_target.deviations
        for neuron in model.layers[-1].neurons:
            for weight in neuron.w:
                weight.data *= deviation
            neuron.b.data = neuron.b.data * deviation + center
    return model
