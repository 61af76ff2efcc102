"""Measure ours alone: time (µs) and memory (bytes) for each operation, and the import (ms)."""

from __future__ import annotations

import gc
import importlib
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time

import autograd_tiny
from tests.benchmarks.peers.closure_networks import Number
from tests.benchmarks.workloads import scalar
from tests.benchmarks.workloads.scalar import Training

ROOT = Path(__file__).parents[3]

AddUp = Callable[[Sequence[Number], Sequence[Number]], Number]


@dataclass
class Stopwatch:
    """The seconds of processor time that passed inside `stopwatch()`."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure what happens inside."""
    watch = Stopwatch()
    start = process_time()
    yield watch
    watch.seconds = process_time() - start


def chain_passes(operations: int) -> float:
    """Return the time of the forward and the backward pass of a chain."""
    with stopwatch() as watch:
        end = scalar.chain(autograd_tiny, operations)
        end.backward()
    return watch.seconds / operations * 1e6


def chain_deletion(operations: int) -> float:
    """Return the time that freeing a chain takes."""
    end: Number = scalar.chain(autograd_tiny, operations)
    with stopwatch() as watch:
        del end
    return watch.seconds / operations * 1e6


def chain_trace(operations: int) -> float:
    """Return the time that `trace()` of a chain takes."""
    end = scalar.chain(autograd_tiny, operations)
    with stopwatch() as watch:
        end.trace()
    return watch.seconds / operations * 1e6


def sum_passes(add_up: AddUp, products: int) -> float:
    """Return the time a product of both passes, the leaves being there already."""
    weights, inputs = (scalar.numbers(autograd_tiny, products) for _ in range(2))
    with stopwatch() as watch:
        add_up(weights, inputs).backward()
    return watch.seconds / products * 1e6


def operations_below(root: Number) -> int:
    """Return the number of inner nodes below a root.

    >>> x = autograd_tiny.Value(2.0)
    >>> operations_below((x * x + x) * 3.0)
    3
    """
    seen, stack = {root}, [root]
    while stack:
        for node in stack.pop()._prev:
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return sum(1 for node in seen if node._prev)


def forward(training: Training) -> float:
    """Return the time of the forward pass of a step."""
    with stopwatch() as watch:
        root = training.loss()
    return watch.seconds / operations_below(root) * 1e6


def backward(training: Training) -> float:
    """Return the time of the backward pass of a step."""
    root = training.loss()
    with stopwatch() as watch:
        root.backward()
    return watch.seconds / operations_below(root) * 1e6


def of_moons(cost: Callable[[Training], float]) -> float:
    """Return a cost of the moons step, products summed with `+`."""
    return cost(scalar.moons(autograd_tiny))


def chain_memory(grown: Callable[[Callable[[], object]], int], engine: str, operations: int) -> float:
    """Return the bytes of a chain after the forward pass."""
    module = importlib.import_module(engine)
    return grown(partial(scalar.chain, module, operations)) / operations


def traced_bytes(build: Callable[[], object]) -> int:
    """Return how much more Python's allocator holds after `build` than before, the result being alive."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    result = build()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return after - before


def resident_bytes(build: Callable[[], object]) -> int:
    """Return how much more memory the process has from Linux after `build` than before."""
    gc.collect()
    before = resident_set()
    result = build()
    after = resident_set()
    del result
    return after - before


def resident_set() -> int:
    """Return the bytes of memory that this process holds now."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def import_time() -> float:
    """Return the milliseconds that `import autograd_tiny` takes in a new interpreter, the modules being compiled."""
    code = "from time import process_time as now; start = now(); import autograd_tiny; print(now() - start)"
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    return float(done.stdout) * 1e3
