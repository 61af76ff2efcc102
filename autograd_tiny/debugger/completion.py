"""Return the words that may follow each command, for the Tab key.

Each function takes the session, what precedes the word in the line, and the word.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.terminal import Terminal
>>> session = Session(Value(3.0, label="a") * 2.0, Terminal(io.StringIO(), io.StringIO()))
>>> list(leaf_names(session, "set ", "")), list(node_names(session, "p ", "a."))
(['a'], ['a', 'L', 'a.grad', 'a.value'])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from autograd_tiny.debugger import edit_commands, profile_commands, train_commands
from autograd_tiny.debugger.breakpoint_commands import ANY
from autograd_tiny.debugger.event_numbers import OF_EVENT, OF_NODE
from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.sticky_listing import STATES
from autograd_tiny.debugger.training_condition import LOSS, OF_UPDATE
from autograd_tiny.symbolic.notation import QUOTED_NAME, text_name

Completer = Callable[[Session, str, str], Iterable[str]]
NUMBERS_OF_STEP: Final = sorted({*OF_NODE, *OF_EVENT})
ALL: Final = "all"
"""The argument of `why` for a sum over paths, and that of `h` for all commands."""


QUOTED_TO_THE_END: Final = re.compile(rf'{QUOTED_NAME}(?:\.\w*)?$|"(?:[^"\\]|\\.)*$')
"""The name in quotes at the end of a line, which may be unfinished, and the number behind it."""


def with_quotes(complete: Completer, session: Session, before: str, word: str) -> list[str]:
    """Return the words that may follow and begin as typed.

    A name in quotes is completed as a whole, though its spaces divide it into several words of the line.

    Args:
        complete: returns the words.
        session: of the prompt.
        before: what precedes the word in the line.
        word: that is typed.
    """
    line = before + word
    start = min(_start_of_name(line), len(before))
    typed = line[start:]
    found = [name for name in complete(session, line[:start], typed) if name.startswith(typed)]
    return [name[len(before) - start :] for name in found]


def _start_of_name(line: str) -> int:
    """Return where the name in quotes at the end of a line begins; its length if there is none.

    >>> [_start_of_name(line) for line in ('p "x + y"', 'p "a b" * "x + y', 'p "a b" * c', 'p ""')]
    [2, 10, 11, 3]
    """
    place = 0
    while (start := line.find('"', place)) >= 0:
        if QUOTED_TO_THE_END.match(line, start):
            return start
        place = start + 1
        if name := re.compile(QUOTED_NAME).match(line, start):
            place = name.end()
    return len(line)


def node_names(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names of the nodes, in quotes where the prompt needs them; after the dot behind one, its numbers."""
    names = list(map(text_name, session.trace.names.values()))
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
        return [*node_names(session, before, word), *NUMBERS_OF_STEP] if "if" in given else ["if"]
    return [
        *node_names(session, before, word),
        ANY,
        *dict.fromkeys(map(session.trace.lines.where, session.trace.lines.known)),
    ]


def module_kinds(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the kinds of modules that `n` and `rn` take."""
    return session.module_kinds() if session.training is None else [*train_commands.KINDS, *session.module_kinds()]


def leaf_names(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names of the leaves, which `set` and `reset` take; after these, of all nodes."""
    if before.split()[1:]:
        return node_names(session, before, word)
    return [text_name(name) for node, name in session.trace.names.items() if node.primitive is None]


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
    names = [name for name in session.trace.names.values() if text_name(name) == name]  # a range has no quotes
    return ["by"] if before.split()[1:] else [*profile_commands.KINDS, *names]


def update_conditions(session: Session, before: str, word: str) -> Iterable[str]:
    """Return what a condition of `until` may name in a training."""
    return dict.fromkeys([*node_names(session, before, word), LOSS, *OF_UPDATE])


def choices(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the arguments of `q`."""
    return edit_commands.CHOICES


def leaf_seeds(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the names of the leaves, which `jvp` takes one after another."""
    return leaf_names(session, "", word)


def sticky_states(session: Session, before: str, word: str) -> Iterable[str]:
    """Return the arguments of `sticky`."""
    return STATES
