"""Loops over lanes as one loop: what is stored, what is a variable, what is written in place of its name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, log, sin
from autograd_tiny.replay import record
from autograd_tiny.replay.c_backend.fused_loops import Uses, fused
from autograd_tiny.replay.rerolling import Item, rerolled, written
from tests.replay.backends import needs_compiler


def lines_of(items: list[Item], others: list[tuple[str, int]] = []) -> list[str]:  # noqa: B006 - never changed
    items = rerolled(items)
    return [line.strip() for line in written(fused(items, Uses([items], others)))]


PRODUCT = "EACH v[@0][i] = v[@1][i] * v[@2][i];"
SUM = "EACH v[@0][i] = v[@1][i] + v[@2][i];"
SINE = "EACH v[@0][i] = sin(v[@1][i]);"
ADDED = "EACH gv[@0][i] += u[@1] * gv[@2][i];"
ASSIGNED = "EACH gv[@0][i] = u[@1] * gv[@2][i];"


def test_number_that_is_read_once_is_written_in_place() -> None:
    assert lines_of([(PRODUCT, (2, 0, 1)), (SUM, (3, 2, 1))], [("v", 3)]) == [
        "EACH v[3][i] = v[0][i] * v[1][i] + v[1][i];"
    ]


def test_number_that_is_read_twice_is_a_variable() -> None:
    assert lines_of([(PRODUCT, (2, 0, 1)), (PRODUCT, (3, 2, 2))], [("v", 3)])[1] == (
        "double v2 = v[0][i] * v[1][i]; v[3][i] = v2 * v2;"
    )


def test_number_that_others_read_is_stored_too() -> None:
    assert lines_of([(PRODUCT, (2, 0, 1)), (SUM, (3, 2, 1))], [("v", 2), ("v", 3)])[1] == (
        "double v2 = v[2][i] = v[0][i] * v[1][i]; v[3][i] = v2 + v[1][i];"
    )


def test_calls_of_functions_are_loops_of_their_own() -> None:
    assert lines_of([(PRODUCT, (2, 0, 1)), (SINE, (3, 2)), (SUM, (4, 3, 2))], [("v", 4)]) == [
        "EACH v[2][i] = v[0][i] * v[1][i]; EACH v[3][i] = sin(v[2][i]); EACH v[4][i] = v[3][i] + v[2][i];"
    ]


def test_contributions_to_one_number_are_one_sum() -> None:
    items = [(ASSIGNED, (0, 0, 8)), (ADDED, (0, 1, 9)), (ADDED, (0, 2, 7)), (ASSIGNED, (5, 3, 0))]
    assert lines_of(items, [("gv", 5)])[1] == (
        "double gv0 = u[0] * gv[8][i] + u[1] * gv[9][i] + u[2] * gv[7][i]; gv[5][i] = u[3] * gv0;"
    )


def test_contributions_to_what_was_assigned_before_add_to_it() -> None:
    items = [(ADDED, (0, 0, 8)), (ADDED, (0, 1, 9))]
    assert lines_of(items) == ["EACH gv[0][i] = gv[0][i] + u[0] * gv[8][i] + u[1] * gv[9][i];"]


def test_sum_that_is_read_in_between_is_added_to() -> None:
    items = [(ASSIGNED, (0, 0, 8)), (ASSIGNED, (5, 3, 0)), (ADDED, (0, 1, 9)), (ASSIGNED, (6, 2, 0))]
    assert lines_of(items, [("gv", 5), ("gv", 6)])[1] == (
        "double gv0 = u[0] * gv[8][i]; gv[5][i] = u[3] * gv0; gv0 += u[1] * gv[9][i]; gv[6][i] = u[2] * gv0;"
    )


def test_sum_as_a_contribution_is_added_as_one_number() -> None:
    items = [(ASSIGNED, (0, 0, 8)), ("EACH gv[@0][i] += gv[@1][i] - gv[@2][i];", (0, 6, 7))]
    assert lines_of(items, [("gv", 0)]) == ["EACH gv[0][i] = u[0] * gv[8][i] + (gv[6][i] - gv[7][i]);"]


def test_long_sum_is_cut() -> None:
    items = [(ASSIGNED, (0, 0, 9)), *((ADDED, (0, k, 10 + k * k)) for k in range(1, 9)), (ASSIGNED, (5, 3, 0))]
    lines = lines_of(items, [("gv", 5)])
    assert lines[1].startswith("double gv0 = u[0] * gv[9][i] + u[1] * gv[11][i]")
    assert sum("gv0 += " in line for line in lines) >= 1
    assert max(map(len, lines)) < 120


def test_twice_negated_is_not_decremented() -> None:
    negative = "EACH gv[@0][i] = -gv[@1][i];"
    assert lines_of([(negative, (0, 9)), (negative, (1, 0)), (ASSIGNED, (2, 1, 1))], [("gv", 2)]) == [
        "EACH gv[2][i] = u[1] * gv[9][i];"
    ]


def test_recurrence_is_one_loop_with_variables() -> None:
    steps = [
        item for k in range(9) for item in ((PRODUCT, (2 * k + 2, 2 * k + 1, 0)), (SUM, (2 * k + 3, 2 * k + 2, 0)))
    ]
    assert lines_of(steps, [("v", 19)]) == [
        "for (int a = 0; a < 18; a += 2) EACH v[3 + a][i] = v[1 + a][i] * v[0][i] + v[0][i];"
    ]


def test_rows_that_meet_in_one_repetition_stay_in_memory() -> None:
    loop = ((ASSIGNED, ADDED), (3, 4, 0, 9, 0, 1, 8, 0, 0, 0, 2, 0, 0))
    lines = [line.strip() for line in written(fused([loop], Uses([[loop]], [])))]
    assert "gv[4][i] = u[0] * gv[9][i]; gv[a][i] += u[1] * gv[8][i];" in lines


def test_loop_whose_length_changes_is_left_as_it_is() -> None:
    inner = ((PRODUCT, SUM), (3, 2, 0, 1, 3, 2, 1, 0, 0, 0, 0, 0, 0))
    outer = ((inner[0],), (4, *inner[1], 1, *[0] * 12))
    lines = [line.strip() for line in written(fused([outer], Uses([[outer]], [])))]
    assert "EACH v[2][i] = v[0][i] * v[1][i]; EACH v[3][i] = v[2][i] + v[1][i];" in lines


def test_rows_of_runs_are_used() -> None:
    run = ("add_rows(v[@0], v[@1], @2, @3);", (9, 2, 1, 3))
    assert lines_of([(PRODUCT, (4, 0, 1)), (SUM, (5, 4, 1)), run], [("v", 5)])[1].startswith("double v4 = v[4][i] = ")


def test_rows_that_are_found_by_an_index_are_used() -> None:
    element = ("EACH v[@0][i] = v[place_of_element(v[@3][i], @1, @2, 3, @4, fault)][i];", (9, 4, 2, 1, 7))
    lines = lines_of([(PRODUCT, (6, 0, 1)), (SUM, (5, 6, 1)), element], [("v", 5)])
    assert lines[1].startswith("double v6 = v[6][i] = ")


@needs_compiler
@pytest.mark.parametrize("batch", [1, 7, 33])
def test_fused_recurrence_computes_as_numpy(batch: int) -> None:
    w = [Value(0.3), Value(-0.7), Value(1.1)]

    def loss(x: Any, y: Any) -> Any:
        total = 0.0
        for k in range(12):
            z = w[0] * x - w[1] * x * y + w[2]
            x, y = x + 0.1 * z * z, y - 0.05 * (z - x) / (1.0 + z * z)
            total = total + (sin(x) if k % 4 == 3 else x * y) - log(2.0 + y * y)
        return total - x

    draw = np.random.default_rng(0)
    inputs = draw.normal(size=(2, batch))
    programs = [record(loss, inputs=(0.5, 0.5), parameters=w, backend=backend) for backend in ("numpy", "c")]
    losses = [program.differentiate(*inputs) for program in programs]
    assert losses[1] == pytest.approx(losses[0], rel=1e-12)
    assert programs[1].gradients == pytest.approx(programs[0].gradients, rel=1e-11)
    of_inputs = [record(loss, inputs=(0.5, 0.5), backend=backend).gradient(*inputs) for backend in ("numpy", "c")]
    np.testing.assert_allclose(of_inputs[1], of_inputs[0], rtol=1e-11)
