"""Lab 1, what a derivative is: the difference quotient, the slope, the tangent, and a kink.

>>> slope(lambda x: 3 * x**2 - 2 + 5)
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: slope(2) gives 15, it should be 10.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from autograd_tiny.engine.derivatives import grad
from autograd_tiny.labs import hints
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.primitives.table import relu


def f(x: Any) -> Any:
    """Return x³ - 2x + 5, of a number or a Value."""
    return x**3 - 2.0 * x + 5.0


def square(x: float) -> float:
    """Return x²."""
    return x * x


def cube(x: float) -> float:
    """Return x³."""
    return x * x * x


def derivative(function: Any, at: float) -> float:
    """Return the slope of a function at a point, by the engine.

    >>> derivative(f, 2.0)
    10.0
    """
    slope: float = grad(function)(at)
    return slope


STEPS = [10.0**-k for k in range(1, 6)]


def quotient(h: float, x: float) -> float:
    """Return the difference quotient of f from x to x + h.

    >>> round(quotient(0.1, 2.0), 2)
    10.61
    """
    return float(f(x + h) - f(x)) / h


hint = hints.hint

predict_slope = prediction(
    "predict_slope",
    lambda: derivative(lambda x: x * x, 3.0),
    mistakes={
        "9 is how high the curve is at 3, and the question was how steep": 9.0,
        "3 is the place itself; the slope of x² is 2x": 3.0,
        "2 is the slope at 1; the slope of x² is 2x, and here x is 3": 2.0,
    },
    hint="Compare 3² with 3.1²: by how much did x move, and by how much x²?",
)

difference_quotient = Exercise(
    "difference_quotient",
    lambda g, x, h: (g(x + h) - g(x - h)) / (2.0 * h),
    samples=[
        (square, 3.0, 0.5),
        (cube, 2.0, 0.5),
        (cube, -1.0, 0.25),
        (math.sin, 1.0, 0.1),
        (square, -2.0, 0.5),
        (cube, 2, 1),
        (math.cos, 2, 0.001),
    ],
    mistakes={
        "you go from x to x + h; go from x - h to x + h, the error is then far smaller": lambda g, x, h: (
            (g(x + h) - g(x)) / h
        ),
        "you go from x - h to x; go from x - h to x + h, the error is then far smaller": lambda g, x, h: (
            (g(x) - g(x - h)) / h
        ),
        "from x to x + h it is a distance of h, and you divide by 2h; go from x - h to x + h": lambda g, x, h: (
            (g(x + h) - g(x)) / (2.0 * h)
        ),
        "only f(x - h) is divided; put the difference f(x + h) - f(x - h) into parentheses": lambda g, x, h: (
            g(x + h) - g(x - h) / (2.0 * h)
        ),
        "from x - h to x + h it is a distance of 2h, and you divide by h": lambda g, x, h: (g(x + h) - g(x - h)) / h,
        "the sign is the wrong way round: it is f(x + h) minus f(x - h)": lambda g, x, h: (
            (g(x - h) - g(x + h)) / (2.0 * h)
        ),
        "/ 2 * h divides by 2 and then multiplies by h; write / (2 * h)": lambda g, x, h: (
            (g(x + h) - g(x - h)) / 2.0 * h
        ),
        "that is only the rise f(x + h) - f(x - h); divide it by the distance 2h": lambda g, x, h: (
            g(x + h) - g(x - h)
        ),
        "/ 2 leaves out h: divide by the whole distance, 2 * h": lambda g, x, h: (g(x + h) - g(x - h)) / 2.0,
    },
    hint="Write the rise of f between both places, then the distance between them, and divide.",
)

slope = Exercise(
    "slope",
    lambda x: derivative(f, x),
    samples=[(2.0,), (0.5,), (-1.5,), (0.0,), (3,), (-2,), (10.0,)],
    mistakes={
        "that is the height f(x), not the slope": f,
        "the constant 5 shifts f up, and adds no slope": lambda x: 3.0 * x**2 - 2.0 + 5.0,
        "the power goes down by one: the slope of x³ is 3x²": lambda x: 3.0 * x**3 - 2.0,
        "the old power comes down as a factor: the slope of x³ is 3x²": lambda x: x**2 - 2.0,
        "the slope of -2x is -2, the same everywhere": lambda x: 3.0 * x**2 - 2.0 * x,
        "that is the difference of two heights; let the step shrink, or use the power rule": lambda x: (
            f(x + 1.0) - f(x)
        ),
        "the term -2x has a slope too: -2": lambda x: 3.0 * x**2,
        "that is a difference quotient whose step is too large; use the power rule": tuple(
            map(partial(partial, quotient), STEPS)
        ),
        "a power is written ** in Python; ^ is an operation on bits": (
            lambda x: 3 * x ^ 2 - 2,
            lambda x: 3 * (x ^ 2) - 2,
        ),
        "the slope of a constant is 0, not 1": lambda x: 3.0 * x**2 - 1.0,
    },
    hint="Take f term by term. How fast does each of x³, -2x and 5 change when x moves?",
)

tangent = Exercise(
    "tangent",
    lambda x0, x: f(x0) + derivative(f, x0) * (x - x0),
    samples=[(2.0, 3.0), (0.5, -1.0), (-1.5, 0.25), (1.0, 1.0), (2, 3), (-1, 4)],
    mistakes={
        "the derivative is taken at the wrong point: the slope belongs to x0, where the line touches": lambda x0, x: (
            f(x0) + derivative(f, x) * (x - x0)
        ),
        "the line has to start at the height f(x0)": lambda x0, x: derivative(f, x0) * (x - x0),
        "you walk the wrong way: the distance from x0 to x is x - x0": lambda x0, x: (
            f(x0) + derivative(f, x0) * (x0 - x)
        ),
        "the distance is counted from 0; count it from x0, it is x - x0": lambda x0, x: f(x0) + derivative(f, x0) * x,
        "that is the curve itself, not the straight line that touches it": lambda x0, x: f(x),
    },
    hint="How high is the line at x0? From there, how far is it to x, and how much does the line rise on each unit?",
    needs=(slope,),
)

slope_of_relu = Exercise(
    "slope_of_relu",
    lambda x: derivative(relu, x),
    samples=[(2.0,), (-1.5,), (0.0,), (0.25,), (1e-9,), (-1e-9,), (5,), (-3,), (0,), (40.0,)],
    mistakes={
        "at the kink 0 the convention is 0: relu'(x) is 1 only where x > 0": lambda x: 1.0 if x >= 0.0 else 0.0,
        "at the kink 0 the convention is 0, not the middle between the two slopes": lambda x: (
            0.5 * (x >= 0) + 0.5 * (x > 0)
        ),
        "that is relu(x), its height; its slope is 0 or 1": relu,
        "left of 0 relu is flat, so its slope is 0 there, not -1": lambda x: (x > 0.0) - (x < 0.0),
        "relu is flat only left of 0; right of 0 it rises as fast as x": lambda x: 0.0,
    },
    hint="Draw relu. How steep is it left of 0, how steep right of 0, and what is the convention between them?",
)
