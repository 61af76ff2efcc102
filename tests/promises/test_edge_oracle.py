"""Promise: every record of PyTorch at an edge of a domain agrees, or is a row of `departures.md` with its reason."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath
import pytest

from autograd_tiny.primitives.primitive import TABLE
from tests.promises import departures
from tests.promises.departures import DEPARTURES, mistakes, table
from tests.promises.edge_oracle import CONSTANTS, RECORDS, agree, as_number, outcome, run


@pytest.mark.no_cover
def test_every_record_agrees_or_is_a_departure(report_figure: Callable[[str], None]) -> None:
    total, apart = sum(map(len, RECORDS.values())), len(departures.found())
    report_figure(f"{total - apart} of {total} records of PyTorch agree, {apart} are departures with a reason")
    assert total == 7143
    assert mistakes() == []


def test_table_of_departures_is_up_to_date() -> None:
    assert departures.TABLE.read_text(encoding="utf-8") == table(), "run: python -m tests.promises.departures"
    assert "|  |" not in table()


TWO_OPERANDS = [op for op in RECORDS if len(RECORDS[op][0]["args"]) > 1 and op not in {*CONSTANTS, "pow"}]


@pytest.mark.parametrize("op", TWO_OPERANDS)
def test_constant_operands_change_no_other_gradient(op: str) -> None:
    for record in RECORDS[op]:
        args = as_number(record["args"])
        if "error" in record:
            continue
        value, gradients = run(op, args, set())
        lengths = [len(arg) if isinstance(arg, list) else 1 for arg in args]
        for free, length in enumerate(lengths):
            first = sum(lengths[:free])
            alone, its_gradients = run(op, args, set(range(len(args))) - {free})
            assert agree([alone, *its_gradients], [value, *gradients[first : first + length]]), (op, args)


# ── planted mistakes ──


def test_planted_wrong_number_is_no_agreement() -> None:
    assert agree([1.0, 0.5], [1.0, 0.5])
    assert not agree([1.0, 0.5], [1.0 + 1e-13, 0.5])
    assert not agree([-0.0, 0.0], [0.0, -0.0])
    assert not agree([math.nan, math.inf], [math.inf, math.inf])


def test_planted_slope_is_a_departure_without_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLE["asinh"]
    monkeypatch.setattr(row, "partials", lambda x, z: ((1.0 + 1e-13) / math.hypot(1.0, x),))
    assert [message for message in mistakes() if message.startswith("asinh[") and "no row" in message]


def test_planted_reason_is_refuted() -> None:
    claims_overflow = DEPARTURES[0]._replace(true=lambda x: [mpmath.asinh(x), mpmath.mpf(0)])
    assert "asinh[-1e+155], number 1: 1e-155 instead of 0.0" in mistakes([claims_overflow, *DEPARTURES[1:]])


@pytest.mark.no_cover
def test_planted_row_for_a_record_that_agrees_is_reported() -> None:
    stale = departures.Departure("exp", "PyTorch's exp is wrong", lambda x: [None, None], [[1.0]])
    assert mistakes([*DEPARTURES, stale]) == ["exp[1.0]: this row agrees with its record"]
    assert len(mistakes(DEPARTURES[1:])) == len(DEPARTURES[0].cases)
    assert outcome("mean", [[]]) == "LengthError"
