"""The line that tells how fast a replayed step is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from autograd_tiny.cli import main, speed
from autograd_tiny.cli.speed import fastest, speed_of_replay
from nn import MLP
from nn.losses import squared_error

INPUTS, TARGETS = [[0.0, 1.0], [1.0, 0.5]], [1.0, 0.0]


def test_the_line_tells_both_times_and_their_ratio() -> None:
    line = speed_of_replay(MLP(2, [4, 1], seed=0), squared_error, INPUTS, TARGETS)
    assert re.fullmatch(r"a step of 2 examples: \d+\.\d\d ms replayed, \d+\.\d\d ms eager, \d+ × as fast", line or "")


def test_there_is_no_line_where_nothing_can_be_recorded() -> None:
    model = MLP(2, [4, 1], seed=0)
    assert speed_of_replay(model, lambda p, t: (p - t) * p.data, INPUTS, TARGETS) is None


def test_the_fastest_call_counts_but_for_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Iterator[float] = iter([0.0, 0.5, 1.0, 4.0, 5.0, 7.0, 8.0, 12.0])
    monkeypatch.setattr(speed, "process_time", lambda: next(clock))
    assert fastest(lambda: None) == 2.0


def test_train_tells_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "exam", "--epochs", "1", "--no-plot"]) == 0
    assert " ms replayed, " in capsys.readouterr().out


def test_train_tells_no_line_where_nothing_could_be_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograd_tiny.cli.experiment.speed_of_replay", lambda *arguments: None)
    assert main(["train", "exam", "--epochs", "1", "--no-plot"]) == 0
    assert "replayed" not in capsys.readouterr().out
