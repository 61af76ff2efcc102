"""Write grids of dots as matrix products.

A `Grid` is `lefts @ rights`: if the program is as regular as a layer, both sides are views of the stores. The bias is
folded in if it follows the weights, and a row of ones the inputs.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from autograd_tiny.replay.groups import Grid
from autograd_tiny.replay.layout import strides_of
from autograd_tiny.replay.numpy_backend.writer import Make, NumpyWriter


class MatrixProduct:
    """Writes a grid.

    The shapes are left (m, k), right (n, k) and output (n, m); if they vary, right (k, batch) and output (m, batch),
    with a first axis added if n > 1.
    """

    def __init__(self, writer: NumpyWriter, group: Grid) -> None:
        self.writer, self.group, stores = writer, group, writer.stores
        self.left, self.right = stores.rows_of(group.lefts), stores.rows_of(group.rights)
        shape = (len(group.rights), len(group.lefts))
        self.block = stores.rows_of(group.nodes).reshape(shape)
        self.terms = stores.rows_of(group.terms).reshape(shape) if group.terms else None
        self.single = group.varying and shape[0] == 1
        if self.single:
            self.right, self.block = self.right[0], self.block[0]
            self.terms = None if self.terms is None else self.terms[0]
        flows = [any(stores.flows[x] for x in column) for column in zip(*group.rights, strict=True)]
        self.columns = slice(flows.index(True), len(flows) - flows[::-1].index(True)) if any(flows) else slice(0)
        self.inner = self.right[..., self.columns]
        self._fold_bias()

    def _fold_bias(self) -> None:
        """Make the bias the weight of an input that is always 1, if both are in the right place."""
        writer, terms = self.writer, self.group.terms
        if not self.single or self.terms is None or any(writer.stores.varying[x] for x in terms):
            return
        if writer.takes_gradient(terms) and not writer.takes_gradient(chain(*self.group.lefts)):
            return  # the backward pass writes nothing for weights that are constants
        one = self.right[-1] + 1
        left = np.column_stack([self.left, self.terms])
        if one in self.writer.stores.ones and strides_of(left) is not None and strides_of(self.right) is not None:
            self.left, self.terms = left, None
            self.right = np.append(self.right, one)

    def forward(self) -> None:
        """Write the calls that compute the values."""
        writer, varying = self.writer, self.group.varying
        self.left_name = writer.read(self.left, varying=False)
        self.right_name = writer.read(self.right, varying=varying)
        output = writer.view(self.block, varying=varying) or ""
        if varying:
            self._call(self.left_name, self.right_name, output)
        else:
            self._call(self.right_name, writer.transposed(self.left_name), output)
        if self.terms is not None:
            from_varying = writer.stores.varying[self.group.terms[0]]
            name = writer.read(self.terms, varying=from_varying, beside_examples=varying)
            writer.call("add", output, name, output)
        if any(self.group.constants):
            constants = writer.constant(np.array(self.group.constants).reshape(self.block.shape), "c")
            writer.call("add", output, writer.column(constants) if varying else constants, output)

    def backward(self) -> None:
        """Write the calls that compute the contributions."""
        writer, group = self.writer, self.group
        one = self._is_one_product()
        upstream = writer.gradient(self.block, varying=group.varying, may_be_number=one, may_be_other=True)
        if writer.takes_gradient(chain(*group.lefts)):
            writer.contribute(self.left, self._to_left(upstream), varying=False, from_varying=False)
        if self.inner.size and not self._is_square():
            writer.contribute(self.inner, self._to_right(upstream), varying=group.varying, from_varying=group.varying)
        if self.terms is not None and writer.takes_gradient(group.terms):
            varying = writer.stores.varying[group.terms[0]]
            writer.contribute(self.terms, upstream, varying=varying, from_varying=group.varying)
        writer.release()

    def _call(self, left: str, right: str, out: str, rows: Any = None) -> None:
        """Write a matrix product into `out`, a new array or these rows of a store.

        `numpy.dot` is faster, but takes at most two axes and contiguous arrays only.
        """
        flat = self.block.ndim == (1 if self.group.varying else 2)
        has_gaps = rows is not None and not np.array_equal(rows.ravel(), np.arange(rows.size) + rows.flat[0])
        self.writer.call("matmul" if has_gaps or not flat else "dot", left, right, out)

    def _to_left(self, upstream: str) -> Make:
        """Return a function that writes the contributions to the left sides, (m, k)."""
        writer = self.writer
        if self._is_one_product():
            each = self._doubled(upstream) if self._is_square() else upstream
            return lambda into: self._product(self.right_name, each, into, self.left.shape)

        def make(into: str | None) -> str:
            out = into or writer.scratch(self.left.shape, varying=False)
            rows = self.left if into else None
            if not self.group.varying:
                self._call(writer.transposed(upstream), self.right_name, out, rows)
            elif self.single:
                self._call(upstream, writer.transposed(self.right_name), out, rows)
            else:
                each = writer.scratch((len(self.group.rights), *self.left.shape), varying=False)
                writer.call("matmul", upstream, writer.transposed(self.right_name), each)
                writer.call("sum_over", each, 0, "None", out)
            return out

        return make

    def _to_right(self, upstream: str) -> Make:
        """Return a function that writes the contributions to the right sides, (n, k)."""
        writer, columns = self.writer, self.columns
        left = writer.view(self.left[:, columns], varying=False)
        if left is None:
            left = writer.columns(self.left_name, columns.start, columns.stop)
        if self._is_one_product():
            return lambda into: self._product(left, upstream, into, self.inner.shape)

        def make(into: str | None) -> str:
            out = into or writer.scratch(self.inner.shape, varying=self.group.varying)
            if self.group.varying:
                self._call(writer.transposed(left), upstream, out, self.inner if into else None)
            else:
                self._call(upstream, left, out, self.inner if into else None)
            return out

        return make

    def _is_one_product(self) -> bool:
        """Return whether this is one dot of numbers that do not vary, such as a sum of squares."""
        return not self.group.varying and len(self.group.nodes) == 1

    def _is_square(self) -> bool:
        """Return whether this is a sum of squares, both sides of which take the same contributions."""
        return self._is_one_product() and self.group.lefts == self.group.rights

    def _doubled(self, upstream: str) -> str:
        if self.writer.is_number(upstream):
            return self.writer.number(f"2.0 * {upstream}")
        twice = self.writer.scratch((1, 1), varying=False)
        self.writer.call("mul", upstream, 2.0, twice)
        return twice

    def _product(self, side: str, upstream: str, into: str | None, shape: tuple[int, ...]) -> str:
        out = into or self.writer.scratch(shape, varying=False)
        self.writer.call("mul", side, upstream, out)
        return out
