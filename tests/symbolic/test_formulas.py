"""Whole graphs as formulas: lines, names, depth."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from math_core import LatexToMathML

from autograd_tiny import Value, dot, leaves, sum, tanh
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.formulas import WIDTH

check_latex = LatexToMathML(fancy_error=False).convert_with_local_state
A, B = Value(2.0, label="a"), Value(-3.0, label="b")


@pytest.mark.parametrize(
    ("root", "text"),
    [
        (A, "a"),
        (A * B + 1, "L = a * b + 1"),
        (tanh(dot([A, B], [0.5, A], B)), "L = tanh(dot([a, b], [0.5, a], b))"),
        (1.0 * A, "L = 1 * a"),
        (A * A, "L = a * a"),
        (Value(1.0) * Value(2.0), "L = v1 * v2"),
    ],
)
def test_a_formula_is_one_line_where_nothing_is_used_again(root: Value, text: str) -> None:
    assert root.formula() == text


def test_what_is_used_again_gets_a_line() -> None:
    h = tanh(A * B)
    assert (h * h + A).formula().splitlines() == ["t1 = tanh(a * b)", "L = t1 * t1 + a"]


def test_a_label_is_the_name_of_a_line() -> None:
    h = tanh(A * B)
    h.label = "h"
    loss = h * h
    loss.label = "loss"
    assert loss.formula().splitlines() == ["h = tanh(a * b)", "loss = h * h"]


def test_a_label_alone_makes_no_line() -> None:
    h = A * B
    h.label = "h"
    assert (h + 1.0).formula() == "L = a * b + 1"


def test_the_names_of_lines_do_not_meet_labels() -> None:
    t = Value(1.0, label="t1")
    h = t + 1.0
    assert (h * h).formula().splitlines() == ["t2 = t1 + 1", "L = t2 * t2"]


def test_a_root_that_is_used_inside_of_nothing_has_its_line_last() -> None:
    assert (-(A * B)).formula().splitlines()[-1].startswith("L = ")


def test_a_line_that_grows_too_long_is_cut() -> None:
    y = A
    for i in range(60):
        y = (y * B).tanh() if i % 2 else y + 0.5 * A
    lines = y.formula().splitlines()
    assert len(lines) > 5
    assert max(map(len, lines)) < 1.5 * WIDTH


def test_the_longest_operand_is_cut_off_first() -> None:
    long = sum([Value(float(i), label=f"parameter_{i}") for i in range(5)])
    assert (long + A * B).formula().splitlines()[1] == "L = t1 + a * b"


def test_a_long_list_stays_on_its_line() -> None:
    assert len(sum([A] * 1000).formula().splitlines()) == 1


def test_a_prompt_shows_the_lines() -> None:
    h = tanh(A)
    assert repr((h * h).formula()) == "t1 = tanh(a)\nL = t1 * t1"
    assert repr((A * B).latex()) == r"L = a \cdot b"


def test_a_notebook_shows_mathematics() -> None:
    assert (A * B).latex()._repr_latex_() == r"$\displaystyle L = a \cdot b$"


def test_several_lines_of_latex_are_aligned() -> None:
    h = tanh(A)
    assert (h * h).latex().splitlines() == [
        r"\begin{aligned}",
        r"t_{1} &= \tanh\left(a\right) \\",
        r"L &= t_{1} \cdot t_{1}",
        r"\end{aligned}",
    ]


def test_a_leaf_is_its_name_in_latex_too() -> None:
    assert Value(1.0, label="w1").latex() == "w_{1}"


@given(st.text(min_size=1, max_size=12), st.text("\\&\n{}%$#_^~ab", min_size=1, max_size=12))
def test_hostile_labels_stay_in_their_place(first: str, second: str) -> None:
    h = tanh(Value(1.0, label=first))
    h.label = second
    root = h * h
    assert check_latex(root.latex(), displaystyle=True)
    assert len(root.formula().splitlines()) == 2


def test_a_label_of_several_lines_is_one_line() -> None:
    assert (Value(1.0, label="a\n\u2028b") * 2.0).formula() == "L = a\\n\\u2028b * 2"


@st.composite
def graphs(draw: st.DrawFn) -> Value:
    nodes = [Value(draw(st.integers(-3, 3)), label=name) for name in "abc"]
    for _ in range(draw(st.integers(1, 25))):
        x, y = (nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
        made = [
            x + y,
            x - y,
            x * y,
            x / y,
            -x,
            tanh(x),
            x - 0.5,
            2 * x,
            x**2,
            sum([x, y, 1.5]),
            dot([x, 2.0], [y, x], y),
        ]
        nodes.append(draw(st.sampled_from(made)))
    return nodes[-1]


@settings(deadline=None)
@given(graphs())
def test_a_formula_is_an_expression_of_the_same_number(root: Value) -> None:
    numbers = {leaf.label: leaf for leaf in leaves(root)}
    result = parse(root.formula()).evaluate(**numbers)
    assert repr(result.data) == repr(root.data)
    assert check_latex(root.latex(), displaystyle=True)


@pytest.mark.no_cover
def test_a_graph_of_a_hundred_thousand_nodes_is_many_lines() -> None:
    y = A
    for _ in range(50_000):
        y = (y * B).tanh()
    text = y.formula()
    assert len(re.findall("tanh", text)) == 50_000
    assert max(map(len, text.splitlines())) < 1.5 * WIDTH


def test_a_chain_in_which_everything_is_used_twice_does_not_explode() -> None:
    y = A
    for _ in range(1000):
        y = y * y
    assert len(y.formula().splitlines()) == 1000
    assert y.latex().count("t_{999}") == 3
