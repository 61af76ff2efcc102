"""The places of numbers in the stores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny.replay.fusion import fuse
from autograd_tiny.replay.grouping import grouped
from autograd_tiny.replay.groups import Batched
from autograd_tiny.replay.layout import folded, place_in_stores, strides_of
from tests.replay.tapes import groups, tape


@pytest.mark.parametrize(
    ("rows", "strides"),
    [
        ([3, 4, 5], (1,)),
        ([3, 5, 7], (2,)),
        ([5, 4, 3], (-1,)),
        ([3, 3, 3], (0,)),
        ([3], (0,)),
        ([3, 4, 6], None),
        (range(3, 30, 3), (3,)),
        ([*range(3, 30, 3), 31], None),
        ([[0, 1], [5, 6]], (5, 1)),
        ([[0, 1], [5, 7]], None),
        (7, ()),
    ],
)
def test_strides_of_rows(rows: Any, strides: tuple[int, ...] | None) -> None:
    assert strides_of(np.array(rows)) == strides


@pytest.mark.parametrize(
    ("rows", "shape"),
    [
        ([0, 0, 0, 1, 1, 1], (2, 3)),
        ([0, 1, 2, 0, 1, 2], (2, 3)),
        ([0, 2, 10, 12, 20, 22], (3, 2)),
        ([0, 1, 2], None),
        ([7], None),
        ([0, 1, 5, 7, 8], None),
        ([0, 1, 5, 6, 7, 9], None),
    ],
)
def test_folded_rows(rows: list[int], shape: tuple[int, int] | None) -> None:
    assert folded(np.array(rows)) == shape


def test_ones_follow_the_inputs_of_neurons_with_bias() -> None:
    recorded = tape(lambda x, w: at.tanh(at.dot(w[:2], x[:2], w[2])) * at.tanh(at.dot(w[3:5], x[:2], w[5])) * x[2])
    program = fuse(recorded, varying=recorded.depends_on(0, 3))
    flows = program.flows(recorded.is_differentiated(3, 9))
    stores = place_in_stores(program, grouped(program, flows=flows), flows=flows)
    assert stores.ones == (2,)
    assert [stores.place[x] for x in range(3)] == [0, 1, 3]
    assert [stores.place[x] for x in range(3, 9)] == list(range(6))


def test_numbers_are_in_the_order_of_their_inputs() -> None:
    found = groups(lambda x, w: at.tanh(w[2]) + at.tanh(w[0]) * at.tanh(w[1]))
    assert found[0].operands == ((3, 4, 5),)


def test_whole_constants_order_a_group() -> None:
    found = groups(lambda x, w: (w[0] * 2.0) * (w[1] * 1.0) * (w[2] * 0.5) * x[0])
    assert found[0].operands == ((5, 4, 3), (0.5, 1.0, 2.0))


def test_batched_products_keep_the_recorded_order() -> None:
    def function(x: list[Any], w: list[Any]) -> Any:
        scores = [
            at.exp(at.dot(x[4 * t + head :][:2], x[4 * s + head :][:2]))
            for t in (1, 0, 2)
            for head in (0, 2)
            for s in (0, 1, 2)
        ]
        return at.sum(scores) * w[0]

    recorded = tape(function, inputs=12)
    program = fuse(recorded, varying=recorded.depends_on(0, 12))
    flows = [False] * len(program.varying)
    stores = place_in_stores(program, grouped(program, flows=flows), flows=flows)
    (group,) = (group for group in stores.groups if type(group) is Batched)
    assert [[side[0] for side in block] for block in group.lefts] == [[0, 4, 8], [2, 6, 10]]
    rows = stores.rows_of(group.nodes).reshape(group.shape[:3])
    assert np.array_equal(rows, np.sort(rows, axis=1)) == (strides_of(rows) is not None)
    assert sorted(rows.ravel()) == list(range(12, 30))


def test_batched_products_in_an_uneven_order_are_placed_block_by_block() -> None:
    def function(x: list[Any], w: list[Any]) -> Any:
        pairs = [(0, 0), (1, 1), (0, 1), (1, 0)]
        return at.sum([at.exp(at.dot(x[2 * i :][:2], x[2 * j :][:2])) for i, j in pairs]) * w[0]

    found = [group for group in groups(function, inputs=4) if type(group) is Batched]
    assert [group.shape for group in found] == [(1, 2, 2, 2)]
