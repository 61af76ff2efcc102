"""Trainings at a terminal look like their transcripts: exam for two updates and back, and a loss that is inf."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny.cli import main
from tests.debugger.arithmetic import is_true
from tests.debugger.pseudo_terminal import TRANSCRIPTS, TYPED, check_transcript, run_at_terminal

EXAM = partial(main, ["step", "--train", "exam"])
DIVERGING = partial(main, ["step", "--train", "w**4", "w=3", "--lr", "10"])
WEIGHT = "layers[0].neurons[1].w[0]"
PROGRAMS: dict[str, tuple[Callable[[], Any], int, list[str], dict[str, str]]] = {
    "train_exam_80": (
        EXAM,
        80,
        [
            "n example",
            "n update",
            f"update {WEIGHT}",
            f"p {WEIGHT}",
            "n update",
            "rs",
            "rs",
            "rn 2 updates",
            f"p {WEIGHT}",
            "n update",
            "until loss < 0.3",
            "loss",
            "q",
        ],
        {},
    ),
    "train_exam_40": (EXAM, 40, ["n update", f"update {WEIGHT}", "rn update", "n 3 epochs", "loss", "q"], {}),
    "train_diverging_80": (DIVERGING, 80, ["n update", "n", "n", "until epoch == 9", "n update", "rs", "q"], {}),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_training_is_its_transcript(name: str) -> None:
    program, columns, _, settings = PROGRAMS[name]
    check_transcript(name, program, columns=columns, **settings)


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.endswith("_80")])
def test_arithmetic_in_transcripts_is_true(name: str) -> None:
    text = (TRANSCRIPTS / f"{name}.txt").read_text(encoding="utf-8").replace("\n    = ", " = ")
    updates = re.findall(r"→ (\S+) = (-?\d.*)$", text, flags=re.MULTILINE)
    assert len(updates) > 1
    assert [line for line in updates if not is_true(line[1], line[0])] == []


def test_session_of_the_documentation_is_up_to_date() -> None:
    text = (Path(__file__).parents[2] / "demos" / "stepping.md").read_text(encoding="utf-8")
    (session,) = re.findall(r"<!-- a session of a training -->\n```console\n(.*?)\n```\n", text, flags=re.DOTALL)
    command, _, expected = session.partition("\n")
    screen = run_at_terminal(partial(main, shlex.split(command)[2:]), *TYPED.findall(expected))
    assert [line.rstrip() for line in screen.splitlines()] == expected.splitlines()


def test_training_in_ascii_and_without_colours() -> None:
    screen = run_at_terminal(
        EXAM, "n update", "n update", "loss", "rs", "q", encoding="ascii", TERM="xterm", NO_COLOR="1"
    )
    assert screen.isascii()
    assert "\x1b" not in screen
    assert "    = -0.37334 - 0.02*(-0.49483)/(sqrt(0.24486) + 1e-08)" in screen
    assert "0.778 |####    ####" in screen


def test_training_in_colours() -> None:
    screen = run_at_terminal(EXAM, "n update", "q", TERM="xterm")
    assert "\x1b[1mupdate 1 done: loss = 0.77757\x1b[0m" in screen
