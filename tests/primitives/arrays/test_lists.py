"""norm and prod of many lists at once agree with those of one list, at the limits of floats too."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from autograd_tiny.primitives.arrays import LISTS
from autograd_tiny.primitives.primitive import TABLE

NUMBERS = [0.0, -1.5, 3.0, 1e-9, 7e300, -1.7e308, 5e-324, 1e-310, math.inf, math.nan]


@pytest.mark.parametrize("length", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_lists_agree_with_the_row(name: str, length: int) -> None:
    lists = list(itertools.product(NUMBERS, repeat=length))
    value, slopes = LISTS[name]
    xs = np.array(lists).T
    expected = [TABLE[name].linearize(list(each)) for each in lists]
    np.testing.assert_allclose(value(xs), [z for z, _ in expected], rtol=4e-16, atol=0.0)
    np.testing.assert_allclose(slopes(xs).T, [partials for _, (partials,) in expected], rtol=4e-16, atol=0.0)
