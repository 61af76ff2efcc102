"""The commands that walk: steps, nodes, layers, jumps, both passes, forwards and backwards."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot
from tests.debugger.sessions import answer, graph, talk


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


def test_a_step_shows_the_node_that_acts_and_the_contribution_it_makes() -> None:
    assert answer(graph(), "s") == ["L = e * f = -8", "[1/7]  L.grad          — → 1          the seed: ∂L/∂L = 1"]
    assert answer(graph(), "s", "s") == ["[2/7]  e.grad          — → -2         += ∂L/∂L·∂L/∂e = 1·f = 1·(-2) = -2"]


def test_a_number_behind_s_makes_so_many_steps() -> None:
    lines = answer(graph(), "s 5")
    assert [line for line in lines if line.startswith("[")][-1].startswith("[5/7]  c.grad ")
    assert "e = d + c = 4     e.grad = -2" in lines


def test_a_node_hands_down_to_all_of_its_inputs() -> None:
    assert answer(graph(), "n", "n") == [
        "e = d + c = 4     e.grad = -2",
        "[4/7]  d.grad          — → -2         += ∂L/∂e·∂e/∂d = -2·1 = -2",
        "[5/7]  c.grad          — → -2         += ∂L/∂e·∂e/∂c = -2·1 = -2",
    ]


def test_a_contribution_is_added_to_what_was_there() -> None:
    lines = answer(graph("a * a", a=3.0), "n")
    assert "[3/3]  a.grad          3 → 6          += ∂L/∂L·∂L/∂a = 1·a = 1·3 = 3" in lines


def test_the_end_of_the_pass_lists_the_gradients_of_the_leaves() -> None:
    assert answer(graph(), "c")[-1] == (
        "The backward pass is over: a.grad = 6, b.grad = -4, c.grad = -2, f.grad = 4."
    )


def test_the_end_of_a_pass_over_many_leaves_names_the_largest_gradient() -> None:
    lines = answer(graph("sum([a,b,c,d,f,g,h,i,k*0]) + 5*k", **dict.fromkeys("abcdfghik", 1.0)), "c")
    assert " ".join(lines[-2:]).endswith("is over: 9 leaves, the largest gradient is k.grad = 5, none of them 0.")


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("c", "s"), "The backward pass is over; rs goes back, q ends the session."),
        (("c", "n"), "The backward pass is over; rs goes back, q ends the session."),
        (("c", "c"), "The backward pass is over; rs goes back, q ends the session."),
        (("rs",), "This is the beginning of the backward pass; forward walks the forward pass."),
        (("rn",), "This is the beginning of the backward pass; forward walks the forward pass."),
        (("rc",), "This is the beginning of the backward pass; forward walks the forward pass."),
        (("forward", "rs"), "This is the beginning of the forward pass; backward walks the backward pass."),
        (("forward", "c", "s"), "The forward pass is over; backward walks the backward pass."),
    ],
)
def test_where_there_is_no_step_it_is_said_what_can_be_done(commands: tuple[str, ...], said: str) -> None:
    assert answer(graph(), *commands) == [said]


def test_a_step_back_restores_the_number_that_was_there() -> None:
    root = graph("a * a", a=3.0)
    assert answer(root, "n", "rs") == ["[3/3]  a.grad          6 → 3          taken back"]
    assert answer(root, "n", "rs", "rs") == ["[2/3]  a.grad          3 → —          taken back"]


def test_a_node_is_taken_back_latest_contribution_first() -> None:
    assert answer(graph(), "n", "rn") == [
        "[3/7]  f.grad          4 → —          taken back",
        "[2/7]  e.grad          -2 → —          taken back".replace("        -2", "       -2"),
        "[1/7]  L.grad          1 → —          taken back",
    ]


def test_forwards_and_back_again_shows_the_same_numbers() -> None:
    assert answer(graph(), "n 3", "rn 3", "n", "p e")[0] == answer(graph(), "n", "p e")[0]


def test_many_steps_back_are_one_line() -> None:
    root = graph("sum([a,b,c,d,f,g,h,i])", **dict.fromkeys("abcdfghi", 1.0))
    assert answer(root, "c", "rs 8") == ["… 8 steps of 1 node taken back"]


def test_a_jump_goes_anywhere() -> None:
    lines = talk(graph(), "j 6", "j 1", "j 0")
    assert "[6/7]  a.grad          — → 6          += ∂L/∂d·∂d/∂a = -2·b = -2·(-3) = 6" in lines
    assert "[1/7]  L.grad          — → 1          the seed: ∂L/∂L = 1" in lines
    assert "This is the beginning of the backward pass." in lines


@pytest.mark.parametrize("place", ["8", "-1", "x", "", "1.5", "²", "9" * 5000])
def test_a_jump_takes_a_place_that_there_is(place: str) -> None:
    assert answer(graph(), f"j {place}") == ["j takes a whole number from 0 to 7, how many steps are done"]


@pytest.mark.parametrize("count", ["0", "-3", "x", "1.5", "²"])
def test_a_count_is_a_whole_number(count: str) -> None:
    assert answer(graph(), f"s {count}") == [f"how many? {count!r} is no whole number from 1"]


def test_more_than_there_are_is_as_many_as_there_are() -> None:
    assert (
        answer(graph(), "s 999999999999", "s") == answer(graph(), "n 999999999999", "s") == answer(graph(), "c", "s")
    )


def test_nodes_are_counted_in_whole_numbers() -> None:
    assert answer(graph(), "n 0") == ["how many? '0' is no whole number from 1"]


def test_the_forward_pass_computes_one_node_a_step() -> None:
    lines = talk(graph(), "forward", "s", "n", "s", "rs", "c", "backward", "s")
    assert "The forward pass: 3 steps, each one node." in lines
    assert "[1/3]  d = a * b = 2 * (-3) = -6" in lines
    assert "[2/3]  e = d + c = -6 + 10 = 4" in lines
    assert "[3/3]  L taken back" in lines
    assert "… 1 node computed" not in lines
    assert "The forward pass is over: L = -8. Now type backward." in lines
    assert "The backward pass: 7 steps, each one contribution, the seed included." in lines
    assert lines[-2].startswith("[1/7]  L.grad ")


def test_a_pass_goes_on_where_it_was_left() -> None:
    lines = talk(graph(), "s 4", "forward", "s", "backward", "s", "forward", "s")
    assert (
        "The backward pass: 7 steps, each one contribution, the seed included; 4 are done, j 0 goes to the beginning."
        in lines
    )
    assert [line.split("]")[0] for line in lines if line.startswith("[")][-3:] == ["[1/3", "[5/7", "[2/3"]


def test_a_graph_of_one_leaf_has_one_step() -> None:
    lines = talk(Value(3.0, label="a"), "s", "s", "forward", "s", "rs")
    assert "[1/1]  a.grad          — → 1          the seed: ∂a/∂a = 1" in lines
    assert "The forward pass: 0 steps, each one node." in lines


def test_very_many_steps_show_those_of_the_last_node() -> None:
    x = Value(1.0, label="x")
    for _ in range(60):
        x = x * 1.5
    lines = answer(x, "s 50")
    assert lines[0] == "… 49 steps of 48 nodes made"
    assert lines[-1].startswith("[50/61] ")


def test_many_contributions_of_one_node_share_lines() -> None:
    w = [Value(0.1 * k, label=f"w[{k}]") for k in range(64)]
    x = [Value(1.0 if k else 2.0, label=f"x[{k}]") for k in range(64)]
    lines = answer(dot(w, x, Value(1.0, label="b")), "n")
    assert lines[2:4] == [
        "[  2..65/130]  64 contributions to w[0..63], from 1 to 2",
        "[ 66..129/130]  64 contributions to x[0..63], from 0 to 6.3",
    ]
    assert lines[0] == "L = dot(…) = 202.6"
    assert lines[4].startswith("[130/130]  b.grad ")


def test_a_layer_is_walked_in_one_command() -> None:
    lines = talk(network(), "n layer", "n layer", "n layer")
    assert [line for line in lines if line.startswith(("…", " "))] == [
        "… 5 steps of 3 nodes outside of every layer made",
        "… 14 steps of 6 nodes of layers[1].neurons[1], layers[1].neurons[0] made",
        "  gradients of 6 parameters: from -1.4984 to 2.3697, none of them 0",
        "… 8 steps of 4 nodes of layers[0].neurons[1], layers[0].neurons[0] made",
        "  gradients of 6 parameters: from -0.079608 to 0.039804, none of them 0",
    ]


def test_a_neuron_is_walked_in_one_command_and_taken_back() -> None:
    lines = talk(network(), "n neuron", "n neuron", "n neuron", "rn neuron", "rn neuron", "rn neuron", "rn neuron")
    assert [line for line in lines if line.startswith(("…", "This"))] == [
        "… 5 steps of 3 nodes outside of every neuron made",
        "… 8 steps of 4 nodes of layers[1].neurons[1] made",
        "… 6 steps of 2 nodes of layers[1].neurons[0] made",
        "… 6 steps of 2 nodes of layers[1].neurons[0] taken back",
        "… 8 steps of 4 nodes of layers[1].neurons[1] taken back",
        "… 5 steps of 3 nodes outside of every neuron taken back",
        "This is the beginning of the backward pass; forward walks the forward pass.",
    ]


def test_a_layer_is_walked_in_the_forward_pass() -> None:
    lines = talk(network(), "forward", "n layer", "n layer", "rn layer")
    assert [line for line in lines if line.startswith("…")] == [
        "… 4 nodes of layers[0].neurons[0], layers[0].neurons[1] computed",
        "… 9 nodes of layers[1].neurons[0], layers[1].neurons[1] computed",
        "… 9 nodes of layers[1].neurons[0], layers[1].neurons[1] taken back",
    ]


def test_a_module_that_no_label_tells_of_is_refused() -> None:
    assert answer(network(), "n block") == [
        "no module is called 'block'; the labels here tell of: layer, neuron, as in layers[0].neurons[1].w[0]"
    ]
    assert answer(graph(), "n layer") == [
        "no module is called 'layer'; no label here has a dot in it, as in layers[0].neurons[1].w[0]"
    ]
