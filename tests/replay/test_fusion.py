"""Fusion: chains of additions and sums of products."""

from __future__ import annotations

from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay.fusion import SumOfProducts
from tests.replay.tapes import Function, names, steps


def test_chain_of_additions_is_one_sum() -> None:
    program = steps(lambda x, w: w[0] * x[0] + w[1] * x[1] + 1.0 + w[2] + 2.0 + (w[3] + w[4]) * x[2])
    assert names(program) == ["add", "sum of products"]
    combination = list(program.steps.values())[-1]
    assert isinstance(combination, SumOfProducts)
    assert (len(combination.lefts), len(combination.terms), combination.constant) == (3, 1, 3.0)


def test_weights_are_on_the_left() -> None:
    program = steps(lambda x, w: x[0] * w[0] + w[1] * x[1])
    assert list(program.steps.values()) == [SumOfProducts((3, 4), (0, 1), (), 0.0)]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, w: at.sum([w[0] * x[0], w[1]]), ["mul", "add"]),
        (lambda x, w: at.dot([w[0]], [x[0]], w[1]), ["mul", "add"]),
        (lambda x, w: (w[0] * x[0]) * (w[1] + x[1]), ["mul", "add", "mul"]),
        (lambda x, w: at.mean([w[0], x[0]]), ["add", "div"]),
        (lambda x, w: w[0] + 1.0, ["add"]),
        (lambda x, w: at.sum([w[0]]), ["sum of products"]),
        (lambda x, w: (w[0] + w[1] + w[2]) + x[0] + x[1], ["sum of products", "sum of products"]),
    ],
)
def test_short_sums(function: Function, expected: list[str]) -> None:
    assert names(steps(function)) == expected


@pytest.mark.parametrize(
    ("total", "new"),
    [
        (lambda x, w: x[0] + w[0] * x[1], 0),
        (lambda x, w: x[0] + w[0], 0),
        (lambda x, w: x[0] + 1.0, 0),
        (lambda x, w: w[0] * x[1] + x[0], 1),  # a term comes before a product
        (lambda x, w: 1.0 + x[0], 1),
        (lambda x, w: x[0] + 0.0, 1),
        (lambda x, w: x[0] + (w[0] + w[1]), 0),  # only what varies as the sum is absorbed
        (lambda x, w: x[0] + (x[1] + x[2]), 1),
    ],
)
@pytest.mark.parametrize("uses", [1, 2])
def test_additions_stay_operations_of_the_tape(total: Function, new: int, uses: int) -> None:
    program = steps(lambda x, w: at.prod([at.exp(z := total(x, w)), *[at.exp(z)] * (uses - 1)]))
    assert len(program.steps.new) == new
    assert names(program)[-1 - uses :] == [*["exp"] * uses, "prod"]


def test_node_used_twice_is_not_absorbed() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        total = w[0] * x[0] + w[1] * x[1]
        return total + total * total

    assert names(steps(function)) == ["sum of products", "mul", "add"]


def test_condition_of_guard_is_not_absorbed() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        total = w[0] * x[0] + w[1] * x[1]
        return total + w[2] + w[3] if total else total

    assert names(steps(function)) == ["sum of products", "sum of products"]


def test_equal_constants_share_names() -> None:
    row = [0.5, -1.0]
    program = steps(lambda x, w: at.tanh(at.dot(w[:2], row)) * at.dot(w[2:4], row) * x[0])
    assert list(program.constants.values()) == row
    first, second = (step for step in program.steps.values() if isinstance(step, SumOfProducts))
    assert first.rights == second.rights == tuple(program.constants)


def test_product_added_to_zero_is_a_product() -> None:
    program = steps(lambda x, w: at.exp(0.0 + w[0] * x[0]) * at.dot([w[1]], [x[1]]))
    assert names(program) == ["mul", "exp", "mul", "mul"]


def test_term_added_to_zero_keeps_its_level() -> None:
    assert names(steps(lambda x, w: at.exp(0.0 + at.exp(x[0])))) == ["exp", "sum of products", "exp"]


def test_long_chain_of_subtractions_is_a_sum() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        total: Any = 0.5
        for a in x:
            total = total - at.log(a * w[0])
        return total + w[1] * x[0] - 2.0

    program = steps(function)
    combination = list(program.steps.values())[-1]
    assert isinstance(combination, SumOfProducts)
    signs = [program.constants.get(left, 1.0) for left in combination.lefts]
    assert (signs, combination.terms, combination.constant) == ([-1.0, -1.0, -1.0, 1.0], (), -1.5)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, w: w[0] - x[0] - x[1], ["sub", "sub"]),
        (lambda x, w: w[0] * x[0] + w[1] * x[1] - x[2], ["sum of products", "sub"]),
        (lambda x, w: w[0] - (x[0] - (x[1] - x[2])), ["sub", "sub", "sub"]),
    ],
)
def test_short_chain_of_subtractions_is_kept(function: Function, expected: list[str]) -> None:
    assert names(steps(function)) == expected


def test_subtraction_that_is_used_twice_ends_a_chain() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        total = w[0] - x[0] - x[1]
        return total - total * x[2]

    assert names(steps(function)) == ["sub", "sub", "mul", "sub"]


def test_products_of_products_are_not_nested() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        product: Any = x[0]
        for _ in range(2000):
            product = product * w[0]
        return product + w[1]

    program = steps(function)
    assert names(program) == ["mul"] * 2000 + ["add"]


def test_operands_of_lists_are_used() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        square = w[0] * x[0]
        return at.max(square, x[1], square) + square

    assert names(steps(function)) == ["mul", "max", "add"]


@pytest.mark.parametrize("is_left", [True, False])
def test_parts_of_a_chain_keep_their_order(is_left: bool) -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        total = 1.0 + w[0] * x[0] if is_left else w[0] * x[0] + 1.0
        for a, b in zip(w[1:4], x, strict=True):
            total = total + a * b if is_left else a * b + total
        return total

    (step,) = steps(function).steps.values()
    assert isinstance(step, SumOfProducts)
    assert step.lefts == ((3, 4, 5, 6) if is_left else (6, 5, 4, 3))
    assert step.constant == 1.0
