"""The flowers of the lesson on iris, and what is noted of a training, epoch by epoch.

>>> flowers = Flowers(train=[Flower([0.5], [0.0, 1.0])], test=[Flower([0.25], [1.0, 0.0])], species=("a", "b"))
>>> flowers.test[0].target, flowers.numbers
([1.0, 0.0], [0])
>>> len(Course("cross-entropy", test=[1.1, 0.2]).test)
2
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autograd_tiny.cli.data import Scaler, split
from autograd_tiny.cli.datasets import load_iris


@dataclass(frozen=True, slots=True)
class Flower:
    """One example: four standardised numbers, and a one-hot target."""

    inputs: list[float]
    target: list[float]


@dataclass(frozen=True, slots=True)
class Flowers:
    """The flowers to learn from, the flowers to test on, and the names of the species."""

    train: list[Flower]
    test: list[Flower]
    species: tuple[str, ...]

    @property
    def numbers(self) -> list[int]:
        """The species of each test flower, as its place among the names."""
        return [flower.target.index(1.0) for flower in self.test]


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


def load_flowers(seed: int) -> Flowers:
    """Return Fisher's 150 flowers, a third of them held out to test on: standardised inputs, one-hot targets."""
    table = load_iris(seed)
    train, test = split(table, test_size=1 / 3 + 0.005, seed=seed)
    scale, one_hot = Scaler.of([table.inputs[row] for row in train]), np.eye(len(table.classes)).tolist()
    flowers = [Flower(scale(x), one_hot[int(k)]) for x, k in zip(table.inputs, table.targets, strict=True)]
    return Flowers([flowers[row] for row in train], [flowers[row] for row in test], table.classes)
