"""Differentiate a program in the IEEE arithmetic of NumPy, one edge after another, whatever the numbers are.

The values and partials are formulas of calculus on `numpy.float64`, whose operators never raise: 1/0 is inf, 0·inf is
nan. The gradient of each operand receives partial · upstream along every edge below the root, also where one of the
two is 0.

>>> run([0.0], [("log", [0]), ("mul", [1, 0])])
([0.0, -inf, nan], [nan, 0.0, 1.0])
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

import autograd_tiny as at
from autograd_tiny import Value
from tests.random_programs import Operand, Step, flatten, in_shape, look_up

EXTREMES = (0.0, -0.0, 1.0, -1.0, 710.0, -746.0, 1e160, 1e308, -1e308, 5e-324, 1e-160, np.inf, -np.inf, np.nan)


@dataclass(frozen=True, slots=True)
class Formula:
    """An operation of the engine, its value in NumPy, and its partials, one for each flat operand."""

    ours: Callable[..., Any]
    value: Callable[..., Any]
    partials: Callable[..., Sequence[Any]]
    arity: int


def elementary(name: str) -> Callable[..., Any]:
    """Return a function of the C library, and NumPy's result where Python raises: they differ in the last bit.

    Such a bit decides whether a difference is 0, and so whether its reciprocal is infinite.
    """

    def function(*xs: Any) -> Any:
        try:
            return np.float64(getattr(math, name)(*xs))
        except (OverflowError, ValueError):
            return getattr(np, {"pow": "power"}.get(name, name))(*map(np.float64, xs))

    return function


exp, power, cosh = elementary("exp"), elementary("pow"), elementary("cosh")


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + exp(-x)) if x >= 0.0 else exp(x) / (1.0 + exp(x))


def atan_partial(x: Any) -> Any:
    return 1.0 / (1.0 + x * x) if abs(x) <= 1.0 else 1.0 / x / (x + 1.0 / x)  # x² overflows before 1/x² vanishes


def add_all(xs: Sequence[Any], start: float = 0.0) -> Any:
    total = np.float64(start)
    for x in xs:
        total = total + x
    return total


def product(xs: Sequence[Any]) -> Any:
    total = np.float64(1.0)
    for x in xs:
        total = total * x
    return total


def of_others(xs: Sequence[Any]) -> list[Any]:
    return [product(xs[:k]) * product(xs[:k:-1]) for k in range(len(xs))]


def dot(ws: Sequence[Any], xs: Sequence[Any], bias: Any) -> Any:
    return add_all([w * x for w, x in zip(ws, xs, strict=True)], bias)


def larger(x: Any, y: Any) -> Any:
    return x if x >= y or np.isnan(x) else y


def share(wins: bool, ties: bool) -> Any:
    return np.float64(0.5 if ties else wins)


def steady(ours: Callable[[Any], Any], value: Any, partial: Callable[[Any, Any], Any]) -> Formula:
    """Return a periodic function, for large numbers the identity: there it would magnify every rounding."""

    def is_large(x: Any) -> bool:
        return bool(1e6 < abs(x) < np.inf)

    return Formula(
        lambda x: x * 1.0 if is_large(x.data if isinstance(x, Value) else x) else ours(x),
        lambda x: x if is_large(x) else value(x),
        lambda x, z: (1.0 if is_large(x) else partial(x, z),),
        1,
    )


FORMULAS = {
    "add": Formula(lambda x, y: x + y, np.add, lambda x, y, z: (1.0, 1.0), 2),
    "sub": Formula(lambda x, y: x - y, np.subtract, lambda x, y, z: (1.0, -1.0), 2),
    "mul": Formula(lambda x, y: x * y, np.multiply, lambda x, y, z: (y, x), 2),
    "div": Formula(lambda x, y: x / y, np.divide, lambda x, y, z: (1.0 / y, -z / y), 2),
    "neg": Formula(lambda x: -x, np.negative, lambda x, z: (-1.0,), 1),
    "square": Formula(at.square, np.square, lambda x, z: (2.0 * x,), 1),
    "power 2": Formula(lambda x: x**2, np.square, lambda x, z: (2.0 * x,), 1),
    "power 3": Formula(lambda x: x**3, lambda x: power(x, 3.0), lambda x, z: (3.0 * np.square(x),), 1),
    "power -1": Formula(lambda x: x**-1, lambda x: power(x, -1.0), lambda x, z: (-1.0 * power(x, -2.0),), 1),
    "reciprocal": Formula(at.reciprocal, lambda x: 1.0 / x, lambda x, z: (-z * z,), 1),
    "exp": Formula(at.exp, exp, lambda x, z: (z,), 1),
    "expm1": Formula(at.expm1, elementary("expm1"), lambda x, z: (exp(x),), 1),
    "log": Formula(at.log, elementary("log"), lambda x, z: (1.0 / x,), 1),
    "log1p": Formula(at.log1p, elementary("log1p"), lambda x, z: (1.0 / (1.0 + x),), 1),
    "sqrt": Formula(at.sqrt, np.sqrt, lambda x, z: (0.5 / z,), 1),
    "sin": steady(at.sin, elementary("sin"), lambda x, z: elementary("cos")(x)),
    "cos": steady(at.cos, elementary("cos"), lambda x, z: -elementary("sin")(x)),
    "tan": steady(at.tan, elementary("tan"), lambda x, z: 1.0 + z * z),
    "sinh": Formula(at.sinh, elementary("sinh"), lambda x, z: (cosh(x),), 1),
    "cosh": Formula(at.cosh, cosh, lambda x, z: (elementary("sinh")(x),), 1),
    "tanh": Formula(at.tanh, elementary("tanh"), lambda x, z: (np.square(1.0 / cosh(x)),), 1),
    "atan": Formula(at.atan, lambda x: np.float64(math.atan(x)), lambda x, z: (atan_partial(x),), 1),
    "abs": Formula(abs, np.abs, lambda x, z: (1.0 * (x > 0.0) - 1.0 * (x < 0.0),), 1),
    "relu": Formula(at.relu, lambda x: np.float64(0.0) if x < 0.0 else x, lambda x, z: (1.0 - (x <= 0.0),), 1),
    "sigmoid": Formula(at.sigmoid, sigmoid, lambda x, z: (sigmoid(x) * sigmoid(-x),), 1),
    "maximum": Formula(at.maximum, larger, lambda x, y, z: (share(not x < y, x == y), share(not y < x, x == y)), 2),
    "where": Formula(
        lambda x, y: at.where(x > 0.0, x, y),
        lambda x, y: x if x > 0.0 else y,
        lambda x, y, z: (1.0 * (x > 0.0), 1.0 - (x > 0.0)),
        2,
    ),
    "sum": Formula(at.sum, add_all, lambda xs, z: [1.0] * len(xs), -1),
    "mean": Formula(at.mean, lambda xs: add_all(xs) / len(xs), lambda xs, z: [1.0 / len(xs)] * len(xs), -1),
    "prod": Formula(at.prod, product, lambda xs, z: of_others(xs), -1),
    "dot": Formula(at.dot, dot, lambda ws, xs, bias, z: [*xs, *ws, 1.0], -3),
}
NAMES = sorted(FORMULAS)


def run(leaves: Sequence[float], steps: Sequence[Step]) -> tuple[list[float], list[float]] | None:
    """Return all numbers of a program, and the gradient of the last with respect to each.

    None if finite contributions to a gradient may overflow in one order of addition and not in another.
    """
    numbers: list[Any] = [np.float64(x) for x in leaves]
    edges: list[list[tuple[int, Any]]] = [[] for _ in leaves]
    with np.errstate(all="ignore"):
        for name, operands in steps:
            formula = FORMULAS[name]
            point = in_shape(
                operands, [numbers[x] if isinstance(x, int) else np.float64(x) for x in flatten(operands)]
            )
            z = np.float64(formula.value(*point))
            slopes = formula.partials(*point, z)
            edges.append([(x, d) for x, d in zip(flatten(operands), slopes, strict=True) if isinstance(x, int)])
            numbers.append(z)
        gradients = [np.float64(0.0) for _ in numbers[1:]] + [np.float64(1.0)]
        sizes = [0.0] * len(numbers)  # the sum of the absolute values of finite contributions
        reached = {len(numbers) - 1}
        for position in reversed(range(len(numbers))):
            for operand, partial in edges[position] if position in reached else ():
                reached.add(operand)
                contribution = partial * gradients[position]
                gradients[operand] = gradients[operand] + contribution
                sizes[operand] += abs(contribution) if np.isfinite(contribution) else 0.0
    if math.inf in sizes:
        return None
    return list(map(float, numbers)), list(map(float, gradients))


def compute(leaves: Sequence[float], steps: Sequence[Step]) -> list[Any]:
    """Return the leaves and the result of each step as nodes of the engine."""
    nodes: list[Any] = [Value(x) for x in leaves]
    for name, operands in steps:
        nodes.append(FORMULAS[name].ours(*look_up(operands, nodes)))
    return nodes


def draw_number(source: Random) -> float:
    """Return an extreme number, or one of moderate size."""
    return source.choice(EXTREMES) if source.random() < 0.6 else source.uniform(-4.0, 4.0)


def draw_program(source: Random) -> tuple[list[float], list[Step]]:
    """Return leaves and steps of a deep or a bushy program, whose last step often takes all numbers."""
    leaves = [draw_number(source) for _ in range(source.randint(1, 5))]
    recent, steps = source.choice((2, 50)), []
    for length in range(len(leaves), len(leaves) + source.randint(1, 20)):
        name = source.choice(NAMES)
        steps.append((name, draw_operands(source, FORMULAS[name].arity, max(0, length - recent), length)))
    if source.random() < 0.5:
        steps.append(("sum", [list(range(len(leaves) + len(steps)))]))
    return leaves, steps


def draw_operands(source: Random, arity: int, low: int, high: int) -> list[Operand]:
    """Return operands of which the first is a node: two lists and a number for -3, one list for -1."""
    count = source.randint(1, 4)
    needed = {-1: count, -3: 2 * count + 1}.get(arity, arity)
    flat: list[Operand] = [source.randrange(low, high)]
    flat += [draw_number(source) if source.random() < 0.2 else source.randrange(low, high) for _ in range(needed - 1)]
    source.shuffle(flat)
    if arity == -3:
        return [flat[:count], flat[count:-1], flat[-1]]
    return [flat] if arity == -1 else flat
