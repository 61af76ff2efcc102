"""Batches of examples."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import LengthError
from nn import ArgumentError, ArgumentTypeError, batches
from nn.batches import RandomOrder, random_order


@given(count=st.integers(1, 40), batch_size=st.integers(1, 50), shuffle=st.booleans())
def test_each_example_is_in_one_batch(count: int, batch_size: int, shuffle: bool) -> None:
    parts = list(batches(list(range(count)), [-i for i in range(count)], batch_size, shuffle=shuffle, seed=1))
    assert sorted(i for inputs, _ in parts for i in inputs) == list(range(count))
    assert all(target == -i for inputs, targets in parts for i, target in zip(inputs, targets, strict=True))


@given(count=st.integers(1, 40), batch_size=st.integers(1, 50))
def test_all_batches_but_the_last_are_full(count: int, batch_size: int) -> None:
    sizes = [len(inputs) for inputs, _ in batches([0] * count, [0] * count, batch_size)]
    assert all(size == batch_size for size in sizes[:-1])
    assert 1 <= sizes[-1] <= batch_size


def test_without_shuffle_order_is_kept() -> None:
    assert list(batches([1, 2, 3], [4, 5, 6], 2, shuffle=False)) == [([1, 2], [4, 5]), ([3], [6])]


def test_seed_repeats_order_and_generator_continues() -> None:
    def order(seed: int | random.Random) -> list[int]:
        return next(batches(list(range(20)), list(range(20)), 20, seed=seed))[0]

    generator = random.Random(3)
    assert order(3) == order(3) == order(generator) != order(generator)


def test_order_differs_without_seed() -> None:
    orders = {tuple(next(batches(list(range(20)), list(range(20)), 20))[0]) for _ in range(3)}
    assert len(orders) > 1


def test_global_generator_is_unused() -> None:
    before = random.getstate()
    list(batches([1, 2, 3], [1, 2, 3], 2))
    assert random.getstate() == before


def test_array_rows_become_lists() -> None:
    ((inputs, targets),) = batches(np.array([[1.0, 2.0]]), np.array([1]), 5)
    assert (inputs, targets) == ([[1.0, 2.0]], [1])
    assert type(targets[0]) is int


def test_different_lengths_are_refused() -> None:
    with pytest.raises(LengthError, match="batches got inputs of length 2 and targets of length 3"):
        batches([1, 2], [1, 2, 3], 1)


def test_no_examples_are_refused() -> None:
    with pytest.raises(ArgumentError, match="batches got batch_size=0; it takes a whole number of at least 1"):
        batches([1], [1], 0)


def test_iterator_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="batches got inputs of type 'list_iterator'; it takes a list"):
        batches(iter([1]), [1], 1)  # type: ignore[arg-type]


class Coarse(random.Random):
    """Draws few different numbers."""

    def random(self) -> float:
        return round(super().random(), 1)


def test_equal_numbers_keep_the_order_of_rows() -> None:
    assert RandomOrder(Coarse(1)).array(200).tolist() == random_order(200, Coarse(1))


@pytest.mark.parametrize("is_shared", [True, False])
def test_arrays_of_orders_are_those_of_lists(is_shared: bool) -> None:
    expected, shared = random.Random(3), random.Random(3)
    order = RandomOrder(shared if is_shared else 3)
    lists = [random_order(10, expected) for _ in range(5)]
    assert order.rows(10) == lists[0]
    assert order.array(10).tolist() == lists[1]
    order.skip(10)
    assert order.rows(10) == lists[3]
    assert order.array(10).tolist() == lists[4]
    assert (shared.getstate() == expected.getstate()) == is_shared
