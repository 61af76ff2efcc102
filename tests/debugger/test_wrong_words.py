"""Every command refuses words that it cannot use, with a sentence, and changes nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from autograd_tiny.debugger.command_table import BY_NAME, BY_NAME_IN_TRAINING, COMMANDS, COMMANDS_OF_TRAINING
from autograd_tiny.debugger.prompt import run_command
from autograd_tiny.debugger.session import PromptError, Session
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.errors import AutogradError
from tests.debugger.sessions import answer, graph
from tests.debugger.test_train_commands import line_walk

WRONG: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("s", "c", "rs", "rc"), ("foo", "0", "-1", "1.5", "2 3")),
    **dict.fromkeys(("n", "rn"), ("foo", "0", "layer", "2 3")),
    "j": ("", "foo", "-1", "99", "1 2"),
    **dict.fromkeys(("forward", "backward", "quiz", "abort", "nan", "loss"), ("foo", "3", "a b")),
    "jvp": ("", "foo", "d", "a=1 foo", "a=", "a=nan"),
    "b": ("foo", "a foo", "a if", "any", "any foo", "net.py:3"),
    "tb": ("", "foo", "a foo", "any"),
    "watch": ("", "foo", "a foo"),
    "until": ("foo", "a foo"),
    "ignore": ("", "1", "1 foo", "1 2 3", "9 1"),
    "commands": ("", "foo", "9 p a"),
    "cl": ("foo", "9", "1 foo", "a foo", "a if grad > 1"),
    **dict.fromkeys(("l", "w", "check"), ("foo", "a b")),
    "p": ("foo", "a b", "a +"),
    **dict.fromkeys(("u", "d"), ("foo", "0", "9", "1 2")),
    "why": ("foo", "a b", "a all foo", "a all 0", "a all 1 2"),
    "grads": ("foo", "layers", "depth by", "depth by foo"),
    "sticky": ("foo", "on off"),
    "display": ("foo", "a b", "a +"),
    "undisplay": ("foo", "9", "1 2"),
    "set": ("", "foo 1", "a", "a foo", "a 1 2", "d 1"),
    "reset": ("foo", "a", "a b"),
    "save": ("", "/", "/missing/x y"),
    "source": ("", "/", "/missing/x y"),
    "h": ("foo", "b c"),
    "q": ("maybe", "none of them", "final", "cursor"),
    "update": ("foo", "x y"),
}
"""What each command cannot use, at the beginning and at the end of a pass of d = a*b; e = d + c; e*f."""
TRAINING: Final = {**WRONG, "n": ("foo", "0", "0 updates", "2 updates 3"), "rn": ("foo", "0", "x epochs")}
TRAINING |= {"until": ("foo", "loss <", "w foo"), "q": ("none", "maybe"), "set": ("", "w", "w foo", "w 1 2")}


def opened(*, is_training: bool = False) -> Session:
    walk = line_walk() if is_training else None
    root = graph() if walk is None else walk.root
    return Session(root, Terminal(io.StringIO(), io.StringIO()), keeps=False, training=walk)


def state(session: Session) -> object:
    cursor, training = session.cursor, session.training
    numbers = session.trace.other_numbers, session.displays, session.is_sticky, session.focus
    return cursor.done, cursor.is_forward, session.breakpoints, numbers, training and training.update


def refused(session: Session, name: str, words: Sequence[str]) -> None:
    for rest in words:
        before = state(session)
        with pytest.raises(AutogradError, match=r"\w+ \w+"):
            run_command(session, f"{name} {rest}")
        assert state(session) == before


def test_every_command_has_wrong_words() -> None:
    assert set(WRONG) == {command.name for group in COMMANDS_OF_TRAINING.values() for command in group}


@pytest.mark.parametrize("name", [command.name for group in COMMANDS.values() for command in group])
def test_wrong_words_are_refused(name: str) -> None:
    session = opened()
    refused(session, name, WRONG[name])
    session.cursor.jump(session.cursor.total)
    refused(session, name, WRONG[name])
    assert BY_NAME[name].arguments or {"foo"} <= set(WRONG[name])


@pytest.mark.parametrize("name", [command.name for group in COMMANDS_OF_TRAINING.values() for command in group])
def test_wrong_words_are_refused_in_a_training(name: str) -> None:
    session = opened(is_training=True)
    leaf = {"a": "w", "b": "b", "d": "v1"}
    words = [" ".join(leaf.get(word, word) for word in rest.split()) for rest in TRAINING[name]]
    words = [word.replace("a=", "w=") for word in words]
    session.training.forward()
    session.open(session.training.root)
    session.cursor.jump(session.cursor.total)
    refused(session, name, words)
    assert BY_NAME_IN_TRAINING[name].arguments or {"foo", "none"} & set(words)


def test_surplus_is_named() -> None:
    assert answer(graph(), "forward 3") == ["'3' is left over; forward is typed alone"]
    assert answer(graph(), "b a", "cl a foo") == ["'foo' is left over; cl takes numbers or a node alone"]
    with pytest.raises(PromptError, match="'maybe' is not one of none, cursor, final; the session goes on"):
        run_command(opened(), "q maybe")
    with pytest.raises(PromptError, match="so it keeps no gradients; q alone ends it"):
        run_command(opened(), "q final")
    assert run_command(opened(), "q none")


EXAMPLE: Final = re.compile(r"as in (\S.*?)(?=, or|;|$)")
"""An example in an answer; what follows it in a sentence begins with a semicolon."""
PASSES: Final = ((), ("{end}",), ("forward",), ("jvp {leaf}",), ("jvp {leaf}", "c"))
UNREADABLE: Final = ("set {0} two", "set {0}=", "jvp {0}=two", "b {0} if grad > two", "b", "display", "p {0}.tangent")


def in_pass(commands: Sequence[str], leaf: str, *, is_training: bool) -> Session:
    session = opened(is_training=is_training)
    for command in (*["n 2 epochs"] * is_training, *commands):
        run_command(session, command.format(leaf=leaf, end="n pass" if is_training else "c"))
    return session


def examples(session: Session, line: str) -> list[str]:
    """Return the examples in the answer to a command."""
    shown = len(session.terminal.transcript)
    try:
        run_command(session, line)
    except AutogradError as error:
        return EXAMPLE.findall(str(error).split("\n")[0])
    return EXAMPLE.findall(" ".join(session.terminal.transcript[shown:]))


@pytest.mark.parametrize("is_training", [False, True])
@pytest.mark.parametrize("commands", PASSES)
def test_examples_work_where_they_are_shown(
    commands: Sequence[str], is_training: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("commands.txt").touch()
    leaf, known = ("w", TRAINING) if is_training else ("c", WRONG)
    lines = [f"{name} {rest}" for name, words in known.items() for rest in words]
    session = in_pass(commands, leaf, is_training=is_training)
    said = [example for text in UNREADABLE for example in examples(session, text.format(leaf))]
    run_command(session, f"b {leaf}")
    said += [example for line in lines for example in examples(session, line)]
    for example in (found := set(said)):
        here = in_pass(commands, leaf, is_training=is_training)
        here.breakpoints = session.breakpoints
        try:
            run_command(here, example)
        except PromptError as error:  # its words are right: see test_wrong_words_of_grads_are_refused_first
            assert str(error).startswith("no gradient is known")  # noqa: PT017
    assert len(found) > 10


def test_wrong_words_of_grads_are_refused_first() -> None:
    assert answer(graph(), "grads foo") == answer(graph(), "c", "grads foo")


@pytest.mark.parametrize("word", ["grad", "value", "upstream", "partial", "contribution"])
@pytest.mark.parametrize("command", ["{}", "p {}", "p {} * 2", "display {}"])
def test_word_of_a_step_outside_of_a_condition_is_told(word: str, command: str) -> None:
    told = f"{word} is a number of the step, for conditions only, as in b any if {word} > 1"
    assert told in " ".join("\n".join(answer(graph(), command.format(word))).split())
