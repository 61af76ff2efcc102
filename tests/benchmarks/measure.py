"""How a speed is measured here: two sides in turn, in one run, and the median of the rounds' ratios.

Other programs share the machine, and its clock speed wanders. So the clock is the processor time of this process,
and the peer and ours take turns (peer, ours, peer, ours, ...): each round gives one ratio, and of all rounds the
median and the quartiles are told. Of a cost that has no peer the least is told, as others only add to it. A round
is several consecutive steps after one off the clock: in the midst of a training loop each step pays for the garbage
of the step before, which the first one does not.

Python's collector looks at every container that is alive, so its cost depends on what else was imported. Before the
rounds, all that is alive is set aside (`gc.freeze`): the collector then works as hard as in a small script of its
own, which was measured to give the same ratios. Before each round the garbage of the other side is collected, off
the clock.

>>> Spread((3.0, 1.0, 2.0)).median
2.0
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import Protocol, TypeVar

ROOT = Path(__file__).parents[2]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Spread:
    """The samples of one quantity, one a round."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.samples)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The bounds of the middle half of the samples."""
        if len(self.samples) == 1:
            return self.samples[0], self.samples[0]
        low, _, high = statistics.quantiles(self.samples, n=4, method="inclusive")
        return low, high


class Run(Protocol):
    """One row being measured.

    The rounds of the two sides are separate methods, so that pytest-benchmark can call the peer's as the
    setup of ours, and the report can call one after the other.
    """

    def warm_up(self) -> None:
        """Do all work once, off the clock."""

    def peer_round(self) -> None:
        """Time the peer once, if there is one."""

    def our_round(self) -> None:
        """Time ours once."""

    @property
    def measured(self) -> Spread:
        """What the row tells: ratios, or one quantity of ours."""

    @property
    def sides(self) -> tuple[Spread, Spread] | None:
        """The seconds of the peer and of ours, where there is a peer."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared.

    Args:
        prepare: Builds the data and the model, off the clock, and returns the work that is timed.
        calls: How often a round does the work, after once off the clock.
        around: What the round happens in, such as `collector_off`.
    """

    prepare: Callable[[], Callable[[], object]]
    calls: int = 1
    around: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(slots=True)
class Duel:
    """A `Run` of a peer and ours taking turns; it measures how many times faster ours is."""

    peer: Side
    ours: Side
    peer_seconds: list[float] = field(default_factory=list)
    our_seconds: list[float] = field(default_factory=list)
    peer_work: Callable[[], object] = field(init=False)
    our_work: Callable[[], object] = field(init=False)

    def __post_init__(self) -> None:
        self.peer_work = self.peer.prepare()
        self.our_work = self.ours.prepare()

    def warm_up(self) -> None:
        self.peer_work()
        self.our_work()

    def peer_round(self) -> None:
        self.peer_seconds.append(seconds_per_call(self.peer_work, self.peer))

    def our_round(self) -> None:
        self.our_seconds.append(seconds_per_call(self.our_work, self.ours))

    @property
    def measured(self) -> Spread:
        pairs = zip(self.peer_seconds, self.our_seconds, strict=True)
        return Spread(tuple(peer / ours for peer, ours in pairs))

    @property
    def sides(self) -> tuple[Spread, Spread] | None:
        return Spread(tuple(self.peer_seconds)), Spread(tuple(self.our_seconds))


@dataclass(slots=True)
class Series:
    """A `Run` of ours alone; it measures whatever `sample` returns."""

    sample: Callable[[], float]
    samples: list[float] = field(default_factory=list)

    def warm_up(self) -> None:
        self.sample()

    def peer_round(self) -> None:
        gc.collect()

    def our_round(self) -> None:
        self.samples.append(self.sample())

    @property
    def measured(self) -> Spread:
        return Spread(tuple(self.samples))

    @property
    def sides(self) -> tuple[Spread, Spread] | None:
        return None


def seconds_per_call(work: Callable[[], object], side: Side) -> float:
    """Return the time of a call, in one round of one side."""
    gc.collect()
    with side.around():
        work()
        start = process_time()
        for _ in range(side.calls):
            work()
        return (process_time() - start) / side.calls


@contextmanager
def collector_off() -> Iterator[None]:
    """Switch garbage collection off, and back to what it was."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def imports_set_aside(bystanders: int) -> Iterator[None]:
    """Keep the collector from looking at what is alive now, but for so many fresh containers."""
    gc.collect()
    gc.freeze()
    alive: list[list[object]] = [[] for _ in range(bystanders)]
    try:
        yield
    finally:
        gc.unfreeze()
        alive.clear()


def in_fresh_process(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a module's function in a new interpreter, so that nothing from before is measured with it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


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


def import_seconds(package: str) -> float:
    """Return how long a new interpreter takes for an import, the modules being compiled."""
    code = f"from time import process_time as now; start = now(); import {package}; print(now() - start)"
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    return float(done.stdout)
