"""Rows of lists as plain Python: what files for Python contain of them, and functions for nested lists.

>>> max_slopes([1.0, 3.0, 3.0]), round(cross_entropy([1.0, 3.0, 3.0], 0.0), 4)
([0.0, 0.5, 0.5], 2.7586)
>>> flat([[1.0, 2.0], [3.0]]), zeros(2, 2)
([1.0, 2.0, 3.0], [[0.0, 0.0], [0.0, 0.0]])
"""

from __future__ import annotations

import math
from typing import Any


def zeros(size: int, *sizes: int) -> Any:
    """Return nested lists of 0."""
    return [zeros(*sizes) if sizes else 0.0 for _ in range(size)]


def flat(xs: Any) -> Any:
    """Return the numbers in nested lists, one after another."""
    return [x for part in xs for x in flat(part)] if isinstance(xs, list) else [xs]


def add_flat(xs: Any, numbers: Any) -> None:
    """Add numbers, one after another, to those in nested lists."""
    for i, x in enumerate(xs):
        if isinstance(x, list):
            add_flat(x, numbers)
        else:
            xs[i] += next(numbers)


def divide(x: float, y: float) -> float:
    """Return x / y; by 0 an infinity, or nan."""
    if y != 0.0:
        return x / y
    return math.nan if x == 0.0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)


def max_of(xs: Any) -> float:
    """Return the largest number."""
    return math.nan if any(x != x for x in xs) else float(max(xs))


def max_slopes(xs: Any) -> Any:
    """Return the partials of the largest number; ties share."""
    largest = max_of(xs)
    hits = [1.0 * (x == largest or x != x) for x in xs]
    return [hit / sum(hits) for hit in hits]


def min_of(xs: Any) -> float:
    """Return the smallest number."""
    return -max_of([-x for x in xs])


def min_slopes(xs: Any) -> Any:
    """Return the partials of the smallest number; ties share."""
    return max_slopes([-x for x in xs])


def prod(xs: Any) -> float:
    """Return the product."""
    return float(math.prod(xs))


def prod_slopes(xs: Any) -> Any:
    """Return for each number the product of the others."""
    return [math.prod(xs[:i]) * math.prod(xs[i + 1 :]) for i in range(len(xs))]


def norm(xs: Any) -> float:
    """Return the square root of the sum of squares."""
    return math.hypot(*xs)


def norm_slopes(xs: Any) -> Any:
    """Return x / norm, and 0 for the norm 0."""
    length = norm(xs)
    return [x / length if length else 0.0 for x in xs]


def shifted(xs: Any) -> float:
    """Return the largest number, or 0 if that is not finite."""
    largest = max_of(xs)
    return largest if math.isfinite(largest) else 0.0


def logsumexp(xs: Any) -> float:
    """Return the log of the sum of exponentials."""
    shift = shifted(xs)
    if math.inf in xs:
        return math.inf
    total = math.fsum(math.exp(x - shift) for x in xs)
    return shift + math.log(total) if total else -math.inf


def softmax(xs: Any) -> Any:
    """Return exp(x) as shares of their sum."""
    shift = shifted(xs)
    powers = [math.exp(x - shift) if x < math.inf else math.nan for x in xs]
    total = math.fsum(powers)
    return [power / total if total else 0.0 for power in powers]


def logsumexp_slopes(xs: Any) -> Any:
    """Return softmax."""
    return softmax(xs)


def place_of(xs: Any, index: float, first: int = 0) -> int:
    """Return the position of an element."""
    if index % 1.0 or not first <= index < len(xs):
        raise IndexError(f"the index {index} is not a whole number from {first} to {len(xs) - 1}")
    return int(index) % len(xs)


def softmax_at(xs: Any, index: float) -> float:
    """Return one of softmax."""
    return float(softmax(xs)[place_of(xs, index)])


def log_softmax_at(xs: Any, index: float) -> float:
    """Return the log of one of softmax, to all digits also where that is almost 1."""
    place = place_of(xs, index)
    others = logsumexp([x - xs[place] if i != place else -math.inf for i, x in enumerate(xs)])
    return -max(others, 0.0) - math.log1p(math.exp(-abs(others)))


def cross_entropy(xs: Any, index: float) -> float:
    """Return -log of the softmax of a class."""
    return -log_softmax_at(xs, index)


def log_softmax_at_slopes(xs: Any, index: float) -> Any:
    """Return softmax subtracted from 1 at the class and 0 elsewhere, where 1 - p is the sum of the others."""
    place, shares = place_of(xs, index), softmax(xs)
    others = math.fsum(share for i, share in enumerate(shares) if i != place)
    return [others if i == place else -share for i, share in enumerate(shares)]


def softmax_at_slopes(xs: Any, index: float) -> Any:
    """Return the partials of one of softmax."""
    value = softmax_at(xs, index)
    return [value * slope for slope in log_softmax_at_slopes(xs, index)]


def cross_entropy_slopes(xs: Any, index: float) -> Any:
    """Return softmax, minus 1 at the class."""
    return [-slope for slope in log_softmax_at_slopes(xs, index)]


def element_at(xs: Any, index: float) -> float:
    """Return an element, from the end for a negative index."""
    return float(xs[place_of(xs, index, -len(xs))])


def element_at_slopes(xs: Any, index: float) -> Any:
    """Return 1 for the element, else 0."""
    place = place_of(xs, index, -len(xs))
    return [1.0 * (i == place) for i in range(len(xs))]
