"""SafeFloat: IEEE results of its operators."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd_tiny import Value, dot, exp, logsumexp
from autograd_tiny.primitives.safe_float import SafeFloat
from tests.operands import OPERATORS
from tests.references import same

any_float = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)
finite = st.floats(allow_nan=False, allow_infinity=False)


def by_numpy(function: Callable[[Any, Any], Any], x: float, y: float) -> float:
    if function is operator.floordiv and math.isfinite(x) and y and y == y:
        return x // y  # NumPy gives nan where the quotient overflows
    with np.errstate(all="ignore"):
        return float(function(np.float64(x), np.float64(y)))


@pytest.mark.parametrize("function", OPERATORS, ids=lambda function: function.__name__)
@given(x=any_float, y=any_float)
@example(x=1.0, y=0.0)
@example(x=-1.0, y=0.0)
@example(x=0.0, y=0.0)
@example(x=-8.0, y=0.5)
@example(x=0.0, y=-1.0)
@example(x=1e200, y=1e200)
@example(x=1e200, y=3.0)
def test_operators_agree_with_numpy(function: Callable[[Any, Any], Any], x: float, y: float) -> None:
    expected = by_numpy(function, x, y)
    for result in (function(SafeFloat(x), SafeFloat(y)), function(SafeFloat(x), y), function(x, SafeFloat(y))):
        assert type(result) is SafeFloat
        assert same(float(result) + 0.0, expected + 0.0, tolerance=1e-14)


@given(x=any_float)
def test_sign_and_abs_match_floats(x: float) -> None:
    assert type(-SafeFloat(x)) is type(abs(SafeFloat(x))) is SafeFloat
    assert same(float(-SafeFloat(x)), -x)
    assert same(float(abs(SafeFloat(x))), abs(x))


@given(x=finite)
def test_integers_mix_with_safe_floats(x: float) -> None:
    assert type(SafeFloat(x) ** 2) is type(2 * SafeFloat(x)) is type(1 - SafeFloat(x)) is SafeFloat
    assert SafeFloat(x) * 2 == x * 2


def test_whole_safe_float_is_an_index() -> None:
    assert "abc"[SafeFloat(2.0) - 1] == "b"
    with pytest.raises(TypeError, match=r"a list index must be a whole number, not 0\.5"):
        "abc"[SafeFloat(0.5)]


def test_value_in_a_list_keeps_its_graph() -> None:
    x = Value(3.0)
    assert logsumexp([SafeFloat(2.0), x]).inputs == dot([SafeFloat(2.0)], [x]).inputs == (x,)


@pytest.mark.parametrize("function", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
def test_value_on_the_right_keeps_its_graph(function: Callable[[Any, Any], Any]) -> None:
    x = Value(3.0)
    assert function(SafeFloat(2.0), x).inputs == (x,)
    assert function(SafeFloat(2.0), x).data == function(2.0, 3.0)


def test_primitives_keep_safe_floats() -> None:
    assert type(exp(SafeFloat(1.0))) is type(logsumexp([SafeFloat(1.0), 2.0])) is SafeFloat
    assert dot([SafeFloat(1.0), 2.0], [3.0, 4.0], 5.0) == 16.0


def test_divmod_by_0_is_the_pair_of_quotient_and_remainder() -> None:
    for pair in (divmod(SafeFloat(1.0), 0.0), divmod(1.0, SafeFloat(0.0))):
        assert same(pair[0], math.inf)
        assert same(pair[1], math.nan)
