"""Measure the sixteen programs in plain operators: our back-ends and their peers take turns in one run.

A step computes the losses of a batch and the gradient of their mean; of `moons` and `digits`, which are measured
beside the sixteen, it updates the parameters too. The time of a side is the median of its rounds, in processor time,
and `promises_of` says what is promised of these medians.

>>> promises_of("pendulum")[0]
Promise(fast='numpy', slow='torch', least=2.0)
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from time import process_time
from typing import Final

from tests.benchmarks.harness.measure import Spread, Timing, Work, Worker
from tests.benchmarks.peers import torch_programs
from tests.benchmarks.peers.array_networks import Network, digits_network, moons_network, tuned_numpy
from tests.benchmarks.peers.c_networks import c_step
from tests.benchmarks.peers.c_programs import BODIES, c_computation
from tests.benchmarks.peers.casadi_programs import casadi_computation
from tests.benchmarks.peers.replayed_programs import recorded_plain, recorded_program, replayed, replayed_plain
from tests.benchmarks.workloads.plain_programs import PROGRAMS, Computation

NETWORKS: Final[dict[str, Callable[[], Network]]] = {"moons": moons_network, "digits": digits_network}
NAMES: Final = (*PROGRAMS, *NETWORKS)
BACKENDS: Final = ("numpy", "python", "c")
ROUNDS: Final = 15
SECONDS: Final = 0.02
"""The least processor time of a round."""
MOST_TO_COMPILE: Final = 2.0
"""Seconds of gcc."""

KNOWN_MISSES: Final[Mapping[tuple[str, str, str], str]] = {
    ("moons", "c", "c by hand"): "0.88 × in one run of fourteen, 1.08 to 1.16 × in the others",
    ("runge_kutta", "c", "c by hand"): "0.49 to 0.64 × in three runs of eleven, 0.69 to 0.74 × in the others",
}
"""Promises that are not kept yet, and why."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One side takes at most the time of another one, divided by a number."""

    fast: str
    slow: str
    least: float


def promises_of(name: str) -> list[Promise]:
    """Return what is promised of a program; "best" is the fastest of our back-ends."""
    if name in NETWORKS:
        return [Promise("numpy", "numpy by hand", 1.0), Promise("c", "c by hand", 1.0)]
    promises = [Promise("numpy", "torch", 2.0), Promise("chosen", "best", 1.0 / 1.2)]
    promises.append(Promise("c", "casadi", 15.0 if name in {"mlp", "classifier"} else 1.0))
    return [*promises, *[Promise("c", "c by hand", 1.0 / 1.5)] * (name in BODIES)]


# ── the sides ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Calibrated(Timing):
    """A timing whose rounds last some 20 ms."""

    def prepare(self) -> None:
        """Build the work, and count how often a round does it."""
        super().prepare()
        self.work()
        start, calls = process_time(), 0
        while process_time() - start < SECONDS:
            self.work()
            calls += 1
        self.calls = calls


def step_of(make: Callable[..., Computation], *arguments: object) -> Work:
    """Return the step of a computation."""
    return make(*arguments).step


def step_on(network: str, make: Callable[..., Work], *arguments: object) -> Work:
    """Return the step on moons or digits."""
    return make(NETWORKS[network](), *arguments)


def sides_of(name: str) -> dict[str, Callable[[], Work]]:
    """Return what builds the step of each side that this machine can run."""
    backends = [backend for backend in BACKENDS if backend != "c" or shutil.which("cc")]
    if name in NETWORKS:
        sides = {backend: partial(step_on, name, replayed_plain, backend) for backend in backends}
        sides |= {"numpy by hand": partial(step_on, name, tuned_numpy), "c by hand": partial(step_on, name, c_step)}
        return {side: build for side, build in sides.items() if side != "c by hand" or "c" in backends}
    sides = {backend: partial(step_of, replayed, name, backend) for backend in backends}
    sides["chosen"] = partial(step_of, replayed, name)
    if has("torch"):
        sides["torch"] = partial(step_of, torch_programs.torch_computation, name)
    if has("torch") and name == "attention":
        sides["torch by hand"] = partial(step_of, torch_programs.torch_computation, name, "attention_by_hand")
    if has("casadi"):
        sides["casadi"] = partial(step_of, casadi_computation, name)
    if name in BODIES and "c" in backends:
        sides["c by hand"] = partial(step_of, c_computation, name)
    return sides


def has(package: str) -> bool:
    """Return whether a package is installed."""
    return importlib.util.find_spec(package) is not None


# ── the rounds ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of a program.

    Attributes:
        operations: of the recorded program.
        times: of each side, in seconds.
        compiling: the seconds of the C compiler; None without one.
    """

    name: str
    operations: int
    times: Mapping[str, Spread]
    compiling: float | None

    def ratio(self, promise: Promise) -> float | None:
        """Return the ratio of the medians that a promise is about; None if a side was not measured."""
        medians = {side: spread.median for side, spread in self.times.items()}
        medians["best"] = min(medians.get(backend, float("inf")) for backend in BACKENDS)
        if promise.fast not in medians or promise.slow not in medians:
            return None
        return medians[promise.slow] / medians[promise.fast]

    def missed(self) -> Iterator[tuple[Promise, float]]:
        """Yield the promises that are not kept, and their ratios."""
        for promise in promises_of(self.name):
            ratio = self.ratio(promise)
            if ratio is not None and ratio < promise.least:
                yield promise, ratio


def measured(name: str, rounds: int = ROUNDS) -> Result:
    """Let the sides of a program take turns, each in its own process."""
    with ExitStack() as stack:
        workers = {
            side: stack.enter_context(closing(Worker(Calibrated(build), 0))) for side, build in sides_of(name).items()
        }
        samples: dict[str, list[float]] = {side: [] for side in workers}
        for _ in range(rounds):
            for side, worker in workers.items():
                worker.make_ready()
                samples[side].append(worker.measure())
    times = {side: Spread(tuple(each)) for side, each in samples.items()}
    compiling = seconds_of_compiler(name) if shutil.which("cc") else None
    return Result(name, operations_of(name), times, compiling)


def operations_of(name: str) -> int:
    """Return the number of recorded operations."""
    program = recorded_plain(NETWORKS[name](), "numpy") if name in NETWORKS else recorded_program(name, "numpy")
    return int(repr(program).split()[2])


def seconds_of_compiler(name: str) -> float:
    """Return the processor time of the C compiler where nothing is in the cache."""
    with tempfile.TemporaryDirectory() as folder:
        before, kept = os.times(), os.environ.get("XDG_CACHE_HOME")
        os.environ["XDG_CACHE_HOME"] = folder
        try:
            recorded_plain(NETWORKS[name](), "c") if name in NETWORKS else recorded_program(name, "c")
        finally:
            os.environ.pop("XDG_CACHE_HOME")
            os.environ |= {"XDG_CACHE_HOME": kept} if kept is not None else {}
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS: Final = ("numpy", "python", "c", "torch", "casadi")
HEAD: Final = """\
| program (batch) | operations | numpy | python | c, and gcc's seconds | PyTorch batched | CasADi | by hand | chosen |
|---|---|---|---|---|---|---|---|---|"""


def line_of(result: Result) -> str:
    """Return the row of the table; a broken promise has a cross."""
    broken = {promise.fast for promise, _ in result.missed()}
    cells = {side: microseconds(spread) + " ✗" * (side in broken) for side, spread in result.times.items()}
    if result.compiling is not None:
        cells["c"] += f", {result.compiling:.2g} s" + " ✗" * (result.compiling > MOST_TO_COMPILE)
    by_hand = [f"{side.removesuffix(' by hand')} {cells[side]}" for side in cells if side.endswith("by hand")]
    batch = PROGRAMS[result.name]().batch if result.name in PROGRAMS else len(NETWORKS[result.name]().X)
    columns = [*(cells.get(side, "") for side in COLUMNS), ", ".join(by_hand), cells.get("chosen", "")]
    return f"| {' | '.join([f'{result.name} ({batch})', f'{result.operations:,}', *columns])} |"


def microseconds(spread: Spread) -> str:
    """Return a median and half of the width of the middle half.

    >>> microseconds(Spread((1e-5, 1.1e-5, 1.2e-5)))
    '11 ± 0.5'
    """
    low, high = spread.quartiles
    median, half = 1e6 * spread.median, 5e5 * (high - low)
    return f"{median:,.0f} ± {half:,.0f}" if median >= 100 else f"{median:.3g} ± {half:.1g}"
