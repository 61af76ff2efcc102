"""The rows of the benchmark: which workload, against whom, and the least or the most that is promised.

`bench_engine.py` asserts them with pytest-benchmark, `report.py` prints them. A row is a ratio of times, peer to
ours, or a cost of ours alone. The promises are for CPython 3.11, whose collector they were measured with; on
another Python they are told, not asserted.

>>> [row.name for row in ROWS if row.bound == 3.5]
['expression']
>>> ROWS[0].promise
'≥ 3.5 ×'
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import process_time
from types import ModuleType

import autograd_tiny

from . import closure_engine, torch_engine, workloads
from .closure_networks import Number
from .measure import (
    Duel,
    Run,
    Series,
    Side,
    collector_off,
    import_seconds,
    in_fresh_process,
    resident_bytes,
    traced_bytes,
)
from .workloads import Training

MILLION = 1_000_000
PROMISED_HERE = sys.implementation.name == "cpython" and sys.version_info[:2] == (3, 11)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        name: The short name, for pytest and the command line.
        title: What the table says.
        prepare: Builds both sides, off the clock.
        bound: What is promised: of a ratio (unit ×) the least, of a cost (any other unit) the most.
        unit: Of what is measured.
        rounds: How many samples are taken.
        needs: The packages without which the row is skipped.
        bystanders: How many containers of other code are alive beside the workload.
    """

    name: str
    title: str
    prepare: Callable[[], Run]
    bound: float | None = None
    unit: str = "×"
    rounds: int = 7
    needs: tuple[str, ...] = ()
    bystanders: int = 0

    @property
    def promise(self) -> str:
        """The bound as text, such as `≥ 3.5 ×`."""
        sign = "≥" if self.unit == "×" else "≤"
        return "" if self.bound is None else f"{sign} {self.bound:g} {self.unit}"

    def result(self, run: Run) -> float:
        """Return what is held to the bound: the median of ratios; of a cost the least, as others only add to it."""
        samples = run.measured
        return samples.median if self.unit == "×" else min(samples.samples)

    def keeps_its_promise(self, run: Run) -> bool:
        """Tell whether the result is on the right side of the bound."""
        if self.bound is None:
            return True
        return self.result(run) >= self.bound if self.unit == "×" else self.result(run) <= self.bound

    def missing(self) -> list[str]:
        """Return the packages that the row needs and this Python has not."""
        return [package for package in self.needs if importlib.util.find_spec(package) is None]


# --- what a side does --------------------------------------------------------------------------------------


def training(build: Callable[..., Training], *engine: ModuleType) -> Callable[[], Callable[[], object]]:
    """Return a function that builds a model and returns its training step."""
    return lambda: build(*engine).step


def expression(engine: ModuleType) -> Callable[[], Callable[[], object]]:
    """Return a function that returns a pass through the small expression."""
    return partial(workloads.expression, engine)


def moons_on_micrograd() -> Callable[[], object]:
    """Return the training step on the published package."""
    return workloads.moons(importlib.import_module("micrograd.engine")).step


# --- quantities of one engine ------------------------------------------------------------------------------


def chain_times(operations: int) -> tuple[float, float, float]:
    """Return the microseconds an operation of the forward pass, the backward pass and the deletion."""
    marks = [process_time()]
    end: Number = workloads.chain(autograd_tiny, operations)
    marks.append(process_time())
    end.backward()
    marks.append(process_time())
    del end
    marks.append(process_time())
    forward, backward, deletion = ((later - earlier) / operations * 1e6 for earlier, later in pairwise(marks))
    return forward, backward, deletion


def chain_forward_and_backward() -> float:
    """Return the microseconds an operation, both passes."""
    forward, backward, _ = chain_times(MILLION)
    return forward + backward


def chain_deletion() -> float:
    """Return the microseconds an operation that freeing the chain takes."""
    return chain_times(MILLION)[2]


def microseconds_of_sum(add_up: Callable[[Sequence[Number], Sequence[Number]], Number], count: int) -> float:
    """Return the microseconds a product, forward and backward, its 2 × `count` leaves being there already."""
    weights, inputs = (workloads.numbers(autograd_tiny, count) for _ in range(2))
    start = process_time()
    add_up(weights, inputs).backward()
    return (process_time() - start) / count * 1e6


def operations_below(root: Number) -> int:
    """Return how many nodes that are no leaves the root was made of."""
    seen, stack = {root}, [root]
    while stack:
        for node in stack.pop()._prev:
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return sum(1 for node in seen if node._prev)


def recording(task: Training, operations: int) -> float:
    """Return the microseconds an operation of a forward pass."""
    start = process_time()
    root = task.loss()
    seconds = process_time() - start
    del root
    return seconds / operations * 1e6


def differentiating(task: Training, operations: int) -> float:
    """Return the microseconds an operation of a backward pass."""
    root = task.loss()
    start = process_time()
    root.backward()
    return (process_time() - start) / operations * 1e6


def moons_series(quantity: Callable[[Training, int], float]) -> Series:
    """Return the series of a quantity of the moons step, products summed with `+`."""
    task = workloads.moons(autograd_tiny)
    return Series(partial(quantity, task, operations_below(task.loss())))


def chain_memory(bytes_of: Callable[[Callable[[], object]], int], engine: str, operations: int) -> float:
    """Return the bytes an operation of a chain after the forward pass."""
    module = importlib.import_module(engine)
    return bytes_of(partial(workloads.chain, module, operations)) / operations


def memory(bytes_of: Callable[[Callable[[], object]], int], engine: str, operations: int) -> Series:
    """Return the series of `chain_memory`, each sample in a process of its own."""
    return Series(partial(in_fresh_process, chain_memory, bytes_of, engine, operations))


def import_milliseconds() -> float:
    """Return what `import autograd_tiny` costs a new interpreter."""
    return import_seconds("autograd_tiny") * 1e3


# --- the table ---------------------------------------------------------------------------------------------

PLUS = "products summed with `+`"
LAYERS = "the layers of `nn`"

MOONS_PEER = Side(training(workloads.moons, closure_engine), 3)
MOONS_OURS = Side(training(workloads.moons, autograd_tiny), 10)
MOONS_LAYERS = Side(training(workloads.moons_with_layers), 40)

ROWS = [
    Row(
        "expression",
        "60 operations, forward and backward, same user code",
        partial(Duel, Side(expression(closure_engine), 500), Side(expression(autograd_tiny), 2000)),
        bound=3.5,
        rounds=15,
    ),
    Row(
        "moons",
        f"moons step, same user code ({PLUS})",
        partial(Duel, MOONS_PEER, MOONS_OURS),
        bound=15,
    ),
    Row(
        "moons-collector-off",
        "the same, collector off on both sides",
        partial(
            Duel,
            Side(MOONS_PEER.prepare, 1, collector_off),
            Side(MOONS_OURS.prepare, 5, collector_off),
        ),
        bound=2,
        rounds=15,
    ),
    Row(
        "moons-notebook",
        "the same, 200,000 containers of other packages alive, as in a notebook",
        partial(Duel, MOONS_PEER, MOONS_OURS),
        rounds=5,
        bystanders=200_000,
    ),
    Row("moons-layers", f"moons step, {LAYERS}", partial(Duel, MOONS_PEER, MOONS_LAYERS), bound=100),
    Row(
        "digits-layers",
        f"digits step, {LAYERS}",
        partial(
            Duel,
            Side(training(workloads.digits, closure_engine), 2),
            Side(training(workloads.digits_with_layers), 20),
        ),
        bound=300,
        rounds=5,
    ),
    Row(
        "moons-torch",
        f"moons step, {LAYERS}, against PyTorch's scalar tensors",
        partial(Duel, Side(training(workloads.moons, torch_engine), 2), MOONS_LAYERS),
        bound=40,
        needs=("torch",),
    ),
    Row(
        "no-gc",
        f"moons step in `no_gc()` against the default, {PLUS}",
        partial(Duel, MOONS_OURS, Side(MOONS_OURS.prepare, 10, autograd_tiny.no_gc)),
    ),
    Row(
        "no-gc-layers",
        f"moons step in `no_gc()` against the default, {LAYERS}",
        partial(Duel, MOONS_LAYERS, Side(MOONS_LAYERS.prepare, 40, autograd_tiny.no_gc)),
    ),
    Row(
        "peer",
        "the closure engine against the published micrograd, moons step: is the peer a fair one?",
        partial(Duel, Side(moons_on_micrograd, 4), MOONS_PEER),
        rounds=5,
        needs=("micrograd",),
    ),
    Row(
        "chain",
        "chain of 1,000,000 operations, forward and backward, an operation",
        partial(Series, chain_forward_and_backward),
        bound=1.2,
        unit="µs",
    ),
    Row(
        "chain-deletion",
        "freeing that chain, an operation",
        partial(Series, chain_deletion),
        unit="µs",
        rounds=5,
    ),
    Row(
        "sum-dot",
        "sum of 1,000,000 products as one `dot`, forward and backward, a product",
        partial(Series, partial(microseconds_of_sum, autograd_tiny.dot, MILLION)),
        unit="µs",
        rounds=5,
    ),
    Row(
        "sum-plus",
        "the same, built with `*` and `+`, a product",
        partial(Series, partial(microseconds_of_sum, workloads.sum_of_products, MILLION)),
        unit="µs",
        rounds=5,
    ),
    Row(
        "recording",
        f"forward pass, an operation recorded, moons, {PLUS}",
        partial(moons_series, recording),
        unit="µs",
        rounds=15,
    ),
    Row(
        "backward",
        f"backward pass, an operation, moons, {PLUS}",
        partial(moons_series, differentiating),
        unit="µs",
        rounds=15,
    ),
    Row(
        "memory",
        "memory after the forward pass, an operation, counted by `tracemalloc`",
        partial(memory, traced_bytes, "autograd_tiny", MILLION // 4),
        bound=170,
        unit="bytes",
        rounds=3,
    ),
    Row(
        "memory-peer",
        "the same of the closure engine",
        partial(memory, traced_bytes, closure_engine.__name__, MILLION // 10),
        unit="bytes",
        rounds=3,
    ),
    Row(
        "import",
        "`import autograd_tiny` in a new interpreter",
        partial(Series, import_milliseconds),
        bound=25,
        unit="ms",
        rounds=31,
    ),
]

if Path("/proc/self/statm").exists():
    ROWS.append(
        Row(
            "memory-resident",
            "memory after the forward pass, an operation, counted by Linux",
            partial(memory, resident_bytes, "autograd_tiny", MILLION),
            unit="bytes",
            rounds=3,
        )
    )
