"""The numbers of a pass: those of the graph bit by bit, and those with another number for a leaf."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import StaleDataError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace.edges import Edges
from autograd_tiny.trace.passes import changed_pass, differ, recorded_pass

EXTREMES = [0.0, -0.0, 1.0, -2.5, 3.0, 1e300, -1e300, 5e-324, math.inf, -math.inf, math.nan]
OPERATORS: list[Callable[[Any, Any], Any]] = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.pow,
    operator.mod,
    operator.floordiv,
]


@pytest.mark.parametrize("compute", OPERATORS)
def test_the_operators_are_computed_again_bit_for_bit(compute: Callable[[Any, Any], Any]) -> None:
    for x, y in itertools.product([*EXTREMES, 2, 1, 0, -1, 7], repeat=2):
        for operands in ((Value(x), Value(y)), (Value(x), y), (x, Value(y))):
            recorded_pass(Edges(compute(*operands)))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.list_positions])
def test_every_row_is_computed_again_bit_for_bit(name: str) -> None:
    row = TABLE[name]
    for numbers in itertools.product(EXTREMES, repeat=row.arity):
        recorded_pass(Edges(row(*map(Value, numbers))))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.list_positions])
def test_every_row_of_lists_is_computed_again_bit_for_bit(name: str) -> None:
    row = TABLE[name]
    for numbers in itertools.product(EXTREMES, repeat=2):
        operands = [list(map(Value, numbers)) if many else 1.0 for many in row.takes_list]
        recorded_pass(Edges(row(*operands)))


def test_the_written_out_sum_and_dot_are_computed_again_bit_for_bit() -> None:
    for numbers in itertools.product(EXTREMES, repeat=3):
        xs = list(map(Value, numbers))
        recorded_pass(Edges(at.sum(xs)))
        recorded_pass(Edges(at.dot(xs, list(numbers), xs[0])))
        recorded_pass(Edges(at.dot(xs, xs[::-1])))


def test_a_change_of_one_bit_is_seen() -> None:
    a = Value(1.0)
    root = a + 2.0
    a.data = 1.0 + 2.0**-51
    with pytest.raises(StaleDataError) as caught:
        recorded_pass(Edges(root))
    assert caught.value.primitive == "add"


def test_only_what_comes_after_a_leaf_is_computed_again() -> None:
    a, b = Value(2.0), Value(3.0)
    edges = Edges(a.exp() * b)
    before = recorded_pass(edges)
    after = changed_pass(edges, before, edges.index[b], 4.0)
    assert list(after.values) == [2.0, math.exp(2.0), 4.0, math.exp(2.0) * 4.0]
    assert list(before.values) == [2.0, math.exp(2.0), 3.0, math.exp(2.0) * 3.0]


@pytest.mark.parametrize(
    ("x", "y", "different"),
    [(1.0, 1.0, False), (1.0, 2.0, True), (math.nan, math.nan, False), (math.nan, 1.0, True), (1.0, math.nan, True)],
)
def test_what_is_no_number_differs_from_numbers_alone(x: float, y: float, different: bool) -> None:
    assert differ(x, y) is different
