"""Groups of rows that take lists: the maximum, and the family of softmax, over one axis of an array.

Numbers that belong to the same list share what is computed of it: the ten outputs of `softmax(xs)` are ten numbers of
the program and one softmax here. Rows that are not here are computed element by element (see `elementwise`).

The arrays have the shapes lists (n, k, batch) and outputs (m, batch), m ≥ n, or without the batch.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd_tiny.errors import PositionError
from autograd_tiny.primitive import TABLE
from autograd_tiny.replay.grouping import Rows
from autograd_tiny.replay.writer import Writer

EXTREMES: Final = {TABLE["max"]: "largest", TABLE["min"]: "smallest"}
SOFTMAX: Final = {TABLE[name] for name in ("softmax_at", "log_softmax_at", "cross_entropy")}
LOGSUMEXP: Final = TABLE["logsumexp"]


class Lists:
    """Writes one group."""

    def __init__(self, writer: Writer, group: Rows) -> None:
        self.writer, self.group, layout = writer, group, writer.layout
        self.length = len(group.operands) - group.row.arity + 1
        lists = layout.rows_of(list(zip(*group.operands[: self.length], strict=True)))
        self.lists, self.owner = np.unique(lists, axis=0, return_inverse=True)
        self.owner = self.owner.reshape(-1)
        if group.row not in SOFTMAX:
            self.lists, self.owner = lists, np.arange(len(lists))
        self.block = layout.rows_of(group.nodes)

    @staticmethod
    def can_write(writer: Writer, group: Rows) -> bool:
        """Tell whether there is a form of this row, and all elements of the lists vary as the group does."""
        length = len(group.operands) - group.row.arity + 1
        return group.row in {*EXTREMES, *SOFTMAX, LOGSUMEXP} and all(
            type(x[0]) is int and writer.layout.varying[x[0]] == group.varying for x in group.operands[:length]
        )

    def forward(self) -> None:
        """Write the calls that compute the values."""
        writer, group = self.writer, self.group
        self.name = writer.read(self.lists, varying=group.varying)
        self.output = writer.view(self.block, varying=group.varying) or ""
        if group.row in EXTREMES:
            writer.call(EXTREMES[group.row], self.name, self.output)
            return
        self.shares = writer.kept(self.lists.shape, varying=group.varying)
        self.scratch = writer.kept((2, len(self.lists)), varying=group.varying)
        if group.row is LOGSUMEXP:
            writer.call("log_sum_exp", self.name, self.shares, self.scratch, self.output)
            return
        self.places = self._places()
        arguments = (self.name, self.places, self.shares, self.scratch, self.output)
        writer.call(f"many_{group.row.name}", *arguments)

    def _places(self) -> str:
        """Write what makes indices of the positions, and return their name."""
        writer, group = self.writer, self.group
        position = group.operands[self.length]
        places = writer.kept(self.block.shape, varying=group.varying, kind="int")
        if type(position[0]) is int:
            varies = writer.layout.varying[position[0]]
            rows = writer.layout.rows_of(position)
            numbers = writer.read(rows, varying=varies, beside_examples=group.varying)
        else:
            numbers = writer.constant(np.array(position, dtype=float), "c")
            numbers = writer.column(numbers) if group.varying else numbers
        owner = writer.constant(self.owner, "i")
        writer.call("as_places", numbers, self.length, places)
        return f"({owner}, {places})"

    def backward(self) -> None:
        """Write the calls that compute the contributions."""
        writer, group = self.writer, self.group
        upstream = writer.gradient(self.block, varying=group.varying)

        def make(into: str | None) -> str:
            out = into or writer.scratch(self.lists.shape, varying=group.varying)
            if group.row in EXTREMES:
                writer.call("slopes_of_extreme", self.name, self.output, upstream, out)
            elif group.row is LOGSUMEXP:
                writer.call("slopes_of_log_sum_exp", self.shares, upstream, out)
            else:
                arguments = (self.shares, self.places, self.output, upstream, out)
                writer.call(f"slopes_of_{group.row.name}", *arguments)
            return out

        writer.contribute(self.lists, make, varying=group.varying, from_varying=group.varying)
        writer.release()


# ── what the calls do ─────────────────────────────────────────────────────────────────────────────────────────


def largest(xs: Any, out: Any) -> None:
    """Compute the maximum of each list."""
    np.maximum.reduce(xs, 1, None, out)


def smallest(xs: Any, out: Any) -> None:
    """Compute the minimum of each list."""
    np.minimum.reduce(xs, 1, None, out)


def slopes_of_extreme(xs: Any, z: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions of max or min: ties share evenly, and so do nans."""
    hits = (xs == z[:, None]) | (xs != xs)
    np.multiply(hits, (upstream / np.add.reduce(hits, 1))[:, None], out)


def as_places(numbers: Any, length: int, out: Any) -> None:
    """Turn positions into indices.

    Raises:
        PositionError: a position is no whole number from 0 to length - 1.
    """
    np.copyto(out, numbers, casting="unsafe", where=np.isfinite(numbers))
    wrong = ~((out == numbers) & (out >= 0) & (out < length))
    if wrong.any():
        first = np.broadcast_to(numbers, out.shape)[wrong].flat[0]
        raise PositionError("cross_entropy", float(first), length)


def shares_of(xs: Any, shares: Any, scratch: Any) -> None:
    """Compute the softmax of each list; into the scratch its maximum, and the log of the sum of e^(x - maximum)."""
    shift, logarithm = scratch
    np.maximum.reduce(xs, 1, None, shift)
    np.subtract(xs, shift[:, None], shares)
    np.exp(shares, shares)
    np.add.reduce(shares, 1, None, logarithm)
    np.divide(shares, logarithm[:, None], shares)
    np.log(logarithm, logarithm)


def log_sum_exp(xs: Any, shares: Any, scratch: Any, out: Any) -> None:
    """Compute log Σ eˣ of each list."""
    shares_of(xs, shares, scratch)
    shift, logarithm = scratch
    np.add(shift, logarithm, out)
    np.copyto(out, shift, where=np.isinf(shift))


def slopes_of_log_sum_exp(shares: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions of logsumexp."""
    np.multiply(shares, upstream[:, None], out)


def at(array: Any, places: Any) -> tuple[Any, ...]:
    """Return the index of one element of a list for each output (and example)."""
    owner, position = places
    if position.ndim == 1:
        return owner, position
    return owner[:, None], position, np.arange(position.shape[1])


def many_cross_entropy(xs: Any, places: Any, shares: Any, scratch: Any, out: Any) -> None:
    """Compute -log softmax of one element of a list."""
    shares_of(xs, shares, scratch)
    shift, logarithm = scratch
    owner = places[0]
    np.subtract(shift[owner], xs[at(xs, places)], out)
    np.add(out, logarithm[owner], out)


def many_log_softmax_at(xs: Any, places: Any, shares: Any, scratch: Any, out: Any) -> None:
    """Compute log softmax of one element of a list."""
    many_cross_entropy(xs, places, shares, scratch, out)
    np.negative(out, out)


def many_softmax_at(xs: Any, places: Any, shares: Any, scratch: Any, out: Any) -> None:
    """Compute one element of the softmax of a list."""
    shares_of(xs, shares, scratch)
    np.copyto(out, shares[at(shares, places)])


def slopes_of_log_softmax_at(shares: Any, places: Any, z: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions of log softmax: upstream·(hit - share), added up for each list."""
    owner = places[0]
    if len(shares) == len(upstream):
        totals = upstream[np.argsort(owner)]
    else:
        totals = np.zeros((len(shares), *upstream.shape[1:]))
        np.add.at(totals, owner, upstream)
    np.multiply(shares, -totals[:, None], out)
    np.add.at(out, at(out, places), upstream)


def slopes_of_cross_entropy(shares: Any, places: Any, z: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions of cross-entropy."""
    slopes_of_log_softmax_at(shares, places, z, -upstream, out)


def slopes_of_softmax_at(shares: Any, places: Any, z: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions of softmax: upstream·z·(hit - share)."""
    slopes_of_log_softmax_at(shares, places, z, upstream * z, out)


CALLS: Final = {
    function.__name__: function
    for function in (
        largest,
        smallest,
        slopes_of_extreme,
        as_places,
        log_sum_exp,
        slopes_of_log_sum_exp,
        many_cross_entropy,
        many_log_softmax_at,
        many_softmax_at,
        slopes_of_cross_entropy,
        slopes_of_log_softmax_at,
        slopes_of_softmax_at,
    )
}
"""By the names that the source calls them."""
