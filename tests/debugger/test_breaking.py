"""Breakpoints: where they stop, in both directions, and how they are cleared."""

from __future__ import annotations

import pytest

from tests.debugger.sessions import answer, graph, talk

SHARED = "b = a*a; c = b + a; b*c"


def stops(*commands: str) -> list[str]:
    """Return how many steps were done at each stop of a session over a shared node."""
    lines = talk(graph(SHARED, a=2.0), *commands)
    return [line.split("/")[0].strip("[ ") for line in lines if line.startswith("[")]


def test_a_breakpoint_stops_whenever_its_node_receives_a_contribution() -> None:
    assert stops("b a", "c", "c", "c") == ["5", "6", "7"]


def test_a_breakpoint_stops_going_back_where_it_stopped_going_forth() -> None:
    assert stops("b a", "c", "c", "c", "rc", "rc") == ["5", "6", "7", "6", "5"]


def test_a_condition_decides_at_each_contribution() -> None:
    assert stops("b a if grad > 8 and contribution > 0", "c", "c") == ["6", "7"]


def test_a_condition_may_speak_of_other_nodes() -> None:
    assert stops("b a if b.grad > 1 and upstream == b.grad", "c", "c") == ["6", "7"]


def test_what_is_not_known_yet_makes_no_condition_true() -> None:
    assert stops("b c if a.grad > -100 or a.grad < 100", "c") == []


def test_a_condition_may_speak_of_values_and_partials() -> None:
    assert stops("b a if value == 2 and partial == 1", "c", "c") == ["5"]


def test_a_breakpoint_on_the_root_stops_at_the_seed() -> None:
    assert stops("b L", "c") == ["1"]


def test_a_breakpoint_stops_in_the_forward_pass_when_its_node_is_computed() -> None:
    assert stops("b c", "b a", "forward", "c") == ["2"]


def test_a_stop_names_the_breakpoint_and_shows_the_step() -> None:
    assert answer(graph(SHARED, a=2.0), "b a", "c")[:4] == [
        "… 5 steps of 2 nodes made",
        "Breakpoint 1: a",
        "c = b + a = 6     c.grad = 4",
        "[5/7]  a.grad          — → 4          += ∂L/∂c·∂c/∂a = 4·1 = 4",
    ]


def test_a_stop_after_one_step_does_not_count_it() -> None:
    assert answer(graph(), "b L", "c")[0] == "Breakpoint 1: L"


def test_a_temporary_breakpoint_stops_once() -> None:
    assert stops("tb a", "c", "c") == ["5"]
    assert answer(graph(), "tb a", "b") == ["breakpoint 1: a (once)"]
    assert answer(graph(), "tb a", "c", "b") == ["no breakpoints; write a node, as in b a, or b a if grad > 10"]


def test_two_breakpoints_at_one_step_are_both_named() -> None:
    assert "Breakpoint 1: a, 2: a if grad > 0" in answer(graph(), "b a", "b a if grad > 0", "c")


def test_breakpoints_are_listed_and_cleared() -> None:
    setup = ("b a", "b b if grad > 10", "b a")
    assert answer(graph(), *setup, "b") == ["breakpoint 1: a", "breakpoint 2: b if grad > 10", "breakpoint 3: a"]
    assert answer(graph(), *setup, "cl 2", "b") == ["breakpoint 1: a", "breakpoint 3: a"]
    assert answer(graph(), *setup, "cl a") == ["cleared 1: a", "cleared 3: a"]
    assert answer(graph(), *setup, "cl") == ["cleared 1: a", "cleared 2: b if grad > 10", "cleared 3: a"]


def test_a_number_is_not_given_twice() -> None:
    assert answer(graph(), "b a", "cl", "b a") == ["breakpoint 2: a"]


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("b z",), "no node 'z'; l shows the nodes"),
        (("b a when grad",), "behind the node stands nothing, or if and a condition, as in b a if grad > 10"),
        (("b a if",), "behind the node stands nothing, or if and a condition, as in b a if grad > 10"),
        (("b a if z > 1",), "no node 'z'; l shows the nodes"),
        (("tb",), "which node? write its name behind the command"),
        (("cl",), "no breakpoints to clear"),
        (("b a", "cl 7"), "no breakpoint is called 7 or belongs to it; b lists them"),
        (("b a", "cl b"), "no breakpoint is called b or belongs to it; b lists them"),
    ],
)
def test_a_mistake_is_a_sentence(commands: tuple[str, ...], said: str) -> None:
    assert answer(graph(), *commands) == [said]


def test_a_condition_that_is_none_is_refused_at_once() -> None:
    assert answer(graph(), "b a if grad >")[0] == "no condition; write one such as grad > 10 and a.value < 0"
    assert answer(graph(), "b a if grad >", "b") == ["no breakpoints; write a node, as in b a, or b a if grad > 10"]
