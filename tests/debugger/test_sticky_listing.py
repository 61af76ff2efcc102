"""The command `sticky`: the graph is drawn anew at each stop, and only there."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from tests.debugger.pseudo_terminal import run_at_terminal
from tests.debugger.sessions import answer, graph

TITLE = "   node             value  partial  contribution  gradient"
CLEAR = "\x1b[H\x1b[2J"


def test_graph_is_drawn_before_what_a_step_shows() -> None:
    lines = answer(graph(), "sticky", "s 2")
    assert lines[0] == TITLE
    assert lines[2] == "✓  ├─ e = d + c         4       -2            -2        -2"
    assert lines[8:] == [
        "L = e * f = -8",
        "[1/7]  L.grad          — → 1          the seed",
        "[2/7]  e.grad          — → -2         += L.grad·f = 1·(-2) = -2",
    ]


@pytest.mark.parametrize("command", ["n", "c", "rs", "j 2", "forward", "jvp a", "set a 5", "n 2"])
def test_commands_that_move_or_change_numbers_draw(command: str) -> None:
    assert answer(graph(), "s", "sticky", command)[0].split()[:2] == ["node", "value"]


@pytest.mark.parametrize("command", ["p a", "why a", "b a", "h", "x"])
def test_other_commands_draw_nothing(command: str) -> None:
    assert answer(graph(), "s", "sticky", command) == answer(graph(), "s", command)


def test_sticky_is_turned_on_and_off() -> None:
    assert answer(graph(), "sticky")[:2] == ["sticky is on: the graph is drawn at each stop", TITLE]
    assert answer(graph(), "sticky on", "sticky on")[0].startswith("sticky is on")
    assert answer(graph(), "sticky", "sticky") == answer(graph(), "sticky off") == ["sticky is off"]
    assert answer(graph(), "sticky off", "s")[0] == "L = e * f = -8"
    assert answer(graph(), "sticky 3") == ["'3' is not on or off; sticky alone changes from one to the other"]


def test_quiz_draws_before_each_question() -> None:
    screen = run_at_terminal(lambda: graph().debug(), "sticky", "quiz", "1", "-2", "q", "q none", TERM="xterm")
    assert screen.count(CLEAR) == 2
    assert screen.index("becomes?") < screen.index(CLEAR)


def test_question_that_is_folded_comes_before_its_answer() -> None:
    def program() -> None:
        (Value(2.0, label="a" * 50) * 3.0).debug()

    screen = run_at_terminal(program, "sticky", "quiz", "1", "q", "q none", columns=40)
    lines = screen.splitlines()
    last = next(place for place, line in enumerate(lines) if line.endswith(" becomes? q"))
    assert "  right" in lines[:last]
    assert lines[last - 1].endswith("a" * 30)


def test_screen_is_cleared_where_the_terminal_can() -> None:
    screen = run_at_terminal(lambda: graph().debug(), "sticky", "s", "p a", "q none", TERM="xterm", NO_COLOR="1")
    assert screen.count(CLEAR) == 1
    assert screen.index(CLEAR) < screen.index("[1/7]")
    assert CLEAR not in run_at_terminal(lambda: graph().debug(), "sticky", "s", "q none")  # TERM is dumb


def test_interrupt_shows_what_was_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("autograd_tiny.debugger.output.show_hints", interrupt)
    lines = answer(graph(), "sticky", "s 2")
    assert lines[0] == "L = e * f = -8"
    assert lines[-1] == "interrupted; q goes on with the program, abort stops it"
