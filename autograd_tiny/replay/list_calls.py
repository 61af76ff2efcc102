"""What the calls that `lists` writes do: NumPy over one axis, into arrays that are there already.

>>> import numpy as np
>>> xs, out = np.array([[1.0, 3.0, 2.0]]), np.empty(1)
>>> largest(xs, out)
>>> out
array([3.])
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy import add, copyto, count_nonzero, divide, log1p, maximum, multiply, subtract

from autograd_tiny.errors import PositionError


def largest(xs: Any, out: Any) -> None:
    """Compute the maximum of each list."""
    maximum.reduce(xs, 1, None, out)


def smallest(xs: Any, out: Any) -> None:
    """Compute the minimum of each list."""
    np.minimum.reduce(xs, 1, None, out)


def slopes_of_extreme(xs: Any, z: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions of max or min: ties share evenly, and so do nans."""
    hits = (xs == z[:, None]) | (xs != xs)
    multiply(hits, (upstream / add.reduce(hits, 1))[:, None], out)


def elements(array: Any, owners: Any, places: Any) -> Any:
    """Return where elements of lists are (for each example) if all numbers are one after another."""
    return np.arange(array.size).reshape(array.shape)[owners, places]


def find(  # noqa: PLR0917 - what the source calls by position
    place: str, numbers: Any, known: Any, firsts: Any, distance: int, out: Any
) -> None:
    """Compute where the element at the given position is, for each list and example.

    Args:
        place: whose error it is.
        numbers: the positions, floats.
        known: all positions that there are.
        firsts: where the lists begin.
        distance: from one element to the next.
        out: for the places.

    Raises:
        PositionError: a position is none of those.
    """
    copyto(out, numbers, "unsafe")
    is_wrong = known.take(out, None, None, "clip") != numbers
    if count_nonzero(is_wrong):
        raise PositionError(place, float(np.broadcast_to(numbers, out.shape)[is_wrong][0]), len(known))
    multiply(out, distance, out)
    add(out, firsts, out)


def add_others(powers: Any, firsts: Any, distance: int, tops: Any, out: Any) -> None:
    """Compute the sum of each list but for its largest element, a 1, beside which the others would be rounded.

    Args:
        powers: the lists.
        firsts: where they begin.
        distance: from one element to the next.
        tops: for where the largest elements are.
        out: for the sums; nan where the largest element is nan.
    """
    powers.argmax(1, tops)
    multiply(tops, distance, tops)
    add(tops, firsts, tops)
    flat = powers.reshape(-1)
    largest = flat[tops]
    flat[tops] = 0.0
    add.reduce(powers, 1, None, out)
    add(out, largest - 1.0, out)
    flat[tops] = largest


def log_sum_exp(shift: Any, rest: Any, out: Any) -> None:
    """Compute log Σ eˣ of each list, given that sum less 1, shifted."""
    log1p(rest, out)
    add(shift, out, out)
    copyto(out, shift, where=np.isinf(shift))


def take_whole(powers: Any, rest: Any, hits: Any) -> None:
    """Take the sum of each list from one element: the 1 first, beside which the rest would be rounded."""
    powers[hits] = powers[hits] - 1.0 - rest


def slopes_of_many(  # noqa: PLR0917 - what the source calls by position
    powers: Any, total: Any, hits: Any, tops: Any, of_outputs: Any, of_lists: Any, out: Any
) -> None:
    """Compute upstream·(share - 1 where the element was taken) for several of a list.

    Their sum is 0, by which the others tell the contribution to the largest element: beside its 1 they are rounded.

    Args:
        powers: what the shares are, times the total.
        total: of each list.
        hits: where the elements are.
        tops: where the largest are.
        of_outputs: the upstream of each.
        of_lists: these added up.
        out: for the contributions.
    """
    multiply(powers, divide(of_lists, total)[:, None], powers)
    flat = powers.reshape(-1)
    subtract.at(flat, hits, of_outputs)
    flat[tops] = 0.0
    flat[tops] = -add.reduce(powers, 1)
    copyto(out, powers)


CALLS: Final = {
    function.__name__: function
    for function in (
        largest,
        smallest,
        slopes_of_extreme,
        elements,
        find,
        add_others,
        log_sum_exp,
        take_whole,
        slopes_of_many,
    )
}
"""By the names that the source calls them."""
