"""Print the benchmark as a Markdown table: `python -m tests.benchmarks.report [word ...]`.

With words, only the rows whose name contains one of them are measured. The exit code is 1 if a promise is
broken.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence

from .comparisons import PROMISED_HERE, ROWS, Row
from .measure import Run, Spread, imports_set_aside

PREAMBLE = """\
{machine} Ratios: peer and ours in turn, in one run, the median of the rounds; peer and ours are medians too.
Costs of ours alone: the least of the rounds. All in processor time. The peer is micrograd's design unless the row
names another."""

HEADER = """\
| workload | promised | measured | middle half of the rounds | rounds | peer | ours |
|---|---|---|---|---|---|---|"""


def main(words: Sequence[str]) -> int:
    """Measure and print the chosen rows; return the exit code."""
    rows = [row for row in ROWS if not words or any(word in row.name for word in words)]
    print(PREAMBLE.format(machine=machine()), HEADER, sep="\n\n")
    kept = True
    for row in rows:
        if missing := row.missing():
            print(f"| {row.title} | {row.promise} | skipped: no {', '.join(missing)} | | | | |", flush=True)
            continue
        run = measure(row)
        kept = kept and row.keeps_its_promise(run)
        print(line(row, run), flush=True)
    return 0 if kept or not PROMISED_HERE else 1


def measure(row: Row) -> Run:
    """Let both sides have their rounds."""
    run = row.prepare()
    run.warm_up()
    with imports_set_aside(row.bystanders):
        for _ in range(row.rounds):
            run.peer_round()
            run.our_round()
    return run


def line(row: Row, run: Run) -> str:
    """Return the row of the table."""
    low, high = run.measured.quartiles
    mark = "" if row.keeps_its_promise(run) else " ✗"
    cells = [
        row.title,
        row.promise,
        f"{number(row.result(run))} {row.unit}{mark}",
        f"{number(low)} to {number(high)}",
        str(row.rounds),
        *(duration(side) for side in run.sides or ()),
    ]
    return f"| {' | '.join(cells)} |" + ("" if run.sides else " | |")


def number(value: float) -> str:
    """Return three significant digits, never an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def duration(seconds: Spread) -> str:
    """Return the median with a unit that suits it."""
    median = seconds.median
    unit, factor = ("s", 1) if median >= 1 else ("ms", 1e3) if median >= 1e-3 else ("µs", 1e6)
    return f"{number(median * factor)} {unit}"


def machine() -> str:
    """Return a sentence on what this was measured with."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()} on {platform.machine()}, {os.cpu_count()} cores."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
