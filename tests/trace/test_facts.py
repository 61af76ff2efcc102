"""Facts about nodes and graphs, as the notes of a trace tell them."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace.fact_texts import SENTENCES
from autograd_tiny.trace.facts import MOST_OPERANDS, facts_of_edge, facts_of_node, facts_of_zero, inner, shape_of

ADD_UP = (
    "a is used 2 times, so 2 contributions arrive. They add up, because the gradient counts every path from a to L."
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
    assert trace.why(a) == "∂L/∂a = ∂L/∂v2·v2 + ∂L/∂v1·2 = 1·20.086 + 1·2 = 22.086"


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
    assert used_twice == ADD_UP.replace("a is", "b is").replace("from a", "from b")
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
    assert notes(root, w) == ["The gradient of z is 0, so z passes no gradient to w. The same goes for x."]


def test_flat_function_passes_no_gradient() -> None:
    a = Value(2.5, label="a")
    (note,) = notes(a.floor(), a)
    assert note == (
        "The partial of L = floor(a) with respect to a is 0 at a = 2.5, so L passes no gradient to a. "
        "It is flat there: a small change of a does not change L."
    )


def test_product_with_zero_shows_the_other_factor() -> None:
    w, x = Value(-1.0, label="w"), Value(0.0, label="x")
    (note,) = notes(w * x, w)
    assert note == "L = w * x passes no gradient to w, because another factor is 0: x = 0."


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
    assert notes(x.log() * 0.0, x) == ["v1 passes nan to x: its gradient 0 times the partial inf is undefined."]
    trace = (x.relu().log()).trace()
    assert math.isnan(trace.events.numbers.gradients[0])
    assert list(facts_of_zero(trace, 1)) == []  # an infinite gradient times 0
    assert "v1 passes nan to x: its gradient inf times the partial 0 is undefined." in trace.notes(x)


BESIDE = "so L passes no gradient to x. Beside that point the slope is not 0."
CAUSES: list[tuple[Callable[..., Value], list[float], str]] = [
    (
        at.log,
        [0.0],
        "L = log(x) is -inf at x = 0: value and slope grow without bound towards that point. The partial",
    ),
    (at.atanh, [1.0], "L = atanh(x) is inf at x = 1: value and slope grow without bound towards that point."),
    (lambda x: 1.0 / x, [-0.0], "L = 1 / x is -inf at x = -0: value and slope grow without bound"),
    (at.relu, [-0.0], "L = relu(x) has a kink at x = 0: as x grows"),  # the sign of this zero makes no difference
    (
        at.relu,
        [0.0],
        "relu(x) has a kink at x = 0: as x grows through it, the slope changes from 0 to 1.",
    ),
    (
        abs,
        [0.0],
        "abs(x) has a kink at x = 0: as x grows through it, the slope changes from -1 to 1.",
    ),
    (lambda x: x.cos(), [0.0], BESIDE),
    (lambda x: x**3, [0.0], BESIDE),
    (lambda x: x**1.5, [0.0], "Towards that point its slope goes to 0, and beyond it L is not defined."),
    (lambda x: x**3.7, [0.0], "Towards that point its slope goes to 0, and beyond it L is not defined."),
    (
        lambda x: at.where(x, x, 0.0),
        [0.0],
        "L = where(x, x, 0) has the slope 1 for x on both sides of x = 0. At that",
    ),
    (lambda x: at.where(x, 2.0 * x, x), [0.0], "has the slope 0 for x on both sides of x = 0, v1 = 0. At that point"),
    (lambda x: at.clamp(x, 0.0, 0.0), [0.0], "At that point alone another case of it holds, whose partial is 1."),
    (lambda x: x.sqrt(), [0.0], "L = sqrt(x) has an infinite slope at x = 0: the partial for x is inf."),
    (lambda x: x.tanh(), [-500.0], "It is saturated there: its slope is too small for a float, and rounded to 0."),
    (lambda *xs: at.softmax(xs)[0], [800.0, 0.0, 0.0], "The same goes for y, w. L stays 1 when one of its inputs"),
    (lambda *xs: at.softmax(xs)[2], [800.0, 0.0, 0.0], "The same goes for y, w. L stays 0 when one of its inputs"),
    (lambda *xs: at.cross_entropy(xs, 0), [800.0, 0.0, 0.0], "L stays 0 when one of its inputs changes a little."),
    (lambda *xs: at.logsumexp(xs), [0.0, 800.0, 0.0], "The same goes for w. Its partial is not 0 for y."),
    (lambda *xs: at.cross_entropy(xs, 1), [-800.0, 0.0, 800.0], "rounded to 0. Its partial is not 0 for y, w."),
    (at.logaddexp, [-800.0, 0.0], "rounded to 0. Its partial is not 0 for y."),
    (at.reciprocal, [1e200], "Its slope there is too small for a float, and rounded to 0."),
    (lambda x: x.floor(), [2.0], "L = floor(x) jumps at x = 2, so it has no derivative with respect to x there."),
    (at.maximum, [2.0, 2.0], "2 operands of L = maximum(x, y) are tied at 2, so L has a kink there."),
    (lambda x, y: at.max([x, y, 2.0]), [2.0, 2.0], "each gets an equal share of the gradient, the partial 0.33333."),
    (lambda x, y, w: at.prod([x, y, w]), [2.0, 0.0, 0.0], "because another factor is 0: y = 0, w = 0."),
    (lambda x, y: y / x, [2.0, 0.0], "L = y / x passes no gradient to x, because another factor is 0: y = 0."),
    (lambda x: x * 0.0, [2.0], "L = x * 0 passes no gradient to x, because another factor is the constant 0."),
    (lambda x: x * 3.0 - 3.0 * x, [2.0], "The contributions to x cancel: -3 + 3 = 0."),
    (
        lambda x: (y := x * 2.0) - y,
        [2.0],
        "to v1 cancel: 1 + (-1) = 0. So v1 passes no gradient to x.",
    ),
    (
        lambda x: x * 1e-200 * 1e-200,
        [2.0],
        "1e-200 of v1 times its partial 1e-200 is too small for a float",
    ),
]
"""Functions, points, and the cause that is told about the first of their inputs, x."""


@pytest.mark.parametrize(("function", "point", "cause"), CAUSES)
def test_cause_is_told(function: Callable[..., Value], point: list[float], cause: str) -> None:
    leaves = [Value(number, label=name) for name, number in zip("xyw", point, strict=False)]
    assert cause in " ".join(notes(function(*leaves), leaves[0]))


@pytest.mark.parametrize("function", [lambda x: at.maximum(x, x), lambda x: x.elu(), lambda x: x.log1p()])
def test_smooth_function_is_not_called_kinked(function: Callable[[Value], Value]) -> None:
    x = Value(0.0, label="x")
    assert [kind for kind in kinds(function(x), x) if kind != "uses"] == []


@pytest.mark.parametrize(
    ("function", "number"),
    [
        (at.reciprocal, 1e-200),
        (at.floor, 1e17),
        (at.relu, 5e-324),
        (at.relu, math.inf),
    ],
)
def test_unproved_cause_is_not_told(function: Callable[[Value], Value], number: float) -> None:
    x = Value(number, label="x")
    assert set(kinds(function(x), x)) <= {"zero partial"}


def test_zero_factor_is_no_cause_at_infinity() -> None:
    x, y = Value(0.0, label="x"), Value(math.inf, label="y")
    assert not any("another factor" in note for note in notes(x / y, y))


def test_long_lists_get_no_cause() -> None:
    leaves = [Value(0.0, label=f"x{number}") for number in range(100)]
    assert kinds(at.max([*leaves, Value(1.0)]), leaves[0]) == ["zero partial"]


@pytest.mark.parametrize(("number", "kink"), [(0.0, ["kink"]), (-1.0, ["dead relu"]), (1.0, [])])
def test_kink_is_a_fact_of_its_point(number: float, kink: list[str]) -> None:
    root = Value(number, label="a").relu()
    assert [fact.kind for fact in facts_of_edge(root.trace(), 0)] == kink


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
        (lambda x: x * 0.0, "zero constant"),
        (lambda x: x * x, "stationary"),
        (lambda x: x**2, "stationary"),
        (at.relu, "kink"),
        (at.sign, "jump"),
        (at.cos, "stationary"),
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
    assert [str(fact.details["formula"]) for fact in facts] == ["exp(a)", "v1 * v2"]


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


def test_shape_of_a_long_list_of_inputs_is_not_looked_for() -> None:
    assert MOST_OPERANDS == 32
    for length, kind in ((32, "kink"), (33, "unknown")):
        assert shape_of(at.max([Value(2.0) for _ in range(length)]).trace(), 0).kind == kind


def test_zero_by_rounding_is_told_as_such() -> None:
    a = Value(1e-200, label="a")
    (note,) = notes(a**3.0, a)
    assert note.endswith("Its slope there is too small for a float, and rounded to 0.")
    (note,) = notes(at.maximum(a, 1e-150), a)
    assert " is 0 as a float at a = 1e-200" in note


def test_convention_of_a_clamp_is_told() -> None:
    p = Value(1.0, label="p")
    (note,) = notes(at.binary_cross_entropy(p, 1.0), p)
    assert note.startswith(
        "L = binary_cross_entropy(p, 1) has the slope -1 for p beside p = 1. The partial 0 at that "
    )
    assert note.endswith("because its formula is clamped: its divisor p * (1 - p) is at least 1e-12.")
    q, p = Value(1.0, label="q"), Value(1.0, label="p")
    (note,) = notes(at.binary_cross_entropy(q, p), q)
    assert note.endswith("its divisor q * (1 - q) is at least 1e-12.")


@pytest.mark.parametrize(
    ("p", "target", "said"),
    [
        (
            0.0,
            1.0,
            "is clamped at p = 0: its logarithms are at least -100, its divisor p * (1 - p) at least 1e-12. The",
        ),
        (1.0, 0.0, "The partial 1e+12 for p is a convention, since the slope without these bounds is infinite."),
        (0.0, 0.5, "The partial -5e+11 for p is a convention, since the slope without these bounds is infinite."),
        (1e-14, 1.0, "has the slope -1e+14 for p beside p = 1e-14. The partial -1e+12 at that point is a convention"),
        (1e-60, 1.0, "has the slope 0 for p beside p = 1e-60. The partial -1e+12 at that point is a convention"),
        (1.0 - 1e-14, 0.0, "has the slope 1.0008e+14 for p beside p = 1. The partial 1e+12 at that point"),
    ],
)
def test_slope_that_a_clamp_replaces_is_told(p: float, target: float, said: str) -> None:
    x = Value(p, label="p")
    (note,) = notes(at.binary_cross_entropy(x, target), x)
    assert said in note


@pytest.mark.parametrize(("p", "target"), [(0.5, 1.0), (1e-11, 1.0), (1.0 - 1e-11, 0.0), (1e-9, 0.5)])
def test_slope_beside_a_clamp_needs_no_remark(p: float, target: float) -> None:
    x = Value(p, label="p")
    assert notes(at.binary_cross_entropy(x, target), x) == []


def test_edge_of_a_domain_is_told() -> None:
    half = at.primitive("half_line", "half_line({x})", lambda x: x if x >= 0.0 else math.nan, lambda x, z: (0.0,))
    try:
        x = Value(0.0, label="x")
        (note,) = notes(half(x), x)
    finally:
        del TABLE["half_line"]
    assert note == (
        "L = half_line(x) is defined on one side of x = 0 only, and its slope there is 1. "
        "The partial 0 for x is a convention."
    )


def test_infinite_slope_of_two_operands_is_told_once() -> None:
    a = Value(0.0, label="a")
    assert notes(a**a, a)[1:] == ["L = a ** a has an infinite slope at a = 0. The partial 0 for a is a convention."]


@pytest.mark.parametrize(
    ("function", "partial"),
    [(lambda a: 0.0**a, "0"), (lambda a: at.xlogy(a, 0.0), "0"), (lambda a: at.atan2(a, -1.0), "-1")],
)
def test_jump_is_told(function: Callable[[Value], Value], partial: str) -> None:
    a = Value(0.0, label="a")
    (note,) = notes(function(a), a)
    assert note.endswith(
        f" jumps at a = 0, so it has no derivative with respect to a there. The partial {partial} is a convention."
    )
