r"""A session: what its commands share, and how they are read, told apart and answered.

>>> import io
>>> from autograd_tiny import Value
>>> session = Session(Value(3.0, label="a"), Keyboard(io.StringIO("sing")), Screen(io.StringIO()))
>>> session.run()
>>> print(*session.screen.shown, sep="\n")
(backward) sing
no command 'sing'; h lists them
(backward)
"""

from __future__ import annotations

import cmd
import re
from difflib import get_close_matches
from typing import Final

from autograd_tiny.debugger.breakpoints import Breakpoint
from autograd_tiny.debugger.calculator import Calculation
from autograd_tiny.debugger.course import Course
from autograd_tiny.debugger.errors import PromptError, UnknownYetError
from autograd_tiny.debugger.hints import Hints
from autograd_tiny.debugger.lines import Lines
from autograd_tiny.debugger.screen import Screen
from autograd_tiny.debugger.terminal import Keyboard
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.trace import UnknownNodeError

ALIASES: Final = {
    "step": "s",
    "next": "n",
    "continue": "c",
    "cont": "c",
    "jump": "j",
    "break": "b",
    "tbreak": "tb",
    "clear": "cl",
    "up": "u",
    "down": "d",
    "list": "l",
    "where": "w",
    "bt": "w",
    "print": "p",
    "help": "h",
    "?": "h",
    "quit": "q",
    "exit": "q",
}
"""The long names of gdb and pdb, for those whose fingers know them."""

QUOTED: Final = re.compile(r"""(["'])(.+?)\1(.*)""")


def whole_number(text: str) -> int | None:
    """Return a whole number from 0, None for a text that is none.

    >>> whole_number("12"), whole_number("-1"), whole_number("9" * 5000)
    (12, None, None)
    """
    return int(text) if text.isdecimal() and len(text) < 16 else None


class Session(cmd.Cmd):
    """What the commands share.

    Args:
        root: of the graph.
        keyboard: gives the commands.
        screen: takes what they say.
        keeps: whether gradients may stay in the graph at the end, so that `q` asks.

    Attributes:
        course: the passes, and where one is in them.
        lines: of the trace of the course.
        breakpoints: in the order of their numbers.
        displays: by their numbers, the expressions shown at each stop.
        middle: the node that `u` and `d` went to; None for the one that acts next.
        hints: those that are still to be told.
    """

    def __init__(self, root: Value, keyboard: Keyboard, screen: Screen, *, keeps: bool = True) -> None:
        super().__init__()
        self.keyboard, self.screen, self.keeps = keyboard, screen, keeps
        self.course = Course(root)
        self.lines = Lines(self.course.trace)
        self.breakpoints: list[Breakpoint] = []
        self.displays: dict[int, str] = {}
        self.middle: Value | None = None
        self.hints = Hints()

    # ── reading ──

    def run(self) -> None:
        """Answer commands until one ends the session, or there are no more."""
        with self.keyboard.completing(self.complete):
            while not self._answer_next():
                pass

    def _answer_next(self) -> bool:
        """Read one command and answer it; return whether the session is over."""
        try:
            line = self.ask("(forward) " if self.course.is_forward else "(backward) ")
            return line is None or self.onecmd(line)
        except KeyboardInterrupt:
            self.screen.show("\ninterrupted; q ends the session")
        except AutogradError as error:
            self.show_error(error)
        return False

    def show_error(self, error: AutogradError) -> None:
        """Show why a command was not carried out."""
        if isinstance(error, UnknownNodeError):
            close = f"did you mean {' or '.join(error.close)}?" if error.close else "l shows the nodes"
            self.screen.show(f"no node {error.name!r}; {close}")
        else:
            self.screen.show(str(error))

    def ask(self, question: str) -> str | None:
        """Return the answer to a question, None where there is none."""
        question = printable(self.screen.fit(question))
        line = self.keyboard.read(question)
        echo = printable(f"{question}{line or ''}").rstrip()
        if not self.keyboard.is_person:
            self.screen.show(echo)
        elif line is None:
            self.screen.show("")  # the question stands there, without an end of line
        else:
            self.screen.shown.append(echo)  # it stands there, as it was typed
        return line

    def onecmd(self, line: str) -> bool:
        """Answer one command, which may have its long name; a blank line repeats the last."""
        word, space, rest = line.strip().partition(" ")
        word = ALIASES.get(word, word)
        if word and word not in self.commands():
            self.default(line.strip())
        return bool(super().onecmd(f"{word}{space}{rest}"))

    def default(self, line: str) -> None:
        """Say that there is no such command, and what may be meant.

        Raises:
            PromptError: always.
        """
        word = line.split(maxsplit=1)[0]
        close = get_close_matches(word, [*self.commands(), *ALIASES], n=2)
        remedy = f"did you mean {' or '.join(close)}?" if close else "h lists them"
        if self._is_expression(line):
            remedy = f"p {line} shows what it is"
        raise PromptError(f"no command {word!r}; {remedy}")

    def _is_expression(self, line: str) -> bool:
        try:
            self.compute(line)
        except UnknownYetError:
            return True
        except AutogradError:
            return False
        return True

    @classmethod
    def commands(cls) -> list[str]:
        """Return the short names of all commands, sorted."""
        return [name.removeprefix("do_") for name in dir(cls) if name.startswith("do_") and name != "do_help"]

    # ── completing ──

    def completenames(self, text: str, *ignored: object) -> list[str]:
        """Return the commands that begin with a text."""
        return [name for name in [*self.commands(), *ALIASES] if name.startswith(text)]

    def completedefault(self, text: str, *ignored: object) -> list[str]:
        """Return the nodes that begin with a text; behind a dot what they hold."""
        names = list(self.course.trace.names.values())
        whole, dot, _ = text.rpartition(".")
        parts = [f"{whole}.{part}" for part in ("grad", "value")] if dot and whole in names else []
        return [name for name in names + parts if name.startswith(text)]

    # ── finding ──

    def find(self, name: str) -> Value:
        """Return the node of that name, which may be in quotes; the one in the middle for an empty name.

        Raises:
            UnknownNodeError: there is none.
        """
        name = name.strip()
        if not name:
            return self.course.current if self.middle is None else self.middle
        quoted = QUOTED.fullmatch(name)
        return self.course.trace.find(quoted[2] if quoted and not quoted[3] else name)

    def split(self, line: str) -> tuple[Value, str]:
        """Return the node at the beginning of a line, and the rest; a label may have spaces in it.

        Raises:
            UnknownNodeError: there is none.
            PromptError: the line is empty.
        """
        if not line:
            raise PromptError("which node? write its name behind the command")
        quoted = QUOTED.fullmatch(line)
        if quoted:
            return self.course.trace.find(quoted[2]), quoted[3].strip()
        words, names = line.split(" "), set(self.course.trace.names.values())
        longest = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]) in names), 1)
        return self.course.trace.find(" ".join(words[:longest])), " ".join(words[longest:]).strip()

    def compute(self, text: str) -> float:
        """Return the number of an expression over nodes, at the cursor.

        Raises:
            ExpressionError: the text is none.
            UnknownNodeError: it mentions a node that the graph does not have.
            UnknownYetError: something in it is not known at this step.
        """

        def look_up(name: str, part: str) -> float:
            trace = self.course.trace
            number = trace.gradient(name) if part == "grad" else trace.value(name)
            if number is None:
                raise UnknownYetError(f"{name}.{part}")
            return number

        return Calculation(text, look_up).compute()
