"""Write groups of rows that take lists: max, min and the softmax family, over one axis of an array.

Outputs of the same list share its computation: the ten outputs of `softmax(xs)` are ten numbers of the program and
one softmax here. Other rows of lists are computed element by element (see `elementwise`). The rows here are not
translated: the table's functions loop over one list, and call `math.fsum`; these reduce many lists along an axis.

The arrays have the shapes lists (n, k, batch) and outputs (m, batch), m ≥ n, or without the batch.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy import add, copyto, count_nonzero, divide, log1p, maximum, multiply, subtract

from autograd_tiny.errors import PositionError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.groups import RowGroup
from autograd_tiny.replay.numpy_backend.writer import NumpyWriter

EXTREMES: Final = {TABLE["max"]: "largest", TABLE["min"]: "smallest"}
SOFTMAX_AT, CROSS_ENTROPY = TABLE["softmax_at"], TABLE["cross_entropy"]
SOFTMAX: Final = {SOFTMAX_AT, CROSS_ENTROPY, TABLE["log_softmax_at"]}
LOGSUMEXP: Final = TABLE["logsumexp"]


class ListReductions:
    """Writes one group."""

    def __init__(self, writer: NumpyWriter, group: RowGroup) -> None:
        self.writer, self.group, stores = writer, group, writer.stores
        self.length = len(group.operands) - group.row.arity + 1
        self.lists = stores.rows_of(list(zip(*group.operands[: self.length], strict=True)))
        self.block = stores.rows_of(group.nodes)
        self.owners: Any = None  # of the outputs, where lists have several
        if group.row in SOFTMAX and type(group.operands[self.length][0]) is not int:
            lists, owners = np.unique(self.lists, axis=0, return_inverse=True)
            if len(lists) < len(self.lists):
                self.lists, self.owners = lists, owners.reshape(-1)

    @staticmethod
    def can_write(writer: NumpyWriter, group: RowGroup) -> bool:
        """Return whether this module has the row, and all elements of the lists vary as the group does."""
        length = len(group.operands) - group.row.arity + 1
        return group.row in {*EXTREMES, *SOFTMAX, LOGSUMEXP} and all(
            type(x[0]) is int and writer.stores.varying[x[0]] == group.varying for x in group.operands[:length]
        )

    def forward(self) -> None:
        """Write the calls that compute the values."""
        writer, group = self.writer, self.group
        self.name = writer.read(self.lists, varying=group.varying)
        self.output = writer.view(self.block, varying=group.varying) or ""
        if group.row in EXTREMES:
            writer.call(EXTREMES[group.row], self.name, self.output)
            return
        self.powers = writer.kept(self.lists.shape, varying=group.varying)
        self.rest = writer.kept((len(self.lists),), varying=group.varying)
        self.total = writer.kept((len(self.lists),), varying=group.varying)
        shift = writer.scratch((len(self.lists),), varying=group.varying)
        writer.call("max_over", self.name, 1, "None", shift)
        writer.call("sub", self.name, writer.shared(shift), self.powers)
        writer.call("exp", self.powers, self.powers)
        self._add_up()
        writer.call("add", 1.0, self.rest, self.total)
        if group.row is LOGSUMEXP:
            writer.call("log_sum_exp", shift, self.rest, self.powers, self.total, self.output)
        else:
            self._find()
            if group.row is SOFTMAX_AT:
                writer.call("take", self.powers, self.hits, "None", self.output)
                writer.call("div", self.output, self._of_owners(self.total), self.output)
            else:
                writer.call("take", self.name, self.hits, "None", self.output)
                self._take_log_softmax(self._of_owners(shift), self._of_owners(self.rest))
        writer.release()

    def _take_log_softmax(self, shift: str, rest: str) -> None:
        """Write the log softmax of elements, or -log softmax."""
        writer = self.writer
        logarithm = writer.scratch(self.block.shape, varying=self.group.varying)
        writer.call("log1p", rest, logarithm)
        writer.call("sub", shift, self.output, self.output)
        writer.call("add", self.output, logarithm, self.output)
        if self.group.row is not CROSS_ENTROPY:
            writer.call("neg", self.output, self.output)

    def _add_up(self) -> None:
        """Write the sum of each list less its largest element, a 1, and the index of that element."""
        writer, varying, every = self.writer, self.group.varying, np.arange(len(self.lists))
        firsts = writer.elements(self.powers, every, np.zeros_like(every))
        self.tops = writer.kept((len(self.lists),), varying=varying, kind="int")
        writer.call("add_others", self.powers, firsts, "batch" if varying else 1, self.tops, self.rest)

    def _find(self) -> None:
        """Write the flat indices of the chosen elements."""
        writer, group, places = self.writer, self.group, self.group.operands[self.length]
        owners = np.arange(len(self.lists)) if self.owners is None else self.owners
        if type(places[0]) is not int:
            self.hits = writer.elements(self.powers, owners, np.array(places, dtype=np.intp))
            return
        rows, varies = writer.stores.rows_of(places), writer.stores.varying[places[0]]
        numbers = writer.read(rows, varying=varies, beside_examples=group.varying)
        firsts = writer.elements(self.powers, owners, np.zeros_like(owners))
        known = writer.constant(np.arange(float(self.length)), "c")
        self.hits = writer.kept(self.block.shape, varying=group.varying, kind="int")
        name, distance = f"'{group.row.name.removesuffix('_at')}'", "batch" if group.varying else 1
        writer.call("find", name, numbers, known, firsts, distance, self.hits)

    def _of_owners(self, name: str) -> str:
        """Return the name of an array with one number of its list for each output."""
        if self.owners is None:
            return name
        owned = self.writer.scratch(self.block.shape, varying=self.group.varying)
        self.writer.call("take", name, self.writer.constant(self.owners, "i"), 0, owned)
        return owned

    def backward(self) -> None:
        """Write the calls that compute the contributions."""
        writer, group = self.writer, self.group
        takes_one_of_each = group.row in SOFTMAX and self.owners is None
        upstream = writer.gradient(self.block, varying=group.varying, may_be_number=takes_one_of_each)

        def make(into: str | None) -> str:
            out = into or writer.scratch(self.lists.shape, varying=group.varying)
            if group.row in EXTREMES:
                writer.call("slopes_of_extreme", self.name, self.output, upstream, out)
            elif group.row is LOGSUMEXP:
                self._shares(upstream, out)
            else:
                self._slopes_of_softmax(upstream, out)
            return out

        writer.contribute(self.lists, make, varying=group.varying, from_varying=group.varying)
        writer.release()

    def _shares(self, upstream: str, out: str) -> None:
        """Write upstream · powers / total."""
        writer = self.writer
        ratio = writer.scratch((len(self.lists),), varying=self.group.varying)
        writer.call("div", upstream, self.total, ratio)
        writer.call("mul", self.powers, writer.shared(ratio), out)

    def _slopes_of_softmax(self, upstream: str, out: str) -> None:
        """Write the contributions as those of -log softmax, of which softmax and log softmax are functions."""
        writer, row, varying = self.writer, self.group.row, self.group.varying
        if row is not CROSS_ENTROPY:
            product = writer.scratch(self.block.shape, varying=varying)
            writer.call("mul", upstream, self.output if row is SOFTMAX_AT else -1.0, product)
            if row is SOFTMAX_AT:
                writer.call("neg", product, product)
            upstream = product
        if self.owners is None:
            flat = [writer.flat(name) for name in (self.powers, self.rest, self.hits)]
            writer.call("take_whole", *flat)
            self._shares(upstream, out)
            return
        of_lists = writer.scratch((len(self.lists),), varying=varying)
        writer.call("copyto", of_lists, 0.0)
        writer.call("scatter", of_lists, writer.constant(self.owners, "i"), upstream)
        places = self.hits, self.tops
        writer.call("slopes_of_many", self.powers, self.total, *places, upstream, of_lists, out)


# ── the calls; the last argument is the output array ─────────────────────────────────────────────────────────────


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
    """Return the flat indices of elements of lists (for each example)."""
    return np.arange(array.size).reshape(array.shape)[owners, places]


def find(  # noqa: PLR0917 - what the source calls by position
    place: str, numbers: Any, known: Any, firsts: Any, distance: int, out: Any
) -> None:
    """Compute the flat index of the element at the given position, for each list and example.

    Args:
        place: the row, for the error.
        numbers: the positions, floats.
        known: all positions of a list.
        firsts: the indices of the first elements.
        distance: from one element to the next.
        out: for the indices.

    Raises:
        PositionError: a list does not have the position.
    """
    copyto(out, numbers, "unsafe")
    is_wrong = known.take(out, None, None, "clip") != numbers
    if count_nonzero(is_wrong):
        raise PositionError(place, float(np.broadcast_to(numbers, out.shape)[is_wrong][0]), len(known))
    multiply(out, distance, out)
    add(out, firsts, out)


def add_others(powers: Any, firsts: Any, distance: int, tops: Any, out: Any) -> None:
    """Compute the sum of each list without its largest element, a 1, which would round the others.

    Args:
        powers: the lists.
        firsts: the indices of their first elements.
        distance: from one element to the next.
        tops: for the indices of the largest elements.
        out: for the sums; nan if the largest element is nan.
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


def log_sum_exp(shift: Any, rest: Any, powers: Any, total: Any, out: Any) -> None:
    """Compute log Σ eˣ of each list, given that sum less 1, shifted; make the shares of a list of -inf 0."""
    log1p(rest, out)
    add(shift, out, out)
    infinite = np.isinf(shift)
    copyto(out, shift, where=infinite)
    if infinite.any():
        empty = infinite & (shift < 0.0)
        copyto(powers, 0.0, where=np.expand_dims(empty, 1))
        copyto(total, 1.0, where=infinite)  # e^(x - ∞), which is 0 for a finite x


def take_whole(powers: Any, rest: Any, hits: Any) -> None:
    """Subtract the sum of each list from one element: the 1 first, which would round the rest."""
    powers[hits] = powers[hits] - 1.0 - rest


def slopes_of_many(  # noqa: PLR0917 - what the source calls by position
    powers: Any, total: Any, hits: Any, tops: Any, of_outputs: Any, of_lists: Any, out: Any
) -> None:
    """Compute upstream·(share - 1 at the chosen element) for several outputs of a list.

    Their sum is 0, so the contribution to the largest element is computed from the others, which its 1 would round.

    Args:
        powers: the shares times the total.
        total: of each list.
        hits: the indices of the chosen elements.
        tops: the indices of the largest elements.
        of_outputs: the upstream of each output.
        of_lists: their sum for each list.
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
"""By their names in the source."""
