"""Constants of formulas: each is written as what it is, and gives the same float."""

from __future__ import annotations

import math
from random import Random

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.symbolic.exact_constants import is_written_exactly, recognized, spell_out
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.symbol import Symbol


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (math.log(10.0), "log(10)"),
        (-math.log(3.0), "-log(3)"),
        (math.pi, "π"),
        (2.0 * math.pi, "2 * π"),
        (math.pi / 180.0, "π / 180"),
        (-math.pi / 6.0, "-π / 6"),
        (math.e, "exp(1)"),
        (math.sqrt(2.0), "sqrt(2)"),
        (1.0 / 3.0, "1 / 3"),
        (-2.0 / 3.0, "-2 / 3"),
    ],
)
def test_constant_is_recognized(number: float, text: str) -> None:
    assert recognized(number).text() == text
    assert recognized(number).number == number


@pytest.mark.parametrize("number", [0.0, 2.0, -0.5, 1e-200, math.inf, 0.1234567, 3.14159265, 1e9 / 7.0, 1e-9 / 7.0])
def test_other_number_stays(number: float) -> None:
    assert recognized(number) == number
    assert not isinstance(recognized(number), Symbol)


def test_every_constant_of_a_rule_has_all_its_digits() -> None:
    source = Random(1)
    for _ in range(200):
        number = source.choice([-1.0, 1.0]) * source.random() * 10.0 ** source.randint(-12, 12)
        rule = spell_out(Symbol("x") * number)
        assert parse(rule.text()).evaluate(x=1.0).data == number
        assert is_written_exactly(number) or rule.text() != (Symbol("x") * number).text()


def test_rule_without_constants_is_unchanged() -> None:
    rule = Symbol("x") * Symbol("y") + 2.0
    assert spell_out(rule) is rule


def test_formula_has_the_name_of_a_constant() -> None:
    a = Value(2.0, label="a")
    assert str(at.log(a, 10.0).formula()) == "L = log(a) / log(10)"
    assert str((a * math.pi).latex()) == r"L = a \cdot \pi"
    assert parse("log(a) / log(10)").evaluate(a=2.0).data == at.log(2.0, 10.0)
