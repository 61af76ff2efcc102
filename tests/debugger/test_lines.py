"""Lines of the program at the prompt: in the graph, in answers, and as breakpoints."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.debugger.command_table import completions
from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.terminal import Terminal
from tests.debugger.sessions import answer, graph, joined, talk
from tests.programs import run_program


def network(*, records: bool = True) -> Value:
    root: Value = run_program("/home/me/net.py", records=records)
    return root


def two_files() -> Value:
    inner = run_program("/home/me/data.py", "root = Value(3.0, label='a')\n")
    root: Value = run_program("/home/me/net.py", "root = a * 2.0\n", a=inner)
    return root


def test_list_has_a_column_of_lines() -> None:
    lines = answer(network(), "l")
    assert lines[0].endswith("gradient  net.py:")
    assert [line.split()[-1] for line in lines[1:]] == ["4", "4", "3", "2", "2", "7", "6"]
    assert answer(network(), "forward", "l")[0].endswith("value  net.py:")


def test_column_names_the_files_where_there_are_several() -> None:
    assert [line.split()[-1] for line in answer(two_files(), "l")] == ["line", "net.py:1", "data.py:1"]


def test_long_name_of_a_file_is_left_out() -> None:
    lines = answer(run_program("/home/me/a_long_name_of_a_file.py"), "l")
    assert [line.split()[-1] for line in lines[:3]] == ["line", "4", "4"]


def test_node_that_is_drawn_again_has_no_line() -> None:
    root = run_program("/home/me/net.py", "a = Value(3.0, label='a')\nb = a * a\nroot = b + b\n")
    assert [line.split()[-1] for line in answer(root, "l")[1:]] == ["3", "2", "1", "—", "—"]


def test_narrow_list_has_lines_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Terminal, "width", 40)
    lines = answer(network(), "l")
    assert max(map(len, lines)) <= 40
    assert "net.py: 3" in " ".join(lines)


def test_without_lines_there_is_no_column() -> None:
    assert answer(network(records=False), "l")[0].endswith("gradient")


def test_heading_of_a_node_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(network(), "s 3")[3] == "v4 = -v3 = inf     v4.grad = 2     net.py:4"
    monkeypatch.setattr(Terminal, "width", 40)
    assert "v4 = -v3 = inf     v4.grad = 2" in answer(network(), "s 3")


def test_print_and_why_quote_the_line() -> None:
    quoted = "  v2 was made at net.py:2, in loss: h = (w * x).relu()"
    assert quoted in answer(network(), "p v2")
    assert quoted in answer(network(), "why v2")


def test_nan_quotes_the_line() -> None:
    lines = answer(network(), "nan")
    assert "  v3 was made at net.py:3, in loss: p = h.log()" in lines
    assert not any("record_lines" in line for line in lines)


def test_nan_says_how_to_record_lines() -> None:
    assert " ".join(answer(network(records=False), "nan")).endswith(
        "The lines of the program were not recorded; build the graph inside `with record_lines():` to see them."
    )


def test_break_at_a_line_stops_at_its_nodes() -> None:
    lines = talk(network(), "b net.py:2", "c", "c", "b", "cl net.py:2", "b")
    assert lines[1] == "breakpoint 1: net.py:2, which made v1, v2"
    assert [line.split()[1] for line in lines if line.startswith("[")] == ["v2.grad", "v1.grad"]
    assert lines.count("Breakpoint 1: net.py:2") == 2
    assert "cleared 1: net.py:2" in lines
    assert answer(network(), "b net.py:2", "forward", "c")[-1].startswith("[1/5]  v1 = w * x")


def test_condition_at_a_line_is_about_the_node_that_receives() -> None:
    lines = talk(network(), "b net.py:2 if grad != grad", "c")
    assert lines[1] == "breakpoint 1: net.py:2 if grad != grad, which made v1, v2"
    assert [line.split()[1] for line in lines if line.startswith("[")] == ["v1.grad"]


def test_root_of_a_line_stops_at_its_seed() -> None:
    lines = talk(network(), "b net.py:4", "c", "c", "c")
    assert [line.split()[1] for line in lines if line.startswith("[")] == ["L.grad", "v4.grad"]


def test_many_nodes_of_a_line_are_counted() -> None:
    root = run_program("/home/me/net.py", "root = sum([Value(float(k), label=f'x{k * k}') for k in range(30)])\n")
    assert answer(root, "b net.py:1") == ["breakpoint 1: net.py:1, which made x0, x1, x4, x9, x16, x25 and 25 more"]


def test_once_at_a_line() -> None:
    lines = talk(network(), "tb net.py:3", "c", "b")
    assert lines[1] == "breakpoint 1: net.py:3 (once), which made v3"
    assert lines[-2] == "no breakpoints; set one, as in b w, or b w if grad > 10"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("b net.py:5", "no node was made at net.py:5; the nearest lines are net.py:4 and net.py:6"),
        ("b other.py:2", "no node was made at other.py:2; the files with lines are net.py"),
        ("b net.py:2 grad > 2", "no node 'net.py:2'; l shows the nodes"),
        ("cl net.py:3", "no breakpoint on net.py:3; b lists them"),
    ],
)
def test_line_that_cannot_be_used(command: str, said: str) -> None:
    assert answer(network(), "b w", command) == [said]


def test_break_at_a_line_needs_lines() -> None:
    said = "no lines of the program were recorded; build the graph inside `with record_lines():` to see them"
    assert joined(answer(graph(), "b net.py:2")) == said


def test_label_like_a_line_is_a_node() -> None:
    root = Value(2.0, label="net.py:2") * Value(3.0, label="b:1 c")
    assert answer(root, "b net.py:2") == ['breakpoint 1: "net.py:2"']
    assert answer(root, "b b:1 c if grad > 2") == ['breakpoint 1: "b:1 c" if grad > 2']


def test_lines_are_completed() -> None:
    session = Session(network(), Terminal())
    assert completions(session, "b ", "net.py:") == ["net.py:7", "net.py:6", "net.py:2", "net.py:3", "net.py:4"]
    assert completions(session, "p ", "net.py:") == []
