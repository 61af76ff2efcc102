"""Rows of lists in exported files: what files for Python and NumPy contain agrees with the table."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.export import array_lists, plain_lists

XS = [[0.3, -1.2, 2.0, 2.0], [0.0, 0.0, 0.0, 0.0], [3.0, 0.0, -4.0, 12.0], [-0.5, 700.0, 710.0, 1.0]]
FUNCTIONS = {"max": "max_of", "min": "min_of", "prod": "prod", "norm": "norm", "logsumexp": "logsumexp"}
AT_INDEX = ["softmax_at", "log_softmax_at", "cross_entropy"]
LISTS = pytest.mark.parametrize("lists", [array_lists, plain_lists])
NAN, INF = math.nan, math.inf


def computed(lists: ModuleType, name: str, *operands: Any) -> Any:
    """Return the results of a function for several lists, and for one index each if it takes one."""
    function = getattr(lists, name)
    if lists is array_lists:
        return function(*map(np.array, operands))
    return [function(*each) for each in zip(*operands, strict=True)]


def close(found: Any, expected: Any) -> bool:
    return np.allclose(found, expected, rtol=1e-12, atol=1e-300, equal_nan=True)


@LISTS
@pytest.mark.parametrize("row", [*FUNCTIONS, *AT_INDEX])
def test_lists_agree_with_the_table(lists: ModuleType, row: str) -> None:
    operands: list[Any] = [XS] if row in FUNCTIONS else [XS, [2.0, 0.0, 3.0, 1.0]]
    values = [TABLE[row].compute(*each) for each in zip(*operands, strict=True)]
    slopes = [TABLE[row].partials(*each, z)[0] for *each, z in zip(*operands, values, strict=True)]
    assert close(computed(lists, FUNCTIONS.get(row, row), *operands), values)
    assert close(computed(lists, f"{row}_slopes", *operands), slopes)


@LISTS
def test_elements_are_counted_from_both_ends(lists: ModuleType) -> None:
    places = [2.0, -1.0, -4.0, 0.0]
    assert close(computed(lists, "element_at", XS, places), [2.0, 0.0, 3.0, -0.5])
    assert close(computed(lists, "element_at_slopes", XS, places), np.eye(4)[[2, 3, 0, 0]])


@LISTS
@pytest.mark.parametrize(
    ("name", "place"), [("element_at", 4.0), ("element_at", -5.0), ("softmax_at", 0.5), ("softmax_at", -1.0)]
)
def test_wrong_index_is_named(lists: ModuleType, name: str, place: float) -> None:
    with pytest.raises(IndexError, match=r"is not a whole number from (-4|0) to 3"):
        computed(lists, name, XS[:1], [place])


@LISTS
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns of log(0); the result is the right one
def test_infinities(lists: ModuleType) -> None:
    assert close(computed(lists, "logsumexp", [[-INF, -INF], [INF, 1.0], [-INF, 3.0]]), [-INF, INF, 3.0])
    assert close(computed(lists, "softmax", [[-INF, -INF], [-INF, 3.0]]), [[0.0, 0.0], [0.0, 1.0]])
    assert close(computed(lists, "max_of", [[NAN, 1.0]]), [NAN])


@LISTS
def test_class_that_is_almost_certain_keeps_its_digits(lists: ModuleType) -> None:
    found = computed(lists, "cross_entropy", [[40.0, 0.0], [0.0, 40.0], [5.0, -INF]], [0.0, 0.0, 0.0])
    assert close(found, [math.log1p(math.exp(-40.0)), 40.0, 0.0])
    assert close(computed(lists, "cross_entropy", [[7.0]], [0.0]), [0.0])


def test_conditions_of_a_batch() -> None:
    found = [array_lists.all_or_none(np.array(x)) for x in ([True, True], [True, False], [False, False])]
    assert found == [True, None, False]


def test_plain_lists_are_nested_and_divide_as_ieee() -> None:
    xs = plain_lists.zeros(2, 2)
    plain_lists.add_flat(xs, iter([1.0, 2.0, 3.0, 4.0]))
    assert (xs, plain_lists.flat(xs)) == ([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0, 3.0, 4.0])
    pairs = [(1.0, 4.0), (1.0, -0.0), (-2.0, 0.0), (0.0, 0.0), (NAN, 0.0)]
    assert close([plain_lists.divide(x, y) for x, y in pairs], [0.25, -INF, -INF, NAN, NAN])
