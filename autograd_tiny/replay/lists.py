"""Groups of rows that take lists: the maximum, and the family of softmax, over one axis of an array.

Numbers that belong to the same list share what is computed of it: the ten outputs of `softmax(xs)` are ten numbers of
the program and one softmax here. Where each list has one output its element is found by comparison, since it may vary
with the example. Rows that are not here are computed element by element (see `elementwise`).

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
SOFTMAX_AT, CROSS_ENTROPY = TABLE["softmax_at"], TABLE["cross_entropy"]
SOFTMAX: Final = {SOFTMAX_AT, CROSS_ENTROPY, TABLE["log_softmax_at"]}
LOGSUMEXP: Final = TABLE["logsumexp"]


class Lists:
    """Writes one group."""

    def __init__(self, writer: Writer, group: Rows) -> None:
        self.writer, self.group, layout = writer, group, writer.layout
        self.length = len(group.operands) - group.row.arity + 1
        self.lists = layout.rows_of(list(zip(*group.operands[: self.length], strict=True)))
        self.block = layout.rows_of(group.nodes)
        self.owners: Any = None  # of the outputs, where lists have several
        if group.row in SOFTMAX and type(group.operands[self.length][0]) is not int:
            lists, owners = np.unique(self.lists, axis=0, return_inverse=True)
            if len(lists) < len(self.lists):
                self.lists, self.owners = lists, owners.reshape(-1)

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
        shift = writer.scratch((len(self.lists),), varying=group.varying)
        logarithm = writer.scratch((len(self.lists),), varying=group.varying)
        writer.call("softmax_of", self.name, self.shares, shift, logarithm)
        if group.row is LOGSUMEXP:
            writer.call("log_sum_exp", shift, logarithm, self.output)
        else:
            self._find()
            if group.row is SOFTMAX_AT:
                writer.call("element_of", self.shares, self.hits, self.output)
            else:
                writer.call("element_of", self.name, self.hits, self.output)
                sides = (self._of_owners(shift), self._of_owners(logarithm))
                sign = "minus" if group.row is CROSS_ENTROPY else "plus"
                writer.call(f"{sign}_log_softmax", *sides, self.output)
        writer.release()

    def _find(self) -> None:
        """Write what finds the elements: a mask for each list, or where lists have several outputs known places."""
        writer, group, places = self.writer, self.group, self.group.operands[self.length]
        name = f"'{group.row.name.removesuffix('_at')}'"
        if self.owners is not None:
            self.hits = writer.constant(np.stack([self.owners, np.array(places, dtype=np.intp)]), "i")
            return
        if type(places[0]) is int:
            rows, varies = writer.layout.rows_of(places), writer.layout.varying[places[0]]
            numbers = writer.read(rows, varying=varies, beside_examples=group.varying)
        else:
            numbers = writer.constant(np.array(places, dtype=float), "c")
            numbers = writer.column(numbers) if group.varying else numbers
        every = writer.constant(np.arange(float(self.length)), "c")
        self.hits = writer.kept(self.lists.shape, varying=group.varying, kind="bool")
        writer.call("find", name, numbers, writer.column(every) if group.varying else every, self.hits)

    def _of_owners(self, name: str) -> str:
        """Return the name of an array with a number of its list for each output."""
        if self.owners is None:
            return name
        owned = self.writer.scratch(self.block.shape, varying=self.group.varying)
        self.writer.call("take", name, self.writer.constant(self.owners, "i"), 0, owned, "'clip'")
        return owned

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
                writer.call("slopes_of_log_softmax", self.shares, self.hits, self._as_of_logarithm(upstream), out)
            return out

        writer.contribute(self.lists, make, varying=group.varying, from_varying=group.varying)
        writer.release()

    def _as_of_logarithm(self, upstream: str) -> str:
        """Write the gradient of log softmax, of which softmax and cross-entropy are functions."""
        factor = {SOFTMAX_AT: self.output, CROSS_ENTROPY: "-1.0"}.get(self.group.row)
        if factor is None:
            return upstream
        product = self.writer.scratch(self.block.shape, varying=self.group.varying)
        self.writer.call("mul", upstream, factor, product)
        return product


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


def find(place: str, numbers: Any, every: Any, out: Any) -> None:
    """Compute which element of each list is at the given position.

    Args:
        place: whose error it is.
        numbers: the position for each list (and example).
        every: the positions that there are.
        out: for the truth values.

    Raises:
        PositionError: a position is none of these.
    """
    np.equal(numbers[:, None], every, out)
    if np.count_nonzero(out) * len(every) < out.size:
        wrong = np.broadcast_to(numbers, out[:, 0].shape)[~out.any(1)]
        raise PositionError(place, float(wrong.flat[0]), len(every))


def softmax_of(xs: Any, out: Any, shift: Any, logarithm: Any) -> None:
    """Compute the softmax of each list, its maximum, and the log of the sum of e^(x - maximum)."""
    np.maximum.reduce(xs, 1, None, shift)
    np.subtract(xs, shift[:, None], out)
    np.exp(out, out)
    np.add.reduce(out, 1, None, logarithm)
    np.divide(out, logarithm[:, None], out)
    np.log(logarithm, logarithm)


def log_sum_exp(shift: Any, logarithm: Any, out: Any) -> None:
    """Compute log Σ eˣ of each list."""
    np.add(shift, logarithm, out)
    np.copyto(out, shift, where=np.isinf(shift))


def slopes_of_log_sum_exp(shares: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions of logsumexp."""
    np.multiply(shares, upstream[:, None], out)


def element_of(array: Any, hits: Any, out: Any) -> None:
    """Take one element of each list: where the mask is true, or at the known places (owner, position)."""
    if hits.dtype == bool:
        np.add.reduce(np.where(hits, array, 0.0), 1, None, out)
    else:
        np.copyto(out, array[hits[0], hits[1]])


def minus_log_softmax(shift: Any, logarithm: Any, out: Any) -> None:
    """Turn elements into the -log softmax of them."""
    np.subtract(shift, out, out)
    np.add(out, logarithm, out)


def plus_log_softmax(shift: Any, logarithm: Any, out: Any) -> None:
    """Turn elements into the log softmax of them."""
    minus_log_softmax(shift, logarithm, out)
    np.negative(out, out)


def slopes_of_log_softmax(shares: Any, hits: Any, upstream: Any, out: Any) -> None:
    """Compute upstream·(hit - share), added up for each list."""
    if hits.dtype == bool:
        np.subtract(hits, shares, out)
        np.multiply(out, upstream[:, None], out)
        return
    slopes = np.zeros_like(shares)
    np.add.at(slopes, (hits[0], hits[1]), upstream)
    np.subtract(slopes, shares * np.add.reduce(slopes, 1)[:, None], out)


CALLS: Final = {
    function.__name__: function
    for function in (
        largest,
        smallest,
        slopes_of_extreme,
        find,
        softmax_of,
        log_sum_exp,
        slopes_of_log_sum_exp,
        element_of,
        minus_log_softmax,
        plus_log_softmax,
        slopes_of_log_softmax,
    )
}
"""By the names that the source calls them."""
