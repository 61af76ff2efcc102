"""A training at the prompt: by contribution, example, update and epoch, and back."""

from __future__ import annotations

import io
import random
import re
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd_tiny import Value, record_lines
from autograd_tiny.debugger import debug_training
from autograd_tiny.debugger.command_table import completions
from autograd_tiny.debugger.session import PromptError, Session
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.debugger.training_moves import training_of
from nn.training_walk import TrainingWalk
from tests.debugger.sessions import graph, joined

PROMPT = re.compile(r"^\((?:update \d+|training over)(?:, forward)?\)")


class Line:
    """w·x + b, of which a training moves both."""

    def __init__(self, w: float = 1.0, b: float = 0.5) -> None:
        self.w, self.b = Value(w, label="w"), Value(b, label="b")

    def parameters(self) -> list[Value]:
        return [self.w, self.b]

    def __call__(self, x: Any) -> Value:
        return self.w * x + self.b


def line_walk(lr: float = 0.1, momentum: float = 0.0, **settings: Any) -> TrainingWalk:
    """Return a training of 3 epochs of 2 updates, the second of each with one example."""
    model = Line()
    optimizer = nn.SGD(model.parameters(), lr=lr, momentum=momentum)
    given = {"optimizer": optimizer, "epochs": 3, "batch_size": 2, "shuffle": False, **settings}
    return TrainingWalk(model, [1.0, 2.0, -1.0], [2.0, 3.0, 0.0], loss="squared_error", **given)


def network_walk() -> TrainingWalk:
    model = nn.MLP(2, [3, 1], hidden="tanh", seed=0)
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    inputs, targets = [[0.5, -1.0], [1.0, 2.0], [-0.5, 0.25]], [1.0, 0.0, -1.0]
    return TrainingWalk(
        model, inputs, targets, loss="squared_error", optimizer=optimizer, epochs=2, batch_size=2, seed=0
    )


def talk(walk: TrainingWalk, *commands: str, keeps: bool = True) -> list[str]:
    """Return the lines of a session, from the first command on."""
    screen = io.StringIO()
    debug_training(walk, stdin=io.StringIO("".join(f"{x}\n" for x in commands)), stdout=screen, keeps=keeps)
    lines = screen.getvalue().splitlines()
    return lines[next(place for place, line in enumerate(lines) if PROMPT.match(line)) :]


def answer(walk: TrainingWalk, *commands: str) -> list[str]:
    """Return the answer to the last of these commands, as lines."""
    lines = talk(walk, *commands)
    prompts = [place for place, line in enumerate(lines) if PROMPT.match(line)]
    return lines[prompts[-2] + 1 : prompts[-1]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one: its path is so short that no answer is folded."""
    monkeypatch.chdir(tmp_path)
    return Path()


PLACES = {
    1: "update 1 of 6: epoch 1, batch 1 of 2, loss = 0.25; 11 nodes, 13 steps",
    2: "update 2 of 6: epoch 1, batch 2 of 2, loss = 0.3025; 6 nodes, 6 steps",
    3: "update 3 of 6: epoch 2, batch 1 of 2, loss = 0.0533; 11 nodes, 13 steps",
}

# ── by update ──


def test_update_is_written_as_arithmetic() -> None:
    assert answer(line_walk(), "n update") == [
        "update 1 done: loss = 0.25",
        "  w  1 → 1.15 = 1 - 0.1·(-1.5)",
        "  b  0.5 → 0.6 = 0.5 - 0.1·(-1)",
        PLACES[2],
    ]


def test_last_step_of_a_pass_is_followed_by_the_update() -> None:
    commands = ("n update", "s 5", "s")
    assert (
        answer(line_walk(), *commands)[-1]
        == "The backward pass is over: w.grad = 1.1, b.grad = -1.1. s makes the update."
    )
    assert answer(line_walk(), *commands, "s")[0] == "update 2 done: loss = 0.3025"
    assert answer(line_walk(), *commands, "n")[0] == "update 2 done: loss = 0.3025"


def test_unfinished_pass_is_finished_by_the_update() -> None:
    assert answer(line_walk(), "s 3", "n batch") == answer(line_walk(), "n update")


@pytest.mark.parametrize("text", ["n 3 updates", "n update 3", "n 3 batches", "n batch 3"])
def test_several_updates_are_one_line(text: str) -> None:
    assert answer(line_walk(), text)[0] == "… 3 updates done; update shows the latest"


def test_epoch_is_reported_with_its_mean_loss() -> None:
    walk = line_walk()
    assert answer(walk, "n epoch") == [
        "… 2 updates done; update shows the latest",
        f"epoch 1 is over: its mean loss is {(0.25 * 2 + 0.3025) / 3:.5g}",
        PLACES[3],
    ]
    assert walk.mean_loss(1) == pytest.approx((0.25 * 2 + 0.3025) / 3)


def test_training_ends_with_the_last_batch_once_more() -> None:
    lines = answer(line_walk(), "n 3 epochs")
    assert lines[-2:] == [
        "The training is over after 6 updates; the last batch once more: loss = 0.017522,",
        "6 nodes, 6 steps.",
    ]
    assert answer(line_walk(), "n 9 epochs", "n update") == [
        "the training is over after 6 updates; rn update goes back, q ends"
    ]
    assert (
        answer(line_walk(), "n 9 epochs", "c")[-1]
        == "The backward pass is over: w.grad = 0.26474, b.grad = -0.26474."
    )


def test_pass_after_the_training_has_no_update() -> None:
    over = ["The backward pass is over; rs goes back, q ends the session."]
    assert answer(line_walk(), "n 9 epochs", "c", "n example") == over


def test_learning_rate_of_a_schedule_is_shown() -> None:
    walk = line_walk(schedule=nn.schedules.exponential(0.1, 0.5))
    assert answer(walk, "n update")[-1] == PLACES[2].replace("loss", "lr = 0.05, loss")


def test_many_parameters_are_shown_by_the_largest_change() -> None:
    lines = answer(network_walk(), "n update")
    assert sum(" → " in line for line in lines) == 4
    assert "  … 9 more parameters, none changed more: update lists all" in lines
    assert len(answer(network_walk(), "n update", "update")) == 2 * 13  # wider than 80, so in two lines each


# ── back ──


def test_update_is_undone_with_its_numbers() -> None:
    assert answer(line_walk(), "n update", "rn update") == [
        "update 1 undone: all numbers restored",
        "  w  1.15 → 1",
        "  b  0.6 → 0.5",
        PLACES[1],
    ]


def test_step_back_over_an_update_is_at_the_end_of_its_pass() -> None:
    lines = talk(line_walk(), "n update", "rs", "rs")
    assert "The backward pass is over: w.grad = -1.5, b.grad = -1. s makes the update." in lines
    assert "[13/13]  w.grad          -1.5 → -1         undone" in lines
    assert talk(line_walk(), "rs")[-3] == "this is the beginning of the training; 0 updates can be undone"


def test_back_to_the_beginning_of_the_pass_first() -> None:
    assert answer(line_walk(), "n update", "s 2", "rn update") == [PLACES[2]]
    assert answer(line_walk(), "n 2 updates", "rn 2 updates") == ["… 2 updates undone", PLACES[1]]
    assert answer(line_walk(), "n 2 updates", "forward", "rn 2 updates")[-1] == PLACES[2]


def test_back_by_epochs() -> None:
    assert answer(line_walk(), "n 3 updates", "rn epoch")[-1] == PLACES[3]
    assert answer(line_walk(), "n 2 updates", "rn epoch")[-1] == PLACES[1]
    assert answer(line_walk(), "n 3 updates", "rn 2 epochs")[-1] == PLACES[1]
    assert answer(line_walk(), "n epoch", "rn 2 epochs") == ["so many are not done; 2 updates can be undone"]


def test_forward_again_shows_the_same() -> None:
    lines = talk(line_walk(), "n update", "n update", "rn 2 updates", "n update", "n update")
    assert [line for line in lines if line.startswith("  w")] == [
        "  w  1 → 1.15 = 1 - 0.1·(-1.5)",
        "  w  1.15 → 1.04 = 1.15 - 0.1·1.1",
    ] * 2


def test_notice_when_the_oldest_updates_go() -> None:
    lines = talk(line_walk(history=2), "n 2 updates", "n update", "n update", "rn 3 updates")
    assert lines.count("Only the latest 2 updates can be undone from here on; history=N keeps more.") == 1
    assert lines[-3] == "only 2 updates can be undone, older ones are not kept; history=N keeps more"
    assert "no update can be undone, older ones are not kept; history=N keeps more" in talk(
        line_walk(history=2), "n 4 updates", "rn 2 updates", "rn update"
    )
    assert "--history N keeps more." in talk(line_walk(history=1), "n 2 updates", keeps=False)[-2]


# ── by example ──


def test_example_is_a_part_of_the_pass() -> None:
    lines = talk(line_walk(), "n example", "n 2 examples", "n example", "rn example")
    assert "… 8 steps of 5 nodes of example 2 done" in lines
    assert "… 5 steps of 4 nodes of example 1 done" in lines
    assert lines.count("The backward pass is over; s makes the update, rs goes back.") == 2
    assert "… 5 steps of 4 nodes of example 1 undone" in lines


def test_nodes_and_modules_are_stepped_as_in_one_pass() -> None:
    assert answer(network_walk(), "n 2")[0].startswith("loss = mean(")
    assert "of layers[1]" in "".join(talk(network_walk(), "n layer", "n layer", "rn layer"))
    assert answer(line_walk(), "n", "rn")[-1] == "[ 1/13]  loss.grad          1 → —          undone"


def test_forward_pass_of_an_update() -> None:
    lines = talk(line_walk(), "n update", "forward", "s", "s 9", "s", "backward")
    assert "(update 2, forward) s" in lines
    assert "The forward pass is over: loss = 0.3025. Now type backward." in lines


# ── until ──


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ("loss < 0.1", "update 3 of 6"),
        ("epoch == 3", "update 5 of 6"),
        ("batch == 2 and update > 3", "update 4 of 6"),
        ("lr > 0 and w < 1.1 and update > 1", "update 3 of 6"),
    ],
)
def test_until_a_condition_holds(condition: str, place: str) -> None:
    lines = answer(line_walk(), f"until {condition}")
    assert any(line.startswith(place) for line in lines)
    assert lines[-1] == f"{condition} holds."


def test_until_a_gradient_stops_at_the_end_of_its_pass() -> None:
    lines = answer(line_walk(), "until w.grad > 0")
    assert lines[-1] == "w.grad > 0 holds at the end of this pass, before the update."
    assert answer(line_walk(), "until w.grad > 0", "p w.grad") == ["1.0999999999999999"]


def test_until_knows_the_nodes_of_the_pass() -> None:
    lines = answer(line_walk(), "until v2.value < 1 and v2.grad != 0")
    assert lines[-1] == "v2.value < 1 and v2.grad != 0 holds at the end of this pass, before the update."


def test_until_what_holds_already_or_never() -> None:
    assert answer(line_walk(), "until loss > 0") == ["loss > 0 holds here already"]
    assert answer(line_walk(), "until loss > 1")[-1] == "loss > 1 did not hold before any of these updates."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lss < 1", "'lss' is neither a number nor a node; did you mean loss?"),
        ("loss <", "not a condition"),
        ("w.tangent > 1", "w.tangent belongs to the walk of jvp; until takes values and gradients"),
        ("", "no condition and no node given; write one, as in until loss < 0.1, or until w"),
    ],
)
def test_mistakes_in_until(text: str, message: str) -> None:
    assert message in "\n".join(answer(line_walk(), "j 13", f"until {text}"))


def test_until_a_node_stays_in_the_pass() -> None:
    assert answer(line_walk(), "until v4")[-1].startswith("[ 2/13]  v4.grad            — → 0.5 ")


# ── the numbers ──


def test_update_of_one_parameter_has_its_formulas() -> None:
    assert answer(line_walk(momentum=0.9), "n 2 updates", "update w") == [
        "w  1.15 → 1.175 by SGD",
        "  with lr = 0.1, momentum = 0.9",
        "  before: p = 1.15, g = 1.1, b_t = -1.5",
        "  b_t = momentum·b_t + g = 0.9·(-1.5) + 1.1 = -0.25",
        "  p = p - lr·b_t = 1.15 - 0.1·(-0.25) = 1.175",
    ]


def test_update_needs_an_update_and_a_parameter() -> None:
    assert answer(line_walk(), "update w") == ["no update is done yet; n update makes one"]
    is_computed = "is computed, not updated; the parameters are: w, b"
    assert answer(line_walk(), "n update", "update loss") == [f"loss {is_computed}"]
    assert answer(line_walk(), "n 2 updates", "update v1") == [f"v1 {is_computed}"]
    assert answer(line_walk(), "n update", "update") == [
        "  w  1 → 1.15 = 1 - 0.1·(-1.5)",
        "  b  0.5 → 0.6 = 0.5 - 0.1·(-1)",
    ]


def test_leaf_that_no_update_changes() -> None:
    model = Line()
    model.x = Value(2.0, label="x")  # type: ignore[attr-defined]
    walk = TrainingWalk(model, [model.x], [2.0], loss="squared_error", optimizer=nn.SGD([model.w], lr=0.1), epochs=2)
    assert answer(walk, "n update", "update x") == ["x is a leaf, but not a parameter; the parameters are: w, b"]
    frozen = "update 1 did not change b: the optimizer does not update it"
    assert answer(walk, "n update", "update b") == [frozen.replace("1", "2")]


def test_parameter_that_the_pass_does_not_use_is_named_by_its_label() -> None:
    model, other = Line(), Value(3.0)
    optimizer = nn.SGD([model.w, model.b, other], lr=0.1, weight_decay=0.5)
    walk = TrainingWalk(model, [1.0], [2.0], loss="squared_error", optimizer=optimizer, epochs=2)
    assert "  a parameter that this pass does not use  3 → 2.85 = 3 - 0.1·1.5" in answer(walk, "n update")
    other.label = "spare"
    assert "  spare  2.85 → 2.7075 = 2.85 - 0.1·1.425" in answer(walk, "n update")


def test_loss_is_a_plot() -> None:
    assert answer(line_walk(), "loss")[0] == "loss of update 1: 0.25"
    lines = answer(line_walk(), "n 2 updates", "loss")
    assert lines[0] == "loss of updates 1 to 3: 0.25 → 0.0533, least 0.0533 in update 3"
    assert lines[1:3] == ["0.302 ┤    ████", "      │▅▅▅▅████"]
    assert lines[8] == "      │████████████"
    assert lines[9:] == ["    0 ┼────────────", "       1          3"]


def test_losses_of_a_training_that_is_over_are_those_of_its_updates() -> None:
    lines = answer(line_walk(), "n 6 updates", "loss")
    assert lines[0] == "loss of updates 1 to 6: 0.25 → 0.048673, least 0.014405 in update 5"
    assert lines[-2].split() == ["1", "6"]
    assert lines[-1] == "After the training, the last batch has the loss 0.017522."


def test_plot_says_how_many_losses_a_column_shows() -> None:
    walk = line_walk(epochs=73)
    assert answer(walk, "n 99 updates", "loss")[-1] == "Each column is the mean of 1 or 2 updates."
    assert "Each column is the mean of 2 updates." in answer(walk, "n 99 epochs", "loss")
    assert not re.search("column|left out", "".join(answer(line_walk(), "n 2 updates", "loss")))


# ── what is not finite, and what differs ──


def test_loss_that_is_not_finite_stops_the_walk_with_its_reason() -> None:
    lines = talk(line_walk(lr=1e200), "n epoch", "n update", "nan", "rn update")
    text = "\n".join(lines)
    assert "loss = inf; 6 nodes" in text
    assert "The loss is not finite, so no update can follow." in text
    assert text.count("becomes inf") == 2
    assert "the loss is inf, so no update can follow; nan tells why, rn update goes back" in text
    assert lines[-3] == PLACES[1]


def test_end_of_a_pass_tells_what_can_follow() -> None:
    lines = talk(line_walk(lr=1e200), "n update", "c", "c", "loss")
    text = " ".join(map(str.strip, lines))
    assert "The loss is inf, so no update can follow." in text
    assert "The backward pass is over; the loss is inf, so no update can follow; rs goes back." in text
    assert "makes the update" not in text
    assert "The loss of update 2, inf, is left out." in lines
    text = " ".join(map(str.strip, talk(line_walk(lr=1.7e308), "n pass", "n example")))
    outcome = "s tries the update, in which a parameter may become inf or nan"
    assert f"w.grad = -1.5, b.grad = -1. {outcome}." in text
    assert f"The backward pass is over; {outcome}; rs goes back." in text


def test_beginning_of_a_training_offers_only_what_there_is() -> None:
    model = Line(w=1e200)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    walk = TrainingWalk(model, [1.0], [0.0], loss="squared_error", optimizer=optimizer, epochs=3)
    screen = io.StringIO()
    debug_training(walk, stdin=io.StringIO("s\nrs\nrn\nn update\n"), stdout=screen)
    shown = screen.getvalue()
    assert "s makes a step; h helps." in shown
    assert "This is the beginning of the backward pass; forward enters the forward pass." in shown
    assert "the loss is inf, so no update can follow; nan tells why\n" in shown
    assert talk(line_walk(), "n update", "rn")[-3].endswith("; rs undoes the update before it.")


def test_parameter_that_would_not_be_finite() -> None:
    lines = answer(line_walk(lr=1.7e308), "n update")
    assert lines[0].startswith("a parameter is not finite in epoch 1, batch 1 (loss 0.25); that step is undone")


def test_model_that_does_not_repeat_itself_is_told() -> None:
    walk = line_walk()
    walk.losses[0] = 0.75
    lines = answer(walk, "n update", "rn update")
    assert lines[-1] == "The loss was 0.75 at first: the model does not repeat its numbers."


def test_ctrl_c_ends_a_long_move_between_two_updates() -> None:
    walk = line_walk()
    function, calls = walk.loss_function, iter(range(100))

    def interrupted(prediction: Any, target: Any) -> Any:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return function(prediction, target)

    walk.loss_function = interrupted
    lines = talk(walk, "n 3 epochs", "n update")
    place = lines.index("interrupted; 2 updates done")
    assert lines[place - 2] == PLACES[3]
    assert lines[place + 1 : place + 3] == ["(update 3) n update", "update 3 done: loss = 0.0533"]


def test_ctrl_c_while_the_next_pass_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, calls = Session.open, iter(range(10))

    def interrupted(session: Session, root: Value) -> Any:
        if next(calls) == 0:
            raise KeyboardInterrupt
        return opened(session, root)

    monkeypatch.setattr(Session, "open", interrupted)
    lines = talk(line_walk(), "n update", "s")
    assert "interrupted; q goes on with the program, abort stops it" in lines
    assert lines[-5:-2] == [
        "(update 2) s",
        "loss = square(v3) = 0.3025",
        "[1/6]  loss.grad          — → 1          the seed",
    ]


def test_set_is_for_this_pass_alone() -> None:
    lines = talk(line_walk(), "set w 5", "n update")
    assert "The update is made from the numbers of the model, without this one." in lines
    assert "  w  1 → 1.15 = 1 - 0.1·(-1.5)" in lines


def test_breakpoints_follow_into_the_next_pass() -> None:
    lines = talk(
        line_walk(), "b w if grad > 0.5", "b v7", "b b if v7.grad > 0", "b any if grad > 9", "n update", "b", "c"
    )
    assert "cleared 2: v7: this pass has no such node" in lines
    assert "cleared 3: b if v7.grad > 0: this pass has no such node" in lines
    assert lines.count("breakpoint 4: any if grad > 9") == 2
    assert lines.count("breakpoint 1: w if grad > 0.5") == 2
    assert "Breakpoint 1: w if grad > 0.5" in lines


def test_breakpoint_at_a_line_follows_into_the_next_pass() -> None:
    line = Line.__call__.__code__.co_firstlineno + 1
    with record_lines():
        lines = talk(line_walk(), f"b test_train_commands.py:{line}", "n update", "c")
    assert lines[1].startswith(f"breakpoint 1: test_train_commands.py:{line}, which made v1, v2, ")
    assert f"Breakpoint 1: test_train_commands.py:{line}" in lines


def test_breakpoint_at_a_line_ends_where_lines_are_not_recorded() -> None:
    walk = record_lines(line_walk)()
    line = walk.root.inputs[0].line
    assert line is not None
    assert f"cleared 1: {line}: this pass has no such node" in talk(walk, f"b {line}", "n update")


def test_hint_of_a_kind_is_shown_once_in_a_training() -> None:
    lines = talk(line_walk(), "s 99", "n 2 updates", "s 99")
    assert sum("is used 2 times" in line for line in lines) == 1


# ── files ──


def test_save_writes_a_transcript_or_a_page(folder: Path) -> None:
    text, page = folder / "walk.txt", folder / "walk.html"
    lines = talk(line_walk(), "n 2 updates", f"save {page}", f"save {text}", f"save {page}", "n")
    assert f"wrote {page}, a page with 3 passes" in lines
    assert f"{page} exists. Overwrite it? [y/N] n" in lines
    assert lines[-3] == "nothing was written"
    assert "… 2 updates done; update shows the latest" in text.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_saving_a_page_changes_nothing(folder: Path) -> None:
    walk, other = network_walk(), network_walk()
    lines = talk(walk, "n 3 updates", "s 2", f"save {folder / 'walk.html'}", "s", "n update")
    same = talk(other, "n 3 updates", "s 2", "s", "n update")
    assert [line for line in lines if "walk.html" not in line] == same
    assert [p.data for p in walk.parameters] == [p.data for p in other.parameters]


def test_page_that_cannot_be_written(folder: Path) -> None:
    path = folder / "missing" / "walk.html"
    assert answer(line_walk(), f"save {path}")[0].startswith(f"{path} was not written: ")
    assert answer(line_walk(), "save ") == ["no file given; write its name, as in save session.txt"]


def test_page_has_few_passes_of_a_large_graph(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.debugger.training_page.MOST_EDGES", 30)
    command = f"save {folder / 'walk.html'}"
    assert answer(line_walk(), "n 4 updates", command) == [f"wrote {folder / 'walk.html'}, a page with 2 passes"]
    monkeypatch.setattr("autograd_tiny.debugger.training_page.MOST_EDGES", 1)
    (folder / "walk.html").unlink()
    assert answer(line_walk(), "n 4 updates", command) == [f"wrote {folder / 'walk.html'}, a page with 1 pass"]


def test_interrupted_save_returns_to_the_pass_shown(folder: Path) -> None:
    walk = line_walk()
    function, calls = walk.loss_function, iter(range(100))

    def interrupted(prediction: Any, target: Any) -> Any:
        if next(calls) == 8:
            raise KeyboardInterrupt
        return function(prediction, target)

    walk.loss_function = interrupted
    lines = talk(walk, "n 3 updates", f"save {folder / 'walk.html'}", "n update")
    assert walk.update == 4
    assert "update 4 done: loss = 0.1232" in lines
    assert list(folder.iterdir()) == []


def test_parameters_of_a_page_have_their_names(folder: Path) -> None:
    model, other, spare = Line(), Value(3.0), Value(2.0, label="spare")
    optimizer = nn.SGD([model.w, other, spare], lr=0.1, weight_decay=0.5)
    walk = TrainingWalk(model, [1.0], [2.0], loss="squared_error", optimizer=optimizer, epochs=2)
    talk(walk, "n update", f"save {folder / 'walk.html'}")
    page = (folder / "walk.html").read_text(encoding="utf-8")
    assert '["w","1","1.05",' in page
    assert '"not in this pass"' in page
    assert '"spare"' in page


# ── any order ──

MOVES = [
    *("s", "s 3", "rs", "rs 2", "n", "n 2", "rn", "n update", "n 2 updates", "rn update", "rn 2 updates", "n epoch"),
    *("rn epoch", "n example", "rn example", "c", "rc", "j 0", "forward", "backward", "until loss < 0.1", "until w"),
    *("update", "update w", "loss", "set w 3", "reset", "jvp w", "b b if grad > 0", "until w.grad > 0", "", "why w"),
]


@pytest.mark.parametrize("seed", range(8))
def test_commands_in_any_order_leave_the_numbers_of_a_plain_walk(seed: int) -> None:
    plain = line_walk(momentum=0.9)
    states = [[(x.data, x.grad) for x in plain.parameters]]
    while plain.update < plain.total:
        plain.forward()
        states.append([(x.data, x.grad) for x in plain.parameters])
    walk = line_walk(momentum=0.9)
    lines = talk(walk, *random.Random(seed).choices(MOVES, k=40))
    assert [(x.data, x.grad) for x in walk.parameters] == states[walk.update]
    assert walk.losses == plain.losses[: len(walk.losses)]
    (prompt,) = re.findall(r"update (\d+)|training over", [line for line in lines if PROMPT.match(line)][-1])
    assert prompt == (str(walk.update + 1) if walk.update < walk.total else "")


# ── the end ──


def test_end_tells_which_state_the_model_has() -> None:
    state = "The model has the parameters after update 1, and the gradients of that update."
    assert talk(line_walk(), "n update", "q")[-1] == state
    assert talk(line_walk(), "n update")[-1] == state
    assert talk(line_walk(), "q")[-1] == "No update is done: the model is as it was."
    assert talk(line_walk(), "n update", "q", keeps=False)[-1] == "(update 2) q"


def test_abort_stops_the_program_or_the_command() -> None:
    with pytest.raises(SystemExit, match=r"debug_training\(\)"):
        talk(line_walk(), "abort")
    assert talk(line_walk(), "abort", keeps=False)[-1] == "(update 1) abort"


def session(walk: TrainingWalk) -> Session:
    return Session(walk.root, Terminal(io.StringIO(), io.StringIO()), training=walk)


def test_commands_of_a_training_are_there_only() -> None:
    assert {"update", "loss"} <= set(completions(session(line_walk()), "", ""))
    assert not {"update", "loss"} & set(completions(Session(graph(), Terminal(io.StringIO(), io.StringIO())), "", ""))
    assert completions(session(line_walk()), "n ", "e") == ["example", "epoch"]
    assert completions(session(line_walk()), "until ", "lo") == ["loss"]
    with pytest.raises(PromptError, match="steps through one pass"):
        training_of(Session(graph(), Terminal(io.StringIO(), io.StringIO())))


def test_help_fits_a_screen_and_lists_all() -> None:
    assert len(answer(line_walk(), "h")) < 22
    assert "  loss                       plot the loss so far." in answer(line_walk(), "h all")
    assert answer(line_walk(), "h loss")[0] == "loss: plot the loss so far."
    assert answer(line_walk(), "h losses") == ["no command 'losses'; h lists them"]
    assert answer(line_walk(), "updat w") == ["no command 'updat'; did you mean update?"]


def test_count_beyond_the_training_ends_it() -> None:
    assert answer(line_walk(), f"n {'9' * 30} updates") == answer(line_walk(), "n 6 updates")
    assert answer(line_walk(), f"n {'9' * 30} examples") == answer(line_walk(), "n 3 examples")


@pytest.mark.parametrize("text", ["n 0 updates", "n update 0", "n 2 updates 3", "n -1 updates", "rn update x"])
def test_count_must_be_a_number_of_times(text: str) -> None:
    command = text.partition(" ")[0]
    assert answer(line_walk(), text)[0].endswith(f"is not a number of times; write one, as in {command} 2 updates")


@pytest.mark.parametrize("words", ["2 bananas", "banana", "2 layers", "x y"])
@pytest.mark.parametrize("command", ["n", "rn"])
def test_unknown_unit_is_answered_with_those_that_exist(command: str, words: str) -> None:
    takes = "it takes a number of nodes, or one of example, pass, batch, update, epoch"
    said = f"{command} does not take {words!r}; {takes}"
    assert joined(answer(line_walk(), f"{command} {words}")) == f"{said}, as in {command} 2 updates"
    found = joined(answer(network_walk(), f"{command} {words}"))
    assert found == f"{said}, layer, neuron, as in {command} 2 updates"


@pytest.mark.parametrize(("command", "other"), [("s", "n"), ("rs", "rn"), ("c", "n"), ("rc", "rn")])
def test_unit_after_a_command_without_one_names_the_command_that_takes_it(command: str, other: str) -> None:
    said = f"is not a number of times; {other} takes it, as in {other}"
    assert answer(line_walk(), f"{command} 2 epochs") == [f"'2 epochs' {said} 2 epochs"]
    assert answer(line_walk(), f"{command} update") == [f"'update' {said} update"]


def test_gradients_of_the_update_before_are_not_said_to_be_added_to() -> None:
    given = line_walk()
    lines = talk(given, "n update", "why w", "s 2", "why w", "n update", "why b", "j 0")
    assert given.parameters[0].grad != 0.0
    assert not any("already holds" in line or "zero_grad" in line for line in lines)
    assert not any("already holds" in line for line in talk(line_walk(), "n epoch", "p w", "w w", "c", "why w"))
