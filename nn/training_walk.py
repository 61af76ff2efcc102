"""A training that goes on by one update, or back by one: for `debug_training`.

>>> from nn import SGD, Neuron
>>> line = Neuron(1, nonlin=False, seed=0)
>>> optimizer = SGD(line.parameters(), lr=0.1)
>>> walk = TrainingWalk(line, [0.0, 1.0], [1.0, 3.0], loss="squared_error", optimizer=optimizer, epochs=5)
>>> before = line.b.data
>>> walk.forward()
>>> walk.update, line.b.data == before
(1, False)
>>> walk.back()
>>> walk.update, line.b.data == before
(0, True)
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, TypeAlias

from autograd_tiny import AnomalyError, Value, record_lines
from autograd_tiny.support.at_once import consume
from autograd_tiny.support.console import counted
from autograd_tiny.support.user_frames import user_frame
from nn.argument_checks import choose, number_between, positive_integer, real_number, require_flag
from nn.batches import batches, checked_examples
from nn.errors import NotFiniteError
from nn.first_anomaly import batch_place, first_anomaly, is_called, plain_number
from nn.history import History
from nn.initializers import Seed, generator
from nn.losses import LOSSES, Loss
from nn.optimizers import Optimizer, clip_gradient_norm, clip_gradient_value
from nn.schedules import Schedule
from nn.training import Model, check_types, mean_loss, trained_parameters
from nn.update_records import UpdateRecord, clipping, numbers_of
from nn.updates import changes, set_gradients, state_of

Generators: TypeAlias = tuple[Any, Any]
"""The state of the generator of the order of examples, and that of Python's own generator."""

KEPT: Final = 200
"""The number of updates that are kept to go back to, by default."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a training between two updates, to be restored.

    Attributes:
        update: how many updates are done.
        batches: the batches of the epoch, each a list of rows.
        numbers, gradients: of the parameters.
        raw: the gradients of the latest update before they were clipped.
        norm: of the gradients before `clip_norm`, if they were clipped.
        state: of the optimizer.
        generators: before the forward pass of the next update.
    """

    update: int
    batches: list[list[int]]
    numbers: list[float]
    gradients: list[float]
    raw: list[float]
    norm: float | None
    state: dict[str, Any]
    generators: Generators


@dataclass(frozen=True, slots=True)
class Pass:
    """The forward pass of the next update.

    Attributes:
        moment: the state in which it was computed.
        root: the mean loss of the batch; the loss itself of a single example.
        examples: the row and the loss of each example.
        losses: the numbers of all losses.
        generators: after this forward pass.
        changed: its loss, if the model had computed another one before; None if it repeats itself.
        gradients: those of the parameters, once they are computed.
    """

    moment: Moment
    root: Value
    examples: list[tuple[int, Value]]
    losses: list[float]
    generators: Generators
    changed: float | None
    gradients: list[float] = field(default_factory=list)


class TrainingWalk:
    """A training that goes on by one update, or back by one.

    Arguments are those of `debug_training`.

    Attributes:
        parameters: of the model and the optimizer.
        losses: the loss of each update that was reached, before it, also of the next one.
        total: the number of updates of the whole training.
        updates_per_epoch: the number of batches.
        has_schedule: whether the learning rate changes.
    """

    def __init__(
        self,
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
        clip_norm: float | None = None,
        clip_value: float | None = None,
        history: int = KEPT,
    ) -> None:
        place = "debug_training"
        inputs, targets = checked_examples(place, inputs, targets)
        for name, count in (("epochs", epochs), ("batch_size", batch_size), ("history", history)):
            positive_integer(place, name, count)
        for name, limit in (("clip_norm", clip_norm), ("clip_value", clip_value)):
            if limit is not None:
                number_between(place, name, limit, 0.0)
        require_flag(place, "shuffle", shuffle)
        check_types(place, model, optimizer, schedule)
        self.model, self.inputs, self.targets = model, inputs, targets
        self.loss_function = choose("loss", loss, LOSSES, place=place)
        self.optimizer, self.schedule = optimizer, schedule
        self.epochs, self.batch_size, self.shuffle = epochs, batch_size, shuffle
        self.has_schedule = schedule is not None
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.parameters = trained_parameters(model, optimizer)
        self._places = {parameter: place for place, parameter in enumerate(self.parameters)}
        self._updated = {parameter: place for place, parameter in enumerate(optimizer.parameters)}
        self.updates_per_epoch = -(-len(inputs) // batch_size)
        self.total = epochs * self.updates_per_epoch
        self.losses: list[float] = []
        self._kept, self._source = history, generator(seed)
        first = self._moment(0, self._deal(), [], None)
        self._moments = {0: first}
        self._pass = self._forward_pass(first)

    # ── the place ──

    @property
    def title(self) -> str:
        """The model, the optimizer, and how long the training is."""
        describe = getattr(self.model, "describe", None)
        model = describe() if callable(describe) else type(self.model).__name__
        rule, _, count = re.sub(r", \w+=(?:0\.0|False)\b(?!\.)", "", repr(self.optimizer)).rpartition(" of ")
        length = counted(self.total, "update")
        if self.updates_per_epoch > 1:
            length = f"{counted(self.epochs, 'epoch')} of {self.updates_per_epoch} updates"
        return f"Training of {model}: {count}, {counted(len(self.inputs), 'example')}, {length} by {rule}."

    @property
    def update(self) -> int:
        """The number of updates that are done."""
        return self._pass.moment.update

    @property
    def oldest(self) -> int:
        """The smallest number of updates that the training can go back to."""
        return min(self._moments)

    @property
    def epoch(self) -> int:
        """The number of the epoch of the next update, from 1."""
        return min(self.update, self.total - 1) // self.updates_per_epoch + 1

    @property
    def batch(self) -> int:
        """The number of the batch of the next update in its epoch, from 1."""
        return min(self.update, self.total - 1) % self.updates_per_epoch + 1

    @property
    def loss(self) -> float:
        """The loss of the next update."""
        return self._pass.root.data

    @property
    def changed(self) -> float | None:
        """The loss of the next update if the model had computed another one before."""
        return self._pass.changed

    @property
    def lr(self) -> float:
        """The learning rate of the next update."""
        if self.schedule is None:
            return self.optimizer.lr
        return real_number(type(self.optimizer).__name__, "lr", self.schedule(self.update))

    @property
    def root(self) -> Value:
        """The node of the loss of the next update."""
        return self._pass.root

    @property
    def examples(self) -> list[tuple[int, Value]]:
        """The row and the loss of each example of the next update."""
        return self._pass.examples

    def history(self) -> History:
        """Return the losses of the complete epochs, as `fit` does."""
        history = History()
        for epoch in range(1, self.update // self.updates_per_epoch + 1):
            history.add(self.mean_loss(epoch), None, {})
        return history

    def mean_loss(self, epoch: int) -> float:
        """Return the mean of the losses of the examples in an epoch, from 1, that is over."""
        total, count, end = 0.0, 0, epoch * self.updates_per_epoch
        for loss in self.losses[end - self.updates_per_epoch : end]:
            size = min(self.batch_size, len(self.inputs) - count)
            total += loss * size
            count += size
        return total / count

    # ── moving ──

    def forward(self) -> None:
        """Do the next update, or restore it; an update that fails or is interrupted is undone.

        Raises:
            NotFiniteError: the loss is not finite, or a parameter would become so.
        """
        self._restore(self._pass.moment, self._pass.generators)  # also heals what a second Ctrl-C left half restored
        try:
            moment = self._moments.get(self.update + 1) or self._step()
            following = self._forward_pass(moment)
            self._moments[moment.update] = moment
            while len(self._moments) > self._kept + 1:
                del self._moments[self.oldest]
            self._pass = following
        except BaseException:
            self._restore(self._pass.moment, self._pass.generators)
            raise

    def back(self, count: int = 1) -> None:
        """Undo the latest updates: restore all numbers. They must be kept, see `oldest`."""
        try:
            self._pass = self._forward_pass(self._moments[self.update - count])
        except BaseException:
            self._restore(self._pass.moment, self._pass.generators)
            raise

    def finish(self) -> None:
        """Leave the model, the optimizer and the generators in the state shown."""
        self._restore(self._pass.moment, self._pass.moment.generators)

    def gradients(self) -> list[float]:
        """Return the gradients of the parameters for the next update, before they are clipped."""
        if not self._pass.gradients:
            self.optimizer.zero_grad()
            try:
                self._pass.root.backward()
                self._pass.gradients.extend([parameter.grad for parameter in self.parameters])
            except AnomalyError as error:
                raise error.at(f"\n  It began in {self._place(error.anomalies[0])}.") from None
            finally:
                set_gradients(self.parameters, self._pass.moment.gradients)
        return self._pass.gradients

    def record(self, parameter: Value) -> UpdateRecord | None:
        """Return how a parameter was updated by the latest update; None if it was not, or that is not kept."""
        before, after = self._moments.get(self.update - 1), self._pass.moment
        updated = self._updated.get(parameter)
        if before is None or updated is None:
            return None
        place = self._places[parameter]
        state = {**before.state, "_lr": after.state["_lr"]}
        numbers = numbers_of(state, updated, len(self._updated))
        clipped, limits = clipping(after.norm, self.clip_norm, self.clip_value)
        numbers = {"p": before.numbers[place], "g": after.raw[place], **numbers, **limits}
        formulas = self.optimizer.formulas()
        return UpdateRecord(
            type(self.optimizer).__name__,
            before.numbers[place],
            after.numbers[place],
            (*clipped, *formulas) if formulas else (),
            numbers,
        )

    def _step(self) -> Moment:
        """Do the next update, and return the state after it."""
        if not isfinite(self.loss):
            raise NotFiniteError(self.epoch, self.batch, self.loss, "the loss", cause=self._cause())
        gradients, norm = self.gradients(), None
        set_gradients(self.parameters, gradients)
        if self.clip_norm is not None:
            norm = clip_gradient_norm(self.optimizer.parameters, self.clip_norm)
        if self.clip_value is not None:
            clip_gradient_value(self.optimizer.parameters, self.clip_value)
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(self.update)
        self.optimizer.step()
        if not all(isfinite(parameter.data) for parameter in self.parameters):
            self._restore(self._pass.moment, self._pass.generators)
            raise NotFiniteError(self.epoch, self.batch, self.loss, "a parameter", cause=self._cause())
        update = self.update + 1
        starts_epoch = update % self.updates_per_epoch == 0 and update < self.total
        dealt = self._deal() if starts_epoch else self._pass.moment.batches
        return self._moment(update, dealt, gradients, norm)

    def _cause(self) -> str:
        """Return where inf or nan began in the pass of the next update, and why, with the line of the program."""
        moment = self._pass.moment
        root, _ = self._with_lines(moment, self._rows(moment)) or (self._pass.root, [])
        self._restore(moment, self._pass.generators)
        found = root.trace().anomalies() if repr(root.data) == repr(self.loss) else []
        return f"It began in {self._place(found[0])}:\n{found[0].text}" if found else ""

    def _place(self, anomaly: Any) -> str:
        """Return the words for the batch of the next update, and for its example that has an anomaly of its graph."""
        moment, rows = self._pass.moment, self._rows(self._pass.moment)
        self._restore(moment, moment.generators)
        examples = [(self.inputs[row], self.targets[row]) for row in rows]
        example, _ = first_anomaly(self._loss_of, examples, expected=self._pass.losses, like=anomaly)
        self._restore(moment, self._pass.generators)
        return batch_place(self.epoch, self.batch, rows, example)

    def _loss_of(self, x: Any, target: Any) -> Any:
        return self.loss_function(self.model(x), target)

    def _deal(self) -> list[list[int]]:
        """Return the batches of the next epoch, drawn as `fit` draws them."""
        rows = list(range(len(self.inputs)))
        dealt = batches(rows, rows, self.batch_size, shuffle=self.shuffle, seed=self._source)
        return [batch for batch, _ in dealt]

    def _moment(self, update: int, dealt: list[list[int]], raw: list[float], norm: float | None) -> Moment:
        """Return the state as it is."""
        numbers = [parameter.data for parameter in self.parameters]
        gradients = [parameter.grad for parameter in self.parameters]
        return Moment(update, dealt, numbers, gradients, raw, norm, state_of(self.optimizer), self._generators())

    def _generators(self) -> Generators:
        return self._source.getstate(), random.getstate()

    def _restore(self, moment: Moment, generators: Generators) -> None:
        """Restore a state, bit for bit."""
        state = {
            name: copy(thing) if isinstance(thing, list | dict) else thing for name, thing in moment.state.items()
        }
        consume(changes(self.parameters, moment.numbers, self.optimizer, state))
        set_gradients(self.parameters, moment.gradients)
        self._source.setstate(generators[0])
        random.setstate(generators[1])

    def _forward_pass(self, moment: Moment) -> Pass:
        """Restore a state, and compute the loss of the next update; at the end, of the last batch once more.

        A loss that is not finite is computed anew with the lines of the program, if it has any.
        """
        rows = self._rows(moment)
        root, losses = self._losses(moment, rows)
        if not isfinite(root.data):
            root, losses = self._with_lines(moment, rows) or (root, losses)
        examples = [(row, loss) for row, loss in zip(rows, losses, strict=True) if isinstance(loss, Value)]
        changed = self._compare(moment.update, root.data)
        return Pass(moment, root, examples, list(map(plain_number, losses)), self._generators(), changed)

    def _losses(self, moment: Moment, rows: list[int]) -> tuple[Value, list[Any]]:
        """Restore a state, and return the loss of a batch, and the losses of its examples."""
        self._restore(moment, moment.generators)
        losses = [self._loss_of(self.inputs[row], self.targets[row]) for row in rows]
        # the mean of one number is that number
        is_alone = len(losses) == 1 and isinstance(losses[0], Value)
        root = losses[0] if is_alone else mean_loss("debug_training", losses)
        if root.primitive is not None and not root.label:
            root.label = "loss"
        return root, losses

    def _with_lines(self, moment: Moment, rows: list[int]) -> tuple[Value, list[Any]] | None:
        """Return the same, with the lines that made the nodes; None if the training has no function of the user."""
        start = user_frame()
        with record_lines():
            root, losses = self._losses(moment, rows)
        return (root, losses) if any(is_called(node.line, start) for node in root.trace().nodes) else None

    def _rows(self, moment: Moment) -> list[int]:
        """Return the batch of the next update; at the end the last one."""
        return moment.batches[min(moment.update, self.total - 1) % self.updates_per_epoch]

    def _compare(self, update: int, loss: float) -> float | None:
        """Add the loss of an update to the losses; return it if another one is there already."""
        if len(self.losses) == update:
            self.losses.append(loss)
        return None if repr(self.losses[update]) == repr(loss) else loss
