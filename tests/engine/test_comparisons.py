"""A node equals a number by its number, another node by identity; NumPy may not order nan."""

from __future__ import annotations

import enum
import math
import operator
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd_tiny
from autograd_tiny import Value, record
from autograd_tiny.errors import UnorderedError


class Whole(enum.IntEnum):
    """A subclass of int."""

    TWO = 2


TWOS: list[Any] = [2, 2.0, Whole.TWO, Fraction(2), Decimal(2), 2 + 0j, np.array(2.0), np.array(2)]
TWOS += [kind(2) for kind in (np.float16, np.float32, np.float64, np.longdouble, np.int8, np.uint64)]
OTHERS: list[Any] = [
    3,
    2.5,
    math.nan,
    10**400,
    True,
    np.float64(3),
    "2",
    b"2",
    None,
    [2.0],
    (2.0,),
    {2.0},
    object,
    2j,
]


# ── equality ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("two", TWOS, ids=lambda two: type(two).__name__)
def test_node_equals_equal_number(two: Any) -> None:
    x = Value(2.0)
    assert (x == two) is True
    assert (x != two) is False
    assert two == x
    assert not two != x  # noqa: SIM202 - both operators are tested


@pytest.mark.parametrize("other", OTHERS, ids=repr)
def test_node_equals_nothing_else(other: Any) -> None:
    x = Value(2.0)
    assert (x == other) is False
    assert (x != other) is True
    assert other != x


@pytest.mark.parametrize("number", [0, 0.0, -0.0, False, np.float64(0.0), np.False_])
def test_zero_equals_zero(number: Any) -> None:
    assert Value(0.0) == number
    assert Value(-0.0) == number


def test_truths_equal_their_numbers() -> None:
    assert Value(1.0) == True  # noqa: E712 - a mask is 1 or 0
    assert Value(1.0) == np.True_
    assert Value(2.0) != True  # noqa: E712 - as above


def test_nan_equals_no_number_and_is_the_same_node() -> None:
    x = Value(math.nan)
    assert all(x != number for number in (math.nan, np.float64("nan")))
    assert x == x
    assert [x].index(x) == 0


def test_accuracy_counts_equal_labels() -> None:
    predictions = [Value(float(k % 3)) for k in range(9)]
    labels = np.arange(9) % 3
    assert sum(y == label for y, label in zip(predictions, labels, strict=True)) == 9


def test_array_compares_element_by_element() -> None:
    x = Value(2.0)
    assert (x == np.array([1.0, 2.0])).tolist() == (np.array([1.0, 2.0]) == x).tolist() == [False, True]
    assert (np.array([x, Value(3.0)]) == 3.0).tolist() == [False, True]
    assert (np.array([x, Value(2.0)]) == x).tolist() == [True, False]


def test_case_matches_number() -> None:
    match Value(2.0):
        case 1.0:
            found = "one"
        case 2.0:
            found = "two"
    assert found == "two"


def test_node_equals_no_other_node() -> None:
    x, twin = Value(1.0), Value(1.0)
    assert x == x
    assert x != twin
    assert not x == twin  # noqa: SIM201 - both operators are tested
    assert x.__eq__(twin) is False


def test_nodes_with_equal_data_are_distinct_keys() -> None:
    x, y = Value(1.0), Value(1.0)
    names = {x: "x", y: "y"}
    assert len({x, y, x}) == 2
    assert (names[x], names[y]) == ("x", "y")


def test_new_data_keeps_place_in_set() -> None:
    x = Value(1.0)
    nodes = {x}
    x.data = 2.0
    assert x in nodes


def test_list_index_is_by_identity() -> None:
    x, y = Value(1.0), Value(1.0)
    assert [x, y].index(y) == 1


def test_nodes_visited_are_found_by_identity() -> None:
    x, y = Value(1.0), Value(1.0)
    visited = [x]
    assert x in visited
    assert y not in visited
    assert visited == [x]
    assert visited != [y]
    visited.remove(x)


# ── order ─────────────────────────────────────────────────────────────────────────────────────────────────────

ORDERS: dict[str, Callable[[Any], Any]] = {
    "np.max": np.max,
    "np.min": np.min,
    "np.sort": np.sort,
    "np.argsort": np.argsort,
    "np.argmax": np.argmax,
    "np.argmin": np.argmin,
    "np.median": np.median,
    "np.percentile": lambda a: np.percentile(a, 50.0),
    "np.unique": np.unique,
    "np.ptp": np.ptp,
    "np.clip": lambda a: np.clip(a, 0.0, 2.0),
    "np.maximum": lambda a: np.maximum(a, a[::-1]),
    "np.fmin": lambda a: np.fmin(a, a[::-1]),
    "np.maximum.reduce": lambda a: np.maximum.reduce(a),  # noqa: PLW0108 - the call is looked for
    "np.minimum.accumulate": lambda a: np.minimum.accumulate(a),  # noqa: PLW0108 - as above
    "np.searchsorted": lambda a: np.searchsorted(a, Value(2.0)),
    "np.partition": lambda a: np.partition(a, 1),
    "np.digitize": lambda a: np.digitize(a, [1.0, 2.0]),
    "max": lambda a: a.max(),
    "min": lambda a: a.min(),
    "sort": lambda a: a.sort(),
    "argsort": lambda a: a.argsort(),
    "argmax": lambda a: a.argmax(),
    "clip": lambda a: a.clip(0.0, 2.0),
}


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # of NumPy, before the error
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("numbers", [(3.0, math.nan, 1.0), (math.nan, 3.0, 1.0), (3.0, 1.0, math.nan)])
def test_order_of_nan_by_numpy_raises(order: Callable[[Any], Any], numbers: tuple[float, ...]) -> None:
    values = np.array([Value(x) for x in numbers])
    with pytest.raises(UnorderedError, match=r"NumPy got Values to order .* use autograd_tiny\.max and min"):
        order(values)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_order_of_numbers_by_numpy_is_right(order: Callable[[Any], Any]) -> None:
    numbers = np.array([3.0, math.inf, 1.0, -2.0])
    values = np.array([Value(x) for x in numbers])
    expected, result = order(numbers.copy()), order(values)
    plain = [x.data if isinstance(x, Value) else x for x in np.atleast_1d(np.array(result))]
    assert plain == np.atleast_1d(expected).tolist()


def test_remedies_for_nan_are_right() -> None:
    values = [Value(3.0), Value(math.nan), Value(1.0)]
    assert math.isnan(autograd_tiny.max(values).data)
    assert math.isnan(autograd_tiny.min(values).data)
    assert np.argsort([v.data for v in values]).tolist() == [2, 0, 1]


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # of NumPy, for nan
@pytest.mark.parametrize("comparison", [operator.lt, operator.le, operator.gt, operator.ge])
def test_comparison_with_nan_is_false(comparison: Callable[[Any, Any], Any]) -> None:
    x, nan = Value(1.0), Value(math.nan)
    assert [comparison(x, nan), comparison(nan, x), comparison(nan, 1.0), comparison(nan, nan)] == [False] * 4
    assert not comparison(np.array([x, nan]), np.array([nan, x])).any()


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # of NumPy, for nan
def test_elementwise_comparison_with_nan_is_false() -> None:
    values = np.array([Value(1.0), Value(math.nan)])
    assert not np.less(values, values).any()
    assert not (values > values[::-1]).any()
    assert np.where(values >= 1.0, values, 0.0)[1] == 0.0


def test_order_of_nan_without_numpy_is_that_of_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    values = [Value(math.nan), Value(3.0)]
    values.sort()
    assert math.isnan(values[0].data)


def test_python_orders_nan_as_floats() -> None:
    values = [Value(math.nan), Value(3.0)]
    assert max(values) is values[0]
    assert max(reversed(values)) is values[1]


# ── what NumPy finds by `!=` ──

BY_EQUALITY: dict[str, Callable[[Any], Any]] = {
    "np.nanmax": np.nanmax,
    "np.nanmin": np.nanmin,
    "np.nansum": np.nansum,
    "np.nanprod": np.nanprod,
    "np.nanmean": np.nanmean,
    "np.nanvar": np.nanvar,
    "np.nanstd": np.nanstd,
    "np.nancumsum": np.nancumsum,
    "np.array_equal": lambda a: np.array_equal(a, a.copy()),
    "np.array_equiv": lambda a: np.array_equiv(a, a.copy()),
}


def plain(result: Any) -> list[float]:
    return [x.data if isinstance(x, Value) else x for x in np.atleast_1d(np.array(result))]


@pytest.mark.parametrize("function", BY_EQUALITY.values(), ids=BY_EQUALITY)
@pytest.mark.parametrize("numbers", [(2.0, 2.0, 0.0), (math.nan, 3.0, 1.0), (3.0, 1.0, math.nan)])
def test_function_of_numpy_finds_nan_and_equal_numbers(
    function: Callable[[Any], Any], numbers: tuple[float, ...]
) -> None:
    values = np.array([Value(x) for x in numbers])
    expected = function(np.array(numbers))
    assert plain(function(values)) == pytest.approx(np.atleast_1d(expected).tolist(), nan_ok=True)


@pytest.mark.parametrize("function", [np.unique, lambda a: np.union1d(a, a[:1]), lambda a: np.setdiff1d(a, a[2:])])
def test_function_of_numpy_finds_equal_numbers_once(function: Callable[[Any], Any]) -> None:
    numbers = [2.0, 2.0, 0.0, 3.0]
    assert plain(function(np.array([Value(x) for x in numbers]))) == function(np.array(numbers)).tolist()


def test_arrays_equal_by_number() -> None:
    values, others = (np.array([Value(x) for x in (1.0, 2.0)]) for _ in range(2))
    assert np.array_equal(values, others)
    assert not np.array_equal(values, others[::-1])


def test_operators_of_arrays_compare_nodes_by_identity() -> None:
    x, y = Value(1.0), Value(math.nan)
    assert np.equal(np.array([x, y]), np.array([Value(1.0), y])).tolist() == [False, True]
    assert (np.array([y]) != np.array([y])).tolist() == [False]


COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
UNROUNDED: list[Any] = [2**53 + 1, 2**53 - 1, -(2**53) - 1, 10**400, -(10**400), Fraction(1, 3), Fraction(10**400)]
UNROUNDED += [Fraction(1, 10**400), Decimal("0.1"), Decimal("1e400"), Decimal("-1e400"), Decimal("inf"), 3]
UNROUNDED += [np.int64(2**53 + 1), np.uint64(2**63 + 1), np.array(2**53 + 1), np.float32(0.1), np.longdouble("0.1")]
FLOATS = [0.0, 0.1, 1 / 3, 2.0**53, 2.0**53 + 2.0, -(2.0**53), math.inf, -math.inf, 1e308, 3.0, 5e-324, 2.0**63]


@pytest.mark.parametrize("number", UNROUNDED, ids=repr)
@pytest.mark.parametrize("comparison", COMPARISONS)
def test_number_is_compared_unrounded(comparison: Callable[[Any, Any], Any], number: Any) -> None:
    plain = number.item() if isinstance(number, np.generic | np.ndarray) else number
    for x in FLOATS:
        exact = np.longdouble(x) if isinstance(plain, np.longdouble) else x
        assert bool(comparison(Value(x), number)) is bool(comparison(exact, plain))
        assert bool(comparison(number, Value(x))) is bool(comparison(plain, exact))


@pytest.mark.parametrize("number", [Decimal("nan"), Decimal("sNaN"), math.nan])
def test_nan_of_any_kind_has_no_order(number: Any) -> None:
    assert not any(comparison(Value(1.0), number) for comparison in COMPARISONS[:4])


def test_recorded_choice_by_a_fraction_is_unrounded() -> None:
    program = record(lambda x: x if x < Fraction(1, 3) else 2.0 * x, inputs=(0.25,), on_mismatch="eager")
    below, above = float(Fraction(1, 3)), math.nextafter(1 / 3, 1.0)
    assert program([below, above]).tolist() == [below, 2.0 * above]
