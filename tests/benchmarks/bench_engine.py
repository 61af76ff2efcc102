"""Measure every row with pytest-benchmark, and hold it to its bound.

Before each round of ours, pytest-benchmark lets the peer have its own, off the clock. Its table shows our rounds,
each of many steps; `extra_info` has the ratio, or the cost, of the same rounds.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.harness.comparisons import PROMISED_HERE, Row
from tests.benchmarks.harness.replay_comparisons import ALL_ROWS


@pytest.mark.parametrize("row", ALL_ROWS, ids=[row.name for row in ALL_ROWS])
def test_row_keeps_its_bound(row: Row, benchmark: BenchmarkFixture) -> None:
    if missing := row.missing():
        pytest.skip(f"not installed: {', '.join(missing)}")
    benchmark.group = row.name.partition("-")[0]
    with row.start() as run:
        benchmark.pedantic(  # type: ignore[no-untyped-call]
            run.have_our_round, setup=run.let_the_peer_have_its_round, rounds=row.rounds
        )
    benchmark.extra_info.update(
        workload=row.title,
        promise=row.promise,
        result=row.result(run),
        unit=row.unit,
        median=row.spread(run).median,
        quartiles=row.spread(run).quartiles,
    )
    if PROMISED_HERE:
        assert row.keeps_its_promise(run), f"{row.result(run):.4g} {row.unit}, promised {row.promise}"
