"""The text of a node's operation."""

from __future__ import annotations

import math

from autograd_tiny import Value, dot, mean
from autograd_tiny.diagrams.node_text import module_formulas
from tests.diagrams.builders import diagram_of


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
