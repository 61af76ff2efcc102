"""The prompt: repeating, aliases, unknown commands, completion, help, interrupts, the end of the input."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from autograd_tiny import Value
from autograd_tiny.debugger import debug
from autograd_tiny.debugger.command_table import (
    BY_NAME,
    BY_NAME_IN_TRAINING,
    COMMANDS,
    ELSEWHERE,
    Command,
    completions,
)
from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.terminal import DELIMITERS, Terminal
from autograd_tiny.errors import OperandError
from tests.debugger.sessions import answer, graph, joined, talk

ALIASES = [(alias, command.name) for alias, command in BY_NAME.items() if alias != command.name]


def complete(before: str, word: str, root: Value | None = None) -> list[str]:
    session = Session(root or graph(), Terminal(io.StringIO(), io.StringIO()))
    return completions(session, before, word)


def test_session_opens_with_the_graph() -> None:
    screen = io.StringIO()
    debug(graph(), stdin=io.StringIO(), stdout=screen)
    lines = screen.getvalue().splitlines()
    assert lines[0] == "L = e * f = -8: 7 nodes, 7 steps in the backward pass. s makes one, h helps."
    assert lines[2].startswith("▶  L = e * f")


def test_end_of_input_ends_the_session() -> None:
    assert talk(graph()) == ["(backward)"]


def test_last_line_needs_no_newline() -> None:
    screen = io.StringIO()
    debug(graph(), stdin=io.StringIO("s"), stdout=screen)
    assert "[1/7]" in screen.getvalue()


def test_lines_may_end_in_crlf() -> None:
    screen = io.StringIO()
    debug(graph(), stdin=io.StringIO("s\r\nq none\r\n", newline=""), stdout=screen)
    assert screen.getvalue().endswith("(backward) q none\n")


def test_blank_line_repeats_the_last_command() -> None:
    assert answer(graph(), "s 2", "")[-1].startswith("[4/7]")
    assert answer(graph(), "", "  ") == []


def test_unknown_command_is_not_repeated() -> None:
    assert answer(graph(), "s", "sing", "")[0].startswith("[2/7]")


@pytest.mark.parametrize(("long", "short"), [item for item in ALIASES if item[1] not in {"q", "h"}])
def test_alias_does_the_same(long: str, short: str) -> None:
    setup = ("b a",) if short == "cl" else ()
    rest = {"j": " 3", "tb": " a", "b": " a", "p": " a"}.get(short, "")
    assert answer(graph(), *setup, long + rest) == answer(graph(), *setup, short + rest)


def test_every_command_has_help() -> None:
    listed = [command.name for group in COMMANDS.values() for command in group]
    assert len(set(listed)) == len(listed) == 37
    lines = answer(graph(), "h all")
    for name in listed:
        assert any(line.split()[0] == name for line in lines), name
        assert answer(graph(), f"h {name}")[0].startswith(name)
    assert max(map(len, lines)) <= 80


def test_help_has_aliases() -> None:
    assert answer(graph(), "?") == answer(graph(), "help") == answer(graph(), "h")
    assert answer(graph(), "? break") == answer(graph(), "h b")
    assert answer(graph(), "h sing") == ["no command 'sing'; h lists them"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ste", "no command 'ste'; did you mean step or set?"),
        ("displya a", "no command 'displya'; did you mean display or undisplay?"),
        ("xyzzy", "no command 'xyzzy'; h lists them"),
        ("a.grad", "a.grad is not known yet at this step; go on, and ask again"),
        ("do_s", "no command 'do_s'; h lists them"),
        ("EOF", "no command 'EOF'; h lists them"),
        ("!ls", "no command '!ls'; h lists them"),
        (r"\xff\xfe", r"no command '\\xff\\xfe'; h lists them"),
        ("q.grad", "no node 'q'; l shows the nodes"),
        ("a.size", "a has no number 'size'; it has a.grad and a.value"),
        ("c * 2", "'* 2' is not a number of times; write a whole number from 1; p c prints the node of that name"),
        ("c=2", "no command 'c=2'; set c and a number tries another one"),
        ("s * 2", "'* 2' is not a number of times; write a whole number from 1"),
    ],
)
def test_unknown_command_gets_a_suggestion(line: str, said: str) -> None:
    assert joined(answer(graph(), line)) == said


def test_bare_expression_is_printed() -> None:
    assert answer(graph(), "a") == answer(graph(), "p a")
    assert answer(graph(), "c", "a.grad") == ["6"]
    assert answer(graph(), "a * 2", "") == ["4"]
    assert answer(graph(), "a * 2 +") == answer(graph(), "p a * 2 +")
    assert answer(graph(), "a.grad +") == answer(graph(), "p a.grad +")
    assert answer(graph(), "a.grad * zz") == answer(graph(), "a*zz") == ["no node 'zz'; l shows the nodes"]
    assert answer(graph(), "a.data") == answer(graph(), "a.value") == answer(graph(), "(a)") == ["2"]
    assert answer(graph(), "foo(3)")[0] == "unknown function 'foo'; did you mean floor?"


def test_command_comes_before_a_node_of_its_name() -> None:
    assert answer(graph(), "c")[-1].startswith("The backward pass is over")
    assert answer(graph(), '"c"') == answer(graph(), "p c") == ["c = 10     c.grad = —", "  used by e"]
    assert answer(graph(), "c*2") == ["20"]


def test_comments_are_skipped() -> None:
    assert answer(graph(), "# a comment") == answer(graph(), "  #another") == []
    assert answer(graph(), "s 2  # two steps") == answer(graph(), "s 2")
    assert answer(graph(), "s", "# a comment", "")[0].startswith("[2/7]")
    assert answer(Value(3.0, label="w #1") * 2.0, "p w #1")[0].startswith('"w #1" = 3')


def test_interrupt_returns_to_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(session: Session, line: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(BY_NAME, "c", Command("c", (), "", interrupt))
    lines = talk(graph(), "c", "s")
    assert lines[:3] == ["(backward) c", "", "interrupted; q goes on with the program, abort stops it"]
    assert lines[-2].startswith("[1/7]")


def test_debug_refuses_a_float() -> None:
    with pytest.raises(OperandError, match="trace"):
        debug(3.0)  # type: ignore[arg-type]


def test_graph_is_left_unchanged() -> None:
    root = graph()
    talk(root, "c", "set a 7", "rc", "q none")
    assert root.data == -8.0
    assert root.inputs[0].inputs[0].inputs[0].grad == 0.0


# ── completion ──


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("dis", ["display"]),
        ("un", ["until", "undisplay"]),
        ("ste", ["step"]),
        ("s", ["s", "step", "sticky", "set", "save", "source"]),
    ],
)
def test_commands_are_completed(word: str, found: list[str]) -> None:
    assert complete("", word) == complete("  ", word) == found


def test_states_of_sticky_are_completed() -> None:
    assert complete("sticky ", "") == ["on", "off"]


@pytest.mark.parametrize("before", ["p ", "print ", " b ", "sing ", "set a "])
def test_nodes_are_completed_with_their_numbers(before: str) -> None:
    root = Value(1.0, label="layers[0].w[0]") * Value(2.0, label="layers[0].w[1]")
    assert complete(before, "layers[0].w", root) == ["layers[0].w[0]", "layers[0].w[1]"]
    assert complete(before, "layers[0].w[0].", root) == ["layers[0].w[0].grad", "layers[0].w[0].value"]
    assert complete(before, "L.g", root) == ["L.grad"]
    assert complete(before, "z.", root) == []


def test_other_arguments_are_completed() -> None:
    root = Value(1.0, label="layers[0].neurons[1].b") * 2.0
    assert complete("n ", "", root) == complete("rn ", "", root) == complete("next ", "", root) == ["layer", "neuron"]
    assert complete("q ", "f") == ["final"]
    assert complete("why ", "") == ["a", "b", "d", "c", "e", "f", "L", "all"]
    assert complete("why a ", "") == ["all"]
    assert complete("b a ", "") == ["if"]
    assert complete("b a if ", "g") == ["grad"]
    assert complete("b ", "an") == ["any"]
    assert complete("", "a.g") == ["a.grad"]
    assert complete("grads v1..v4 ", "") == ["by"]


@pytest.mark.parametrize("command", ["p ", "set ", "jvp ", "b ", "b y if ", "p y * ", "why ", "until ", "display "])
def test_names_are_completed_with_the_quotes_they_need(command: str) -> None:
    root = Value(2.0, label="x + y") * Value(3.0, label='say "x"') * Value(4.0, label="y")
    assert {'"x + y"', r'"say \"x\""', "y"} <= set(complete(command, "", root))
    line = f'{command}"x + y"'
    for end in range(len(command) + 2, len(line) + 1):
        start = 1 + max(line.rfind(sign, 0, end) for sign in DELIMITERS)
        assert complete(line[:start], line[start:end], root) == [line[start:]], line[:end]
    assert complete('p "x + ', 'y".g', root) == ['y".grad']
    assert complete('p "x + y" * ', "y.v", root) == ["y.value"]
    assert complete(r'p "say \"x\"" * ', '"x', root) == ['"x + y"']


@pytest.mark.parametrize("name", [command.name for commands in COMMANDS.values() for command in commands])
def test_what_takes_no_word_completes_none(name: str) -> None:
    of_numbers = {"s", "c", "rs", "rc", "j", "ignore", "commands", "u", "d", "undisplay"}
    none = {command.name for command in BY_NAME.values() if not command.arguments} | of_numbers
    root = Value(1.0, label="layers[0].neurons[1].b") * 2.0
    assert bool(complete(f"{name} ", "", root)) == (name not in none)
    assert complete("h ", "und") == ["undisplay"]


def test_set_completes_leaves() -> None:
    assert complete("set ", "") == complete("reset ", "") == ["a", "b", "c", "f"]
    assert complete("set a ", "") == ["a", "b", "d", "c", "e", "f", "L"]
    assert complete("jvp ", "") == complete("jvp a=1 ", "") == ["a", "b", "c", "f"]


def test_save_and_source_complete_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "one.txt").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert complete("save ", "se") == complete("source ", "") == ["sessions/"]
    assert complete("save sessions/", "o") == complete("save ~/sessions/", "") == ["one.txt"]
    assert complete("save my-", "s") == complete("save missing/", "") == []


def test_value_debug_opens_the_prompt() -> None:
    screen = io.StringIO()
    graph().debug(stdin=io.StringIO("s\n"), stdout=screen)
    assert "[1/7]" in screen.getvalue()


def test_standard_streams_are_the_default(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s\n"))
    graph().debug()
    assert "[1/7]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("condition 1 grad > 3", "no command 'condition'; b NODE if CONDITION sets a breakpoint with a condition"),
        ("restart", "no command 'restart'; j 0 goes to the beginning of the pass"),
        ("up;down", "'up;down' is not a command; write one command a line"),
    ],
)
def test_commands_of_other_debuggers_have_a_remedy(line: str, said: str) -> None:
    assert answer(graph(), line) == [said]


def test_remedies_name_commands_that_exist() -> None:
    assert {remedy.split()[0] for remedy in ELSEWHERE.values()} <= set(BY_NAME)
    assert not set(ELSEWHERE) & set(BY_NAME_IN_TRAINING)


def test_node_that_is_named_like_a_command_can_be_printed() -> None:
    root = graph("l * w", l=2.0, w=3.0)
    for line in ("l * 2", "w > 2", "w = 2"):
        name, _, rest = line.partition(" ")
        assert answer(root, line) == [f"no node {rest!r}; p {name} prints the node of that name"]
    assert answer(root, "w*2") == answer(root, "p w * 2") == ["6"]


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "{} + 1",
        "L.{}",
        *(f"{word} {{}}" for word in ["h", "w", "l", "why", "until", "n", "jvp", "watch", "reset", "check", "q"]),
        "set {} 1",
    ],
)
def test_long_word_is_not_repeated_whole(line: str) -> None:
    said = "".join(answer(graph(), line.format("abcdefghi" * 50))).replace(" ", "")
    assert said.count("abcdefghi") <= 50 + 7  # the first 50 are the line itself
    assert "…" in said


def test_control_character_is_shown_as_it_arrived() -> None:
    assert answer(graph(), "z\x1b[31m") == [r"no command 'z\x1b[31m'; h lists them"]
    assert answer(graph(), "s\0") == [r"no command 's\x00'; did you mean s?"]
