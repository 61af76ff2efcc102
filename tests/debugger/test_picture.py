"""The picture: every edge once, what was done and what comes next, and only the neighbourhood of a large graph."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value, dot
from autograd_tiny.debugger.lines import Lines
from autograd_tiny.debugger.picture import MOST_ROWS, Row, picture
from autograd_tiny.debugger.schedule import Schedule
from autograd_tiny.trace import Trace
from tests.debugger.sessions import graph


def rows(root: Value, done: int = 0, middle: Value | None = None, **options: object) -> list[Row]:
    """Return the picture after so many steps of the backward pass."""
    trace = Trace(root, forward=True)
    schedule = Schedule(trace)
    trace.goto(schedule.seed + done)
    middle = schedule.node_at(min(trace.cursor, len(trace) - 1)) if middle is None else middle
    return picture(Lines(trace), schedule, middle, **options)  # type: ignore[arg-type]


def texts(root: Value, done: int = 0, **options: object) -> list[str]:
    return [row.text for row in rows(root, done, **options)]  # type: ignore[arg-type]


def chain(length: int) -> Value:
    x = a = Value(1.0, label="a")
    for k in range(length):
        x = x + a if k % 2 else x.tanh()
    return x


def test_a_small_graph_is_drawn_as_a_whole() -> None:
    assert texts(graph(), done=4) == [
        "   node             value  partial  contribution  gradient",
        "✓  L = e * f           -8                                1",
        "✓  ├─ e = d + c         4       -2            -2        -2",
        "✓  │  ├─ d = a * b     -6        1            -2        -2",
        "   │  │  ├─ a           2       -3                       —",
        "   │  │  └─ b          -3        2                       —",
        "▶  │  └─ c             10        1                       —",
        "✓  └─ f                -2        4             4         4",
    ]


def test_before_the_first_step_the_seed_comes_next() -> None:
    assert [row.state for row in rows(graph())] == ["title", "now", *[""] * 6]


def test_in_the_end_everything_is_done() -> None:
    assert {row.state for row in rows(graph(), done=7)} == {"title", "done"}


def test_what_lies_below_a_shared_node_is_drawn_once() -> None:
    lines = texts(graph("b = a*a; b + b", a=2.0))
    assert [line[3:15].rstrip() for line in lines[1:]] == [
        "L = b + b",
        "├─ b = a * a",
        "│  ├─ a",
        "│  └─ a",
        "└─ b …",
    ]


def test_the_forward_pass_has_values_only() -> None:
    trace = Trace(graph(), forward=True)
    trace.goto(1)
    shown = [row.text for row in picture(Lines(trace), Schedule(trace), trace.root, forward=True)]
    assert shown[0].split() == ["node", "value"]
    assert shown[1:5] == [
        "   L = e * f            —",
        "▶  ├─ e = d + c         —",
        "✓  │  ├─ d = a * b     -6",
        "✓  │  │  ├─ a           2",
    ]


def test_of_a_large_graph_the_neighbourhood_is_drawn() -> None:
    lines = texts(chain(1000), done=500)
    assert len(lines) <= MOST_ROWS
    assert lines[1].startswith("   L … ")
    assert any(line.startswith("▶") for line in lines)


def test_two_levels_are_drawn_above_the_middle_and_two_below() -> None:
    root = chain(100)
    path = [root]
    while path[-1].inputs:
        path.append(path[-1].inputs[0])
    names = Trace(root).names
    lines = texts(root, middle=path[50])
    drawn = [name for name in (names[node] for node in path[:-1]) if any(f"─ {name} " in line for line in lines[2:])]
    assert lines[2].startswith(f"   {names[path[48]]} = ")  # it has received nothing yet, and is not next
    assert drawn == [names[path[k]] for k in (49, 50, 51, 52)]


def test_around_the_root_nothing_lies_above() -> None:
    assert texts(chain(1000))[1].startswith("▶  L = ")


def test_a_consumer_that_is_the_root_is_named_without_a_number() -> None:
    root = chain(1000)
    below = root.inputs[0].inputs[0].inputs[0]
    lines = texts(root, middle=below)
    assert lines[1] == "   L …"


def test_a_deep_graph_of_few_rows_is_not_indented_without_end() -> None:
    x = Value(1.0)
    for _ in range(15):
        x = x.tanh()
    assert max(map(len, texts(x))) <= 80


def test_of_many_inputs_some_are_drawn_and_the_rest_is_counted() -> None:
    w = [Value(0.1, label=f"w[{k}]") for k in range(64)]
    lines = texts(dot(w, [1.0] * 64, 0.0), done=31)
    assert [line.split("─ ")[1].split("  ")[0] for line in lines[2:]] == [
        "w[0]",
        "w[1]",
        "w[2]",
        "… 27 more: w[3..29]",
        "w[30]",
        "… 32 more: w[31..62]",
        "w[63]",
    ]
    assert lines[6].startswith("▶")


def test_where_two_levels_are_too_many_one_is_drawn() -> None:
    inner = [dot([Value(1.0) for _ in range(8)], [1.0] * 8, 0.0) for _ in range(8)]
    assert len(texts(dot(inner, [1.0] * 8, 0.0))) == 10


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_row_is_wider_than_the_terminal(width: int) -> None:
    root = Value(1.0, label="a_very_long_label_" * 5) * Value(-1.23456e-100, label="b" * 90)
    assert max(map(len, texts(root, done=2, width=width))) <= width


@given(st.integers(0, 10**6), st.integers(3, 120))
def test_every_edge_of_a_small_graph_has_a_row_and_no_picture_is_long(seed: int, size: int) -> None:
    draw = random.Random(seed)
    nodes = [Value(1.0, label="a"), Value(2.0, label="b")]
    for _ in range(size):
        nodes.append(draw.choice(nodes[-6:]) * draw.choice(nodes[-6:]))
    trace = Trace(nodes[-1], forward=True)
    schedule = Schedule(trace)
    trace.goto(draw.randrange(schedule.seed, len(trace) + 1))
    drawn = picture(Lines(trace), schedule, draw.choice(trace.nodes))
    edges = len(trace) - schedule.seed - 1
    if edges < MOST_ROWS and "…" not in drawn[1].text and len(drawn) == edges + 2:
        assert sum(row.state == "done" for row in drawn) == trace.cursor - schedule.seed
    assert len(drawn) <= MOST_ROWS + 20
