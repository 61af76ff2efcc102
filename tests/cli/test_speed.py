"""The line that tells how fast a replayed step is."""

from __future__ import annotations

import re
from itertools import accumulate, chain, repeat

import pytest

from autograd_tiny.cli import main, speed
from autograd_tiny.cli.speed import in_turns, speed_of_replay
from nn import MLP
from nn.losses import squared_error

INPUTS, TARGETS = [[0.0, 1.0], [1.0, 0.5]], [1.0, 0.0]


def test_the_line_tells_both_times_and_their_ratio() -> None:
    line = speed_of_replay(MLP(2, [4, 1], seed=0), squared_error, INPUTS, TARGETS)
    assert re.fullmatch(r"a step of 2 examples: \d+\.\d\d ms replayed, \d+\.\d\d ms eager, \d+ × as fast", line or "")


def test_there_is_no_line_where_nothing_can_be_recorded() -> None:
    model = MLP(2, [4, 1], seed=0)
    assert speed_of_replay(model, lambda p, t: (p - t) * p.data, INPUTS, TARGETS) is None


def test_the_fastest_call_of_each_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = [5, 3, 4, 70, 80, 90, 6, 2, 7, 60, 80, 90, 9, 9, 9, 50, 80, 90]  # three turns of three calls of each
    clock = accumulate(chain.from_iterable(zip(repeat(1), lengths, strict=False)))  # 1 goes by between two calls
    monkeypatch.setattr(speed, "process_time", lambda: next(clock))
    assert in_turns(lambda: None, lambda: None) == [2, 50]


def test_the_works_take_turns() -> None:
    calls: list[str] = []
    in_turns(lambda: calls.append("a"), lambda: calls.append("b"))
    assert "".join(calls) == "aaabbb" * 3


def test_train_tells_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "exam", "--epochs", "1", "--no-plot"]) == 0
    assert " ms replayed, " in capsys.readouterr().out


def test_train_tells_no_line_where_nothing_could_be_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograd_tiny.cli.experiment.speed_of_replay", lambda *arguments: None)
    assert main(["train", "exam", "--epochs", "1", "--no-plot"]) == 0
    assert "replayed" not in capsys.readouterr().out
