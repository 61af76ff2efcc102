"""Save the whole state of a training to a file, to go on from it after a crash as if nothing had happened.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from nn import SGD, Neuron, fit
>>> def train(epochs, checkpoint=None):
...     line = Neuron(1, seed=0)
...     optimizer = SGD(line.parameters(), lr=0.1, momentum=0.9)
...     settings = {"loss": "squared_error", "optimizer": optimizer, "seed": 0, "batch_size": 1}
...     fit(line, [0.0, 1.0, 2.0], [1.0, 2.0, 3.0], epochs=epochs, checkpoint=checkpoint, **settings)
...     return [parameter.data for parameter in line.parameters()]
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "run.json")
...     _ = train(2, path)  # and here the program ends
...     train(5, path) == train(5)
True
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final

from autograd_tiny.errors import shorten
from autograd_tiny.support.at_once import consume
from autograd_tiny.support.atomic_files import write_whole
from nn.argument_checks import positive_integer
from nn.batches import RandomOrder
from nn.checkpoint_settings import OF_OPTIMIZER
from nn.errors import ArgumentError, ArgumentTypeError
from nn.history import EarlyStopping
from nn.trainer import Trainer
from nn.updates import changes, state_of

FORMAT: Final = "autograd_tiny.nn checkpoint"
VERSION: Final = 1
WIDTH: Final = 100
"""Of a setting in a message."""
PLURAL: Final = {"inputs", "targets", "metrics", f"{OF_OPTIMIZER}betas"}
CONTEXT: Final = 24
"""Characters before the first that differs."""


class Checkpoint:
    """The file of a training.

    Args:
        path: of the file; the training goes on from it if it is there. None to save nothing.
        every: the number of epochs between two savings.
        state: of the training.
        settings: what must be the same when the training goes on.

    Raises:
        ArgumentTypeError: the path is none.
        ArgumentError: the number of epochs is less than 1.
    """

    def __init__(self, path: Any, every: Any, state: TrainingState, settings: Mapping[str, Any]) -> None:
        if not isinstance(path, str | os.PathLike | None):
            raise ArgumentTypeError("fit", "checkpoint", path, "a path, such as 'run.json'")
        self.path = None if path is None else Path(path)
        self.every = positive_integer("fit", "every", every)
        self._state, self._settings = state, dict(settings)

    def resume(self, epochs: int) -> range:
        """Restore the state that the file has, if it is there, and return the numbers of the epochs that are left.

        Raises:
            ArgumentError: the file is not that of this training; nothing has changed.
            OSError: it cannot be read.
        """
        if self.path is None or not self.path.exists():
            return range(1, epochs + 1)
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            raise self._refusal("it is not JSON") from None
        if not isinstance(content, dict) or not _has_heads(content):
            raise self._refusal(f"it has no format {FORMAT!r} of version {VERSION}")
        self._compare(content, epochs)
        try:
            done = self._state.restore(content["state"])
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise self._refusal(f"its state is incomplete ({type(error).__name__}: {error})") from None
        self._settings |= content["settings"]  # those at the start
        return range(0) if content["is_over"] else range(done + 1, epochs + 1)

    def save(self, epoch: int, *, is_last: bool, is_over: bool) -> None:
        """Write the file as a whole, if it is time to.

        Args:
            epoch: its number.
            is_last: whether the training ends with it.
            is_over: whether it would end with it whatever the number of epochs.

        Raises:
            OSError: it cannot be written; an old file is left unchanged.
        """
        if self.path is not None and (is_last or epoch % self.every == 0):
            content = {"format": FORMAT, "version": VERSION, "settings": self._settings, "is_over": is_over}
            text = json.dumps({**content, "state": self._state.content(epoch)}, allow_nan=False)
            write_whole(self.path, text.encode())

    def _compare(self, content: dict[str, Any], epochs: int) -> None:
        """Compare the settings that a file has with those of this training; old files lack some.

        Raises:
            ArgumentError: one differs, or the file has more epochs.
        """
        settings, state = content["settings"], content.get("state")
        for name, setting in self._settings.items():
            saved = settings.get(name, setting)
            if saved != setting and not _was_changed(name, setting, state):
                was, now = _parts(saved, setting)
                verb, that = ("are", "those") if name in PLURAL else ("is", "that")
                raise self._refusal(f"its {name} {verb} {was}, {that} of this training {now}")
        done = state.get("epoch") if isinstance(state, dict) else None
        if isinstance(done, int) and done > epochs:
            problem = f"it has {done} epochs already, more than epochs={epochs}"
            raise self._refusal(problem, f"pass epochs={done} or more, ")

    def _refusal(self, problem: str, remedy: str = "") -> ArgumentError:
        taken = (
            f"the file of an earlier run of this training; {problem}; {remedy}name another file, or delete this one"
        )
        return ArgumentError("fit", "checkpoint", str(self.path), taken)


class TrainingState:
    """All that the next epoch depends on.

    Args:
        trainer: with parameters, optimizer, history and the number of steps.
        order: of the examples.
        early_stopping: None without patience.
    """

    def __init__(self, trainer: Trainer, order: RandomOrder, early_stopping: EarlyStopping | None) -> None:
        self.trainer, self.order, self.early_stopping = trainer, order, early_stopping

    def content(self, epoch: int) -> dict[str, Any]:
        """Return the state after an epoch as JSON has it."""
        trainer, stopping = self.trainer, self.early_stopping
        trainer.store()
        history = trainer.history
        return {
            "epoch": epoch,
            "steps": trainer.steps,
            "parameters": [parameter.data for parameter in trainer.parameters],
            "optimizer": {name: _packed(x) for name, x in state_of(trainer.optimizer).items() if _is_plain(x)},
            "loss": _packed(history.loss),
            "validation_loss": _packed(history.validation_loss),
            "metrics": {name: _packed(numbers) for name, numbers in history.metrics.items()},
            "runs": history.runs,
            "order": self.order.state(),
            "stopping": stopping and [_packed(stopping.loss), stopping.waited, stopping.numbers],
        }

    def restore(self, content: Mapping[str, Any]) -> int:
        """Set the state, and return its epoch.

        Raises:
            KeyError, TypeError, ValueError: the content is incomplete; nothing has changed.
        """
        trainer, before = self.trainer, self.order.state()
        history, optimizer = trainer.history, trainer.optimizer
        epoch, steps, runs = int(content["epoch"]), int(content["steps"]), list(map(str, content["runs"]))
        state = {name: _unpacked(x) for name, x in content["optimizer"].items()}
        numbers = [float(number) for number in content["parameters"]]
        loss, validation_loss = _unpacked(content["loss"]), _unpacked(content["validation_loss"])
        stopping = content["stopping"]
        metrics = {name: _unpacked(content["metrics"][name]) for name in history.metrics}
        if len(numbers) != len(trainer.parameters) or state.keys() - vars(optimizer).keys():
            raise ValueError("it is of other parameters")
        self.order.restore(content["order"])
        try:
            self._restore_stopping(stopping)
        except (TypeError, ValueError):
            self.order.restore(before)
            raise
        trainer.steps, history.loss, history.validation_loss, history.runs = steps, loss, validation_loss, runs
        history.metrics.update(metrics)
        consume(changes(trainer.parameters, numbers, optimizer, state))
        return epoch

    def _restore_stopping(self, stopping: Any) -> None:
        if self.early_stopping is not None:
            loss, waited, numbers = stopping
            numbers = [float(number) for number in numbers]
            self.early_stopping.loss, self.early_stopping.waited = _unpacked(loss), int(waited)
            self.early_stopping.numbers = numbers


def _was_changed(name: str, setting: Any, state: Any) -> bool:
    """Return whether an optimizer has a setting that was changed during the training, such as its learning rate."""
    optimizer = state.get("optimizer") if isinstance(state, dict) else None
    attribute = name.removeprefix(OF_OPTIMIZER)
    if attribute == name or not isinstance(optimizer, dict):
        return False
    return setting in (optimizer.get(attribute), optimizer.get(f"_{attribute}"))


def _parts(saved: Any, setting: Any) -> tuple[str, str]:
    """Return two settings for a message; of long texts the parts that differ."""
    if isinstance(saved, str) and isinstance(setting, str):
        same = next((k for k, (x, y) in enumerate(zip(saved, setting, strict=False)) if x != y), 0)
        start = same - CONTEXT if same > 2 * CONTEXT else 0
        saved, setting = ("…" * (start > 0) + text[start:] for text in (saved, setting))
    return shorten(saved, WIDTH), shorten(setting, WIDTH)


def _has_heads(content: dict[str, Any]) -> bool:
    """Return whether a file is a checkpoint of this version."""
    names = content.get("format"), content.get("version"), type(content.get("settings")), type(content.get("is_over"))
    return names == (FORMAT, VERSION, dict, bool)


def _is_plain(thing: Any) -> bool:
    """Return whether JSON can hold an attribute of an optimizer; functions are those of the caller."""
    return isinstance(thing, float | int | str | None) or (
        isinstance(thing, list | tuple) and all(isinstance(x, float | int) for x in thing)
    )


def _packed(thing: Any) -> Any:
    """Return numbers as JSON has them: inf and nan as text."""
    if isinstance(thing, list | tuple):
        packed = list(map(_packed, thing))
        return packed if isinstance(thing, list) else {"tuple": packed}
    return thing if not isinstance(thing, float) or isfinite(thing) else {"float": repr(thing)}


def _unpacked(thing: Any) -> Any:
    if isinstance(thing, list):
        return list(map(_unpacked, thing))
    if isinstance(thing, dict):
        return tuple(map(_unpacked, thing["tuple"])) if "tuple" in thing else float(thing["float"])
    return thing
