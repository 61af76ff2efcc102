"""What all tests share: a busy machine is no failure, and what is covered depends on no other test."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator

import pytest
from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Trace nothing in a test that is marked `no_cover`.

    A worker of xdist has several collectors of coverage. Of these pytest-cov pauses one, and another would trace each
    of the million nodes of such a test.
    """
    if not item.get_closest_marker("no_cover"):
        return (yield)
    trace, trace_of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]  # what it is without a tracer
    try:
        return (yield)
    finally:
        sys.settrace(trace)
        threading.settrace(trace_of_threads)  # type: ignore[arg-type]  # as above


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Forget what a test that is not traced has cached, so that a test that is traced has it computed."""
    if item.get_closest_marker("no_cover"):
        for name, module in list(sys.modules.items()):
            if name.startswith(("autograd_tiny.", "nn.")):
                for thing in list(vars(module).values()):
                    if hasattr(type(thing), "cache_clear"):
                        thing.cache_clear()
