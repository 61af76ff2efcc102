r"""Read commands and run them: the table of commands, their help and completion, and `debug`.

>>> import io, sys
>>> from autograd_tiny import Value
>>> debug(Value(3.0, label="a"), stdin=io.StringIO("h rs\nsing\n"), stdout=sys.stdout)
a = 3: 1 node, 1 step in the backward pass. s makes one, h helps.
   node  value  partial  contribution  gradient
▶  a         3                                —
(backward) h rs
rs [N]: undo the latest step, or N of them.
Every number is restored to what it was, not subtracted.
(backward) sing
no command 'sing'; h lists them
(backward)
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TextIO

from autograd_tiny.debugger import (
    edit_commands,
    inspect_commands,
    profile_commands,
    step_commands,
    tangent_commands,
    train_commands,
    training_moves,
)
from autograd_tiny.debugger.output import show_error, show_graph, show_hints, show_text
from autograd_tiny.debugger.quiz import run_quiz
from autograd_tiny.debugger.session import PromptError, Session, UnknownYetError
from autograd_tiny.debugger.sticky_listing import STATES, run_sticky, set_sticky
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.debugger.training import Training
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError, shorten
from autograd_tiny.support.console import counted
from autograd_tiny.trace import UnknownNodeError


def node_names(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names of the nodes; after the dot behind one of them, its numbers."""
    names = list(session.trace.names.values())
    name, dot, _ = word.rpartition(".")
    parts = ["grad", "value", *["tangent"] * (session.cursor.tangents is not None)]
    return [*names, *(f"{name}.{part}" for part in parts)] if dot and name in names else names


def nothing(session: Session, before: str, word: str) -> Iterable[str]:
    """Return no word, for commands that take a number or nothing."""
    return []


def gradients(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the arguments of `why`: a node, and the word for a sum over paths."""
    given = before.split()[1:]
    return [] if ALL in given else [ALL] if given else [*node_names(session, before, word), ALL]


def break_targets(session: Session, before: str, word: str) -> Iterable[str]:
    """Return what `b` stops at: nodes, and lines of the program; then the word before a condition, and its nodes."""
    given = before.split()[1:]
    if given:
        return node_names(session, before, word) if "if" in given else ["if"]
    return [
        *node_names(session, before, word),
        *dict.fromkeys(map(session.trace.lines.where, session.trace.lines.known)),
    ]


def module_kinds(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the kinds of modules that `n` and `rn` take."""
    return session.module_kinds() if session.training is None else [*train_commands.KINDS, *session.module_kinds()]


def leaf_names(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names of the leaves, which `set` and `reset` take; after these, of all nodes."""
    if before.split()[1:]:
        return node_names(session, before, word)
    return [name for node, name in session.trace.names.items() if node.primitive is None]


def file_names(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the files whose path begins with what is typed, as far as it belongs to the word."""
    folder = before.partition(" ")[2].lstrip()
    if folder and not folder.endswith("/"):  # in the middle of a name
        return []
    try:
        entries = sorted(Path(f"{folder}x").expanduser().parent.iterdir())
    except OSError:
        return []
    return [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries]


def measures(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the arguments of `grads`: what to measure by, and the word before the size of a row."""
    return ["by"] if before.split()[1:] else [*profile_commands.KINDS, *node_names(session, before, word)]


def choices(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the arguments of `q`."""
    return edit_commands.CHOICES


def leaf_seeds(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names of the leaves, which `jvp` takes one after another."""
    return leaf_names(session, "", word)


def sticky_states(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the arguments of `sticky`."""
    return STATES


def command_names(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names and aliases of all commands."""
    return by_name(session)


def help_topics(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the arguments of `h`."""
    return [ALL, *by_name(session)]


def show_help(session: Session, line: str) -> None:
    """List the commands one needs first, all, or one.

    A blank line repeats the last command. NODE is a label, or a name as l or a picture shows it. A line that is no
    command, such as a.grad * 2, is printed as p does; p c and "c" print a node that is named like a command. # begins
    a comment.

    The arrow keys bring back commands, also of earlier sessions at a terminal. These are kept in a file of the user;
    set $AUTOGRAD_TINY_HISTORY to another path, or to nothing to keep none.
    """
    known, is_training = by_name(session), session.training is not None
    if line and line != ALL:
        if line not in known:
            raise PromptError(f"no command {line!r}; h lists them")
        summary, *details = known[line].help
        for paragraph in (f"{known[line].usage}: {summary}", *details):
            show_text(session, paragraph)
        return
    every = COMMANDS_OF_TRAINING if is_training else COMMANDS
    first = FIRST_OF_TRAINING if is_training else FIRST
    groups = every if line else {"": tuple(known[name] for name in first)}
    for heading, commands in groups.items():
        if heading:
            session.terminal.show(heading, style="bold")
        for command in commands:
            _show_summary(session, command)
    show_text(session, "h b tells more about b." if line else "h all lists all commands.")


def _show_summary(session: Session, command: Command) -> None:
    """Show what to type and what it does, in columns where there is space for them."""
    if session.terminal.width >= NARROW:
        session.terminal.show(f"  {command.usage:<26} {command.help[0]}", hanging=27)
    else:
        session.terminal.show(f"{command.usage}: {command.help[0]}")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the prompt.

    Attributes:
        name: what to type.
        aliases: the names of gdb and pdb.
        arguments: as the help shows them.
        run: takes the session and the rest of the line; returns True to end the session. Its docstring is the help.
        complete: returns the words that may follow, from what precedes the word in the line, and the word.
    """

    name: str
    aliases: tuple[str, ...]
    arguments: str
    run: Callable[[Session, str], bool | None]
    complete: Callable[[Session, str, str], Iterable[str]] = node_names

    @property
    def usage(self) -> str:
        """The name and the arguments."""
        return f"{self.name} {self.arguments}".rstrip()

    @property
    def help(self) -> list[str]:
        """The paragraphs of the help; the first is a summary in one line."""
        text = inspect.getdoc(self.run) or ""
        return [" ".join(paragraph.split()) for paragraph in f"{text[:1].lower()}{text[1:]}".split("\n\n")]


COMMENT: Final = re.compile(r"(?:^|(?<=\s))\s*#(?:\s|$).*|^\s*#.*")
"""A comment: a line that begins with #, and the end of a line after # between spaces."""
EXPRESSION: Final = re.compile(r"""[\w.…("'+-]""")
"""The beginning of an expression."""
OPERATORS: Final = ("+", "-", "*", "/", "%")
"""The signs with which an expression goes on behind a name."""
ALL: Final = "all"
"""The argument of `h` that lists all commands."""
FIRST: Final = ("s", "n", "c", "rs", "l", "p", "why", "b", "set", "h", "q")
"""The commands that `h` lists: they fit a screen of 24 lines, also at 40 columns."""
NARROW: Final = 80
"""Below this width, in characters, the help of a command begins beside its name."""

COMMANDS: Final = {
    "step": (
        Command("s", ("step",), "[N]", step_commands.step, nothing),
        Command("n", ("next",), "[N | layer | neuron]", step_commands.next_node, module_kinds),
        Command("c", ("continue", "cont"), "[N]", step_commands.go_on, nothing),
        Command("rs", (), "[N]", step_commands.step_back, nothing),
        Command("rn", (), "[N | layer | neuron]", step_commands.previous_node, module_kinds),
        Command("rc", (), "[N]", step_commands.go_back, nothing),
        Command("j", ("jump",), "N", step_commands.jump, nothing),
        Command("forward", (), "", step_commands.enter_forward_pass, nothing),
        Command("backward", (), "", step_commands.enter_backward_pass, nothing),
        Command("jvp", (), "LEAF[=NUMBER] ...", tangent_commands.enter_forward_mode, leaf_seeds),
    ),
    "break": (
        Command("b", ("break",), "[NODE] [if CONDITION]", step_commands.set_breakpoint, break_targets),
        Command("tb", ("tbreak",), "NODE [if CONDITION]", step_commands.set_temporary_breakpoint, break_targets),
        Command("watch", (), "NODE", step_commands.watch_node),
        Command("until", (), "NODE", step_commands.go_until),
        Command("ignore", (), "N K", step_commands.ignore_hits, nothing),
        Command("commands", (), "N [COMMAND; ...]", step_commands.set_commands, nothing),
        Command("cl", ("clear",), "[N | NODE]", step_commands.clear_breakpoints),
    ),
    "inspect": (
        Command("l", ("list",), "[NODE]", inspect_commands.list_graph),
        Command("p", ("print",), "[NODE | EXPR]", inspect_commands.print_number),
        Command("w", ("where", "bt"), "[NODE]", inspect_commands.show_path),
        Command("u", ("up",), "[N]", inspect_commands.up, nothing),
        Command("d", ("down",), "[N]", inspect_commands.down, nothing),
        Command("why", (), "[NODE] [all [N]]", inspect_commands.explain_gradient, gradients),
        Command("grads", (), "[layers | modules | depth]", profile_commands.show_gradients, measures),
        Command("check", (), "[NODE]", inspect_commands.check_gradient),
        Command("nan", (), "", inspect_commands.find_anomalies, nothing),
        Command("sticky", (), "[on | off]", set_sticky, sticky_states),
        Command("display", (), "[EXPR]", inspect_commands.add_display),
        Command("undisplay", (), "[N]", inspect_commands.remove_display, nothing),
    ),
    "try": (
        Command("set", (), "LEAF NUMBER", edit_commands.set_leaf, leaf_names),
        Command("reset", (), "[LEAF]", edit_commands.reset_leaves, leaf_names),
        Command("quiz", (), "", run_quiz, nothing),
    ),
    "end": (
        Command("save", (), "FILE", edit_commands.save_transcript, file_names),
        Command("source", (), "FILE", edit_commands.source_file, file_names),
        Command("h", ("help", "?"), "[COMMAND | all]", show_help, help_topics),
        Command("q", ("quit", "exit"), "[none | cursor | final]", edit_commands.quit_session, choices),
        Command("abort", (), "", edit_commands.abort, nothing),
    ),
}
"""The commands under the headings of the help."""

OF_TRAINING: Final = (
    Command("s", ("step",), "[N]", train_commands.step, nothing),
    Command("n", ("next",), "[N | KIND]", train_commands.next_part, module_kinds),
    Command("rs", (), "[N]", train_commands.step_back, nothing),
    Command("rn", (), "[N | KIND]", train_commands.previous_part, module_kinds),
    Command("until", (), "CONDITION | NODE", train_commands.go_until),
    Command("update", (), "[NODE]", train_commands.show_updates),
    Command("loss", (), "", train_commands.show_losses, nothing),
    Command("set", (), "LEAF NUMBER", train_commands.set_leaf, leaf_names),
    Command("save", (), "FILE", train_commands.save, file_names),
    Command("q", ("quit", "exit"), "", train_commands.quit_training, nothing),
    Command("abort", (), "", train_commands.abort, nothing),
)
"""The commands that do something else, or are there only, where the session steps through a training."""
FIRST_OF_TRAINING: Final = ("s", "n", "rs", "rn", "until", "update", "loss", "l", "p", "why", "nan", "h", "q")
"""The commands that `h` lists there."""


def _with(groups: Mapping[str, tuple[Command, ...]], others: Iterable[Command]) -> dict[str, tuple[Command, ...]]:
    """Return groups of commands in which others replace those of their name; what is new is in a group of its own."""
    named = {command.name: command for command in others}
    merged = {heading: tuple(named.pop(old.name, old) for old in group) for heading, group in groups.items()}
    first, *rest = merged.items()
    return dict([first, ("train", tuple(named.values())), *rest])


def _by_name(groups: Mapping[str, tuple[Command, ...]]) -> dict[str, Command]:
    commands = (command for group in groups.values() for command in group)
    return {name: command for command in commands for name in (command.name, *command.aliases)}


BY_NAME: Final = _by_name(COMMANDS)
COMMANDS_OF_TRAINING: Final = _with(COMMANDS, OF_TRAINING)
BY_NAME_IN_TRAINING: Final = _by_name(COMMANDS_OF_TRAINING)


def by_name(session: Session) -> Mapping[str, Command]:
    """Return the commands of a session by their names and aliases."""
    return BY_NAME if session.training is None else BY_NAME_IN_TRAINING


def debug(
    root: Value,
    *,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    keeps: bool = True,
    variable_names: bool = True,
) -> None:
    """Step through the backward pass of a graph at a prompt, one contribution at a time, forwards and backwards.

    Neither values nor gradients of the graph change, unless `q` is told to keep gradients at the end.

    Args:
        root: of the graph.
        stdin: where the commands come from; the keyboard, or a notebook's field, if not given.
        stdout: where the answers go; the standard output if not given.
        keeps: whether `q` asks which gradients to keep in the graph.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Raises:
        OperandError: the root is not a Value.
        StaleDataError: the data of a node was changed after an operation used it.
    """
    session = Session(root, Terminal(stdin, stdout), keeps=keeps, variable_names=variable_names)
    nodes, steps = len(session.trace.nodes), session.cursor.total
    show_text(
        session,
        f"{session.text.node(root)}: {counted(nodes, 'node')}, {counted(steps, 'step')} "
        "in the backward pass. s makes one, h helps.",
    )
    show_graph(session, root)
    show_hints(session, session.hints.before())
    _answer_all(session)


def debug_training(
    training: Training,
    *,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    keeps: bool = True,
    variable_names: bool = True,
) -> None:
    """Step through a training at a prompt: by contribution, example, update or epoch, forwards and backwards.

    Args:
        training: knows how to do an update and how to undo it; see `nn.debug_training`.
        stdin: where the commands come from; the keyboard, or a notebook's field, if not given.
        stdout: where the answers go; the standard output if not given.
        keeps: whether the model is used after the session.
        variable_names: whether nodes without a label are named after the variables of the caller.
    """
    terminal = Terminal(stdin, stdout)
    session = Session(training.root, terminal, keeps=keeps, variable_names=variable_names, training=training)
    training_moves.show_beginning(session)
    _answer_all(session)


def _answer_all(session: Session) -> None:
    """Read commands and run them until the session is over."""
    terminal = session.terminal
    with (
        terminal.recalling(session.history.lines),
        terminal.completing(lambda before, word: completions(session, before, word)),
    ):
        try:
            while not _answer_next(session):
                pass
        finally:
            session.history.save()


def _answer_next(session: Session) -> bool:
    """Read a command and run it; return whether the session is over."""
    typed = session.last_line if session.pending else None
    try:
        if session.training is not None:
            training_moves.follow(session)
        line = session.next_line(session.question)
        if line is None and session.training is not None:
            training_moves.show_farewell(session)
        elif line is None and session.keeps and session.terminal.is_person:
            show_text(session, "The program goes on, with gradients as before; abort stops it.")
        return line is None or run_command(session, line)
    except KeyboardInterrupt:
        remedy = "q goes on with the program, abort stops it" if session.keeps else "q ends the session"
        session.terminal.show(f"\ninterrupted; {remedy}")
        session.pending.clear()
    except AutogradError as error:
        show_error(session, error)
        if session.pending:
            session.terminal.show(f"{counted(len(session.pending), 'command')} after this one left out")
        session.pending.clear()
    finally:
        session.last_line = session.last_line if typed is None else typed
    return False


def run_command(session: Session, line: str) -> bool:
    """Run a command, or for a blank line the last one; print what is none; return whether the session is over.

    Raises:
        PromptError: no command has this name, or it cannot be carried out.
    """
    if COMMENT.match(line):
        return False
    line = COMMENT.split(line, maxsplit=1)[0].strip() or session.last_line
    if not line:
        return False
    name, *rest = line.split(maxsplit=1)
    command = by_name(session).get(name)
    if command is None:
        _evaluate(session, name, line)
        session.last_line = line
        return False
    session.last_line = line
    return _run(session, command, "".join(rest))


def _run(session: Session, command: Command, rest: str) -> bool:
    """Run a command; where it refuses an operator, as in c * 2, and a node has its name, tell how to print that."""
    try:
        if rest and not command.arguments:
            raise PromptError(f"{shorten(rest)} is left over; {command.name} is typed alone")
        return run_sticky(session, lambda: bool(command.run(session, rest)))
    except PromptError as error:
        names = {command.name, *command.aliases} & set(session.trace.names.values())
        if not names or rest[:1] not in OPERATORS:
            raise
        raise PromptError(f"{error}; p {names.pop()} prints the node of that name") from None


def _evaluate(session: Session, name: str, line: str) -> None:
    """Print a node or an expression, as `p` does; if it is none, raise that the command is unknown."""
    try:
        inspect_commands.print_number(session, line)
    except UnknownYetError:
        raise
    except AutogradError as error:
        if _is_expression(session, name, error):
            raise  # the mistake is in the rest of it
        node, _, part = name.rpartition(".")
        if node in session.trace.names.values():
            raise PromptError(f"{node} has no number {part!r}; it has {node}.grad and {node}.value") from None
        close = get_close_matches(name, by_name(session), n=2)
        remedy = f"did you mean {' or '.join(close)}?" if close else "h lists them"
        raise PromptError(f"no command {name!r}; {remedy}") from None


def _is_expression(session: Session, text: str, error: AutogradError) -> bool:
    """Return whether a text with a mistake begins like an expression, such as 2*q or foo(3), not like a command."""
    if isinstance(error, UnknownNodeError):
        return error.name != text and EXPRESSION.match(text) is not None
    return "(" in text or _is_number(session, text)


def _is_number(session: Session, text: str) -> bool:
    """Return whether a text is an expression, also of a number that is not known yet."""
    try:
        session.compute(text)
    except UnknownYetError:
        return True
    except AutogradError:
        return False
    return True


def completions(session: Session, before: str, word: str) -> list[str]:
    """Return the completions of a word, given what precedes it in the line."""
    words, known = before.split(), by_name(session)
    complete = command_names if not words else known[words[0]].complete if words[0] in known else node_names
    return [candidate for candidate in complete(session, before, word) if candidate.startswith(word)]
