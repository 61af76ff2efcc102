"""Name the views, arrays, constants and numbers in the source of a NumPy program, each once.

Rows that grow evenly are a view, made once; other rows are gathered into an array that is kept. In the source `u`
and `x` are views of the stores `U` and `X`, `gu` and `gx` views of their gradients, `t` an array, `m` one of truths,
`j` one of indices, `i` rows, `c` constants, and `s` a number that a backward pass computes.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.contributions import OURS
from autograd_tiny.replay.layout import Stores, strides_of
from autograd_tiny.replay.numpy_backend.calls import ITEM, Call, Line, literal

KINDS: Final = {"float": "t", "bool": "m", "int": "j"}
"""The beginning of the names of arrays, by the kind of their numbers."""

STORES: Final = {(False, False): "U", (False, True): "X", (True, False): "GU", (True, True): "GX"}
"""The names of the stores, by whether they hold gradients, and whether their numbers vary."""

StoreRows = np.ndarray[Any, Any]
"""Rows of a store, in the shape that a call takes."""


class SourceNames:
    """Keeps the names of a source, and the lines that define them.

    Attributes:
        stores: the places of the program's numbers.
        setup: the calls that make views and arrays, by the names of these.
        forward, backward: the lines of the passes.
        lines: those that calls are added to at present.
        constants: arrays that the source takes from outside.
        rows: the rows that the source calls, by the names that it uses.
    """

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.setup: list[tuple[str, Call]] = []
        self.forward: list[Line] = []
        self.backward: list[Line] = []
        self.lines = self.forward
        self.constants: list[Any] = []
        self.rows: dict[str, Primitive] = {}
        self._names: dict[Any, str] = {}
        self._counts: dict[str, int] = {}
        self._free: dict[Any, list[str]] = {}
        self._lent: list[tuple[Any, str]] = []

    def call(self, function: str, *arguments: Any) -> None:
        """Write a call."""
        self.lines.append(Call(function, arguments))

    def name_of(self, row: Primitive) -> str:
        """Return the name of a row in the source."""
        name = self._names.get(row)
        if name is None:
            name = self._names[row] = row.name if row in OURS else f"row_{row.name}"
            self.rows[name] = row
        return name

    # ── names ──

    def _new(self, prefix: str, function: str, *arguments: Any) -> str:
        """Return a new name for what a call returns."""
        self._counts[prefix] = count = self._counts.get(prefix, 0) + 1
        name = f"{prefix}{count}"
        self.setup.append((name, Call(function, arguments)))
        return name

    def _known(self, key: Any, prefix: str, function: str, *arguments: Any) -> str:
        """Return the name for what a call returns, the same for an equal key."""
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = self._new(prefix, function, *arguments)
        return name

    def constant(self, array: Any, prefix: str) -> str:
        """Return the name of a constant array of rows or numbers."""
        key = (prefix, array.shape, array.tobytes())
        if key not in self._names:
            self.constants.append(array)
        return self._known(key, prefix, ITEM, "constants", len(self.constants) - 1)

    def scalar(self, number: float) -> str:
        """Return the name of a number, as an array without axes, which NumPy takes faster than a float."""
        return self._known(("scalar", literal(number)), "c", "array", number)

    def scratch(self, shape: tuple[int, ...], *, varying: bool, kind: str = "float") -> str:
        """Return the name of an array that is reserved until `release`."""
        key = (shape, varying, kind)
        free = self._free.setdefault(key, [])
        name = free.pop() if free else self.kept(shape, varying=varying, kind=kind)
        self._lent.append((key, name))
        return name

    def kept(self, shape: tuple[int, ...], *, varying: bool, kind: str = "float") -> str:
        """Return the name of a new array."""
        return self._new(KINDS[kind], "empty", (*shape, "batch") if varying else shape, kind)

    def release(self) -> None:
        """Free all scratch arrays."""
        for key, name in self._lent:
            self._free[key].append(name)
        self._lent.clear()

    def number(self, expression: str) -> str:
        """Return the name of a number that each pass computes."""
        self._counts["s"] = count = self._counts.get("s", 0) + 1
        self.lines.append(f"s{count} = {expression}")
        return f"s{count}"

    # ── values ──

    def view(self, rows: StoreRows, *, varying: bool, gradient: bool = False) -> str | None:
        """Return the name of a view of these rows, or None if they are not evenly spaced."""
        store = STORES[gradient, varying]
        if rows.shape == (1,):
            start = rows.item()
            return self._names.get((store, start)) or self._known((store, start), store.lower(), "row", store, start)
        strides = strides_of(rows)
        if strides is None:
            return None
        start = rows.item(0)
        return self._known(
            (store, start, rows.shape, strides), store.lower(), "view", store, start, rows.shape, strides
        )

    def read(self, rows: StoreRows, *, varying: bool, beside_examples: bool = False) -> str:
        """Return the name of an array with the numbers of these rows.

        Args:
            rows: in the shape of the array.
            varying: whether their store is `X`.
            beside_examples: whether uniform numbers get an axis of one example, to broadcast with varying ones.
        """
        name = self.view(rows, varying=varying)
        if name is None:
            key = ("gathered", varying, rows.shape, rows.tobytes())
            if key not in self._names:
                self._names[key] = self.kept(rows.shape, varying=varying)
                self.call("take", "X" if varying else "U", self.constant(rows, "i"), 0, self._names[key])
            name = self._names[key]
        return self.column(name) if beside_examples and not varying else name

    def _of_array(self, function: str, name: str) -> str:
        """Return the name of what a function returns for an array."""
        known = self._names.get((function, name))
        return known or self._known((function, name), name.rstrip("0123456789"), function, name)

    def column(self, name: str) -> str:
        """Return the name of an array with a last axis added."""
        return self._of_array("column", name)

    def elements(self, name: str, owners: StoreRows, places: StoreRows) -> str:
        """Return the name of the flat indices of elements of lists, given the lists and the positions."""
        lists, positions = self.constant(owners, "i"), self.constant(places, "i")
        return self._known(("elements", name, lists, positions), "j", "elements", name, lists, positions)

    def shared(self, name: str) -> str:
        """Return the name of one number a list, broadcast over the elements of the list."""
        return self._of_array("shared", name)

    def columns(self, name: str, start: int, stop: int) -> str:
        """Return the name of a view of some columns of an array."""
        return self._known(("columns", name, start, stop), "t", "columns", name, start, stop)

    def flat(self, name: str) -> str:
        """Return the name of a flat view of an array."""
        return self._of_array("flat", name)

    def part(self, name: str, index: int) -> str:
        """Return the name of one index of an array's first axis."""
        return self._known(("part", name, index), "t", ITEM, name, index)

    def ones(self, count: int) -> str:
        """Return the name of an array of ones."""
        return self._known(("ones", count), "c", "ones", count)

    def transposed(self, name: str) -> str:
        """Return the name of an array with its last two axes swapped."""
        return self._of_array("transposed", name)

    def swapped(self, name: str) -> str:
        """Return the name of an array of matrices for each example, transposed."""
        return self._of_array("swapped", name)
