"""Measure reading a CSV file of 100,000 rows and 200 columns: `python -m tests.benchmarks.table_reading`.

The peer is `pandas.read_csv`; each side runs in a process of its own, in turns, and both sides' times are of the
processor, without the import of pandas. The memory is the largest of the process, above that after the imports
(Linux only).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

ROUNDS, ROWS, COLUMNS = 3, 100_000, 200
START = """
import sys, time
from pathlib import Path
import numpy
from autograd_tiny.tabular import read_dataset
path = Path(sys.argv[1])
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()  # ru_maxrss has that of the parent in it
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
"""
SIDES = {
    "pandas": "import pandas\nread = lambda: pandas.read_csv(path)",
    "ours, by pandas": "import pandas\nread = lambda: read_dataset(path, target='c199')",
    "ours, without it": "sys.modules['pandas'] = None\nread = lambda: read_dataset(path, target='c199')",
}
END = """
before, start = peak(), time.process_time()
read()
print(time.process_time() - start, peak() - before)
"""


def write(path: Path, digits: str) -> None:
    """Write a table of normal numbers."""
    draw: Any = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(f"c{column}" for column in range(COLUMNS)) + "\n")
        for row in draw.normal(size=(ROWS, COLUMNS)):
            file.write(",".join([digits % number for number in row]) + "\n")


def measure(path: Path, side: str) -> tuple[float, float]:
    """Return the seconds of a side and its memory in MB."""
    code = START + SIDES[side] + END
    told = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True).stdout
    seconds, megabytes = map(float, told.split())
    return seconds, megabytes


def main() -> None:
    """Print a line for each side."""
    with TemporaryDirectory() as folder:
        for name, digits in (("6 digits", "%.6g"), ("17 digits", "%.17g")):
            path = Path(folder) / "table.csv"
            write(path, digits)
            size = path.stat().st_size / 2**20
            found: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
            for _ in range(ROUNDS):
                for side in SIDES:
                    found[side].append(measure(path, side))
            peer = min(seconds for seconds, _ in found["pandas"])
            for side, runs in found.items():
                best, memory = min(seconds for seconds, _ in runs), median(megabytes for _, megabytes in runs)
                told = (
                    f"{best:.2f} s, {peer / best:.2f} × the speed of pandas, {memory / size:.2f} × the file in memory"
                )
                print(f"{name}, {size:.0f} MB, {side}: {told}")


if __name__ == "__main__":
    main()
