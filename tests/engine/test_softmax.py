"""`softmax` and its kin: the exponentials are shared, the numbers those of the table, and bad input is told of."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value, no_grad
from autograd_tiny.errors import LengthError, OperandError
from autograd_tiny.primitives import float_functions as floats
from autograd_tiny.primitives import table as primitives
from autograd_tiny.symbolic.symbol import Symbol

numbers = st.floats() | st.sampled_from([0.0, 40.0, 800.0, -800.0])
lists = st.lists(numbers, min_size=1, max_size=6)
FUNCTIONS = {"softmax": primitives.softmax, "log_softmax": primitives.log_softmax}
every_function = pytest.mark.parametrize("name", FUNCTIONS)
every_name = pytest.mark.parametrize("name", [*FUNCTIONS, "softmin"])


@every_function
@given(xs=lists)
@example(xs=[math.inf])
def test_softmax_agrees_with_table(name: str, xs: list[float]) -> None:
    nodes = [Value(x) for x in xs]
    for ours, theirs in zip(getattr(at, name)(nodes), FUNCTIONS[name](nodes), strict=True):
        assert ours.primitive is theirs.primitive
        assert ours.inputs == theirs.inputs == tuple(nodes)
        assert ours.operands == theirs.operands
        np.testing.assert_array_equal([ours.data, *ours.partials], [theirs.data, *theirs.partials])


@every_function
@given(xs=lists)
def test_softmax_of_floats_gives_same_floats(name: str, xs: list[float]) -> None:
    outputs = getattr(at, name)(xs)
    assert {type(output) for output in outputs} == {float}
    np.testing.assert_array_equal(outputs, FUNCTIONS[name](xs))
    np.testing.assert_array_equal(outputs, [node.data for node in getattr(at, name)([Value(x) for x in xs])])


@every_function
def test_softmax_of_values_and_numbers(name: str) -> None:
    x = Value(2.0)
    outputs = getattr(at, name)([1, x, np.float32(0.5)])
    assert [output.inputs for output in outputs] == [(x,)] * 3
    assert [output.data for output in outputs] == getattr(at, name)([1.0, 2.0, 0.5])


@every_function
def test_softmax_computes_exponentials_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counting(xs: Any) -> Any:
        calls.append(len(xs))
        return shifted(xs)

    shifted = floats.shifted_exponentials
    monkeypatch.setattr(floats, "shifted_exponentials", counting)
    assert len(getattr(at, name)([Value(float(i)) for i in range(50)])) == 50
    assert calls == [50, 50]  # for the values, and for the partials


@every_function
def test_softmax_in_no_grad_records_nothing(name: str) -> None:
    with no_grad():
        assert [output.inputs for output in getattr(at, name)([Value(1.0), Value(2.0)])] == [(), ()]


def test_softmin_is_softmax_of_negatives() -> None:
    xs = [Value(1.0), Value(3.0), Value(2.0)]
    outputs = at.softmin(xs)
    assert [output.data for output in outputs] == at.softmin([1, 3.0, 2]) == at.softmax([-1.0, -3.0, -2.0])
    outputs[0].backward()
    assert [x.grad < 0.0 for x in xs] == [True, False, False]


def test_softmax_of_symbols_and_arrays() -> None:
    assert [str(output) for output in at.softmax([Symbol("a"), 1.0])] == ["softmax([a, 1])[0]", "softmax([a, 1])[1]"]
    first, second = at.softmax([np.array([0.0, 1.0]), np.array([0.0, 1.0])])
    np.testing.assert_array_equal([first, second], [[0.5, 0.5], [0.5, 0.5]])


@every_name
@pytest.mark.parametrize("xs", [3, None, Value(3.0), "ab", {1.0: 2.0}, np.array(3.0)])
def test_softmax_of_non_list_raises(name: str, xs: Any) -> None:
    with pytest.raises(OperandError, match=rf"^{name} got .*; it takes a list of numbers"):
        getattr(at, name)(xs)


MATRICES: list[Callable[[], Any]] = [
    lambda: [[1, 2], [3, 4]],
    lambda: np.ones((2, 2)),
    lambda: np.array([[Value(1.0)], [Value(2.0)]]),
    lambda: [Value(1.0), "a"],
    lambda: [1j],
    lambda: [1.0, None],
]


@every_name
@pytest.mark.parametrize("make", MATRICES)
def test_softmax_of_non_numbers_raises(name: str, make: Callable[[], Any]) -> None:
    with pytest.raises(OperandError, match=rf"^{name} got .*; it takes Values and real numbers") as caught:
        getattr(at, name)(make())
    assert caught.value.primitive == name


@every_name
def test_softmax_of_empty_list_raises(name: str) -> None:
    with pytest.raises(LengthError, match=f"^{name} got list of length 0"):
        getattr(at, name)([])
