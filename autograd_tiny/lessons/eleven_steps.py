"""Backpropagation in eleven steps, as one does it with a pencil: what is given, what is done, and the rules.

The numbers are computed by `demos/by_hand.py`.

>>> A1, A2, A3 = [[1, 0], [2, -3]], [[1, 0, 1], [0, 1, 0]], [[1, 0, 0], [0, 0, 3], [-20, 0, 0]]
>>> Exercise("", [2], A1, A2, A3, target=1).y.tolist()
[0.0, 1.0, 0.0]
>>> len(STEPS), STEPS[2][0]
(11, 'the error of layer 3')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

RATE: Final = 0.1
"""The learning rate of step 11."""


class Exercise:
    """What is given at the top of the worksheet.

    Args:
        name: in the title.
        x: the input, integers.
        A1, A2, A3: for each layer [W | b], a row for each neuron.
        target: the position of the true class, from 0.
    """

    __slots__ = ("name", "x", "A1", "A2", "A3", "target")

    def __init__(self, name: str, x: Any, A1: Any, A2: Any, A3: Any, *, target: int) -> None:
        self.name, self.target = name, target
        self.x, self.A1, self.A2, self.A3 = (np.array(numbers, dtype=float) for numbers in (x, A1, A2, A3))

    @property
    def y(self) -> Any:
        """The target as a vector: 1 for the true class, 0 for the others."""
        return np.eye(len(self.A3))[self.target]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the eleven steps.

    Attributes:
        title: what is done.
        rule: how.
        results: by name, the numbers that it gives: scalars, vectors, and matrices [W | b].
    """

    title: str
    rule: str
    results: dict[str, Any]


STEPS: Final = (
    (
        "forward through the layers",
        "z = [W | b]·[a | 1], layer by layer; a = relu(z): what is negative becomes 0",
        ("z1", "a1", "z2", "a2", "z3"),
    ),
    (
        "prediction and loss",
        "ŷ = softmax(z3), L = −log ŷ of the true class; a logit 40 or more below the others gives 0",
        ("ŷ", "L"),
    ),
    ("the error of layer 3", "∂L/∂z3 = ŷ − y: softmax and cross-entropy together", ("∂L/∂z3",)),
    (
        "weights and biases of layer 3",
        "[∂L/∂W3 | ∂L/∂b3] = ∂L/∂z3 times [a2 | 1]: a row for each neuron",
        ("∂L/∂W3 | ∂L/∂b3",),
    ),
    ("back to layer 2", "∂L/∂a2 = W3ᵀ·∂L/∂z3: column by column of W3", ("∂L/∂a2",)),
    ("through relu", "∂L/∂z2 = ∂L/∂a2 where z2 > 0, else 0", ("∂L/∂z2",)),
    ("weights and biases of layer 2", "[∂L/∂W2 | ∂L/∂b2] = ∂L/∂z2 times [a1 | 1]", ("∂L/∂W2 | ∂L/∂b2",)),
    ("back to layer 1", "∂L/∂a1 = W2ᵀ·∂L/∂z2", ("∂L/∂a1",)),
    ("through relu", "∂L/∂z1 = ∂L/∂a1 where z1 > 0, else 0", ("∂L/∂z1",)),
    ("weights and biases of layer 1", "[∂L/∂W1 | ∂L/∂b1] = ∂L/∂z1 times [x | 1]", ("∂L/∂W1 | ∂L/∂b1",)),
    (
        "the update",
        f"[W | b] := [W | b] − {RATE:g}·[∂L/∂W | ∂L/∂b]",
        ("new W1 | b1", "new W2 | b2", "new W3 | b3"),
    ),
)
"""Title, rule and results of each step."""


def steps_of(results: Mapping[str, Any]) -> list[Step]:
    """Return the eleven steps with their numbers, which come by name."""
    return [Step(title, rule, {name: results[name] for name in names}) for title, rule, names in STEPS]
