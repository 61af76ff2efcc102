"""The steps of `fit`: replayed on flat arrays where that is possible, by eager code where it is not.

>>> from nn import MLP, SGD
>>> from nn.examples import Examples
>>> from nn.losses import squared_error
>>> model = MLP(2, [3, 1], seed=0)
>>> examples = Examples("fit", [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0])
>>> trainer = Trainer(model, squared_error, SGD(model.parameters(), lr=0.1), None, replay=True)
>>> [round(trainer.epoch(epoch, examples, 2, None), 3) for epoch in (1, 2)]
[1.216, 1.069]
>>> trainer.store()
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from math import isfinite
from typing import Any

import numpy as np

from autograd_tiny import AnomalyError, no_grad
from autograd_tiny.errors import OperandError, ShapeError
from autograd_tiny.support.at_once import assignments, consume
from autograd_tiny.support.console import counted
from nn.argument_checks import real_number
from nn.batches import RandomOrder
from nn.errors import NotFiniteError
from nn.examples import Batches, Examples
from nn.first_anomaly import batch_place, first_anomaly, plain_number
from nn.flat_updates import FlatUpdates, has_rule
from nn.history import History
from nn.losses import Loss
from nn.optimizers import ElementwiseOptimizer, Optimizer
from nn.replaying import Predictions, Replay, reason_of, reason_of_mismatch
from nn.schedules import Schedule, sees_its_step_only
from nn.training import Metric, Model, mean_loss, trained_parameters
from nn.updates import GRADIENT, changes, state_of


class Trainer:
    """The state of a training: takes the steps and evaluates the model.

    Args:
        model, loss, optimizer, schedule: those of `fit`.
        replay: whether to record the loss if possible.
        executor: of the replayed steps, as in `fit`.

    Attributes:
        parameters: of the model and the optimizer.
        history: its `runs` are filled; `fit` adds the rest.
        steps: how many were taken, of which a schedule may depend.
        loss_of: the loss of an input and a target, by eager code.
    """

    def __init__(
        self,
        model: Model,
        loss: Loss,
        optimizer: Optimizer,
        schedule: Schedule | None,
        *,
        replay: bool,
        executor: Any = None,
    ) -> None:
        self._executor = executor
        self.model, self.loss, self.optimizer, self.schedule = model, loss, optimizer, schedule
        self.loss_of: Loss = lambda x, target: loss(model(x), target)  # a method would be in a cycle with its program
        self.parameters = trained_parameters(model, optimizer)
        self.history = History()
        self._can_replay = self._can_predict = self._may_warn = replay
        self._replay: Replay | None = None
        self._noted: tuple[Replay | None, bool] = None, False  # what the history describes
        self._flat: FlatUpdates | None = None
        self._predictions: Predictions | None = None
        self._reason = "" if replay else "replay=False"
        self._reason_of_predictions = ""
        self._is_stale = False  # a function of the user ran since the arrays were loaded
        self._hides_rate = schedule is None or sees_its_step_only(schedule)
        self.steps = 0
        self._losses: list[float] = []  # of the latest batch, and the cause if one is not finite, by eager code
        self._cause = ""
        numbers = [parameter.data for parameter in self.parameters]
        self._before = numbers, [parameter.grad for parameter in self.parameters], state_of(optimizer)

    def check(self, examples: Examples | Batches) -> None:
        """Try the loss of examples that are unlike the others."""
        if isinstance(examples, Examples):
            examples.check(self.loss_of)

    # ── an epoch ──

    def epoch(self, epoch: int, examples: Examples | Batches, batch_size: int, source: RandomOrder | None) -> float:
        """Take a step for each batch, and return the mean loss of the examples.

        Args:
            epoch: its number, from 1.
            examples: all of them, or the batches.
            batch_size: the number of examples in a batch.
            source: of their order; None to keep it.
        """
        total, count, is_whole = 0.0, 0, isinstance(examples, Examples)
        if isinstance(examples, Examples):
            self._prepare(examples)
        with self._quiet(is_whole):
            for batch, (part, rows, size) in enumerate(self._dealt(epoch, examples, batch_size, source), start=1):
                if is_whole:
                    total += self._step(epoch, batch, part, rows) * size
                else:  # an iterable of the user, whose warnings are shown
                    with self._quiet():
                        total += self._step(epoch, batch, part, rows, is_whole=False) * size
                count += size
        self._note(epoch)
        return total / count

    def _quiet(self, is_quiet: bool = True) -> AbstractContextManager[None]:  # noqa: FBT001, FBT002 - it reads well
        """Return a context in which NumPy does not warn, if arrays are updated: a test of them raises an error."""
        return np.errstate(all="ignore") if is_quiet and self._flat is not None else nullcontext()

    def _dealt(
        self, epoch: int, examples: Examples | Batches, batch_size: int, source: RandomOrder | None
    ) -> Iterator[tuple[Examples, Any, int]]:
        """Yield examples, the rows of a batch among them, and their number."""
        if isinstance(examples, Batches):
            yield from self._checked(examples, epoch)
            return
        count = len(examples)
        order = self._order(count, batch_size, source)
        for start in range(0, count, batch_size):
            rows = slice(start, start + batch_size)
            yield examples, rows if order is None else order[rows], min(batch_size, count - start)

    def _order(self, count: int, batch_size: int, source: RandomOrder | None) -> Any:
        """Return the rows of an epoch, or None for those of a program in their order."""
        if self._replay is None:
            return range(count) if source is None else source.rows(count)
        if source is None or count > batch_size:
            return None if source is None else source.array(count)
        source.skip(count)
        return None  # of one batch, whose mean is the same in any order, up to rounding

    def _checked(self, batches: Batches, epoch: int) -> Iterator[tuple[Examples, Any, int]]:
        """Yield the batches of an iterable; what is wrong with them undoes the whole training."""
        source = batches.epoch(epoch, self._loss_of_checked)
        while True:
            try:
                examples = next(source, None)
            except Exception:
                self._undo()
                raise
            if examples is None:
                return
            if self._replay is not None and examples.kinds != self._replay.examples.kinds:
                self._give_up("the batches have examples of several shapes")
            self._prepare(examples)
            count = len(examples)
            yield examples, slice(None) if self._replay is not None else range(count), count

    def _loss_of_checked(self, x: Any, target: Any) -> Any:
        self.store()
        return self.loss_of(x, target)

    def _prepare(self, examples: Examples) -> None:
        """Record the loss at the first step, and again if the function has changed."""
        if not self._can_replay or (self._replay is not None and not self._is_stale):
            return
        if self._replay is None or not self._replay.is_valid():
            self._record(examples)
        elif self._flat is not None:
            self._flat.load()
        self._is_stale = False

    def _record(self, examples: Examples) -> None:
        self.close()
        self._flat = self._predictions = None
        if not examples.are_uniform:
            self._give_up("the examples are not numbers of one shape")
            return
        try:
            self._replay = Replay(self.loss_of, self.parameters, examples, self._executor)
        except Exception as error:  # noqa: BLE001 - eager code works, or raises the same error in the right place
            self._give_up(reason_of(error, self.loss, self.model))
            return
        if isinstance(self.optimizer, ElementwiseOptimizer) and has_rule(self.optimizer):
            self._flat = FlatUpdates(self._replay.program, self.parameters, self.optimizer)

    def _give_up(self, reason: str) -> None:
        """Let eager code compute from here on."""
        self.store()
        self.close()
        self._replay = self._flat = self._predictions = None
        self._can_replay, self._reason = False, reason

    # ── a step ──

    def _step(self, epoch: int, batch: int, examples: Examples, rows: Any, *, is_whole: bool = True) -> float:
        """Take one step and return the loss before it; a step that fails or is interrupted is undone.

        Args:
            epoch: its number, from 1.
            batch: its number in the epoch, from 1.
            examples: all, or those of the batch.
            rows: of the batch among these.
            is_whole: whether these are all examples.
        """
        try:
            loss = self._backward(examples, rows)
        except AnomalyError as error:
            if error.anomalies:
                place, _ = self._culprit(epoch, batch, examples, rows, is_whole=is_whole, like=error.anomalies[0])
                raise error.at(f"\n  It began in {place}.") from None
            place = batch_place(epoch, batch, rows if is_whole else slice(None), error.example)
            raise error.at(f" {'in' if error.example is None else 'of'} {place}") from None
        except Exception:
            if epoch == 1:  # later ones have seen all examples
                self._undo()
            raise
        if not isfinite(loss):
            if self._flat is not None:
                self._flat.forget_gradients()
            _, cause = self._culprit(epoch, batch, examples, rows, is_whole=is_whole, is_infinite=True)
            raise NotFiniteError(epoch, batch, loss, "the loss", cause=cause or self._cause)
        if self.schedule is not None:
            self._set_rate(self.schedule)
        if not (self._update() if self._flat is None else self._flat.update()):
            _, cause = self._culprit(epoch, batch, examples, rows, is_whole=is_whole)
            raise NotFiniteError(epoch, batch, loss, "a parameter", cause=cause)
        self.steps += 1
        return loss

    def _culprit(
        self, epoch: int, batch: int, examples: Examples, rows: Any, *, is_whole: bool, **sought: Any
    ) -> tuple[str, str]:
        """Return the place of the example in a batch that first makes inf or nan, and the cause with this place."""
        self.store()
        numbers = range(len(examples))[rows] if isinstance(rows, slice) else rows
        losses = self._losses if self._replay is None else ()
        pairs = [examples[int(row)] for row in numbers]
        example, cause = first_anomaly(self.loss_of, pairs, expected=losses, **sought)
        place = batch_place(epoch, batch, numbers if is_whole else slice(None), example)
        return place, cause and f"It began in {place}:\n{cause}"

    def _backward(self, examples: Examples, rows: Any) -> float:
        """Return the mean loss of the examples at these rows, and compute the gradients of the parameters."""
        if self._flat is not None and self._replay is not None:
            losses = self._flat.differentiate(*self._replay.batch(rows, examples))
            return float(np.add.reduce(losses)) / len(losses)
        self.optimizer.zero_grad()
        if self._replay is not None:
            return self._replay.backward(rows, examples)
        each = [self.loss_of(*examples[row]) for row in rows]
        loss, self._losses = mean_loss("fit", each), list(map(plain_number, each))
        if isfinite(loss.data):
            loss.backward()
        else:
            self._cause = "\n".join(anomaly.text for anomaly in loss.trace().anomalies()[:1])
        return loss.data

    def _set_rate(self, schedule: Schedule) -> None:
        """Set the learning rate of the next update; a schedule that may look at Values sees them as they are."""
        if self._hides_rate or self._flat is None:
            self.optimizer.lr = schedule(self.steps)
            return
        self._flat.store()
        self.optimizer.lr = schedule(self.steps)
        self._flat.load()

    def _update(self) -> bool:
        """Let the optimizer update the Values, or none of them if one would not be finite."""
        before = [parameter.data for parameter in self.parameters]
        restore = changes(self.parameters, before, self.optimizer, state_of(self.optimizer))
        try:
            self.optimizer.step()
            if all(isfinite(parameter.data) for parameter in self.parameters):
                return True
        except BaseException:
            consume(restore)
            raise
        consume(restore)
        return False

    def store(self) -> None:
        """Write the Values and the optimizer: a function of the user may read and change them."""
        if self._flat is not None:
            self._flat.store()
        self._is_stale = True

    def close(self) -> None:
        """Shut down the workers that were started for this training."""
        if self._replay is not None:
            self._replay.close()

    def _undo(self) -> None:
        """Restore parameters, gradients and optimizer as they were before the training."""
        if self._flat is not None:
            self._flat.discard()
        numbers, gradients, state = self._before
        restore = changes(self.parameters, numbers, self.optimizer, state)
        consume(chain(restore, assignments(self.parameters, GRADIENT, gradients)))

    # ── after an epoch ──

    def measure(
        self, epoch: int, training: Examples | Batches, validation: Examples | None, metrics: Mapping[str, Metric]
    ) -> tuple[float | None, dict[str, float]]:
        """Return the mean validation loss, and the metrics of all predictions and targets."""
        examples = training if validation is None else validation
        if (validation is None and not metrics) or isinstance(examples, Batches):
            return None, {}
        loss = None if validation is None else self._replayed_loss(validation)
        predictions, targets = [], examples.lists()[1] if metrics or loss is None else []
        if metrics or (validation is not None and loss is None):
            self.store()
            predictions = self._predict(examples)
        if validation is not None and loss is None:
            loss = self._eager_loss(predictions, targets)
        if loss is not None and not isfinite(loss):
            self.store()
            example, cause = first_anomaly(self.loss_of, examples, is_infinite=True)
            where = f"It began in example {example} of the validation data (examples count from 0):\n"
            raise NotFiniteError(epoch, None, loss, "the validation loss", cause=cause and where + cause)
        measured = {name: metric(predictions, targets) for name, metric in metrics.items()}
        return loss, {
            name: real_number("fit", f"the result of metrics[{name!r}]", measured[name]) for name in measured
        }

    def _replayed_loss(self, examples: Examples) -> float | None:
        """Return the mean loss of all examples by the program; None if it cannot compute it."""
        if self._replay is None or not examples.are_uniform:
            return None
        try:
            return self._replay.mean_loss(examples, load=self._flat is None)
        except (OperandError, ShapeError):  # of another shape than the examples of the training
            return None

    def _eager_loss(self, predictions: list[Any], targets: list[Any]) -> float:
        with no_grad():
            losses = [self.loss(prediction, target) for prediction, target in zip(predictions, targets, strict=True)]
        numbers = [real_number("fit", "validation loss", loss) for loss in losses]
        return sum(numbers) / len(numbers)

    def _predict(self, examples: Examples) -> list[Any]:
        """Return the predictions for all inputs, Values without a graph."""
        if self._can_predict and self._replay is not None and examples.are_uniform:
            try:
                if self._predictions is None:
                    self._predictions = Predictions(self.model, self.parameters, examples)
                return self._predictions.of_all(examples)
            except Exception as error:  # noqa: BLE001 - as in _record
                self._predictions, self._can_predict = None, False
                self._reason_of_predictions = reason_of(error, self.model)
        with no_grad():
            return [self.model(examples[row][0]) for row in range(len(examples))]

    # ── what ran ──

    def _note(self, epoch: int) -> None:
        """Add to the history what the steps of this epoch ran, if it changed."""
        replay = self._replay
        is_partly_eager = replay is not None and replay.program.eager_examples > 0
        if self.history.runs and self._noted == (replay, is_partly_eager):
            return
        self._noted = replay, is_partly_eager
        if self._replay is None:
            run = f"eager code, one example after another: {self._reason}"
        else:
            how = "flat arrays" if self._flat is not None else "the Values"
            run = f"replayed, {self._replay.describe()}; {type(self.optimizer).__name__} on {how}"
            if is_partly_eager:
                run += f"; examples by eager code where {self._why_partly_eager()}"
        self.history.runs.append(f"epoch {epoch}: {run}")

    def _why_partly_eager(self) -> str:
        mismatch = None if self._replay is None else self._replay.program.mismatch
        return "a position is not in a list" if mismatch is None else reason_of_mismatch(mismatch)

    def reasons_of_eager_code(self, epoch: int) -> Iterator[str]:
        """Yield once why examples were computed by eager code, if they were."""
        if not self._may_warn:
            return
        remedy = "replay=False computes them so without this warning"
        if self._replay is None:
            self._may_warn = False
            yield f"fit computes one example after another by eager code, since {self._reason}; {remedy}"
        elif self._replay.program.eager_examples:
            self._may_warn = False
            examples, why = counted(self._replay.program.eager_examples, "example"), self._why_partly_eager()
            yield f"fit computed {examples} by eager code up to epoch {epoch}, where {why}; {remedy}"
        elif self._reason_of_predictions:
            self._may_warn = False
            yield f"fit computes predictions by eager code, since {self._reason_of_predictions}; {remedy}"
