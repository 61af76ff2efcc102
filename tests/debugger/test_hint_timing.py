"""Hints: each is shown where it applies, and once."""

from __future__ import annotations

import io

import pytest

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


def test_second_use_adds_up() -> None:
    (told,) = hints(graph("a*a", a=3.0), "c", "rs", "s")
    assert told.startswith("a is used 2 times, so 2 contributions arrive. They add up, because the gradient counts")


def test_node_waits_for_its_consumers() -> None:
    assert hints(graph("b = a + a; c = b + b; b*c", a=3.0), "n 3")[-1] == (
        "b comes after L, c: it passes its gradient on once, when all contributions to it have arrived. "
        "That is why the backward pass goes in reverse topological order."
    )


def test_no_waiting_hint_within_a_node() -> None:
    (told,) = hints(graph("b = a*a; c = b + a; b*c", a=2.0), "j 7")
    assert told.startswith("a is used")


def test_hint_is_shown_once() -> None:
    assert len(hints(graph("a*a + b*b", a=3.0, b=1.0), "n 3")) == 1


def test_gradient_from_before_is_added() -> None:
    root = graph()
    root.inputs[0].inputs[0].inputs[0].grad = 3.0
    told = opening(root)
    assert "a already holds the gradient 3" in told
    assert "3 + 6 = 9" in told
    assert "zero_grad()" in told


def test_second_backward_is_added() -> None:
    root = graph()
    root.backward()
    told = opening(root)
    assert "a already holds the gradient 6" in told
    assert "6 + 6 = 12" in told
    assert "The same goes for b, c, f." in told


def test_no_hint_without_gradients() -> None:
    assert "hint" not in opening(graph())


def test_dead_relu_passes_no_gradient() -> None:
    (told,) = hints(graph("relu(a) * b", a=-2.0, b=3.0), "n 2")
    assert told.startswith(
        "The partial of v1 = relu(a) with respect to a is 0 at a = -2, so v1 passes no gradient to a."
    )
    assert "dead relu" in told


def test_no_hint_on_other_relus() -> None:
    assert hints(graph("relu(a) * b", a=2.0, b=3.0), "c", "rc", "n 2") == []
    assert hints(graph("relu(a) * b", a=-2.0, b=0.0), "n 2") == []


def test_why_tells_of_a_gradient_only_what_has_happened() -> None:
    root = graph("a*b + a*b + a*a - a*a", a=2.0, b=0.0)
    for steps in range(14):
        assert "cancel" not in "".join(hints(root, f"j {steps}", "why a"))
    told = hints(root, "s 3", "why a", "j 15", "why a")
    assert sum("passes no gradient to a, because another factor is 0: b = 0." in hint for hint in told) == 2
    assert told[-1] == "The contributions to a cancel: -2 + (-2) + 2 + 2 = 0."


@pytest.mark.parametrize(
    ("text", "numbers", "step", "beginning"),
    [
        ("b = a*1; c = b*2; c - c", {"a": 2.0}, 3, "The contributions to c cancel: 1 + (-1) = 0."),
        ("b = a*1; c = b*2; c*0", {"a": 2.0}, 2, "The gradient of c is 0, so c passes no gradient to b."),
        ("b = a*1e-200; b*1e-200", {"a": 1.0}, 2, "The gradient 1e-200 of b times its partial 1e-200"),
        ("b = sqrt(a); b*0", {"a": 0.0}, 2, "b passes nan to a: its gradient 0 times the partial inf"),
    ],
)
def test_why_tells_of_an_upstream_once_it_is_complete(
    text: str, numbers: dict[str, float], step: int, beginning: str
) -> None:
    name = "b" if "c" in text else "a"
    before = hints(graph(text, **numbers), f"j {step - 1}", f"why {name}")
    assert not any(hint.startswith(beginning) for hint in before)
    told = hints(graph(text, **numbers), f"j {step}", f"why {name}")
    assert any(hint.startswith(beginning) for hint in told)


def test_inner_node_is_not_a_leaf() -> None:
    told = hints(graph(), "p d", "p e", "p a", "p L")
    assert len(told) == 1
    assert told[0].startswith("d = a * b is not a leaf")


def test_why_shows_hints_once() -> None:
    root = graph("a*a", a=3.0)
    assert any("used 2 times" in line for line in answer(root, "why a"))
    assert len(answer(root, "why a", "why a")) == 1


def test_why_does_not_repeat_hints_of_steps() -> None:
    assert len(hints(graph("a*a", a=3.0), "c", "rs", "s", "why a")) == 1


def test_why_omits_inner_node_hint() -> None:
    assert hints(graph(), "why d") == []


def test_forward_pass_has_no_hints() -> None:
    assert hints(graph("a*a", a=3.0), "forward", "s") == []


def test_opening_hint_is_not_repeated() -> None:
    a = Value(3.0, label="a")
    a.grad = 5.0
    root = a * 2.0
    assert "a already holds the gradient 5" in opening(root)
    assert hints(root, "c", "why a") == []
