"""Compute the tails of Gaussians over NumPy arrays: exponentials times Taylor polynomials about multiples of 1/16.

About h, a multiple of 1/16, and with d = h - x, so that |d| ≤ 1/32, a tail T with T'(x) = -c·exp(-s·x²/2) is

    T(x) = exp(s·h·d)·N(d), where N'(d) = c·exp(-s·h²/2)·exp(-s·d²/2) - s·h·N(d),

so T(h) gives all coefficients of the Taylor polynomial of N. They are computed once, in integers, when a tail is
first needed. One formula serves all numbers, so that some hundreds of them cost little more than one.

>>> tail = tail_of(scale=1, at_zero=0.5, degree=8, end=40)  # of the normal distribution
>>> bool(tail.of(np.array([0.0])) == 0.5), bool(tail.of(np.array([40.0])) == 0.0)
(True, True)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np

from autograd_tiny.primitives.arrays.pieces import Array, blocked

SHIFT: Final = 4
NODES: Final = 2.0**SHIFT
"""Points h in a unit."""
BITS: Final = 192
ONE: Final = 1 << BITS
"""An integer n is the number n / ONE."""
TERMS: Final = 16
"""Terms of the series that leads from a point to the next; the last is less than 2^-64 / 8!."""
BEYOND: Final = 4
"""Where the recurrence begins, beyond the last point: its error there shrinks by exp(-s·BEYOND·end) on the way."""
SMALL: Final = -900
"""Columns below 2^SMALL are kept times 2^LARGER, since subnormal numbers have few bits."""
LARGER: Final = 256

blocked_tail = partial(blocked, block=4096)
"""As `blocked`, with blocks of fewer numbers: each of these takes a column of the table."""


@dataclass(frozen=True, slots=True)
class Tail:
    """A tail as a table.

    Attributes:
        scale: s.
        end: the last point; beyond it the tail is 0.
        rows: a column for each point: the coefficients of N, that of the highest power first, c·exp(-s·h²/2), and a
            factor of these, which is 0 at the last point.
    """

    scale: int
    end: float
    rows: Array

    def factors(self, x: Array) -> tuple[Array, Array, Array]:
        """Return three factors of T(x) for x ≥ 0: the exponential, the polynomial, and the last row of the table."""
        return self._factors_and_density(x)[:3]

    def factors_and_density(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Return the factors, and what c·exp(-s·x²/2) has in place of the polynomial."""
        *factors, distance, density = self._factors_and_density(x)
        distance *= distance
        distance *= -0.5 * self.scale
        density *= np.exp(distance, distance)
        return *factors, density

    def _factors_and_density(self, x: Array) -> tuple[Array, Array, Array, Array, Array]:
        """Return the factors, h - x, and c·exp(-s·h²/2)."""
        x = np.minimum(x, self.end)
        point = x * NODES
        np.rint(point, point)
        first, *middle, last, density, factor = self.rows.take(point.astype(np.intp), 1, mode="clip")  # any for nan
        point *= 1.0 / NODES
        distance = point - x
        polynomial = first * distance
        for coefficient in middle:
            polynomial += coefficient
            polynomial *= distance
        polynomial += last
        point *= self.scale
        point *= distance
        return np.exp(point, point), polynomial, factor, distance, density

    def of(self, x: Array) -> Array:
        """Return T(x) for x ≥ 0."""
        exponential, result, factor = self.factors(x)
        result *= exponential
        result *= factor
        return result


@cache
def tail_of(scale: int, at_zero: float, degree: int, end: int) -> Tail:
    """Return the tail with s = scale and T(0) = at_zero, by polynomials of a degree, up to a point."""
    ratios = _ratios(scale, end)
    slope = int(at_zero * ONE) * ONE // ratios[0]
    rows = np.empty((degree + 3, len(ratios)))
    for k, (ratio, (fraction, exponent)) in enumerate(zip(ratios, _exponentials(scale), strict=False)):
        raised = LARGER if exponent < SMALL else 0
        density = slope * fraction >> BITS
        numbers = [*(density * x >> BITS for x in _coefficients(scale, k, ratio, degree)[::-1]), density]
        rows[:-1, k] = [math.ldexp(float(x), exponent + raised - BITS) for x in numbers]
        rows[-1, k] = 2.0**-raised
    rows[-1, -1] = 0.0
    return Tail(scale, float(end), rows)


def _ratios(scale: int, end: int) -> list[int]:
    """Return M(h) = T(h)·exp(s·h²/2) / c for each point, by Taylor series from the last to the first.

    M'(x) = s·x·M(x) - 1, and errors shrink on the way down.
    """
    ratio, ratios = ONE // (scale * (end + BEYOND)), []
    for k in range((end + BEYOND) << SHIFT, -1, -1):
        ratios.append(ratio)
        terms = [ratio, (scale * k * ratio >> SHIFT) - ONE]
        for n in range(2, TERMS):
            terms.append(scale * ((k * terms[-1] >> SHIFT) + terms[-2]) // n)
        ratio = 0
        for term in reversed(terms):  # at -1/16, which is the point before
            ratio = term - (ratio >> SHIFT)
    return ratios[: (BEYOND << SHIFT) - 1 : -1]


def _coefficients(scale: int, k: int, ratio: int, degree: int) -> list[int]:
    """Return the coefficients of N / (c·exp(-s·h²/2)), where h = k / 16 and M(h) is known."""
    numbers, power = [ratio], ONE  # of d in exp(-s·d²/2)
    for n in range(degree):
        numbers.append(((0 if n % 2 else power) - (scale * k * numbers[-1] >> SHIFT)) // (n + 1))
        if n % 2:
            power = -power * scale // (n + 1)
    return numbers


def _exponentials(scale: int) -> Iterator[tuple[int, int]]:
    """Yield exp(-s·h²/2) of each point as a number of BITS and an exponent of two."""
    term, first = ONE, 0
    for n in range(1, 32):  # exp(-s/512)
        first += term
        term = -term * scale // (n << 2 * SHIFT + 1)
    value, exponent, step, second = ONE, 0, first, first * first >> BITS
    while True:
        yield value, exponent
        value = value * step >> BITS
        step = step * second >> BITS
        lost = BITS - value.bit_length()
        value, exponent = value << lost, exponent - lost
