"""Hold the sixteen programs in plain operators to what is promised of them; `-s` prints the row of each.

A promise that is known to be missed is marked so, with its reason: see `KNOWN_MISSES`.
"""

from __future__ import annotations

import shutil
from functools import cache

import pytest

from tests.benchmarks.harness import plain_comparisons as plain
from tests.benchmarks.harness.comparisons import PROMISED_HERE

PROMISES = [(name, promise) for name in plain.NAMES for promise in plain.promises_of(name)]

pytestmark = pytest.mark.skipif(not PROMISED_HERE, reason="promised for CPython 3.11")


@cache
def result_of(name: str) -> plain.Result:
    result = plain.measured(name)
    print(f"\n{plain.line_of(result)}")
    return result


def case(name: str, promise: plain.Promise) -> object:
    reason = plain.KNOWN_MISSES.get((name, promise.fast, promise.slow))
    marks = [pytest.mark.xfail(reason=reason, strict=False)] if reason else []
    return pytest.param(name, promise, marks=marks, id=f"{name}-{promise.fast}-{promise.slow}".replace(" ", "-"))


@pytest.mark.parametrize(("name", "promise"), [case(name, promise) for name, promise in PROMISES])
def test_program_keeps_promise(name: str, promise: plain.Promise) -> None:
    ratio = result_of(name).ratio(promise)
    if ratio is None:
        pytest.skip(f"{promise.fast} or {promise.slow} cannot run here")
    assert ratio >= promise.least


@pytest.mark.skipif(shutil.which("cc") is None, reason="cc is not installed")
@pytest.mark.parametrize("name", plain.NAMES)
def test_program_is_compiled_in_two_seconds(name: str) -> None:
    assert plain.seconds_of_compiler(name) <= plain.MOST_TO_COMPILE
