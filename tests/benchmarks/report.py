"""Print the benchmark as a Markdown table: `python -m tests.benchmarks.report [word ...]`.

With words, only the rows whose name contains one of them are measured. The exit code is 1 if a promise is broken.
The programs in plain operators, `plain-mlp` and so on, have a table of their own after the other rows.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence

from tests.benchmarks.harness import plain_comparisons
from tests.benchmarks.harness.comparisons import PROMISED_HERE, Row
from tests.benchmarks.harness.measure import Run
from tests.benchmarks.harness.replay_comparisons import ALL_ROWS

PREAMBLE = """\
{machine}
Processor time; each side in a process of its own, taking turns in one run. Of each side the least of the rounds
counts, since other programs only add to it. The peer is micrograd's design (`peers/closure_engine.py`) unless the row
names another.

| workload | promised | measured | median of the rounds | middle half | peer | ours |
|---|---|---|---|---|---|---|"""

PLAIN_PREAMBLE = """
A step of each program, in µs: the median of {rounds} rounds ± half the width of the middle half, one thread, float64,
processor time. A broken promise has a cross.
"""


def main(words: Sequence[str]) -> int:
    """Measure and print the chosen rows; return the exit code."""
    rows = [row for row in ALL_ROWS if is_chosen(row.name, words)]
    programs = [name for name in plain_comparisons.NAMES if is_chosen(f"plain-{name}", words)]
    kept = print_rows(rows) if rows else True
    if programs:
        kept = print_programs(programs) and kept
    return 0 if kept or not PROMISED_HERE else 1


def is_chosen(name: str, words: Sequence[str]) -> bool:
    """Return whether a row is measured: its name contains one of the words, or there are none."""
    return not words or any(word in name for word in words)


def print_rows(rows: Sequence[Row]) -> bool:
    """Measure and print rows; return whether all promises are kept."""
    print(PREAMBLE.format(machine=machine()), flush=True)
    kept = True
    for row in rows:
        if missing := row.missing():
            print(f"| {row.title} | {row.promise} | skipped: no {', '.join(missing)} | | | | |", flush=True)
            continue
        run = measure(row)
        kept = kept and row.keeps_its_promise(run)
        print(line(row, run), flush=True)
    return kept


def print_programs(names: Sequence[str]) -> bool:
    """Measure and print programs in plain operators; return whether all promises are kept."""
    print(PLAIN_PREAMBLE.format(rounds=plain_comparisons.ROUNDS), plain_comparisons.HEAD, sep="\n", flush=True)
    missed = []
    for name in names:
        result = plain_comparisons.measured(name)
        print(plain_comparisons.line_of(result), flush=True)
        missed += [(name, promise, ratio) for promise, ratio in result.missed()]
    for name, promise, ratio in missed:
        print(f"{name}: {promise.fast} against {promise.slow}: {ratio:.2f} ×, promised {promise.least:.2f} ×")
    return not missed


def measure(row: Row) -> Run:
    """Let both sides have their rounds."""
    with row.start() as run:
        for _ in range(row.rounds):
            run.let_the_peer_have_its_round()
            run.have_our_round()
    return run


def line(row: Row, run: Run) -> str:
    """Return the row of the table; a broken promise has a cross."""
    low, high = row.spread(run).quartiles
    cells = [
        row.title,
        row.promise,
        f"{number(row.result(run))} {row.unit}" + ("" if row.keeps_its_promise(run) else " ✗"),
        f"{number(row.spread(run).median)} of {row.rounds}",
        f"{number(low)} to {number(high)}",
        *(["", ""] if row.peer is None else [duration(run.peer.least), duration(run.ours.least)]),
    ]
    return f"| {' | '.join(cells)} |"


def number(value: float) -> str:
    """Return three significant digits, never an exponent.

    >>> number(12345.6), number(1.23456), number(0.0123456)
    ('12346', '1.23', '0.0123')
    """
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def duration(seconds: float) -> str:
    """Return seconds in a unit that suits them.

    >>> duration(1.5), duration(0.0125), duration(3e-05)
    ('1.5 s', '12.5 ms', '30 µs')
    """
    unit, factor = ("s", 1) if seconds >= 1 else ("ms", 1e3) if seconds >= 1e-3 else ("µs", 1e6)
    return f"{number(seconds * factor)} {unit}"


def machine() -> str:
    """Return a sentence on what this was measured with."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()} on {platform.machine()}, {os.cpu_count()} cores."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
