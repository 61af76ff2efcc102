"""Breakpoints, and going on to them in both directions."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from tests.debugger.sessions import answer, graph, joined, talk

SHARED = "b = a*a; c = b + a; b*c"


def stops(*commands: str) -> list[str]:
    """Return how many steps were done at each stop of a session over a shared node."""
    lines = talk(graph(SHARED, a=2.0), *commands)
    return [line.split("/")[0].strip("[ ") for line in lines if line.startswith("[")]


def test_breakpoint_stops_at_each_contribution() -> None:
    assert stops("b a", "c", "c", "c") == ["5", "6", "7"]


def test_breakpoint_stops_at_same_places_back() -> None:
    assert stops("b a", "c", "c", "c", "rc", "rc") == ["5", "6", "7", "6", "5"]


def test_condition_decides_at_each_contribution() -> None:
    assert stops("b a if grad > 8 and contribution > 0", "c", "c") == ["6", "7"]


def test_condition_on_other_nodes() -> None:
    assert stops("b a if b.grad > 1 and upstream == b.grad", "c", "c") == ["6", "7"]


def test_unknown_number_fails_the_condition() -> None:
    assert stops("b c if a.grad > -100 or a.grad < 100", "c") == []


def test_condition_on_value_and_partial() -> None:
    assert stops("b a if value == 2 and partial == 1", "c", "c") == ["5"]


def test_breakpoint_on_root_stops_at_seed() -> None:
    assert stops("b L", "c") == ["1"]


def test_breakpoint_in_forward_pass() -> None:
    assert stops("b c", "b a", "forward", "c") == ["2"]


def test_stop_names_breakpoint_and_step() -> None:
    assert answer(graph(SHARED, a=2.0), "b a", "c")[:4] == [
        "… 5 steps of 2 nodes done",
        "Breakpoint 1: a",
        "c = b + a = 6     c.grad = 4",
        "[5/7]  a.grad          — → 4          += c.grad·1 = 4·1 = 4",
    ]


def test_stop_after_one_step_has_no_count() -> None:
    assert answer(graph(), "b L", "c")[0] == "Breakpoint 1: L"


def test_temporary_breakpoint_stops_once() -> None:
    assert stops("tb a", "c", "c") == ["5"]
    assert answer(graph(), "tb a", "b") == ["breakpoint 1: a (once)"]
    assert answer(graph(), "tb a", "c", "b") == ["no breakpoints; set one, as in b a, or b a if grad > 10"]


def test_two_breakpoints_at_one_step() -> None:
    assert "Breakpoint 1: a, 2: a if grad > 0" in answer(graph(), "b a", "b a if grad > 0", "c")


def test_breakpoints_are_listed_and_cleared() -> None:
    setup = ("b a", "b b if grad > 10", "b a")
    assert answer(graph(), *setup, "b") == ["breakpoint 1: a", "breakpoint 2: b if grad > 10", "breakpoint 3: a"]
    assert answer(graph(), *setup, "cl 2", "b") == ["breakpoint 1: a", "breakpoint 3: a"]
    assert answer(graph(), *setup, "cl 1 3 1") == ["cleared 1: a", "cleared 3: a"]
    assert answer(graph(), *setup, "cl 1 7") == ["no breakpoint 7; b lists them"]
    assert answer(graph(), *setup, "cl 1.5") == ["'1.5' is not a number of a breakpoint; b lists them"]
    assert answer(graph(), *setup, "cl 1 a") == ["'1 a' is not a number of a breakpoint; b lists them"]
    assert answer(graph(), *setup, "cl a") == ["cleared 1: a", "cleared 3: a"]
    assert answer(graph(), *setup, "cl") == ["cleared 1: a", "cleared 2: b if grad > 10", "cleared 3: a"]


def test_breakpoint_numbers_are_unique() -> None:
    assert answer(graph(), "b a", "cl", "b a") == ["breakpoint 2: a"]


def test_until_needs_a_node() -> None:
    for place in ([], ["s 2"], ["s 2", "d"]):
        assert answer(graph(), *place, "until") == ["no node given; write its name, as in until a"]
        assert answer(graph(), *place, "until", "s") == answer(graph(), *place, "s")
    assert answer(graph(), "forward", "until") == ["no node given; write its name, as in until L"]


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("b z",), "no node 'z'; l shows the nodes"),
        (("b a when grad",), "'when grad' is not a condition; write one after if, as in b a if grad > 10"),
        (("b a if",), "no condition follows if; write one after it, as in b a if grad > 10"),
        (
            ("b a if z > 1",),
            "'z' is neither a number nor a node; a condition also knows contribution, grad, partial, upstream, value",
        ),
        (("b a if gard > 1",), "'gard' is neither a number nor a node; did you mean grad?"),
        (("b if grad > 1",), "no node before if; any means all of them, as in b any if grad > 1"),
        (("b a, grad > 1",), "a condition follows if, as in b a if grad > 1"),
        (
            ("until grad > 1",),
            "until takes a node here; set a breakpoint for a condition, as in b any if abs(grad) > 1e3",
        ),
        (
            ("forward", "until a"),
            "a is a leaf, which no step of the forward pass computes; backward leaves this pass",
        ),
        (("ignore",), "no number of a breakpoint given; the breakpoints are: none"),
        (("tb",), "no node given; write its name after the command"),
        (("cl",), "no breakpoints to clear"),
        (("b a", "cl 7"), "no breakpoint 7; b lists them"),
        (("b a", "cl b"), "no breakpoint on b; b lists them"),
    ],
)
def test_breakpoint_mistake(commands: tuple[str, ...], said: str) -> None:
    assert joined(answer(graph(), *commands)) == said


def test_invalid_condition_is_refused_at_once() -> None:
    for text in ("grad is 1", "grad > 1 if", "grad in a", "grad >", "grad > 1and a > 0"):
        assert answer(graph(), f"b a if {text}")[:2] == [
            "not a condition; write one such as grad > 10",
            f"  {text}",
        ]
    assert answer(graph(), "b a if grad = 1") == ["not a condition; write == to compare", "  grad = 1", "       ^"]
    assert answer(graph(), "b a if grad >")[0] == "not a condition; write one such as grad > 10"
    assert answer(graph(), "b a if grad >", "b") == ["no breakpoints; set one, as in b a, or b a if grad > 10"]


def test_continue_takes_a_count() -> None:
    assert stops("b a", "c 2") == stops("b a", "c", "c")[-1:]
    assert stops("b a", "c 3", "rc 2") == ["7", "5"]
    assert answer(graph(), "b a", "c 2")[-1].startswith("The backward pass is over")
    assert answer(graph(), "c 0") == ["'0' is not a number of times; write a whole number from 1"]


# ── breakpoints over the whole graph ──


def test_any_stops_at_every_node_with_the_condition() -> None:
    assert answer(graph(), "b any if grad == 6", "c")[1:4] == [
        "Breakpoint 1: any if grad == 6",
        "d = a * b = -6     d.grad = -2",
        "[6/7]  a.grad          — → 6          += d.grad·b = -2·(-3) = 6",
    ]


def test_any_finds_the_first_nan() -> None:
    lines = answer(graph("d = a*b; 0*log(d)", a=0.0, b=1.0), "b any if grad != grad", "c")
    assert "Breakpoint 1: any if grad != grad" in lines
    assert next(line for line in lines if line.startswith("[")).split()[1:2] == ["d.grad"]


def test_any_in_the_forward_pass_looks_at_values() -> None:
    assert stops("b any if value == 6", "forward", "c") == ["2"]


def test_any_takes_a_condition() -> None:
    said = "b any takes a condition, as in b any if abs(grad) > 1e3; s stops at every step"
    assert answer(graph(), "b any") == [said]
    root = Value(2.0, label="any") * 3.0
    assert answer(root, "b any") == ["breakpoint 1: any"]


def test_watch_stops_where_the_gradient_changes() -> None:
    lines = talk(graph(SHARED, a=2.0), "watch a", "c", "c", "c")
    assert [line for line in lines if line.startswith("Breakpoint")] == [
        "Breakpoint 1: watch a: a.grad — → 4",
        "Breakpoint 1: watch a: a.grad 4 → 24",
        "Breakpoint 1: watch a: a.grad 24 → 44",
    ]


def test_watch_passes_a_contribution_of_0() -> None:
    root = graph("a + 0*a + 2*a", a=1.0)
    assert stops_of(root, "watch a", *["c"] * 4) == [4, 5]
    assert stops_of(root, "b a", *["c"] * 4) == [4, 5, 7]


def stops_of(root: Value, *commands: str) -> list[int]:
    """Return how many steps were done at each stop of a session."""
    return [int(line.split("/")[0].strip("[ ")) for line in talk(root, *commands) if line.startswith("[")]


def test_watch_stops_at_a_first_contribution_of_0() -> None:
    a, b = Value(0.0, label="a"), Value(2.0, label="b")
    lines = talk(a * b, "h watch", "watch b", "c", "q")
    assert "the first to arrive, from — to 0." in lines
    assert "Breakpoint 1: watch b: b.grad — → 0" in lines


def test_watch_takes_a_node_alone() -> None:
    assert answer(graph(), "watch a if grad") == [
        "'if grad' is left over; watch takes a node alone, b takes a condition"
    ]
    assert answer(graph(), "watch d", "forward", "c")[0] == "Breakpoint 1: watch d"


def test_number_alone_is_a_condition_that_it_is_not_0() -> None:
    assert "a number alone holds where it is not 0." in joined(answer(graph(), "h b"))
    stops = {"grad": 1, "grad + 1": 1, "0": 0, "not grad": 0, "grad - grad": 0, "2 and grad": 1}
    for condition, count in stops.items():
        lines = talk(graph("a * b + b * 0", a=0.0, b=2.0), f"b a if {condition}", "c")
        assert sum(line.startswith("Breakpoint 1") for line in lines) == count, condition


def test_hits_are_ignored() -> None:
    assert answer(graph(), "b a", "ignore 1 3") == ["breakpoint 1: a; ignores 3 hits"]
    assert answer(graph(), "b a", "ignore 1 1", "b") == ["breakpoint 1: a; ignores 1 hit"]
    assert stops("b a", "ignore 1 2", "c") == ["7"]
    assert stops("b a", "ignore 1 1", "c", "c") == ["6", "7"]
    assert answer(graph(), "ignore 1 3") == ["no breakpoint '1'; the breakpoints are: none"]
    assert answer(graph(), "b a", "ignore 2 3") == ["no breakpoint '2'; the breakpoints are: 1"]
    remedy = "write a whole number after the breakpoint, as in ignore 1 3"
    assert joined(answer(graph(), "b a", "ignore 1")) == f"no number of hits; {remedy}"
    for arrived in ("-1", "x", "2.5"):
        assert (
            joined(answer(graph(), "b a", f"ignore 1 {arrived}")) == f"'{arrived}' is not a number of hits; {remedy}"
        )


def test_commands_are_run_at_a_stop() -> None:
    lines = talk(graph(SHARED, a=2.0), "b a", "commands 1 p a.grad; rs", "c", "c")
    assert lines.count("(backward) p a.grad") == 2
    assert lines[lines.index("(backward) p a.grad") + 1] == "4"
    assert answer(graph(), "b a", "commands 1 p a; why a", "b") == ["breakpoint 1: a; then p a; why a"]


def test_commands_are_read_up_to_end() -> None:
    lines = talk(graph(), "b a", "commands 1", "p a.grad", "end", "c")
    assert lines[lines.index("(backward) p a.grad") + 1] == "6"
    assert answer(graph(), "b a", "commands 1", "end", "b") == ["breakpoint 1: a"]
    assert talk(graph(), "b a", "commands 1", "p a")[-2] == "breakpoint 1: a; then p a"


def test_until_completes_the_gradient_of_a_node() -> None:
    assert stops("until b", "until a") == ["4", "7"]
    assert stops("b c", "until a", "until a") == ["3", "7"]
    assert stops("forward", "until c") == ["2"]
    assert answer(graph(), "until e", "until e") == ["e has its whole gradient already; j and rc go back"]
    assert answer(graph(), "forward", "s", "until d") == ["d is computed already; j and rc go back"]


def test_blank_line_repeats_what_was_typed_not_a_command_of_a_breakpoint() -> None:
    lines = talk(graph(SHARED, a=2.0), "b a", "commands 1 p a.grad", "c", "", "")
    assert [line for line in lines if line in {"4", "24", "44"}] == ["4", "24", "44"]


def test_help_says_that_any_needs_a_condition() -> None:
    assert answer(graph(), "h b")[0].startswith("b [NODE] [if CONDITION]: ")
    assert "With any, which needs a condition, it is about all nodes" in " ".join(answer(graph(), "h b"))
    assert "condition" in answer(graph(), "b any")[0]


def test_number_that_is_not_known_yet_does_not_end_the_commands_of_a_breakpoint() -> None:
    lines = talk(graph(), "b e", "commands 1 p a.grad; p e.grad; zz; p e", "c")
    assert lines[-8:-1] == [
        "(backward) p a.grad",
        "a.grad is not known yet at this step; go on, and ask again",
        "(backward) p e.grad",
        "-2",
        "(backward) zz",
        "no command 'zz'; h lists them",
        "1 command after this one left out",
    ]


def test_breakpoint_that_goes_back_to_itself_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.debugger.session.MOST_UNATTENDED", 9)
    lines = talk(graph(), "b e", "commands 1 j 0; c", "c", "p e")
    said = "9 commands were run after the one that was typed; does a breakpoint go back to itself?"
    assert said in joined(lines)
    assert any(line.startswith("e = d + c = 4") for line in lines)


def test_last_step_alone_is_shown() -> None:
    step, *_, over = answer(graph(), "j 6", "c")[1:]
    assert (step[:5], over[:26]) == ("[7/7]", "The backward pass is over:")
    assert answer(graph(), "j 5", "c")[0] == "… 2 steps of 1 node done"
