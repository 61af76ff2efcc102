"""`grads` and `why w all` at the prompt: the chart, its remarks, the paths, and mistakes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

import nn
from autograd_tiny import Value
from autograd_tiny.debugger.command_table import completions
from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.terminal import Terminal
from tests.debugger.pseudo_terminal import TRANSCRIPTS, check_transcript, run_at_terminal
from tests.debugger.sessions import answer, graph, talk

ROOT = Path(__file__).parents[2]


def loop(steps: int = 200, weight: float = 0.9) -> Value:
    """Return the last h of a recurrent loop h = tanh(w*h + 0.1)."""
    h, w = Value(0.5, label="h0"), Value(weight, label="w")
    for step in range(1, steps + 1):
        h = (w * h + 0.1).tanh()
        h.label = f"h{step}"
    return h


@pytest.fixture(scope="module")
def recurrent() -> Value:
    return loop()


@pytest.mark.parametrize("columns", [80, 40])
def test_loop_of_200_steps_makes_vanishing_visible(recurrent: Value, columns: int) -> None:
    check_transcript(f"grads_{columns}", recurrent.debug, columns=columns)


def test_stepping_shows_the_same_loop() -> None:
    shown = (ROOT / "demos" / "stepping.md").read_text(encoding="utf-8")
    session = shown.partition("<!-- tests/debugger/transcripts/grads_80.txt -->\n```console\n")[2].partition("```")[0]
    assert len(session.splitlines()) > 20
    assert session in (TRANSCRIPTS / "grads_80.txt").read_text(encoding="utf-8")


def test_range_gives_the_factor_of_a_step_of_the_loop(recurrent: Value) -> None:
    lines = answer(recurrent, "c", "grads h1..h200 by 50")
    assert [line.split()[:2] for line in lines[1:5]] == [
        ["h200..151", "50"],
        ["h150..101", "50"],
        ["h100..51", "50"],
        ["h50..1", "50"],
    ]
    assert " ".join(lines[5:]) == (
        "Vanishing: the mean size falls from 0.0613 (h200..151) to 1.11e-27 (h50..1), by a factor of 1.48 per step."
    )


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [40, 57, 120, 200])
def test_chart_fits_the_terminal(recurrent: Value, width: int, encoding: str) -> None:
    commands = (
        "c",
        "grads",
        "grads h1..h200",
        "j 300",
        "grads",
        "why w all 30",
        "grads layers",
        "grads c1..q2",
        "q",
        "",
    )
    screen = run_at_terminal(recurrent.debug, *commands, columns=width, encoding=encoding)
    lines = screen.partition("(backward) c\n")[2].splitlines()
    assert [line for line in lines if len(line) > width and not line.startswith("(backward)")] == []
    bars = [line for line in lines if line.endswith(tuple("#" if encoding == "ascii" else "█▉▊▋▌▍▎▏"))]
    assert len(bars) > 30
    assert max(map(len, bars)) >= width - 3
    assert screen.isascii() == (encoding == "ascii")


def test_bars_are_coloured_and_the_title_is_dim() -> None:
    screen = run_at_terminal(loop(5).debug, "c", "grads", "q", "", TERM="xterm")
    assert re.search(r"\n\x1b\[2mdistance .*\x1b\[0m\n0 +1 +[\d.]+ .*\x1b\[36m█+.?\x1b\[0m\n", screen)


def test_layers_of_a_network_with_dead_units() -> None:
    model = nn.MLP(2, [8, 8, 1], seed=3)
    root = (model([0.3, -0.8]) - 1.0) ** 2
    lines = answer(root, "c", "grads")
    assert [line.split()[0] for line in lines[1:5]] == ["no", "layers[2]", "layers[1]", "layers[0]"]
    assert re.search(r"Dead units: \d+ of 16, whose partials are all 0 in this graph: layers\[", " ".join(lines))
    assert answer(root, "c", "grads layers") == lines
    assert len(answer(root, "c", "grads modules")) > 18


def test_many_rows_are_cut_in_the_middle() -> None:
    root = nn.MLP(2, [40, 1], seed=3)([0.3, -0.8])
    lines = answer(root, "c", "grads modules")
    assert lines[25] == "… 11 more rows"
    assert [line.split()[0] for line in lines[24:27:2]] == ["layers[0].neurons[17]", "layers[0].neurons[5]"]
    assert [line.split()[0] for line in answer(loop(8), "c", "grads depth by 1") if "…" in line] == []


def test_middle_of_the_pass_names_unfinished_gradients() -> None:
    lines = answer(graph("b = a*a; c = b + a; b*c", a=2.0), "j 4", "grads")
    assert lines[0].split()[:3] == ["distance", "count", "unfinished"]
    assert lines[-1] == "Not finished at this step: 1 of 4 gradients, a."
    assert answer(graph(), "j 3", "grads")[-1] == "Not finished at this step: 4 of 7 gradients, c, d, b, a."


def test_beginning_and_forward_pass_have_no_gradients() -> None:
    for commands, remedy in (
        (("grads",), "s and n go on"),
        (("forward", "c", "grads"), "backward enters the backward pass"),
    ):
        assert answer(graph(), *commands) == [f"no gradient is known at this step; {remedy}"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("grads size", "gradients are not measured by 'size'; write"),
        ("grads modules", "the graph of L has no modules"),
        ("grads depth by x", "'x' is not a number of nodes; by takes one, as in grads depth by 50"),
        ("grads by 0", "'0' is not a number of nodes"),
        ("grads a..b", "'a..b' is not a range of names"),
        ("why a all x", "'x' is not a number of paths; all takes a whole number from 1 to 1000"),
        ("why a all 0", "'0' is not a number of paths"),
        ("why a all 1001", "'1001' is not a number of paths"),
        ("why z all", "no node 'z'; l shows the nodes"),
    ],
)
def test_mistake_is_a_sentence(command: str, said: str) -> None:
    assert answer(graph(), "c", command)[0].startswith(said)


def test_why_all_lists_paths_and_the_rest(recurrent: Value) -> None:
    lines = answer(recurrent, "c", "why w all 3")
    assert lines == [
        "∂h200/∂w = 1.15, the sum over 200 paths from h200 to w:",
        "     0.3754  h200 → v400 → v399 → w: 0.7484·1·0.5016",
        "    0.25285  h200 → v400 → v399 → h199 → v398 → v397 → w",
        "    0.17031  h200 → v400 → v399 → h199 → v398 → v397 → h198 → v396 → v395 → w",
        "    0.35141  197 more paths",
    ]
    assert len(answer(recurrent, "c", "why w all")) == 1 + 20 + 1


def test_why_all_says_why_no_paths_are_shown() -> None:
    for commands in (["c", "forward"], ["forward"], ["jvp a=1"]):
        assert " ".join(answer(graph(), *commands, "why a all")).startswith("no path is shown in the forward pass")
    assert answer(graph(), "why a all")[-1] == "No path is shown, since nothing has arrived yet; s and n go on."


def test_why_all_of_the_focus_and_of_a_node_called_all() -> None:
    assert answer(graph(), "c", "why all")[0].startswith("∂L/∂d = -2, the sum over 1 path from L to d:")
    root = Value(2.0, label="all") * Value(3.0, label="a")
    assert answer(root, "c", "why all") == ["∂L/∂all = ∂L/∂L·a = 1·3 = 3"]
    assert answer(root, "c", "why all all")[1:] == ["          3  L → all"]


def test_tab_completes_measures() -> None:
    session = Session(graph(), Terminal(io.StringIO(), io.StringIO()))
    assert completions(session, "grads ", "") == ["layers", "modules", "depth", *session.trace.names.values()]
    assert completions(session, "grads ", "la") == ["layers"]


def test_help_tells_both() -> None:
    text = " ".join(talk(graph(), "h grads", "h why"))
    assert "grads v400..v800 by 100 takes a range of names" in text
    assert "why w all 50 shows 50" in text
