"""The lines of the program in a trace: what they are called, how they are quoted, and finding nodes by them."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.engine.source_lines import SourceLine
from autograd_tiny.errors import AutogradError
from autograd_tiny.trace import Trace, UnknownLineError
from autograd_tiny.trace.program_lines import ProgramLines, short_paths
from tests.programs import run_program


def trace(file: str = "/home/me/net.py", **settings: bool) -> Trace:
    return Trace(run_program(file, **settings), forward=True)


def two_files() -> Trace:
    inner = run_program("/home/me/data/net.py", "root = Value(3.0, label='a')\n")
    return Trace(run_program("/home/me/net.py", "root = a * 2.0\n", a=inner))


def test_node_is_quoted_with_its_line() -> None:
    walk = trace()
    assert walk.line("x") == SourceLine("/home/me/net.py", 6, "<module>")
    sentences = [walk.lines.sentence(walk.find(name), name) for name in ("x", "v2")]
    assert sentences == [
        'x was made at net.py:6: x = Value(-2.0, label="x")',
        "v2 was made at net.py:2, in loss: h = (w * x).relu()",
    ]


def test_node_without_a_line_is_not_quoted() -> None:
    walk = trace(records=False)
    assert (walk.line("x"), walk.lines.sentence(walk.find("x"), "x"), walk.lines.where(walk.find("x"))) == (
        *(None, "", ""),
    )


def test_line_without_code() -> None:
    assert SourceLine("/nowhere/net.py", 4, "loss").quote() == "net.py:4, in loss"


def test_code_and_file_are_escaped_and_cut() -> None:
    root = run_program("/tmp/e\x1b[2J.py", f"root = Value(1.0)  # \x1b[31m{'long ' * 40}\n")
    sentence = ProgramLines([root]).sentence(root, "a")
    assert sentence.startswith(r"a was made at e\x1b[2J.py:1: root = Value(1.0)  # \x1b[31mlong")
    assert sentence.endswith("…")
    assert len(sentence) < 100


def test_events_name_their_lines() -> None:
    walk = trace()
    assert [event.line and event.line.line for event in walk][:5] == [2, 2, 3, 4, 4]
    assert str(walk[0]) == "v1 = w * x = -6  (net.py:2)"
    assert str(trace(records=False)[0]) == "v1 = w * x = -6"


def test_exported_nodes_have_lines() -> None:
    nodes = {node["name"]: node["line"] for node in trace().as_json()["nodes"]}
    assert nodes["v2"] == {"file": "/home/me/net.py", "line": 2, "function": "loss"}
    assert {node["line"] for node in trace(records=False).as_json()["nodes"]} == {None}


def test_why_quotes_the_node_and_its_consumers() -> None:
    walk = trace()
    walk.finish()
    assert walk.why("x").splitlines() == [
        "∂L/∂x = ∂L/∂v1·w = nan·3 = nan",
        '  x was made at net.py:6: x = Value(-2.0, label="x")',
        "  v1 was made at net.py:2, in loss: h = (w * x).relu()",
    ]
    assert walk.why(Value(1.0)) == "∂L/∂(no name) = 0: L does not depend on it"


# ── finding nodes by lines ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["net.py:2", "me/net.py:2", "/home/me/net.py:2"])
def test_nodes_of_a_line_are_found(text: str) -> None:
    walk = trace()
    assert walk.lines.find(text) == [walk.find("v1"), walk.find("v2")]


def test_files_of_one_name_are_told_apart() -> None:
    walk = two_files()
    assert list(map(walk.lines.where, walk.nodes)) == ["data/net.py:1", "me/net.py:1"]
    assert walk.lines.find("data/net.py:1") == [walk.find("a")]
    with pytest.raises(UnknownLineError, match=r"net.py:1 may mean several lines: data/net.py:1 or me/net.py:1"):
        walk.lines.find("net.py:1")


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("net.py:1", "the nearest line is net.py:2"),
        ("net.py:5", "the nearest lines are net.py:4 and net.py:6"),
        ("net.py:99", "the nearest line is net.py:7"),
        ("other.py:2", "the files with lines are net.py"),
        ("y/net.py:2", "the files with lines are net.py"),
    ],
)
def test_line_without_nodes_raises(line: str, near: str) -> None:
    with pytest.raises(UnknownLineError) as raised:
        trace().lines.find(line)
    assert str(raised.value) == f"no node was made at {line}; {near}"
    assert isinstance(raised.value, (AutogradError, KeyError))
    assert raised.value.line == line


def test_unrecorded_lines_raise_and_say_how_to_record_them() -> None:
    with pytest.raises(
        UnknownLineError, match=r"were recorded; build the graph inside `with record_lines\(\):` to see"
    ):
        trace(records=False).lines.find("net.py:2")


def test_short_paths_are_unique() -> None:
    paths = ["/a/x/net.py", "/b/x/net.py", "net.py", "<stdin>"]
    assert list(short_paths(paths).values()) == ["a/x/net.py", "b/x/net.py", "net.py", "<stdin>"]
