"""Colours, characters and width; lines of a file, a person, a notebook; and Tab, where there is readline."""

from __future__ import annotations

import builtins
import importlib
import io
from types import SimpleNamespace
from typing import Any

import pytest

from autograd_tiny import Value
from autograd_tiny.debugger import debug, terminal
from autograd_tiny.debugger.terminal import DELIMITERS, Terminal
from autograd_tiny.support.console import NARROWEST, line_width
from tests.debugger.sessions import graph, talk


class TTY(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, text: str, **environment: str) -> str:
    Terminal(None, stream, environment).show(text, style="next")
    return stream.getvalue()


def test_terminal_with_colours_gets_them() -> None:
    assert shown(TTY(), "a", TERM="xterm-256color") == "\x1b[1;33ma\x1b[0m\n"


@pytest.mark.parametrize(
    ("stream", "environment"),
    [
        (TTY(), {"TERM": "dumb"}),
        (TTY(), {}),
        (TTY(), {"TERM": "xterm", "NO_COLOR": "1"}),
        (io.StringIO(), {"TERM": "xterm"}),
    ],
)
def test_others_get_no_colours(stream: io.StringIO, environment: dict[str, str]) -> None:
    assert shown(stream, "a", **environment) == "a\n"


def test_empty_no_color_is_ignored() -> None:
    assert "\x1b" in shown(TTY(), "a", TERM="xterm", NO_COLOR="")


def test_plain_text_has_no_colour() -> None:
    stream = TTY()
    output = Terminal(None, stream, {"TERM": "xterm"})
    output.show("", style="bold")
    output.show("a")
    assert stream.getvalue() == "\na\n"


def test_control_characters_are_escaped() -> None:
    stream = TTY()
    output = Terminal(None, stream, {"TERM": "xterm"})
    output.show("a\x1b[2J\rb\x07\ntwo", style="done")
    assert stream.getvalue() == "\x1b[32ma\\x1b[2J\\rb\\x07\x1b[0m\n\x1b[32mtwo\x1b[0m\n"
    assert output.transcript == [r"a\x1b[2J\rb\x07", "two"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_narrow_encoding_gets_ascii(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    Terminal(None, stream).show("▶ ∂L/∂θ — → 1 · Ω")
    assert raw.getvalue().decode("ascii").startswith("> dL/d\\u03b8 - -> 1 * \\u03a9")


def test_width_of_the_terminal_has_a_minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "132")
    assert Terminal(None, TTY(), {}).width == 132
    monkeypatch.setenv("COLUMNS", "7")
    assert Terminal(None, TTY(), {}).width == Terminal(None, io.StringIO(), {}).width == NARROWEST


@pytest.mark.parametrize(("columns", "width"), [(None, 80), ("", 80), ("x", 80), ("0", 80), ("57", 57), ("132", 132)])
def test_width_of_a_file_is_that_of_columns(columns: str | None, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert Terminal(None, io.StringIO(), {}).width == line_width(io.StringIO()) == width


def test_hostile_label_is_escaped_everywhere() -> None:
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


def test_session_in_ascii() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    graph().debug(stdin=io.StringIO("n\nn\nl\nw a\nwhy a\nc\nh\n"), stdout=stream)
    assert "e.grad         - -> -2" in raw.getvalue().decode("ascii")


# ── reading ──


class Readline:
    """The part of readline that a session uses."""

    def __init__(self, description: str | None) -> None:
        self.__doc__ = description
        self.completer: Any = "the completer before"
        self.delimiters = "the delimiters before"
        self.bound: list[str] = []
        self.get_completer = lambda: self.completer
        self.get_completer_delims = lambda: self.delimiters
        self.set_completer = lambda completer: setattr(self, "completer", completer)
        self.set_completer_delims = lambda delimiters: setattr(self, "delimiters", delimiters)
        self.parse_and_bind = self.bound.append
        self.get_line_buffer = lambda: "p we"
        self.get_begidx = lambda: 2


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let someone sit at the standard input who types these lines."""
    lines = ["s", "n"]

    def read(question: str) -> str:
        if not lines:
            raise EOFError
        return lines.pop(0)

    monkeypatch.setattr("sys.stdin", TTY())
    monkeypatch.setattr(builtins, "input", read)
    return lines


def test_file_ends_with_none() -> None:
    source = Terminal(io.StringIO("s\n\nn"))
    assert not source.is_person
    assert [source.ask("? ") for _ in range(4)] == ["s", "", "n", None]


@pytest.mark.parametrize("mark", ["\ufeff", "\udcef\udcbb\udcbf", "ï»¿"])
def test_byte_order_mark_is_no_part_of_a_line(mark: str) -> None:
    source = Terminal(io.StringIO(f"{mark}s\n{mark}n\n{mark}"), io.StringIO())
    assert [source.ask("? ") for _ in range(4)] == ["s", "n", "", None]


def test_pipe_is_not_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s\n"))
    source = Terminal()
    assert not source.is_person
    assert [source.ask("? "), source.ask("? ")] == ["s", None]


def test_closed_stdin_gives_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    source = Terminal()
    assert not source.is_person
    assert source.ask("? ") is None


def test_terminal_is_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TTY())
    assert Terminal().is_person


def test_person_is_asked_by_input(person: list[str]) -> None:
    source = Terminal()
    assert [source.ask("? ") for _ in range(3)] == ["s", "n", None]


def test_notebook_is_a_person(monkeypatch: pytest.MonkeyPatch, person: list[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert Terminal().is_person


@pytest.mark.parametrize(
    ("description", "bound"), [("GNU", "tab: complete"), ("libedit", "bind ^I rl_complete"), (None, "tab: complete")]
)
def test_tab_completes_during_the_session_only(
    monkeypatch: pytest.MonkeyPatch, person: list[str], description: str | None, bound: str
) -> None:
    readline = Readline(description)
    monkeypatch.setattr(terminal, "importlib", SimpleNamespace(import_module=lambda name: readline))

    with Terminal().completing(lambda before, word: [f"{word}ight after {before!r}"]):
        assert (readline.delimiters, readline.bound) == (DELIMITERS, [bound])
        assert [readline.completer("we", number) for number in (0, 1)] == ["weight after 'p '", None]
    assert (readline.completer, readline.delimiters) == ("the completer before", "the delimiters before")


def test_no_tab_without_readline(monkeypatch: pytest.MonkeyPatch, person: list[str]) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(terminal, "importlib", SimpleNamespace(import_module=missing))
    with Terminal().completing(lambda before, word: []):
        assert Terminal().ask("? ") == "s"


def test_file_needs_no_readline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "importlib", None)
    with Terminal(io.StringIO()).completing(lambda before, word: []):
        pass
    assert importlib.import_module


def test_progress_is_shown_in_one_line_of_a_terminal_where_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.debugger.terminal.PATIENCE", -1.0)
    stream = TTY()
    screen = Terminal(None, stream, {"TERM": "xterm"})
    with screen.progress("{count} done") as tell:
        tell(1)
        tell(2)
    assert stream.getvalue() == "\r\x1b[K1 done\r\x1b[K2 done\r\x1b[K"
    assert screen.transcript == []


@pytest.mark.parametrize(("stream", "patience"), [(TTY(), 1e6), (io.StringIO(), -1.0)])
def test_progress_is_not_shown_of_what_is_fast_or_in_a_file(
    stream: io.StringIO, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograd_tiny.debugger.terminal.PATIENCE", patience)
    with Terminal(None, stream, {"TERM": "xterm"}).progress("{count} done") as tell:
        tell(1)
    assert stream.getvalue() == ""


def test_check_tells_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.debugger.terminal.PATIENCE", -1.0)
    monkeypatch.setenv("TERM", "xterm")
    stream = TTY()
    debug(graph(), stdin=io.StringIO("check a\n"), stdout=stream)
    assert "\r\x1b[Kcheck: 12 passes done; Ctrl-C stops it\r\x1b[K" in stream.getvalue()
