"""Facts about nodes and graphs, as the notes of a trace tell them."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.trace.fact_texts import SENTENCES
from autograd_tiny.trace.facts import facts_of_kink, facts_of_node, facts_of_zero, inner

ADD_UP = (
    "a is used 2 times, so 2 contributions arrive. They add up: a change of a affects L along each of these paths."
)


def notes(root: Value, node: Value) -> list[str]:
    return root.trace().notes(node)


def kinds(root: Value, node: Value) -> list[str]:
    return [fact.kind for fact in facts_of_node(root.trace(), node)]


def test_gradients_add_up() -> None:
    a = Value(3.0, label="a")
    root = a * 2.0 + a.exp()
    assert notes(root, a) == [ADD_UP]
    trace = root.trace()
    trace.finish()
    assert trace.why(a) == "∂L/∂a = ∂L/∂v2·∂v2/∂a + ∂L/∂v1·∂v1/∂a = 1·20.086 + 1·2 = 22.086"


def test_two_uses_by_one_consumer_are_two() -> None:
    a = Value(3.0, label="a")
    assert notes(a * a, a) == [ADD_UP]


def test_inner_node_waits_for_its_consumers() -> None:
    a = Value(1.0, label="a")
    b = a + a
    b.label = "b"
    c = b.exp()
    c.label = "c"
    _, used_twice, order = notes(b + c, b)
    assert used_twice == ADD_UP.replace("a is", "b is").replace("of a", "of b")
    assert order == (
        "b comes after L, c: it passes its gradient on once, when all contributions to it have arrived. "
        "That is why the backward pass goes in reverse topological order."
    )


def test_second_backward_adds_the_same_again() -> None:
    a = Value(3.0, label="a")
    root = a * 2.0
    root.backward()
    (note,) = notes(root, a)
    assert note == (
        "a already holds the gradient 2, as much as one backward pass of this graph gives. Gradients of leaves add "
        "up: 2 + 2 = 4 after the next pass. Call zero_grad() to begin at 0."
    )
    root.backward()
    assert a.grad == 4.0


def test_forgotten_zero_grad_adds_to_the_old_gradient() -> None:
    a = Value(3.0, label="a")
    (a * 5.0).backward()
    root = a * -2.0
    (note,) = notes(root, a)
    assert note == (
        "a already holds the gradient 5, left from an earlier pass. Gradients of leaves add up: 5 + (-2) = 3 after "
        "the next pass. Call zero_grad() to begin at 0."
    )
    root.backward()
    assert a.grad == 3.0


def test_graph_names_leaves_that_hold_a_gradient() -> None:
    leaves = [Value(1.0, label=name) for name in "abcxyz"]
    root = at.sum(leaves)
    assert root.trace().notes() == []
    leaves[0].grad = 2.0
    (note,) = root.trace().notes()
    assert note == notes(root, leaves[0])[0]
    leaves[1].grad = 1.0
    assert root.trace().notes()[0].endswith(" The same goes for b.")
    leaves[2].grad = 1.0
    assert root.trace().notes()[0].endswith(" The same goes for b, c.")
    root.backward()
    assert root.trace().notes()[0].startswith("a already holds the gradient 3")
    assert root.trace().notes()[0].endswith(" The same goes for b, c, x and 2 more.")


def test_gradient_of_inner_node_is_not_left_over() -> None:
    a = Value(3.0, label="a")
    root = a.exp() * 2.0
    root.backward()
    a.grad = 0.0
    assert root.trace().notes() == []


def test_dead_relu_passes_no_gradient() -> None:
    w, x = Value(-1.0, label="w"), Value(2.0, label="x")
    z = w * x
    h = z.relu()
    z.label, h.label = "z", "h"
    root = h * 3.0
    assert notes(root, z)[1:] == [
        (
            "The partial of h = relu(z) with respect to z is 0 at z = -2, so h passes no gradient to z. "
            "Where that holds for all data, it is a dead relu."
        )
    ]
    assert notes(root, w) == ["The gradient of z is 0, so z passes no gradient to w."]


def test_flat_function_passes_no_gradient() -> None:
    a = Value(2.5, label="a")
    (note,) = notes(a.floor(), a)
    assert note == "The partial of L = floor(a) with respect to a is 0 at a = 2.5, so L passes no gradient to a."


def test_product_with_zero_shows_the_other_factor() -> None:
    w, x = Value(-1.0, label="w"), Value(0.0, label="x")
    (note,) = notes(w * x, w)
    assert note == "The partial of L = w * x with respect to w is 0 at w = -1, x = 0, so L passes no gradient to w."


def test_long_lists_in_notes_are_cut() -> None:
    leaves = [Value(float(number), label=f"x{number}") for number in range(9)]
    (note,) = notes(at.max(leaves), leaves[4])
    assert note.startswith("The partial of L = max([x0, x1, …, x8]) with respect to x4 is 0 at x0 = 0, x1 = 1, …, x8")


def test_notes_name_three_consumers_that_block() -> None:
    x = Value(-1.0, label="x")
    blocked = notes(at.sum([x.relu() for _ in range(10)]), x)[1:]
    assert len(blocked) == 3


def test_partly_reached_node_is_not_starved() -> None:
    w = Value(-1.0, label="w")
    root = (w * 2.0).relu() + w.exp()
    assert kinds(root, w) == ["uses"]


def test_flat_and_starved_consumers_are_both_named() -> None:
    w = Value(-1.0, label="w")
    flat, starving = notes((w * 2.0).relu() + w.relu() * 0.0, w)[1:]
    assert flat.startswith("The partial of v3 = relu(w) with respect to w is 0 at w = -1")
    assert starving == "The gradient of v1 is 0, so v1 passes no gradient to w."


def test_nan_is_not_called_zero() -> None:
    x = Value(0.0, label="x")
    assert kinds(x.log() * 0.0, x) == []  # 0 times an infinite partial
    trace = (x.relu().log()).trace()
    assert math.isnan(trace.events.numbers.gradients[0])
    assert list(facts_of_zero(trace, 1)) == []  # an infinite gradient times 0


@pytest.mark.parametrize(("number", "kink"), [(0.0, ["kink"]), (-1.0, [])])
def test_kink_is_a_fact_of_its_point(number: float, kink: list[str]) -> None:
    root = Value(number, label="a").relu()
    assert [fact.kind for fact in facts_of_kink(root.trace(), root)] == kink


def test_inner_node_is_not_a_leaf() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    h = a * b
    h.label = "h"
    (note,) = notes(h * 2.0, h)
    assert note == (
        "h = a * b is not a leaf: each backward pass sets its gradient anew. Only leaves add up gradients from pass "
        "to pass, and only leaves are changed by an optimizer."
    )


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda x: x * 0.0, "zero factor"),
        (lambda x: x * x, "zero factor"),
        (lambda x: x**2, "zero factor"),
        (at.relu, "dead relu"),
        (at.sign, "flat"),
        (at.cos, "flat"),
    ],
)
def test_zero_partial_has_its_reason(function: Callable[[Value], Value], kind: str) -> None:
    trace = function(Value(0.0, label="x")).trace()
    assert {fact.kind for edge in trace.edges.into(0) for fact in facts_of_zero(trace, edge)} == {kind}


def test_inner_nodes_are_told_together() -> None:
    a = Value(2.0, label="a")
    root = a.exp() * a.sin()
    facts = [inner(root.trace(), nodes) for nodes in ([*root.inputs], [root, *root.inputs])]
    assert [fact.details.get("others") for fact in facts] == [root.inputs[1:], root.inputs]


def test_leaf_used_once_has_no_notes() -> None:
    a = Value(2.0, label="a")
    assert notes(a * 3.0, a) == []


def test_prompt_shows_notes_line_by_line() -> None:
    a = Value(3.0, label="a")
    trace = (a * a + a).trace()
    assert repr(trace.notes("v1")) == "\n".join(trace.notes("v1"))
    assert repr(trace.notes()) == "There is nothing to note."


def test_sentences_are_ascii() -> None:
    assert all(sentence.isascii() for sentence in SENTENCES.values())  # as the words of LaTeX must be
