"""Measure batches in shards over processes: `python -m tests.benchmarks.sharded_throughput`.

Wall time, since the work is done in other processes: run it on a machine that does nothing else. One and two
processes take turns; the ratio is that of the medians. "Alone" is the program itself, in this process.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

import autograd_tiny as at
import nn
from autograd_tiny import Sharded, record

ROUNDS, STEPS = 9, 10
BATCHES = (256, 1_024, 4_096, 16_384, 65_536)


def digits_program() -> Any:
    """Return the program of an MLP 64-32-10 on images of 8 × 8 pixels, by NumPy, in one thread."""
    model = nn.MLP(64, [32, 10], hidden="tanh", seed=0)

    def loss(x: Any, target: Any) -> Any:
        return at.cross_entropy(model(x), target)

    return record(loss, inputs=([0.5] * 64, 3), parameters=model.parameters(), backend="numpy")


def medians(calls: Sequence[Callable[[], Any]]) -> list[tuple[float, float]]:
    """Return the median time of each call and half the width of the middle half, in milliseconds; they take turns.

    A turn is some steps in a row, as in a training, after one that wakes the processes.
    """
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, of_call in zip(calls, times, strict=True):
            call()
            start = perf_counter()
            for _ in range(STEPS):
                call()
            of_call.append(1e3 * (perf_counter() - start) / STEPS)
    return [(median(each), (quantiles(each)[2] - quantiles(each)[0]) / 2.0) for each in times]


def main() -> None:
    """Print the table."""
    program, draw = digits_program(), np.random.default_rng(0)
    print(f"| examples | alone | one process | two processes | two against one | bytes a step |\n|{'---|' * 6}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        pools = [stack.enter_context(ProcessPoolExecutor(count)) for count in (1, 2)]
        sharded = [Sharded(program, pool) for pool in pools]
        for batch in BATCHES:
            x = mapped(folder / f"x{batch}", draw.integers(17, size=(batch, 64)))
            y = mapped(folder / f"y{batch}", draw.integers(10, size=batch))
            calls = [partial(each.differentiate, x, y) for each in (program, *sharded)]
            alone, one, two = medians(calls)
            shown = " | ".join(f"{middle:.1f} ± {spread:.1f} ms" for middle, spread in (alone, one, two))
            print(f"| {batch} | {shown} | {one[0] / two[0]:.2f} × | {traffic(program, x, y):,} |", flush=True)


class Counting(ThreadPoolExecutor):
    """Two workers that count the bytes of what processes would send: tasks there, replies back."""

    bytes = 0

    def __init__(self) -> None:
        super().__init__(2)

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(call, *args, **kwargs)
        self.bytes += len(pickle.dumps(args)) + len(pickle.dumps(future.result()))
        return future


def traffic(program: Any, x: Any, y: Any) -> int:
    """Return the bytes of a step over two workers that have the program."""
    with Counting() as pool:
        sharded = Sharded(program, pool)
        for _ in range(3):  # the threads compile the program, and read the rows
            pool.bytes = 0
            sharded.differentiate(x, y)
        return pool.bytes


def mapped(path: Path, numbers: Any) -> Any:
    """Return numbers as a memory-mapped file."""
    np.save(path.with_suffix(".npy"), numbers.astype(float) % 10.0)
    return np.load(path.with_suffix(".npy"), mmap_mode="r")


if __name__ == "__main__":
    main()
