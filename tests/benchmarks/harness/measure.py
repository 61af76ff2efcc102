"""Measure two sides, each in its own process, that take turns in one run.

Other programs share the machine, and its clock speed wanders. So the clock is the processor time of the process, and
the peer and ours take turns (peer, ours, peer, ours, ...). Of each side the least of the rounds counts, since others
only add to it; the median and the quartiles of the rounds are reported beside it.

A round is several consecutive steps after one off the clock: in the midst of a training loop each step pays for the
garbage of the step before, which the first one does not. Each side has its own process since the memory that one
leaves behind in pieces would slow down the other. Python's collector looks at every container that is alive, so in
both of them what the imports left is set aside (`gc.freeze`): it then works as hard as in a small script.

>>> Spread((3.0, 1.0, 2.0)).median
2.0
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing import get_context
from time import process_time
from typing import Protocol

Work = Callable[[], object]


class Task(Protocol):
    """A measurement that a process repeats."""

    def prepare(self) -> None:
        """Build the data and the model."""

    def make_ready(self) -> None:
        """Do what comes before a round, off the clock."""

    def measure(self) -> float:
        """Do one round and return its number."""


@dataclass
class Timing:
    """A `Task`: the seconds that a call of some work takes.

    Args:
        build: Builds the data and the model, and returns the work.
        calls: How often a round does the work.
        around: The context of each round, such as `collector_off`.
    """

    build: Callable[[], Work]
    calls: int = 1
    around: Callable[[], AbstractContextManager[object]] = nullcontext
    work: Work = field(init=False)

    def prepare(self) -> None:
        self.work = self.build()

    def make_ready(self) -> None:
        gc.collect()
        with self.around():
            self.work()

    def measure(self) -> float:
        with self.around():
            start = process_time()
            for _ in range(self.calls):
                self.work()
            return (process_time() - start) / self.calls


@dataclass
class Cost:
    """A `Task`: whatever number `sample` returns, be it of time or of memory."""

    sample: Callable[[], float]

    def prepare(self) -> None: ...

    def make_ready(self) -> None:
        gc.collect()

    def measure(self) -> float:
        return self.sample()


@dataclass(frozen=True, slots=True)
class Spread:
    """The samples of one quantity, one a round."""

    samples: tuple[float, ...]

    @property
    def least(self) -> float:
        """The sample that others disturbed least."""
        return min(self.samples)

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


class Worker:
    """A process that holds one task; it does nothing until it is told to.

    Args:
        task: The measurement.
        bystanders: How many containers of other code are alive in it.
    """

    def __init__(self, task: Task, bystanders: int) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self._pool.submit(_prepare, task, bystanders).result()

    def make_ready(self) -> None:
        """Let it do what comes before a round."""
        self._pool.submit(_make_ready).result()

    def measure(self) -> float:
        """Let it do one round, and return its number."""
        return self._pool.submit(_measure).result()

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown()


TASK: list[Task] = []
"""In the process of a worker: what it measures."""

BYSTANDERS: list[list[object]] = []
"""In the process of a worker: the containers of other code."""


def _prepare(task: Task, bystanders: int) -> None:
    task.prepare()
    gc.collect()
    gc.freeze()
    TASK.append(task)
    BYSTANDERS.extend([] for _ in range(bystanders))


def _make_ready() -> None:
    TASK[0].make_ready()


def _measure() -> float:
    return TASK[0].measure()


class Run:
    """A row being measured.

    A round has two parts, so that pytest-benchmark can call the first as the setup of the second.
    """

    def __init__(self, ours: Worker, peer: Worker | None) -> None:
        self._ours, self._peer = ours, peer
        self._our_samples: list[float] = []
        self._peer_samples: list[float] = []

    def let_the_peer_have_its_round(self) -> None:
        """Measure the peer, if there is one, and make ours ready."""
        if self._peer is not None:
            self._peer.make_ready()
            self._peer_samples.append(self._peer.measure())
        self._ours.make_ready()

    def have_our_round(self) -> None:
        """Measure ours."""
        self._our_samples.append(self._ours.measure())

    @property
    def ours(self) -> Spread:
        """The samples of ours."""
        return Spread(tuple(self._our_samples))

    @property
    def peer(self) -> Spread:
        """The samples of the peer."""
        return Spread(tuple(self._peer_samples))

    @property
    def ratios(self) -> Spread:
        """How many times faster ours was, in each round."""
        pairs = zip(self._peer_samples, self._our_samples, strict=True)
        return Spread(tuple(peer / ours for peer, ours in pairs))


@contextmanager
def start(ours: Task, peer: Task | None, *, bystanders: int = 0) -> Iterator[Run]:
    """Give each side its process, for as long as the context lasts."""
    with ExitStack() as stack:
        our_worker = stack.enter_context(closing(Worker(ours, bystanders)))
        peer_worker = None if peer is None else stack.enter_context(closing(Worker(peer, bystanders)))
        yield Run(our_worker, peer_worker)


@contextmanager
def collector_off() -> Iterator[None]:
    """Switch garbage collection off, and on again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
