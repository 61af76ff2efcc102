"""Run a program at a pseudo-terminal, in this process: commands are typed when it asks, the screen is returned.

A transcript in `transcripts/` is such a screen. Its commands are what follows a prompt such as `(backward) `:
the test types them, and compares the screen with the file. To write one, print what `run_at_terminal` returns, and
save it once every line of it is right.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final
from unittest.mock import patch

import pytest

TRANSCRIPTS: Final = Path(__file__).parent / "transcripts"
TYPED: Final = re.compile(r"^\([\w ,]+\) (.*)$", re.MULTILINE)
"""A prompt, and what is typed at it."""
END_OF_INPUT: Final = "\x04"
"""Ctrl-D."""


class Keyboard(io.TextIOWrapper):
    """A terminal at which someone types the next command whenever the program reads a line; at the end, Ctrl-D.

    Args:
        terminal: the descriptor of the terminal.
        keys: the descriptor of the other side, to which the keys go.
        commands: what is typed.
    """

    def __init__(self, terminal: int, keys: int, commands: list[str]) -> None:
        super().__init__(io.FileIO(terminal, closefd=False), encoding="utf-8")
        self._keys, self._commands = keys, commands

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        line = f"{self._commands.pop(0)}\n" if self._commands else END_OF_INPUT
        os.write(self._keys, line.encode())
        return super().readline(size)


class Screen(Thread):
    """Collects what a terminal shows, from the other side of it."""

    def __init__(self, terminal: int) -> None:
        super().__init__()
        self._terminal = terminal
        self._shown = b""

    def run(self) -> None:
        with suppress(OSError):  # at the end of a pseudo-terminal, on Linux
            while some := os.read(self._terminal, 4096):
                self._shown += some

    @property
    def text(self) -> str:
        """What was shown so far."""
        return self._shown.decode().replace("\r\n", "\n")


def run_at_terminal(
    program: Callable[[], Any], *commands: str, columns: int = 80, encoding: str = "utf-8", **environment: str
) -> str:
    """Return the screen of a program that is run at a terminal.

    Args:
        program: called with the terminal as its standard input and output.
        commands: typed one after the other, whenever the program asks for a line.
        columns: the width of the terminal.
        encoding: of the terminal.
        environment: such as TERM="xterm" for colours; TERM is "dumb" if not given.
    """
    pty = pytest.importorskip("pty", reason="pseudo-terminals of POSIX")
    other_side, terminal = pty.openpty()
    screen = Screen(other_side)
    screen.start()
    settings = {"TERM": "dumb", "COLUMNS": str(columns), **environment}
    try:
        with (
            typed(Keyboard(terminal, other_side, list(commands))),
            open(terminal, "w", encoding=encoding, closefd=False) as output,
            redirect_stdout(output),
            patch.dict(os.environ, settings),
        ):
            program()
    finally:
        os.close(terminal)
        screen.join()
        os.close(other_side)
    return screen.text


@contextmanager
def typed(keyboard: Keyboard) -> Iterator[None]:
    """Let the standard input be a keyboard."""
    with keyboard, patch.object(sys, "stdin", keyboard):
        yield


def check_transcript(name: str, program: Callable[[], Any], **settings: Any) -> None:
    """Run a program with the commands of a transcript, and compare the screen with it."""
    transcript = (TRANSCRIPTS / f"{name}.txt").read_text(encoding="utf-8")
    assert run_at_terminal(program, *TYPED.findall(transcript), **settings) == transcript
