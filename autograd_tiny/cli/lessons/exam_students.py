"""The students of the exam, what a network 2-3-1 says of them, and what is noted of its training.

>>> students = exam_students()
>>> students.inputs.shape, int(students.passed.sum())
((60, 2), 27)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_tiny.cli.data import Scaler
from autograd_tiny.cli.datasets import load_exam

MSE, BCE = "mean squared error", "binary cross-entropy"


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
        losses: before each step, and at the end.
        sizes: at the same times, the size of the gradient √(Σ (∂L/∂p)²).
        networks: at the same times, all parameters.
        accuracy: the share of the students that are on their side of ŷ = 0.5 at the end.
    """

    loss: str
    rate: float
    losses: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    networks: list[dict[str, Any]] = field(default_factory=list)
    accuracy: float = 0.0


def exam_students() -> Students:
    """Return the 60 students of the table that comes along."""
    data = load_exam(0)
    scale = Scaler.of(data.inputs)
    inputs = np.array([scale(row) for row in data.inputs])
    return Students(np.array(data.inputs), scale, inputs, np.array(data.targets, dtype=float))


@np.errstate(over="ignore")  # exp(1000) is inf, and 1 / (1 + inf) the 0 that it should be
def predict(parameters: Mapping[str, Any], inputs: Any) -> tuple[Any, Any, Any]:
    """Return z, h and ŷ for each row of the inputs."""
    z = inputs @ parameters["W"].T + parameters["b"]
    h = np.maximum(z, 0.0)
    return z, h, 1.0 / (1.0 + np.exp(-(h @ parameters["w"] + parameters["c"])))


def short_name(loss: str) -> str:
    """Return what a loss is called in a table.

    >>> short_name(MSE), short_name(BCE)
    ('MSE', 'BCE')
    """
    return "MSE" if loss == MSE else "BCE"
