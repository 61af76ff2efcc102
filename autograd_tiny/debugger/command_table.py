r"""The table of commands of the prompt, their help, and their completion.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.terminal import Terminal
>>> session = Session(Value(3.0, label="a"), Terminal(io.StringIO(), io.StringIO()))
>>> show_help(session, "rs")
>>> session.terminal.transcript
['rs [N]: undo the latest step, or N of them.', 'Every number is restored to what it was, not subtracted.']
>>> completions(session, "set ", "")
['a']
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from autograd_tiny.debugger import (
    breakpoint_commands,
    edit_commands,
    inspect_commands,
    profile_commands,
    step_commands,
    tangent_commands,
    train_commands,
)
from autograd_tiny.debugger.completion import (
    ALL,
    break_targets,
    choices,
    file_names,
    gradients,
    leaf_names,
    leaf_seeds,
    measures,
    module_kinds,
    node_names,
    nothing,
    sticky_states,
    update_conditions,
    with_quotes,
)
from autograd_tiny.debugger.output import show_text
from autograd_tiny.debugger.quiz import run_quiz
from autograd_tiny.debugger.session import PromptError, Session
from autograd_tiny.debugger.sticky_listing import set_sticky
from autograd_tiny.errors import MOST_ECHOED, shorten


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


def command_names(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names and aliases of all commands."""
    return by_name(session)


def first_words(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names of all commands, and those of the nodes, which print them."""
    return dict.fromkeys([*by_name(session), *node_names(session, before, word)])


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
            raise PromptError(f"no command {shorten(line, MOST_ECHOED)}; h lists them")
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


FIRST: Final = ("s", "n", "c", "rs", "l", "p", "why", "b", "set", "h", "q")
"""The commands that `h` lists: they fit a screen of 24 lines, also at 40 columns."""
NARROW: Final = 80
"""Below this width, in characters, the help of a command begins beside its name."""

COMMANDS: Final = {
    "step": (
        Command("s", ("step",), "[N]", step_commands.step, nothing),
        Command("n", ("next",), "[N | layer | neuron]", step_commands.next_node, module_kinds),
        Command("c", ("continue", "cont"), "[N]", breakpoint_commands.go_on, nothing),
        Command("rs", (), "[N]", step_commands.step_back, nothing),
        Command("rn", (), "[N | layer | neuron]", step_commands.previous_node, module_kinds),
        Command("rc", (), "[N]", breakpoint_commands.go_back, nothing),
        Command("j", ("jump",), "N", step_commands.jump, nothing),
        Command("forward", (), "", step_commands.enter_forward_pass, nothing),
        Command("backward", (), "", step_commands.enter_backward_pass, nothing),
        Command("jvp", (), "LEAF[=NUMBER] ...", tangent_commands.enter_forward_mode, leaf_seeds),
    ),
    "break": (
        Command("b", ("break",), "[NODE] [if CONDITION]", breakpoint_commands.set_breakpoint, break_targets),
        Command(
            "tb", ("tbreak",), "NODE [if CONDITION]", breakpoint_commands.set_temporary_breakpoint, break_targets
        ),
        Command("watch", (), "NODE", breakpoint_commands.watch_node),
        Command("until", (), "NODE", breakpoint_commands.go_until),
        Command("ignore", (), "N K", breakpoint_commands.ignore_hits, nothing),
        Command("commands", (), "N [COMMAND; ...]", breakpoint_commands.set_commands, nothing),
        Command("cl", ("clear",), "[N ... | NODE]", breakpoint_commands.clear_breakpoints),
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
    Command("c", ("continue", "cont"), "[N]", train_commands.run_on, nothing),
    Command("rs", (), "[N]", train_commands.step_back, nothing),
    Command("rn", (), "[N | KIND]", train_commands.previous_part, module_kinds),
    Command("rc", (), "[N]", train_commands.run_back, nothing),
    Command("until", (), "CONDITION | NODE", train_commands.go_until, update_conditions),
    Command("update", (), "[NODE]", train_commands.show_updates),
    Command("loss", (), "", train_commands.show_losses, nothing),
    Command("set", (), "LEAF NUMBER", train_commands.set_leaf, leaf_names),
    Command("save", (), "FILE", train_commands.save, file_names),
    Command("q", ("quit", "exit"), "", train_commands.quit_training, nothing),
    Command("abort", (), "", train_commands.abort, nothing),
)
"""The commands that do something else, or are there only, where the session steps through a training."""
FIRST_OF_TRAINING: Final = ("s", "n", "c", "rs", "rn", "b", "until", "update", "l", "p", "why", "h", "q")
"""The commands that `h` lists there."""


def _with(groups: Mapping[str, tuple[Command, ...]], others: Iterable[Command]) -> dict[str, tuple[Command, ...]]:
    """Return groups of commands, with others in place of those of their name, and a group of what is new."""
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


ELSEWHERE: Final = {
    **dict.fromkeys(("condition", "cond"), "b NODE if CONDITION sets a breakpoint with a condition"),
    **dict.fromkeys(("disable", "enable", "delete"), "cl N clears a breakpoint, ignore N K passes its next K hits"),
    **dict.fromkeys(("run", "restart", "start"), "j 0 goes to the beginning of the pass"),
    **dict.fromkeys(("r", "return", "finish"), "until NODE goes on until its gradient is complete"),
    **dict.fromkeys(("a", "args", "locals"), "l shows the graph with its numbers"),
    **dict.fromkeys(("pp", "whatis", "x"), "p prints a node or an expression"),
    **dict.fromkeys(("ll", "longlist"), "l shows the graph around a node"),
    **dict.fromkeys(("reverse-continue",), "rc goes back to a breakpoint"),
    **dict.fromkeys(("reverse-step", "reverse-next"), "rs undoes a step, rn a node"),
    **dict.fromkeys(("alias", "interact", "define"), "source FILE runs the commands of a file"),
    "unt": "until goes on",
}
"""Commands of pdb and gdb that the prompt does not have, and what does the same here."""


def by_name(session: Session) -> Mapping[str, Command]:
    """Return the commands of a session by their names and aliases."""
    return BY_NAME if session.training is None else BY_NAME_IN_TRAINING


def completions(session: Session, before: str, word: str) -> list[str]:
    """Return the completions of a word, given what precedes it in the line."""
    words, known = before.split(), by_name(session)
    if not words:
        return with_quotes(first_words if word else command_names, session, before, word)
    return with_quotes(known[words[0]].complete if words[0] in known else node_names, session, before, word)
