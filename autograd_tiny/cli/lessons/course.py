"""What is noted of a training, epoch by epoch, for tables and pictures.

>>> course = Course("cross-entropy", test=[1.1, 0.2])
>>> len(course.test)
2
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Course:
    """One training.

    Attributes:
        loss: name of the loss.
        train, test: the mean losses, before the first epoch and after each.
        path: at the same times, the outputs for one example that is watched.
        predictions: the outputs for all test examples at the end.
    """

    loss: str
    train: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    path: list[list[float]] = field(default_factory=list)
    predictions: list[list[float]] = field(default_factory=list)
