"""Grouping: levels, groups, grids and ragged sums."""

from __future__ import annotations

from typing import Any

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay.grouping import Grid, Ragged, RowGroup, levels_of
from tests.replay.tapes import groups, steps


def test_levels_are_longest_paths() -> None:
    program = steps(lambda x, w: at.tanh(at.tanh(w[0])) * at.exp(w[1]))
    assert list(levels_of(program).values()) == [1, 2, 1, 3]


def test_equal_operations_of_a_level_are_grouped() -> None:
    found = groups(lambda x, w: at.tanh(w[0]) * at.tanh(w[1]) * at.exp(w[2]) * x[0])
    assert [str(group) for group in found] == ["2 × tanh", "1 × exp", "1 × mul", "1 × mul", "1 × mul"]


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
