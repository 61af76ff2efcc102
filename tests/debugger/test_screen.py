"""The screen: colours, letters, width, and nothing that steers the terminal."""

from __future__ import annotations

import io

import pytest

from autograd_tiny import Value
from autograd_tiny.debugger.screen import NARROWEST, Screen
from tests.debugger.sessions import graph, talk


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, text: str, **environment: str) -> str:
    Screen(stream, environment).show(text, style="now")
    return stream.getvalue()


def test_a_terminal_that_knows_colours_gets_them() -> None:
    assert shown(Terminal(), "a", TERM="xterm-256color") == "\x1b[1;33ma\x1b[0m\n"


@pytest.mark.parametrize(
    ("stream", "environment"),
    [
        (Terminal(), {"TERM": "dumb"}),
        (Terminal(), {}),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}),
        (io.StringIO(), {"TERM": "xterm"}),
    ],
)
def test_nobody_else_does(stream: io.StringIO, environment: dict[str, str]) -> None:
    assert shown(stream, "a", **environment) == "a\n"


def test_an_empty_no_color_forbids_nothing() -> None:
    assert "\x1b" in shown(Terminal(), "a", TERM="xterm", NO_COLOR="")


def test_a_blank_line_and_a_plain_text_have_no_colour() -> None:
    screen = Screen(Terminal(), {"TERM": "xterm"})
    screen.show("", style="bold")
    screen.show("a")
    assert screen.stream.getvalue() == "\na\n"  # type: ignore[attr-defined]


def test_what_would_steer_the_terminal_is_escaped() -> None:
    screen = Screen(Terminal(), {"TERM": "xterm"})
    screen.show("a\x1b[2J\rb\x07\ntwo", style="done")
    assert screen.stream.getvalue() == "\x1b[32ma\\x1b[2J\\rb\\x07\x1b[0m\n\x1b[32mtwo\x1b[0m\n"  # type: ignore[attr-defined]
    assert screen.shown == [r"a\x1b[2J\rb\x07", "two"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stream_without_mathematics_gets_plain_letters(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    Screen(stream).show("▶ ∂L/∂θ — → 1 · Ω")
    assert raw.getvalue().decode("ascii").startswith("> dL/d\\u03b8 - -> 1 * \\u03a9")


def test_the_width_is_that_of_the_terminal_but_not_less_than_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "132")
    assert Screen(Terminal(), {}).width == 132
    assert Screen(io.StringIO(), {}).width == 80
    monkeypatch.setenv("COLUMNS", "7")
    assert Screen(Terminal(), {}).width == NARROWEST


def test_a_hostile_label_reaches_no_terminal_raw() -> None:
    evil = "a\x1b[2J\nb\u202e.w\x07[0]"
    a, b = Value(2.0, label=evil), Value(3.0, label="s")
    root = (a * b).relu() * a
    shown_name = r"a\x1b[2J\nb\u202e.w\x07[0]"
    commands = [
        *("s", "n", "n", "l", "w", f"p {shown_name}", f"why {shown_name}", f"check {shown_name}", "n zz", "b s", "c"),
        *(
            f"set {shown_name} 5",
            "d",
            "d 2",
            "u",
            "forward",
            "n",
            "\x1b[31mbad",
            "p \x1b",
            "save \x1b/\x07",
            "b \x1b",
        ),
        *("display s\x1b", "quiz", "\x1b", "", f"b {shown_name} if grad > 2", "b", "j \x1b", "h \x1b", "q \x1b"),
    ]
    text = "\n".join(talk(root, *commands))
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count(shown_name) > 10


def test_a_session_of_plain_letters_is_ascii() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    graph().debug(stdin=io.StringIO("n\nn\nl\nw a\nwhy a\nc\nh\n"), stdout=stream)
    assert "e.grad          - -> -2" in raw.getvalue().decode("ascii")
