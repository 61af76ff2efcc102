"""Partials as a textbook prints them, of rows whose partials are written otherwise for their accuracy.

Only formulas on display use them: `table` computes with forms that do not cancel or overflow.

>>> softmax_partials([0.25, 0.75], 0.0), cross_entropy_partials([0.25, 0.75], 0.0)
([0.1875, -0.1875], [-0.75, 0.75])
>>> log_softmax_partials([0.25, 0.75], 0.0), shares_of_ties([True, True, False])
([0.75, -0.75], [0.5, 0.5, 0.0])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def softmax_partials(shares: Sequence[Any], index: Any) -> list[Any]:
    """Return pₖ·(1 - pₖ) at the index k and -pₖ·pⱼ elsewhere.

    Args:
        shares: p = softmax(xs), of any kind of number.
        index: k, a plain number.
    """
    k = int(index)
    return [p * (1.0 - p) if j == k else -shares[k] * p for j, p in enumerate(shares)]


def log_softmax_partials(shares: Sequence[Any], index: Any) -> list[Any]:
    """Return 1 - pₖ at the index k and -pⱼ elsewhere."""
    return [1.0 - p if j == int(index) else -p for j, p in enumerate(shares)]


def cross_entropy_partials(shares: Sequence[Any], target: Any) -> list[Any]:
    """Return pₖ - 1 for the target k and pⱼ elsewhere."""
    return [p - 1.0 if j == int(target) else p for j, p in enumerate(shares)]


def shares_of_ties(hits: Sequence[Any]) -> list[Any]:
    """Return 1/n for each of n hits and 0 elsewhere; the hits are comparisons of known numbers."""
    number = sum(1 for hit in hits if hit)
    return [1.0 / number if hit else 0.0 for hit in hits]
