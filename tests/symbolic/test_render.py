"""Rendering of Symbols: parentheses in text, source and LaTeX, deep trees."""

from __future__ import annotations

import ast
import functools
import operator
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value, exp, remainder, sqrt, sum, tanh
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.symbol import Symbol, as_symbol
from autograd_tiny.symbolic.templates import PRODUCT, SIGN, SUM

A, B, X, Y = (Symbol(name) for name in "abxy")
NUMBERS = {"a": 1.25, "b": 0.5, "x": -2.0}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (A + B * A, "a + b * a"),
        ((A + B) * A, "(a + b) * a"),
        (A - (B - A), "a - (b - a)"),
        (A - B - A, "a - b - a"),
        (A + (B + A), "a + (b + a)"),
        (A / (B * A), "a / (b * a)"),
        (A / B * A, "a / b * a"),
        ((A**B) ** A, "(a ** b) ** a"),
        (A ** (B**A), "a ** b ** a"),
        ((-A) ** B, "(-a) ** b"),
        (-(A**B), "-a ** b"),
        (-(A + B), "-(a + b)"),
        (-(A * B), "-(a * b)"),
        (-A * B, "-a * b"),
        (-(-A), "-(-a)"),  # noqa: B002
        (A - -3.0 * B, "a - (-3 * b)"),
        (A * -B, "a * (-b)"),
        (2.0**A, "2 ** a"),
        ((-2.0) ** A, "(-2) ** a"),
        (A**-1.0, "a ** (-1)"),
        (1.0 / A, "1 / a"),
        (3.0 - A, "3 - a"),
        (A % B // A, "a % b // a"),
        (tanh(A + B), "tanh(a + b)"),
        (TABLE["softmax_at"]([A + B, 2.0], 1.0), "softmax([a + b, 2])[1]"),
        ((A > 0.0) * B, "[a > 0] * b"),
        (1.0 - (A + B <= 0.0), "1 - [a + b <= 0]"),
        ((A > 0.0) & (A < B), "[a > 0 and a < b]"),
        (((A > 0.0) | (A < B)) & (B > 0.0), "[(a > 0 or a < b) and b > 0]"),
        ((A > 0.0) & (A < B) | (B > 0.0), "[a > 0 and a < b or b > 0]"),
        ((A > 0.0) & ((A < B) & (B > 0.0)), "[a > 0 and a < b and b > 0]"),
    ],
)
def test_text_has_pythons_parentheses(written: Symbol, text: str) -> None:
    assert str(written) == text


@pytest.mark.parametrize(
    ("written", "source"),
    [
        (0.1 * A + 1.0, "0.1 * a + 1.0"),
        (1.0 * A + 0.0, "1.0 * a + 0.0"),
        (A ** (-1.0 / 3.0), "a ** (-0.3333333333333333)"),
        (A * float("-inf"), "a * float('-inf')"),
        ((A > 0.0) * 2.0, "(a > 0.0) * 2.0"),
        ((A > 0.0) & (A <= B), "((a > 0.0) & (a <= b))"),
        (TABLE["softmax_at"]([A, B], 1.0), "softmax([a, b])[1]"),
        (TABLE["softmax_at"]([A, B], X), "softmax([a, b])[int(x)]"),
        (TABLE["softmax_at"]([A, B], X + 1.0), "softmax([a, b])[int(x + 1.0)]"),
        (TABLE["cross_entropy"]([A, B], 1.0), "cross_entropy([a, b], 1.0)"),
    ],
)
def test_source_is_exact_and_complete(written: Symbol, source: str) -> None:
    assert written.source() == source


@pytest.mark.parametrize(
    ("written", "latex"),
    [
        (A + (B + A), "a + b + a"),
        (A - (B + A), r"a - \left(b + a\right)"),
        (A * (B + 1.0), r"a \cdot \left(b + 1\right)"),
        (A * (B * X), r"a \cdot b \cdot x"),
        (A * (B / X), r"a \cdot \frac{b}{x}"),
        ((A + B) / (A * B), r"\frac{a + b}{a \cdot b}"),
        ((A / B) ** 2.0, r"\left(\frac{a}{b}\right)^{2}"),
        (A ** (B + 1.0), "a^{b + 1}"),
        ((A + B) ** 2.0, r"\left(a + b\right)^{2}"),
        (exp(A) ** 2.0, r"\left(e^{a}\right)^{2}"),
        (sqrt(A) ** 2.0, r"\sqrt{a}^{2}"),
        (-(A + B), r"-\left(a + b\right)"),
        (-(A * B), r"-a \cdot b"),
        (-(A**2.0), "-a^{2}"),
        ((-A) ** 2.0, r"\left(-a\right)^{2}"),
        (-(-A), r"-\left(-a\right)"),  # noqa: B002
        (A * -B, r"a \cdot \left(-b\right)"),
        (A * -3.0, r"a \cdot \left(-3\right)"),
        (A + (-B + A), r"a + \left(-b + a\right)"),
        (A + (-B + X) ** 2.0, r"a + \left(-b + x\right)^{2}"),
        (A - -B * A, r"a - \left(-b \cdot a\right)"),
        (-3.0 * A, r"-3 \cdot a"),
        (A - B * 1e-7, r"a - b \cdot 10^{-7}"),
        (as_symbol(1e7) ** A, r"\left(10^{7}\right)^{a}"),
        (A * remainder(A, B), r"a \cdot \left(a \bmod b\right)"),
        (remainder(A * B, A + B), r"\left(a \cdot b\right) \bmod \left(a + b\right)"),
        (A // (A + B), r"\left\lfloor \frac{a}{a + b} \right\rfloor"),
        (1.0 - (A <= 0.0), r"1 - \left[a \le 0\right]"),
        ((A > 0.0) & (A < B), r"\left[a > 0 \land a < b\right]"),
        (TABLE["where"](A > B, A, B), r"\begin{cases} a & \text{if } a > b \\ b & \text{otherwise} \end{cases}"),
        (TABLE["max"]([A, B]), r"\max\left(a, b\right)"),
        (TABLE["sum"]([A, -B, A * B]), r"a + \left(-b\right) + a \cdot b"),
    ],
)
def test_latex_has_parentheses_of_mathematics(written: Symbol, latex: str) -> None:
    assert written.latex() == latex


@pytest.mark.parametrize(("within", "text"), [(SUM, "a * b"), (PRODUCT, "a * b"), (SIGN, "(a * b)")])
def test_outer_precedence_adds_parentheses(within: int, text: str) -> None:
    assert (A * B).text(within) == text
    assert (A * B).latex(within) == text.replace("(", r"\left(").replace(")", r"\right)").replace("*", r"\cdot")


# ── random trees, evaluated by other parsers ──────────────────────────────────────────────────────────────────

BINARY = ["add", "sub", "mul", "div", "pow", "remainder", "floordiv"]


def trees(operators: list[str]) -> st.SearchStrategy[Any]:
    """Draw trees of operators over names without numbers, and constants."""
    leaf = st.sampled_from([Symbol("a"), Symbol("b"), Symbol("x"), as_symbol(2.0), as_symbol(-1.5)])
    join = st.sampled_from(operators).map(TABLE.__getitem__)
    return st.recursive(
        leaf,
        lambda inner: st.builds(lambda row, x, y: row(x, y), join, inner, inner) | st.builds(operator.neg, inner),
        max_leaves=12,
    )


@given(trees(BINARY))
def test_source_parentheses_match_unparse(tree: Symbol) -> None:
    assert ast.unparse(ast.parse(tree.source(), mode="eval")) == tree.source()


@given(trees(["add", "sub", "mul", "div"]))
def test_source_and_text_evaluate_to_the_tree(tree: Symbol) -> None:
    values = {name: Value(number) for name, number in NUMBERS.items()}
    expected = computed(tree, values)
    assert repr(eval(with_values(tree.source()), {"Value": Value, **values})) == repr(expected)
    assert parse(tree.text()).evaluate(**values).data == pytest.approx(data(expected), rel=1e-9, nan_ok=True)


@given(trees(["add", "sub", "mul", "div"]))
def test_latex_evaluates_to_the_tree(tree: Symbol) -> None:
    values = {name: Value(number) for name, number in NUMBERS.items()}
    result = eval(with_values(python_of(tree.latex())), {"Value": Value, **values})
    assert data(result) == pytest.approx(data(computed(tree, values)), rel=1e-9, abs=1e-9, nan_ok=True)


def computed(tree: Symbol, values: dict[str, Value]) -> Any:
    if tree.primitive is not None:
        return tree.primitive(*(computed(operand, values) for operand in tree.operands))
    return values[tree.name] if tree.name else Value(tree.number or 0.0)


def data(result: Any) -> float:
    return result.data if isinstance(result, Value) else result


def with_values(source: str) -> str:
    """Return source whose numbers are Values, so that a division by 0 follows IEEE rules."""
    return re.sub(r"\d+(\.\d+)?", r"Value(\g<0>)", source)


def python_of(latex: str) -> str:
    """Translate the LaTeX of the four operations into Python, as a reader of mathematics would."""
    latex = latex.replace(r"\left(", "(").replace(r"\right)", ")").replace(r"\cdot", "*")
    return latex.replace(r"\frac{", "((").replace("}{", ")/(").replace("}", "))")


# ── depth ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.no_cover
@pytest.mark.parametrize("write", [Symbol.text, Symbol.latex, Symbol.source])
@pytest.mark.parametrize("grow", [lambda x: x + A, lambda x: A - x, lambda x: -x, tanh, lambda x: 1.0 * x])
def test_deep_tree_needs_no_recursion(write: Callable[[Symbol], str], grow: Callable[[Symbol], Symbol]) -> None:
    tree = X
    for _ in range(5_000):
        tree = grow(tree)
    assert "x" in write(tree)


@pytest.mark.no_cover
def test_long_sum_needs_no_recursion() -> None:
    assert sum([A] * 10_000).latex().count("a") == 10_000
    assert functools.reduce(operator.add, [A] * 10_000).text().count("a") == 10_000
