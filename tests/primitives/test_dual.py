"""Dual numbers: every row gives with them the derivatives that it gives with Values, to third order."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, grad
from autograd_tiny.primitives.dual import Dual, partials_at
from autograd_tiny.primitives.primitive import TABLE, Primitive

X = Dual(2.0, 1.0, 0.0, 0.0)


def sample(row: Primitive, source: random.Random) -> list[float]:
    """Return flat operands from the domain of a row, three for each list."""
    intervals = zip(row.takes_list, row.domain, strict=True)
    return [source.uniform(*interval) for is_list, interval in intervals for _ in range(3 if is_list else 1)]


def derivatives_by_graphs(row: Primitive, numbers: list[float], direction: list[float]) -> list[float]:
    """Return the first derivatives along a line, by graphs of graphs."""
    t = Value(0.0)
    moved = [n + d * t if d else n for n, d in zip(numbers, direction, strict=True)]
    node, found = row(*row.group(moved)), []
    for _ in range(3):
        found.append(node.data)
        slope = grad(node, t, allow_unused=True)
        node = Value(0.0) if slope is None else slope
    return [*found, node.data]


@pytest.mark.no_cover
@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_row_gives_derivatives_of_graphs(row: Primitive) -> None:
    source = random.Random(row.name)
    for _ in range(5):
        numbers = sample(row, source)
        fixed = [low == high for low, high in row.domain]
        still = [f for f, is_list in zip(fixed, row.takes_list, strict=True) for _ in range(3 if is_list else 1)]
        constant = {"pow_constant_exponent": 1, "pow_constant_base": 0}.get(row.name)
        direction = [0.0 if s or k == constant else source.uniform(-1.0, 1.0) for k, s in enumerate(still)]
        expected = derivatives_by_graphs(row, numbers, direction)
        lines = [Dual(n, d, 0.0, 0.0) if d else n for n, d in zip(numbers, direction, strict=True)]
        dual = row(*row.group(lines)) if any(direction) else Dual(*expected)
        found = [c * math.factorial(k) for k, c in enumerate(dual.coefficients)]
        scale = 1.0 + max(map(abs, expected))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale)


@pytest.mark.parametrize(
    ("dual", "expected"),
    [
        (X + 3.0, (5.0, 1.0, 0.0, 0.0)),
        (3.0 + X, (5.0, 1.0, 0.0, 0.0)),
        (X - 3.0, (-1.0, 1.0, 0.0, 0.0)),
        (3.0 - X, (1.0, -1.0, 0.0, 0.0)),
        (X - X, (0.0, 0.0, 0.0, 0.0)),
        (2.0 * X, (4.0, 2.0, 0.0, 0.0)),
        (X * X * X, (8.0, 12.0, 6.0, 1.0)),
        (X / 2.0, (1.0, 0.5, 0.0, 0.0)),
        (1.0 / X, (0.5, -0.25, 0.125, -0.0625)),
        (X**3, (8.0, 12.0, 6.0, 1.0)),
        (2.0**X, tuple(4.0 * math.log(2.0) ** k / math.factorial(k) for k in range(4))),
        (X**X, (4.0, 4.0 * (math.log(2.0) + 1.0))),
        (X % 1.5, (0.5, 1.0, 0.0, 0.0)),
        (7.0 % X, (1.0, -3.0, 0.0, 0.0)),
        (X // 1.5, (1.0, 0.0, 0.0, 0.0)),
        (7.0 // X, (3.0, 0.0, 0.0, 0.0)),
        (-X, (-2.0, -1.0, 0.0, 0.0)),
        (+X, (2.0, 1.0, 0.0, 0.0)),
        (abs(-X), (2.0, 1.0, 0.0, 0.0)),
    ],
)
def test_operators(dual: Dual, expected: tuple[float, ...]) -> None:
    assert dual.coefficients[: len(expected)] == pytest.approx(expected, rel=1e-14)


def test_comparisons_are_those_of_the_value() -> None:
    other = Dual(2.0, 5.0)
    assert [X < 3, other >= X, other == X, bool(X)] == [True] * 4
    assert [X > 2.0, other != X, X <= 1.0] == [False] * 3
    assert not Dual(0.0, 1.0)


def test_value_and_tangent() -> None:
    assert (X.value, X.tangent, repr(X)) == (2.0, 1.0, "Dual(2.0, 1.0, 0.0, 0.0)")


def test_arrays_are_elementwise() -> None:
    for result in (X + np.array([1.0, 2.0]), X * np.array([1.0, 2.0]), np.array([1.0, 2.0]) * X):
        assert [type(element) for element in result] == [Dual, Dual]


def test_division_by_zero_is_ieee() -> None:
    assert (Dual(1.0, 1.0) / Dual(0.0, 0.0)).value == math.inf
    zero: Any = Dual(2.0, 1.0, 0.0)
    assert at.xlogy(zero, 0.0).coefficients[:2] == (-math.inf, -math.inf)
    assert TABLE["div"](zero, 0.0).coefficients[:2] == (math.inf, math.inf)
    slope, _ = partials_at(TABLE["div"], [Value(2.0), 0.0], Value(math.inf))
    assert slope == math.inf
    slope, _ = partials_at(TABLE["div"], [Dual(2.0, 1.0), 0.0], Dual(math.inf, math.inf))
    assert slope.value == math.inf
    assert at.sin(Dual(0.0)).coefficients == (0.0,)


OPERATORS: list[Any] = [
    lambda x: x % 0.7,
    lambda x: 7.3 % x,
    lambda x: x // 0.7,
    lambda x: 7.3 // x,
    lambda x: -x,
    lambda x: +x,
    abs,
    lambda x: x**2.5,
    lambda x: 2.5**x,
    lambda x: x**x,
]


@pytest.mark.parametrize("function", OPERATORS)
def test_operator_gives_the_derivative_of_a_graph(function: Any) -> None:
    x = Value(2.2)
    node = function(x)
    slope = grad(node, x, allow_unused=True)
    found = function(Dual(2.2, 1.0, 0.0, 0.0))
    expected = [node.data, slope.data if isinstance(slope, Value) else slope or 0.0]
    assert list(found.coefficients[:2]) == pytest.approx(expected)
