"""The command `jvp`: the forward pass with tangents, its mistakes, and the way back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograd_tiny import Value
from autograd_tiny.cli import main
from tests.debugger.pseudo_terminal import TYPED, check_transcript, run_at_terminal
from tests.debugger.sessions import answer, graph, talk


def test_walk_shows_value_and_tangent() -> None:
    lines = talk(graph(), "jvp a=1 b=0.5", "s", "n 2")
    assert lines[1:3] == [
        "The forward pass with tangents: 3 operations, one a step. a' = 1, b' = 0.5. The",
        "tangent of each other leaf is 0.",
    ]
    assert lines[3:6] == [
        "(jvp) s",
        "[1/3]  d = a * b = 2 * (-3) = -6",
        "       d' = a'·b + b'·a = 1·(-3) + 0.5·2 = -2",
    ]
    assert "The forward pass is over: L = -8, L' = 4. Now type backward." in lines


def test_end_compares_with_the_backward_pass() -> None:
    said = talk(graph(), "jvp a", "c")
    assert said[-10:-2] == [
        "The forward pass is over: L = -8, L' = 6. Now type backward.",
        "The backward pass gives ∂L/∂a = 6: equal to L'.",
        "  input  forward  backward",
        "  a            6         6",
        "  b           -4        -4",
        "  c           -2        -2",
        "  f            4         4",
        "Forward mode takes a pass for each input: 4 passes, 9 products with a partial.",
    ]


@pytest.mark.parametrize("line", ["a", "a=1", "a =1", "a = 1", "'a'=1", "a=2/2", "a=a.value-1"])
def test_seed_is_written_in_several_ways(line: str) -> None:
    assert "L' = 6. Now type backward." in " ".join(talk(graph(), f"jvp {line}", "c"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("jvp", "no leaf given; write one, as in jvp a=1"),
        ("jvp q", "no leaf 'q'; L depends on a, b, c, f"),
        ("jvp d=1", "d = a * b is computed; jvp takes leaves: a, b, c, f"),
        ("jvp a 3", "no leaf '3'; write = before a number, as in a=3"),
        ("jvp a=", "no number given; write one, as in jvp a=1"),
        ("jvp a=inf", "the tangent inf of a is not finite; write a number, as in jvp a=1"),
        ("jvp a=1 a=2", "a is given twice; write it once"),
        ("p a.tangent", "a.tangent is a number of forward mode; enter it, as in jvp a=1"),
        ("p q.tangent", "no node 'q'; l shows the nodes"),
    ],
)
def test_mistake_is_told_and_changes_nothing(line: str, said: str) -> None:
    lines = talk(graph(), line, "s")
    assert lines[1] == said
    assert lines[2:4] == ["(backward) s", "L = e * f = -8"]


def test_bad_number_is_shown_with_its_place() -> None:
    assert "^" in answer(graph(), "jvp a=1+")[-1]


def test_numbers_of_the_walk() -> None:
    root = graph()
    assert answer(root, "jvp a", "s", "p d") == ["d = a * b = -6     d' = -3", "  used by e"]
    assert answer(root, "jvp a", "s", "p d.tangent * 2") == ["-6"]
    assert answer(root, "jvp a", "s", "why d") == ["d' = a'·b = 1·(-3) = -3"]
    shares = graph("softmax([p, a])[0]", p=1.0, a=2.0)
    assert answer(shares, "jvp p", "s", "why L")[1] == "  where s = softmax([p, a]) = [s₁, s₂]"
    assert answer(root, "jvp a", "why d") == ["d' is not known yet at this step; go on, and ask again"]
    assert answer(root, "jvp a", "p d.tangent") == ["d.tangent is not known yet at this step; go on, and ask again"]
    assert answer(root, "jvp a", "b any if tangent < -2", "c")[-1].endswith("d' = a'·b = 1·(-3) = -3")


def test_list_has_a_column_of_tangents() -> None:
    lines = answer(graph(), "jvp a", "s", "l")
    assert lines[0].split() == ["node", "value", "tangent"]
    assert lines[3].split()[-2:] == ["-6", "-3"]
    assert lines[2].split()[-2:] == ["—", "—"]


def test_steps_back_and_jumps() -> None:
    lines = talk(graph(), "jvp a", "c", "rs", "j 1")
    assert "[3/3]  L undone" in lines
    assert lines[-3:-1] == ["[1/3]  d = a * b = 2 * (-3) = -6", "       d' = a'·b = 1·(-3) = -3"]


def test_backward_and_forward_leave_the_walk() -> None:
    assert talk(graph(), "s", "jvp a", "backward", "s")[-2].startswith("[2/7]  e.grad")
    lines = talk(graph(), "jvp a", "s", "forward", "s")
    assert "The forward pass: 3 operations, one a step; 1 done, j 0 goes to the beginning." in lines
    assert lines[-2] == "[2/3]  e = d + c = -6 + 10 = 4"


def test_set_changes_the_walk() -> None:
    assert answer(graph("a*a", a=3.0), "jvp a", "c", "set a 5", "why L") == ["L' = a'·a + a'·a = 1·5 + 1·5 = 10"]


def test_leaf_alone_ends_at_once() -> None:
    lines = talk(Value(3.0, label="a"), "jvp a=2")
    assert "The forward pass with tangents: 0 operations, one a step. a' = 2." in lines
    assert "The backward pass gives ∂a/∂a·a' = 1·2 = 2: equal to a'." in lines


def test_kink_is_a_hint_of_the_walk() -> None:
    lines = " ".join(talk(graph("abs(a)", a=0.0), "jvp a", "s"))
    assert "hint: L = abs(a) has a kink at a = 0" in lines


def test_shares_of_softmax_are_defined() -> None:
    lines = talk(graph("logsumexp([a, b])", a=1.0, b=2.0), "jvp a", "s")
    assert any(line.strip().startswith("where p = softmax") for line in lines)


def program() -> None:
    assert main(["step", "a*b + a**2", "a=2", "b=-3"]) == 0


def test_session_in_a_narrow_terminal_is_its_transcript() -> None:
    check_transcript("jvp_40", program, columns=40)


def test_session_of_the_documentation_is_up_to_date() -> None:
    text = (Path(__file__).parents[2] / "demos" / "stepping.md").read_text(encoding="utf-8")
    (session,) = re.findall(r"<!-- a session of forward mode -->\n```console\n(.*?)\n```\n", text, flags=re.DOTALL)
    command, _, expected = session.partition("\n")
    assert command == '$ autograd-tiny step "a*b + a**2" a=2 b=-3'
    screen = run_at_terminal(program, *TYPED.findall(expected))
    assert [line.rstrip() for line in screen.splitlines()] == expected.splitlines()


def test_label_with_a_prime_is_no_tangent() -> None:
    root = Value(2.0, label="a") * Value(3.0, label="a'")
    assert answer(root, "jvp a", "s")[:2] == ['[1/1]  L = a * "a\'" = 2 * 3 = 6', "       L' = a'·\"a'\" = 1·3 = 3"]
    assert answer(root, 'jvp "a\'"=5', "s")[1] == "       L' = \"a'\"'·a = 5·2 = 10"
    for name in ("a'", "\"a'\"'", "a"):
        assert answer(root, 'jvp "a\'"=5 a=7', f"p {name} * 1") == [{"a'": "7", "a": "2"}.get(name, "5")]
    assert answer(root, "p a' * 2") == ["a.tangent is a number of forward mode; enter it, as in jvp a=1"]
