"""Compare the processor time of functions that take turns, in one thread.

>>> fast, slow = in_turns(lambda: None, lambda: sum(range(100_000)))
>>> fast < slow
True
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import Final

ROUNDS: Final = 3
CALLS: Final = 3
"""The number of turns, and of calls in each turn."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Let NumPy multiply matrices in one thread, where threadpoolctl is installed; it comes with scikit-learn.

    For small matrices several threads cost more than they help: they wait for each other after every product, and on
    a busy machine they wait long. A batch of MNIST took ten times as long in two threads.
    """
    try:
        threadpoolctl = importlib.import_module("threadpoolctl")
    except ImportError:
        yield
        return
    with threadpoolctl.threadpool_limits(1, user_api="blas"):
        yield


@one_thread()
def in_turns(*functions: Callable[[], object]) -> list[float]:
    """Return for each function the processor time of its fastest call, in seconds.

    They take turns, so that a machine that is busy for a while is busy for all of them. Processor time leaves other
    programs out. The fastest call counts, since interruptions only add to it.
    """
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(ROUNDS):
        for function, mine in zip(functions, times, strict=True):
            mine += [seconds_of(function) for _ in range(CALLS)]
    return [min(mine) for mine in times]


def seconds_of(function: Callable[[], object]) -> float:
    """Return the processor time of one call, in seconds."""
    start = process_time()
    function()
    return process_time() - start
