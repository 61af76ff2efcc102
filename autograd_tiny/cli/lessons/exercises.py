"""Exercises for pencil and paper with small integers: one that all share, and another for each seed.

>>> exercise = draw_exercise(seed=7)
>>> is_good(exercise), exercise.A1.shape, exercise.A3.shape
(True, (3, 3), (3, 4))
>>> draw_exercise(seed=7).A1.tolist() == exercise.A1.tolist()
True
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

import numpy as np

from autograd_tiny.cli.lessons.eleven_steps import Exercise, loss_after, relu, results_of, with_one

MARGIN: Final = 40
"""How far the third logit is below the two that are equal, at least (see `eleven_steps`)."""
LARGEST: Final = 12
"""No number is larger but the logit that is far below, and the products of two numbers in a gradient."""


def given_exercise() -> Exercise:
    """Return the exercise that everybody gets who asks for no other: target (0, 1, 0).

    >>> results_of(given_exercise())["ŷ"].tolist()
    [0.5, 0.5, 0.0]
    """
    return Exercise(
        "",
        [2, 1],
        [[1, 1, 1], [1, -2, -1], [1, 0, 0]],
        [[1, 0, 0, 1], [0, 2, -1, 0], [2, 1, -1, 0]],
        [[1, 1, 0, 0], [-1, 0, 2, -2], [-4, 1, -3, 0]],
        target=1,
    )


def draw_exercise(seed: int) -> Exercise:
    """Return another exercise for each seed: numbers are drawn until they make a good one."""
    source = Random(seed)
    while True:
        exercise = draw_candidate(source, str(seed))
        if is_good(exercise):
            return exercise


def draw_candidate(source: Random, name: str) -> Exercise:
    """Return small integers whose logits are two equal ones and one that may be far below.

    The bias of the second likely class makes its logit equal to the first one's.
    """
    x = draw_integers(source, (2,), 1, 3)
    A1, A2 = draw_integers(source, (3, 3), -2, 2), draw_integers(source, (3, 4), -2, 2)
    a2 = relu(A2 @ with_one(relu(A1 @ with_one(x))))
    first, second = draw_integers(source, (2, 4), -2, 2)
    unlikely = draw_integers(source, (4,), -5, -2)
    second[-1] += (first - second) @ with_one(a2)
    rows = [first, second, unlikely]
    order = sorted(range(3), key=lambda _: source.random())
    target = order.index(int(draw_integers(source, (1,), 0, 1)[0]))
    return Exercise(name, x, A1, A2, [rows[place] for place in order], target=target)


def draw_integers(source: Random, shape: tuple[int, ...], low: int, high: int) -> Any:
    """Return an array of whole numbers from low to high, by `random()` alone, whose sequence Python keeps."""
    count = int(np.prod(shape))
    return np.array([float(low + int(source.random() * (high - low + 1))) for _ in range(count)]).reshape(shape)


def is_good(exercise: Exercise) -> bool:
    """Tell whether the numbers are small, relu closes one neuron in each layer, and the error reaches layer 1.

    The loss has to fall in the update, too; with a step of fixed size it need not.
    """
    results = results_of(exercise)
    z1, z2, z3 = results["z1"], results["z2"], np.sort(results["z3"])
    small = np.concatenate([z1, z2, z3[1:], exercise.A3[:, -1], results["∂L/∂a2"], results["∂L/∂a1"]])
    return bool(
        np.abs(small).max() <= LARGEST
        and z3[1] == z3[2] >= z3[0] + MARGIN
        and all((z != 0.0).all() and (z < 0.0).sum() == 1 for z in (z1, z2))  # at 0 relu has its kink
        and np.count_nonzero(results["∂L/∂z1"]) == 2
        and loss_after(exercise) < results["L"]
    )
