"""Rows of lists over NumPy arrays whose last axis is that of the list: what files for NumPy contain of them.

>>> xs = np.array([[1.0, 3.0, 3.0], [0.0, 0.0, -np.inf]])
>>> max_slopes(xs)
array([[0. , 0.5, 0.5],
       [0.5, 0.5, 0. ]])
>>> cross_entropy(xs, np.array([0.0, 1.0])).round(4)
array([2.7586, 0.6931])
"""

from __future__ import annotations

from typing import Any

import numpy as np


def all_or_none(conditions: Any) -> bool | None:
    """Return whether conditions hold for all examples; None if only for some."""
    return True if np.all(conditions) else None if np.any(conditions) else False


def max_of(xs: Any) -> Any:
    """Return the largest number."""
    return xs.max(axis=-1)


def max_slopes(xs: Any) -> Any:
    """Return the partials of the largest number; ties share."""
    hits = (xs == xs.max(axis=-1, keepdims=True)) | np.isnan(xs)
    return hits / hits.sum(axis=-1, keepdims=True)


def min_of(xs: Any) -> Any:
    """Return the smallest number."""
    return xs.min(axis=-1)


def min_slopes(xs: Any) -> Any:
    """Return the partials of the smallest number; ties share."""
    return max_slopes(-xs)


def prod(xs: Any) -> Any:
    """Return the product."""
    return xs.prod(axis=-1)


def prod_slopes(xs: Any) -> Any:
    """Return for each number the product of the others."""
    ones = np.ones((*xs.shape[:-1], 1))
    before = np.concatenate([ones, xs[..., :-1]], -1).cumprod(axis=-1)
    after = np.concatenate([xs[..., 1:], ones], -1)[..., ::-1].cumprod(axis=-1)[..., ::-1]
    return before * after


def norm(xs: Any) -> Any:
    """Return the square root of the sum of squares."""
    scale = np.abs(xs).max(axis=-1, keepdims=True)
    scale = np.where((scale > 0.0) & np.isfinite(scale), scale, 1.0)
    return scale[..., 0] * np.sqrt(((xs / scale) ** 2).sum(axis=-1))


def norm_slopes(xs: Any) -> Any:
    """Return x / norm, and 0 for the norm 0."""
    length = norm(xs)[..., None]
    return np.where(length == 0.0, 0.0, xs / np.where(length == 0.0, 1.0, length))


def shifted(xs: Any) -> Any:
    """Return the largest number, or 0 if that is not finite."""
    largest = xs.max(axis=-1, keepdims=True)
    return np.where(np.isfinite(largest), largest, 0.0)


def logsumexp(xs: Any) -> Any:
    """Return the log of the sum of exponentials."""
    shift = shifted(xs)
    return shift[..., 0] + np.log(np.exp(xs - shift).sum(axis=-1))


def softmax(xs: Any) -> Any:
    """Return exp(x) as shares of their sum."""
    powers = np.exp(xs - shifted(xs))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0.0, 1.0, total)


def logsumexp_slopes(xs: Any) -> Any:
    """Return softmax."""
    return softmax(xs)


def places_of(xs: Any, index: Any, first: int = 0) -> Any:
    """Return the positions of elements."""
    places = np.broadcast_to(np.asarray(index, float), xs.shape[:-1])
    if not ((places % 1.0 == 0.0) & (places >= first) & (places < xs.shape[-1])).all():
        raise IndexError(f"an index is not a whole number from {first} to {xs.shape[-1] - 1}")
    return (places.astype(int) % xs.shape[-1])[..., None]


def softmax_at(xs: Any, index: Any) -> Any:
    """Return one of softmax."""
    return np.take_along_axis(softmax(xs), places_of(xs, index), -1)[..., 0]


def log_softmax_at(xs: Any, index: Any) -> Any:
    """Return the log of one of softmax, to all digits also where that is almost 1."""
    places = places_of(xs, index)
    others = np.where(np.arange(xs.shape[-1]) == places, -np.inf, xs - np.take_along_axis(xs, places, -1))
    shift = np.maximum(others.max(axis=-1, keepdims=True), 0.0)
    shift = np.where(np.isfinite(shift), shift, 0.0)
    return -shift[..., 0] - np.log1p(np.exp(others - shift).sum(axis=-1) + np.expm1(-shift[..., 0]))


def cross_entropy(xs: Any, index: Any) -> Any:
    """Return -log of the softmax of a class."""
    return -log_softmax_at(xs, index)


def log_softmax_at_slopes(xs: Any, index: Any) -> Any:
    """Return softmax subtracted from 1 at the class and 0 elsewhere, where 1 - p is the sum of the others."""
    hits = np.arange(xs.shape[-1]) == places_of(xs, index)
    others = np.where(hits, 0.0, softmax(xs))
    return np.where(hits, others.sum(axis=-1, keepdims=True), -others)


def softmax_at_slopes(xs: Any, index: Any) -> Any:
    """Return the partials of one of softmax."""
    return log_softmax_at_slopes(xs, index) * softmax_at(xs, index)[..., None]


def cross_entropy_slopes(xs: Any, index: Any) -> Any:
    """Return softmax, minus 1 at the class."""
    return -log_softmax_at_slopes(xs, index)


def element_at(xs: Any, index: Any) -> Any:
    """Return an element, from the end for a negative index."""
    return np.take_along_axis(xs, places_of(xs, index, -xs.shape[-1]), -1)[..., 0]


def element_at_slopes(xs: Any, index: Any) -> Any:
    """Return 1 for the element, else 0."""
    return 1.0 * (np.arange(xs.shape[-1]) == places_of(xs, index, -xs.shape[-1]))
