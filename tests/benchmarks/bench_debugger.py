"""The prompt opens 100,000 nodes in 1.5 s, and answers each command in 0.1 s, `set` in 0.5 s, `check` in 2 s.

Times depend on the machine, so each is also reported beside that of the forward and the backward pass of the same
graph, in one run.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from time import process_time
from typing import Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import autograd_tiny
import nn
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
    "grads depth": 0.1,
    "why v1 all": 0.1,
    "rc": 0.1,
    "until v9": 0.1,
    "watch v9": 0.1,
    "check v9": 2.0,
    "set v1 0.8": 0.5,
    "reset": 0.1,
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


def braid() -> Number:
    """Return a root with two paths for each node before it, 2 to the power 100,000 in all."""
    node = x = autograd_tiny.Value(1.0, label="x")
    for k in range(NODES // 2):
        node = node * (1.0 + k % 7 * 1e-3) + node if k % 2 else node + node * 0.999
    return node + x


def fan() -> Number:
    """Return a chain whose 50,000 links all use one leaf."""
    node = x = autograd_tiny.Value(1.5, label="x")
    for k in range(NODES // 2):
        node = node + x * (0.001 * (k % 7))
    return node


def network() -> Number:
    """Return the loss of a network over enough examples."""
    model = nn.MLP(2, [4, 4, 1], seed=0)
    return autograd_tiny.mean([(model([k * 1e-4, 0.5]) - 1.0) ** 2 for k in range(NODES // 20)])


def lined() -> Number:
    """Return the chain, whose nodes remember their lines."""
    with autograd_tiny.record_lines():
        return chain()


def session(build: Callable[[], Number] = chain, commands: Sequence[str] = tuple(BOUNDS)[1:]) -> dict[str, float]:
    """Return the seconds that each command takes."""
    root, clock = build(), Clock(commands)
    debug(root, stdin=clock, stdout=io.StringIO())
    return clock.seconds


def passes(build: Callable[[], Number] = chain) -> float:
    """Return the seconds of the forward and the backward pass."""
    start = process_time()
    build().backward()
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


WHOLE: Final = {
    lined: ("l", "why v1", "nan"),
    braid: ("c", "grads", "grads depth", "why x all", "why x all 50"),
    fan: ("c", "why x", "p x", "w x", "l x", "why x"),
    network: ("c", "grads", "grads depth", "grads modules", "grads layers", "why layers[0].neurons[0].w[0] all"),
}
"""Commands that look at a whole graph: many paths, a leaf used 50,000 times, lines, and layers."""


@pytest.mark.parametrize("build", WHOLE)
def test_whole_graph_is_shown_in_time(build: Callable[[], Number], benchmark: BenchmarkFixture) -> None:
    rounds = [(session(build, WHOLE[build]), passes(build)) for _ in range(ROUNDS)]
    seconds = {command: min(one[command] for one, _ in rounds) for command in WHOLE[build]}
    both = min(time for _, time in rounds)
    benchmark.group = "prompt with 100,000 nodes"
    benchmark.extra_info = {command: (time, time / both) for command, time in seconds.items()}
    benchmark.pedantic(lambda: None, rounds=1)  # type: ignore[no-untyped-call]
    for command, time in seconds.items():
        print(f"{build.__name__}: {command}: {time:.3f} s, {time / both:.2f} × both passes")
        assert time < 0.1, f"{command}: {time / both:.2f} × both passes"
