"""Validation and conversion of operands."""

from __future__ import annotations

import decimal
import enum
import fractions
import math
import sys
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.errors import NumberTooLargeError, OperandError
from autograd_tiny.primitives.operands import as_float, as_leaf_data, as_list, is_array, is_number


class Whole(enum.IntEnum):
    """A subclass of int."""

    TWO = 2


class Metres(float):
    """A subclass of float."""

    __slots__ = ()


class Raising:
    """A number that cannot be converted."""

    def __float__(self) -> float:
        raise RuntimeError("no")


SCALARS = [np.float16, np.float32, np.float64, np.longdouble, np.int8, np.int16, np.int32, np.int64]
SCALARS += [np.uint8, np.uint16, np.uint32, np.uint64]
TWOS = [2, 2.0, Whole.TWO, Metres(2.0), *(scalar(2) for scalar in SCALARS), np.array(2.0), np.array(2)]


@pytest.mark.parametrize("number", TWOS, ids=lambda number: type(number).__name__)
def test_real_numbers_become_floats(number: Any) -> None:
    for convert in (as_leaf_data, lambda operand: as_float(operand, "add")):
        assert convert(number) == 2.0
        assert type(convert(number)) is float


@pytest.mark.parametrize("truth", [True, np.True_, np.array(True)])
def test_bool_is_an_operand_but_not_data(truth: Any) -> None:
    assert as_float(truth, "mul") == 1.0
    assert type(as_float(truth, "mul")) is float
    with pytest.raises(
        OperandError, match=r"the data of a Value got '.*' \(.*\); it takes a real number; write 1\.0 or 0\.0"
    ):
        as_leaf_data(truth)


@pytest.mark.parametrize("number", [math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308])
def test_extreme_numbers_are_unchanged(number: float) -> None:
    assert as_float(np.float64(number), "add").hex() == as_leaf_data(number).hex() == number.hex()


def test_nan_is_accepted() -> None:
    assert math.isnan(as_float(np.float32("nan"), "add"))


def test_long_double_overflows_to_infinity() -> None:
    largest = np.finfo(np.longdouble).max  # equal to that of float64 on some machines
    assert as_float(largest, "add") == float(largest)


@pytest.mark.parametrize("sign", [1, -1])
def test_integer_overflow_names_the_place(sign: int) -> None:
    with pytest.raises(NumberTooLargeError, match="add got an integer too large") as caught:
        as_float(sign * 10**400, "add")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("operand", "remedy"),
    [
        ("2", r"convert it with float\(\.\.\.\) first"),
        (fractions.Fraction(2), r"convert it with float\(\.\.\.\) first"),
        ("two", "pass a number"),
        (None, "pass a number"),
        (Raising(), "pass a number"),
        (2j, r"take its \.real part"),
        (np.array(2j), r"take its \.real part"),
        (np.array(Value(2.0)), r"take its element with \.item\(\)"),
        (np.array(None), "pass a number"),
        (Value(2.0), r"use its \.data"),
        ([2.0], r"take its elements one by one, as in \[f\(x\) for x in xs\]"),
        (np.array([2.0]), r"take its elements one by one, as in \[f\(x\) for x in xs\]"),
        ({"a": 2.0}, r"take its elements one by one, as in \[f\(x\) for x in xs\.values\(\)\]"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_other_types_are_refused(operand: Any, remedy: str) -> None:
    with pytest.raises(OperandError, match=rf"'{type(operand).__name__}'(?s:.*); {remedy}$") as caught:
        as_float(operand, "add", expected="a thing")
    assert str(caught.value).startswith("add got ")
    assert "; it takes a thing; " in str(caught.value)


def test_value_as_number_names_its_data() -> None:
    with pytest.raises(
        OperandError, match=r"the data of a Value got 'Value' \(Value\(.*\)\); it takes a real number; use its \.data"
    ):
        as_leaf_data(Value(2.0))


def test_only_arrays_with_dimensions_are_arrays() -> None:
    assert is_array(np.zeros(1))
    assert is_array(np.zeros((0, 2)))
    assert not any(map(is_array, [np.array(1.0), np.float64(1.0), [1.0], 1.0, None, Value(1.0)]))


def test_numbers_of_any_kind_are_numbers() -> None:
    assert all(map(is_number, [*TWOS, True, np.True_, math.nan, 2j, fractions.Fraction(2), decimal.Decimal(2)]))
    assert not any(map(is_number, [np.zeros(1), np.array("2"), np.array(2j), "2", None, [2.0], Value(2.0)]))
    with pytest.raises(OperandError, match="masked"):
        is_number(np.ma.masked)


def test_object_array_without_dimensions_is_refused() -> None:
    with pytest.raises(OperandError, match=r"mul got 'ndarray'(?s:.*); it takes Values and real numbers"):
        Value(2.0) * np.array(Value(3.0))


def test_works_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.zeros(2)
    monkeypatch.delitem(sys.modules, "numpy")
    assert as_float(2, "add") == 2.0
    assert not is_array(array)
    with pytest.raises(OperandError, match="got 'ndarray'"):
        as_float(array, "add")


@pytest.mark.parametrize(
    "operands", [[1.0, 2.0], (1.0, 2.0), iter([1.0, 2.0]), range(1, 3), np.array([1.0, 2.0]), {1.0: 0, 2.0: 0}.keys()]
)
def test_iterables_become_lists(operands: Any) -> None:
    assert as_list(operands, "sum") == [1.0, 2.0]


def test_list_is_copied() -> None:
    operands = [1.0]
    assert as_list(operands, "sum") is not operands


def test_array_becomes_list_of_floats() -> None:
    assert {type(x) for x in as_list(np.array([1.0, 2.0]), "sum")} == {float}


@pytest.mark.parametrize(
    ("operands", "remedy"),
    [
        (1.0, r"put it into a list: \[x\]"),
        (Value(1.0), r"put it into a list: \[x\]"),
        (np.array(1.0), r"put it into a list: \[x\]"),
        (None, "pass a list"),
        (list, "pass a list"),
        ("12", "pass a list"),
        (b"12", "pass a list"),
        ({1.0: 2.0}, r"pass its values: list\(xs\.values\(\)\)"),
        ({1.0, 2.0}, r"put its elements in order: sorted\(xs\)"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_non_lists_are_refused(operands: Any, remedy: str) -> None:
    with pytest.raises(OperandError, match=rf"sum got (?s:.*); it takes a list of numbers; {remedy}$"):
        as_list(operands, "sum")
