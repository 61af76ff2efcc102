"""Measuring in turns, and one thread for the matrix products of a lesson."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import accumulate, chain, repeat
from types import SimpleNamespace

import numpy as np
import pytest

from autograd_tiny.cli import main
from autograd_tiny.lessons import programs
from autograd_tiny.support import timing
from autograd_tiny.support.timing import in_turns, one_thread


def threads() -> set[int]:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    return {pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"}


@pytest.fixture
def two_threads() -> Callable[[], set[int]]:
    """Return the function `threads`, with two threads allowed."""
    threadpoolctl = pytest.importorskip("threadpoolctl")
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        if threads() != {2}:
            pytest.skip("this NumPy has no threads that can be limited")
        yield threads


def test_one_thread_is_restored(
    two_threads: Callable[[], set[int]],
) -> None:
    with one_thread():
        assert two_threads() == {1}
    assert two_threads() == {2}


def test_without_threadpoolctl_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    with one_thread():
        assert (np.eye(2) @ np.eye(2)).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_in_turns_uses_one_thread(two_threads: Callable[[], set[int]]) -> None:
    seen: list[set[int]] = []
    in_turns(lambda: seen.append(two_threads()))
    assert set(map(frozenset, seen)) == {frozenset({1})}


def test_lesson_uses_one_thread(two_threads: Callable[[], set[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[int]] = []
    program = SimpleNamespace(teach=lambda **options: seen.append(two_threads()))
    monkeypatch.setattr(programs, "load_program", lambda path: program)
    assert main(["lesson", "digits", "--no-pictures"]) == 0
    assert seen == [{1}]


def test_fastest_call_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = [5, 3, 4, 70, 80, 90, 6, 2, 7, 60, 80, 90, 9, 9, 9, 50, 80, 90]  # three turns of three calls of each
    clock = accumulate(chain.from_iterable(zip(repeat(1), lengths, strict=False)))  # 1 goes by between two calls
    monkeypatch.setattr(timing, "process_time", lambda: next(clock))
    assert in_turns(lambda: None, lambda: None) == [2, 50]


def test_functions_take_turns() -> None:
    calls: list[str] = []
    in_turns(lambda: calls.append("a"), lambda: calls.append("b"))
    assert "".join(calls) == "aaabbb" * 3
