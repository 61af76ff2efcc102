"""Nodes and whole graphs as formulas."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from math_core import LatexToMathML

from autograd_tiny import Value, dot, leaky_relu, leaves, primitive, sum, tanh
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.formulas import LINE_LENGTH, node_operation, node_partials
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.symbol import Symbol
from tests.sampling import sizes

check_latex = LatexToMathML(fancy_error=False).convert_with_local_state
A, B = Value(2.0, label="a"), Value(-3.0, label="b")


# ── one node ──


def names_of(node: Value) -> dict[Value, str]:
    return name_nodes(topological_order(node))


def texts(symbols: list[Symbol]) -> list[str]:
    return [symbol.text() for symbol in symbols]


def test_node_operation_names_its_operands() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    node = dot([a, 2.0], [b, a], 1.0)
    operation = node_operation(node, names_of(node))
    assert operation.text() == "dot([a, 2], [b, a], 1)"
    assert operation.number == node.data


@pytest.mark.parametrize(
    ("record", "text", "latex"),
    [
        (lambda a: a * 1.0, "a * 1", r"a \cdot 1"),
        (lambda a: 0.0 * a, "0 * a", r"0 \cdot a"),
        (lambda a: a + 0.0, "a + 0", "a + 0"),
        (lambda a: a**1, "a ** 1", "a^{1}"),
    ],
)
def test_recorded_operations_are_not_simplified(record: Callable[[Value], Value], text: str, latex: str) -> None:
    node = record(Value(2.0, label="a"))
    operation = node_operation(node, names_of(node))
    assert (operation.text(), operation.latex()) == (text, latex)


def test_leaf_is_its_name() -> None:
    a = Value(2.0, label="a")
    assert (node_operation(a, {a: "a"}).text(), node_operation(a, {a: "a"}).number) == ("a", 2.0)
    assert node_partials(a, {a: "a"}) == []


def test_symbols_without_numbers() -> None:
    a = Value(2.0, label="a")
    node = a * 3.0
    assert node_operation(node, names_of(node), numbers=False).number is None
    assert node_operation(a, {a: "a"}, numbers=False).number is None


def test_node_used_twice_has_two_partials() -> None:
    a = Value(2.0, label="a")
    node = a * a
    assert texts(node_partials(node, names_of(node))) == ["a", "a"]


def test_constants_have_no_partials() -> None:
    node = dot([Value(1.0, label="a"), 2.0], [3.0, Value(4.0, label="b")], 5.0)
    assert texts(node_partials(node, names_of(node))) == ["3", "2"]


def test_numbers_select_the_case() -> None:
    node = leaky_relu(Value(-1.0, label="a"))
    assert texts(node_partials(node, names_of(node))) == ["0.01"]
    assert texts(node_partials(node, names_of(node), numbers=False)) == ["where([a > 0], 1, 0.01)"]


def test_constant_zero_follows_ieee_rules() -> None:
    node = Value(1.0, label="a") / 0.0
    (partial,) = node_partials(node, names_of(node))
    assert (partial.text(), partial.number) == ("1 / 0", math.inf)


@pytest.mark.parametrize(
    "partials",
    [
        lambda x, z: (math.cos(x),),
        lambda x, z: (x.real,),
        lambda x, z: (1.0 if x > 0.0 else 0.0,),
        lambda x, z: (1.0 / 0.0,),
        lambda x, z: (1.0, 2.0),
        lambda x, z: (int("x"),),
    ],
)
def test_float_only_partials_are_numbers(partials: Callable[..., Any]) -> None:
    def by_kind(x: Any, z: Any) -> Any:
        return (0.5,) if type(x) is float else partials(x, z)

    twisted = primitive("twisted", "twisted({x})", math.sin, by_kind)
    try:
        node = twisted(Value(0.25, label="a"))
        (partial,) = node_partials(node, names_of(node), numbers=False)
    finally:
        del TABLE["twisted"]
    assert (partial.text(), partial.latex()) == ("0.5", "0.5")


# ── a whole graph ──


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
def test_formula_without_reuse_is_one_line(root: Value, text: str) -> None:
    assert root.formula() == text


def test_reused_part_gets_a_line() -> None:
    h = tanh(A * B)
    assert (h * h + A).formula().splitlines() == ["t1 = tanh(a * b)", "L = t1 * t1 + a"]


def test_label_names_a_line() -> None:
    h = tanh(A * B)
    h.label = "h"
    loss = h * h
    loss.label = "loss"
    assert loss.formula().splitlines() == ["h = tanh(a * b)", "loss = h * h"]


def test_label_alone_makes_no_line() -> None:
    h = A * B
    h.label = "h"
    assert (h + 1.0).formula() == "L = a * b + 1"


def test_line_names_avoid_labels() -> None:
    t = Value(1.0, label="t1")
    h = t + 1.0
    assert (h * h).formula().splitlines() == ["t2 = t1 + 1", "L = t2 * t2"]


def test_root_line_comes_last() -> None:
    assert (-(A * B)).formula().splitlines()[-1].startswith("L = ")


def test_long_line_is_broken() -> None:
    y = A
    for i in range(60):
        y = (y * B).tanh() if i % 2 else y + 0.5 * A
    lines = y.formula().splitlines()
    assert len(lines) > 5
    assert max(map(len, lines)) < 1.5 * LINE_LENGTH


def test_longest_operand_is_moved_first() -> None:
    long = sum([Value(float(i), label=f"parameter_{i}") for i in range(5)])
    assert (long + A * B).formula().splitlines()[1] == "L = t1 + a * b"


def test_long_list_stays_on_one_line() -> None:
    assert len(sum([A] * 1000).formula().splitlines()) == 1


def test_prompt_shows_lines() -> None:
    h = tanh(A)
    assert repr((h * h).formula()) == "t1 = tanh(a)\nL = t1 * t1"
    assert repr((A * B).latex()) == r"L = a \cdot b"


def test_notebook_shows_latex() -> None:
    assert (A * B).latex()._repr_latex_() == r"$\displaystyle L = a \cdot b$"


def test_several_latex_lines_are_aligned() -> None:
    h = tanh(A)
    assert (h * h).latex().splitlines() == [
        r"\begin{aligned}",
        r"t_{1} &= \tanh\left(a\right) \\",
        r"L &= t_{1} \cdot t_{1}",
        r"\end{aligned}",
    ]


def test_leaf_is_its_name_in_latex() -> None:
    assert Value(1.0, label="w1").latex() == "w_{1}"


@given(st.text(min_size=1, max_size=12), st.text("\\&\n{}%$#_^~ab", min_size=1, max_size=12))
def test_hostile_labels_are_escaped(first: str, second: str) -> None:
    h = tanh(Value(1.0, label=first))
    h.label = second
    root = h * h
    assert check_latex(root.latex(), displaystyle=True)
    assert len(root.formula().splitlines()) == 2


def test_label_with_line_ends_is_one_line() -> None:
    assert (Value(1.0, label="a\n\u2028b") * 2.0).formula() == 'L = "a\\n\\u2028b" * 2'


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


@pytest.mark.no_cover
@settings(deadline=None)
@given(graphs())
def test_formula_parses_to_the_same_number(root: Value) -> None:
    numbers = {leaf.label: leaf for leaf in leaves(root)}
    result = parse(root.formula()).evaluate(**numbers)
    assert repr(result.data) == repr(root.data)
    assert check_latex(root.latex(), displaystyle=True)


@pytest.mark.no_cover
@sizes("length", 5_000, 50_000)
def test_formula_of_large_graph_is_many_lines(length: int) -> None:
    y = A
    for _ in range(length):
        y = (y * B).tanh()
    text = y.formula()
    assert len(re.findall("tanh", text)) == length
    assert max(map(len, text.splitlines())) < 1.5 * LINE_LENGTH


def test_doubling_chain_does_not_explode() -> None:
    y = A
    for _ in range(1000):
        y = y * y
    assert len(y.formula().splitlines()) == 1000
    assert y.latex().count("t_{999}") == 3
