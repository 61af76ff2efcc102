"""Make exercises of backpropagation by hand, with small integers, and state the rules of the eleven steps.

`demos/by_hand.py` computes the numbers. There is one given exercise, and another for each seed.

A finite logit gives no probability of exactly 0. In the exercises two logits are equal and the third is at least 40
below: its probability is less than e⁻⁴⁰/2 ≈ 2·10⁻¹⁸, and the other two are 0.5 in every digit that a float has. By
hand that is (0.5, 0.5, 0).

>>> given_exercise().y.tolist(), len(STEPS), STEPS[2][0]
([0.0, 1.0, 0.0], 11, 'the error of layer 3')
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import numpy as np

RATE: Final = 0.1
"""The learning rate of step 11."""
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
MARGIN: Final = 40
"""How far the third logit is below the two that are equal, at least."""
LARGEST: Final = 12
"""The largest number, except for the smallest logit and the products in a gradient."""


class HandExercise:
    """The numbers at the top of a worksheet.

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


Solve = Callable[[HandExercise], dict[str, Any]]
"""A function that returns the results of the eleven steps of an exercise, by name."""


def given_exercise() -> HandExercise:
    """Return the exercise of the lesson: target (0, 1, 0)."""
    return HandExercise(
        "",
        [2, 1],
        [[1, 1, 1], [1, -2, -1], [1, 0, 0]],
        [[1, 0, 0, 1], [0, 2, -1, 0], [2, 1, -1, 0]],
        [[1, 1, 0, 0], [-1, 0, 2, -2], [-4, 1, -3, 0]],
        target=1,
    )


def draw_exercise(seed: int, solve: Solve) -> HandExercise:
    """Return the exercise of a seed: candidates are drawn until one is good."""
    source = Random(seed)
    while True:
        exercise = draw_candidate(source, str(seed), solve)
        if is_good(exercise, solve):
            return exercise


def draw_candidate(source: Random, name: str, solve: Solve) -> HandExercise:
    """Return small integers whose logits are two equal ones and one that may be far below.

    The bias of the second likely class makes its logit equal to the first one's.
    """
    x = draw_integers(source, (2,), 1, 3)
    A1, A2 = draw_integers(source, (3, 3), -2, 2), draw_integers(source, (3, 4), -2, 2)
    first, second = draw_integers(source, (2, 4), -2, 2)
    rows = [first, second, draw_integers(source, (4,), -5, -2)]
    z3 = solve(HandExercise("", x, A1, A2, rows, target=0))["z3"]
    second[-1] += z3[0] - z3[1]
    order = sorted(range(3), key=lambda _: source.random())
    target = order.index(int(draw_integers(source, (1,), 0, 1)[0]))
    return HandExercise(name, x, A1, A2, [rows[place] for place in order], target=target)


def draw_integers(source: Random, shape: tuple[int, ...], low: int, high: int) -> Any:
    """Return an array of whole numbers from low to high, by `random()` alone, whose sequence Python guarantees."""
    count = int(np.prod(shape))
    return np.array([float(low + int(source.random() * (high - low + 1))) for _ in range(count)]).reshape(shape)


def is_good(exercise: HandExercise, solve: Solve) -> bool:
    """Return whether numbers are small, relu closes one neuron in each layer, and the error reaches layer 1.

    The update must lower the loss too, which a step of fixed size may not do.
    """
    results = solve(exercise)
    z1, z2, z3 = results["z1"], results["z2"], np.sort(results["z3"])
    small = np.concatenate([z1, z2, z3[1:], exercise.A3[:, -1], results["∂L/∂a2"], results["∂L/∂a1"]])
    return bool(
        np.abs(small).max() <= LARGEST
        and z3[1] == z3[2] >= z3[0] + MARGIN
        and all((z != 0.0).all() and (z < 0.0).sum() == 1 for z in (z1, z2))  # at 0 relu has its kink
        and np.count_nonzero(results["∂L/∂z1"]) == 2
        and solve(updated(exercise, results))["L"] < results["L"]
    )


def updated(exercise: HandExercise, results: dict[str, Any]) -> HandExercise:
    """Return the same input and target with the parameters of the last step."""
    matrices = (results[f"new W{layer} | b{layer}"] for layer in (1, 2, 3))
    return HandExercise(exercise.name, exercise.x, *matrices, target=exercise.target)
