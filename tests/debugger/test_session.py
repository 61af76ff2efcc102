"""The prompt itself: repeating, long names, unknown commands, completion, help, interrupts, the end of the input."""

from __future__ import annotations

import io

import pytest

from autograd_tiny import Value
from autograd_tiny.debugger import debug
from autograd_tiny.debugger.prompt import GROUPS, Prompt
from autograd_tiny.debugger.screen import Screen
from autograd_tiny.debugger.session import ALIASES
from autograd_tiny.debugger.terminal import Keyboard
from autograd_tiny.errors import OperandError
from tests.debugger.sessions import answer, graph, talk


def prompt(root: Value | None = None) -> Prompt:
    return Prompt(root or graph(), Keyboard(io.StringIO()), Screen(io.StringIO()))


def test_a_session_opens_with_the_graph_and_what_to_type() -> None:
    screen = io.StringIO()
    debug(graph(), stdin=io.StringIO(), stdout=screen)
    lines = screen.getvalue().splitlines()
    assert lines[0] == "L = e * f = -8: 7 nodes, 7 steps in the backward pass. s makes one, h helps."
    assert lines[2].startswith("▶  L = e * f")


def test_the_end_of_the_input_ends_the_session() -> None:
    assert talk(graph()) == ["(backward)"]


def test_the_last_line_needs_no_line_end() -> None:
    screen = io.StringIO()
    debug(graph(), stdin=io.StringIO("s"), stdout=screen)
    assert "[1/7]" in screen.getvalue()


def test_lines_may_end_as_on_windows() -> None:
    screen = io.StringIO()
    debug(graph(), stdin=io.StringIO("s\r\nq none\r\n", newline=""), stdout=screen)
    assert screen.getvalue().endswith("(backward) q none\n")


def test_a_blank_line_repeats_the_last_command() -> None:
    assert answer(graph(), "s 2", "")[-1].startswith("[4/7]")
    assert answer(graph(), "", "  ") == []


def test_a_mistake_is_not_repeated() -> None:
    assert answer(graph(), "s", "sing", "")[0].startswith("[2/7]")


@pytest.mark.parametrize(("long", "short"), [item for item in ALIASES.items() if item[1] not in {"q", "h"}])
def test_a_long_name_does_what_the_short_one_does(long: str, short: str) -> None:
    setup = ("b a",) if short == "cl" else ()
    rest = {"j": " 3", "tb": " a", "b": " a", "p": " a"}.get(short, "")
    assert answer(graph(), *setup, long + rest) == answer(graph(), *setup, short + rest)


def test_every_command_is_in_the_help_and_tells_more() -> None:
    listed = " ".join(GROUPS.values()).split()
    assert sorted(listed) == Prompt.commands()
    lines = answer(graph(), "h")
    for name in listed:
        assert any(line.split()[0] == name for line in lines), name
        assert answer(graph(), f"h {name}")[0].startswith(name)
    assert max(map(len, lines)) <= 80


def test_help_is_asked_for_in_several_ways() -> None:
    assert answer(graph(), "?") == answer(graph(), "help") == answer(graph(), "h")
    assert answer(graph(), "? break") == answer(graph(), "h b")
    assert answer(graph(), "h sing") == ["no command 'sing'; h lists them"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ste", "no command 'ste'; did you mean step or set?"),
        ("displya a", "no command 'displya'; did you mean display or undisplay?"),
        ("xyzzy", "no command 'xyzzy'; h lists them"),
        ("a", "no command 'a'; p a shows what it is"),
        ("a * 2", "no command 'a'; p a * 2 shows what it is"),
        ("a.grad", "no command 'a.grad'; p a.grad shows what it is"),
        ("do_s", "no command 'do_s'; h lists them"),
        ("EOF", "no command 'EOF'; h lists them"),
        ("!ls", "no command '!ls'; h lists them"),
    ],
)
def test_an_unknown_command_is_answered_with_what_may_be_meant(line: str, said: str) -> None:
    assert answer(graph(), line) == [said]


def test_an_interrupt_comes_back_to_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Prompt, line: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Prompt, "do_c", interrupt)
    lines = talk(graph(), "c", "s")
    assert lines[:3] == ["(backward) c", "", "interrupted; q ends the session"]
    assert lines[-2].startswith("[1/7]")


def test_what_is_no_value_has_no_backward_pass() -> None:
    with pytest.raises(OperandError, match="trace"):
        debug(3.0)  # type: ignore[arg-type]


def test_the_graph_is_left_as_it_was() -> None:
    root = graph()
    talk(root, "c", "set a 7", "rc", "q none")
    assert root.data == -8.0
    assert root.inputs[0].inputs[0].inputs[0].grad == 0.0


# ── completion ──


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("dis", "dis", ["display"]),
        ("un", "un", ["undisplay"]),
        ("ste", "ste", ["step"]),
    ],
)
def test_commands_are_completed(line: str, text: str, found: list[str]) -> None:
    assert prompt().completenames(text, line, 0, len(line)) == found


def test_nodes_are_completed_and_what_they_hold() -> None:
    root = Value(1.0, label="layers[0].w[0]") * Value(2.0, label="layers[0].w[1]")
    session = prompt(root)
    assert session.completedefault("layers[0].w", "", 0, 0) == ["layers[0].w[0]", "layers[0].w[1]"]
    assert session.completedefault("layers[0].w[0].", "", 0, 0) == ["layers[0].w[0].grad", "layers[0].w[0].value"]
    assert session.completedefault("L.g", "", 0, 0) == ["L.grad"]
    assert session.completedefault("z.", "", 0, 0) == []


def test_arguments_of_other_kinds_are_completed() -> None:
    session = prompt(Value(1.0, label="layers[0].neurons[1].b") * 2.0)
    assert session.complete_n("") == session.complete_rn("") == ["layer", "neuron"]
    assert session.complete_q("f") == ["final"]
    assert session.complete_h("und") == ["undisplay"]


def test_a_loss_has_a_door_to_its_prompt() -> None:
    screen = io.StringIO()
    graph().debug(stdin=io.StringIO("s\n"), stdout=screen)
    assert "[1/7]" in screen.getvalue()


def test_the_standard_streams_are_the_default(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s\n"))
    graph().debug()
    assert "[1/7]" in capsys.readouterr().out
