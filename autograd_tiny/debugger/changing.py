r"""The commands that ask and change: `set quiz save q`.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.screen import Screen
>>> from autograd_tiny.debugger.terminal import Keyboard
>>> a = Value(3.0, label="a")
>>> session = Changing(a * a, Keyboard(io.StringIO("set a 1/2\nq none\n")), Screen(io.StringIO()))
>>> session.run()
>>> print(*session.screen.shown, sep="\n")
(backward) set a 1/2
with a = 0.5 (was 3), L = 0.25 (was 9)
  node     value  gradient
  a      3 → 0.5     6 → 1
  L     9 → 0.25         1
(backward) q none
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from autograd_tiny.debugger.errors import PromptError
from autograd_tiny.debugger.stopping import Stopping
from autograd_tiny.debugger.verdict import verdict
from autograd_tiny.errors import AutogradError
from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.trace import ChangedNumbersError, Event

CHOICES: Final = ("none", "cursor", "final")
"""What becomes of the gradients at the end; the first is the default."""


class Changing(Stopping):
    """Changes numbers, asks for them, and ends the session."""

    def do_set(self, line: str) -> None:
        """`set LEAF NUMBER`: try another number for a leaf.

        Shows all that changes, and which kinks are crossed, such as a relu that dies. The cursor stays where it is,
        and the graph as it was. The number may be an expression: set w a.value / 3
        """
        node, text = self.split(line)
        if not text:
            raise PromptError(
                f"which number? write it behind the name, as in set {self.course.trace.names[node]} 1.5"
            )
        changes = self.course.trace.set(node, self.compute(text.removeprefix("=")))
        self._headed = None
        for row in str(changes).split("\n"):
            self.screen.show(row)
        self.show_displays()

    def do_quiz(self, line: str) -> None:
        """`quiz`: be asked for each next number before it is shown.

        Answer with a number such as -3, 1/3 or 2e-3, two digits are enough, or with an expression such as
        d.grad * b. After a wrong answer there is a second try; only right first answers count. A blank line ends it.
        """
        right = asked = 0
        self.screen.show("Each answer is a number, such as -3, 1/3 or 2e-3. A blank line ends the quiz.")
        while not self.course.is_at_end:
            result = self._question(self.course.trace[self.course.trace.cursor])
            if result is None:
                break
            asked, right = asked + 1, right + result
            self.show_events(self.course.steps(1))
        if asked:
            self.screen.show(f"{right} of {asked} right at the first answer.")

    def do_save(self, line: str) -> None:
        """`save FILE`: write what this session has shown into a file.

        Whole or not at all; before it overwrites a file, it asks.
        """
        if not line.strip():
            raise PromptError("which file? write its name, as in save session.txt")
        path = Path(line.strip())
        if path.is_dir():
            raise PromptError(f"{path} is a folder; write the name of a file behind it")
        if path.exists() and not self._is_yes(f"{path} exists. Overwrite it? [y/N] "):
            raise PromptError("nothing was written")
        try:
            write_whole(path, "\n".join([*self.screen.shown, ""]).encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise PromptError(f"{path} was not written: {error.strerror}") from error
        self.screen.show(f"{len(self.screen.shown)} lines are in {path} now")

    def _is_yes(self, question: str) -> bool:
        return (self.ask(question) or "").strip().lower() in {"y", "yes"}

    def do_q(self, line: str) -> bool:
        """`q [none | cursor | final]`: end the session.

        In loss.debug() it asks what becomes of the gradients in the graph: none leaves them as they were, cursor
        adds what has arrived so far, final adds what backward() would. The end of the input, Ctrl-D, means none.
        """
        if not self.keeps:
            return True
        choice = (
            line.strip() or self.ask("Gradients in the graph: none, as at the cursor, or final? [none] ") or "none"
        )
        wanted = [known for known in CHOICES if known.startswith(choice.strip().lower())]
        if not wanted:
            raise PromptError(f"{choice!r} is not one of {', '.join(CHOICES)}; the session goes on")
        if wanted[0] != "none":
            try:
                self.course.trace.apply(at_cursor=wanted[0] == "cursor")
            except ChangedNumbersError as error:
                names = ", ".join(error.names)
                raise PromptError(
                    f"{names} was set to another number than the graph has, so the gradients do not belong to it; "
                    "q none leaves the graph as it is"
                ) from None
        return True

    def _question(self, event: Event) -> bool | None:
        """Ask for the number that an event gives; return whether the first answer was right, None to end the quiz."""
        self.show_head(event)
        what = event.node if event.kind == "forward" else f"{event.input or event.node}.grad"
        before = "" if event.before is None else f", so far {event.before:.5g},"
        question = f"  {what}{before} becomes? "
        tries = 0
        while tries < 2:
            answer = self.ask(question)
            if answer is None or not answer.strip():
                return None
            try:
                complaint = verdict(self.compute(answer), event)
            except AutogradError as error:
                self.show_error(error)
                continue
            if not complaint:
                self.screen.show("  right", style="done")
                return tries == 0
            tries += 1
            self.screen.show(f"  {complaint}{'; try again' if tries < 2 else ''}")
        return False
