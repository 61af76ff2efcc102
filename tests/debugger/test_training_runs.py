"""c and rc in a training go on to breakpoints of later and earlier passes; n pass finishes a pass."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from autograd_tiny.debugger.prompt import run_command
from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.debugger.training_moves import training_of
from autograd_tiny.errors import InputError
from autograd_tiny.trace import Event
from nn.training_walk import TrainingWalk
from tests.debugger.test_train_commands import PLACES, answer, line_walk, talk


def opened(walk: TrainingWalk, *commands: str) -> Session:
    session = Session(walk.root, Terminal(io.StringIO(), io.StringIO()), keeps=False, training=walk)
    for command in commands:
        run_command(session, command)
    return session


def place(session: Session) -> tuple[int, int]:
    return training_of(session).update, session.cursor.done


def places_where(holds: Callable[[Session], bool]) -> list[tuple[int, int]]:
    """Return all steps of a training after which something holds, the updates and steps that are done."""
    session, found = opened(line_walk()), []
    while True:
        for done in range(1, session.cursor.total + 1):
            session.cursor.jump(done)
            found += [place(session)] if holds(session) else []
        if training_of(session).update == training_of(session).total:
            return found
        training_of(session).forward()
        session.open(training_of(session).root)


CONDITIONS: list[tuple[str, Callable[[Event], bool]]] = [
    ("b w if abs(grad) > 0.3", lambda e: e.input == "w" and abs(e.after) > 0.3),
    ("b any if contribution < -0.4", lambda e: (e.contribution or 0.0) < -0.4),
    ("watch b", lambda e: e.input == "b" and e.before != e.after),
]


@pytest.mark.parametrize(("command", "holds"), CONDITIONS)
def test_c_stops_in_later_passes_and_rc_at_the_same_steps(command: str, holds: Callable[[Event], bool]) -> None:
    expected = places_where(lambda session: holds(session.trace[session.trace.cursor - 1]))
    assert len({update for update, _ in expected}) > 2
    session = opened(line_walk(), command)
    for wanted in expected:
        run_command(session, "c")
        assert place(session) == wanted
    for wanted in reversed(expected[:-1]):
        run_command(session, "rc")
        assert place(session) == wanted
    run_command(session, "rc")
    assert place(session) == (0, 0)
    run_command(session, f"c {len(expected)}")
    assert place(session) == expected[-1]


def test_c_ends_where_the_training_ends() -> None:
    walk = line_walk()
    lines = talk(walk, "c", "c", "rc", "rc")
    assert lines[1] == "… 6 updates done; update shows the latest"
    assert lines[3].startswith("The training is over after 6 updates; the last batch once more: loss = 0.017522")
    assert "The backward pass is over: w.grad = 0.26474, b.grad = -0.26474." in lines
    undone = lines.index("… 6 updates undone")
    assert lines[undone + 1 : undone + 3] == [PLACES[1], "(update 1) rc"]
    assert lines[undone + 3].startswith("This is the beginning of the backward pass")
    assert (walk.update, walk.parameters[0].data) == (0, 1.0)


def test_breakpoints_are_ignored_deleted_and_followed_over_updates() -> None:
    commands = ("b w if grad > 0.5", "ignore 1 1", "commands 1 p w.grad", "tb b if grad < -1", "c", "c")
    lines = talk(line_walk(), *commands)
    stops = [line for line in lines if line.startswith("Breakpoint")]
    assert stops == ["Breakpoint 2: b if grad < -1 (once)", "Breakpoint 1: w if grad > 0.5"]
    assert lines[lines.index(stops[1]) + 4].endswith(") p w.grad")


def test_temporary_breakpoint_stops_once_though_c_counts() -> None:
    assert place(opened(line_walk(), "tb w", "b b", "c 3")) == place(opened(line_walk(), "b b", "c 2"))


def test_c_names_a_breakpoint_that_a_pass_on_the_way_lacks() -> None:
    lines = answer(line_walk(), "b v7", "c 2")
    assert "cleared 1: v7: a pass on the way has no such node" in lines


def test_c_stops_where_the_loss_is_not_finite() -> None:
    walk = line_walk(lr=1e200)
    lines = talk(walk, "b any if abs(grad) > 1e100", "c", "cl", "c", "c")
    assert any(line.startswith("Breakpoint 1") for line in lines)
    assert "The loss is not finite, so no update can follow." in lines
    assert "the loss is inf, so no update can follow" in " ".join(lines[-4:-2])
    assert not any("s makes the update" in line for line in lines)


def test_c_stays_within_the_forward_pass() -> None:
    assert answer(line_walk(), "forward", "c")[-1].startswith("The forward pass is over: loss = 0.25.")


def test_pass_is_finished_before_its_update() -> None:
    over = "The backward pass is over: w.grad = -1.5, b.grad = -1. s makes the update."
    assert answer(line_walk(), "n pass") == ["… 13 steps of 9 nodes done", over]
    assert answer(line_walk(), "n 2 passes") == answer(line_walk(), "n pass", "n pass")
    assert place(opened(line_walk(), "n 3 passes")) == (2, 13)
    assert place(opened(line_walk(), "n 2 passes", "rn pass")) == (1, 0)
    assert place(opened(line_walk(), "n 2 passes", "rn 2 passes")) == (0, 0)


def test_oldest_update_is_the_start_of_rc() -> None:
    session = opened(line_walk(history=2), "n 5 updates", "rc")
    assert place(session) == (3, 0)
    run_command(session, "rc")
    assert session.terminal.transcript[-1].startswith("This is the beginning of the backward pass")


@pytest.mark.parametrize("breakpoint", ["", "b any if grad > 99"])
@pytest.mark.parametrize("command", ["c", "rc"])
def test_interrupted_run_is_at_the_update_that_it_reached(
    command: str, breakpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, name = line_walk(), "forward" if command == "c" else "back"
    move, calls = getattr(walk, name), []

    def interrupted(*count: int) -> None:
        calls.append(count)
        if len(calls) == 2:
            raise KeyboardInterrupt
        move(*count)

    if command == "rc":
        walk.forward(), walk.forward(), walk.forward(), walk.forward()
    monkeypatch.setattr(walk, name, interrupted)
    lines = talk(walk, breakpoint, command, "p w")
    done = walk.update
    assert f"(update {done + 1}) p w" in lines
    assert any(line.startswith("interrupted") for line in lines) == (len(calls) == 2)
    assert f"w = {walk.parameters[0].data:.5g}     w.grad = —" in lines


def test_end_of_the_pass_is_shown_where_its_update_fails() -> None:
    lines = answer(line_walk(lr=1.7e308), "b w", "c 3")
    assert lines[0] == "… 13 steps of 9 nodes done"
    assert lines[1].startswith("The backward pass is over: w.grad = -1.5, b.grad = -1. s tries the update")
    assert any("is not finite in epoch 1, batch 1" in line for line in lines)


def test_error_of_a_later_update_is_told_where_the_training_is_then(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = line_walk()
    move = walk.forward

    def failing(*count: int) -> None:
        if walk.update == 1:
            raise InputError("the loss of this test fails")
        move(*count)

    monkeypatch.setattr(walk, "forward", failing)
    lines = talk(walk, "c", "p w")
    assert any("the loss of this test fails" in line for line in lines)
    assert "(update 2) p w" in lines
