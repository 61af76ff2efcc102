"""What surprises people about a step is said where it happens."""

from __future__ import annotations

from autograd_tiny import Value, max, relu, sum


def leaf(label: str, number: float = 2.0) -> Value:
    return Value(number, label=label)


def test_a_dead_relu_is_pointed_out() -> None:
    text = (relu(leaf("a", -1.0)) * 2.0 + relu(leaf("b", -2.0))).explain()
    assert "∂v1/∂a = 0 at a = -1: nothing is handed on." in text
    assert "∂v3/∂b = 0 at b = -2: a small change of b does not change v3, so nothing is handed on." in text


def test_of_all_that_lost_against_a_maximum_one_is_pointed_out() -> None:
    text = max([leaf("a"), leaf("b", 3.0), leaf("c", 1.0)]).explain()
    assert "  ∂L/∂a = 0 at a = 2: a small change of a does not change L, so nothing is handed on.\n" in text
    assert "at c = 1" not in text


def test_a_kink_is_pointed_out() -> None:
    text = (relu(leaf("a", 0.0)) + leaf("b")).explain()
    assert "relu(a) has a kink here, no derivative: the partial there is a convention." in text
    assert (
        "maximum(b, c) has a kink" not in text
    )  # b = c is on the way of the same kink, but only 1, 1 is a row's own


def test_what_receives_nothing_hands_nothing_on() -> None:
    text = relu(leaf("a") * leaf("b", -1.0)).explain()
    assert "∂L/∂v1 = 0: nothing reaches v1, so it has nothing to hand on." in text


def test_a_product_with_zero_is_no_flat_function() -> None:
    assert "small change" not in (leaf("a") * leaf("b", 0.0)).explain()


def test_the_topological_order_is_explained_where_a_node_waits() -> None:
    h = leaf("a") * 2.0
    text = (h * h).explain()
    assert "Only now is ∂L/∂v1 complete, and v1 may hand it on: hence the reverse topological order." in text


def test_a_remark_is_made_at_length_only_once() -> None:
    text = sum([leaf(name) * leaf(name, 3.0) for name in "abc"] + [x * x for x in map(leaf, "defg")]).explain()
    assert text.count("and the changes add up") == 1


def test_a_leaf_that_holds_a_gradient_is_pointed_out() -> None:
    a = leaf("a")
    loss = a * 2.0
    loss.backward()
    assert "  a.grad = 2 already and backward() adds to it: call zero_grad() first" in loss.explain()


def test_of_several_leaves_that_hold_gradients_one_is_named() -> None:
    loss = leaf("a") * leaf("b") + leaf("c")
    loss.backward()
    assert "a.grad = 2 already, as 2 other leaves hold gradients, and backward() adds to it" in loss.explain()
