"""Write a view as the index of an array: `x[:, k + 1, 2:4]`, or of the array in another shape.

>>> from autograd_tiny.replay.export.arrays import Array, View
>>> x = Array("x", (20, 8), "result")
>>> index_of(View(x, 10, 8, (1,), (4,)), 19).entries
('k + 1', '2:6')
>>> index_of(View(x, 0, 0, (80, 1), (2, 80)), 1).shape
(2, 80)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from autograd_tiny.replay.export.arrays import Shape, View


@dataclass(frozen=True, slots=True)
class Index:
    """How a view is an index.

    Attributes:
        shape: that the array takes before.
        entries: for each of its axes a position or a slice, as text; ":" for all.
        axes: for each of its axes the axis of the view that runs along it, or None.
        order: the axes of the view that do not repeat, in the order in which they come after indexing.
        starts, steps, slopes: for each axis of the array where the view starts, how much that grows with each
            repetition of the loop around, and the step along the axis of the view.
    """

    shape: Shape
    entries: tuple[str, ...]
    axes: tuple[int | None, ...]
    order: tuple[int, ...]
    starts: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    slopes: tuple[int, ...] = ()


def index_of(view: View, count: int, variable: str = "k") -> Index | None:
    """Return a view as an index, if it is one.

    Args:
        view: of an array.
        count: the repetitions of the loop around it; 1 outside of loops.
        variable: that counts them.
    """
    found = _index(view, view.array.shape, count, variable)
    if found is not None:
        return found
    strides = sorted({abs(s) for s, n in zip(view.strides, view.shape, strict=True) if s and n > 1}, reverse=True)
    if view.step:
        strides = sorted({*strides, abs(view.step)}, reverse=True)
    sizes = [view.array.size, *strides, *([1] if strides[-1:] != [1] else [])]
    if any(x % y for x, y in pairwise(sizes)):
        return None
    return _index(view, tuple(x // y for x, y in pairwise(sizes)), count, variable)


def _index(view: View, shape: Shape, count: int, variable: str) -> Index | None:
    """Return a view as an index of the array in some shape."""
    weights = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    extra = len(shape) - len(view.shape)
    if extra in {0, 1} and shape[extra:] == view.shape and tuple(weights[extra:]) == view.strides:
        whole = _whole(view, shape, extra, variable)
        if whole is not None:
            return whole
    starts, rest = [], view.base
    for weight, size in zip(weights, shape, strict=True):
        starts.append(rest // weight % size if size else 0)
        rest %= weight
    steps, lasts = [0] * len(shape), list(starts)
    if view.step and count > 1:
        place = _axis(view.step, count, weights, shape, lasts)
        if place is None:
            return None
        steps[place] = view.step // weights[place]
        lasts[place] += steps[place] * (count - 1)
    along = _axes(view, weights, shape, starts, lasts)
    if along is None:
        return None
    axes, slopes = along
    entries = []
    for place, size in enumerate(shape):
        axis = axes[place]
        length = 1 if axis is None else view.shape[axis]
        entries.append(_entry(starts[place], steps[place], slopes[place], length, size, variable))
    order = tuple(x for x in axes if x is not None)
    return Index(shape, tuple(entries), tuple(axes), order, tuple(starts), tuple(steps), tuple(slopes))


def _axes(
    view: View, weights: Sequence[int], shape: Shape, starts: Sequence[int], lasts: Sequence[int]
) -> tuple[list[int | None], list[int]] | None:
    """Return for each axis of an array the axis of a view that runs along it, and its steps; None if several do."""
    axes: list[int | None] = [None] * len(shape)
    slopes = [0] * len(shape)
    for axis, (stride, size) in enumerate(zip(view.strides, view.shape, strict=True)):
        if not stride or size == 1:
            continue
        place = _axis(stride, size, weights, shape, lasts)
        if place is None or axes[place] is not None:
            return None
        axes[place], slopes[place] = axis, stride // weights[place]
        end = starts[place] + slopes[place] * (size - 1)
        runs_to_0 = (
            slopes[place] < 0 and starts[place] != lasts[place] and min(end, end + lasts[place] - starts[place]) == 0
        )
        if runs_to_0 or not 0 <= end < shape[place]:  # backwards to 0 a slice has no end, in that repetition alone
            return None
    return axes, slopes


def _whole(view: View, shape: Shape, extra: int, variable: str) -> Index | None:
    """Return a view of all of an array, or of one of its entries, as an index."""
    size = prod(view.shape)
    if view.base % size or view.step % size or (not extra and (view.base or view.step)):
        return None
    slope = view.step // size
    first = [
        position({0: "", 1: variable, -1: f"-{variable}"}.get(slope, f"{slope} * {variable}"), view.base // size)
    ]
    order = tuple(range(len(view.shape)))
    entries = (*first[:extra], *[":"] * len(order))
    starts, steps = ((part, *[0] * len(order))[1 - extra :] for part in (view.base // size, slope))
    return Index(shape, entries, (*[None] * extra, *order), order, starts, steps, (*[0] * extra, *[1] * len(order)))


def _axis(stride: int, size: int, weights: Sequence[int], shape: Shape, lasts: Sequence[int]) -> int | None:
    """Return the axis of an array along which a stride runs without leaving it."""
    for axis, weight in enumerate(weights):
        if weight and stride % weight == 0 and shape[axis] > 1:
            last = lasts[axis] + stride // weight * (size - 1)
            if 0 <= last < shape[axis]:
                return axis
    return None


def _entry(start: int, step: int, slope: int, length: int, size: int, variable: str) -> str:  # noqa: PLR0917 - of one axis
    term = {0: "", 1: variable, -1: f"-{variable}"}.get(step, f"{step} * {variable}")
    if not slope:
        return position(term, start)
    last = slope * (length - 1)
    if not step and start == 0 and slope == 1 and length == size:
        return ":"
    stop = start + last + (1 if slope > 0 else -1)
    end = "" if slope < 0 and stop < 0 and not step else position(term, stop)
    first = "" if not step and start == 0 and slope > 0 else position(term, start)
    return f"{first}:{end}" + f":{slope}" * (slope != 1)


def position(term: str, number: int) -> str:
    """Return a position as text.

    >>> position("k", 1), position("2 * k", -1), position("", 3), position("-k", 3)
    ('k + 1', '2 * k - 1', '3', '3 - k')
    """
    if not term:
        return str(number)
    if term.startswith("-") and number > 0:
        return f"{number} - {term[1:]}"
    return f"{term} + {number}" if number > 0 else f"{term} - {-number}" if number else term
