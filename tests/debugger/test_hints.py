"""The classic confusions: each has an answer at the prompt, where it occurs, and once."""

from __future__ import annotations

import io

from autograd_tiny import Value
from tests.debugger.sessions import answer, graph, talk


def hints(root: Value, *commands: str) -> list[str]:
    """Return the hints of a session, each in one line."""
    text = "\n".join(talk(root, *commands)).replace("\n        ", " ")
    return [line.removeprefix("  hint: ") for line in text.splitlines() if line.startswith("  hint: ")]


def opening(root: Value) -> str:
    """Return what a session says before its first command, in one line."""
    screen = io.StringIO()
    root.debug(stdin=io.StringIO(), stdout=screen)
    return " ".join(screen.getvalue().split())


def test_why_contributions_add_up() -> None:
    (told,) = hints(graph("a*a", a=3.0), "c", "rs", "s")
    assert told.startswith("a is used 2 times, so 2 contributions arrive. They add up: a change of a affects L along")


def test_why_a_node_waits_for_its_consumers() -> None:
    assert hints(graph("b = a + a; c = b + b; b*c", a=3.0), "n 3")[-1] == (
        "b comes after L, c: it passes its gradient on once, when all contributions to it have arrived. "
        "That is why the backward pass goes in reverse topological order."
    )


def test_a_node_that_is_in_the_middle_of_handing_down_does_not_come_only_now() -> None:
    (told,) = hints(graph("b = a*a; c = b + a; b*c", a=2.0), "j 7")
    assert told.startswith("a is used")


def test_a_hint_is_told_once() -> None:
    assert len(hints(graph("a*a + b*b", a=3.0, b=1.0), "n 3")) == 1


def test_what_a_forgotten_zero_grad_does() -> None:
    root = graph()
    root.inputs[0].inputs[0].inputs[0].grad = 3.0
    told = opening(root)
    assert "a already holds the gradient 3" in told
    assert "3 + 6 = 9" in told
    assert "zero_grad()" in told


def test_what_a_second_backward_does() -> None:
    root = graph()
    root.backward()
    told = opening(root)
    assert "a already holds the gradient 6" in told
    assert "6 + 6 = 12" in told
    assert "The same goes for b, c, f." in told


def test_a_graph_without_gradients_begins_without_a_hint() -> None:
    assert "hint" not in opening(graph())


def test_why_a_dead_relu_hands_nothing_down() -> None:
    (told,) = hints(graph("relu(a) * b", a=-2.0, b=3.0), "n 2")
    assert told.startswith(
        "The partial of v1 = relu(a) with respect to a is 0 at a = -2, so no gradient passes to a."
    )
    assert "dead relu" in told


def test_a_relu_that_lives_and_one_that_receives_nothing_are_no_news() -> None:
    assert hints(graph("relu(a) * b", a=2.0, b=3.0), "c", "rc", "n 2") == []
    assert hints(graph("relu(a) * b", a=-2.0, b=0.0), "n 2") == []


def test_why_an_inner_node_is_no_leaf() -> None:
    told = hints(graph(), "p d", "p e", "p a", "p L")
    assert len(told) == 1
    assert told[0].startswith("d = a * b is not a leaf")


def test_why_tells_once_what_is_to_be_noted() -> None:
    root = graph("a*a", a=3.0)
    assert any("used 2 times" in line for line in answer(root, "why a"))
    assert len(answer(root, "why a", "why a")) == 1


def test_why_does_not_repeat_what_a_step_told() -> None:
    assert len(hints(graph("a*a", a=3.0), "c", "rs", "s", "why a")) == 1


def test_why_does_not_tell_that_a_node_is_no_leaf() -> None:
    assert hints(graph(), "why d") == []


def test_steps_of_the_forward_pass_give_no_hints() -> None:
    assert hints(graph("a*a", a=3.0), "forward", "s") == []


def test_what_the_opening_said_about_a_leaf_is_not_said_again() -> None:
    a = Value(3.0, label="a")
    a.grad = 5.0
    root = a * 2.0
    assert "a already holds the gradient 5" in opening(root)
    assert hints(root, "c", "why a") == []
