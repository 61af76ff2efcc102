"""Losses of one example in plain operators, of some number of operations or more: how recording and planning grow.

>>> loss, example, parameters = chain(6)
>>> loss(*example).data == loss(*example).data
True
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from math import ceil
from typing import Any, Final

import autograd_tiny as at
from autograd_tiny import Value

Growing = tuple[Callable[..., Any], tuple[Any, ...], list[Value]]
"""A loss, the arguments of one example, the parameters."""

STATES: Final = 8
"""The units of the recurrent network."""

HIDDEN: Final = 32
"""The widest layer of the network; it gets deeper, so that paths grow as well."""


def chain(operations: int) -> Growing:
    """Return tanh(w · x) over and over."""
    w = Value(0.3)

    def loss(x: Any) -> Any:
        for _ in range(operations // 2):
            x = at.tanh(w * x)
        return x

    return loss, (0.5,), [w]


def wide_sum(operations: int) -> Growing:
    """Return a sum of products, each added to those before."""
    weights = [Value(0.001 * (k % 97)) for k in range(operations // 2)]

    def loss(x: Any) -> Any:
        total = 0.0
        for w in weights:
            total = total + w * x
        return total

    return loss, (0.5,), weights


def network(operations: int) -> Growing:
    """Return the squared error of an MLP of two inputs, one product and one addition for each weight."""
    draw = random.Random(0)
    sizes = [2, *[HIDDEN] * (1 + ceil(operations / (2 * HIDDEN * HIDDEN + HIDDEN))), 1]
    layers = [
        [[Value(draw.gauss(0.0, rows**-0.5)) for _ in range(rows)] for _ in range(units)]
        for rows, units in pairwise(sizes)
    ]

    def loss(xs: Any, y: Any) -> Any:
        for weights in layers:
            xs = [at.tanh(sum(w * x for w, x in zip(row, xs, strict=True))) for row in weights]
        return (xs[0] - y) ** 2

    return loss, ([0.3, -0.2], 1.0), [w for weights in layers for row in weights for w in row]


def recurrence(operations: int) -> Growing:
    """Return the sum of the last states of a recurrent network with one input a step."""
    draw = random.Random(1)
    loops = [[Value(draw.gauss(0.0, 0.3)) for _ in range(STATES)] for _ in range(STATES)]
    starts = [Value(draw.gauss(0.0, 1.0)) for _ in range(STATES)]
    steps = ceil(operations / (2 * STATES * STATES + 2 * STATES))

    def loss(xs: Any) -> Any:
        states: Any = [0.0] * STATES
        for x in xs:
            states = [
                at.tanh(sum((w * state for w, state in zip(row, states, strict=True)), v * x))
                for row, v in zip(loops, starts, strict=True)
            ]
        return sum(states)

    return loss, ([0.1 * (k % 7) for k in range(steps)],), [*starts, *(w for row in loops for w in row)]


def integrator(operations: int) -> Growing:
    """Return the last number of prey by the Lotka-Volterra equations, in steps of Runge-Kutta of 58 operations.

    The predators come first: so the far example of a recording, -5 of them and no prey, stays finite.
    """
    a, b, c, d = map(Value, (1.1, 0.4, 0.4, 0.1))
    h = 0.02

    def slope(x: Any, y: Any) -> tuple[Any, Any]:
        return a * x - b * x * y, d * x * y - c * y

    def loss(y: Any, x: Any) -> Any:
        for _ in range(ceil(operations / 58)):
            k1, l1 = slope(x, y)
            k2, l2 = slope(x + h / 2 * k1, y + h / 2 * l1)
            k3, l3 = slope(x + h / 2 * k2, y + h / 2 * l2)
            k4, l4 = slope(x + h * k3, y + h * l3)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            y = y + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
        return x

    return loss, (5.0, 10.0), [a, b, c, d]


KINDS: Final = {
    "network": network,
    "chain": chain,
    "sum": wide_sum,
    "recurrence": recurrence,
    "integrator": integrator,
}
