"""Tangents of a forward pass: against dual numbers, against the backward pass, at kinks, zeros, inf and nan."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import LengthError, OperandError
from autograd_tiny.trace import Trace, UnknownNodeError
from autograd_tiny.trace.fact_texts import fact_text
from tests.debugger.sessions import graph
from tests.random_programs import compute, tame_program
from tests.sampling import sizes


def told(root: Value, node: str = "L", **seeds: float) -> list[str]:
    """Return the remarks on the tangent of a node."""
    trace = Trace(root)
    return [fact_text(fact, trace.names, forward=True) for fact in trace.jvp(seeds).facts(node)]


@sizes("graphs", 60, 2_000)
def test_tangents_equal_those_of_dual_numbers(graphs: int) -> None:
    source = Random(16)
    for _ in range(graphs):
        numbers, steps = tame_program(source, leaves=3, steps=source.randint(1, 8), recent=4)
        leaves = [Value(x) for x in numbers]
        trace = Trace(compute(leaves, steps)[-1])
        direction = {x: source.uniform(-2.0, 2.0) for x in leaves if x in trace.names}
        tangents = tuple(direction.get(x, 0.0) for x in leaves)

        def root(*xs: Any, steps: Any = steps) -> Any:
            return compute(list(xs), steps)[-1]

        expected = at.jvp(root, tuple(numbers), tangents)[1]
        walk = trace.jvp(direction)
        assert math.isclose(walk.tangent(trace.root), expected, rel_tol=1e-9, abs_tol=1e-9)


def test_sentence_is_the_rule_with_its_numbers() -> None:
    walk = graph("a*b + sin(a)", a=2.0, b=-3.0).trace().jvp({"a": 1.0, "b": -0.5})
    assert walk.sentence("v1") == "v1' = a'·b + b'·a = 1·(-3) + (-0.5)·2 = -4"
    assert walk.sentence("v2") == "v2' = a'·cos(a) = 1·(-0.41615) = -0.41615"
    assert walk.sentence("a") == "a' = 1: the direction given"


def test_long_sum_is_cut() -> None:
    xs = [Value(float(k), label=f"x{k}") for k in range(6)]
    walk = at.sum(xs).trace().jvp(dict.fromkeys(xs, 1.0))
    assert walk.sentence("L") == "L' = x0'·1 + x1'·1 + … + x5'·1 = 1·1 + 1·1 + … + 1·1 = 6"
    assert walk.direction() == "x0' = 1, x1' = 1, …, x5' = 1."


def test_input_without_a_tangent_is_left_out() -> None:
    walk = graph("a*b", a=math.inf, b=3.0).trace().jvp({"a": 1.0})
    assert walk.sentence("L") == "L' = a'·b = 1·3 = 3"  # 0 times inf would be nan
    assert not walk.depends("b")
    assert walk.tangent("b") == 0.0


def test_independent_node_says_so() -> None:
    walk = graph("c = a*a; c + b", a=2.0, b=3.0).trace().jvp({"b": 1.0})
    assert walk.sentence("c") == "c' = 0: c does not depend on b"


def test_set_number_changes_the_tangents() -> None:
    trace = graph("a*a", a=3.0).trace()
    walk = trace.jvp({"a": 1.0})
    assert walk.tangent("L") == 6.0
    trace.set("a", 5.0)
    assert walk.tangent("L") == 10.0


def test_leaf_alone_is_its_own_root() -> None:
    assert repr(Value(3.0, label="a").trace().jvp({"a": 2.0})).splitlines()[:2] == [
        "a' = 2.",
        "The backward pass gives ∂a/∂a·a' = 1·2 = 2: equal to a'.",
    ]


def test_text_defines_the_shares_of_softmax() -> None:
    lines = repr(graph("softmax([a, b])[0]", a=1.0, b=2.0).trace().jvp({"a": 1.0})).splitlines()
    assert lines[2:4] == [
        "    L' = a'·(p₁ * (1 - p₁)) = 1·(0.26894 * (1 - 0.26894)) = 0.19661",
        "    where p = softmax([a, b]) = [p₁, p₂]",
    ]


def test_text_shows_the_end_of_a_long_pass() -> None:
    root = Value(1.0, label="a")
    for _ in range(103):
        root = root * 2.0
    lines = repr(root.trace().jvp({"a": 1.0})).splitlines()
    assert lines[1] == "… 3 nodes before these"
    assert sum("' = " in line for line in lines[1:]) == 100


@pytest.mark.parametrize(
    ("seeds", "error", "said"),
    [
        ({}, LengthError, "at least one element"),
        ({"q": 1.0}, UnknownNodeError, "no node 'q'"),
        ({Value(1.0, label="z"): 1.0}, UnknownNodeError, "no node 'z'"),
        ({"L": 1.0}, OperandError, r"it takes leaves; L = a \* b is computed"),
        ({"a": math.nan}, OperandError, "a finite tangent for a"),
        ({"a": "1"}, OperandError, "jvp got 'str'"),
    ],
)
def test_invalid_seeds_are_refused(seeds: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        graph("a*b", a=2.0, b=3.0).trace().jvp(seeds)


# ── remarks ──


def test_kink_is_told() -> None:
    assert told(graph("abs(a)", a=0.0), a=1.0) == [
        (
            "L = abs(a) has a kink at a = 0: as a grows through it, the slope changes from -1 to 1. The partial 0 is "
            "a convention."
        )
    ]


def test_dead_relu_passes_no_tangent_on() -> None:
    (told_,) = told(graph("relu(a)", a=-2.0), a=1.0)
    assert told_.startswith("The partial of L = relu(a) with respect to a is 0 at a = -2, so L does not pass a' on.")


def test_zero_factor_is_named() -> None:
    assert told(graph("a*b", a=2.0, b=0.0), a=1.0) == [
        "L = a * b does not pass a' on, because another factor is 0: b = 0."
    ]


def test_zero_times_infinity_is_told() -> None:
    assert told(graph("sqrt(a*a)", a=0.0), a=1.0) == [
        "L' becomes nan: the tangent 0 of v1 times the partial inf is undefined."
    ]
    assert told(graph("sqrt(a*a) * b", a=0.0, b=0.0), a=1.0) == []  # a nan tangent is not told to be stopped by b


def test_infinite_slope_is_told() -> None:
    assert told(graph("sqrt(a)", a=0.0), a=1.0) == [
        "L = sqrt(a) has an infinite slope at a = 0: the partial for a is inf."
    ]


def test_cancelled_terms_are_told() -> None:
    assert told(graph("a - b", a=2.0, b=3.0), a=1.5, b=1.5) == ["The terms of L' cancel: 1.5 + (-1.5) = 0."]
    assert told(graph("a - b", a=2.0, b=3.0), a=1.5, b=1.0) == []


def test_infinity_minus_infinity_is_told() -> None:
    root = graph("sqrt(a) - sqrt(b)", a=0.0, b=0.0)
    assert told(root, a=1.0, b=1.0) == ["L' becomes nan: inf minus inf is undefined."]


def test_underflow_is_told() -> None:
    assert told(graph("a*b", a=1.0, b=1e-200), a=1e-200) == [
        "The tangent 1e-200 of a times the partial 1e-200 of L is too small for a float."
    ]


def test_zero_tangent_has_no_remark() -> None:
    assert told(graph("relu(a)", a=-2.0), a=0.0) == []


def test_sum_used_twice_with_one_partial_of_0_is_no_zero() -> None:
    assert told(graph("a*b", a=0.0, b=0.0), a=1.0, b=1.0)[0].endswith("another factor is 0: b = 0.")
    assert told(graph("pow(a, a)", a=1.0), a=1.0) == []  # its second partial is log(1) = 0
