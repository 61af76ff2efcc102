"""Python as C: the subset, and the errors outside of it."""

from __future__ import annotations

import ast

import pytest

from autograd_tiny.symbolic.translate.c import function, number
from autograd_tiny.symbolic.translate.table_source import TranslationError, references

NAMES = {**references("special"), "half": "floats.half", "scale": 2.5}


def translated(source: str) -> list[str]:
    """Return the lines between the braces of a translated function."""
    tree = ast.parse(source).body[0]
    tree = tree.value if isinstance(tree, ast.Expr) else tree  # type: ignore[assignment]
    assert isinstance(tree, ast.Lambda | ast.FunctionDef)
    return function("f", tree, NAMES, name_of=lambda name: name.replace(".", "_")).splitlines()[1:-1]


@pytest.mark.parametrize(
    ("python", "c"),
    [
        ("a - (b - c)", "a - (b - c)"),
        ("a ** 2 // b", "python_floordiv(pow(a, 2.0), b)"),
        ("0.0 < a <= 1.0", "0.0 < a && a <= 1.0"),
        ("a == b and not c", "a == b && !(c != 0.0)"),
        ("b if a else -c", "a != 0.0 ? b : -c"),
        ("float((a > b) - (a < b))", "(double)((a > b) - (a < b))"),
        ("abs(a) + round(b)", "fabs(a) + rint(b)"),
        ("math.exp(a) * scale + math.pi", "math_exp(a) * 2.5 + 3.141592653589793"),
        ("exp(a)", "math_exp(a)"),
        ("gaussian(a)", "special_gaussian(a, 1.0)"),
        ("gaussian(a, b)", "special_gaussian(a, b)"),
        ("-inf", "-INFINITY"),
    ],
)
def test_expression(python: str, c: str) -> None:
    assert translated(f"lambda a, b, c: {python}") == [f"  return {c};"]


def test_statements() -> None:
    source = """
def f(x):
    low, high = 0.0, 2.0 * x
    for _ in range(3):
        low += x
    while low > high:
        low -= 1.0
    if low:
        return low
    try:
        return math.log(high)
    except ValueError:
        return nan
"""
    assert [line.strip() for line in translated(source.strip())] == [
        "double low, high;",
        "low = 0.0;",
        "high = 2.0 * x;",
        "for (int _ = 0; _ < 3; _++) {",
        "low += x;",
        "}",
        "while (low > high) {",
        "low -= 1.0;",
        "}",
        "if (low != 0.0) {",
        "return low;",
        "}",
        "return math_log(high);",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "lambda x: [x]",
        "lambda x: x % 2.0",
        "lambda x: x is x",
        "lambda x: unknown",
        "lambda x: unknown(x)",
        "lambda x: scale(x)",
        "lambda x: half(x, key=x)",
        "lambda x: round(x, 2)",
        "def f(x):\n    for k in range(x):\n        pass",
        "def f(x):\n    x, y = x, x\n    return y",
        "def f(x):\n    x.y = 1.0\n    return x",
    ],
)
def test_other_python_is_refused(source: str) -> None:
    with pytest.raises(TranslationError, match="is not translated to C"):
        translated(source)


def test_numbers_keep_all_digits() -> None:
    assert [number(x) for x in (0.1, -1.0, float("inf"), float("-inf"), float("nan"))] == [
        "0.1",
        "(-1.0)",
        "INFINITY",
        "(-INFINITY)",
        "NAN",
    ]
