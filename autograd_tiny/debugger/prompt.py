r"""Read commands and run them: `debug`.

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

import re
from difflib import get_close_matches
from typing import Final, TextIO

from autograd_tiny.debugger import inspect_commands, training_moves
from autograd_tiny.debugger.command_table import ELSEWHERE, Command, by_name, completions
from autograd_tiny.debugger.event_numbers import remedy_of_word
from autograd_tiny.debugger.output import show_error, show_graph, show_hints, show_text
from autograd_tiny.debugger.session import QUOTED, PromptError, Session, UnknownYetError
from autograd_tiny.debugger.sticky_listing import run_sticky
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.debugger.training import Training
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import MOST_ECHOED, AutogradError, shorten
from autograd_tiny.support.console import counted
from autograd_tiny.symbolic.notation import text_name, unquoted_name
from autograd_tiny.trace import UnknownNodeError

COMMENT: Final = re.compile(r"(?:^|(?<=\s))\s*#(?:\s|$).*|^\s*#.*")
"""A comment: a line that begins with #, and the end of a line after # between spaces."""
EXPRESSION: Final = re.compile(r"""[\w.…("'+-]""")
"""The beginning of an expression."""
OPERATORS: Final = ("+", "-", "*", "/", "%", "<", ">", "=", "!")
"""The signs with which an expression goes on behind a name."""


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
        if isinstance(error, UnknownYetError):  # no mistake: the commands of a breakpoint go on
            return False
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
    except (PromptError, UnknownNodeError) as error:
        names = {command.name, *command.aliases} & set(session.trace.names.values())
        if not names or rest[:1] not in OPERATORS:
            raise
        problem = f"no node {shorten(rest)}" if isinstance(error, UnknownNodeError) else str(error)
        raise PromptError(f"{problem}; p {names.pop()} prints the node of that name") from None


def _evaluate(session: Session, name: str, line: str) -> None:
    """Print a node or an expression, as `p` does; if it is none, raise that the command is unknown."""
    try:
        inspect_commands.print_number(session, line)
    except UnknownYetError:
        raise
    except AutogradError as error:
        if name.partition(";")[0] in by_name(session):
            raise PromptError(f"{shorten(line)} is not a command; write one command a line") from None
        node, part = _node_and_part(line)
        if part.isidentifier() and node in session.trace.names.values():
            x = text_name(node)
            raise PromptError(f"{x} has no number {shorten(part)}; it has {x}.grad and {x}.value") from None
        if word := remedy_of_word(name):
            raise PromptError(word) from None
        if _is_expression(session, name, error):
            raise  # the mistake is in the rest of it
        raise PromptError(f"no command {shorten(name, MOST_ECHOED)}; {_instead_of(session, name)}") from None


def _node_and_part(line: str) -> tuple[str, str]:
    """Return what is before the last dot of a line, without quotes, and what is after it."""
    quoted = QUOTED.fullmatch(line)
    if quoted is not None:
        return unquoted_name(quoted[1][1:-1]), quoted[2].removeprefix(".")
    node, _, part = line.rpartition(".")
    return node, part


def _instead_of(session: Session, name: str) -> str:
    """Return what to type instead of a command that does not exist."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    node, sign, _ = name.partition("=")
    if sign and node in session.trace.names.values():
        return f"set {node} and a number tries another one"
    close = get_close_matches(name, by_name(session), n=2)
    return f"did you mean {' or '.join(close)}?" if close else "h lists them"


def _is_expression(session: Session, text: str, error: AutogradError) -> bool:
    """Return whether a text with a mistake begins like an expression, such as 2*q or foo(3), not like a command."""
    if isinstance(error, UnknownNodeError):
        return error.name != text and text.isprintable() and EXPRESSION.match(text) is not None
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
