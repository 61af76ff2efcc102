"""Commands that write: another number for a leaf, a transcript, the gradients of the graph.

Each is a function of the session and of the rest of the command line; its docstring is its help.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from autograd_tiny.debugger.calculator import PARTS
from autograd_tiny.debugger.output import show_displays
from autograd_tiny.debugger.session import NUMERAL, PromptError, Session
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.symbolic.notation import text_name
from autograd_tiny.trace import ChangedNumbersError, UnknownNodeError
from autograd_tiny.trace.formula_text import format_signed
from autograd_tiny.trace.trace import require_leaf

CHOICES: Final = ("none", "cursor", "final")
"""The gradients to keep in the graph at the end; the first is the default."""


def set_leaf(session: Session, line: str) -> None:
    """Try another number for a leaf.

    Shows all that changes, and which kinks are crossed, such as a relu that dies. The cursor stays where it is, and
    the graph as it was. The number may be an expression: set w a.value / 3
    """
    node, text = _leaf(session, line)
    require_leaf(session.trace, node)
    example = f"set {session.trace.written_name(node)} 1.5"
    changes = session.trace.set(node, session.number(text.removeprefix("="), example=example))
    session.headline, session.has_stopped = None, True
    arrow = "->" if session.terminal.needs_ascii else "→"
    session.terminal.show(changes.text(width=session.terminal.width, arrow=arrow))
    show_displays(session)


def _leaf(session: Session, line: str) -> tuple[Value, str]:
    """Return the node at the beginning of a line, and the rest; for a number in its place tell what to write."""
    if not line:
        raise PromptError(f"no leaf given; write one and a number, as in set {session.leaf} 1.5")
    try:
        return session.split(line)
    except UnknownNodeError as error:
        name, _, part = error.name.rpartition(".")
        if name in session.trace.names.values() and part in PARTS:
            remedy = f"set takes a leaf, as in set {session.leaf} 1.5"
            raise PromptError(f"{error.name} is a number of {text_name(name)}; {remedy}") from None
        if NUMERAL.fullmatch(error.name):
            raise PromptError(f"{error.name} is a number; write a leaf first, as in set {session.leaf} 1.5") from None
        raise


def reset_leaves(session: Session, line: str) -> None:
    """Take back all numbers that were set, or one.

    The graph, the cursor and the breakpoints stay as they are.
    """
    trace = session.trace
    names = [trace.names[session.find(line)]] if line else list(trace.other_numbers)
    for name in names:
        if name not in trace.other_numbers:
            raise PromptError(f"{text_name(name)} has the number of the graph already; set changes that of a leaf")
    if not names:
        raise PromptError("no number was set; set changes that of a leaf")
    if len(names) == len(trace.other_numbers):
        trace.reset()
    else:
        trace.set(names[0], trace.find(names[0]).data)
    session.headline, session.has_stopped = None, True
    restored = ", ".join(f"{text_name(name)} = {format_signed(trace.find(name).data)}" for name in names)
    root = f"{trace.written_name(trace.root)} = {format_signed(trace.value(trace.root))}"
    session.terminal.show(f"{restored} again, as in the graph; {root}")
    show_displays(session)


def abort(session: Session, line: str) -> bool:
    """Stop the program.

    In a loop of loss.debug(), q goes on to the next prompt; abort raises SystemExit, so that the program ends. The
    graph stays as it was.
    """
    if session.keeps:
        raise SystemExit("stopped by abort in debug()")
    return True


def save_transcript(session: Session, line: str) -> None:
    """Write what this session has shown into a file.

    Whole or not at all; before it overwrites a file, it asks.
    """
    path, terminal = path_to_write(session, line), session.terminal
    with refusing(path):
        write_whole(path, "\n".join([*terminal.transcript, ""]).encode("utf-8", "backslashreplace"))
    terminal.show(f"wrote {len(terminal.transcript)} lines to {path}")


def path_to_write(session: Session, line: str) -> Path:
    """Return the path of a file to write; one that exists may be overwritten.

    Raises:
        PromptError: there is none, it is a folder, or it may not be overwritten.
    """
    if not line:
        raise PromptError("no file given; write its name, as in save session.txt")
    path = Path(line).expanduser()
    with refusing(path):
        kind = "folder" if path.is_dir() else "file" if path.exists() else ""
    if kind == "folder":
        raise PromptError(f"{path} is a folder; add the name of a file")
    if kind:
        answer = session.terminal.ask(f"{path} exists. Overwrite it? [y/N] ") or ""
        if answer.strip().lower() not in {"y", "yes"}:
            raise PromptError("nothing was written")
    return path


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Raise a PromptError for a file that cannot be written."""
    try:
        yield
    except OSError as error:
        raise PromptError(f"{path} was not written: {error.strerror}") from error


def source_file(session: Session, line: str) -> None:
    """Run the commands of a file.

    Blank lines and lines that begin with # are skipped. A mistake ends the file. It may source others, not itself.
    """
    if not line:
        raise PromptError("no file given; write its name, as in source commands.txt")
    path = Path(line).expanduser()
    try:
        file = Path(os.path.realpath(path))
        commands = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        not_text = "it is not a text in UTF-8" if isinstance(error, UnicodeError) else "a file name has no NUL"
        reason = error.strerror if isinstance(error, OSError) else not_text
        raise PromptError(f"{path} was not read: {reason}") from error
    if file in session.files:
        raise PromptError(f"{path} is being read already, and would never end; leave this line out")
    session.run_next((command for command in commands if command.strip()), files=(*session.files, file))


def quit_session(session: Session, line: str) -> bool:
    """End the session.

    In loss.debug() it asks which gradients to keep in the graph: none leaves them as they were, cursor adds what has
    arrived so far, final adds what backward() would. The end of the input, Ctrl-D, means none. The program goes on;
    abort stops it.
    """
    if not (session.keeps or line):
        return True
    question = "Gradients in the graph: none, as at the cursor, or final? [none] "
    choice = line or session.terminal.ask(question) or CHOICES[0]
    wanted = next((known for known in CHOICES if known.startswith(choice.strip().lower())), None)
    if wanted is None:
        raise PromptError(f"{shorten(choice)} is not one of {', '.join(CHOICES)}; the session goes on")
    if wanted != "none":
        if not session.keeps:
            raise PromptError("the graph is not used after this session, so it keeps no gradients; q alone ends it")
        try:
            session.trace.apply(at_cursor=wanted == "cursor")
        except ChangedNumbersError as error:
            names = ", ".join(map(text_name, error.names))
            raise PromptError(
                f"{names} was set to another number than the graph has, so these gradients are not its own; "
                "reset takes it back, q none leaves the graph as it is"
            ) from None
    return True
