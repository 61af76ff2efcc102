"""What writes the source of a NumPy program: the names of `naming`, and where contributions go.

Gradients know which of their rows have been written: the first contribution is put, the next ones are added, and
contributions of many to one are summed first. A gradient that is one and the same number for all of a block, as the
seed, stays a number until something else is added to it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograd_tiny.replay.layout import Layout, strides_of
from autograd_tiny.replay.naming import Names, Rows, tuple_of

Make = Callable[[str | None], str]
"""Writes the call that computes contributions into the array of that name, or one of its own; returns its name."""

SEED = "seed"
"""What the gradient of each loss is to be, a number."""


class Writer(Names):
    """The source of a program as it grows."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._written = _nowhere(layout)
        self._zeroed = _nowhere(layout)
        self._in_numbers = _nowhere(layout)
        self._numbers: dict[tuple[bool, bytes], tuple[Rows, str]] = {}

    def gradient(self, rows: Rows, *, varying: bool, may_be_number: bool = False) -> str:
        """Return the name of the gradient of a block, all contributions to which have been written.

        Args:
            rows: of the block.
            varying: whether they are of the store `X`.
            may_be_number: whether a number will do where all of the block has the same gradient.
        """
        noted = self._numbers.get((varying, rows.tobytes()))
        if noted is not None and may_be_number:
            return noted[1]
        self._zero(rows, varying=varying)
        name = self.view(rows, varying=varying, gradient=True)
        return "" if name is None else name  # a block is a slice

    @staticmethod
    def is_number(name: str) -> bool:
        """Tell whether a name is that of a number rather than an array."""
        return name.startswith("s")

    def contribute(self, rows: Rows, make: Make | str, *, varying: bool, from_varying: bool) -> None:
        """Write the contributions to the gradients of some rows.

        Args:
            rows: whose gradients; a row that is there more than once gets the sum.
            make: computes the contributions, in the shape of the rows (and the examples); or the name of what holds
                them already, or of the number that all of them are.
            varying: whether the rows are of the store `X`.
            from_varying: whether the contributions vary; if only they do, the sum over the examples is taken.
        """
        if isinstance(make, str) and self.is_number(make) and self._note(rows, make, varying, from_varying):
            return
        strides = strides_of(rows)
        shared = () if strides is None else tuple(k for k, s in enumerate(strides) if s == 0 and rows.shape[k] > 1)
        kept_axes = tuple(0 if k in shared else slice(None) for k in range(rows.ndim))
        targets = rows[kept_axes]
        target = None if strides is None or _repeats(targets) else self.view(targets, varying=varying, gradient=True)
        sums = (*shared, rows.ndim) if from_varying and not varying else shared
        if target is None:
            self._scatter(rows, make, varying=varying, from_varying=from_varying)
        elif not sums and self._begin(targets, varying=varying):
            self._make(make, rows, target, varies=from_varying)
        elif not sums:
            self.call("add", target, self._make(make, rows, None, varies=from_varying), target)
        elif self._begin(targets, varying=varying):
            self.call("sum_over", self._make(make, rows, None, varies=from_varying), tuple_of(sums), "None", target)
        else:
            total = self.scratch(targets.shape, varying=varying)
            self.call("sum_over", self._make(make, rows, None, varies=from_varying), tuple_of(sums), "None", total)
            self.call("add", target, total, target)

    def _make(self, make: Make | str, rows: Rows, into: str | None, *, varies: bool) -> str:
        """Write the contributions into the array of that name, or any array, and return its name."""
        name = make if isinstance(make, str) else make(into)
        if self.is_number(name) and into is None:
            into = self.scratch(rows.shape, varying=varies)
        if into not in {None, name}:
            self.call("copyto", into, name)
            return str(into)
        return name

    def _note(self, rows: Rows, number: str, varying: bool, from_varying: bool) -> bool:  # noqa: FBT001 - from one place
        """Only note a number that is the first contribution to these rows, if each of them is there once."""
        if strides_of(rows) is None or _repeats(rows) or self._written[varying][rows].any():
            return False
        self._written[varying][rows] = self._in_numbers[varying][rows] = True
        if from_varying and not varying:
            number = self.number(f"{number} * batch")
        self._numbers[varying, rows.tobytes()] = rows, number
        return True

    def _settle(self, rows: Rows, *, varying: bool) -> None:
        """Write down the numbers that were only noted, those of all blocks that have one of these rows."""
        in_numbers = self._in_numbers[varying]
        if not in_numbers[rows].any():
            return
        for key, (noted, number) in list(self._numbers.items()):
            if key[0] == varying and np.isin(noted, rows).any():
                del self._numbers[key]
                in_numbers[noted] = False
                self.call("copyto", self.view(noted, varying=varying, gradient=True), number)

    def _scatter(self, rows: Rows, make: Make | str, *, varying: bool, from_varying: bool) -> None:
        """Write contributions to rows that no view has."""
        name = self._make(make, rows, None, varies=from_varying)
        if from_varying and not varying:
            total = self.scratch(rows.shape, varying=False)
            self.call("sum_over", name, rows.ndim, "None", total)
            name = total
        self._zero(rows, varying=varying)
        function = "scatter_once" if not _repeats(rows) else "scatter"
        first = rows.min()  # of the smallest slice with all of them: if it held `name` too, NumPy would copy it
        around = self.view(np.arange(first, rows.max() + 1), varying=varying, gradient=True)
        self.call(function, around, self.constant(rows - first, "i"), name)

    def _begin(self, rows: Rows, *, varying: bool) -> bool:
        """Tell whether none of these rows has been written, and take them for written from now on."""
        written = self._written[varying]
        if not written[rows].any():
            written[rows] = True
            return True
        self._zero(rows, varying=varying)
        return False

    def _zero(self, rows: Rows, *, varying: bool) -> None:
        """See to it that these rows hold what was contributed: 0 before the backward lines where nothing was."""
        self._settle(rows, varying=varying)
        fresh = np.zeros_like(self._written[varying])
        fresh[rows] = True
        fresh &= ~self._written[varying]
        self._zeroed[varying] |= fresh
        self._written[varying] |= fresh

    def seed(self, rows: Rows, *, varying: bool) -> None:
        """Write the gradient of the root, the first of all."""
        self.contribute(rows, SEED, varying=varying, from_varying=varying)

    def close(self, rows: Rows, *, varying: bool) -> None:
        """Write what comes before the backward lines: the gradients that begin at 0.

        Args:
            rows: whose gradients are asked for, and are 0 where nothing contributes.
            varying: whether they are of the store `X`.
        """
        self._zero(rows, varying=varying)
        lines = []
        for in_x, zeroed in self._zeroed.items():
            edges = np.flatnonzero(np.diff(np.concatenate([[False], zeroed, [False]]).astype(int)))
            for start, stop in edges.reshape(-1, 2).tolist():
                name = self.view(np.arange(start, stop), varying=in_x, gradient=True)
                lines.append(f"copyto({name}, 0.0)")
        self.backward[:0] = lines


def _nowhere(layout: Layout) -> dict[bool, Rows]:
    """Return for each row of both stores False."""
    return {False: np.zeros(layout.uniform_rows, bool), True: np.zeros(layout.varying_rows, bool)}


def _repeats(rows: Rows) -> bool:
    return len(np.unique(rows)) != rows.size
