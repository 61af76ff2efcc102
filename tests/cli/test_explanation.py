"""The steps of an explanation: names, formulas, contributions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value, primitive
from autograd_tiny.cli.explanation import Step, explain, how
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.expression import parse


def steps_of(text: str, **numbers: float) -> dict[str, Step]:
    return {step.name: step for step in explain(parse(text).evaluate(**numbers))}


def test_inputs_come_before_consumers() -> None:
    assert list(steps_of("tanh(a*b) + a", a=1.0, b=2.0)) == ["a", "b", "v1", "v2", "L"]


def test_a_leaf_has_no_formula_and_no_primitive() -> None:
    leaf = steps_of("a * 2", a=1.0)["a"]
    assert (leaf.formula, leaf.primitive, leaf.operands) == ("", None, ())


def test_a_formula_names_the_inputs_and_shows_constants() -> None:
    step = steps_of("dot([a, b], [2, a], 1)", a=1.0, b=2.0)["L"]
    assert step.formula == "dot([a, b], [2, a], 1)"
    assert step.operands == ("a", "b", 2.0, "a", 1.0)


@pytest.mark.parametrize(
    ("text", "name", "rules"),
    [
        ("a * b", "a", ["b"]),
        ("a * a", "a", ["a", "a"]),
        ("a - b", "b", ["(-1)"]),
        ("a ** 2", "a", ["(2 * a)"]),
        ("a / b", "a", ["(1 / b)"]),
        ("exp(a)", "a", ["L"]),
        ("relu(a)", "a", ["1"]),
        ("leaky_relu(-a)", "v1", ["0.01"]),
        ("max([a, b])", "b", ["0"]),
        ("mean([a, b])", "b", ["0.5"]),
        ("sum([a, b, a])", "a", ["1", "1"]),
        ("dot([a, 2], [b, a])", "a", ["b", "2"]),
        ("gelu_tanh(a)", "a", ["∂L/∂a"]),
    ],
)
def test_a_rule_is_the_partial_as_text(text: str, name: str, rules: list[str]) -> None:
    step = steps_of(text, a=4.0, b=3.0)[name]
    assert [part.rule for part in step.contributions] == rules


def test_a_contribution_reads_as_upstream_times_rule_and_their_numbers() -> None:
    step = steps_of("h = a * b; h * 3", a=4.0, b=-2.0)["a"]
    assert list(map(how, step.contributions)) == ["∂L/∂h · b = 3 · (-2)"]


def test_a_row_whose_partials_are_for_floats_only_is_explained_too() -> None:
    twisted = primitive("twisted", "twisted({x})", math.sin, lambda x, z: (math.cos(x),))
    try:
        (part,) = explain(twisted(Value(0.0, label="a")))[0].contributions
    finally:
        del TABLE["twisted"]
    assert (part.rule, part.partial) == ("∂L/∂a", 1.0)


def test_a_labelled_root_keeps_its_name() -> None:
    assert list(steps_of("cost = a + 1", a=1.0)) == ["a", "cost"]


def test_a_constant_is_a_single_step() -> None:
    (step,) = explain(parse("1 + 2").evaluate())
    assert (step.name, step.value, step.gradient, step.contributions) == ("L", 3.0, 1.0, ())


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_the_contributions_add_up_to_the_gradient(a: float, b: float) -> None:
    for step in explain(parse("h = a*b + sin(a); h * tanh(b) + sum([h, a, h]) + a*a").evaluate(a=a, b=b))[:-1]:
        total = 0.0
        for part in step.contributions:
            total += part.contribution
        assert total == step.gradient
