"""Grouping: levels, groups, grids and ragged sums."""

from __future__ import annotations

import tracemalloc
from array import array
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.grouping import grouped, levels_of
from autograd_tiny.replay.groups import Batched, Grid, Ragged, RowGroup
from autograd_tiny.replay.plan import plan_of
from tests.replay.tapes import Function, groups, steps, tape


def test_levels_are_longest_paths() -> None:
    program = steps(lambda x, w: at.tanh(at.tanh(w[0])) * at.exp(w[1]))
    levels = levels_of(program)
    assert [levels[node] for node in program.steps] == [1, 2, 1, 3]


def chain(x: list[Any], w: list[Value]) -> Any:
    """Return a chain of 400 operations, none of which can be grouped with another."""
    z: Any = x[0]
    for _ in range(200):
        z = at.tanh(w[0] * z)
    return z


def test_groups_of_one_step_are_made_when_asked_for() -> None:
    program = steps(chain)
    found = grouped(program, flows=[True] * len(program.varying))
    assert (len(found), found.several, program.steps.new) == (400, [], {})
    assert [str(group) for group in found[:2]] == ["1 × mul", "1 × tanh"]
    assert list(found) == list(found[:]) == [found[k] for k in range(400)]


def two_chains(x: list[Any], w: list[Value]) -> Any:
    """Return the product of two chains, whose operations on a level are a group of two, and are not absorbed."""
    y: Any = x[0]
    z: Any = x[1]
    for _ in range(100):
        y, z = at.tanh(y + w[0] * y), at.tanh(z + w[1] * z)
    return y * z


def test_groups_of_operations_of_the_tape_are_made_when_asked_for() -> None:
    program = steps(two_chains)
    found = grouped(program, flows=[True] * len(program.varying))
    assert program.steps.new == {}
    assert [type(group) for group in found.several] == [array] * 300
    assert [str(group) for group in found[:3]] == ["2 × mul", "2 × add", "2 × tanh"]
    assert found[0] == RowGroup((9, 309), TABLE["mul"], ((3, 4), (0, 1)), varying=True, differentiated=True)


def test_plan_of_a_chain_is_small() -> None:
    recorded = tape(chain)
    plan_of(recorded)
    tracemalloc.start()
    plan = plan_of(recorded)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(plan.groups) == 400
    assert (kept / 400 < 60, most / 400 < 150) == (True, True)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, w: at.dot(w[:2], x[:2]), "1 dot × 2 inputs → matmul (1, 2) @ (2, batch)"),
        (lambda x, w: at.dot(x, x), "1 dot of 3 numbers"),
        (lambda x, w: at.sum(x), "1 sum of 3 numbers"),
    ],
)
def test_sum_alone_on_its_level_is_a_grid_or_ragged(function: Function, expected: str) -> None:
    assert [str(group) for group in groups(lambda x, w: at.exp(function(x, w)))] == [expected, "1 × exp"]


def test_small_sums_that_are_no_grids_stay_ragged() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        return at.prod([at.dot(w[k : k + n], x[k : k + n]) for k, n in enumerate((2, 2, 2, 3))])

    found = groups(function, inputs=6)
    assert [str(group) for group in found][:2] == ["3 dots of 6 numbers", "1 dot of 3 numbers"]


def test_equal_operations_of_a_level_are_grouped() -> None:
    found = groups(lambda x, w: at.tanh(w[0]) * at.tanh(w[1]) * at.exp(w[2]) * x[0])
    assert [str(group) for group in found] == ["2 × tanh", "1 × exp", "1 × mul", "1 × mul", "1 × mul"]


def test_kinds_of_a_level_are_groups_in_the_order_of_their_first_operations() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        return at.prod([at.tanh(x[0]), x[1] / w[0], x[0] / x[1], at.tanh(x[2]), x[2] / w[1], w[2] / x[0]])

    found = groups(function)
    assert [str(group) for group in found] == ["2 × tanh", "2 × div", "1 × div", "1 × div", "1 × prod"]
    assert [group.operands[0] for group in found[:4]] == [(0, 2), (1, 2), (0,), (5,)]


def test_constants_may_differ_in_a_group_exponents_not() -> None:
    found = groups(lambda x, w: (w[0] * 2.0) ** 2.0 * (w[1] * 3.0) ** 3.0)
    assert [str(group) for group in found][:3] == [
        "2 × mul",
        "1 × pow_constant_exponent",
        "1 × pow_constant_exponent",
    ]


def test_varying_and_uniform_steps_are_separate() -> None:
    found = groups(lambda x, w: at.tanh(w[0]) * at.tanh(x[0]))
    assert [(str(group), group.varying) for group in found][:2] == [("1 × tanh", False), ("1 × tanh", True)]


def test_layer_is_a_grid_the_rest_ragged() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        layer = [at.dot(w[:3], x), at.dot(w[3:], x)]
        return at.sum([at.tanh(y) for y in [*layer, at.dot([x[0], x[1]], [x[1], x[2]], w[0]), at.sum([*w, *x])]])

    kinds = [type(group) for group in groups(function)]
    assert kinds == [Grid, Ragged, Ragged, RowGroup, Ragged]


def attention(x: list[Any], w: list[Value], *, causal: bool) -> Any:
    """Return the sum of exponentials of scores: 2 heads, 3 positions, 2 numbers each."""
    queries, keys = ([f(a) for a in x] for f in (at.sin, at.tanh))
    scores = [
        at.exp(at.dot(queries[4 * t + head :][:2], keys[4 * s + head :][:2]))
        for t in range(3)
        for head in (0, 2)
        for s in range(t + 1 if causal else 3)
    ]
    return at.sum(scores) * w[0]


def test_dots_of_varying_sides_are_batched() -> None:
    found = [
        group for group in groups(lambda x, w: attention(x, w, causal=False), inputs=12) if type(group) is Batched
    ]
    assert [str(group) for group in found] == [
        "18 dots × 2 inputs → matmul (3, 2) @ (2, 3) × 2 blocks × batch",
    ]
    assert found[0].shape == (2, 3, 3, 2)


def test_dots_over_a_growing_context_are_batched_by_shape() -> None:
    found = groups(lambda x, w: attention(x, w, causal=True), inputs=12)
    assert [group.shape for group in found if type(group) is Batched] == [(2, 1, 2, 2), (2, 1, 3, 2)]
    ragged = [str(group) for group in found if type(group) is Ragged]
    assert ragged[0] == "2 dots of 4 numbers"


def test_few_lengths_are_apart() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        return at.sum([at.exp(at.sum(x[:k])) for k in (3, 3, 4)]) * w[0]

    assert [str(group) for group in groups(function, inputs=4)][:2] == ["2 sums of 6 numbers", "1 sum of 4 numbers"]
