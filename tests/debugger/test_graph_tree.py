"""The tree of a graph: every edge once, what is done and what comes next, of a large graph the neighbourhood."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value, dot, record_lines
from autograd_tiny.debugger.graph_tree import MOST_ROWS, TreeRow, graph_tree
from autograd_tiny.debugger.pass_cursor import PassCursor
from autograd_tiny.debugger.step_text import StepText
from autograd_tiny.support.terminal_text import to_ascii
from autograd_tiny.trace import Trace
from tests.debugger.sessions import graph


def rows(root: Value, done: int = 0, focus: Value | None = None, **options: Any) -> list[TreeRow]:
    """Return the tree after this many steps of the backward pass."""
    cursor = PassCursor(root)
    cursor.jump(done)
    return graph_tree(StepText(cursor.trace), cursor, cursor.current if focus is None else focus, **options)


def texts(root: Value, done: int = 0, **options: Any) -> list[str]:
    return [row.text for row in rows(root, done, **options)]


def chain(length: int) -> Value:
    x = a = Value(1.0, label="a")
    for k in range(length):
        x = x + a if k % 2 else x.tanh()
    return x


def test_small_graph_is_drawn_whole() -> None:
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


def test_root_is_next_at_first() -> None:
    assert [row.style for row in rows(graph())] == ["title", "next", *["plain"] * 6]


def test_every_row_is_done_at_the_end() -> None:
    assert {row.style for row in rows(graph(), done=7)} == {"title", "done"}


def test_shared_subgraph_is_drawn_once() -> None:
    lines = texts(graph("b = a*a; b + b", a=2.0))
    assert [line[3:15].rstrip() for line in lines[1:]] == [
        "L = b + b",
        "├─ b = a * a",
        "│  ├─ a",
        "│  └─ a",
        "└─ b …",
    ]


def test_forward_pass_has_values_only() -> None:
    cursor = PassCursor(graph())
    cursor.enter(forward=True)
    cursor.jump(1)
    shown = [row.text for row in graph_tree(StepText(cursor.trace), cursor, cursor.trace.root)]
    assert shown[0].split() == ["node", "value"]
    assert shown[1:5] == [
        "   L = e * f            —",
        "▶  ├─ e = d + c         —",
        "✓  │  ├─ d = a * b     -6",
        "✓  │  │  ├─ a           2",
    ]


def test_large_graph_shows_the_neighbourhood() -> None:
    lines = texts(chain(1000), done=500)
    assert len(lines) <= MOST_ROWS
    assert lines[1].startswith("   L … ")
    assert any(line.startswith("▶") for line in lines)


def test_two_levels_above_and_below_the_focus() -> None:
    root = chain(100)
    path = [root]
    while path[-1].inputs:
        path.append(path[-1].inputs[0])
    names = Trace(root).names
    lines = texts(root, focus=path[50])
    drawn = [name for name in (names[node] for node in path[:-1]) if any(f"─ {name} " in line for line in lines[2:])]
    assert lines[2].startswith(f"   {names[path[48]]} = ")  # it has received nothing yet, and is not next
    assert drawn == [names[path[k]] for k in (49, 50, 51, 52)]


def test_root_has_nothing_above() -> None:
    assert texts(chain(1000))[1].startswith("▶  L = ")


def test_single_level_above_has_no_count() -> None:
    root = chain(1000)
    below = root.inputs[0].inputs[0].inputs[0]
    lines = texts(root, focus=below)
    assert lines[1] == "   L …"


def test_deep_graph_fits_the_width() -> None:
    x = Value(1.0)
    for _ in range(15):
        x = x.tanh()
    assert max(map(len, texts(x))) <= 80


def test_many_inputs_are_counted() -> None:
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


def test_one_level_where_two_are_too_many() -> None:
    inner = [dot([Value(1.0) for _ in range(8)], [1.0] * 8, 0.0) for _ in range(8)]
    assert len(texts(dot(inner, [1.0] * 8, 0.0))) == 10


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_rows_fit_the_width(width: int) -> None:
    root = Value(1.0, label="a_very_long_label_" * 5) * Value(-1.23456e-100, label="b" * 90)
    assert max(map(len, texts(root, done=2, width=width))) <= width


def deep(first: str, second: str) -> Value:
    """Return a chain of functions over the product of two leaves."""
    return (Value(1.0, label=first) * Value(2.0, label=second)).tanh().exp().cos().sin().exp()


@pytest.mark.no_cover
@pytest.mark.parametrize("width", [40, 41, 50, 60, 72, 80, 120])
@pytest.mark.parametrize("encoded", [str, to_ascii])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("weight_of_first_input", "weight_of_second_input"),
        ("m.long_weight_name", "m.long_weight_bias"),
        ("first weight of an input", "second weight of an input"),
        ("x" * 40 + "1", "x" * 40 + "2"),
    ],
)
def test_names_are_whole_at_any_width(first: str, second: str, width: int, encoded: Callable[[str], str]) -> None:
    with record_lines() if first.startswith("m.") else nullcontext():
        root = deep(first, second)
    lines = texts(root, width=width, encoded=encoded)
    assert max(map(len, map(encoded, lines))) <= width
    trace = Trace(root)
    for node in trace.nodes:
        name = encoded(StepText(trace).title(node) if not node.inputs else StepText(trace).name(node))
        assert any(re.search(rf"(?:^[▶ ]  |[─└├|`-] ){re.escape(name)}(?: |$)", line) for line in lines), name
        assert encoded(StepText(trace).title(node)) != name or not node.inputs or trace.find(name) is node


@pytest.mark.parametrize("width", range(40, 80, 5))
def test_formula_is_cut_behind_an_operator(width: int) -> None:
    root = graph("v = distance_in_metres * time_in_seconds; v*v + v", distance_in_metres=1.0, time_in_seconds=2.0)
    (row,) = [line for line in texts(root, width=width) if " v = " in line]
    assert re.search(r"[─├] v = (?:…|distance_in_metres \* (?:…|time_in_seconds))(?:  |$)", row)
    assert any(line.strip().startswith(("└─ v …", "└ v …")) for line in texts(root, width=width))  # drawn before


def test_numbers_of_a_name_without_room_follow_below() -> None:
    w = Value(2.0, label="weight of the hidden layer")
    rows = texts(((w * -1.234567e-100).tanh().exp() * w * 1e200).sin().sin(), done=0)
    places = [place for place, row in enumerate(rows) if row.endswith("weight of the hidden layer")]
    for place in places:
        assert len(rows[place + 1]) == len(rows[0])
        assert rows[place + 1].split()[-1] == "—"


def test_list_of_what_is_left_out_is_cut_between_names() -> None:
    weights = [
        Value(1.0, label=f"weight_of_{name}")
        for name in ("ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "kid")
    ]
    (row,) = [line for line in texts(dot(weights, [1.0] * 9, 0.0), width=40) if " more: " in line]
    assert re.fullmatch(r" *├─? … 5 more: weight_of_dog, …", row)


def test_branches_are_cut_where_even_the_narrowest_leave_no_room() -> None:
    x = Value(1.0, label="x" * 28)
    for _ in range(10):
        x = x.tanh()
    lines = texts(x, width=40)
    assert max(map(len, lines)) <= 40
    assert any(re.fullmatch(rf"   … +└ {'x' * 28}", line) for line in lines)


@pytest.mark.no_cover
@given(st.integers(0, 10**6), st.integers(3, 120))
def test_random_graphs_have_a_row_an_edge(seed: int, size: int) -> None:
    draw = random.Random(seed)
    nodes = [Value(1.0, label="a"), Value(2.0, label="b")]
    for _ in range(size):
        nodes.append(draw.choice(nodes[-6:]) * draw.choice(nodes[-6:]))
    cursor = PassCursor(nodes[-1])
    cursor.jump(draw.randrange(cursor.total + 1))
    drawn = graph_tree(StepText(cursor.trace), cursor, draw.choice(cursor.trace.nodes))
    edges = cursor.total - 1
    if edges < MOST_ROWS and "…" not in drawn[1].text and len(drawn) == edges + 2:
        assert sum(row.style == "done" for row in drawn) == cursor.done
    assert len(drawn) <= MOST_ROWS + 20
