"""List the rows of the benchmark: a workload, its peer, and the bound that the result must keep.

`bench_engine.py` asserts them with pytest-benchmark, `report.py` prints them. A row is a ratio of times, peer to
ours, or a cost of ours alone. The promises are for CPython 3.11, whose collector they were measured with; on
another Python they are reported, not asserted.

>>> [row.name for row in ROWS if row.bound == 3.5]
['expression']
>>> ROWS[0].promise
'≥ 3.5 ×'
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import autograd_tiny
from autograd_tiny import detect_anomaly
from tests.benchmarks.harness import costs
from tests.benchmarks.harness.measure import Cost, Run, Spread, Task, Timing, Work, collector_off, start
from tests.benchmarks.peers import bare_engine, bare_networks, closure_engine, torch_engine
from tests.benchmarks.workloads import scalar
from tests.benchmarks.workloads.scalar import Training

MILLION = 1_000_000
PROMISED_HERE = sys.implementation.name == "cpython" and sys.version_info[:2] == (3, 11)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        name: The short name, for pytest and the command line.
        title: The text in the table.
        ours: The task of ours.
        peer: The task of the peer; without one the row is a cost.
        bound: The least ratio, or the most that a cost may be.
        unit: Of what is measured.
        rounds: How many samples are taken.
        needs: The packages without which the row is skipped.
        bystanders: How many containers of other code are alive beside the workload.
    """

    name: str
    title: str
    ours: Task
    peer: Task | None = None
    bound: float | None = None
    unit: str = "×"
    rounds: int = 7
    needs: tuple[str, ...] = ()
    bystanders: int = 0

    @property
    def promise(self) -> str:
        """The bound as text, such as `≥ 3.5 ×`."""
        sign = "≤" if self.peer is None else "≥"
        return "" if self.bound is None else f"{sign} {self.bound:g} {self.unit}"

    def start(self) -> AbstractContextManager[Run]:
        """Give both sides their processes, for as long as the context lasts."""
        return start(self.ours, self.peer, bystanders=self.bystanders)

    def spread(self, run: Run) -> Spread:
        """Return the samples: the ratios, or the costs."""
        return run.ours if self.peer is None else run.ratios

    def result(self, run: Run) -> float:
        """Return what is held to the bound: the ratio of the least times, or the least cost."""
        return run.ours.least if self.peer is None else run.peer.least / run.ours.least

    def keeps_its_promise(self, run: Run) -> bool:
        """Return whether the result keeps the bound."""
        if self.bound is None:
            return True
        return self.result(run) <= self.bound if self.peer is None else self.result(run) >= self.bound

    def missing(self) -> list[str]:
        """Return the packages that the row needs and this Python has not."""
        return [package for package in self.needs if importlib.util.find_spec(package) is None]


def step(build: Callable[..., Training], *engines: str) -> Work:
    """Build a model on the engine of that name, if it takes one, and return its training step."""
    return build(*map(importlib.import_module, engines)).step


def expression(engine: str) -> Work:
    """Return the pass through the small expression on the engine of that name."""
    return scalar.expression(importlib.import_module(engine))


def expression_after_blocks(engine: str) -> Work:
    """Return the same, after 100 blocks of `detect_anomaly()` around it."""
    work = expression(engine)
    for _ in range(100):
        with detect_anomaly():
            work()
    return work


def chain(engine: str) -> Work:
    """Return the passes through a chain of a million operations on the engine of that name."""
    module = importlib.import_module(engine)
    return lambda: scalar.chain(module, MILLION).backward()


OURS, PEER = autograd_tiny.__name__, closure_engine.__name__
BARE, TORCH = bare_engine.__name__, torch_engine.__name__

MOONS, MOONS_PEER = partial(step, scalar.moons, OURS), partial(step, scalar.moons, PEER)
MOONS_LAYERS = partial(step, scalar.moons_with_layers)
DIGITS_PEER, DIGITS_LAYERS = partial(step, scalar.digits, PEER), partial(step, scalar.digits_with_layers)

PLUS = "products summed with `+`"
LAYERS = "the layers of `nn`"
AGAINST_BARE = "against the bare engine"

ROWS = [
    Row(
        "expression",
        "60 operations, forward and backward, same user code",
        ours=Timing(partial(expression, OURS), 2000),
        peer=Timing(partial(expression, PEER), 500),
        bound=3.5,
        rounds=15,
    ),
    Row(
        "moons",
        f"moons step, same user code ({PLUS})",
        ours=Timing(MOONS, 10),
        peer=Timing(MOONS_PEER, 3),
        bound=15,
    ),
    Row(
        "moons-collector-off",
        "the same, collector off on both sides",
        ours=Timing(MOONS, 5, collector_off),
        peer=Timing(MOONS_PEER, 1, collector_off),
        bound=2,
        rounds=15,
    ),
    Row(
        "moons-notebook",
        "the same, 200,000 containers of other packages alive, as in a notebook",
        ours=Timing(MOONS, 10),
        peer=Timing(MOONS_PEER, 3),
        bystanders=200_000,
    ),
    Row(
        "moons-layers",
        f"moons step, {LAYERS}",
        ours=Timing(MOONS_LAYERS, 40),
        peer=Timing(MOONS_PEER, 3),
        bound=100,
    ),
    Row(
        "digits-layers",
        f"digits step, {LAYERS}",
        ours=Timing(DIGITS_LAYERS, 40),
        peer=Timing(DIGITS_PEER, 2),
        bound=300,
    ),
    Row(
        "moons-torch",
        f"moons step, {LAYERS}, against PyTorch's scalar tensors",
        ours=Timing(MOONS_LAYERS, 40),
        peer=Timing(partial(step, scalar.moons, TORCH), 2),
        bound=40,
        needs=("torch",),
    ),
    Row(
        "expression-bare",
        f"60 operations, same user code, {AGAINST_BARE}",
        ours=Timing(partial(expression, OURS), 2000),
        peer=Timing(partial(expression, BARE), 2000),
        bound=0.85,
        rounds=15,
    ),
    Row(
        "moons-bare",
        f"moons step, {LAYERS}, {AGAINST_BARE}",
        ours=Timing(MOONS_LAYERS, 40),
        peer=Timing(partial(step, bare_networks.moons), 40),
        bound=0.69,
    ),
    Row(
        "digits-bare",
        f"digits step, {LAYERS}, {AGAINST_BARE}",
        ours=Timing(DIGITS_LAYERS, 40),
        peer=Timing(partial(step, bare_networks.digits), 40),
        bound=0.79,
    ),
    Row(
        "chain-bare",
        f"chain of 1,000,000 operations, forward, backward and freed, {AGAINST_BARE}",
        ours=Timing(partial(chain, OURS)),
        peer=Timing(partial(chain, BARE)),
    ),
    Row(
        "no-gc",
        f"moons step in `no_gc()` against the default, {PLUS}",
        ours=Timing(MOONS, 10, autograd_tiny.no_gc),
        peer=Timing(MOONS, 10),
    ),
    Row(
        "no-gc-layers",
        f"moons step in `no_gc()` against the default, {LAYERS}",
        ours=Timing(MOONS_LAYERS, 40, autograd_tiny.no_gc),
        peer=Timing(MOONS_LAYERS, 40),
    ),
    Row(
        "record-lines",
        "60 operations, forward and backward, in `record_lines()` against the default",
        ours=Timing(partial(expression, OURS), 2000, autograd_tiny.record_lines),
        peer=Timing(partial(expression, OURS), 2000),
        bound=0.5,
        rounds=15,
    ),
    Row(
        "record-lines-moons",
        f"moons step in `record_lines()` against the default, {PLUS}",
        ours=Timing(MOONS, 5, autograd_tiny.record_lines),
        peer=Timing(MOONS, 5),
        bound=0.5,
    ),
    Row(
        "record-lines-layers",
        f"moons step in `record_lines()` against the default, {LAYERS}",
        ours=Timing(MOONS_LAYERS, 20, autograd_tiny.record_lines),
        peer=Timing(MOONS_LAYERS, 20),
        bound=0.5,
    ),
    Row(
        "detect-anomaly",
        "60 operations, forward and backward, in `detect_anomaly()` against the default",
        ours=Timing(partial(expression, OURS), 2000, detect_anomaly),
        peer=Timing(partial(expression, OURS), 2000),
        rounds=15,
    ),
    Row(
        "lines-off",
        "60 operations, forward and backward, after blocks of `detect_anomaly()` against before any",
        ours=Timing(partial(expression_after_blocks, OURS), 2000),
        peer=Timing(partial(expression, OURS), 2000),
        bound=0.98,  # two processes with the same code differ by 2 %
        rounds=25,
    ),
    Row(
        "peer",
        "the closure engine against the published micrograd, moons step: is the peer a fair one?",
        ours=Timing(MOONS_PEER, 3),
        peer=Timing(partial(step, scalar.moons, "micrograd.engine"), 3),
        needs=("micrograd",),
    ),
    Row(
        "chain",
        "chain of 1,000,000 operations, forward and backward, an operation",
        ours=Cost(partial(costs.chain_passes, MILLION)),
        bound=1.2,
        unit="µs",
        rounds=9,
    ),
    Row(
        "chain-deletion",
        "freeing that chain, an operation",
        ours=Cost(partial(costs.chain_deletion, MILLION)),
        unit="µs",
    ),
    Row(
        "trace",
        "`loss.trace()` of a chain of 10,000 operations, an operation",
        ours=Cost(partial(costs.chain_trace, 10_000)),
        bound=50,
        unit="µs",
        rounds=9,
    ),
    Row(
        "sum-dot",
        "sum of 1,000,000 products as one `dot`, forward and backward, a product",
        ours=Cost(partial(costs.sum_passes, autograd_tiny.dot, MILLION)),
        unit="µs",
    ),
    Row(
        "sum-plus",
        "the same, built with `*` and `+`, a product",
        ours=Cost(partial(costs.sum_passes, scalar.sum_of_products, MILLION)),
        unit="µs",
    ),
    Row(
        "forward",
        f"forward pass of the moons step, an operation recorded, {PLUS}",
        ours=Cost(partial(costs.of_moons, costs.forward)),
        unit="µs",
        rounds=15,
    ),
    Row(
        "backward",
        f"backward pass of the moons step, an operation, {PLUS}",
        ours=Cost(partial(costs.of_moons, costs.backward)),
        unit="µs",
        rounds=15,
    ),
    Row(
        "memory",
        "memory after the forward pass, an operation of the chain, counted by `tracemalloc`",
        ours=Cost(partial(costs.chain_memory, costs.traced_bytes, OURS, MILLION)),
        bound=170,
        unit="bytes",
        rounds=1,
    ),
    Row(
        "memory-peer",
        "the same of the closure engine",
        ours=Cost(partial(costs.chain_memory, costs.traced_bytes, PEER, MILLION // 10)),
        unit="bytes",
        rounds=1,
    ),
    Row(
        "import",
        "`import autograd_tiny` in a new interpreter",
        ours=Cost(costs.import_time),
        bound=25,
        unit="ms",
        rounds=31,
    ),
]

if Path("/proc/self/statm").exists():
    ROWS.append(
        Row(
            "memory-resident",
            "memory after the forward pass, an operation of the chain, counted by Linux",
            ours=Cost(partial(costs.chain_memory, costs.resident_bytes, OURS, MILLION)),
            unit="bytes",
            rounds=1,
        )
    )
