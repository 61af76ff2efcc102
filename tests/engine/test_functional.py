"""Functions made of rows: their values and gradients, what they share with Python's, and what they refuse."""

from __future__ import annotations

import builtins
import math
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value, check_gradients
from autograd_tiny.errors import LengthError, OperandError, SignatureError

numbers = st.floats(-100.0, 100.0)
samples = st.lists(numbers, min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("function", "point"),
    [
        (at.log, [5.0, 3.0]),
        (at.prelu, [-2.0, 0.25]),
        (lambda x: at.gelu(x, approximate="tanh"), [0.7]),
        (at.gelu, [0.7]),
        (lambda *xs: at.var(xs), [1.0, 4.0, -2.0]),
        (lambda *xs: at.var(xs, correction=0), [1.0, 4.0, -2.0]),
        (lambda *xs: at.std(xs), [1.0, 4.0, -2.0]),
        (lambda a, b, c, d: at.dist([a, b], [c, d]), [1.0, 4.0, -2.0, 3.0]),
        (at.max, [1.0, 4.0, -2.0]),
        (lambda *xs: at.min(xs, key=at.abs), [1.5, 4.0, -2.0]),
        (lambda x, y: at.add(*divmod(x, y)), [7.3, 2.0]),
    ],
)
def test_gradients_agree_with_differences(function: Callable[..., Any], point: list[float]) -> None:
    assert all(check.error < 1e-6 for check in check_gradients(function, point))


@given(x=st.floats(0.01, 1e6), base=st.floats(1.5, 100.0))
def test_log_to_base_agrees_with_math(x: float, base: float) -> None:
    assert at.log(x) == at.log(Value(x)).data == math.log(x)
    assert at.log(x, base) == at.log(Value(x), base).data == at.log(x, Value(base)).data == math.log(x, base)


def test_log_to_base_1_is_infinite() -> None:
    assert at.log(2.0, 1.0) == math.inf
    assert at.log(np.array([1.0, 8.0]), 2.0).tolist() == [0.0, 3.0]


def test_wrapped_functions_keep_their_primitive() -> None:
    rows = [at.log.primitive, at.gelu.primitive, at.max.primitive, at.min.primitive]
    assert [row.name for row in rows] == ["log", "gelu", "max", "min"]
    assert (at.fabs, at.logsigmoid) == (at.abs, at.log_sigmoid)


def test_gelu_with_unknown_approximation_raises() -> None:
    with pytest.raises(SignatureError, match=r"gelu\(x, approximate\) got approximate='tan'; write \"none\" or"):
        at.gelu(1.0, approximate="tan")
    assert at.gelu(Value(1.0), "tanh").primitive is at.gelu_tanh.primitive


# ── the largest and the smallest ──────────────────────────────────────────────────────────────────────────────


@given(xs=samples)
@pytest.mark.parametrize("name", ["max", "min"])
def test_max_and_min_agree_with_python(name: str, xs: list[float]) -> None:
    ours, theirs = getattr(at, name), getattr(builtins, name)
    assert ours(xs) == ours(*xs) == ours([Value(x) for x in xs]).data == ours(*map(Value, xs)).data == theirs(xs)
    assert ours(xs, key=at.abs) == ours(*xs, key=at.abs) == theirs(xs, key=abs)
    assert ours(xs, default=7.0) == theirs(xs)


def test_max_of_value_and_number_is_one_node() -> None:
    x = Value(2.0)
    assert at.max(x, 3).inputs == (x,)
    assert (at.max(x, 3).data, at.min(1, 2), at.max(iter([x, 1.0])).data) == (3.0, 1.0, 2.0)


def test_max_with_key_returns_the_element() -> None:
    xs = [Value(1.0), Value(-3.0), Value(3.0)]
    assert at.max(xs, key=lambda x: x * x) is xs[1]
    assert at.min([("b", 2), ("a", 1)], key=lambda pair: pair[1]) == ("a", 1)


def test_max_of_empty_list_gives_default_or_raises() -> None:
    assert at.max([], default=None) is None
    assert at.min([], key=abs, default=2.0) == 2.0
    for call in (lambda: at.max([]), at.max, lambda: at.max([], key=abs)):
        with pytest.raises(LengthError, match="max got list of length 0"):
            call()


@pytest.mark.parametrize("operands", [(3.0,), ("ab",), (None,)])
def test_max_of_single_number_raises(operands: tuple[Any, ...]) -> None:
    with pytest.raises(OperandError, match=r"max got .*; it takes a list of numbers"):
        at.max(*operands)


# ── statistics and geometry ───────────────────────────────────────────────────────────────────────────────────


@given(xs=samples)
def test_var_and_std_agree_with_statistics(xs: list[float]) -> None:
    room = 1e-9 * (1.0 + builtins.max(map(abs, xs)) ** 2)
    for correction, true in ((1, statistics.variance(xs)), (0, statistics.pvariance(xs))):
        assert at.var(xs, correction) == at.var(list(map(Value, xs)), correction).data
        assert at.var(xs, correction) == pytest.approx(true, rel=1e-12, abs=room)
        assert at.std(xs, correction=correction) ** 2 == pytest.approx(true, rel=1e-12, abs=room)


def test_std_of_equal_numbers_has_gradient_zero() -> None:
    xs = [Value(2.0), Value(2.0)]
    z = at.std(xs)
    z.backward()
    assert (z.data, [x.grad for x in xs]) == (0.0, [0.0, 0.0])


def test_var_without_degrees_of_freedom() -> None:
    assert math.isnan(at.var([2.0]))
    assert math.isnan(at.std([Value(2.0)]).data)
    assert at.var([2.0, 3.0], correction=3) == math.inf


def test_std_of_large_numbers_does_not_overflow() -> None:
    assert at.std([1e200, -1e200], correction=0) == 1e200


@pytest.mark.parametrize("name", ["var", "std"])
def test_var_and_std_of_bad_samples_raise(name: str) -> None:
    function = getattr(at, name)
    with pytest.raises(LengthError, match=f"^{name} got list of length 0"):
        function([])
    for bad in (3.0, "ab", np.ones((2, 2)), [1.0, None]):
        with pytest.raises(OperandError, match=f"^{name} got"):
            function(bad)
    with pytest.raises(OperandError, match=f"^{name} got"):
        function([1.0, 2.0], correction="1")


@given(p=st.lists(numbers, max_size=4))
def test_dist_agrees_with_math(p: list[float]) -> None:
    q = [2.0 * x - 1.0 for x in p]
    assert at.dist(p, q) == pytest.approx(math.dist(p, q), rel=1e-15)


def test_dist_of_different_dimensions_raises() -> None:
    with pytest.raises(LengthError, match="dist got p of length 1 and q of length 2"):
        at.dist([1.0], [1.0, 2.0])
    with pytest.raises(OperandError, match=r"^dist got"):
        at.dist([1.0], ["a"])


@pytest.mark.parametrize("ddof", [0, 1])
def test_numpy_var_and_std_take_values(ddof: int) -> None:
    data = np.array([[1.0, 4.0, -2.0], [0.5, 2.0, 8.0]])
    leaves = np.array([[Value(x) for x in row] for row in data])
    variance, deviations = np.var(leaves, ddof=ddof), np.std(leaves, axis=1, ddof=ddof)
    assert variance.data == pytest.approx(np.var(data, ddof=ddof), rel=1e-14)
    assert [z.data for z in deviations] == pytest.approx(np.std(data, axis=1, ddof=ddof), rel=1e-14)
    variance.backward()
    expected = 2.0 * (data - data.mean()) / (data.size - ddof)
    assert [x.grad for x in leaves.flat] == pytest.approx(expected.ravel(), rel=1e-12)


# ── division with a rest ──────────────────────────────────────────────────────────────────────────────────────


@given(x=numbers, y=st.floats(0.1, 50.0))
def test_divmod_agrees_with_python(x: float, y: float) -> None:
    for quotient, rest in (divmod(Value(x), y), divmod(x, Value(y)), divmod(Value(x), Value(y))):
        assert (quotient.data, rest.data) == divmod(x, y)


def test_divmod_of_array_is_elementwise() -> None:
    quotients, rests = divmod(Value(7.0), np.array([2.0, 4.0]))
    assert [[z.data for z in quotients], [z.data for z in rests]] == [[3.0, 1.0], [1.0, 3.0]]
