"""The students of the exam, and what is noted of a training.

>>> students = exam_students()
>>> students.inputs.shape, int(students.passed.sum())
((60, 2), 27)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_tiny.cli.data import Scaler
from autograd_tiny.cli.datasets import load_exam
from nn import MLP


@dataclass(frozen=True, slots=True)
class Students:
    """The table of the exam.

    Attributes:
        hours: of study and of sleep, a row for each student.
        scale: what standardises the hours.
        inputs: the hours, standardised.
        passed: 1 or 0 for each student.
    """

    hours: Any
    scale: Scaler
    inputs: Any
    passed: Any


@dataclass(slots=True)
class Descent:
    """One training.

    Attributes:
        loss: name of the loss.
        rate: the step, as a factor of the gradient.
        network: what is trained.
        losses: before each step, and at the end.
        sizes: at the same times, the size of the gradient √(Σ (∂L/∂p)²).
        parameters: at the same times, all of them.
        outputs: ŷ of each student at the end.
    """

    loss: str
    rate: float
    network: MLP
    losses: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    outputs: Any = None


def exam_students() -> Students:
    """Return the 60 students of the table that comes along."""
    data = load_exam(0)
    scale = Scaler.of(data.inputs)
    inputs = np.array([scale(row) for row in data.inputs])
    return Students(np.array(data.inputs), scale, inputs, np.array(data.targets, dtype=float))


def size_of(gradients: Mapping[str, Any]) -> float:
    """Return √(Σ (∂L/∂p)²) over all parameters.

    >>> size_of({"∂L/∂w": np.array([3.0]), "∂L/∂c": np.array(4.0), "δ_out": 4.0})
    5.0
    """
    return math.hypot(*np.concatenate([np.ravel(numbers) for name, numbers in gradients.items() if "∂" in name]))


def short_name(loss: str) -> str:
    """Return what a loss is called in a table.

    >>> short_name("mean squared error"), short_name("binary cross-entropy")
    ('MSE', 'BCE')
    """
    return "MSE" if "squared" in loss else "BCE"
