"""Write groups of sums and dots other than matrix products: all products in one array, then the sums.

Sums of one length are those over an axis of an array, whose operands are views of the stores if their rows grow
evenly; sums of different lengths are added up segment by segment.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from autograd_tiny.replay.groups import Ragged
from autograd_tiny.replay.layout import strides_of
from autograd_tiny.replay.numpy_backend.writer import Make, NumpyWriter


class EqualSums:
    """Writes sums and dots of one length: (n, k) or (n, k, batch) to (n,) or (n, batch)."""

    def __init__(self, writer: NumpyWriter, group: Ragged) -> None:
        self.writer, self.group, stores = writer, group, writer.stores
        self.block = stores.rows_of(group.nodes)
        self.sides = [side for side in (group.lefts, group.rights) if side[0]]
        self.rows = _evenly([stores.rows_of(side) for side in self.sides])
        self.single = group.varying and len(self.block) == 1  # for which `dot` is faster than `matmul`
        if self.single:
            self.rows = [rows[0] for rows in self.rows]
        self.varying = [varies(writer, side[0][0]) for side in self.sides]

    @staticmethod
    def can_write(writer: NumpyWriter, group: Ragged) -> bool:
        """Return whether all sums have one length, and the numbers of each side all vary or none of them does."""
        if len(set(map(len, group.lefts))) > 1 or not group.lefts[0]:
            return False
        return all(len({varies(writer, x) for x in chain(*side)}) <= 1 for side in (group.lefts, group.rights))

    def forward(self) -> None:
        """Write the calls that compute the values."""
        writer, group = self.writer, self.group
        self.names = [
            writer.read(rows, varying=varies, beside_examples=group.varying)
            for rows, varies in zip(self.rows, self.varying, strict=True)
        ]
        (products, *others), output = self.names, str(writer.view(self.block, varying=group.varying))
        if others:
            products = writer.scratch(self.rows[0].shape, varying=group.varying)
            writer.call("mul", *self.names, products)
        ones = writer.ones(self.rows[0].shape[-1])
        if self.single:
            writer.call("dot", ones, products, writer.flat(output))
        else:
            writer.call("matmul", *((ones, products) if group.varying else (products, ones)), output)
        add_constants(writer, group, output)
        writer.release()

    def backward(self) -> None:
        """Write the calls that compute the contributions."""
        writer, group = self.writer, self.group
        upstream = writer.gradient(self.block, varying=group.varying, may_be_number=True, may_be_other=True)
        each = upstream if self.single or writer.is_number(upstream) else writer.shared(upstream)
        is_square = len(self.rows) == 2 and np.array_equal(*self.rows) and self.varying[0] == self.varying[1]
        if is_square:
            each = self._doubled(each)
        for side, (rows, varies) in enumerate(zip(self.rows, self.varying, strict=True)):
            if not (is_square and side) and writer.takes_gradient(chain(*self.sides[side])):
                other = self.names[1 - side] if len(self.names) == 2 else ""
                is_plain = not other and (writer.is_number(each) or self._fits(rows))
                make = each if is_plain else self._products(each, other, rows.shape)
                writer.contribute(rows, make, varying=varies, from_varying=group.varying)
        writer.release()

    def _doubled(self, each: str) -> str:
        """Return the name of twice the upstream: both sides of squares take the same contributions."""
        if self.writer.is_number(each):
            return self.writer.number(f"2.0 * {each}")
        shape = (1,) if self.single else (len(self.block), 1)
        twice = self.writer.scratch(shape, varying=self.group.varying)
        self.writer.call("mul", each, 2.0, twice)
        return twice

    def _fits(self, rows: Any) -> bool:
        """Return whether the gradient of each sum can be added to its rows as it is, one number for all of them."""
        strides = strides_of(rows)
        return strides is not None and all(strides[k] or rows.shape[k] == 1 for k in range(rows.ndim))

    def _products(self, each: str, other: str, shape: tuple[int, ...]) -> Make:
        """Return a function that writes upstream · other side, or the upstream of each number."""

        def make(into: str | None) -> str:
            out = into or self.writer.scratch(shape, varying=self.group.varying)
            if other:
                self.writer.call("mul", each, other, out)
            else:
                self.writer.call("copyto", out, each)
            return out

        return make


def _evenly(sides: list[Any]) -> list[Any]:
    """Return the rows of the sides of sums with the terms of each sum in order, if that makes all of them views."""
    order = np.argsort(sides[-1], axis=1, kind="stable")
    ordered = [np.take_along_axis(side, order, 1) for side in sides]
    return ordered if all(strides_of(side) is not None for side in ordered) else sides


def varies(writer: NumpyWriter, node: int) -> bool:
    """Return whether a number varies; the number 1 does not."""
    return node >= 0 and writer.stores.varying[node]


def add_constants(writer: NumpyWriter, group: Ragged, output: str) -> None:
    """Write the addition of the constants of sums."""
    if any(group.constants):
        constants = writer.constant(np.array(group.constants), "c")
        writer.call("add", output, writer.column(constants) if group.varying else constants, output)


class SegmentSums:
    """Writes ragged sums and dots: an array of all numbers or products, then a sum over each segment."""

    def __init__(self, writer: NumpyWriter, group: Ragged) -> None:
        self.writer, self.group, stores = writer, group, writer.stores
        lengths = [len(left) for left in group.lefts]
        self.starts = np.cumsum([0, *lengths[:-1]])
        self.segments = np.repeat(np.arange(len(lengths)), lengths)
        self.sides = [[x for row in side for x in row] for side in (group.lefts, group.rights)]
        if not self.sides[1]:
            self.sides.pop()
        self.block = stores.rows_of(group.nodes)
        self.kinds = self._kinds()

    def _kinds(self) -> list[tuple[Any, list[Any], list[bool]]]:
        """Return the products by which sides vary: their indices, the rows of the sides, and which vary."""
        stores = self.writer.stores
        kinds: dict[tuple[bool, ...], list[int]] = {}
        for i in range(len(self.segments)):
            kinds.setdefault(
                tuple(stores.varying[side[i]] if side[i] >= 0 else False for side in self.sides), []
            ).append(i)
        return [
            (np.array(where), [stores.rows_of([side[i] for i in where]) for side in self.sides], list(varying))
            for varying, where in kinds.items()
        ]

    def forward(self) -> None:
        """Write the calls that compute the values."""
        writer, group = self.writer, self.group
        products = writer.scratch((len(self.segments),), varying=group.varying)
        self.names = []
        for where, sides, varying in self.kinds:
            names = [
                writer.read(rows, varying=varies, beside_examples=group.varying)
                for rows, varies in zip(sides, varying, strict=True)
            ]
            self.names.append(names)
            if len(names) == 2:
                into = products if len(self.kinds) == 1 else writer.scratch(where.shape, varying=group.varying)
                writer.call("mul", *names, into)
            else:
                into = names[0]
            if len(self.kinds) > 1:
                writer.call("put", products, writer.constant(where, "i"), into)
            else:
                products = into
        output = writer.view(self.block, varying=group.varying)
        writer.call("sum_at", products, writer.constant(self.starts, "i"), 0, "None", output)
        add_constants(writer, group, str(output))
        writer.release()

    def backward(self) -> None:
        """Write the calls that compute the contributions."""
        writer, group = self.writer, self.group
        writer.gradient(self.block, varying=group.varying)
        for (where, sides, varying), names in zip(self.kinds, self.names, strict=True):
            each = writer.scratch(where.shape, varying=group.varying)
            store = "GX" if group.varying else "GU"
            writer.call("take", store, writer.constant(self.block[self.segments[where]], "i"), 0, each)
            for side, (rows, varies) in enumerate(zip(sides, varying, strict=True)):
                if writer.takes_gradient(self.sides[side][i] for i in where):
                    other = names[1 - side] if len(names) == 2 else ""
                    make = self._times(each, other, rows.shape)
                    writer.contribute(rows, make, varying=varies, from_varying=group.varying)
        writer.release()

    def _times(self, upstream: str, other: str, shape: tuple[int, ...]) -> Make | str:
        """Return a function that writes upstream · other side, or the name of the upstream."""
        if not other:
            return upstream

        def make(into: str | None) -> str:
            out = into or self.writer.scratch(shape, varying=self.group.varying)
            self.writer.call("mul", upstream, other, out)
            return out

        return make
