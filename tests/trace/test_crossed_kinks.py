"""Kinks are found from the rows of the table, and nothing else is taken for one."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import Primitive, Value, cos, cross_entropy, floor, primitive, sign, tanh
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace import crossed_kinks
from autograd_tiny.trace.crossed_kinks import SMOOTH, Borders, deciding, has_kink_between
from autograd_tiny.trace.decisions import decisions_at

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
def test_kink_is_found_in_both_directions(name: str) -> None:
    there, back = WITH_KINKS[name]
    assert has_kink_between(TABLE[name], there, back)
    assert has_kink_between(TABLE[name], back, there)


@pytest.mark.parametrize("name", WITH_KINKS)
def test_single_point_has_no_kink(name: str) -> None:
    there, back = WITH_KINKS[name]
    assert not has_kink_between(TABLE[name], there, there)
    nearby = [x + (y - x) * 1e-3 for x, y in zip(there, back, strict=True)]
    assert not has_kink_between(TABLE[name], there, nearby)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", sorted(TABLE.keys() - WITH_KINKS.keys() - JUMPING))
def test_smooth_primitive_has_no_kink(name: str) -> None:
    row, source = TABLE[name], random.Random(0)

    def point() -> list[float]:
        intervals = [(x, 3 if many else 1) for x, many in zip(domain, row.takes_list, strict=True)]
        return [source.uniform(*interval) for interval, length in intervals for _ in range(length)]

    domain = [*row.domain, *row.domain[-1:] * (row.arity - len(row.domain))]
    for _ in range(25):
        assert not has_kink_between(row, point(), point())


def test_comparisons_that_change_nothing_are_passed_over() -> None:
    def partials(x: Any, z: Any) -> tuple[Any, ...]:
        return ((x > 1.0) * 1.0 + (x <= 1.0) * 1.0 + (x > 6.0) * 1.0 + 0.0 * floor(x),)

    row = primitive("bent_at_6", "bent_at_6({x})", lambda x: x + max(x - 6.0, 0.0), partials).primitive
    del TABLE["bent_at_6"]
    assert has_kink_between(row, [3.5], [6.5])
    assert not has_kink_between(row, [0.5], [5.5])
    assert not has_kink_between(row, [6.5], [66.5])  # after so many changes that it gives up


def test_partial_of_a_constant_does_not_count() -> None:
    def partials(x: Any, y: Any, z: Any) -> tuple[Any, ...]:
        return 1.0, 2.0 - 1.0 * (x > 1.0)

    row = primitive("bent_in_y", "bent_in_y({x}, {y})", lambda x, y: x + y, partials).primitive
    del TABLE["bent_in_y"]
    assert not has_kink_between(row, [0.5, 2.0], [2.5, 2.0])
    assert has_kink_between(row, [0.5, 2.0], [2.5, 2.1])


@pytest.mark.parametrize("name", ["remainder", "fmod"])
def test_jump_of_the_value_is_a_kink(name: str) -> None:
    assert has_kink_between(TABLE[name], [1.5, 2.0], [2.5, 2.0])
    assert not has_kink_between(TABLE[name], [0.5, 2.0], [1.5, 2.0])


def test_infinite_operand_is_on_a_side() -> None:
    assert has_kink_between(TABLE["relu"], [-math.inf], [math.inf])
    assert has_kink_between(TABLE["relu"], [-1.0], [math.inf])


@pytest.mark.parametrize("number", [1.0, -1.0])
def test_nan_is_on_no_side(number: float) -> None:
    assert not has_kink_between(TABLE["relu"], [number], [math.nan])
    assert not has_kink_between(TABLE["relu"], [math.nan], [number])


@pytest.mark.parametrize("tiny", [5e-324, 1e-300])
def test_kink_beside_a_tiny_number_is_found(tiny: float) -> None:
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
def test_user_primitive_is_searched(condition: Callable[[Any], Any]) -> None:
    bent = primitive("bent", "bent({x})", lambda x: x, lambda x, z: (2.0 - 1.0 * condition(x),)).primitive
    del TABLE["bent"]
    assert has_kink_between(bent, [0.75], [1.25])
    assert not has_kink_between(bent, [0.75], [0.875])


@pytest.mark.no_cover
def test_search_between_numbers_of_all_sizes_ends() -> None:
    source = random.Random(1)

    def number() -> float:
        return source.choice([1, -1]) * source.random() * 10.0 ** source.randint(-320, 308)

    for _ in range(20):
        for row in (TABLE["fmod"], TABLE["remainder"], TABLE["maximum"]):
            assert has_kink_between(row, [number(), number()], [number(), number()]) in {True, False}


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The numbers at which comparisons are recorded."""
    points: list[Any] = []

    def record(row: Primitive, numbers: Any) -> list[float]:
        points.append(numbers)
        return decisions_at(row, numbers)

    monkeypatch.setattr(crossed_kinks, "decisions_at", record)
    return points


def test_kink_beside_zero_is_found_in_few_steps(searched: list[Any]) -> None:
    assert has_kink_between(TABLE["relu"], [0.0], [2.0])
    assert has_kink_between(TABLE["relu"], [0.0], [-2.0]) is False
    assert has_kink_between(TABLE["relu"], [-2.0], [3e-310])
    assert len(searched) < 400  # by halves alone each would take a thousand


def test_stationary_point_of_a_partial_is_no_side(searched: list[Any]) -> None:
    wave = primitive("wave", "wave({x})", math.sin, lambda x, z: (cos(x) + 0.0,)).primitive
    pick = primitive("pick", "pick({x})", lambda x: x, lambda x, z: (cross_entropy([x, 0.0], 0.0),)).primitive
    del TABLE["wave"], TABLE["pick"]
    assert decisions_at(wave, [0.0]) == decisions_at(wave, [1.0]) == []
    assert decisions_at(pick, [1000.0]) == [0.0]  # flat, and not defined beside the index
    assert not has_kink_between(wave, [0.0], [1.0])
    assert len(searched) == 2


def test_kink_behind_a_border_without_one_is_found() -> None:
    assert has_kink_between(TABLE["softshrink"], [0.0, 0.5], [-36.0, 0.5])
    assert not has_kink_between(TABLE["softshrink"], [0.0, 0.5], [-0.25, 0.5])


def test_known_border_answers_without_a_search(searched: list[Any]) -> None:
    borders = Borders()
    assert has_kink_between(TABLE["relu"], [-1.0], [2.0], borders=borders)
    searched.clear()
    assert has_kink_between(TABLE["relu"], [3.0], [-5.0], borders=borders)
    assert has_kink_between(TABLE["relu"], [-1.0], [1e300], borders=borders)
    assert not has_kink_between(TABLE["relu"], [1.0], [3.0], borders=borders)
    assert len(searched) == 6


def test_known_border_answers_for_its_own_numbers_alone(searched: list[Any]) -> None:
    borders = Borders()
    assert has_kink_between(TABLE["maximum"], [1.0, 2.0], [3.0, 2.0], borders=borders)
    assert has_kink_between(TABLE["maximum"], [6.0, 5.0], [4.0, 5.0], borders=borders)  # at 5, not at 2
    assert has_kink_between(TABLE["maximum"], [2.5, 2.75], [1.0, 0.5], borders=borders)  # both move
    assert has_kink_between(TABLE["where"], [1.0, 2.0, 3.0], [0.0, 2.0, 3.0], borders=borders)
    assert not has_kink_between(TABLE["where"], [1.0, 2.0, 2.0], [0.0, 2.0, 2.0], borders=borders)


@pytest.mark.parametrize("row", sorted(SMOOTH, key=lambda row: row.name), ids=lambda row: row.name)
def test_smooth_primitives_compare_nothing(row: Primitive) -> None:
    draw = random.Random(1)
    for _ in range(20):
        numbers = [draw.choice([0.0, -1.0, math.inf, draw.gauss(0.0, 5.0)]) for _ in range(row.arity)]
        assert decisions_at(row, numbers) == []


def test_node_that_is_not_defined_at_a_point_may_decide_differently() -> None:
    x, t = Value(1.0), Value(1.0)
    trace = cross_entropy([x, 0.5], t).trace()
    values = trace.events.numbers.values
    between_classes = array("d", values)
    between_classes[trace.position(t)] = 0.5
    assert deciding(trace.edges, values, values) == []
    assert deciding(trace.edges, values, between_classes) == [trace.position(trace.root)]
