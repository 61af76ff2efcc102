"""Symbols as numbers: operators, comparisons, errors."""

from __future__ import annotations

import copy
import math
import operator
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, tanh
from autograd_tiny.engine.graph import leaves, topological_order
from autograd_tiny.errors import AutogradError, OperandError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.primitives.table import where
from autograd_tiny.symbolic.conditions import CONDITIONS
from autograd_tiny.symbolic.symbol import Symbol, UndecidedError, as_symbol

A, B = Symbol("a"), Symbol("b")
TWO, THREE = Symbol("two", 2.0), Symbol("three", 3.0)


@pytest.mark.parametrize(
    ("written", "row"),
    [
        (A + B, "add"),
        (A - B, "sub"),
        (A * B, "mul"),
        (A / B, "div"),
        (A % B, "remainder"),
        (A // B, "floordiv"),
        (A**B, "pow"),
        (A**2, "pow_constant_exponent"),
        (2**A, "pow_constant_base"),
        (-A, "neg"),
        (abs(A), "abs"),
        (round(A), "round"),
        (round(A, 2), "round"),
        (tanh(A), "tanh"),
    ],
)
def test_operators_apply_primitives(written: Symbol, row: str) -> None:
    assert written.primitive is TABLE[row]


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "mod", "floordiv", "pow", "lt", "le", "gt", "ge"])
def test_plain_numbers_on_either_side(name: str) -> None:
    function = getattr(operator, name)
    assert function(THREE, 2.0) == function(3.0, TWO) or function(THREE, 2.0).number == function(3.0, TWO).number
    assert function(A, 2.0).number is function(2.0, A).number is None


def test_unary_plus_is_identity() -> None:
    assert +A is A


def test_number_is_known_if_all_operands_are() -> None:
    assert (TWO * THREE + 1.0).number == 7.0
    assert (TWO * A).number is None


def test_numbers_follow_ieee_rules() -> None:
    assert (TWO / 0.0).number == math.inf


def test_known_comparisons_are_decided() -> None:
    assert [TWO > THREE, TWO >= 2, TWO < THREE, TWO >= 3.0] == [False, True, True, False]


def test_unknown_comparisons_are_conditions() -> None:
    conditions = [A < B, A <= 1, A > 2.0, A >= TWO]
    assert [condition.primitive.symbol for condition in conditions] == ["<", "<=", ">", ">="]


def test_conditions_are_joined() -> None:
    assert ((A > 0.0) & (A < 1.0)).primitive is CONDITIONS["both"]
    assert ((A > 0.0) | (A < 1.0)).primitive is CONDITIONS["either"]


def test_decided_conditions_are_dropped() -> None:
    condition = A > 0.0
    assert condition & True is condition
    assert True & condition is condition
    assert condition & False is False
    assert condition | False is condition
    assert condition | True is True


def test_unknown_choices_are_operations() -> None:
    assert where(A > 0.0, 1.0, B).source() == "where((a > 0.0), 1.0, b)"


def test_truth_of_known_number() -> None:
    assert TWO
    assert not TWO * 0.0


def test_truth_of_unknown_number_is_refused() -> None:
    with pytest.raises(UndecidedError, match=r"<symbol \[a > 0\]> is neither true nor false.*where") as caught:
        bool(A > 0.0)
    assert isinstance(caught.value, AutogradError)
    assert isinstance(caught.value, TypeError)
    assert caught.value.text == "<symbol [a > 0]>"


def test_symbol_is_traversed_as_a_graph() -> None:
    root = A * B + A
    assert [str(leaf) for leaf in leaves(root)] == ["a", "b"]
    assert len(topological_order(root)) == 4


def test_list_operands_are_flattened() -> None:
    assert TABLE["dot"]([A, 2.0], [B, A], 1.0).operands[0] is A
    assert len(TABLE["dot"]([A, 2.0], [B, A], 1.0).operands) == 5


def test_constant_is_a_nameless_leaf() -> None:
    assert as_symbol(2).constant == 2.0
    assert A.constant is None
    assert TWO.constant is None
    assert (TWO + 1.0).constant is None
    assert as_symbol(A) is A


@pytest.mark.parametrize("name", ["", None, 2.0, Value(1.0)])
def test_name_must_be_a_nonempty_string(name: Any) -> None:
    with pytest.raises(OperandError, match=r"Symbol got .*; it takes a name"):
        Symbol(name)


@pytest.mark.parametrize("number", ["2", 1j, [1.0]])
def test_number_must_be_real(number: Any) -> None:
    with pytest.raises(OperandError):
        Symbol("x", number)
    with pytest.raises(OperandError):
        A + number


def test_other_real_numbers_become_floats() -> None:
    assert repr(Symbol("x", 2).number) == repr(Symbol("x", np.float32(2.0)).number) == "2.0"


def test_symbol_is_immutable() -> None:
    with pytest.raises(AttributeError):
        A.name = "b"  # type: ignore[misc]
    assert copy.copy(A * B).operands == (A, B)


def test_arrays_are_computed_elementwise() -> None:
    column = np.array([1.0, 2.0])
    for result in (A + column, column - A, A**column):
        assert [type(element) for element in result] == [Symbol, Symbol]
    assert list(operator.lt(TWO, column + 0.5)) == [False, True]


def test_long_repr_is_truncated() -> None:
    total = A
    for _ in range(60):
        total = total * total + 1.0
    text = repr(total)
    assert len(text) == len("<symbol >") + 200
    assert text.endswith("…>")


def test_notebook_shows_latex() -> None:
    assert (A / B)._repr_latex_() == r"$\displaystyle \frac{a}{b}$"


def test_functions_of_python_write_their_rows() -> None:
    assert [(+A).text(), (-A).text(), abs(A).text(), round(A, 2).text()] == ["a", "-a", "abs(a)", "round(a, 2)"]
