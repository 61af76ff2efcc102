"""Templates of user-defined primitives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograd_tiny import primitive
from autograd_tiny.primitives.primitive import TABLE, Function
from autograd_tiny.symbolic.notation import text_name
from autograd_tiny.symbolic.symbol import Symbol

A, B = Symbol("a"), Symbol("b")


@pytest.fixture
def row() -> Iterator[Callable[..., Function]]:
    """Add a row named `novel` to the table during one test."""
    yield lambda text, **named: primitive("novel", text, lambda *_: 0.0, lambda *_: (0.0,), **named)
    TABLE.pop("novel", None)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("novel({x})", "novel(a + b) * a"),
        ("{x} ** 3", "(a + b) ** 3 * a"),
        ("3 * {x}", "3 * (a + b) * a"),
        ("{x} + 1", "(a + b + 1) * a"),
        ("1 - {x}", "(1 - (a + b)) * a"),
        ("-{x}", "-(a + b) * a"),
        ("{x} * {x} + 1", "((a + b) * (a + b) + 1) * a"),
        ("[0, {x}][1]", "[0, a + b][1] * a"),
        ("table[{x}]", "table[a + b] * a"),
        ("{x}[0]", "(a + b)[0] * a"),
        ("{x} if {x} > 0 else 0", "((a + b) if (a + b) > 0 else 0) * a"),
        ("{x} @ {x}", "((a + b) @ (a + b)) * a"),
        ("√{x}", "(√(a + b)) * a"),
    ],
)
def test_text_determines_parentheses(row: Callable[..., Function], text: str, written: str) -> None:
    assert str(row(text)(A + B) * A) == written


@pytest.mark.parametrize(
    ("text", "latex", "written"),
    [
        ("novel({x})", r"f\left({x}\right)", r"f\left(a + b\right) \cdot a"),
        ("{x} ** 3", "{x}^{3}", r"\left(a + b\right)^{3} \cdot a"),
        ("novel({x})", r"\tfrac{1}{2} {x}", r"\tfrac{1}{2} a + b \cdot a"),
        ("novel({x})", "", r"\operatorname{novel}\left(a + b\right) \cdot a"),
        (
            "novel({x})",
            lambda x: x * x + 1.0,
            r"\left(\left(a + b\right) \cdot \left(a + b\right) + 1\right) \cdot a",
        ),
    ],
)
def test_user_primitive_has_latex(row: Callable[..., Function], text: str, latex: Any, written: str) -> None:
    assert (row(text, latex=latex)(A + B) * A).latex() == written


@pytest.mark.parametrize("label", ["{x}", "{y}", "{*xs}", "_operand_0"])
def test_names_like_fields_are_not_fields(label: str) -> None:
    assert str(Symbol(label) * B) == f"{text_name(label)} * b"
    assert str(A * Symbol(label)) == f"a * {text_name(label)}"


def test_lists_keep_brackets_in_latex(row: Callable[..., Function]) -> None:
    function = row("novel({*xs}, {y})")
    assert function([A, B], A).latex() == r"\operatorname{novel}\left(\left[a, b\right], a\right)"
    assert function([A, B], A).text() == "novel([a, b], a)"
