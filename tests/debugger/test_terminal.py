"""Where lines come from: a file, a person, a notebook; and Tab, where there is readline."""

from __future__ import annotations

import builtins
import importlib
import io
from types import SimpleNamespace
from typing import Any

import pytest

from autograd_tiny.debugger import terminal
from autograd_tiny.debugger.terminal import DELIMITERS, Keyboard


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Readline:
    """What a session uses of readline."""

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


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let someone sit at the standard input who types these lines."""
    lines = ["s", "n"]

    def read(question: str) -> str:
        if not lines:
            raise EOFError
        return lines.pop(0)

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(builtins, "input", read)
    return lines


def test_a_file_gives_its_lines_and_then_none() -> None:
    keyboard = Keyboard(io.StringIO("s\n\nn"))
    assert not keyboard.is_person
    assert [keyboard.read("? ") for _ in range(4)] == ["s", "", "n", None]


def test_a_pipe_is_no_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s\n"))
    keyboard = Keyboard()
    assert not keyboard.is_person
    assert [keyboard.read("? "), keyboard.read("? ")] == ["s", None]


def test_a_shell_that_closed_the_input_gives_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    keyboard = Keyboard()
    assert not keyboard.is_person
    assert keyboard.read("? ") is None


def test_a_terminal_is_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    assert Keyboard().is_person


def test_a_person_is_asked_by_input(person: list[str]) -> None:
    keyboard = Keyboard()
    assert [keyboard.read("? ") for _ in range(3)] == ["s", "n", None]


def test_a_notebook_is_a_person_though_it_has_no_terminal(monkeypatch: pytest.MonkeyPatch, person: list[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert Keyboard().is_person


@pytest.mark.parametrize(
    ("description", "bound"), [("GNU", "tab: complete"), ("libedit", "bind ^I rl_complete"), (None, "tab: complete")]
)
def test_tab_completes_during_the_session_only(
    monkeypatch: pytest.MonkeyPatch, person: list[str], description: str | None, bound: str
) -> None:
    readline = Readline(description)
    monkeypatch.setattr(terminal, "importlib", SimpleNamespace(import_module=lambda name: readline))

    def complete(text: str, state: int) -> None:
        return None

    with Keyboard().completing(complete):
        assert (readline.completer, readline.delimiters, readline.bound) == (complete, DELIMITERS, [bound])
    assert (readline.completer, readline.delimiters) == ("the completer before", "the delimiters before")


def test_without_readline_there_is_no_tab(monkeypatch: pytest.MonkeyPatch, person: list[str]) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(terminal, "importlib", SimpleNamespace(import_module=missing))
    with Keyboard().completing(lambda text, state: None):
        assert Keyboard().read("? ") == "s"


def test_a_file_needs_no_readline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "importlib", None)
    with Keyboard(io.StringIO()).completing(lambda text, state: None):
        pass
    assert importlib.import_module
