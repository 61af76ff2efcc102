"""`sum`, `dot` and `affine` agree with the table for every mix of nodes and numbers."""

from __future__ import annotations

import decimal
import fractions
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd_tiny import LengthError, Value, affine, dot, no_grad
from autograd_tiny import sum as sum_of
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.primitive import TABLE
from tests.engine.operators import check_against_table

SUM, DOT = TABLE["sum"], TABLE["dot"]

floats = st.floats() | st.sampled_from([0.0, -0.0, 1.0, math.inf, -math.inf, math.nan, 5e-324, 1e308])
plain = floats | st.integers(-(2**70), 2**70) | st.booleans() | st.builds(np.float32, st.floats(width=32))
leaf = st.builds(Value, floats)
operand = leaf | plain
lists = st.lists(leaf, max_size=5) | st.lists(plain, max_size=5) | st.lists(operand, max_size=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """Draw two lists of the same length: of nodes, of floats, or of anything."""
    length = draw(st.integers(0, 5))
    kinds = st.sampled_from([leaf, leaf, floats, operand])
    ws, xs = (draw(st.lists(draw(kinds), min_size=length, max_size=length)) for _ in range(2))
    return ws, xs


@given(xs=lists)
def test_sum_agrees_with_table(xs: list[Any]) -> None:
    check_against_table(SUM, sum_of(xs), [xs])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, where a large float meets a float32
@given(pair=pairs(), bias=operand)
@example(pair=([Value(1.0), Value(2.0)], [1.0, 2]), bias=Value(0.5))
@example(pair=([Value(1.0), Value(2.0)], [1.0, True]), bias=Value(0.5))
@example(pair=([Value(1.0), Value(2.0)], [1.0, np.float32(2.0)]), bias=Value(0.5))
@example(pair=([Value(1.0), Value(2.0)], [1.0, Value(2.0)]), bias=Value(0.5))
@example(pair=([Value(1.0), 2.0], [1.0, 2.0]), bias=Value(0.5))
@example(pair=([], []), bias=Value(0.5))
def test_dot_agrees_with_table(pair: tuple[list[Any], list[Any]], bias: Any) -> None:
    ws, xs = pair
    check_against_table(DOT, dot(ws, xs, bias), [ws, xs, bias])


@given(pair=pairs())
def test_dot_without_bias_agrees_with_table(pair: tuple[list[Any], list[Any]]) -> None:
    ws, xs = pair
    check_against_table(DOT, dot(ws, xs), [ws, xs, 0.0])


@pytest.mark.parametrize("xs", [[Value(3.0)], [4.0]])
def test_planted_wrong_partial_is_found(xs: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DOT, "partials", lambda ws, xs, bias, z: (ws, xs, 1.0))
    with pytest.raises(AssertionError):
        check_against_table(DOT, dot([Value(2.0)], xs, Value(1.0)), [[Value(2.0)], xs, Value(1.0)])


def test_empty_sum_and_dot_are_zero() -> None:
    assert sum_of([]) == 0.0
    assert type(sum_of([])) is float
    assert dot([], []) == 0.0


def test_empty_dot_with_bias_is_a_node() -> None:
    bias = Value(0.5)
    node = dot([], [], bias)
    assert node.data == 0.5
    assert node.inputs == (bias,)


def test_sum_and_dot_add_left_to_right() -> None:
    numbers = [1e16, 1.0, -1e16, 0.1, 0.2]
    expected = 0.0
    for x in numbers:
        expected += x
    assert sum_of([Value(x) for x in numbers]).data == sum_of(numbers) == expected
    assert dot([Value(x) for x in numbers], [1.0] * 5, Value(0.0)).data == expected


@pytest.mark.parametrize(
    "convert", [tuple, iter, lambda xs: (x for x in xs), np.array, lambda xs: dict.fromkeys(xs).keys()]
)
def test_sum_takes_any_iterable(convert: Any) -> None:
    x, y = Value(1.0), Value(2.0)
    node = sum_of(convert([x, y]))
    assert node.data == 3.0
    assert node.inputs == (x, y)


@pytest.mark.parametrize("convert", [tuple, iter, lambda xs: (x for x in xs), np.array])
@pytest.mark.parametrize("xs", [[3.0, 4.0], [Value(3.0), Value(4.0)]])
@pytest.mark.parametrize("bias", [0.5, Value(0.5)])
def test_dot_takes_any_iterable(convert: Any, xs: list[Any], bias: Any) -> None:
    ws = [Value(1.0), Value(2.0)]
    for node in (dot(convert(ws), xs, bias), dot(ws, convert(xs), bias), dot(convert(ws), convert(xs), bias)):
        assert node.data == 11.5
        assert node.inputs[:2] == tuple(ws)


def test_operands_can_be_keywords() -> None:
    ws, bias = [Value(1.0)], Value(0.5)
    assert dot(bias=bias, xs=[2.0], ws=ws).data == 2.5
    assert sum_of(xs=ws).data == 1.0


def test_node_keeps_inputs_when_list_changes() -> None:
    x, ws, xs, bias = Value(1.0), [Value(1.0)], [2.0], Value(0.5)
    total_list = [x]
    total, product = sum_of(total_list), dot(ws, xs, bias)
    total_list.append(x)
    ws.clear()
    xs[0] = 5.0
    assert total.inputs == (x,)
    assert len(product.inputs) == 2
    assert product.partials == (2.0, 1.0)


def test_float32_after_float_does_not_overflow() -> None:
    ws = [Value(0.0), Value(1e300)]
    assert dot(ws, [0.0, np.float32(0.5)]).data == 5e299


@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, where a large float meets a float32
@given(pair=pairs(), bias=operand, other=operand)
def test_affine_rows_agree_with_table(pair: tuple[list[Any], list[Any]], bias: Any, other: Any) -> None:
    ws, xs = pair
    results = affine([ws, ws[::-1]], xs, [bias, other])
    check_against_table(DOT, results[0], [ws, xs, bias])
    check_against_table(DOT, results[1], [ws[::-1], xs, other])


def test_affine_rows_share_tuples() -> None:
    xs = (Value(3.0), Value(4.0))
    one, other = affine([(Value(1.0), Value(2.0)), [Value(5.0), Value(6.0)]], xs, (0.0, Value(1.0)))
    assert one._y is other._y is xs
    assert one._dx is other._dx


def test_affine_takes_arrays() -> None:
    x = Value(2.0)
    (node,) = affine(np.array([[1.0, 3.0]]), [x, 1.0], np.array([0.5]))
    assert (node.data, node.inputs) == (5.5, (x,))


def test_affine_of_different_lengths_raises() -> None:
    with pytest.raises(LengthError, match="weights of length 2 and biases of length 1"):
        affine([[1.0], [2.0]], [Value(1.0)], [0.0])
    with pytest.raises(LengthError, match="ws of length 2 and xs of length 1"):
        affine([[1.0, 2.0]], [Value(1.0)], [0.0])


@pytest.mark.parametrize("bad", [1.0, None, "12", Value(1.0)])
def test_affine_of_non_list_raises(bad: Any) -> None:
    for arguments in ((bad, [1.0], [0.0]), ([bad], [1.0], [0.0]), ([[1.0]], bad, [0.0]), ([[1.0]], [1.0], bad)):
        with pytest.raises(OperandError, match=r"affine got .*; it takes a list of numbers"):
            affine(*arguments)


@pytest.mark.parametrize("convert", [list, tuple])
@pytest.mark.parametrize(
    ("ws", "xs"),
    [([1.0], [1.0, 2.0]), ([Value(1.0)], [1.0, 2.0]), ([Value(1.0)] * 2, [Value(1.0)]), ([Value(1.0)], [])],
)
@pytest.mark.parametrize("bias", [0.0, Value(0.0)])
def test_dot_of_different_lengths_raises(convert: Any, ws: list[Any], xs: list[Any], bias: Any) -> None:
    with pytest.raises(LengthError, match=f"ws of length {len(ws)} and xs of length {len(xs)}") as caught:
        dot(convert(ws), convert(xs), bias)
    assert caught.value.lengths == {"ws": len(ws), "xs": len(xs)}


BAD = ["2", None, 2j, decimal.Decimal(2), fractions.Fraction(1, 2), [1.0], object(), np.complex64(1), b"2"]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: type(bad).__name__)
@pytest.mark.parametrize(
    "call",
    [
        lambda bad: sum_of([Value(1.0), bad]),
        lambda bad: sum_of([bad, Value(1.0)]),
        lambda bad: sum_of([1.0, bad]),
    ],
)
def test_sum_of_non_number_raises(call: Any, bad: Any) -> None:
    with pytest.raises(
        OperandError, match=f"sum got '{type(bad).__name__}'(?s:.*); it takes Values and real numbers"
    ):
        call(bad)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: type(bad).__name__)
@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("make", [float, Value])
def test_dot_of_non_number_raises(make: Any, position: int, bad: Any) -> None:
    operands = [Value(1.0), Value(1.0), make(1.0), make(1.0), Value(1.0)]
    operands[position] = bad
    if make is float and position == 3 and isinstance(bad, fractions.Fraction):
        assert (
            dot(operands[:2], operands[2:4], operands[4]).data == 2.5
        )  # accepted: its product with a float is a float
        return
    with pytest.raises(
        OperandError, match=f"dot got '{type(bad).__name__}'(?s:.*); it takes Values and real numbers"
    ):
        dot(operands[:2], operands[2:4], operands[4])


def test_integer_too_large_raises() -> None:
    for call in (
        lambda: sum_of([Value(1.0), 10**400]),
        lambda: dot([Value(1.0)] * 2, [1.0, 10**400], Value(1.0)),
        lambda: dot([Value(1.0)], [10**400]),
    ):
        with pytest.raises(OverflowError, match=r"too large .* float"):
            call()


@pytest.mark.parametrize("bad", [1.0, "12", None, Value(1.0), {1.0: 2.0}, {0: 1.0}, np.array(1.0)])
def test_non_list_raises(bad: Iterable[Any]) -> None:
    for call in (
        lambda: sum_of(bad),
        lambda: dot(bad, [1.0]),
        lambda: dot([Value(1.0)], bad, Value(1.0)),
        lambda: dot(bad, [1.0], Value(1.0)),
    ):
        with pytest.raises(OperandError, match="takes a list of numbers"):
            call()


def test_dot_of_mapping_raises() -> None:
    with pytest.raises(OperandError, match=r"dot got 'dict'(?s:.*); it takes a list of numbers"):
        dot({Value(1.0): "w"}, [1.0], Value(1.0))


def test_sum_of_separate_numbers_raises() -> None:
    with pytest.raises(OperandError, match=r"sum got 'float'(?s:.*); it takes a list of numbers"):
        sum_of(1.0, 2.0)


def test_sum_takes_a_start_value() -> None:
    x, bias = Value(1.0), Value(5.0)
    assert sum_of([x, 2.0], 0).operands == sum_of([x, 2.0], 0.0).operands == (x, 2.0)
    assert sum_of([x], bias).inputs == (bias, x)
    assert sum_of([x], 3).data == 4.0
    assert sum_of([], start=3) == 3.0
    with pytest.raises(OperandError, match=r"sum got 'str'(?s:.*); it takes Values and real numbers"):
        sum_of([x], "")


def test_array_in_list_is_a_batch() -> None:
    x, batch = Value(2.0), np.array([1.0, 2.0, 3.0])
    assert [node.data for node in sum_of([x, batch])] == [3.0, 4.0, 5.0]
    assert [node.data for node in dot([x], [batch], Value(1.0))] == [3.0, 5.0, 7.0]


def test_no_grad_records_nothing() -> None:
    ws = [Value(1.0), Value(2.0)]
    with no_grad():
        nodes = [sum_of(ws), dot(ws, [3.0, 4.0], Value(0.0)), dot(ws, ws, Value(0.0)), dot(ws, [1, 2])]
    assert [node.data for node in nodes] == [3.0, 11.0, 5.0, 5.0]
    assert [node.inputs for node in nodes] == [()] * 4


class Parameter(Value):
    """A subclass."""


def test_subclass_is_an_operand() -> None:
    ws = [Parameter(1.0), Value(2.0)]
    assert sum_of(ws).inputs == tuple(ws)
    assert dot(ws, [1.0, 2.0], Parameter(1.0)).inputs[:2] == tuple(ws)
