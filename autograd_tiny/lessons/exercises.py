"""Exercises for pencil and paper with small integers: one that all share, and another for each seed.

A finite logit gives no probability of exactly 0. In the exercises two logits are equal and the third is at least 40
below: its probability is less than e⁻⁴⁰/2 ≈ 2·10⁻¹⁸, and the other two are 0.5 in every digit that a float has. By
hand that is (0.5, 0.5, 0).

>>> exercise = given_exercise()
>>> exercise.A1.shape, exercise.A3.shape, exercise.target
((3, 3), (3, 4), 1)
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import numpy as np

from autograd_tiny.lessons.eleven_steps import Exercise

Solve = Callable[[Exercise], dict[str, Any]]
"""From an exercise to the results of the eleven steps by their names."""

MARGIN: Final = 40
"""How far the third logit is below the two that are equal, at least."""
LARGEST: Final = 12
"""No number is larger but the logit that is far below, and the products of two numbers in a gradient."""


def given_exercise() -> Exercise:
    """Return the exercise that everybody gets who asks for no other: target (0, 1, 0)."""
    return Exercise(
        "",
        [2, 1],
        [[1, 1, 1], [1, -2, -1], [1, 0, 0]],
        [[1, 0, 0, 1], [0, 2, -1, 0], [2, 1, -1, 0]],
        [[1, 1, 0, 0], [-1, 0, 2, -2], [-4, 1, -3, 0]],
        target=1,
    )


def draw_exercise(seed: int, solve: Solve) -> Exercise:
    """Return another exercise for each seed: numbers are drawn until they make a good one."""
    source = Random(seed)
    while True:
        exercise = draw_candidate(source, str(seed), solve)
        if is_good(exercise, solve):
            return exercise


def draw_candidate(source: Random, name: str, solve: Solve) -> Exercise:
    """Return small integers whose logits are two equal ones and one that may be far below.

    The bias of the second likely class makes its logit equal to the first one's.
    """
    x = draw_integers(source, (2,), 1, 3)
    A1, A2 = draw_integers(source, (3, 3), -2, 2), draw_integers(source, (3, 4), -2, 2)
    first, second = draw_integers(source, (2, 4), -2, 2)
    rows = [first, second, draw_integers(source, (4,), -5, -2)]
    z3 = solve(Exercise("", x, A1, A2, rows, target=0))["z3"]
    second[-1] += z3[0] - z3[1]
    order = sorted(range(3), key=lambda _: source.random())
    target = order.index(int(draw_integers(source, (1,), 0, 1)[0]))
    return Exercise(name, x, A1, A2, [rows[place] for place in order], target=target)


def draw_integers(source: Random, shape: tuple[int, ...], low: int, high: int) -> Any:
    """Return an array of whole numbers from low to high, by `random()` alone, whose sequence Python keeps."""
    count = int(np.prod(shape))
    return np.array([float(low + int(source.random() * (high - low + 1))) for _ in range(count)]).reshape(shape)


def is_good(exercise: Exercise, solve: Solve) -> bool:
    """Tell whether the numbers are small, relu closes one neuron in each layer, and the error reaches layer 1.

    The loss has to fall in the update, too; with a step of fixed size it need not.
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


def updated(exercise: Exercise, results: dict[str, Any]) -> Exercise:
    """Return the same input and target with the parameters of the last step."""
    matrices = (results[f"new W{layer} | b{layer}"] for layer in (1, 2, 3))
    return Exercise(exercise.name, exercise.x, *matrices, target=exercise.target)
