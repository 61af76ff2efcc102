"""The classic confusions, and what the tool says to each."""

from __future__ import annotations

import autograd_tiny as at
from autograd_tiny import Value


def notes(root: Value, node: Value) -> list[str]:
    return root.trace().notes(node)


def test_why_gradients_add_up() -> None:
    a = Value(3.0, label="a")
    root = a * 2.0 + a.exp()
    assert notes(root, a) == ["a is used 2 times: each use hands it a contribution, and these add up."]
    trace = root.trace()
    trace.finish()
    assert trace.why(a) == "∂L/∂a = ∂L/∂v2·∂v2/∂a + ∂L/∂v1·∂v1/∂a = 1·20.086 + 1·2 = 22.086"


def test_a_node_used_twice_by_one_consumer_is_used_twice() -> None:
    a = Value(3.0, label="a")
    assert notes(a * a, a) == ["a is used 2 times: each use hands it a contribution, and these add up."]


def test_why_topological_order() -> None:
    a = Value(1.0, label="a")
    b = a + a
    b.label = "b"
    _, used_twice, order = notes(b + b, b)
    assert used_twice == "b is used 2 times: each use hands it a contribution, and these add up."
    assert order == (
        "b hands its gradient on after the last of them, as the topological order has it; "
        "earlier, its inputs would miss what is still to come."
    )


def test_what_a_second_backward_does() -> None:
    a = Value(3.0, label="a")
    root = a * 2.0
    root.backward()
    (note,) = notes(root, a)
    assert note == (
        "a already holds the gradient 2, just what one backward() of this graph gives; another adds the same again: "
        "2 + 2 = 4. Gradients of leaves add up until they are set to 0 (zero_grad())."
    )
    root.backward()
    assert a.grad == 4.0


def test_what_a_forgotten_zero_grad_does() -> None:
    a = Value(3.0, label="a")
    (a * 5.0).backward()
    root = a * -2.0
    (note,) = notes(root, a)
    assert note == (
        "a already holds the gradient 5, left from an earlier pass; backward() and apply() add to it: 5 + (-2) = 3. "
        "Gradients of leaves add up until they are set to 0 (zero_grad())."
    )
    root.backward()
    assert a.grad == 3.0


def test_a_graph_says_which_leaves_hold_a_gradient() -> None:
    leaves = [Value(1.0, label=name) for name in "abcde"]
    root = at.sum(leaves)
    assert root.trace().notes() == []
    leaves[0].grad = 1.0
    (note,) = root.trace().notes()
    assert note == "a already holds a gradient; backward() and apply() add to it, unless zero_grad() comes first."
    leaves[1].grad = 1.0
    assert root.trace().notes()[0].startswith("a and b already hold a gradient; ")
    root.backward()
    assert root.trace().notes()[0].startswith("a, b, c and 2 other leaves already hold a gradient")


def test_the_gradient_of_an_inner_node_is_no_leftover() -> None:
    a = Value(3.0, label="a")
    root = a.exp() * 2.0
    root.backward()
    a.grad = 0.0
    assert root.trace().notes() == []


def test_why_the_dead_relu_has_0() -> None:
    w, x = Value(-1.0, label="w"), Value(2.0, label="x")
    z = w * x
    h = z.relu()
    z.label, h.label = "z", "h"
    root = h * 3.0
    assert notes(root, z)[1:] == [
        "h = relu(z) hands nothing back to z, whatever its own gradient: ∂h/∂z = 0 at z = -2."
    ]
    assert notes(root, w) == ["Nothing reaches w: ∂L/∂z = 0, for what comes after z hands nothing back."]


def test_a_weight_whose_input_is_0_learns_nothing() -> None:
    w, x = Value(-1.0, label="w"), Value(0.0, label="x")
    assert notes(w * x, w) == ["L = w * x hands nothing back to w, whatever its own gradient: ∂L/∂w = 0 at w = -1."]


def test_of_many_consumers_that_hand_nothing_back_three_are_named() -> None:
    x = Value(-1.0, label="x")
    blocked = notes(at.sum([x.relu() for _ in range(10)]), x)[1:]
    assert len(blocked) == 3


def test_a_node_that_something_reaches_is_not_said_to_starve() -> None:
    w = Value(-1.0, label="w")
    root = (w * 2.0).relu() + w.exp()
    assert notes(root, w) == ["w is used 2 times: each use hands it a contribution, and these add up."]


def test_a_node_with_a_flat_consumer_and_a_starving_one_hears_of_both() -> None:
    w = Value(-1.0, label="w")
    flat, starving = notes((w * 2.0).relu() + w.relu() * 0.0, w)[1:]
    assert flat == "v3 = relu(w) hands nothing back to w, whatever its own gradient: ∂v3/∂w = 0 at w = -1."
    assert starving == "Nothing reaches w: ∂L/∂v1 = 0, for what comes after v1 hands nothing back."


def test_why_an_intermediate_is_no_leaf() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    h = a * b
    h.label = "h"
    (note,) = notes(h * 2.0, h)
    assert note == (
        "h is no leaf, but computed: h = a * b. Each backward pass sets its gradient anew, on the way to the leaves; "
        "only those add theirs up and are what an optimizer changes."
    )


def test_there_is_nothing_to_say_about_a_leaf_used_once() -> None:
    a = Value(2.0, label="a")
    assert notes(a * 3.0, a) == []


def test_a_prompt_shows_notes_line_by_line() -> None:
    a = Value(3.0, label="a")
    trace = (a * a + a).trace()
    assert repr(trace.notes("v1")) == "\n".join(trace.notes("v1"))
    assert repr(trace.notes()) == "There is nothing to note."
