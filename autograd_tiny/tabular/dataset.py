"""Prepare a table of examples for a network: split it into training and test examples, and standardise it.

>>> table = Dataset("fruit", ("weight",), [[1.0], [2.0], [8.0], [9.0]], "kind", [0, 0, 1, 1], ("plum", "pear"))
>>> train, test = split(table, test_size=0.5, seed=0)
>>> sorted(table.targets[row] for row in test)
[0, 1]
>>> scale = Scaler.of([[1.0], [3.0]])
>>> scale([5.0])
[3.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from autograd_tiny.errors import InputError


@dataclass(frozen=True, slots=True)
class Gap:
    """Inputs of one column in which some rows have no number.

    Attributes:
        inputs: their positions; several for categories.
        filling: "mean" or "most frequent".
    """

    inputs: tuple[int, ...]
    filling: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Examples, one a row.

    Attributes:
        name: of the table, also used for files.
        input_names: one for each input.
        inputs: for each example a list with a number for each input.
        target_name: the name of the target.
        targets: for each example the number of its class, or a number.
        classes: the names of the classes; empty where the target is a number.
        readings: how each column of the file was read: its name, and the reading in words.
        notes: on what was mended in the file, and on what to think of before training.
        gaps: the inputs with missing numbers, nan, and how they are to be filled.
    """

    name: str
    input_names: tuple[str, ...]
    inputs: Sequence[list[float]]
    target_name: str
    targets: list[int] | list[float]
    classes: tuple[str, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Scaler:
    """Standardise each column: (x - mean) / deviation.

    Attributes:
        means: the mean of each column.
        deviations: the standard deviation of each column, 1 for a column that is constant.
    """

    means: list[float]
    deviations: list[float]

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]]) -> Scaler:
        """Return the standardisation that gives these rows the mean 0 and the deviation 1.

        >>> Scaler.of([[0.0, 7.0], [4.0, 7.0]])
        Scaler(means=[2.0, 7.0], deviations=[2.0, 1.0])
        """
        columns = [mean_and_deviation(column) for column in zip(*rows, strict=True)]
        return cls([mean for mean, _ in columns], [deviation or 1.0 for _, deviation in columns])

    def __call__(self, row: Sequence[float]) -> list[float]:
        """Return one row, standardised."""
        columns = zip(row, self.means, self.deviations, strict=True)
        return [(x - mean) / deviation for x, mean, deviation in columns]


def mean_and_deviation(numbers: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard deviation; the largest number is divided out so that no square overflows.

    >>> mean_and_deviation([0.0, 1e300])
    (5e+299, 5e+299)
    """
    largest = max(map(abs, numbers)) or 1.0
    mean = math.fsum(x / largest for x in numbers) / len(numbers)
    variance = math.fsum((x / largest - mean) ** 2 for x in numbers) / len(numbers)
    return largest * mean, largest * math.sqrt(variance) if min(numbers) < max(numbers) else 0.0


def split(dataset: Dataset, *, test_size: float, seed: int) -> tuple[list[int], list[int]]:
    """Return the rows to train on and the rows to test on, in random order.

    Classes are split one by one, so that each has its share in both (stratified).

    Args:
        dataset: the table.
        test_size: the share of test examples, between 0 and 1.
        seed: of the generator that draws them.

    Raises:
        InputError: there are too few rows for both parts.
    """
    draw = Random(seed).random
    groups: dict[float, list[int]] = {}
    for row, target in enumerate(dataset.targets):
        groups.setdefault(target if dataset.classes else 0, []).append(row)
    train, test = [], []
    for key, rows in sorted(groups.items()):
        if len(rows) < 2:
            what = f"class {dataset.classes[int(key)]!r}" if dataset.classes else "the table"
            raise InputError(f"{what} has only one row; at least one to train and one to test are needed")
        shuffled = shuffle(rows, draw)
        count = min(max(int(len(rows) * test_size + 0.5), 1), len(rows) - 1)
        test += shuffled[:count]
        train += shuffled[count:]
    return shuffle(train, draw), shuffle(test, draw)


def shuffle(rows: Sequence[int], draw: Callable[[], float]) -> list[int]:
    """Return the rows in random order; by `random()` alone, whose sequence Python promises to keep."""
    return [row for _, row in sorted((draw(), row) for row in rows)]
