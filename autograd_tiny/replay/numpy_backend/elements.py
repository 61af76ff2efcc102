"""Write groups that take elements of lists by indices: a gather of rows, and its sums backwards.

The elements of the lists are of one store, or constants; those of other lists are copied to an array first. Nodes
that share an index share its conversion: the columns of `E[i]` are one gather.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy import add, copyto, count_nonzero

from autograd_tiny.errors import PositionError
from autograd_tiny.replay.groups import RowGroup
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.numpy_backend.writer import NumpyWriter


class Elements:
    """Writes one group.

    Args:
        writer: of the program.
        group: of the row `ELEMENT_AT`.

    Attributes:
        kinds: for each position in the lists whether the elements vary; None if they are constants.
    """

    def __init__(self, writer: NumpyWriter, group: RowGroup) -> None:
        self.writer, self.group = writer, group
        *self.columns, self.indices = group.operands
        self.block = writer.stores.rows_of(group.nodes)
        self.kinds = [writer.stores.varying[xs[0]] if type(xs[0]) is int else None for xs in self.columns]
        self.taken = ""

    def forward(self) -> None:
        """Write the calls that compute the values."""
        writer, varies = self.writer, self.group.varying
        output = writer.view(self.block, varying=varies) or ""
        self.taken = self._taken()
        if set(self.kinds) == {None}:
            writer.call("take", writer.constant(np.array(self.columns).T.ravel(), "c"), self.taken, "None", output)
        elif len(set(self.kinds)) == 1:
            rows = writer.constant(writer.stores.rows_of(self.columns).T.ravel(), "i")
            store, batch = ("X", "batch") if self.kinds[0] else ("U", "0")
            writer.call("take_elements", store, rows, self.taken, batch, output)
        else:
            self._copy_and_take(output)

    def _taken(self) -> str:
        """Write the places, list after list, of the elements that are taken, for each node (and example)."""
        writer, varies, length = self.writer, self.group.varying, len(self.columns)
        rows, owners = np.unique(writer.stores.rows_of(self.indices), return_inverse=True)
        is_varying = writer.stores.varying[self.indices[0]]
        numbers = writer.read(rows, varying=is_varying, beside_examples=varies)
        places, taken = (writer.kept(x.shape, varying=varies, kind="int") for x in (rows, self.block))
        writer.call("places_of_elements", numbers, length, places)
        writer.call("take", places, writer.constant(owners.reshape(-1), "i"), 0, taken)
        starts = writer.constant(np.arange(0, len(self.indices) * length, length), "i")
        writer.call("add", taken, writer.column(starts) if varies else starts, taken)
        return taken

    def _copy_and_take(self, output: str) -> None:
        """Write the lists of elements of several kinds as one array, and take from it."""
        writer, varies = self.writer, self.group.varying
        lists = writer.kept((len(self.columns), *self.block.shape), varying=varies)
        for k, (xs, kind) in enumerate(zip(self.columns, self.kinds, strict=True)):
            if kind is None:
                numbers = writer.constant(np.array(xs), "c")
                name = writer.column(numbers) if varies else numbers
            else:
                name = writer.read(writer.stores.rows_of(xs), varying=kind, beside_examples=varies)
            writer.call("copyto", writer.part(lists, k), name)
        writer.call("take_copied", lists, self.taken, output)

    def backward(self) -> None:
        """Write the calls that add the contributions to the elements."""
        writer, stores = self.writer, self.writer.stores
        upstream = writer.gradient(self.block, varying=self.group.varying)
        if len(set(self.kinds)) > 1:
            spread = writer.scratch((len(self.columns), *self.block.shape), varying=self.group.varying)
            writer.call("spread", self.taken, upstream, spread)
            for k, (xs, kind) in enumerate(zip(self.columns, self.kinds, strict=True)):
                if kind is not None and writer.takes_gradient(xs):
                    rows, name = stores.rows_of(xs), writer.part(spread, k)
                    writer.contribute(rows, name, varying=kind, from_varying=self.group.varying)
        elif self.kinds[0] is not None and any(map(writer.takes_gradient, self.columns)):
            varies = self.kinds[0]
            distinct, owners = np.unique(stores.rows_of(self.columns).T, return_inverse=True)
            sums = writer.scratch(distinct.shape, varying=varies)
            elements, batch = writer.constant(owners.reshape(-1), "i"), "batch" if varies else "0"
            writer.call("add_by_element", elements, self.taken, upstream, batch, sums)
            writer.contribute(distinct, sums, varying=varies, from_varying=varies)
        writer.release()


# ── the calls; the last argument is the output array ─────────────────────────────────────────────────────────────


def places_of_elements(numbers: Any, length: int, out: Any) -> None:
    """Compute positions in lists from 0, of indices that may count from the end.

    Raises:
        PositionError: a list does not have the position.
    """
    copyto(out, numbers, "unsafe")
    is_wrong = (out != numbers) | (numbers < -length) | (numbers >= length)
    if count_nonzero(is_wrong):
        raise PositionError(
            ELEMENT_AT.symbol, float(np.broadcast_to(numbers, out.shape)[is_wrong][0]), length, takes_negative=True
        )
    add(out, length, out, where=out < 0)


def take_elements(store: Any, rows: Any, taken: Any, batch: int, out: Any) -> None:
    """Compute elements of lists.

    Args:
        store: the store of their elements.
        rows: of all elements, list by list.
        taken: which of them, for each list (and example).
        batch: the number of examples, if the elements vary, else 0.
        out: for the elements.
    """
    chosen = rows[taken]
    if batch:
        chosen *= batch
        chosen += np.arange(batch)
    store.reshape(-1).take(chosen, None, out, "clip")


def take_copied(lists: Any, taken: Any, out: Any) -> None:
    """Compute elements of lists that are copied to one array (length, lists) or (length, lists, batch)."""
    copyto(out, np.take_along_axis(lists, (taken % len(lists))[None], 0)[0])


def spread(taken: Any, upstream: Any, out: Any) -> None:
    """Compute the contributions to all elements in such an array: 0 to those that are not taken."""
    copyto(out, 0.0)
    np.put_along_axis(out, (taken % len(out))[None], upstream[None], 0)


def add_by_element(owners: Any, taken: Any, upstream: Any, batch: int, out: Any) -> None:
    """Compute the sum of the contributions to each distinct element.

    Args:
        owners: for each element of each list which distinct one it is.
        taken: which of them, for each list (and example).
        upstream: the contributions.
        batch: the number of examples, if the elements vary, else 0.
        out: for the sums.
    """
    places = owners[taken]
    if batch:
        places *= batch
        places += np.arange(batch)
    sums = np.bincount(places.reshape(-1), np.broadcast_to(upstream, places.shape).reshape(-1), out.size)
    copyto(out, sums.reshape(out.shape))


CALLS: Final = {
    function.__name__: function
    for function in (places_of_elements, take_elements, take_copied, spread, add_by_element)
}
"""By their names in the source."""
