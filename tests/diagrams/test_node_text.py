"""The text of a node's operation."""

from __future__ import annotations

from autograd_tiny import Value, dot
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
