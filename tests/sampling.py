"""Tests in two sizes: a sample in every run, and many more examples, or larger graphs, as tests marked `long`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings


def sizes(name: str, usual: int, most: int) -> pytest.MarkDecorator:
    """Run a test with `name` equal to `usual`, and as `long` with `most`."""
    return pytest.mark.parametrize(name, [usual, pytest.param(most, marks=pytest.mark.long)])


def campaign(usual: int, most: int, **strategies: Any) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Run a property test on `usual` examples, and as `long` on `most`; the strategies are those of `given`."""

    def decorate(test: Callable[..., None]) -> Callable[[int], None]:
        @sizes("examples", usual, most)
        def run(examples: int) -> None:
            settings(max_examples=examples)(given(**strategies)(test))()

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return decorate
