"""Draw random programs of all rows of the table, and of functions that are composed of them.

A program is a list of steps, each with the name of its operation and its operands: the position of an earlier number
(an int), a plain number (a float), or a list of these. The first positions are those of the leaves.

>>> nodes = compute([Value(2.0), Value(3.0)], [("mul", [0, 1]), ("sum", [[2, 2, 0.5]])])
>>> nodes[-1].data
12.5
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import mpmath

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE
from tests.references import REFERENCES

Operand = Any
Step = tuple[str, list[Operand]]
Interval = tuple[float, float]

REAL: Interval = (-6.0, 6.0)
POSITIVE: Interval = (0.05, 6.0)
LARGEST, STEEPEST = 50.0, 1e4
NEAR = 1e-7


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the engine, the same in mpmath, and the operands that it takes.

    Attributes:
        ours: the operation on Values and floats.
        theirs: the operation on mpmath numbers.
        domain: for each operand the interval in which the operation is smooth; of one point for a constant.
        lists: for each operand, True if it is a list.
        constants: the positions of operands that are always plain numbers.
        kinked: True if there are kinks or jumps inside of the domain.
    """

    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    domain: tuple[Interval, ...]
    lists: tuple[bool, ...] = ()
    constants: tuple[int, ...] = ()
    kinked: bool = False


WRITTEN: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "abs": abs,
    "pow": operator.pow,
    "pow_constant_exponent": operator.pow,
    "pow_constant_base": operator.pow,
    "remainder": operator.mod,
    "floordiv": operator.floordiv,
    "softmax_at": lambda xs, index: at.softmax(xs)[int(index)],
    "log_softmax_at": lambda xs, index: at.log_softmax(xs)[int(index)],
}
"""How a user writes the rows that are operators, or have no public function of their own."""


def row(name: str) -> Operation:
    primitive = TABLE[name]
    domain = [REAL if interval == (-4.0, 4.0) else interval for interval in primitive.domain]
    reference = REFERENCES[name]
    ours = WRITTEN[name] if name in WRITTEN else getattr(at, name)
    lists = primitive.takes_list
    domain *= len(lists) if len(domain) == 1 else 1
    return Operation(ours, reference.function, tuple(domain), lists, reference.constants, bool(primitive.kinks))


def average(xs: Sequence[Any]) -> Any:
    return sum(xs) / len(xs)


def variance(xs: Sequence[Any]) -> Any:
    return sum((x - average(xs)) ** 2 for x in xs) / (len(xs) - 1)


COMPOSED = {
    "add constant": Operation(lambda x: x + 0.75, lambda x: x + mpmath.mpf(0.75), (REAL,), (False,)),
    "constant minus": Operation(lambda x: 2 - x, lambda x: 2 - x, (REAL,), (False,)),
    "constant over": Operation(lambda x: 3 / x, lambda x: 3 / x, (POSITIVE,), (False,)),
    "cube": Operation(lambda x: x**3, lambda x: x * x * x, ((-3.5, 3.5),), (False,)),
    "inverse square": Operation(lambda x: x**-2, lambda x: 1 / (x * x), ((-6.0, -0.3),), (False,)),
    "root": Operation(lambda x: x**0.5, mpmath.sqrt, (POSITIVE,), (False,)),
    "logarithm": Operation(
        at.log, lambda x, base: mpmath.log(x) / mpmath.log(base), (POSITIVE, (1.5, 6.0)), (False,) * 2
    ),
    "prelu": Operation(at.prelu, lambda x, a: x if x > 0 else a * x, (REAL, REAL), (False,) * 2, kinked=True),
    "choice by a comparison": Operation(
        lambda x, y: at.where(x > y, x, y * 2.0),
        lambda x, y: x if x > y else 2 * y,
        (REAL, REAL),
        (False,) * 2,
        kinked=True,
    ),
    "times a comparison": Operation(
        lambda x, y: x * (y > 0.5), lambda x, y: x * int(y > 0.5), (REAL, REAL), (False,) * 2, kinked=True
    ),
    "sum of builtins": Operation(sum, sum, (REAL,), (True,)),
    "softmin": Operation(
        lambda xs: at.softmin(xs)[0],
        lambda xs: mpmath.exp(-xs[0]) / sum(mpmath.exp(-x) for x in xs),
        (REAL,),
        (True,),
    ),
    "variance": Operation(lambda xs: at.var([*xs, 7.0]), lambda xs: variance([*xs, mpmath.mpf(7)]), (REAL,), (True,)),
    "deviation": Operation(
        lambda xs: at.std([*xs, 7.0]), lambda xs: mpmath.sqrt(variance([*xs, mpmath.mpf(7)])), (REAL,), (True,)
    ),
    "distance": Operation(
        lambda xs, ys: at.dist([*xs, 7.0], [*ys, -7.0]),
        lambda xs, ys: mpmath.sqrt(sum((x - y) ** 2 for x, y in zip(xs, ys, strict=True)) + 196),
        (REAL, REAL),
        (True, True),
    ),
    "dot with floats": Operation(
        lambda xs, b: at.dot(xs, [0.5] * len(xs), b), lambda xs, b: sum(xs) / 2 + b, (REAL, REAL), (True, False)
    ),
    "affine": Operation(
        lambda xs, ys: at.affine([xs, ys], xs, [ys[0], 1.0])[1],
        lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)) + 1,
        (REAL, REAL),
        (True, True),
    ),
}
"""Operations of several nodes, and the ways in which an operator takes a plain number."""

OPERATIONS = {**{name: row(name) for name in REFERENCES}, **COMPOSED}
NAMES = sorted(OPERATIONS)


def compute(nodes: Sequence[Any], steps: Sequence[Step]) -> list[Any]:
    """Return the leaves and the result of each step."""
    nodes = list(nodes)
    for name, operands in steps:
        nodes.append(OPERATIONS[name].ours(*look_up(operands, nodes)))
    return nodes


def look_up(operands: Sequence[Operand], nodes: Sequence[Any]) -> list[Any]:
    """Return operands with nodes for positions."""

    def find(x: Any) -> Any:
        return nodes[x] if isinstance(x, int) else x

    return [list(map(find, operand)) if isinstance(operand, list) else find(operand) for operand in operands]


# ── drawing ───────────────────────────────────────────────────────────────────────────────────────────────────


def draw_leaf(source: Random) -> float:
    """Return a number; most rows take it, and some functions are exact at it."""
    return source.choice(
        (source.uniform(-2.0, 2.0), source.uniform(0.1, 6.0), source.uniform(-0.9, 0.9), float(source.randint(-3, 3)))
    )


def draw_step(
    source: Random, data: Sequence[float | None], *, recent: int, width: int = 4, name: str = ""
) -> Step | None:
    """Return a step whose operands are in its domain, with at least one node among them; None if the draw fails.

    Args:
        source: of random numbers.
        data: the earlier numbers, or None for numbers that fit everywhere.
        recent: operands are mostly among that many last numbers.
        width: the largest length of a list.
        name: the operation; by default any.
    """
    name = name or source.choice(NAMES)
    operation = OPERATIONS[name]
    length = source.randint(2, width)
    drawn: list[int] = []

    def draw(interval: Interval, constant: bool) -> Operand:
        low, high = interval
        if low == high:
            return low
        if not constant and source.random() > 0.15:
            for _ in range(6):
                place = source.randrange(
                    max(0, len(data) - recent) if recent == 1 or source.random() < 0.7 else 0, len(data)
                )
                if drawn and source.random() < 0.15:
                    place = drawn[-1]
                if data[place] is None or low <= data[place] <= high:
                    drawn.append(place)
                    return place
        number, rounded = source.uniform(low, high), float(round(source.uniform(low, high)))
        if source.random() < 0.5 or not low <= rounded <= high or (operation.kinked and not rounded):
            return number
        return rounded

    operands = [
        [draw(interval, k in operation.constants) for _ in range(length)]
        if many
        else draw(interval, k in operation.constants)
        for k, (interval, many) in enumerate(zip(operation.domain, operation.lists, strict=True))
    ]
    return (name, operands) if drawn else None


def is_tame(step: Step, nodes: Sequence[Any], node: Value) -> bool:
    """Return True if a result and its partials are of moderate size, and no kink is near."""
    if not isinstance(node, Value):  # a plain number times a comparison
        return False
    if not abs(node.data) <= LARGEST or not all(abs(partial) <= STEEPEST for partial in node.partials):
        return False
    operation = OPERATIONS[step[0]]
    if not operation.kinked:
        return True
    flat = [float(x.data) if isinstance(x, Value) else x for x in flatten(look_up(step[1], nodes))]
    places = [k for k, x in enumerate(flatten(step[1])) if isinstance(x, int)]
    return all(abs(flat[k]) > NEAR and is_smooth(operation.ours, step[1], flat, k) for k in places)


def is_smooth(function: Callable[..., Any], operands: Sequence[Operand], flat: Sequence[float], k: int) -> bool:
    """Return True if the second differences in one operand, at it and beside it, are those of a smooth function."""

    def moved(by: float) -> float:
        return float(function(*in_shape(operands, [x + by * (j == k) for j, x in enumerate(flat)])))

    below, here, above, further = (moved(by * NEAR) for by in (-1.0, 0.0, 1.0, 2.0))
    return max(abs(below - 2.0 * here + above), abs(here - 2.0 * above + further)) <= 300.0 * NEAR**2


def flatten(operands: Sequence[Operand]) -> list[Any]:
    """Return operands with the elements of lists one by one."""
    return [x for operand in operands for x in (operand if isinstance(operand, list) else [operand])]


def in_shape(operands: Sequence[Operand], flat: Sequence[Any]) -> list[Any]:
    """Return flat numbers in the structure of the operands."""
    rest = iter(flat)
    return [[next(rest) for _ in operand] if isinstance(operand, list) else next(rest) for operand in operands]


def tame_program(
    source: Random, *, leaves: int, steps: int, recent: int, width: int = 4
) -> tuple[list[float], list[Step]]:
    """Return leaves and steps all of whose numbers are of moderate size; the last one depends on many of them."""
    numbers = [draw_leaf(source) for _ in range(leaves)]
    nodes: list[Any] = [Value(x) for x in numbers]
    taken: list[Step] = []
    for _ in range(20 * steps):
        if len(taken) == steps:
            break
        step = draw_step(source, [node.data for node in nodes], recent=recent, width=width)
        if step is not None:
            node = OPERATIONS[step[0]].ours(*look_up(step[1], nodes))
            if is_tame(step, nodes, node):
                taken.append(step)
                nodes.append(node)
    ends = list(range(max(0, len(nodes) - 3), len(nodes)))
    return numbers, [*taken, ("sum", [ends])]


def any_program(source: Random) -> tuple[list[float], list[Step]]:
    """Return a tame program of a random shape: bushy, deep or wide."""
    shape = source.random()
    if shape < 0.6:
        return tame_program(source, leaves=4, steps=source.randint(1, 16), recent=6)
    if shape < 0.85:
        return tame_program(source, leaves=2, steps=source.randint(10, 40), recent=source.randint(1, 2))
    numbers, steps = tame_program(source, leaves=12, steps=source.randint(4, 12), recent=20, width=10)
    count = len(numbers) + len(steps) - 1
    return numbers, [*steps[:-1], ("sum", [list(range(count))])]


def wild_steps(source: Random, leaves: int) -> list[Step]:
    """Return steps whatever their operands will be, in which no function compares its operands while it records."""
    length = source.randint(1, 25)
    steps: list[Step] = []
    while len(steps) < length:
        step = draw_step(source, [None] * (leaves + len(steps)), recent=3)
        if step is not None and step[0] not in {"choice by a comparison", "times a comparison"}:
            steps.append(step)
    return steps
