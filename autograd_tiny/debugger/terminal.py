r"""Read lines from a person or a file, show text in colours, and remember the transcript.

>>> import io
>>> terminal = Terminal(io.StringIO("s\nn\n"), io.StringIO())
>>> terminal.ask("(backward) ")
's'
>>> terminal.show("∂L/∂a = 2", style="bold")
>>> terminal.transcript
['(backward) s', '∂L/∂a = 2']
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from types import BuiltinFunctionType
from typing import Any, Final, TextIO

from autograd_tiny.support.console import terminal_width, width_in_files
from autograd_tiny.support.terminal_text import (
    fold,
    needs_ascii,
    printable,
    to_aligned_ascii,
    without_byte_order_mark,
)

STYLES: Final = {"plain": "", "title": "2", "bold": "1", "dim": "2", "done": "32", "next": "1;33", "hint": "36"}
CLEAR: Final = "\x1b[H\x1b[2J"
"""Codes that clear the screen, and go to its upper left corner."""
CLEAR_LINE: Final = "\r\x1b[K"
"""Codes that clear the current line, and go to its beginning."""
PATIENCE: Final = 1.0
"""How many seconds an answer may take before its progress is shown."""
DELIMITERS: Final = " \t\n*/%+-(,<>=!"
"""The characters that end a word to be completed: not the dots and brackets of layers[0].neurons[1].w[0]."""


class Terminal:
    """Reads the commands of a session and shows the answers.

    Args:
        stdin: where the lines come from; the standard input if not given, through Python's `input` for a person.
        stdout: where the text goes; the standard output if not given.
        environment: has NO_COLOR and TERM.

    Attributes:
        is_person: whether the terminal shows what is typed; the lines of a file are echoed instead.
        is_at_terminal: whether a person types at a terminal and reads there: no notebook, no pipe.
        needs_ascii: whether the output lacks the signs of mathematics.
        transcript: every line shown so far, without colours.
    """

    def __init__(
        self,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.transcript: list[str] = []
        self._stdin = stdin
        # a notebook replaces input() by a field of its own, and leaves no terminal in sys.stdin
        is_notebook = not isinstance(builtins.input, BuiltinFunctionType)
        is_terminal = sys.stdin is not None and sys.stdin.isatty()  # None where a shell closed it
        self.is_person = stdin is None and (is_notebook or is_terminal)
        self._stdout = stdout or sys.stdout
        self._encoding = getattr(self._stdout, "encoding", None)
        self.needs_ascii = needs_ascii(self._encoding)
        self._is_terminal = self._stdout.isatty()
        self.is_at_terminal = self.is_person and is_terminal and self._is_terminal
        # a terminal that has colours says so in TERM; no-color.org
        self._has_codes = self._is_terminal and environment.get("TERM", "dumb") != "dumb"
        self._has_colours = self._has_codes and not environment.get("NO_COLOR")
        self._held: list[Sequence[tuple[str, str]]] | None = None
        self._before: Callable[[], None] = lambda: None

    # ── writing ──

    @property
    def width(self) -> int:
        """The width in columns: that of the terminal, in a pipe or a file that of `width_in_files`."""
        return terminal_width() if self._is_terminal else width_in_files()

    def show(self, text: str, *, style: str = "plain", hanging: int = 2) -> None:
        """Write lines in one of `STYLES` if the terminal has colours; escape control characters.

        Args:
            text: of the lines; one that is wider than `width` is folded.
            style: of all of them.
            hanging: how far what is folded is indented.
        """
        for line in text.split("\n"):
            for shown in fold(printable(self.encodable(line)), self.width, hanging=hanging):
                self._write(shown, STYLES[style])

    def show_parts(self, *parts: tuple[str, str]) -> None:
        """Write a line whose parts have different styles; it is not folded.

        Args:
            parts: each a text and one of `STYLES`.
        """
        self._write_parts([(printable(self.encodable(text)), STYLES[style]) for text, style in parts])

    def show_sentence(self, text: str, *, style: str = "plain", label: str = "") -> None:
        """Write a sentence in lines of this `width`.

        Args:
            text: of the sentence.
            style: one of `STYLES`.
            label: written before it; the other lines are indented as much.
        """
        for line in fold(printable(self.encodable(f"{label}{text}")), self.width, hanging=len(label.lstrip(" "))):
            self._write(line, STYLES[style])

    @contextmanager
    def held(self, before: Callable[[], None]) -> Iterator[None]:
        """Hold back what is written until the next question, or the end; then call a function, and write it.

        Args:
            before: may write, and clear the screen.
        """
        self._held, self._before = [], before
        try:
            yield
        finally:
            self._release()
            self._held = None

    def _release(self) -> None:
        """Write what was held back."""
        if self._held is not None:
            lines, self._held = self._held, None
            self._before()
            for parts in lines:
                self._write_parts(parts)
            self._held = []

    @contextmanager
    def progress(self, text: str) -> Iterator[Callable[[int], None]]:
        """Yield a function that shows a count in the current line of a terminal, if it takes long; then clear it.

        Args:
            text: the line, with the blank {count}.
        """
        start, is_shown = monotonic(), False

        def tell(count: int) -> None:
            nonlocal is_shown
            if self._has_codes and monotonic() - start > PATIENCE:
                is_shown = True
                self._stdout.write(CLEAR_LINE + text.format(count=count))
                self._stdout.flush()

        try:
            yield tell
        finally:
            if is_shown:
                self._stdout.write(CLEAR_LINE)

    def clear(self) -> None:
        """Clear the screen of a terminal that understands codes."""
        if self._has_codes:
            self._stdout.write(CLEAR)

    def _write(self, line: str, codes: str) -> None:
        self._write_parts([(line, codes)])

    def _write_parts(self, parts: Sequence[tuple[str, str]]) -> None:
        if self._held is not None:
            self._held.append(parts)
            return
        self.transcript.append("".join(text for text, _ in parts))
        coloured = (
            f"\x1b[{codes}m{text}\x1b[0m" if self._has_colours and codes and text else text for text, codes in parts
        )
        self._stdout.write(f"{''.join(coloured)}\n")
        self._stdout.flush()

    def encodable(self, text: str) -> str:
        """Return a text in characters that the stream can encode."""
        if not self.needs_ascii:
            return text
        encoding = self._encoding or "ascii"
        return to_aligned_ascii(text).encode(encoding, "backslashreplace").decode(encoding)

    # ── reading ──

    def ask(self, question: str) -> str | None:
        """Return the answer to a question, None at the end of the input."""
        self._release()
        held, self._held = self._held, None
        try:
            return self._ask(question)
        finally:
            self._held = held

    def _ask(self, question: str) -> str | None:
        question = printable(self.encodable(question))
        *before, last = fold(question.rstrip(" "), self.width, hanging=0)
        for shown in before:
            self._write(shown, "")
        question = f"{last}{' ' * question.endswith(' ')}"
        line = self._read(question)
        echo = f"{question}{printable(line or '')}".rstrip()
        if not self.is_person:
            self.show(echo)
        elif line is None:
            self._write("", "")  # ends the line of the question
        else:
            self.transcript.append(echo)
        return line

    def _read(self, question: str) -> str | None:
        if self.is_person:
            try:
                return input(question)
            except EOFError:
                return None
        stream = sys.stdin if self._stdin is None else self._stdin
        line = stream.readline() if stream is not None else ""
        return without_byte_order_mark(line).rstrip("\r\n") if line else None  # each of several files may have one

    @contextmanager
    def completing(self, candidates: Callable[[str, str], list[str]]) -> Iterator[None]:
        """Complete words at the Tab key, where Python has readline; restore its settings afterwards.

        Args:
            candidates: returns the completions of a word, given what precedes it in the line, and the word.
        """
        readline = _readline() if self.is_person else None
        if readline is None:
            yield
            return
        matches: list[str] = []

        def complete(word: str, number: int) -> str | None:
            if number == 0:
                matches[:] = candidates(readline.get_line_buffer()[: readline.get_begidx()], word)
            return matches[number] if number < len(matches) else None

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

    @contextmanager
    def recalling(self, lines: Iterable[str]) -> Iterator[None]:
        """Let the arrow keys bring back the commands of earlier sessions; restore the program's own lines afterwards.

        Args:
            lines: the commands, the oldest first.
        """
        readline = _readline() if self.is_at_terminal else None
        if readline is None or not hasattr(readline, "clear_history"):  # an old libedit lacks it
            yield
            return
        own = [readline.get_history_item(number + 1) for number in range(readline.get_current_history_length())]
        _recall(readline, lines)
        try:
            yield
        finally:
            _recall(readline, filter(None, own))


def _recall(readline: Any, lines: Iterable[str]) -> None:
    """Let the arrow keys bring back these lines, and no others."""
    readline.clear_history()
    for line in lines:
        readline.add_history(line)


def _readline() -> Any:
    try:
        return importlib.import_module("readline")
    except ImportError:
        return None
