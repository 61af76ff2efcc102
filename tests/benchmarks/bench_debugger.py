"""The prompt opens 100,000 nodes in 1.5 s, and answers each command in 0.1 s, `check` in 2 s.

Times depend on the machine, so each is also reported beside that of the forward and the backward pass of the same
graph, in one run.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from time import process_time
from typing import Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import autograd_tiny
from autograd_tiny.debugger import debug
from tests.benchmarks.peers.closure_networks import Number
from tests.benchmarks.workloads import scalar

NODES: Final = 100_000
ROUNDS: Final = 3
BOUNDS: Final = {
    "open": 1.5,
    "s": 0.1,
    "l": 0.1,
    "n 5": 0.1,
    "why": 0.1,
    "nan": 0.1,
    "grads": 0.1,
    "b any if abs(grad) > 1e9": 0.1,
    "c": 0.1,
    "rc": 0.1,
    "until v9": 0.1,
    "watch v9": 0.1,
    "check v9": 2.0,
    "jvp v1": 0.1,
    "c 2": 0.1,
}
"""The most seconds that each command may take, in the order of the session."""


class Clock(io.StringIO):
    """Commands whose times are measured: each lasts from its line to the next."""

    def __init__(self, commands: Sequence[str]) -> None:
        self._commands: Iterator[str] = iter(commands)
        self._command, self._start = "open", process_time()
        self.seconds: dict[str, float] = {}

    def readline(self, size: int | None = -1, /) -> str:
        """Return the next command."""
        self.seconds[self._command] = process_time() - self._start
        self._command = next(self._commands, "")
        self._start = process_time()
        return f"{self._command}\n" if self._command else ""


def chain() -> Number:
    """Return the last node of a chain."""
    return scalar.chain(autograd_tiny, NODES)


def session() -> dict[str, float]:
    """Return the seconds that each command takes."""
    root, clock = chain(), Clock(list(BOUNDS)[1:])
    debug(root, stdin=clock, stdout=io.StringIO())
    return clock.seconds


def passes() -> float:
    """Return the seconds of the forward and the backward pass."""
    start = process_time()
    chain().backward()
    return process_time() - start


@pytest.fixture(scope="module")
def seconds() -> dict[str, float]:
    """The least seconds of each command, and of both passes of the graph, taking turns."""
    sessions, both = zip(*((session(), passes()) for _ in range(ROUNDS)), strict=True)
    return {command: min(one[command] for one in sessions) for command in BOUNDS} | {"passes": min(both)}


@pytest.mark.parametrize("command", BOUNDS)
def test_command_keeps_its_bound(command: str, seconds: dict[str, float], benchmark: BenchmarkFixture) -> None:
    benchmark.group = "prompt with 100,000 nodes"
    benchmark.extra_info = {"seconds": seconds[command], "of both passes": seconds[command] / seconds["passes"]}
    benchmark.pedantic(lambda: None, rounds=1)  # type: ignore[no-untyped-call]
    assert seconds[command] < BOUNDS[command], f"{seconds[command] / seconds['passes']:.2f} × both passes"
