"""Rules of partials as a textbook prints them: for each row of the table the same number as the partial."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.partial_rules import (
    INTERNAL,
    LONGEST,
    Share,
    constants_of,
    general_rules,
    has_shares,
    in_numbers,
    node_rules,
    partial_rules,
)
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.trace import Trace

INDEXED = {"cross_entropy", "log_softmax_at", "softmax_at"}
"""Rows whose rules depend on an index, which is a number."""
DECIMALS = re.compile(r"\d\.\d{3,}")
"""A number with many decimals, where a textbook has a symbol or a fraction."""


def rules_of(node: Value) -> list[str]:
    return [rule.text() for rule in node_rules(node, name_nodes(topological_order(node)))]


def leaves(*numbers: float) -> list[Value]:
    return [Value(number, label="abcdefgh"[i]) for i, number in enumerate(numbers)]


def random_node(name: str, source: Random) -> Value:
    """Return a node of a row on leaves from its domain, three in each list; an index is a plain number."""
    row = TABLE[name]
    names = iter("abcdefgh")
    operands: list[Any] = []
    for many, (low, high) in zip(row.takes_list, row.domain, strict=True):
        drawn = [Value(source.uniform(low, high), label=next(names)) for _ in range(3 if many else 1)]
        operands.append(drawn if many else drawn[0].data if low == high else drawn[0])
    node: Value = row(*operands)
    return node


@pytest.mark.no_cover
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.domain and name != "where"])
def test_rule_of_every_row_gives_the_partial(name: str) -> None:
    for seed in range(20):
        node = random_node(name, Random(seed))
        names = name_nodes(topological_order(node))
        for rule, partial in zip(node_rules(node, names), node.partials, strict=True):
            assert rule.number == pytest.approx(partial, rel=1e-6, abs=1e-6)
            assert len(rule.text()) <= LONGEST
            assert rule.primitive or rule.name or partial in {-1.0, 0.0, 1.0}
            assert not DECIMALS.search(rule.text().replace("0.134145", ""))  # 3·0.044715 in gelu_tanh


def test_textbooks_form_is_written_out() -> None:
    a, b, c = leaves(2.0, 1.0, 0.5)
    assert rules_of(at.cross_entropy([a, b, c], 1)) == ["p₁", "p₂ - 1", "p₃"]
    assert rules_of(at.softmax([a, b, c])[0]) == ["p₁ * (1 - p₁)", "-p₁ * p₂", "-p₁ * p₃"]
    assert rules_of(at.log_softmax([a, b, c])[2]) == ["-p₁", "-p₂", "1 - p₃"]
    assert rules_of(at.logsumexp([a, b, c])) == ["p₁", "p₂", "p₃"]
    assert rules_of(at.mean([a, b, c])) == ["1 / 3"] * 3
    assert rules_of(at.max([a, b, c])) == ["1", "0", "0"]
    assert rules_of(at.max([a, b, a])) == ["1 / 2", "0", "1 / 2"]
    assert rules_of(at.min([a, b, c])) == ["0", "0", "1"]
    assert rules_of(at.norm([a, b, c])) == ["a / L", "b / L", "c / L"]
    assert rules_of(at.prod([a, b, c])) == ["b * c", "a * c", "a * b"]
    assert rules_of(at.dot([a, b], [c, 3.0])) == ["c", "3", "a"]
    assert rules_of(at.sum([a, b])) == ["1", "1"]
    assert rules_of(a.tanh()) == ["1 - L ** 2"]
    assert rules_of(a.sigmoid()) == ["L * (1 - L)"]


def test_position_of_a_share_has_all_its_digits() -> None:
    assert rules_of(at.logsumexp([Value(0.0)] * 12))[9:] == ["p₁₀", "p₁₁", "p₁₂"]


def test_rule_that_gives_another_number_is_not_used() -> None:
    (low,) = node_rules(*named(at.mish(Value(0.0, label="x"))))
    assert low.number == pytest.approx(0.6)
    infinite = at.logsumexp([Value(-math.inf, label="x"), Value(-math.inf, label="y")])
    assert [rule.number for rule in node_rules(*named(infinite))] == [0.0, 0.0]


def named(node: Value) -> tuple[Value, dict[Any, str]]:
    return node, dict(name_nodes(topological_order(node)))


def test_leaf_has_no_rules() -> None:
    assert rules_of(Value(1.0)) == []


def test_rules_without_numbers_hold_everywhere() -> None:
    x, y, z = Symbol("x"), Symbol("y"), Symbol("z")
    assert [rule.text() for rule in partial_rules(TABLE["tanh"], [x], z) or []] == ["1 - z ** 2"]
    assert [rule.text() for rule in partial_rules(TABLE["logsumexp"], [x, y], z) or []] == ["p₁", "p₂"]
    assert [rule.text() for rule in partial_rules(TABLE["max"], [x, y], z) or []] == ["[x == z] / n", "[y == z] / n"]


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.domain and name not in INDEXED])
def test_rule_of_every_row_is_short_without_numbers(name: str) -> None:
    row = TABLE[name]
    letters = map(Symbol, "abcdefg")
    operands = row.flatten([[next(letters) for _ in "123"] if many else next(letters) for many in row.takes_list])
    for rule in partial_rules(row, operands, Symbol("z")) or []:
        assert len(rule.text()) <= LONGEST
        assert not DECIMALS.search(rule.text().replace("0.134145", ""))


@pytest.mark.parametrize(
    ("node", "rules"),
    [
        (lambda a, b: at.degrees(a), ["180 / π"]),
        (lambda a, b: at.radians(a), ["π / 180"]),
        (lambda a, b: at.hardsigmoid(a), ["1 / 6"]),
        (lambda a, b: at.hardsigmoid(a + 9.0), ["0"]),
        (lambda a, b: at.exp2(a), ["L * log(2)"]),
        (lambda a, b: at.log2(a), ["1 / (a * log(2))"]),
        (lambda a, b: at.selu(a), ["λ"]),
        (lambda a, b: at.selu(-a), ["λ * α * exp(v1)"]),
        (lambda a, b: at.elu(-a, 2.0), ["2 * exp(v1)"]),
        (lambda a, b: at.erf(a), ["2 / sqrt(π) * exp(-a ** 2)"]),
        (lambda a, b: at.erfinv(b), ["sqrt(π) / 2 * exp(L ** 2)"]),
        (at.maximum, ["1", "0"]),
        (lambda a, b: at.maximum(a, a), ["1 / 2", "1 / 2"]),
        (at.fmin, ["0", "1"]),
        (lambda a, b: a**b, ["b * a ** (b - 1)", "L * log(a)"]),
        (lambda a, b: at.pow(a, 2.5), ["2.5 * a ** 1.5"]),
        (lambda a, b: 3.0**a, ["3 ** a * log(3)"]),
        (lambda a, b: math.e**a, ["L"]),
        (lambda a, b: at.sinc(a), ["(cos(π * a) - L) / a"]),
        (lambda a, b: at.sinc_derivative(1.0, b), ["(-(π * sin(π * b)) - 2 * L) / b"]),
        (lambda a, b: at.sinc_derivative(4.0, b), ["(π ** 4 * cos(π * b) - 5 * L) / b"]),
        (lambda a, b: at.log(a, 10.0), ["1 / log(10)"]),
        (lambda a, b: a / 3.0, ["1 / 3"]),
        (lambda a, b: a / 7.3, ["1 / 7.3"]),
        (lambda a, b: a * math.pi, ["π"]),
        (lambda a, b: a * (-math.pi / 2.0), ["-π / 2"]),
        (lambda a, b: a * math.e, ["exp(1)"]),
        (lambda a, b: a * (2.0 / 3.0), ["2 / 3"]),
        (lambda a, b: a / -3.0, ["1 / (-3)"]),
        (lambda a, b: a * (-2.0 / 3.0), ["-2 / 3"]),
        (lambda a, b: a ** (1.0 / 3.0), ["1 / 3 * a ** (1 / 3 - 1)"]),
        (lambda a, b: a * math.sqrt(2.0), ["sqrt(2)"]),
        (lambda a, b: a * 0.1234567, ["0.1234567"]),
        (lambda a, b: a * -0.1234567, ["-0.1234567"]),
        (lambda a, b: at.elu(-a, 0.1234567), ["0.1234567 * exp(v1)"]),
    ],
)
def test_constant_has_the_symbol_or_fraction_of_a_textbook(node: Callable[..., Value], rules: list[str]) -> None:
    assert rules_of(node(*leaves(2.0, 0.5))) == rules


def test_constants_are_defined_but_for_pi() -> None:
    (a,) = leaves(-1.0)
    assert constants_of(node_rules(*named(at.selu(a)))) == "λ = 1.0507009873554805, α = 1.6732632423543772"
    assert constants_of(node_rules(*named(at.degrees(a)))) == ""
    assert constants_of(node_rules(*named(Value(1.0, label="λ") * a))) == ""
    assert Trace(at.selu(a)).events.definition(1) == "λ = 1.0507009873554805, α = 1.6732632423543772"
    assert "chain rule with selu′, where λ = 1.0507009873554805, α = 1.6732632423543772" in at.selu(a).explain()


@pytest.mark.parametrize("number", [0.0, 1.0])
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.domain])
def test_rule_of_no_row_has_an_internal_name_or_constant(name: str, number: float) -> None:
    row = TABLE[name]
    letters = iter("abcdefgh")

    def leaf(domain: tuple[float, float]) -> Any:
        is_index = domain[0] == domain[1]
        return 1.0 if is_index else Value(number, label=next(letters))

    grouped = zip(row.takes_list, row.domain, strict=True)
    node: Any = row(*[[leaf(domain), leaf(domain)] if many else leaf(domain) for many, domain in grouped])
    for rule, partial in zip(node_rules(*named(node)), node.partials, strict=True):
        names = {part.primitive.name for part in topological_order(rule) if part.primitive is not None}
        assert not names & INTERNAL
        assert not DECIMALS.search(rule.text().replace("0.134145", "")) or names <= {"neg"}
        assert rule.number == pytest.approx(partial, rel=1e-6, abs=1e-6, nan_ok=True)


def test_rule_at_a_kink_is_its_number() -> None:
    a, b = leaves(0.0, 0.0)
    assert rules_of(at.hypot(a, b)) == ["0", "0"]
    assert rules_of(at.atan2(a, b)) == ["0", "0"]
    assert rules_of(at.sinc(a)) == ["0"]
    assert rules_of(at.binary_cross_entropy(Value(1.0, label="a"), 1.0)) == ["0"]


def test_general_rules_hold_for_all_numbers() -> None:
    (a,) = leaves(-1.0)
    assert [rule.text() for rule in general_rules(*named(at.elu(a)))] == ["where([a > 0], 1, exp(a))"]
    assert "softmax" in general_rules(*named(at.logsumexp([a, a])))[0].text()


def test_rounded_numbers_are_not_written_as_a_rule() -> None:
    nearly_one, half = Share("p₁", 1.0 - 1e-9), Share("p₁", 0.5)
    assert in_numbers(nearly_one - 1.0).text() == "-1e-09"
    assert in_numbers(half - 1.0).text() == "0.5 - 1"
    assert in_numbers(Symbol("x")).text() == "nan"
    assert has_shares(half - 1.0)
    assert not has_shares(Symbol("p₁") - 1.0)


def test_rule_of_a_primitive_for_floats_is_its_number() -> None:
    twisted = at.primitive("twisted", "twisted({x})", math.sin, lambda x, z: (math.cos(x),))
    try:
        rules = rules_of(twisted(Value(0.0, label="a")))
    finally:
        del TABLE["twisted"]
    assert rules == ["1"]
