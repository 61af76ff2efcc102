"""Python as JavaScript: the subset, and the errors outside of it."""

from __future__ import annotations

import ast

import pytest

from autograd_tiny.page import TranslationError
from autograd_tiny.symbolic.translate.javascript import expression, function


def translated(source: str, **named: object) -> str:
    tree = ast.parse(source).body[0]
    if isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Lambda):
        return function(tree.value, {}, **named)
    assert isinstance(tree, ast.FunctionDef)
    return function(tree, {}, **named)


@pytest.mark.parametrize(
    ("python", "javascript"),
    [
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("(a + b) * -c", "(a + b) * -c"),
        ("-(-a)", "-(-a)"),
        ("-(a + b)", "-(a + b)"),
        ("a / (b * c)", "a / (b * c)"),
        ("a ** 2 % b // c", "python.floordiv(python.mod(math.pow(a, 2), b), c)"),
        ("a & b | c", "python.either(python.both(a, b), c)"),
        ("1.0 - (a <= 0.0)", "1.0 - (a <= 0.0)"),
        ("0.0 < a <= 1.0", "0.0 < a && a <= 1.0"),
        ("a == b and not c", "a === b && !python.truth(c)"),
        ("a != b or (c and not (a < b and b < c))", "a !== b || python.truth(c) && !(a < b && b < c)"),
        ("(a or b) and c", "(python.truth(a) || python.truth(b)) && python.truth(c)"),
        ("a if b else c", "python.truth(b) ? a : c"),
        ("a if (b if c else a) else c", "python.truth(python.truth(c) ? b : a) ? a : c"),
        ("a if isinstance(b, bool) else c", "a"),
        ("a if type(b) is float else c", "a"),
        ("a if {float}.issuperset(map(type, b)) else c", "a"),
        ("[a, *b][1:]", "[a, ...b].slice(1)"),
        ("a[:-1]", "a.slice(0, -1)"),
        ("a[1:2]", "a.slice(1, 2)"),
        ("a[-1]", "a.at(-1)"),
        ("[0.0] * 3 + [1.0] + b", "[...[...python.repeat([0.0], 3), ...[1.0]], ...b]"),
        ("[x * y for x, y in zip(a, b, strict=True)]", "python.zip(a, b).map(([x, y]) => x * y)"),
        ("len(a) + abs(b)", "a.length + Math.abs(b)"),
        ('1.0 if hasattr(a, "coefficients") else b', "python.truth(false) ? 1.0 : b"),
        ("enumerate(a, start=1)", "python.enumerate(a, 1)"),
        ("math.isinf(a) and any(b)", "math.isinf(a) && python.any(b)"),
        ("f('text', 1e300)", 'f("text", 1e+300)'),
    ],
)
def test_expression(python: str, javascript: str) -> None:
    assert expression(python, {}) == javascript


def test_outer_names_are_replaced() -> None:
    assert expression("f(g.h, x)", {"f": "rows.f.value", "g.h": "1.5"}) == "rows.f.value(1.5, x)"


@pytest.mark.parametrize(
    "python",
    [
        "True",
        "a @ b",
        "a is b",
        "{1: 2}",
        "f'{a}'",
        "f(a, key=b)",
        "[x for x in a if x]",
        "[x for (x, *y) in a]",
        "a[::2]",
        "lambda: 1",
        "~a",
        "[x for y in a for x in y]",
    ],
)
def test_other_expressions_are_refused(python: str) -> None:
    with pytest.raises(TranslationError, match="is not translated to JavaScript") as caught:
        expression(python, {})
    assert caught.value.source
    assert isinstance(caught.value, ValueError)


def test_short_function_is_one_line() -> None:
    assert translated("lambda x, y=2.0: x * y") == "(x, y = 2.0) => x * y"


def test_named_expression_is_declared() -> None:
    assert translated("lambda x: ((s := x * x), s + 1.0)").splitlines() == [
        "(x) => {",
        "  let s;",
        "  return [s = x * x, s + 1.0];",
        "}",
    ]


def test_statements() -> None:
    source = '''
def f(xs, start=0.0):
    """Say what it does."""
    if not xs:
        raise ValueError("empty")
    check(xs)
    seen = []
    low, high = 0.0, 1.0
    for k, x in enumerate(xs):
        start += x * k
        seen.append(start)
    while start > high:
        start -= 1.0
    try:
        return math.log(start)
    except ValueError:
        return low
'''
    assert translated(source.strip()).splitlines() == [
        "(xs, start = 0.0) => {",
        "  let seen, low, high;",
        "  seen = [];",
        "  [low, high] = [0.0, 1.0];",
        "  for (const [k, x] of python.enumerate(xs)) {",
        "    start += x * k;",
        "    seen.push(start);",
        "  }",
        "  while (start > high) {",
        "    start -= 1.0;",
        "  }",
        "  return math.log(start);",
        "}",
    ]


def test_type_checks_are_decided() -> None:
    source = "def f(x):\n    if type(x) is float:\n        return x\n    return g(x)"
    assert translated(source) == "(x) => x"


def test_comparisons_are_passed_to_decide() -> None:
    assert translated("lambda x: (x > 0.0) * sign(x) * exp(x)", flat={"sign"}) == (
        "(x) => decide(x > 0.0) * decide(sign(x)) * exp(x)"
    )


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return",
        "def f(x):\n    with x:\n        pass",
        "def f(x):\n    x.y = 1",
        "def f(x):\n    x **= 2",
        "def f(x):\n    if x:\n        return 1\n    else:\n        return 2",
    ],
)
def test_other_statements_are_refused(source: str) -> None:
    with pytest.raises(TranslationError) as caught:
        translated(source)
    assert caught.value.line >= 1
