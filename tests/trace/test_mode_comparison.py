"""Forward mode beside the backward pass: numbers that are compared, and counts of what is done."""

from __future__ import annotations

import math
from random import Random

import pytest

from autograd_tiny import Value
from autograd_tiny import sum as total
from autograd_tiny.trace import Trace
from autograd_tiny.trace.mode_comparison import ModeComparison, Pair, compare_modes
from tests.debugger.sessions import graph
from tests.random_programs import compute, tame_program
from tests.sampling import sizes


def comparison(root: Value, **seeds: float) -> ModeComparison:
    return compare_modes(root.trace().jvp(seeds))


def test_each_input_has_equal_numbers() -> None:
    found = comparison(graph(), a=1.0)
    assert [(pair.name, pair.forward, pair.backward) for pair in found.inputs] == [
        ("a", 6.0, 6.0),
        ("b", -4.0, -4.0),
        ("c", -2.0, -2.0),
        ("f", 4.0, 4.0),
    ]
    assert {pair.bound for pair in (found.direction, *found.inputs)} == {0.0}
    assert found.lines()[-2:] == [
        "Forward mode takes a pass for each input: 4 passes, 9 products with a partial.",
        "Backward mode takes 1 pass for all 4: 6 products.",
    ]


def test_direction_of_two_leaves_is_a_sum() -> None:
    assert comparison(graph(), a=1.0, b=0.5).lines()[0] == (
        "The backward pass gives ∂L/∂a·a' + ∂L/∂b·b' = 6·1 + (-4)·0.5 = 4: equal to L'."
    )


def test_nan_in_both_is_told() -> None:
    found = comparison(graph("sqrt(a*a)", a=0.0), a=1.0)
    assert math.isnan(found.direction.forward)
    assert found.lines()[0] == "The backward pass gives ∂L/∂a = nan: L' is nan too."


def test_underflow_and_overflow_of_one_mode_are_told() -> None:
    found = comparison(graph("a * b * c * d", a=1.0, b=1e-200, c=1e-200, d=1e300), a=1.0)
    assert (
        found.direction.verdict("L'") == "it differs from L' by 1e-100"
    )  # 1e-400 is 0, and rounding does not do that
    chain = comparison(graph("a * b * c * 1e-300", a=1.0, b=1e200, c=1e200), a=1.0)
    assert chain.lines()[0] == "The backward pass gives ∂L/∂a = 1e+100: inf forward, 1e+100 backward."


@sizes("graphs", 80, 3_000)
def test_modes_differ_by_rounding_at_most(graphs: int) -> None:
    source, differing = Random(3), 0
    for _ in range(graphs):
        numbers, steps = tame_program(source, leaves=3, steps=source.randint(4, 10), recent=4)
        leaves = [Value(x) for x in numbers]
        trace = Trace(compute(leaves, steps)[-1])
        seeds = {x: source.uniform(-2.0, 2.0) for x in leaves if x in trace.names}
        found = compare_modes(trace.jvp(seeds))
        for pair in (found.direction, *found.inputs):
            differing += not pair.are_equal
            assert pair.is_rounding
    assert differing > graphs // 8  # both cases were met


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (Pair("a", 1.0, 1.0, 0.0), "equal to L'"),
        (Pair("a", math.nan, math.nan, math.nan), "L' is nan too"),
        (Pair("a", 1.0, 1.25, 0.5), "it differs from L' by 0.25, which rounding in another order can make"),
        (Pair("a", 1.0, 1.25, 0.125), "it differs from L' by 0.25"),
        (Pair("a", math.nan, 2.0, math.inf), "nan forward, 2 backward"),
    ],
)
def test_difference_is_said_with_a_reason_that_holds(pair: Pair, said: str) -> None:
    assert pair.verdict("L'") == said


def unequal(bound: float) -> ModeComparison:
    pairs = (Pair("a", 1.0, 1.25, bound), Pair("layers[0].w[1]", 2.0, 2.0, 0.0))
    return ModeComparison(graph().trace().jvp({"a": 1.0}), pairs[1], pairs, 2, 3, 4)


def test_differences_have_a_column_and_a_reason() -> None:
    assert unequal(0.5).lines()[1:5] == [
        "  input           forward  backward  difference",
        "  a                     1      1.25        0.25",
        "  layers[0].w[1]        2         2           0",
        "Rounding can make such differences, as each mode multiplies in another order.",
    ]
    assert "Rounding" not in unequal(0.125).lines()[4]


def test_wide_row_has_two_lines() -> None:
    assert unequal(0.5).lines(width=40)[1:5] == [
        "  a",
        "    forward 1, backward 1.25, difference 0.25",
        "  layers[0].w[1]",
        "    forward 2, backward 2, difference 0",
    ]


def test_products_are_counted_where_they_are_made() -> None:
    found = comparison(graph("a*b + b", a=2.0, b=3.0), a=1.0)
    assert found.walk.products == 2  # a to v1, v1 to L; b has no tangent
    assert found.forward_products == 2 + 3
    assert found.backward_products == 4


@pytest.mark.parametrize(("leaves", "said"), [(1, "for it:"), (2, "for both:"), (3, "for all 3:")])
def test_number_of_leaves_is_said(leaves: int, said: str) -> None:
    xs = [Value(2.0, label=f"x{k}") for k in range(leaves)]
    assert said in comparison(total(xs), x0=1.0).lines()[-1]


def test_of_many_leaves_some_have_a_pass() -> None:
    xs = [Value(2.0, label=f"x{k}") for k in range(20)]
    lines = comparison(total(xs), x0=1.0).lines()
    assert len(lines) == 1 + 9 + 2
    assert lines[-2] == (
        "Forward mode takes a pass for each input: 20 passes. 8 passes made 8 products with a partial."
    )
    assert lines[-1] == "Backward mode takes 1 pass for all 20: 20 products."


def test_large_graph_has_no_passes_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.trace.mode_comparison.MOST_PRODUCTS", 5)
    lines = comparison(graph(), a=1.0).lines()
    assert lines[1:] == [
        "Forward mode takes a pass for each input: 4 passes. 1 pass made 3 products with a partial.",
        "Backward mode takes 1 pass for all 4: 6 products.",
    ]
