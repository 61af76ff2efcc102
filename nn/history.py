"""The history of a training: its curves, its best epoch, and a progress bar.

>>> history = History(loss=[0.9, 0.4, 0.2], metrics={"accuracy": [0.5, 0.75, 1.0]})
>>> history
History(3 epochs, loss 0.9 → 0.2, accuracy 0.5 → 1)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

from autograd_tiny import Value


@dataclass(slots=True, repr=False)
class History:
    """The losses and metrics of a training, one number an epoch.

    Attributes:
        loss: the mean loss of the training examples, each computed before the step of its batch.
        validation_loss: the mean loss of the validation examples after the epoch; empty if there are none.
        metrics: the metrics after the epoch, by name.
        interrupted: whether Ctrl-C ended the training.
        runs: what each step ran, a program or eager code and why; one text for the first epoch, and one for each in
            which it changed.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = False
    runs: list[str] = field(default_factory=list)

    def add(self, loss: float, validation_loss: float | None, metrics: dict[str, float]) -> None:
        """Add the numbers of one epoch.

        >>> history = History(metrics={"accuracy": []})
        >>> history.add(0.9, None, {"accuracy": 0.5})
        >>> history
        History(1 epoch, loss 0.9 → 0.9, accuracy 0.5 → 0.5)
        """
        self.loss.append(loss)
        if validation_loss is not None:
            self.validation_loss.append(validation_loss)
        for name, number in metrics.items():
            self.metrics[name].append(number)

    def __repr__(self) -> str:
        count = len(self.loss)
        curves = {"loss": self.loss, "validation loss": self.validation_loss} | self.metrics
        spans = [f"{name} {curve[0]:.3g} → {curve[-1]:.3g}" for name, curve in curves.items() if curve]
        parts = [f"{count} epoch{'s' * (count != 1)}", *spans, *["interrupted"] * self.interrupted]
        return f"History({', '.join(parts)})"


class EarlyStopping:
    """Early stopping: keeps the parameters of the epoch with the smallest validation loss."""

    def __init__(self, parameters: list[Value], patience: int) -> None:
        self.parameters, self.patience = parameters, patience
        self.loss, self.waited = inf, 0
        self.numbers = [parameter.data for parameter in parameters]

    def update(self, loss: float) -> bool:
        """Add the next validation loss, and return whether it is time to stop."""
        self.waited += 1
        if loss < self.loss:
            self.loss, self.waited = loss, 0
            self.numbers = [parameter.data for parameter in self.parameters]
        return self.waited >= self.patience


@contextmanager
def progress_bar(epochs: int, *, show: bool) -> Iterator[Callable[[History], None]]:
    """Show a progress bar if `show` is True and there is a terminal; yield a function that advances it one epoch."""
    if not show:
        yield lambda history: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("epochs", total=epochs)
        yield lambda history: bar.update(task, advance=1, description=f"loss {history.loss[-1]:.4g}")
