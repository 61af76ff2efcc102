"""The state that the commands of one session share, and how they read nodes and numbers.

>>> import io
>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> session = Session(a * a, Terminal(io.StringIO(), io.StringIO()))
>>> session.split("a 1/2") == (a, "1/2"), session.compute("a * 2 + 1")
(True, 7.0)
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Final

from autograd_tiny.debugger.calculator import Calculation
from autograd_tiny.debugger.command_history import CommandHistory, history_file
from autograd_tiny.debugger.event_numbers import OF_EVENT, OF_NODE, numbers_after
from autograd_tiny.debugger.hint_timing import Hints
from autograd_tiny.debugger.pass_cursor import PassCursor, kinds_of
from autograd_tiny.debugger.step_text import StepText
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.debugger.training import Training
from autograd_tiny.debugger.update_text import UpdateText
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError, shorten
from autograd_tiny.symbolic.notation import QUOTED_NAME, text_name, unquoted_name
from autograd_tiny.trace import UnknownLineError, UnknownNodeError

QUOTED: Final = re.compile(rf"({QUOTED_NAME}|'[^']+')(.*)", re.DOTALL)
"""A label in quotes, and the rest of a line."""


MOST_UNATTENDED: Final = 10_000
"""The largest number of commands of breakpoints and files that follow one that is typed."""
NUMERAL: Final = re.compile(r"[-+.\d].*")
"""The beginning of a number, which no name has."""


MOST_DIGITS: Final = 4000
"""Python reads a number of so many digits."""


class PromptError(AutogradError, ValueError):
    """A command that cannot be carried out; the message says what can."""


class UnknownNumberError(PromptError):
    """A word that is neither a number nor the name of a node, where a number is needed."""

    def __init__(self, word: str, *, close: Iterable[str] = (), remedy: str) -> None:
        remedy = f"did you mean {' or '.join(close)}?" if close else remedy
        super().__init__(f"{shorten(word)} is neither a number nor a node; {remedy}")


class UnknownYetError(PromptError):
    """An expression asks for a number that is not computed at this step.

    Attributes:
        mention: the number asked for, such as a.grad.
    """

    def __init__(self, mention: str) -> None:
        self.mention = mention
        super().__init__(f"{mention} is not known yet at this step; go on, and ask again")


class OtherPassError(UnknownYetError):
    """An expression asks for a number of another pass: a tangent outside of `jvp`, a gradient in the forward pass."""

    def __init__(self, mention: str, leaf: str) -> None:
        super().__init__(mention)
        is_tangent = mention.endswith(".tangent")
        remedy = f"enter it, as in jvp {leaf}=1" if is_tangent else "backward enters it"
        self.args = (f"{mention} is a number of {'forward mode' if is_tangent else 'the backward pass'}; {remedy}",)


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A node to stop at when it receives a contribution, or in the forward pass its value.

    Attributes:
        number: of the breakpoint.
        name: of the node, or the line of the program that made the nodes.
        nodes: the node, or several; None for every node.
        condition: under which to stop; None to stop always.
        is_temporary: whether it is deleted at its first stop.
        is_watch: whether to stop only where the gradient changes.
        is_line: whether it is at a line of the program.
    """

    number: int
    name: str
    nodes: tuple[Value, ...] | None
    condition: Calculation | None = None
    is_temporary: bool = False
    is_watch: bool = False
    is_line: bool = False

    def __str__(self) -> str:
        condition = f" if {self.condition.text}" if self.condition else ""
        watch = "watch " if self.is_watch else ""
        name = self.name if self.nodes is None or self.is_line else text_name(self.name)
        return f"{self.number}: {watch}{name}{condition}{' (once)' if self.is_temporary else ''}"

    def holds(self) -> bool:
        """Return whether the condition holds at the cursor."""
        return self.condition is None or self.condition.holds()


class Session:
    """The state of a session.

    Args:
        root: of the graph.
        terminal: where the commands come from and the answers go.
        keeps: whether `q` asks which gradients to keep in the graph.
        variable_names: whether nodes without a label are named after the variables of the caller.
        training: that the session steps through; `root` is then that of its next update.

    Attributes:
        last_line: the latest command, which a blank line repeats.
        cursor: moves through the passes of the trace.
        trace: of the graph.
        text: writes the steps of the trace.
        breakpoints: in the order of their numbers.
        last_breakpoint: the number of the latest breakpoint; none is used twice.
        ignored: how many hits of a breakpoint are still to be ignored, by its number.
        reactions: the commands that are run where a breakpoint stops, by its number.
        displays: the expressions shown at each stop, by their numbers.
        focus: the node that `u` and `d` went to; None for the current node.
        headline: the pass and the node of the last heading, under which its steps are shown.
        hints: those not shown yet.
        pending: commands that are run before the next one is read, each with the files that it is in; none if it is
            of a breakpoint.
        files: those of the command that runs; each sources the next one.
        is_sticky: whether the graph is drawn anew at each stop.
        has_stopped: whether it is to be drawn, as a command has stopped since.
        history: the commands of earlier sessions and of this one.
        variable_names: whether nodes without a label are named after the variables of the caller.
        update: how many updates of the training were done where the pass was opened.
        update_text: writes the updates of a training.
        has_told_oldest: whether it was shown that the oldest updates are not kept any more.
    """

    def __init__(
        self,
        root: Value,
        terminal: Terminal,
        *,
        keeps: bool = True,
        variable_names: bool = True,
        training: Training | None = None,
    ) -> None:
        self.terminal, self.keeps, self.training = terminal, keeps, training
        self.variable_names = variable_names
        self.last_line = ""
        self.cursor = PassCursor(root, variable_names=variable_names)
        self.trace = self.cursor.trace
        self.text = StepText(self.trace)
        self.update_text = UpdateText()
        self.has_told_oldest = False
        self.update = training.update if training else 0
        self.breakpoints: list[Breakpoint] = []
        self.last_breakpoint = 0
        self.ignored: dict[int, int] = {}
        self.reactions: dict[int, list[str]] = {}
        self.displays: dict[int, str] = {}
        self.focus: Value | None = None
        self.headline: tuple[bool, str] | None = None
        self.hints = Hints(self.trace, zeroes_gradients=training is not None)
        self.pending: deque[tuple[str, tuple[Path, ...]]] = deque()
        self._unattended = 0
        self.files: tuple[Path, ...] = ()
        self.is_sticky = self.has_stopped = False
        self.history = CommandHistory(history_file() if terminal.is_at_terminal else None)

    def open(self, root: Value) -> list[Breakpoint]:
        """Go on with the pass of another graph; return the breakpoints whose nodes it lacks, which are deleted."""
        self.cursor = PassCursor(root, variable_names=self.variable_names)
        self.text = StepText(self.cursor.trace)
        self.hints.follow(self.cursor.trace)
        self.trace = self.cursor.trace
        self.focus = self.headline = None
        kept: dict[int, Breakpoint] = {}
        for breakpoint in self.breakpoints:
            with suppress(UnknownNodeError, UnknownLineError, UnknownNumberError):
                kept[breakpoint.number] = self._in_this_pass(breakpoint)
        lost = [breakpoint for breakpoint in self.breakpoints if breakpoint.number not in kept]
        self.breakpoints = list(kept.values())
        self.update = self.training.update if self.training else 0  # last: after Ctrl-C it tells whether this is done
        return lost

    def _in_this_pass(self, breakpoint: Breakpoint) -> Breakpoint:
        """Return a breakpoint of another pass for the one that is open."""
        nodes = breakpoint.nodes
        if breakpoint.is_line:
            nodes = tuple(self.trace.lines.find(breakpoint.name))
        elif nodes is not None:
            nodes = (self.trace.find(breakpoint.name),)
        condition = self.condition(nodes, breakpoint.condition.text) if breakpoint.condition else None
        return replace(breakpoint, nodes=nodes, condition=condition)

    @property
    def question(self) -> str:
        """The prompt: the pass, or the update of a training."""
        if self.training is None:
            return f"({self.cursor.mode}) "
        place = (
            f"update {self.training.update + 1}" if self.training.update < self.training.total else "training over"
        )
        return f"({place}{f', {self.cursor.mode}' if self.cursor.is_forward else ''}) "

    def find(self, name: str) -> Value:
        """Return the node of a name, which may be in quotes; the node in focus for an empty name."""
        name = name.strip()
        if not name:
            return self.cursor.current if self.focus is None else self.focus
        return self.trace.find(name if name in self.trace.names.values() else unquoted(name))

    def split(self, line: str) -> tuple[Value, str]:
        """Return the node at the beginning of a line, and the rest; a label may contain spaces."""
        if not line:
            raise PromptError("no node given; write its name after the command")
        quoted = QUOTED.fullmatch(line)
        if quoted:
            return self.trace.find(unquoted(quoted[1])), quoted[2].strip()
        words, names = line.split(" "), set(self.trace.names.values())
        longest = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]) in names), 0)
        name, sign, number = line.partition("=")
        if not longest and sign and " " not in name.strip():  # set w=3
            return self.trace.find(name.strip()), f"={number}"
        longest = longest or 1
        return self.trace.find(" ".join(words[:longest])), " ".join(words[longest:]).strip()

    def compute(self, text: str) -> float:
        """Return the number of an expression over nodes at the cursor.

        Raises:
            ExpressionError: the text is not an expression.
            UnknownNodeError: the graph does not have a node in it.
            UnknownYetError: a number in it is not known at this step.
        """
        unknown: list[str] = []

        def look_up(name: str, part: str) -> float | None:
            number = number_of(self.cursor, name, part)
            unknown.extend([] if number is not None else [f"{text_name(name)}.{part}"])
            return number

        number = Calculation(text, look_up).compute()  # reports a mistake in the expression first
        if number is None:
            is_tangent = unknown[0].endswith(".tangent")
            is_elsewhere = self.cursor.tangents is None if is_tangent else self.cursor.is_forward
            is_elsewhere = is_elsewhere and not unknown[0].endswith(".value")
            raise OtherPassError(unknown[0], self.leaf) if is_elsewhere else UnknownYetError(unknown[0])
        return number

    def number(self, text: str, *, example: str) -> float:
        """Return the number that a command takes, which may be an expression over nodes.

        Args:
            text: as typed.
            example: of the command with a number.
        """
        if not text.strip():
            raise PromptError(f"no number given; write one, as in {example}")
        try:
            return self.compute(text)
        except UnknownNodeError as error:
            close = map(text_name, error.close)
            raise UnknownNumberError(error.name, close=list(close), remedy=f"write one, as in {example}") from None

    @property
    def leaf(self) -> str:
        """The name of a leaf of this graph, for examples."""
        return next(self.trace.written_name(node) for node in self.trace.nodes if node.primitive is None)

    @property
    def stop_example(self) -> str:
        """The name of a node that receives something in this pass, for examples."""
        return self.trace.written_name(self.trace.root) if self.cursor.is_forward else self.leaf

    @property
    def number_example(self) -> str:
        """The word for a number of this pass in conditions, for examples."""
        return {"backward": "grad", "forward": "value"}.get(self.cursor.mode, "tangent")

    def condition(self, nodes: tuple[Value, ...] | None, text: str) -> Calculation:
        """Return a condition over nodes that follows the cursor; a comparison with a number not known there fails.

        In it `grad`, `value` and `tangent` are those of the node, or for None and several of the one that received
        something last; `upstream`, `partial` and `contribution` are those of the latest event.
        """
        node = nodes[0] if nodes is not None and len(nodes) == 1 else None
        cursor, trace = self.cursor, self.trace  # not this session, which would refer to itself by its breakpoints

        def look_up(name: str, part: str) -> float | None:
            if name in OF_EVENT:
                number: float | None = getattr(trace[trace.cursor - 1], name) if trace.cursor else None
                return number
            here = node or (cursor.receiver_at(trace.cursor - 1) if trace.cursor else trace.root)
            return number_of(cursor, here, name) if name in OF_NODE else number_of(cursor, name, part)

        try:
            return Calculation(text, look_up, example=f"{self.number_example} > 10")
        except UnknownNodeError as error:
            words = {*OF_NODE, *OF_EVENT} - ({"tangent"} if self.cursor.tangents is None else set())
            raise unknown_in_condition(error, words) from None

    def where_holds(self, breakpoint: Breakpoint, events: Sequence[int]) -> list[int]:
        """Return those of some events, in ascending order, after which the condition of a breakpoint holds."""
        if breakpoint.condition is None:
            return list(events)
        holds = breakpoint.condition.where(partial(numbers_after, self.cursor, events), len(events))
        return list(compress(events, holds))

    def next_line(self, question: str) -> str | None:
        """Return the next line, of the commands that are pending or of the input; None at its end."""
        if not self.pending:
            self._unattended, self.files = 0, ()
            typed = self.terminal.ask(question)
            self.history.add(typed or "")
            return typed
        self._unattended += 1
        if self._unattended > MOST_UNATTENDED:
            done = f"{MOST_UNATTENDED} commands were run after the one that was typed"
            raise PromptError(f"{done}; does a breakpoint go back to itself?")
        line, self.files = self.pending.popleft()
        self.terminal.show(f"{question}{line}")
        return line

    def run_next(self, commands: Iterable[str], *, files: tuple[Path, ...] = ()) -> None:
        """Run commands before the next one is read: the lines of the last of these files, which the others source."""
        self.pending.extendleft(reversed([(command, files) for command in commands]))

    def module_kinds(self) -> list[str]:
        """Return the kinds of modules in the graph, such as layer and neuron."""
        return kinds_of(map(self.trace.module, self.trace.nodes))


def unknown_in_condition(error: UnknownNodeError, words: Iterable[str]) -> UnknownNumberError:
    """Return that a word of a condition is not a number there, and which words are."""
    known = sorted(words)
    close = dict.fromkeys([*get_close_matches(error.name, known), *map(text_name, error.close)])
    return UnknownNumberError(error.name, close=close, remedy=f"a condition also knows {', '.join(known)}")


def number_of(cursor: PassCursor, node: Value | str, part: str) -> float | None:
    """Return the gradient, the value or the tangent of a node at the cursor; None where it is not known yet."""
    if part == "tangent":
        return cursor.tangent(node)
    return cursor.trace.gradient(node) if part == "grad" else cursor.trace.value(node)


def unquoted(text: str) -> str:
    """Return the label of a text that is a label in quotes; any other text unchanged.

    >>> unquoted('"x + y"'), unquoted("'b'"), unquoted('"a" b')
    ('x + y', 'b', '"a" b')
    """
    quoted = QUOTED.fullmatch(text)
    return unquoted_name(quoted[1][1:-1]) if quoted and not quoted[2] else text


def whole_number(text: str) -> int | None:
    """Return a whole number from 0, one of thousands of digits cut to `MOST_DIGITS`, None for any other text.

    >>> whole_number("12"), whole_number("-1"), whole_number("9" * 5000) == 10**MOST_DIGITS - 1
    (12, None, True)
    """
    return int(text.lstrip("0")[:MOST_DIGITS] or "0") if text.isdecimal() else None
