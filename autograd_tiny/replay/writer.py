"""What writes the source of a NumPy program: views, scratch arrays, and where contributions go.

A `Writer` hands out names. A run of rows that grows evenly is a view, made once; other rows are gathered into an
array that is kept. Gradients know which of their rows have been written: the first contribution is put, the next ones
are added, and contributions of many to one are summed first.

In the source every call has its result as the last argument. `u` and `x` name views of the stores `U` and `X`, `gu`
and `gx` of their gradients, `t` an array of its own (`m` of truth values, `j` of indices), `i` rows, `c` numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd_tiny.primitive import Primitive
from autograd_tiny.replay.formulas import OURS
from autograd_tiny.replay.layout import Layout, strides_of

Rows = np.ndarray[Any, Any]
"""Rows of a store, in the shape in which they take part in a call."""

Make = Callable[[str | None], str]
"""Writes the call that computes contributions into the array of that name, or one of its own; returns its name."""


class Writer:
    """The source of a program as it grows.

    Attributes:
        setup: lines that make views and arrays.
        lines: where calls go at present: the forward or the backward lines.
        constants: arrays that the source takes from outside.
        rows: of the table that the source calls, by the name that it calls them.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.setup: list[str] = []
        self.forward: list[str] = []
        self.backward: list[str] = []
        self.lines = self.forward
        self.constants: list[Any] = []
        self.rows: dict[str, Primitive] = {}
        self._names: dict[Any, str] = {}
        self._counts: dict[str, int] = {}
        self._free: dict[Any, list[str]] = {}
        self._lent: list[tuple[Any, str]] = []
        self._written = {False: np.zeros(layout.uniform_rows, bool), True: np.zeros(layout.varying_rows, bool)}
        self._zeroed = {False: np.zeros(layout.uniform_rows, bool), True: np.zeros(layout.varying_rows, bool)}

    def takes_gradient(self, nodes: Iterable[int]) -> bool:
        """Tell whether a gradient flows through any of these numbers."""
        return any(node >= 0 and self.layout.flows[node] for node in nodes)

    def call(self, function: str, *arguments: Any) -> None:
        """Write a call."""
        self.lines.append(f"{function}({', '.join(map(str, arguments))})")

    def name_of(self, row: Primitive) -> str:
        """Return the name by which the source calls a row."""
        name = row.name if row in OURS else f"row_{row.name}"
        self.rows[name] = row
        return name

    # ── names ──

    def _new(self, prefix: str, definition: str) -> str:
        """Return a new name for what the definition makes."""
        self._counts[prefix] = count = self._counts.get(prefix, 0) + 1
        self.setup.append(f"{prefix}{count} = {definition}")
        return f"{prefix}{count}"

    def _known(self, key: Any, prefix: str, definition: str) -> str:
        if key not in self._names:
            self._names[key] = self._new(prefix, definition)
        return self._names[key]

    def constant(self, array: Any, prefix: str) -> str:
        """Return the name of an array of rows or numbers that is known now."""
        key = (prefix, array.shape, array.tobytes())
        if key not in self._names:
            self.constants.append(array)
        return self._known(key, prefix, f"constants[{len(self.constants) - 1}]")

    def scratch(self, shape: tuple[int, ...], *, varying: bool, kind: str = "float") -> str:
        """Return the name of an array that is free to be written to until `release`."""
        key = (shape, varying, kind)
        free = self._free.setdefault(key, [])
        name = free.pop() if free else self.kept(shape, varying=varying, kind=kind)
        self._lent.append((key, name))
        return name

    def kept(self, shape: tuple[int, ...], *, varying: bool, kind: str = "float") -> str:
        """Return the name of a new array that nobody else writes to."""
        sizes = _tuple((*shape, *["batch"] * varying))
        return self._new({"float": "t", "bool": "m", "int": "j"}[kind], f"empty({sizes}, {kind})")

    def release(self) -> None:
        """Give all scratch arrays back."""
        for key, name in self._lent:
            self._free[key].append(name)
        self._lent.clear()

    # ── values ──

    def view(self, rows: Rows, *, varying: bool, gradient: bool = False) -> str | None:
        """Return the name of the view of these rows, or None where no view has them."""
        strides = strides_of(rows)
        if strides is None:
            return None
        store = ("G" if gradient else "") + ("X" if varying else "U")
        definition = f"view({store}, {rows.flat[0]}, {_tuple(rows.shape)}, {_tuple(strides)})"
        return self._known(definition, store.lower(), definition)

    def read(self, rows: Rows, *, varying: bool, beside_examples: bool = False) -> str:
        """Return the name of an array with the numbers of these rows.

        Args:
            rows: in the shape asked for.
            varying: whether they are of the store `X`.
            beside_examples: whether uniform numbers get an axis of one example, to meet varying ones.
        """
        name = self.view(rows, varying=varying)
        if name is None:
            key = ("gathered", varying, rows.shape, rows.tobytes())
            if key not in self._names:
                self._names[key] = self.kept(rows.shape, varying=varying)
                self.call("take", "X" if varying else "U", self.constant(rows, "i"), 0, self._names[key], "'clip'")
            name = self._names[key]
        return self.column(name) if beside_examples and not varying else name

    def column(self, name: str) -> str:
        """Return the name of an array with one more axis at its end."""
        return self._known(("column", name), name.rstrip("0123456789"), f"column({name})")

    def part(self, name: str, index: int) -> str:
        """Return the name of an element of an array along its first axis."""
        return self._known(("part", name, index), "t", f"{name}[{index}]")

    def transposed(self, name: str) -> str:
        """Return the name of an array with its last two axes exchanged."""
        return self._known(("transposed", name), name.rstrip("0123456789"), f"transposed({name})")

    # ── gradients ──

    def gradient(self, rows: Rows, *, varying: bool) -> str:
        """Return the name of the gradient of a block, all contributions to which have been written."""
        self._zero(rows, varying=varying)
        name = self.view(rows, varying=varying, gradient=True)
        return "" if name is None else name  # a block is a slice

    def contribute(self, rows: Rows, make: Make, *, varying: bool, from_varying: bool) -> None:
        """Write the contributions to the gradients of some rows.

        Args:
            rows: whose gradients; a row that is there more than once gets the sum.
            make: computes the contributions, in the shape of the rows (and the examples).
            varying: whether the rows are of the store `X`.
            from_varying: whether the contributions vary; if only they do, the sum over the examples is taken.
        """
        strides = strides_of(rows)
        shared = () if strides is None else tuple(k for k, s in enumerate(strides) if s == 0 and rows.shape[k] > 1)
        kept_axes = tuple(0 if k in shared else slice(None) for k in range(rows.ndim))
        targets = rows[kept_axes]
        target = None if strides is None or _repeats(targets) else self.view(targets, varying=varying, gradient=True)
        sums = (*shared, rows.ndim) if from_varying and not varying else shared
        if target is None:
            self._scatter(rows, make, varying=varying, from_varying=from_varying)
        elif not sums and self._begin(targets, varying=varying):
            name = make(target)
            if name != target:
                self.call("copyto", target, name)
        elif not sums:
            self.call("add", target, make(None), target)
        elif self._begin(targets, varying=varying):
            self.call("sum_over", make(None), _tuple(sums), "None", target)
        else:
            total = self.scratch(targets.shape, varying=varying)
            self.call("sum_over", make(None), _tuple(sums), "None", total)
            self.call("add", target, total, target)

    def _scatter(self, rows: Rows, make: Make, *, varying: bool, from_varying: bool) -> None:
        """Write contributions to rows that no view has."""
        name = make(None)
        if from_varying and not varying:
            total = self.scratch(rows.shape, varying=False)
            self.call("sum_over", name, rows.ndim, "None", total)
            name = total
        self._zero(rows, varying=varying)
        function = "scatter_once" if not _repeats(rows) else "scatter"
        self.call(function, "GX" if varying else "GU", self.constant(rows, "i"), name)

    def _begin(self, rows: Rows, *, varying: bool) -> bool:
        """Tell whether none of these rows has been written, and take them for written from now on."""
        written = self._written[varying]
        if not written[rows].any():
            written[rows] = True
            return True
        self._zero(rows, varying=varying)
        return False

    def _zero(self, rows: Rows, *, varying: bool) -> None:
        """See to it that those of these rows that nobody wrote to are 0 before the backward lines."""
        fresh = np.zeros_like(self._written[varying])
        fresh[rows] = True
        fresh &= ~self._written[varying]
        self._zeroed[varying] |= fresh
        self._written[varying] |= fresh

    def seed(self, rows: Rows, *, varying: bool) -> None:
        """Write the gradient of the root, the first of all."""
        self._begin(rows, varying=varying)
        self.call("copyto", self.view(rows, varying=varying, gradient=True), "seed")

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


def _repeats(rows: Rows) -> bool:
    return len(np.unique(rows)) != rows.size


def _tuple(sizes: tuple[int | str, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
