"""Backpropagation in eleven steps, as one does it with a pencil: three layers, relu, relu, softmax.

Each layer is one matrix A = [W | b], the biases in its last column, and takes [a | 1]: the bias is the weight of the
1. A layer forward is A·[a | 1]; its gradient is the outer product of ∂L/∂z with that same [a | 1].

A finite logit gives no probability of exactly 0. In the exercises two logits are equal and the third is at least 40
below: its probability is less than e⁻⁴⁰/2 ≈ 2·10⁻¹⁸, and the other two are 0.5 in every digit that a float has. By
hand that is (0.5, 0.5, 0), and `solve` rounds the prediction to 15 decimals, as a pencil does.

>>> A1, A2, A3 = [[1, 0], [2, -3]], [[1, 0, 1], [0, 1, 0]], [[1, 0, 0], [0, 0, 3], [-20, 0, 0]]
>>> example = Exercise("", [2], A1, A2, A3, target=1)
>>> steps = solve(example)
>>> len(steps), steps[2].title
(11, 'the error of layer 3')
>>> print(steps[2].results["∂L/∂z3"])
[ 0.5 -0.5  0. ]
"""

from __future__ import annotations

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


def solve(exercise: Exercise) -> list[Step]:
    """Return the eleven steps with their numbers."""
    results = results_of(exercise)
    return [Step(title, rule, {name: results[name] for name in names}) for title, rule, names in STEPS]


def results_of(exercise: Exercise) -> dict[str, Any]:
    """Return all results by their names, by the formulas of a pencil."""
    x, y, A1, A2, A3 = exercise.x, exercise.y, exercise.A1, exercise.A2, exercise.A3
    results = {"z1": A1 @ with_one(x)}
    results["a1"] = relu(results["z1"])
    results["z2"] = A2 @ with_one(results["a1"])
    results["a2"] = relu(results["z2"])
    results["z3"] = A3 @ with_one(results["a2"])
    results["ŷ"] = softmax(results["z3"]).round(15)
    results["L"] = -np.log(results["ŷ"] @ y)

    results["∂L/∂z3"] = results["ŷ"] - y
    results["∂L/∂W3 | ∂L/∂b3"] = np.outer(results["∂L/∂z3"], with_one(results["a2"]))
    results["∂L/∂a2"] = A3[:, :-1].T @ results["∂L/∂z3"]
    results["∂L/∂z2"] = results["∂L/∂a2"] * (results["z2"] > 0.0)
    results["∂L/∂W2 | ∂L/∂b2"] = np.outer(results["∂L/∂z2"], with_one(results["a1"]))
    results["∂L/∂a1"] = A2[:, :-1].T @ results["∂L/∂z2"]
    results["∂L/∂z1"] = results["∂L/∂a1"] * (results["z1"] > 0.0)
    results["∂L/∂W1 | ∂L/∂b1"] = np.outer(results["∂L/∂z1"], with_one(x))

    for layer, A in enumerate((A1, A2, A3), start=1):
        results[f"new W{layer} | b{layer}"] = A - RATE * results[f"∂L/∂W{layer} | ∂L/∂b{layer}"]
    return results


def loss_after(exercise: Exercise) -> float:
    """Return the loss of the same input and target with the parameters of the last step."""
    results = results_of(exercise)
    a1 = relu(results["new W1 | b1"] @ with_one(exercise.x))
    a2 = relu(results["new W2 | b2"] @ with_one(a1))
    z3 = results["new W3 | b3"] @ with_one(a2)
    return float(np.logaddexp.reduce(z3) - z3 @ exercise.y)  # −log softmax, also where softmax is 0


def with_one(vector: Any) -> Any:
    """Return [a | 1].

    >>> with_one([2.0, 3.0]).tolist()
    [2.0, 3.0, 1.0]
    """
    return np.append(vector, 1.0)


def relu(z: Any) -> Any:
    """Return max(z, 0) element by element."""
    return np.maximum(z, 0.0)


def softmax(z: Any) -> Any:
    """Return exp(z) / Σ exp(z); the largest is taken off first, which changes nothing and never overflows."""
    powers = np.exp(z - z.max())
    return powers / powers.sum()
