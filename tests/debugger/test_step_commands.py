"""Steps, nodes, modules, jumps and both passes, forwards and backwards."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot
from autograd_tiny.errors import shorten
from tests.debugger.sessions import answer, graph, joined, talk


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
    assert joined(answer(graph(), f"j {place}")).endswith(f"{got}; {expected}")


@pytest.mark.parametrize("count", ["0", "-3", "x", "1.5", "²"])
def test_step_refuses_other_counts(count: str) -> None:
    assert answer(graph(), f"s {count}") == [f"{count!r} is not a number of times; write a whole number from 1"]


def test_count_beyond_the_end_stops_there() -> None:
    assert (
        answer(graph(), "s 999999999999", "s") == answer(graph(), "n 999999999999", "s") == answer(graph(), "c", "s")
    )


@pytest.mark.parametrize("count", ["9" * 20, "9" * 5000, "0" * 5000 + "7"])
def test_count_of_any_length_is_a_number(count: str) -> None:
    ends = [answer(graph(), command, "s") for command in ("c", f"s {count}", f"n {count}", f"c {count}")]
    assert ends == [ends[0]] * 4
    assert "breakpoint 1: a; ignores " in joined(answer(graph(), "b a", f"ignore 1 {count}"))
    assert "This is the beginning" in joined(answer(graph(), f"s {count}", f"rs {count}", f"rc {count}"))


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
    assert answer(network(), "n block") == [
        "'block' is neither a number of times nor a module; the labels here name: layer,",
        "  neuron",
    ]
    said = "is neither a number of times nor a module; no label here is like layers[0].w[1]"
    assert joined(answer(graph(), "n two")) == f"'two' {said}"


# ── breakpoints ──


def test_heading_defines_the_shares_of_softmax() -> None:
    root = graph("cross_entropy([a, b], 1)", a=1.0, b=1.0)
    assert answer(root, "s 3")[1:] == [
        "  where p = softmax([a, b]) = [p₁, p₂]",
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
