"""Arrays are rounded to decimals as Python rounds floats: the exact number, halves to even."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from autograd_tiny.primitives.arrays.rounding import round_half_even
from autograd_tiny.primitives.ieee_functions import round_half_even as of_float

SOURCE = random.Random(1)
NUMBERS = [SOURCE.uniform(-1.0, 1.0) * 10.0 ** SOURCE.randint(-10, 20) for _ in range(60)]
NUMBERS += [SOURCE.randint(-(10**6), 10**6) / 2 ** SOURCE.randint(0, 12) for _ in range(60)]
NUMBERS += [SOURCE.getrandbits(53) / 10.0 ** SOURCE.randint(0, 22) for _ in range(60)]
NUMBERS += [(SOURCE.randint(-(10**6), 10**6) + 0.5) * 10.0 ** -SOURCE.choice([1, 2, 3, 5]) for _ in range(60)]
NUMBERS += [digit * 10.0**k for digit in (5.0, 15.0, 25.0) for k in range(-5, 25)]
NUMBERS += [0.0, -0.0, math.inf, -math.inf, 5e-324, 1.7e308, 2.0**52 + 0.5, 2.0**53 - 1.0, 0.49999999999999994]


@pytest.mark.parametrize("digits", [0, 1, 2, 5, 15, 16, 22, 23, 308, -1, -2, -5, -15, -22, -23, -308, 2.7, -1.5])
def test_rounding_is_that_of_floats(digits: float) -> None:
    expected = [of_float(x, digits) for x in NUMBERS]
    ours = round_half_even(np.array(NUMBERS), digits)
    np.testing.assert_array_equal(ours, expected)
    np.testing.assert_array_equal(np.signbit(ours), np.signbit(expected))
