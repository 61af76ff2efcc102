"""A session at a terminal looks like its transcript: what is typed is shown once, in colours where it has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.debugger import pseudo_terminal
from tests.debugger.pseudo_terminal import check_transcript, run_at_terminal
from tests.debugger.sessions import graph


def program() -> None:
    graph("relu(w*x) + w", w=2.0, x=3.0).debug()


@pytest.mark.parametrize("columns", [80, 40])
def test_session_is_its_transcript(columns: int) -> None:
    check_transcript(f"steps_{columns}", program, columns=columns)


def test_colours_of_a_terminal() -> None:
    assert "\x1b[1;33m▶" in run_at_terminal(program, "q", TERM="xterm")
    assert "\x1b" not in run_at_terminal(program, "q", TERM="xterm", NO_COLOR="1")


def test_terminal_in_ascii() -> None:
    screen = run_at_terminal(program, "s 2", "q", encoding="ascii")
    assert screen.isascii()
    assert ">  L = v2 + w" in screen


@pytest.mark.parametrize(("right", "wrong"), [("the seed", "the sead"), ("(backward) c", "(backward) s")])
def test_planted_difference_is_found(right: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = (pseudo_terminal.TRANSCRIPTS / "steps_80.txt").read_text(encoding="utf-8")
    (tmp_path / "planted.txt").write_text(screen.replace(right, wrong), encoding="utf-8")
    monkeypatch.setattr(pseudo_terminal, "TRANSCRIPTS", tmp_path)
    with pytest.raises(AssertionError):
        check_transcript("planted", program)
