"""Set up all tests: no deadlines, and no tracing of tests marked `no_cover`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator

import pytest
from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Trace neither a test that is marked `no_cover` nor the processes that it starts.

    A worker of xdist has several collectors of coverage. Of these pytest-cov pauses one, and another would trace each
    of the million nodes of such a test.
    """
    if not item.get_closest_marker("no_cover"):
        return (yield)
    trace, trace_of_threads = sys.gettrace(), threading.gettrace()
    variables = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]  # what it is without a tracer
    try:
        return (yield)
    finally:
        sys.settrace(trace)
        threading.settrace(trace_of_threads)  # type: ignore[arg-type]  # as above
        os.environ.update(variables)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Empty the caches after a test that is not traced, so that a traced test computes what it takes from them."""
    if item.get_closest_marker("no_cover"):
        for name, module in list(sys.modules.items()):
            if name.startswith(("autograd_tiny.", "nn.")):
                for thing in list(vars(module).values()):
                    if hasattr(type(thing), "cache_clear"):
                        thing.cache_clear()
