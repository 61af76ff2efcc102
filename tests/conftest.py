"""What all tests share: a busy machine is no failure, and what one test has cached hides no line from coverage."""

from __future__ import annotations

import sys

import pytest
from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Forget what a test that is not traced has cached, so that a test that is traced has it computed."""
    if item.get_closest_marker("no_cover"):
        for name, module in list(sys.modules.items()):
            if name.startswith(("autograd_tiny.", "nn.")):
                for thing in list(vars(module).values()):
                    if hasattr(type(thing), "cache_clear"):
                        thing.cache_clear()
