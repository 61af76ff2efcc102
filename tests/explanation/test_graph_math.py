"""Nodes, partials and gradients of a graph as mathematics."""

from __future__ import annotations

import math

import pytest

from autograd_tiny import Value, cross_entropy, dot
from autograd_tiny.explanation.graph_math import GraphMath, factor_math, number_math

A, B = Value(2.0, label="a1"), Value(-3.0, label="b")


def test_node_is_worked_out_in_names_and_numbers() -> None:
    node = A * B
    formulas = GraphMath(node.trace()).worked_out(node)
    assert [formula.text for formula in formulas] == ["a1 * b", "2 * (-3)", "-6"]
    assert [formula.latex for formula in formulas] == [r"a_{1} \cdot b", r"2 \cdot \left(-3\right)", "-6"]


def test_gradients_are_fractions_in_latex() -> None:
    node = A * B
    graph = GraphMath(node.trace())
    assert graph.gradient(A).latex == r"\frac{\partial L}{\partial a_{1}}"
    assert graph.gradient(A).text == "∂L/∂a1"


def test_partials_are_factors() -> None:
    node = A**2 - B
    graph = GraphMath(node.trace())
    assert [partial.text for partial, _ in graph.partials(node, None)] == ["1", "(-1)"]
    (partial,) = graph.partials(graph.recorded[0], None)
    assert [form.text for form in partial] == ["(2 * a1)", "4"]


def test_only_first_partials_are_written_out() -> None:
    node = cross_entropy([A, B], 0)
    partials = GraphMath(node.trace()).partials(node, 1)
    assert [form.text for form in partials[0]] == ["(p₁ - 1)", "(-0.0066929)"]  # 0.99331 - 1 is another number
    assert [form.text for form in partials[1]] == ["0.0066929", "0.0066929"]


def test_list_of_five_is_cut() -> None:
    four, five = dot([A] * 4, [1.0] * 4), dot([A] * 5, [1.0] * 5)
    assert GraphMath(four.trace()).computed(four).text == "dot([a1, a1, a1, a1], [1, 1, 1, 1], 0)"
    assert GraphMath(five.trace()).computed(five).text == "dot([a1, a1, …, a1], [1, 1, …, 1], 0)"


@pytest.mark.parametrize(
    ("value", "text", "latex"),
    [
        (2.0, "2", "2"),
        (-2.0, "(-2)", r"\left(-2\right)"),
        (-0.0, "0", "0"),
        (-math.inf, "(-inf)", r"\left(-\infty\right)"),
        (math.nan, "nan", r"\mathrm{nan}"),
    ],
)
def test_negative_factor_has_parentheses(value: float, text: str, latex: str) -> None:
    assert (factor_math(value).text, factor_math(value).latex) == (text, latex)
    assert number_math(value).text == text.strip("()")
