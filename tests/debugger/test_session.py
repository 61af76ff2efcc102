"""Finding nodes by their names, in quotes where these contain other characters."""

from __future__ import annotations

from autograd_tiny import Value
from tests.debugger.sessions import answer


def test_label_in_quotes() -> None:
    root = Value(2.0, label="x + y") * Value(3.0, label="if")
    assert answer(root, "n", 'p "x + y".grad * 2') == ["6"]
    assert answer(root, "p x + y")[0] == answer(root, "p 'x + y'")[0] == '"x + y" = 2     "x + y".grad = —'
    assert answer(root, "b x + y if grad > 2") == ['breakpoint 1: "x + y" if grad > 2']
    assert answer(root, 'b "x + y"') == ['breakpoint 1: "x + y"']
    assert answer(root, "b if if grad > 2") == ['breakpoint 1: "if" if grad > 2']
