"""The command `check`."""

from __future__ import annotations

from functools import partial

import pytest

from tests.cli.command import run_command

run = partial(run_command, "check")


def test_table_has_a_line_for_each_leaf(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = run(capsys, "tanh(w*x + b)", "w=2", "x=0.5", "b=-1")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["gradient", "difference", "error"]
    assert [(line[0], line[1], line[-1]) for line in lines[1:]] == [
        ("w", "0.5", "agrees"),
        ("x", "2", "agrees"),
        ("b", "1", "agrees"),
    ]


def test_kink_is_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = run(capsys, "relu(x) + y", "x=0", "y=1", expected=1)
    assert out.splitlines()[1].endswith("not judged: at a kink; slopes 0 and 1")
    assert out.splitlines()[2].endswith("agrees")
    assert err == ""


def test_negated_expression_is_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "-x", "x=1")[0].splitlines()[1].startswith("x  -1 ")


def test_expression_without_names_has_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "2 * pi")[0] == "no leaves: the expression has no names\n"


def test_missing_number_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = run(capsys, "a * b", "a=1", expected=2)
    assert out == ""
    assert err.startswith("autograd-tiny: no value for b; write b=...")
