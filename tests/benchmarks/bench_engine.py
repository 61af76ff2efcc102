"""Every row of the benchmark, measured by pytest-benchmark and held to its promise.

Before each round of ours, pytest-benchmark lets the peer have a round, so its own table shows our times and
`extra_info` the ratios of the same rounds.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .comparisons import PROMISED_HERE, ROWS, Row
from .measure import imports_set_aside


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_row_keeps_its_promise(row: Row, benchmark: BenchmarkFixture) -> None:
    if missing := row.missing():
        pytest.skip(f"not installed: {', '.join(missing)}")
    run = row.prepare()
    run.warm_up()
    benchmark.group = row.name.split("-")[0]
    with imports_set_aside(row.bystanders):
        benchmark.pedantic(run.our_round, setup=run.peer_round, rounds=row.rounds)  # type: ignore[no-untyped-call]
    benchmark.extra_info.update(
        workload=row.title,
        promise=row.promise,
        result=row.result(run),
        unit=row.unit,
        quartiles=run.measured.quartiles,
    )
    if PROMISED_HERE:
        assert row.keeps_its_promise(run), f"{row.result(run):.4g} {row.unit}, promised {row.promise}"
