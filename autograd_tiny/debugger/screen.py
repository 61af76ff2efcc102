r"""The screen: colours where they are wanted, letters that the terminal has, and a memory of what was shown.

>>> import io
>>> screen = Screen(io.StringIO())
>>> screen.show("∂L/∂a = 2", style="bold")
>>> screen.stream.getvalue(), screen.shown
('∂L/∂a = 2\n', ['∂L/∂a = 2'])
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import Final, TextIO

from autograd_tiny.support.terminal_text import in_plain_letters, is_plain, printable

STYLES: Final = {"plain": "", "bold": "1", "dim": "2", "done": "32", "now": "1;33", "hint": "36"}
NARROWEST: Final = 40
"""The smallest width, in characters, that texts are made for; below it the terminal wraps them."""


class Screen:
    """Where a session is shown.

    Args:
        stream: takes the text.
        environment: NO_COLOR and TERM are looked up here.

    Attributes:
        shown: every line so far, without colours, for a transcript.
    """

    def __init__(self, stream: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        self.stream = stream
        self.shown: list[str] = []
        self._encoding = getattr(stream, "encoding", None)
        self._is_plain = is_plain(self._encoding)
        self._is_terminal = stream.isatty()
        # a terminal that knows colours says so in TERM; no-color.org
        is_smart = environment.get("TERM", "dumb") != "dumb" and not environment.get("NO_COLOR")
        self._has_colours = self._is_terminal and is_smart

    @property
    def width(self) -> int:
        """The width in characters: that of the terminal, and 80 in a file."""
        return max(shutil.get_terminal_size((80, 24)).columns, NARROWEST) if self._is_terminal else 80

    def show(self, text: str, *, style: str = "plain") -> None:
        """Write a text in one of `STYLES`, if colours are wanted, and end the line.

        Whatever else than its letters and line ends would steer the terminal is escaped.
        """
        codes = STYLES[style] if self._has_colours else ""
        for line in self.fit(text).split("\n"):
            shown = printable(line)
            self.shown.append(shown)
            self.stream.write(f"\x1b[{codes}m{shown}\x1b[0m\n" if codes and shown else f"{shown}\n")
        self.stream.flush()

    def fit(self, text: str) -> str:
        """Return a text in letters that the stream can take."""
        if not self._is_plain:
            return text
        encoding = self._encoding or "ascii"
        return in_plain_letters(text).encode(encoding, "backslashreplace").decode(encoding)
