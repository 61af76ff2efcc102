"""The tape, and the passes over it: combining, grouping, stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay.fusion import FusedTape, SumOfProducts, fuse
from autograd_tiny.replay.grouping import Grid, Ragged, RowGroup, grouped, levels_of
from autograd_tiny.replay.numpy_backend.stores import folded, place_in_stores, strides_of
from autograd_tiny.replay.recorder import Number, Recorder
from autograd_tiny.replay.tape import Tape, tape_of

Function = Callable[[list[Any], list[Value]], Any]


def tape(function: Function, inputs: int = 3, parameters: int = 6) -> Tape:
    x, w = [Number(1.0 + i) for i in range(inputs)], [Value(0.5 + i) for i in range(parameters)]
    with Recorder() as recorder:
        root = function(x, w)
    return tape_of(root, inputs=x, parameters=w, guards=recorder.guards)


def steps(function: Function, **sizes: int) -> FusedTape:
    recorded = tape(function, **sizes)
    return fuse(recorded, varying=recorded.depends_on(0, recorded.inputs))


def names(program: FusedTape) -> list[str]:
    return [
        step.primitive.name if not isinstance(step, SumOfProducts) else "combination"
        for step in program.steps.values()
    ]


def groups(function: Function, **sizes: int) -> Sequence[Any]:
    recorded = tape(function, **sizes)
    program = fuse(recorded, varying=recorded.depends_on(0, recorded.inputs))
    wanted = recorded.is_differentiated(recorded.inputs, recorded.inputs + recorded.parameters)
    flows = program.flows(wanted)
    return place_in_stores(program, grouped(program, flows=flows), flows=flows).groups


# ── the tape ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_positions_are_inputs_parameters_other_leaves_operations() -> None:
    other = Value(9.0)
    recorded = tape(lambda x, w: x[0] * w[0] + other, inputs=1, parameters=1)
    assert (recorded.leaves, recorded.size, recorded.root) == (3, 5, 4)
    assert recorded.others == (other,)
    assert [operation.operands for operation in recorded.operations] == [(0, 1), (3, 2)]


def test_guards_are_on_the_tape_though_the_loss_does_not_need_them() -> None:
    recorded = tape(lambda x, w: w[0] * 2.0 if x[0] > 0.5 else w[0], inputs=1, parameters=1)
    assert [recorded.operations[position - recorded.leaves].primitive.name for position in recorded.guarded] == [
        "greater"
    ]


def test_what_depends_on_what() -> None:
    recorded = tape(lambda x, w: at.tanh(x[0] * 2.0) + w[0] * 3.0, inputs=1, parameters=1)
    names_of_varying = [
        operation.primitive.name
        for operation, varies in zip(recorded.operations, recorded.depends_on(0, 1)[2:], strict=True)
        if varies
    ]
    assert names_of_varying == ["mul", "tanh", "add"]


def test_gradients_flow_only_between_the_root_and_what_is_asked_for() -> None:
    recorded = tape(lambda x, w: at.tanh(x[0]) * w[0] + w[1].detach() * x[0], inputs=1, parameters=2)
    flows = recorded.is_differentiated(1, 3)
    assert flows[:3] == [False, True, False]
    assert flows[3:] == [False, True, False, False, True]


# ── combining ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_chain_of_additions_is_one_sum() -> None:
    program = steps(lambda x, w: w[0] * x[0] + w[1] * x[1] + 1.0 + w[2] + 2.0 + (w[3] + w[4]) * x[2])
    assert names(program) == ["add", "combination"]
    combination = list(program.steps.values())[-1]
    assert isinstance(combination, SumOfProducts)
    assert (len(combination.lefts), len(combination.terms), combination.constant) == (3, 1, 3.0)


def test_weights_stand_on_the_left() -> None:
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
        (lambda x, w: at.sum([w[0]]), ["combination"]),
        (lambda x, w: (w[0] + w[1] + w[2]) + x[0] + x[1], ["combination", "combination"]),
    ],
)
def test_what_becomes_of_short_sums(function: Function, expected: list[str]) -> None:
    assert names(steps(function)) == expected


def test_what_is_used_twice_is_not_absorbed() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        total = w[0] * x[0] + w[1] * x[1]
        return total + total * total

    assert names(steps(function)) == ["combination", "mul", "add"]


def test_what_a_guard_looks_at_is_not_absorbed() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        total = w[0] * x[0] + w[1] * x[1]
        return total + w[2] + w[3] if total else total

    assert names(steps(function)) == ["combination", "combination"]


def test_equal_lists_of_constants_are_kept_once() -> None:
    row = [0.5, -1.0]
    program = steps(lambda x, w: at.tanh(at.dot(w[:2], row)) * at.dot(w[2:4], row) * x[0])
    assert list(program.constants.values()) == row
    first, second = (step for step in program.steps.values() if isinstance(step, SumOfProducts))
    assert first.rights == second.rights == tuple(program.constants)


# ── grouping ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_levels_are_longest_ways_from_the_leaves() -> None:
    program = steps(lambda x, w: at.tanh(at.tanh(w[0])) * at.exp(w[1]))
    assert list(levels_of(program).values()) == [1, 2, 1, 3]


def test_equal_operations_of_a_level_are_one_group() -> None:
    found = groups(lambda x, w: at.tanh(w[0]) * at.tanh(w[1]) * at.exp(w[2]) * x[0])
    assert [str(group) for group in found] == ["2 × tanh", "1 × exp", "1 × mul", "1 × mul", "1 × mul"]


def test_constants_may_differ_within_a_group_but_exponents_may_not() -> None:
    found = groups(lambda x, w: (w[0] * 2.0) ** 2.0 * (w[1] * 3.0) ** 3.0)
    assert [str(group) for group in found][:3] == [
        "2 × mul",
        "1 × pow_constant_exponent",
        "1 × pow_constant_exponent",
    ]


def test_what_varies_and_what_does_not_are_apart() -> None:
    found = groups(lambda x, w: at.tanh(w[0]) * at.tanh(x[0]))
    assert [(str(group), group.varying) for group in found][:2] == [("1 × tanh", False), ("1 × tanh", True)]


def test_a_layer_is_a_grid_and_what_is_left_is_ragged() -> None:
    def function(x: list[Any], w: list[Value]) -> Any:
        layer = [at.dot(w[:3], x), at.dot(w[3:], x)]
        return at.sum([at.tanh(y) for y in [*layer, at.dot([x[0], x[1]], [x[1], x[2]], w[0]), at.sum([*w, *x])]])

    kinds = [type(group) for group in groups(function)]
    assert kinds == [Grid, Ragged, Ragged, RowGroup, Ragged]


# ── stores ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rows", "strides"),
    [
        ([3, 4, 5], (1,)),
        ([3, 5, 7], (2,)),
        ([5, 4, 3], (-1,)),
        ([3, 3, 3], (0,)),
        ([3], (0,)),
        ([3, 4, 6], None),
        ([[0, 1], [5, 6]], (5, 1)),
        ([[0, 1], [5, 7]], None),
        (7, ()),
    ],
)
def test_the_strides_of_rows(rows: Any, strides: tuple[int, ...] | None) -> None:
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
def test_rows_that_grow_evenly_along_two_axes(rows: list[int], shape: tuple[int, int] | None) -> None:
    assert folded(np.array(rows)) == shape


def test_a_row_of_ones_follows_the_inputs_of_neurons_that_have_a_bias() -> None:
    recorded = tape(lambda x, w: at.tanh(at.dot(w[:2], x[:2], w[2])) * at.tanh(at.dot(w[3:5], x[:2], w[5])) * x[2])
    program = fuse(recorded, varying=recorded.depends_on(0, 3))
    flows = program.flows(recorded.is_differentiated(3, 9))
    stores = place_in_stores(program, grouped(program, flows=flows), flows=flows)
    assert stores.ones == (2,)
    assert [stores.place[x] for x in range(3)] == [0, 1, 3]
    assert [stores.place[x] for x in range(3, 9)] == list(range(6))


def test_numbers_are_in_the_order_of_what_they_are_computed_from() -> None:
    found = groups(lambda x, w: at.tanh(w[2]) + at.tanh(w[0]) * at.tanh(w[1]))
    assert found[0].operands == ((3, 4, 5),)
