"""What happened in a training, epoch by epoch.

>>> history = History(loss=[0.9, 0.4, 0.2], metrics={"accuracy": [0.5, 0.75, 1.0]})
>>> history
History(3 epochs, loss 0.9 → 0.2, accuracy 0.5 → 1)
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, repr=False)
class History:
    """The curves of a training, one number an epoch.

    Attributes:
        loss: the mean loss of the examples, each taken when its batch had its turn.
        validation_loss: the mean loss of the validation examples at the end of the epoch; empty without any.
        metrics: by name, the metrics at the end of the epoch.
        interrupted: whether Ctrl-C ended the training.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = False

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
