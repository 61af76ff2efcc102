"""Expressions over nodes: the names they may mention, and that nothing is executed."""

from __future__ import annotations

import math

import pytest

from autograd_tiny.debugger import calculator
from autograd_tiny.debugger.calculator import LONGEST, Calculation
from autograd_tiny.symbolic.expression_parser import ExpressionError

NUMBERS = {
    ("a", "value"): 2.0,
    ("a", "grad"): 3.0,
    ("θ", "value"): 0.5,
    ("v7", "grad"): -1.0,
    ("lambda", "value"): 7.0,
    ("_0", "value"): 11.0,
    ("größe", "value"): 13.0,
    ("layers[0].neurons[1].w[0]", "value"): 5.0,
    ("layers[0].neurons[1].w[0]", "grad"): 0.25,
    ("p['bias']", "value"): 17.0,
    ("x + y", "value"): 19.0,
    ("x + y", "grad"): 23.0,
    ("b.grad", "value"): 29.0,
    ("e", "value"): 31.0,
    ("and", "value"): 37.0,
    ("n" * 60, "value"): 41.0,
}


def look_up(name: str, part: str) -> float:
    return NUMBERS[name, part]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a", 2.0),
        ("a.value", 2.0),
        ("a.data", 2.0),
        ("a.grad * 2", 6.0),
        (" a.grad  +  a ", 5.0),
        ("θ*2", 1.0),
        ("v7.grad", -1.0),
        ("2e-3 * a", 0.004),
        ("lambda + _0 * 2", 29.0),
        ("größe + 1", 14.0),
        ("layers[0].neurons[1].w[0] + layers[0].neurons[1].w[0].grad", 5.25),
        ("p['bias'] - 7", 10.0),
        ("'x + y' * 2", 38.0),
        ('"x + y".grad', 23.0),
        ("b.grad", 29.0),
        ("n" * 60, 41.0),
        ("max([a, a.grad])", 3.0),
        ("leaky_relu(-a, negative_slope=0.5)", -1.0),
        ("log (a.grad) - log(3)", 0.0),
        ("pi", math.pi),
        ("e", 31.0),
        ("'and'", 37.0),
        ("1/0", math.inf),
        ("-inf", -math.inf),
    ],
)
def test_expression_over_nodes(text: str, number: float) -> None:
    assert Calculation(text, look_up).compute() == number


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("a > 1", True),
        ("a > 2", False),
        ("a >= 2 and a.grad <= 3", True),
        ("a < 0 or a.grad == 3", True),
        ("not a == 2", False),
        ("a != 2", False),
        ("1 < a < 3", True),
        ("1 < a < 2", False),
        ("(a > 1) and (a.grad > 5 or a.grad > 2)", True),
        ("a - 2", False),
        ("a", True),
        ("abs(v7.grad) > 0.5 and 'x + y' > 1", True),
    ],
)
def test_condition_joins_comparisons(text: str, truth: bool) -> None:
    assert Calculation(text, look_up).holds() is truth


@pytest.mark.parametrize(
    "text", ["__import__('os')", "open", "().__class__", "a.grad.real", "b", "zz.grad", "a in [a]", "a is a"]
)
def test_unknown_name_is_refused(text: str) -> None:
    with pytest.raises((LookupError, ExpressionError)):
        Calculation(text, look_up).compute()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("a +", "missing"),
        ("a.grad(2)", "only a function can be called"),
        ("a.grad.upper()", "only a function can be called"),
        ("[a]", "got a list where a number is expected"),
        ("a ^ 2", "write **"),
        ("a = 3", "cannot assign; write set a and a number"),
        ("a > 1", "comparisons are not part of an expression"),
        ("a" * (LONGEST + 1), "longer than"),
    ],
)
def test_invalid_expression_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation(text, look_up).compute()
    assert problem in raised.value.problem


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a >", 4),
        ("a > 1 and", 10),
        ("not", 4),
        ("a > 1 2", 7),
        ("a.grad > > 3", 10),
        ('"b c" > 1 2', 11),
        ("(a > 1", 1),
        ("a = 1", 3),
        ("\0", 1),
    ],
)
def test_caret_of_an_invalid_condition_is_at_the_mistake(text: str, column: int) -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation(text, lambda name, part: 1.0).holds()
    assert raised.value.column == column


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not a condition"),
        ("a >", "not a condition"),
        ("a > 1; a", "not a condition"),
        ("a > 1 and exp(", "not a condition"),
        ("a < 0 and relu([a]) > 1", "relu got a list; it takes numbers"),
        ("(" * 250, "not a condition"),
        ("\0", "not a condition"),
    ],
)
def test_invalid_condition_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation(text, look_up).holds()
    assert problem in raised.value.problem


def test_deeply_nested_condition() -> None:
    assert Calculation("not " * (LONGEST // 4 - 1) + "a", look_up).holds() in {True, False}


def test_caret_points_into_the_written_text() -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation("layers[0].neurons[1].w[0] * * a", look_up).compute()
    assert raised.value.text == "layers[0].neurons[1].w[0] * * a"
    assert raised.value.column == 29


def test_caret_points_into_the_condition() -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation("a.grad > 1 and sinn(a) > 2", look_up).holds()
    assert raised.value.column == len("a.grad > 1 and s")


def test_condition_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {"a": 1.0, "b": 2.0}
    condition = Calculation("a * 2 > b + 1 and b < 9", lambda name, _: numbers[name])
    assert not condition.holds()

    def no_parse(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    numbers["a"] = 5.0
    with monkeypatch.context() as patched:  # pytest itself needs ast.parse, to tell of a failure
        patched.setattr(calculator, "parse", no_parse)
        patched.setattr(calculator.ast, "parse", no_parse)
        holds = condition.holds()
    assert holds


@pytest.mark.parametrize("text", ['"my weight"(2)', '"my weight" = 3', "w[0](2)", 'softmax("my weight")'])
def test_mistake_names_the_label_as_written(text: str) -> None:
    known = {"my weight": 1.0, "w[0]": 2.0}
    with pytest.raises(ExpressionError) as caught:
        Calculation(text, lambda name, part: known[name]).compute()
    assert "_0" not in str(caught.value)
