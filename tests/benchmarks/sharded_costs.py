"""Measure what a step over workers is made of, for a million parameters: `python -m tests.benchmarks.sharded_costs`.

`demos/scaling.py` estimates steps on larger clusters from these figures. Wall time: run it on a machine that does
nothing else, with OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import numpy as np

import autograd_tiny as at
import nn
from autograd_tiny import record

EXAMPLES = 1_024
PARAMETERS = 1_000_000


def milliseconds(call: Callable[[], Any], rounds: int = 15) -> str:
    """Return the median time of a call, and half the width of the middle half, as text."""
    call()
    times = []
    for _ in range(rounds):
        start = perf_counter()
        call()
        times.append(1e3 * (perf_counter() - start))
    first, _, last = quantiles(times)
    return f"{median(times):.2f} ± {(last - first) / 2.0:.2f} ms"


def same(thing: Any) -> Any:
    """Return what a worker was sent."""
    return thing


def network() -> Any:
    """Return the program of an MLP 784-1000-200-10, which has 987,210 parameters, by NumPy."""
    model = nn.MLP(784, [1000, 200, 10], hidden="tanh", seed=0)
    inputs = [0.5] * 784, 3
    return record(
        lambda x, y: at.cross_entropy(model(x), y), inputs=inputs, parameters=model.parameters(), backend="numpy"
    )


def main() -> None:
    """Print the figures."""
    draw = np.random.default_rng(0)
    one, other = draw.normal(size=PARAMETERS), draw.normal(size=PARAMETERS)
    with ProcessPoolExecutor(1) as pool:
        for name, thing in (("an empty message and its answer", None), ("8 MB there and back", one)):
            print(f"{name}: {milliseconds(lambda thing=thing: pool.submit(same, thing).result())}")
    print(f"adding two gradients of 8 MB: {milliseconds(partial(np.add, one, other))}")
    x, y = draw.random((EXAMPLES, 784)), draw.integers(10, size=EXAMPLES)
    print(f"{EXAMPLES:,} examples of an MLP 784-1000-200-10: {milliseconds(partial(network().differentiate, x, y))}")


if __name__ == "__main__":
    main()
