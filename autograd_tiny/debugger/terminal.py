r"""Where the lines of a session come from: a person at a keyboard, with completion and history, or a file.

>>> import io
>>> Keyboard(io.StringIO("s\nn\n")).read("(backward) ")
's'
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import BuiltinFunctionType
from typing import Any, TextIO

DELIMITERS = " \t\n*/%+-(,<>=!"
"""What ends a word to be completed: not the dots and brackets of layers[0].neurons[1].w[0]."""


class Keyboard:
    """Reads the commands.

    Args:
        stream: where they come from; None for the standard input, by Python's `input` if a person sits there.

    Attributes:
        is_person: whether what is typed shows up by itself; the lines of a file are to be echoed.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        # a notebook replaces input() by a field of its own, and leaves no terminal in sys.stdin
        is_notebook = not isinstance(builtins.input, BuiltinFunctionType)
        is_terminal = sys.stdin is not None and sys.stdin.isatty()  # it is None where a shell closed it
        self.is_person = stream is None and (is_notebook or is_terminal)

    def read(self, prompt: str) -> str | None:
        """Return the next line, or None where there are no more."""
        if self.is_person:
            try:
                return input(prompt)
            except EOFError:
                return None
        stream = sys.stdin if self._stream is None else self._stream
        line = stream.readline() if stream is not None else ""
        return line.rstrip("\r\n") if line else None

    @contextmanager
    def completing(self, complete: Callable[[str, int], object]) -> Iterator[None]:
        """Let Tab ask for the rest of a word, where Python has readline, and give it back afterwards."""
        readline = _readline() if self.is_person else None
        if readline is None:
            yield
            return
        completer, delimiters = readline.get_completer(), readline.get_completer_delims()
        readline.set_completer(complete)
        readline.set_completer_delims(DELIMITERS)
        is_libedit = "libedit" in (readline.__doc__ or "")  # macOS
        readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
        try:
            yield
        finally:
            readline.set_completer(completer)
            readline.set_completer_delims(delimiters)


def _readline() -> Any:
    try:
        return importlib.import_module("readline")
    except ImportError:
        return None
