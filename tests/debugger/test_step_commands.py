"""Steps, nodes, modules, jumps and both passes, forwards and backwards; breakpoints in both directions."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot
from autograd_tiny.errors import shorten
from tests.debugger.sessions import answer, graph, talk

SHARED = "b = a*a; c = b + a; b*c"


def network() -> Value:
    """Return a loss over two layers of neurons, labelled as nn labels its parameters."""
    x: list[Value | float] = [1.0, -2.0]
    for layer in range(2):
        outputs: list[Value | float] = []
        for neuron in range(2):
            place = f"layers[{layer}].neurons[{neuron}]"
            w = [Value(0.1 * (neuron - k) - 0.2 * layer, label=f"{place}.w[{k}]") for k in range(2)]
            outputs.append(dot(w, x, Value(0.5, label=f"{place}.b")).tanh())
        x = outputs
    loss = (x[0] - 1.0) ** 2 + (x[1] + 1.0) ** 2
    assert isinstance(loss, Value)
    return loss


def test_step_shows_node_and_contribution() -> None:
    assert answer(graph(), "s") == ["L = e * f = -8", "[1/7]  L.grad          — → 1          the seed"]
    assert answer(graph(), "s", "s") == ["[2/7]  e.grad          — → -2         += L.grad·f = 1·(-2) = -2"]


def test_step_takes_a_count() -> None:
    lines = answer(graph(), "s 5")
    assert [line for line in lines if line.startswith("[")][-1].startswith("[5/7]  c.grad ")
    assert "e = d + c = 4     e.grad = -2" in lines


def test_node_contributes_to_all_inputs() -> None:
    assert answer(graph(), "n", "n") == [
        "e = d + c = 4     e.grad = -2",
        "[4/7]  d.grad          — → -2         += e.grad·1 = -2·1 = -2",
        "[5/7]  c.grad          — → -2         += e.grad·1 = -2·1 = -2",
    ]


def test_contribution_is_added_to_gradient() -> None:
    lines = answer(graph("a * a", a=3.0), "n")
    assert "[3/3]  a.grad          3 → 6          += L.grad·a = 1·3 = 3" in lines


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("c", "s"), "The backward pass is over; rs goes back, q ends the session."),
        (("c", "n"), "The backward pass is over; rs goes back, q ends the session."),
        (("c", "c"), "The backward pass is over; rs goes back, q ends the session."),
        (("rs",), "This is the beginning of the backward pass; forward enters the forward pass."),
        (("rn",), "This is the beginning of the backward pass; forward enters the forward pass."),
        (("rc",), "This is the beginning of the backward pass; forward enters the forward pass."),
        (("forward", "rs"), "This is the beginning of the forward pass; backward enters the backward pass."),
        (("forward", "c", "s"), "The forward pass is over; backward enters the backward pass."),
    ],
)
def test_no_more_steps_shows_a_remedy(commands: tuple[str, ...], said: str) -> None:
    assert answer(graph(), *commands) == [said]


def test_undo_restores_the_gradient() -> None:
    root = graph("a * a", a=3.0)
    assert answer(root, "n", "rs") == ["[3/3]  a.grad          6 → 3          undone"]
    assert answer(root, "n", "rs", "rs") == ["[2/3]  a.grad          3 → —          undone"]


def test_node_undoes_latest_contribution_first() -> None:
    assert answer(graph(), "n", "rn") == [
        "[3/7]  f.grad          4 → —          undone",
        "[2/7]  e.grad          -2 → —          undone".replace("        -2", "       -2"),
        "[1/7]  L.grad          1 → —          undone",
    ]


def test_redo_shows_the_same_numbers() -> None:
    assert answer(graph(), "n 3", "rn 3", "n", "p e")[0] == answer(graph(), "n", "p e")[0]


def test_jump_goes_anywhere() -> None:
    lines = talk(graph(), "j 6", "j 1", "j 0")
    assert "[6/7]  a.grad          — → 6          += d.grad·b = -2·(-3) = 6" in lines
    assert "[1/7]  L.grad          — → 1          the seed" in lines
    assert "This is the beginning of the backward pass." in lines


@pytest.mark.parametrize("place", ["8", "-1", "x", "", "1.5", "²", "9" * 5000])
def test_jump_refuses_other_places(place: str) -> None:
    got = f"{shorten(place)} is not a step" if place else "no step given"
    expected = "j takes a whole number from 0 to 7, the number of steps done"
    assert answer(graph(), f"j {place}") == [f"{got}; {expected}"]


@pytest.mark.parametrize("count", ["0", "-3", "x", "1.5", "²"])
def test_step_refuses_other_counts(count: str) -> None:
    assert answer(graph(), f"s {count}") == [f"{count!r} is not a number of times; write a whole number from 1"]


def test_count_beyond_the_end_stops_there() -> None:
    assert (
        answer(graph(), "s 999999999999", "s") == answer(graph(), "n 999999999999", "s") == answer(graph(), "c", "s")
    )


def test_node_refuses_count_0() -> None:
    assert answer(graph(), "n 0") == ["'0' is not a number of times; write a whole number from 1"]


def test_forward_pass_computes_a_node_a_step() -> None:
    lines = talk(graph(), "forward", "s", "n", "s", "rs", "c", "backward", "s")
    assert "The forward pass: 3 operations, one a step." in lines
    assert "[1/3]  d = a * b = 2 * (-3) = -6" in lines
    assert "[2/3]  e = d + c = -6 + 10 = 4" in lines
    assert "[3/3]  L undone" in lines
    assert "… 1 operation computed" not in lines
    assert "The forward pass is over: L = -8. Now type backward." in lines
    assert "The backward pass: 7 steps, each one contribution, the seed included." in lines
    assert lines[-2].startswith("[1/7]  L.grad ")


def test_pass_goes_on_where_it_was_left() -> None:
    lines = talk(graph(), "s 4", "forward", "s", "backward", "s", "forward", "s")
    assert (
        "The backward pass: 7 steps, each one contribution, the seed included; 4 done, j 0 goes to the beginning."
        in " ".join(lines)
    )
    assert [line.split("]")[0] for line in lines if line.startswith("[")][-3:] == ["[1/3", "[5/7", "[2/3"]


def test_single_leaf_has_one_step() -> None:
    lines = talk(Value(3.0, label="a"), "s", "s", "forward", "s", "rs")
    assert "[1/1]  a.grad          — → 1          the seed" in lines
    assert "The forward pass: 0 operations, one a step." in lines


def test_layer_in_one_command() -> None:
    lines = talk(network(), "n layer", "n layer", "n layer")
    assert [line for line in lines if line.startswith(("…", " "))] == [
        "… 5 steps of 3 nodes outside every layer done",
        "… 14 steps of 6 nodes of layers[1].neurons[1], layers[1].neurons[0] done",
        "  gradients of 6 parameters: from -1.4984 to 2.3697, none of them 0",
        "… 8 steps of 4 nodes of layers[0].neurons[1], layers[0].neurons[0] done",
        "  gradients of 6 parameters: from -0.079608 to 0.039804, none of them 0",
    ]


def test_neuron_in_one_command_and_undone() -> None:
    lines = talk(network(), "n neuron", "n neuron", "n neuron", "rn neuron", "rn neuron", "rn neuron", "rn neuron")
    assert [line for line in lines if line.startswith(("…", "This"))] == [
        "… 5 steps of 3 nodes outside every neuron done",
        "… 8 steps of 4 nodes of layers[1].neurons[1] done",
        "… 6 steps of 2 nodes of layers[1].neurons[0] done",
        "… 6 steps of 2 nodes of layers[1].neurons[0] undone",
        "… 8 steps of 4 nodes of layers[1].neurons[1] undone",
        "… 5 steps of 3 nodes outside every neuron undone",
        "This is the beginning of the backward pass; forward enters the forward pass.",
    ]


def test_layer_in_forward_pass() -> None:
    lines = talk(network(), "forward", "n layer", "n layer", "rn layer")
    assert [line for line in lines if line.startswith("…")] == [
        "… 4 operations of layers[0].neurons[0], layers[0].neurons[1] computed",
        "… 9 operations of layers[1].neurons[0], layers[1].neurons[1] computed",
        "… 9 operations of layers[1].neurons[0], layers[1].neurons[1] undone",
    ]


def test_unknown_module_is_refused() -> None:
    assert answer(network(), "n block") == ["no module 'block'; the labels here name: layer, neuron"]
    assert answer(graph(), "n layer") == ["no module 'layer'; no label here is like layers[0].w[1]"]


# ── breakpoints ──


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
    assert answer(graph(), *setup, "cl a") == ["cleared 1: a", "cleared 3: a"]
    assert answer(graph(), *setup, "cl") == ["cleared 1: a", "cleared 2: b if grad > 10", "cleared 3: a"]


def test_breakpoint_numbers_are_unique() -> None:
    assert answer(graph(), "b a", "cl", "b a") == ["breakpoint 2: a"]


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("b z",), "no node 'z'; l shows the nodes"),
        (("b a when grad",), "'when grad' is not a condition; write one after if, as in b a if grad > 10"),
        (("b a if",), "'if' is not a condition; write one after if, as in b a if grad > 10"),
        (("b a if z > 1",), "no node 'z'; l shows the nodes"),
        (("tb",), "no node given; write its name after the command"),
        (("cl",), "no breakpoints to clear"),
        (("b a", "cl 7"), "no breakpoint 7; b lists them"),
        (("b a", "cl b"), "no breakpoint on b; b lists them"),
    ],
)
def test_breakpoint_mistake(commands: tuple[str, ...], said: str) -> None:
    assert answer(graph(), *commands) == [said]


def test_invalid_condition_is_refused_at_once() -> None:
    assert answer(graph(), "b a if grad >")[0] == "not a condition; write one such as grad > 10 and a.value < 0"
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


def test_hits_are_ignored() -> None:
    assert answer(graph(), "b a", "ignore 1 3") == ["breakpoint 1: a; ignores 3 hits"]
    assert answer(graph(), "b a", "ignore 1 1", "b") == ["breakpoint 1: a; ignores 1 hit"]
    assert stops("b a", "ignore 1 2", "c") == ["7"]
    assert stops("b a", "ignore 1 1", "c", "c") == ["6", "7"]
    assert answer(graph(), "ignore 1 3") == ["no breakpoint '1'; the breakpoints are: none"]
    assert answer(graph(), "b a", "ignore 2 3") == ["no breakpoint '2'; the breakpoints are: 1"]
    assert answer(graph(), "b a", "ignore 1 x") == [
        "no number of hits; write one after the breakpoint, as in ignore 1 3"
    ]


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
    assert answer(graph(), "forward", "until a") == ["a is computed already; j and rc go back"]


def test_blank_line_repeats_what_was_typed_not_a_command_of_a_breakpoint() -> None:
    lines = talk(graph(SHARED, a=2.0), "b a", "commands 1 p a.grad", "c", "", "")
    assert [line for line in lines if line in {"4", "24", "44"}] == ["4", "24", "44"]


def test_heading_defines_the_shares_of_softmax() -> None:
    root = graph("cross_entropy([a, b], 1)", a=1.0, b=1.0)
    assert answer(root, "s 3")[1:] == [
        "  where p = softmax([a, b])",
        "[1/3]  L.grad          — → 1          the seed",
        "[2/3]  a.grad          — → 0.5        += L.grad·p₁ = 1·0.5 = 0.5",
        "[3/3]  b.grad          — → -0.5       += L.grad·(p₂ - 1) = 1·(0.5 - 1) = -0.5",
        "The backward pass is over: a.grad = 0.5, b.grad = -0.5.",
    ]


@pytest.mark.parametrize("command", ["n", "rn"])
@pytest.mark.parametrize("count", ["-3", "+2", "1.5", ".5"])
def test_number_that_is_no_count_is_not_taken_for_a_module(command: str, count: str) -> None:
    said = f"{shorten(count)} is not a number of times; write a whole number from 1"
    assert answer(network(), f"{command} {count}") == [said]


def test_help_says_that_any_needs_a_condition() -> None:
    assert answer(graph(), "h b")[0].startswith("b [NODE] [if CONDITION]: ")
    assert "With any, which needs a condition, it is about all nodes" in " ".join(answer(graph(), "h b"))
    assert "condition" in answer(graph(), "b any")[0]
