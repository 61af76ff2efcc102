"""Python for floats as Python for NumPy arrays: the subset, and the errors outside of it."""

from __future__ import annotations

import ast

import pytest

from autograd_tiny.symbolic.translate.numpy_arrays import function
from autograd_tiny.symbolic.translate.table_source import TranslationError, references

NAMES = {**references("special"), "scale": 2.5}


def translated(source: str) -> list[str]:
    """Return the lines of a translated function."""
    tree = ast.parse(source).body[0]
    tree = tree.value if isinstance(tree, ast.Expr) else tree  # type: ignore[assignment]
    assert isinstance(tree, ast.Lambda | ast.FunctionDef)
    return function("f", tree, NAMES, name_of=lambda name: name.replace(".", "_")).splitlines()


@pytest.mark.parametrize(
    ("python", "arrays"),
    [
        ("a - (b - 2)", "a - (b - 2.0)"),
        ("-a ** b % c // 2.0", "floor_divide(remainder(-power(a, b), c), 2.0)"),
        ("0.0 < a <= 1.0", "logical_and(0.0 < a, a <= 1.0)"),
        ("a == b and not c or b", "logical_or(logical_and(a == b, logical_not(c)), b)"),
        ("b if a else -c", "where(a, b, -c)"),
        ("b if type(a) is float else -c", "b"),
        ("float((a > b) - (a < b))", "1.0 * (a > b) - 1.0 * (a < b)"),
        ("float(a > b)", "1.0 * (a > b)"),
        ("abs(a) + round(b)", "absolute(a) + rint(b)"),
        ("math.exp(a) * scale + exp(b)", "math_exp(a) * 2.5 + math_exp(b)"),
        ("nan", "nan"),
    ],
)
def test_expression(python: str, arrays: str) -> None:
    assert translated(f"lambda a, b, c: {python}") == ["def f(a, b, c):", f"    return {arrays}"]


def test_statements() -> None:
    source = '''
def f(x: float, rate: float = 1.0) -> float:
    """Say what it does."""
    if x == nan:
        raise ValueError
    check(x)
    low, high = 0.0, rate * x
    if x > 1.0:
        low = x
        low += 1.0
    if not x:
        return low
    try:
        return math.log(high)
    except ValueError:
        return nan
'''
    assert translated(source.strip()) == [
        "def f(x, rate=1.0):",
        "    low_0 = 0.0",
        "    high_1 = rate * x",
        "    low_2 = x",
        "    low_3 = low_2 + 1.0",
        "    low_4 = where(x > 1.0, low_3, low_0)",
        "    return where(logical_not(x), low_4, math_log(high_1))",
    ]


def test_type_check_is_decided() -> None:
    source = "def f(x):\n    if type(x) is float:\n        return x\n    return unknown"
    assert translated(source) == ["def f(x):", "    return x"]


@pytest.mark.parametrize(
    "source",
    [
        "lambda x: [x]",
        "lambda x: True",
        "lambda x: x @ x",
        "lambda x: unknown",
        "lambda x: exp",
        "lambda x: unknown(x)",
        "lambda x: exp(x, key=x)",
        "lambda x: round(x, 2)",
        "def f(x):\n    for k in range(3):\n        x = x + 1.0\n    return x",
        "def f(x):\n    y = x",
        "def f(x):\n    if x:\n        return x",
        "def f(x):\n    if x:\n        return x\n    else:\n        return -x",
    ],
)
def test_other_python_is_refused(source: str) -> None:
    with pytest.raises(TranslationError, match="is not translated to NumPy"):
        translated(source)
