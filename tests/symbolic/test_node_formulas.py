"""Recorded nodes as Symbols."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import Value, dot, leaky_relu, primitive
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.node_formulas import operation_of, partials_of
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.symbol import Symbol


def named(node: Value) -> dict[Value, str]:
    return name_nodes(topological_order(node))


def texts(symbols: list[Symbol]) -> list[str]:
    return [symbol.text() for symbol in symbols]


def test_a_node_is_its_row_applied_to_the_names_of_its_operands() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    node = dot([a, 2.0], [b, a], 1.0)
    operation = operation_of(node, named(node))
    assert operation.text() == "dot([a, 2], [b, a], 1)"
    assert operation.number == node.data


@pytest.mark.parametrize(
    ("record", "text", "latex"),
    [
        (lambda a: a * 1.0, "a * 1", r"a \cdot 1"),
        (lambda a: 0.0 * a, "0 * a", r"0 \cdot a"),
        (lambda a: a + 0.0, "a + 0", "a + 0"),
        (lambda a: a**1, "a ** 1", "a^{1}"),
    ],
)
def test_what_was_recorded_is_read_as_it_stands(record: Callable[[Value], Value], text: str, latex: str) -> None:
    node = record(Value(2.0, label="a"))
    operation = operation_of(node, named(node))
    assert (operation.text(), operation.latex()) == (text, latex)


def test_a_leaf_is_its_name() -> None:
    a = Value(2.0, label="a")
    assert (operation_of(a, {a: "a"}).text(), operation_of(a, {a: "a"}).number) == ("a", 2.0)
    assert partials_of(a, {a: "a"}) == []


def test_without_numbers_no_symbol_has_one() -> None:
    a = Value(2.0, label="a")
    node = a * 3.0
    assert operation_of(node, named(node), numbers=False).number is None
    assert operation_of(a, {a: "a"}, numbers=False).number is None


def test_a_node_used_twice_has_two_partials() -> None:
    a = Value(2.0, label="a")
    node = a * a
    assert texts(partials_of(node, named(node))) == ["a", "a"]


def test_constants_have_no_partials() -> None:
    node = dot([Value(1.0, label="a"), 2.0], [3.0, Value(4.0, label="b")], 5.0)
    assert texts(partials_of(node, named(node))) == ["3", "2"]


def test_with_numbers_the_case_that_holds_is_shown_and_without_all_of_them() -> None:
    node = leaky_relu(Value(-1.0, label="a"))
    assert texts(partials_of(node, named(node))) == ["0.01"]
    assert texts(partials_of(node, named(node), numbers=False)) == ["where([a > 0], 1, 0.01)"]


def test_a_constant_of_zero_follows_ieee_rules() -> None:
    node = Value(1.0, label="a") / 0.0
    (partial,) = partials_of(node, named(node))
    assert (partial.text(), partial.number) == ("1 / 0", math.inf)


@pytest.mark.parametrize(
    "partials",
    [
        lambda x, z: (math.cos(x),),
        lambda x, z: (x.real,),
        lambda x, z: (1.0 if x > 0.0 else 0.0,),
        lambda x, z: (1.0 / 0.0,),
        lambda x, z: (1.0, 2.0),
        lambda x, z: (int("x"),),
    ],
)
def test_a_row_for_floats_only_has_partials_that_are_named(partials: Callable[..., Any]) -> None:
    def by_kind(x: Any, z: Any) -> Any:
        return (0.5,) if type(x) is float else partials(x, z)

    twisted = primitive("twisted", "twisted({x})", math.sin, by_kind)
    try:
        node = twisted(Value(0.25, label="a"))
        (partial,) = partials_of(node, named(node), numbers=False)
    finally:
        del TABLE["twisted"]
    assert (partial.text(), partial.number) == ("∂L/∂a", None)
    assert partial.latex() == r"\frac{\partial L}{\partial a}"


def test_such_a_partial_has_the_number_that_the_node_stores() -> None:
    twisted = primitive("twisted", "twisted({x})", math.sin, lambda x, z: (math.cos(x),))
    try:
        node = twisted(Value(0.25, label="a"))
        (partial,) = partials_of(node, named(node))
    finally:
        del TABLE["twisted"]
    assert partial.number == math.cos(0.25)
