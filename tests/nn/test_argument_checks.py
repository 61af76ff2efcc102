"""Validation and conversion of arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import nn
from autograd_tiny import LengthError, Value
from autograd_tiny.errors import OperandError
from nn.argument_checks import (
    choose,
    example_inputs,
    fraction,
    nonempty_list,
    number_between,
    positive_integer,
    real_number,
    real_numbers,
    require_between,
    to_lists,
)
from nn.errors import ArgumentError, ArgumentTypeError, UnknownNameError


@pytest.mark.parametrize("thing", [[1.0, 2.0], (1.0, 2.0), np.array([1.0, 2.0])])
def test_sequences_become_lists(thing: Any) -> None:
    elements = nonempty_list("here", "things", thing)
    assert elements == [1.0, 2.0]
    assert type(elements) is list
    assert type(elements[0]) is float


def test_list_is_copied() -> None:
    elements = [1.0]
    assert nonempty_list("here", "things", elements) is not elements


@pytest.mark.parametrize("thing", [{1.0}, {1: 2}, "12", 3.0, None, iter([1]), np.float64(1.0)])
def test_non_list_is_refused(thing: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=f"here got things of type '{type(thing).__name__}'; it takes a list"):
        nonempty_list("here", "things", thing)


def test_empty_list_is_refused() -> None:
    with pytest.raises(LengthError, match="here got things of length 0; it takes at least one element"):
        nonempty_list("here", "things", [])


def test_values_keep_their_nodes() -> None:
    x = Value(1.0)
    assert to_lists(x) is x
    assert to_lists(np.array([x]))[0] is x


@pytest.mark.parametrize("thing", [2, 2.0, Value(2.0), np.float32(2.0), np.int64(2), np.array(2.0)])
def test_real_number_of_every_kind(thing: Any) -> None:
    real = real_number("here", "thing", thing)
    assert real == 2.0
    assert type(real) is float


@pytest.mark.parametrize("thing", [True, np.bool_(True)])
def test_mask_is_a_number(thing: Any) -> None:
    assert real_number("here", "thing", thing) == 1.0


@pytest.mark.parametrize("thing", ["2", None, [2.0], 2j, 10**400])
def test_non_number_names_place_and_argument(thing: Any) -> None:
    expected = f"here got thing of type '{type(thing).__name__}'; it takes a real number that a float can hold"
    with pytest.raises(ArgumentTypeError, match=f"^{expected}$"):
        real_number("here", "thing", thing)


@pytest.mark.parametrize("things", [(1, Value(2.0)), np.array([1, 2])])
def test_list_of_numbers_of_every_kind(things: Any) -> None:
    assert real_numbers("here", "things", things) == [1.0, 2.0]


def test_list_of_other_things_names_the_type() -> None:
    with pytest.raises(ArgumentTypeError, match="here got things of type 'str'; it takes a real number"):
        real_numbers("here", "things", [1.0, "2"])


@pytest.mark.parametrize(
    "check", [partial(number_between, low=0.0), fraction, partial(require_between, low=0.0, high=1.0)]
)
def test_interval_refuses_non_numbers(check: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="here got setting of type 'str'; it takes a real number"):
        check("here", "setting", "a")


@pytest.mark.parametrize("count", [1, np.int64(7)])
def test_positive_integer_is_accepted(count: Any) -> None:
    assert positive_integer("here", "count", count) == int(count)


@pytest.mark.parametrize("count", [0, -3])
def test_integer_below_one_is_refused(count: int) -> None:
    with pytest.raises(ArgumentError, match=f"here got count={count}; it takes a whole number of at least 1"):
        positive_integer("here", "count", count)


@pytest.mark.parametrize("count", [1.0, "1", None, True])
def test_non_integer_is_refused(count: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=r"here got count of type .* it takes a whole number"):
        positive_integer("here", "count", count)


@pytest.mark.parametrize("setting", [0.0, 1, 0.5, np.float32(0.25)])
def test_interval_includes_its_bounds(setting: Any) -> None:
    assert number_between("here", "setting", setting, 0.0, 1.0) == float(setting)


@pytest.mark.parametrize("setting", [-1e-9, 1.1, math.nan, math.inf])
def test_number_outside_interval_is_refused(setting: float) -> None:
    with pytest.raises(ArgumentError, match=r"here got setting=.*; it takes a number from 0 to 1"):
        number_between("here", "setting", setting, 0.0, 1.0)


@pytest.mark.parametrize("setting", [-1.0, math.nan, math.inf])
def test_open_interval_takes_finite_numbers(setting: float) -> None:
    with pytest.raises(ArgumentError, match="it takes a finite number ≥ 0"):
        number_between("here", "setting", setting, 0.0)


@pytest.mark.parametrize("setting", [1.0, -0.1, math.nan])
def test_fraction_is_below_one(setting: float) -> None:
    assert fraction("here", "setting", 0) == 0.0
    with pytest.raises(ArgumentError, match=r"here got setting=.*; it takes a number from 0 to below 1"):
        fraction("here", "setting", setting)


def test_choice_by_name_or_function() -> None:
    assert choose("function", "size", {"size": len}) is len
    assert choose("function", max, {"size": len}) is max  # type: ignore[arg-type]


def test_unknown_name_lists_similar_ones() -> None:
    with pytest.raises(UnknownNameError, match="unknown function 'maxx'; choose 'max', or pass a function") as caught:
        choose("function", "maxx", {"max": max, "len": len})
    assert (caught.value.kind, caught.value.name, caught.value.close) == ("function", "maxx", ["max"])


def test_dissimilar_name_lists_all() -> None:
    with pytest.raises(UnknownNameError, match="choose 'len' or 'max'"):
        choose("function", "zzz", {"max": max, "len": len})


def test_other_choice_is_refused() -> None:
    with pytest.raises(
        ArgumentTypeError, match=r"^fun got key of type 'int'; it takes a name, such as 'max', or a fun"
    ):
        choose("function", 3, {"max": max}, place="fun", argument="key")


def test_input_list_is_returned_unchanged() -> None:
    x = [1.0, Value(2.0)]
    assert example_inputs("here", x, 2) is x


@pytest.mark.parametrize("x", [1.5, 2, Value(1.0), np.float64(1.0), np.array(1.0), (1.0,), np.array([1.0])])
def test_single_input_becomes_a_list(x: Any) -> None:
    (only,) = example_inputs("here", x, 1)
    assert real_number("here", "x", only) == real_number(
        "here", "x", x[0] if isinstance(x, tuple) or np.ndim(x) else x
    )


@pytest.mark.parametrize("x", [{1.0, 2.0}, "ab", None, {1: 2, 3: 4}])
def test_other_inputs_are_refused(x: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="here got x of type"):
        example_inputs("here", x, 2)


@pytest.mark.parametrize(
    "use",
    [
        nn.Neuron(3, seed=0),
        nn.MLP(3, [1], seed=0),
        lambda m: nn.metrics.accuracy(m, [0.0, 1.0, 2.0]),
        lambda m: nn.metrics.r2_score([0.0, 1.0, 2.0], m),
        lambda m: nn.losses.squared_error(m[1], 1.0),
        lambda m: nn.losses.softmax_cross_entropy(m, 1),
    ],
)
def test_masked_array_is_refused(use: Callable[[Any], Any]) -> None:
    masked = np.ma.masked_array([0.0, 1.0, 2.0], mask=[False, True, False])
    with pytest.raises(OperandError, match="takes numbers that are not masked"):
        use(masked)


@pytest.mark.parametrize("thing", [10**400, 2**63])
def test_integer_that_would_count_for_ever_is_refused(thing: int) -> None:
    with pytest.raises(ArgumentError, match="it takes a whole number of at most"):
        nn.Layer(thing, 1)


@pytest.mark.parametrize("thing", ["no", [], np.array([True, False])])
def test_flag_that_is_no_flag_is_refused(thing: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=r"got shuffle of type .* it takes True or False"):
        nn.batches([1.0], [1.0], 1, shuffle=thing)


@pytest.mark.parametrize("thing", ["ab", b"ab", {"a": Value(1.0)}, 1.0, np.array(1.0), [1.0], [Value(1.0) * 2.0]])
def test_what_are_no_leaves_is_refused(thing: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="got parameters of type"):
        nn.clip_gradient_norm(thing, 1.0)
