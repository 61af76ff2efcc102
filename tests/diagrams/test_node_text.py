"""The text of a node's operation."""

from __future__ import annotations

import math

import pytest

from autograd_tiny import Value, dot, mean
from autograd_tiny.diagrams import to_dot
from autograd_tiny.diagrams.node_boxes import diagram_layout, node_boxes
from autograd_tiny.diagrams.node_text import COMMUTATIVE, module_formulas
from autograd_tiny.primitives.primitive import TABLE
from tests.diagrams.builders import diagram_of

ROWS_OF_TWO = [row for row in TABLE.values() if row.arity == 2 and not any(row.takes_list)]


def test_constant_is_shown_with_its_operation():
    a = Value(4.0, label="a")
    shown = [
        diagram_of(z).nodes[-1].operation
        for z in (2.0 * a, a - 1.0, 1.0 / a, a**0.5, a.clamp(0.0), a.leaky_relu(0.2))
    ]
    assert shown == ["2 ×", "− 1", "1 ÷", "^ 0.5", "clamp(·, 0)", "leaky_relu(·, 0.2)"]
    w = [Value(1.0), Value(2.0)]
    assert diagram_of(dot(w, [3.0, 4.0])).nodes[-1].operation == "dot(·, [3, 4])"
    assert diagram_of(dot(w, w)).nodes[-1].operation == "dot"
    assert diagram_of(dot([a] * 5, [1.0, 2.0, 3.0, 4.0, 5.0], 6.0)).nodes[-1].operation == "dot(·, [1, 2, …, 5], 6)"


def test_constants_are_those_of_formulas():
    a = Value(4.0, label="a")
    graphs = [
        a * (1 / 3),
        a + math.pi,
        a * 0.1234567,
        mean([a, 1 / 3, -2.0]),
        a.leaky_relu(1 / 3),
        a.clamp(-0.0, 1.0),
    ]
    assert [diagram_of(z).nodes[-1].operation for z in graphs] == [
        "× (1 / 3)",
        "+ π",
        "× 0.12346",
        "mean([·, 1 / 3, −2])",
        "leaky_relu(·, 1 / 3)",
        "clamp(·, 0, 1)",
    ]
    formulas = [diagram_of(z, formulas=True).nodes[-1].operation for z in graphs]
    assert formulas == [z.trace().formula(z) for z in graphs]
    assert diagram_of(a * 0.1234567, precision=17).nodes[-1].operation == "× 0.1234567"
    w = Value(0.5, label="n.w[0]")
    assert module_formulas([w, (w + 1 / 3).tanh(), w * 0.123456]) == ["tanh(x)", "w * 0.12346"]


@pytest.mark.parametrize("row", ROWS_OF_TWO, ids=lambda row: row.name)
def test_commutative_primitives_are_those_with_equal_values(row):
    try:
        is_same = all(row.compute(a, b) == row.compute(b, a) for a, b in [(0.75, 0.25), (0.75, 2.0), (0.75, -2.0)])
    except (TypeError, ValueError):  # an operand that is a whole number
        is_same = False
    assert is_same == (row.name in COMMUTATIVE)


def test_operands_of_a_difference_are_drawn_in_their_order():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    for root in (a - b, b - a, a / b, b**a):
        drawn = diagram_of(root * root)
        plan = diagram_layout(drawn, node_boxes(drawn))
        names = [
            (points[-1][1], drawn.nodes[edge.tail].title)
            for edge, points in zip(drawn.edges, plan.edges, strict=True)
        ][:2]
        assert [name for _, name in sorted(names)] == [x.label for x in root.inputs]


def test_graphviz_is_asked_for_the_order_of_a_difference():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    assert to_dot(a - b).count("ordering=in") == 1
    assert "ordering" not in to_dot(a + b)
