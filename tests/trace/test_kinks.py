"""Kinks are found from the rows of the table, and nothing else is taken for one."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import Value, maximum, minimum, primitive, sign, tanh
from autograd_tiny import max as largest
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace.kinks import Crossing, crossings, has_kink_between
from autograd_tiny.trace.passes import changed_pass
from autograd_tiny.trace.walk import Walk

WITH_KINKS = {
    "relu": ([2.0], [-1.0]),
    "leaky_relu": ([2.0, 0.01], [-1.0, 0.01]),
    "elu": ([2.0, 1.5], [-1.0, 1.5]),
    "selu": ([2.0], [-1.0]),
    "abs": ([2.0], [-1.0]),
    "heaviside": ([2.0, 0.5], [-1.0, 0.5]),
    "relu6": ([5.0], [7.0]),
    "hardtanh": ([0.5, -1.0, 1.0], [3.0, -1.0, 1.0]),
    "hardsigmoid": ([2.0], [-4.0]),
    "hardswish": ([-2.0], [-4.0]),
    "softshrink": ([0.25, 0.5], [0.75, 0.5]),
    "hardshrink": ([0.25, 0.5], [0.75, 0.5]),
    "threshold": ([2.0, 1.0, 5.0], [0.5, 1.0, 5.0]),
    "maximum": ([1.0, 2.0], [3.0, 2.0]),
    "minimum": ([1.0, 2.0], [3.0, 2.0]),
    "fmax": ([1.0, 2.0], [3.0, 2.0]),
    "fmin": ([1.0, 2.0], [3.0, 2.0]),
    "clamp": ([0.0, -1.0, 1.0], [2.0, -1.0, 1.0]),
    "where": ([1.0, 2.0, 3.0], [0.0, 5.0, 6.0]),
    "max": ([1.0, 2.0, 0.0], [3.0, 2.0, 0.0]),
    "min": ([1.0, 2.0, 3.0], [4.0, 2.0, 3.0]),
}
"""Rows with operands on two sides of a kink."""

JUMPING = {"copysign", "fmod", "remainder"}
"""Rows that jump again and again, and whose partial jumps with them."""


@pytest.mark.parametrize("name", WITH_KINKS)
def test_a_kink_between_two_points_is_found_in_both_directions(name: str) -> None:
    there, back = WITH_KINKS[name]
    assert has_kink_between(TABLE[name], there, back)
    assert has_kink_between(TABLE[name], back, there)


@pytest.mark.parametrize("name", WITH_KINKS)
def test_a_point_by_itself_has_no_kink(name: str) -> None:
    there, back = WITH_KINKS[name]
    assert not has_kink_between(TABLE[name], there, there)
    nearby = [x + (y - x) * 1e-3 for x, y in zip(there, back, strict=True)]
    assert not has_kink_between(TABLE[name], there, nearby)


@pytest.mark.parametrize("name", sorted(TABLE.keys() - WITH_KINKS.keys() - JUMPING))
def test_a_smooth_row_has_no_kink_anywhere(name: str) -> None:
    row, source = TABLE[name], random.Random(0)

    def point() -> list[float]:
        intervals = [(x, 3 if many else 1) for x, many in zip(domain, row.takes_list, strict=True)]
        return [source.uniform(*interval) for interval, length in intervals for _ in range(length)]

    domain = [*row.domain, *row.domain[-1:] * (row.arity - len(row.domain))]
    for _ in range(25):
        assert not has_kink_between(row, point(), point())


def test_what_a_constant_sees_does_not_count() -> None:
    def partials(x: Any, y: Any, z: Any) -> tuple[Any, ...]:
        return 1.0, 2.0 - 1.0 * (x > 1.0)

    row = primitive("bent_in_y", "bent_in_y({x}, {y})", lambda x, y: x + y, partials).primitive
    del TABLE["bent_in_y"]
    assert not has_kink_between(row, [0.5, 2.0], [2.5, 2.0])
    assert has_kink_between(row, [0.5, 2.0], [2.5, 2.1])


@pytest.mark.parametrize("name", ["remainder", "fmod"])
def test_a_value_that_jumps_is_a_kink_though_no_partial_changes(name: str) -> None:
    assert has_kink_between(TABLE[name], [1.5, 2.0], [2.5, 2.0])
    assert not has_kink_between(TABLE[name], [0.5, 2.0], [1.5, 2.0])


def test_an_infinite_operand_is_on_its_side() -> None:
    assert has_kink_between(TABLE["relu"], [-math.inf], [math.inf])
    assert has_kink_between(TABLE["relu"], [-1.0], [math.inf])


@pytest.mark.parametrize("number", [1.0, -1.0])
def test_what_is_no_number_is_on_no_side(number: float) -> None:
    assert not has_kink_between(TABLE["relu"], [number], [math.nan])
    assert not has_kink_between(TABLE["relu"], [math.nan], [number])


@pytest.mark.parametrize("tiny", [5e-324, 1e-300])
def test_a_kink_beside_a_tiny_number_is_found(tiny: float) -> None:
    assert has_kink_between(TABLE["relu"], [-tiny], [1e300])


@pytest.mark.parametrize(
    "condition",
    [
        lambda x: x + 1.0 > 2.0,
        lambda x: 1.0 + x >= 2.0,
        lambda x: x - 1.0 < 0.0,
        lambda x: 1.0 - x <= 0.0,
        lambda x: x * 2.0 > 2.0,
        lambda x: 2.0 * x > 2.0,
        lambda x: x / 2.0 > 0.5,
        lambda x: 1.0 / x > 1.0,
        lambda x: x**2.0 > 1.0,
        lambda x: 2.0**x > 2.0,
        lambda x: -x > -1.0,
        lambda x: abs(x) > 1.0,
        lambda x: x % 8.0 > 1.0,
        lambda x: 1.25 % x > 0.3,
        lambda x: x // 1.0 > 0.0,
        lambda x: 1.0 // x > 0.0,
        lambda x: tanh(x) > tanh(1.0),
        lambda x: sign(x - 1.0) + 1.0,
        lambda x: (x > 0.0) & (x <= 1.0),
    ],
)
def test_rows_of_the_users_own_are_searched_whatever_they_compute(condition: Callable[[Any], Any]) -> None:
    bent = primitive("bent", "bent({x})", lambda x: x, lambda x, z: (2.0 - 1.0 * condition(x),)).primitive
    del TABLE["bent"]
    assert has_kink_between(bent, [0.75], [1.25])
    assert not has_kink_between(bent, [0.75], [0.875])


def crossing(root: Value, leaf: Value, number: float) -> Crossing:
    """Return the only node that is on another side of a kink with another number for a leaf."""
    walk = Walk(root)
    before = walk.events.numbers
    after = changed_pass(walk.edges, before, walk.edges.index[leaf], number)
    (found,) = crossings(walk.edges, before, after, walk.names)
    return found


def test_a_relu_that_died_hands_nothing_back_any_more() -> None:
    x = Value(2.0, label="x")
    died = crossing(x.relu() * 3.0, x, -1.0)
    assert (died.node, died.formula, died.inputs, died.before, died.after) == (
        "v1",
        "relu(x)",
        ("x",),
        (1.0,),
        (0.0,),
    )
    assert str(died) == "v1 = relu(x) crossed a kink: no gradient passes to x any more (the partial was 1, is 0)"


def test_another_maximum_takes_the_gradient() -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    assert str(crossing(maximum(a, b), a, 3.0)) == (
        "L = maximum(a, b) crossed a kink: the gradient passes to a now (the partial was 0, is 1); "
        "no gradient passes to b any more (the partial was 1, is 0)"
    )


def test_a_slope_that_changes_its_sign_or_jumps_is_told_in_numbers() -> None:
    x = Value(2.0, label="x")
    assert str(crossing(abs(x), x, -2.0)).endswith(": the partial for x changed its sign, from 1 to -1")
    assert str(crossing(x.leaky_relu(), x, -2.0)).endswith(": the partial for x jumped from 1 to 0.01")


def test_two_kinks_crossed_at_once_may_leave_the_partials_as_they_were() -> None:
    x = Value(-2.0, label="x")
    assert str(crossing(x.relu6(), x, 8.0)).endswith(" crossed a kink: its partials are the same on this side")


def test_a_value_that_jumps_is_pointed_out() -> None:
    x = Value(1.5, label="x")
    jumped = " crossed a kink, where its value jumps: "
    assert str(crossing(x % 1.0, x, 2.25)) == f"L = x % 1{jumped}its partials are the same on this side"
    assert f"{jumped}no gradient passes to x" in str(crossing(TABLE["hardshrink"](x, 0.5), x, 0.25))
    assert jumped not in str(crossing(x.relu(), x, -1.0))


def test_a_node_with_many_inputs_names_a_few() -> None:
    xs = [Value(1.0, label=f"x[{k}]") for k in range(100)]
    text = str(crossing(largest(xs), xs[50], 3.0))
    assert text.count("the partial") == 3
    assert text.endswith("; 97 more inputs likewise")


def test_a_constant_among_the_operands_is_not_spoken_of() -> None:
    x = Value(2.0, label="x")
    assert crossing(minimum(1.0, x), x, 0.5).inputs == ("x",)
