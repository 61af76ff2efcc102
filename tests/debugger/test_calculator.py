"""Expressions over nodes: what they may mention, and that nothing else runs."""

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
def test_an_expression_is_computed_from_what_nodes_hold(text: str, number: float) -> None:
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
def test_a_condition_joins_comparisons(text: str, truth: bool) -> None:
    assert Calculation(text, look_up).holds() is truth


@pytest.mark.parametrize(
    "text", ["__import__('os')", "open", "().__class__", "a.grad.real", "b", "zz.grad", "a in [a]", "a is a"]
)
def test_a_name_that_no_node_has_is_a_look_up_that_fails(text: str) -> None:
    with pytest.raises((LookupError, ExpressionError)):
        Calculation(text, look_up).compute()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("a +", "missing"),
        ("a.grad(2)", "only a function can be called"),
        ("a.grad.upper()", "only a function can be called"),
        ("[a]", "a list stands where a number is expected"),
        ("a ^ 2", "write **"),
        ("a = 3", "computes and changes nothing; write set a and a number"),
        ("a > 1", "comparisons are not part of an expression"),
        ("a" * (LONGEST + 1), "longer than"),
    ],
)
def test_what_is_no_expression_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation(text, look_up).compute()
    assert problem in raised.value.problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no condition"),
        ("a >", "no condition"),
        ("a > 1; a", "no condition"),
        ("a > 1 and exp(", "no condition"),
        ("a < 0 and relu([a]) > 1", "relu takes numbers, not a list"),
        ("(" * 250, "no condition"),
        ("\0", "no condition"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation(text, look_up).holds()
    assert problem in raised.value.problem


def test_a_condition_nested_as_deeply_as_its_length_allows_is_walked() -> None:
    assert Calculation("not " * (LONGEST // 4 - 1) + "a", look_up).holds() in {True, False}


def test_the_caret_points_into_the_text_as_it_was_written() -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation("layers[0].neurons[1].w[0] * * a", look_up).compute()
    assert raised.value.text == "layers[0].neurons[1].w[0] * * a"
    assert raised.value.column == 29


def test_the_caret_points_into_the_condition_too() -> None:
    with pytest.raises(ExpressionError) as raised:
        Calculation("a.grad > 1 and sinn(a) > 2", look_up).holds()
    assert raised.value.column == len("a.grad > 1 and s")


def test_a_condition_is_read_once_and_follows_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
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
