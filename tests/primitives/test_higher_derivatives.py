"""Derivatives of every row up to the third order against mpmath, over its domain, in the tails and near zero.

`grad` is applied repeatedly, so a partial counts as a function here, not as a number: one that is right at a point,
but a guarded constant or a cancelling quotient, is wrong when it is differentiated again.

The error of a derivative is relative to its size, or to its change under a relative change of an operand, if that is
larger: near a zero no formula is more accurate than its rounded operands.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations_with_replacement
from typing import Any

import mpmath
import pytest
from mpmath import mpf

from autograd_tiny import Value, grad
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.primitives.table import cases, equal
from tests.references import Reference, difference, fixed, reference_of
from tests.sampling import sizes

ORDERS = (0, 1, 2, 3)
TOLERANCES = (1e-14, 2e-14, 1e-12, 1e-12)
SMALLEST, LARGEST = 1e-275, 1e290  # beyond, a factor of a derivative underflows or overflows
SLOW = {
    "gamma": 200,
    "lgamma": 200,
    "digamma": 200,
    "polygamma": 200,
    "erfinv": 400,
    "normal_cdf": 1600,
    "erf": 800,
    "erfc": 800,
    "gelu": 1600,
}
MOST_DIGITS = 3200

SIZES = [1e-100, 1e-20, 1e-8, 1e-5, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.9, 1.0, 1.7, 2.9, 5.9, 11.3, 20.0, 37.0, 100.0]
SIZES += [400.0, 720.0, 1e4, 1e8, 1e16, 1e100]
EVERYWHERE = [0.0, *(side * size for size in SIZES for side in (1.0, -1.0))]


def magnitudes(row: Primitive, generator: random.Random, count: int) -> Iterator[list[Any]]:
    """Yield operands of a row, of all magnitudes; those of one operand in order, then random ones."""
    points = [low if low == high else None for low, high in row.domain]
    if row.arity == 1 and not row.list_positions:
        yield from ([x] for x in EVERYWHERE[:: 1 if count > 10 else 4])
    for _ in range(count):
        size = 10.0 ** generator.uniform(-3.0, 1.0) if generator.random() < 0.5 else generator.choice(SIZES)

        def draw(size: float = size) -> float:
            if generator.random() < 0.4:
                return generator.choice(EVERYWHERE)
            return generator.choice([1.0, -1.0]) * size * 10.0 ** generator.uniform(-1.0, 1.0)

        yield [
            point if point is not None else [draw() for _ in range(2)] if many else draw()
            for point, many in zip(points, row.takes_list, strict=True)
        ]


INSIDE: dict[str, Callable[..., bool]] = {
    "binary_cross_entropy": lambda p, target: p * (1.0 - p) > 1e-12,  # beyond, the slope is bounded as in PyTorch
    "floordiv": lambda x, y: abs(x) < 1e12 * abs(y),  # the steps of the differences are many steps of the function
    "hardtanh": lambda x, low, high: low < high,
    "softshrink": lambda x, lambd: lambd >= 0.0,
}
"""The operands for which a row is compared, where it is not all."""

NEAR_ZERO = {"silu": 3, "logit_entropy": 3, "gelu_tanh": 3}
"""The first order of the derivatives that have rounding errors of the size of an ulp of 1 near x = 0.

The slope is a sum of products, as people know it. Its second derivative is odd, and its terms cancel there.
"""


class Truth:
    """The derivatives of a reference at one point, with as many digits as they need; None if they do not exist."""

    def __init__(self, row: Primitive, reference: Reference, args: Sequence[Any]) -> None:
        self.flat = row.flatten(args)
        self.most = SLOW.get(row.name, MOST_DIGITS)

        @cache
        def value(digits: int, *point: Any) -> Any:
            """Return the reference at a point of the grid of so many digits, which all orders share."""
            return reference.function(*row.group(point))

        self.value = value

    def is_inside(self) -> bool:
        """Return whether the reference is finite at the point, so not at a pole or outside of the domain."""
        try:
            value = self.at((), 100)
        except (ZeroDivisionError, ValueError):
            return False
        return not isinstance(value, mpmath.mpc) and bool(mpmath.isfinite(value))

    def at(self, orders: tuple[int, ...], digits: int) -> Any:
        with mpmath.workdps(digits):
            point = [mpf(x) for x in self.flat]
            widths = [mpf(10) ** (-digits // 6) * (abs(x) or 1) for x in point]
            return difference(lambda xs: self.value(digits, *xs), point, orders, widths)

    def derivative(self, orders: tuple[int, ...]) -> Any:
        digits = 100
        before = self.at(orders, digits)
        while digits < self.most:
            digits *= 2
            now = self.at(orders, digits)
            if now and abs(now - before) <= mpf(10) ** -17 * abs(now):
                return now
            before = now
        return mpf(0) if abs(before) < mpf(10) ** (-self.most // 10) else mpmath.nan

    def scale(self, orders: tuple[int, ...], true: Any, free: Sequence[int]) -> Any:
        """Return the size of a derivative, or of its change under a relative change of an operand."""
        changes = [abs(self.flat[i] * self.at((*orders, i), self.most // 4)) for i in free if self.flat[i]]
        return max([abs(true), *changes])


def derivatives(row: Primitive, args: Sequence[Any], free: Sequence[int], orders: Sequence[int]) -> float:
    leaves = [Value(x) if i in free else x for i, x in enumerate(row.flatten(args))]
    node = row(*row.group(leaves))
    for position in orders:
        (slope,) = grad(node, [leaves[position]], allow_unused=True) if isinstance(node, Value) else (None,)
        if slope is None:
            return 0.0
        node = slope
    return float(node.data)


def errors(row: Primitive, count: int, reference: Reference | None = None) -> Iterator[tuple[int, float, str]]:
    """Yield the order, the relative error and the place of each derivative at each point."""
    reference, generator = reference or reference_of(row), random.Random(row.name)
    for args in magnitudes(row, generator, count):
        still = fixed(row, reference, args)
        flat = row.flatten(args)
        free = [i for i in range(len(flat)) if i not in still]
        truth = Truth(row, reference, args)
        if not INSIDE.get(row.name, lambda *_: True)(*args):
            continue
        kinks = {x for inputs in row.kinks for x in row.flatten(inputs)}
        orders_here = (0,) if kinks & set(flat) or not truth.is_inside() else ORDERS
        for order in orders_here:
            chosen = list(combinations_with_replacement(free, order))
            for orders in generator.sample(chosen, min(len(chosen), 4)):
                try:
                    true = truth.derivative(orders)
                    if isinstance(true, mpmath.mpc) or not mpmath.isfinite(true):
                        continue
                    scale = truth.scale(orders, true, free)
                except (ZeroDivisionError, ValueError, TypeError):
                    continue
                if not mpmath.isfinite(scale) or isinstance(scale, mpmath.mpc) or scale > LARGEST:
                    continue
                if order >= NEAR_ZERO.get(row.name, 9) and abs(math.prod(flat)) < 0.1:
                    scale = max(scale, mpf(1))
                ours = derivatives(row, args, free, orders)
                error = float(abs(mpf(ours) - true) / max(scale, mpf(SMALLEST))) if math.isfinite(ours) else math.inf
                yield order, error, f"∂{orders} at {args}: {ours!r} instead of {mpmath.nstr(true, 17)}"


@pytest.mark.no_cover
@sizes("count", 2, 60)
@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_derivatives_of_every_order_agree_with_mpmath(row: Primitive, count: int) -> None:
    found = [place for order, error, place in errors(row, count) if error > TOLERANCES[order]]
    assert found == []


@pytest.mark.parametrize(
    ("name", "args", "orders", "true"),
    [
        ("sinc", [0.0], [0, 0], -(math.pi**2) / 3.0),
        ("sinc", [1e-9], [0], -1e-9 * math.pi**2 / 3.0),
        ("sinc", [0.0], [0, 0, 0], 0.0),
        ("tanh", [711.0], [0, 0], 0.0),
        ("mish", [711.0], [0, 0], 0.0),
        ("hypot", [1e8, 1.0], [0, 0], 1e-24),
        ("norm", [[1e8, 1.0]], [0, 0], 1e-24),
        ("norm", [[3e-300, 4e-300]], [0, 0], 1.28e299),
        ("hypot", [0.0, 0.0], [0], 0.0),
        ("logsumexp", [[1e16, 1e16]], [0], 0.5),
        ("logsumexp", [[-math.inf, -math.inf]], [0], 0.0),
        ("fmod", [0.24, -1e-200], [1, 1], 0.0),
        ("lerp", [1e20, 1.0, 1.0], [], 1.0),
        ("tanhshrink", [1e-8], [], 1e-24 / 3.0),
        ("softplus", [1e3, 1.0], [1], 0.0),
        ("gelu_tanh", [1e100], [0, 0, 0], 0.0),
        ("pow_constant_exponent", [1e-200, 0.1], [0], 0.1 * 1e180),
        ("pow", [-1.0, 2.0**53 + 2.0], [0], -(2.0**53 + 2.0)),
        ("digamma", [-5.7e-309], [], 1.0 / 5.7e-309),
        ("asin", [1e-20], [0, 0], 1e-20),
    ],
)
def test_derivatives_at_removable_singularities(name: str, args: list[Any], orders: list[int], true: float) -> None:
    row = TABLE[name]
    free = [i for i in range(len(row.flatten(args))) if i not in fixed(row, reference_of(row), args)]
    assert derivatives(row, args, free, orders) == pytest.approx(true, rel=1e-13, abs=1e-300)


SLOPES_OF_SQUARE: dict[str, Callable[..., Any]] = {
    "right": lambda x, z: (2.0 * x,),
    "guarded constant": lambda x, z: (cases(equal(x, 0.0), 0.0, 2.0 * x),),
    "cancelling difference": lambda x, z: ((1.0 + x) * (1.0 + x) - 1.0 - x * x,),
}


@pytest.mark.parametrize("kind", SLOPES_OF_SQUARE)
def test_planted_partial_is_found(kind: str) -> None:
    row = Primitive("planted", "planted({x})", lambda x: x * x, SLOPES_OF_SQUARE[kind], domain=[(-4.0, 4.0)])
    found = any(error > TOLERANCES[order] for order, error, _ in errors(row, 4, Reference(lambda x: x * x)))
    assert found == (kind != "right")
