"""Lab 2, the chain rule: partials, products of slopes along a path, sums over the paths.

>>> chain(lambda x: math.cos(x**2))
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: chain(1.5) gives -0.628174, it should be -1.88452.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograd_tiny.engine.derivatives import grad
from autograd_tiny.engine.value import Value
from autograd_tiny.labs import hints
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.kinds import NUMBERS
from autograd_tiny.primitives.table import sin, tanh
from autograd_tiny.trace.fact_texts import MISTAKES


def partials_of(function: Callable[..., Value]) -> Callable[..., list[float]]:
    """Return a function that returns all partials of a function at a point, by the engine.

    >>> partials_of(lambda a, b: a * b)(2.0, 3.0)
    [3.0, 2.0]
    """

    def partials(*numbers: float) -> list[float]:
        return list(grad(function, argnums=range(len(numbers)))(*numbers))

    return partials


def neuron(x: Any, w: Any, b: Any) -> Any:
    """Return tanh(w·x + b)."""
    return tanh(w * x + b)


def slope_of_tanh(x: float, w: float, b: float) -> float:
    """Return tanh′ at the pre-activation w·x + b.

    >>> slope_of_tanh(0.0, 1.0, 0.0)
    1.0
    """
    return 1.0 - math.tanh(w * x + b) ** 2


hint = hints.hint

predict_chain = prediction(
    "predict_chain",
    lambda: partials_of(lambda x: (3.0 * x + 1.0) ** 2)(1.0)[0],
    mistakes={
        "8 is how fast y changes with u; u itself changes 3 times as fast as x": 8.0,
        "6 has the slope of u² taken at x = 1; take it at u = 4": 6.0,
        "11 adds the two slopes 8 and 3; along a path slopes are multiplied": 11.0,
        "16 is the value of y, and the question was how fast it changes": 16.0,
        "3 is how fast u changes with x; y changes 8 times as fast as u": 3.0,
    },
    hint="If x moves by 0.01, by how much does u move? And if u moves by that, by how much does y?",
)

chain = Exercise(
    "chain",
    lambda x: partials_of(lambda x: sin(x**2))(x)[0],
    samples=[(1.5,), (-0.7,), (2.0,), (0.3,), (0.0,), (-2,), (3,)],
    mistakes={
        "the inner slope 2x is missing": lambda x: math.cos(x**2),
        "the slope of x² is 2x, and you multiply by 2": lambda x: math.cos(x**2) * 2.0,
        "you multiply by x², the inner value; multiply by its slope 2x": lambda x: math.cos(x**2) * x**2,
        "the slope 2x stands inside cos; it is a factor of its own": lambda x: math.cos(x**2 * 2.0 * x),
        "the outer derivative is taken at the wrong point: at x, where it should be at x²": lambda x: (
            math.cos(x) * 2.0 * x
        ),
        "the slope of sin is cos, with a plus": lambda x: -math.cos(x**2) * 2.0 * x,
        "the outer derivative is taken at the wrong point: at 2x, where it should be at x²": lambda x: math.cos(
            2.0 * x
        ),
        "along a path slopes are multiplied, not added": lambda x: math.cos(x**2) + 2.0 * x,
        "the slope of the outer sin is cos": lambda x: math.sin(x**2) * 2.0 * x,
        "a power is written ** in Python; ^ is an operation on bits": lambda x: math.cos(x ^ 2) * 2 * x,
    },
    hint="Name the inner step u = x². How fast does u change with x, and how fast does sin u change with u?",
)

partials = Exercise(
    "partials",
    partials_of(lambda a, b: a * b + a),
    samples=[(2.0, -3.0), (0.5, 4.0), (-1.0, 0.25), (0.0, 5.0), (3, -2), (-1.5, -0.5)],
    kind=NUMBERS,
    mistakes={
        "a is used twice, and the second use, the + a, adds 1": lambda a, b: [b, a],
        "they are in the wrong order: first the partial with respect to a, then b": lambda a, b: [a, b + 1.0],
        MISTAKES["overwrite"]: lambda a, b: [1.0, a],
        "those are the numbers a and b; the partial of a product is the other factor": lambda a, b: [a + 1.0, b],
        "the slope of a with respect to itself is 1, and you add a": lambda a, b: [b + a, a],
        "the 1 belongs to a, which is used twice; b is used once": lambda a, b: [b + 1.0, a + 1.0],
    },
    hint="Hold b fixed and move a: where does a stand in a·b + a, and what does each place contribute?",
)

neuron_partials = Exercise(
    "neuron_partials",
    partials_of(neuron),
    samples=[(2.0, -0.5, 0.75), (0.5, 1.5, -0.25), (-1.0, 0.4, 0.1), (0.0, 2.0, -1.0), (1, -2, 3), (-2, -1, 1)],
    kind=NUMBERS,
    mistakes={
        "the upstream factor is missing: multiply each by tanh's slope 1 - y²": lambda x, w, b: [w, x, 1.0],
        "they are in the wrong order: the partial with respect to x has the factor w": lambda x, w, b: [
            slope_of_tanh(x, w, b) * factor for factor in (x, w, 1.0)
        ],
        "tanh's derivative is taken at the wrong point: 1 - y² needs y = tanh(z), not z": lambda x, w, b: [
            (1.0 - (w * x + b) ** 2) * factor for factor in (w, x, 1.0)
        ],
        "the partial of w·x + b with respect to b is 1, so b gets the upstream factor as it is": lambda x, w, b: [
            slope_of_tanh(x, w, b) * factor for factor in (w, x, b)
        ],
        "tanh's slope is 1 - y², with a square": lambda x, w, b: [
            (1.0 - math.tanh(w * x + b)) * factor for factor in (w, x, 1.0)
        ],
        "there are three partials: with respect to x, w and b": lambda x, w, b: [
            slope_of_tanh(x, w, b) * factor for factor in (w, x)
        ],
        "the factor is y itself; tanh's slope is 1 - y²": lambda x, w, b: [
            math.tanh(w * x + b) * factor for factor in (w, x, 1.0)
        ],
    },
    hint="First the slope of tanh at z. Then: how fast does z = w·x + b change with each of x, w and b?",
)
