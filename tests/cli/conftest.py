"""Share among the tests of the command pictures of a coarser grid, drawn in a fifth of the time."""

from __future__ import annotations

import pytest

from autograd_tiny.cli import train_plot
from autograd_tiny.lessons import exam


@pytest.fixture(autouse=True)
def coarse_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_plot, "GRID", 12)
    monkeypatch.setattr(exam, "GRID", 12)
