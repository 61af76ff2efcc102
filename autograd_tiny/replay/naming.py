"""The names in the source of a NumPy program: views of the stores, arrays that are kept, and what is gathered.

A run of rows that grows evenly is a view, made once; other rows are gathered into an array that is kept. In the
source every call has its result as the last argument. `u` and `x` name views of the stores `U` and `X`, `gu` and `gx`
of their gradients, `t` an array of its own (`m` of truth values, `j` of indices), `i` rows, `c` constants, and `s` a
number that a backward pass computes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.formulas import OURS
from autograd_tiny.replay.layout import Layout, strides_of

Rows = np.ndarray[Any, Any]
"""Rows of a store, in the shape in which they take part in a call."""


class Names:
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

    def scalar(self, number: float) -> str:
        """Return the name of a number for NumPy, which takes an array without axes faster than a float."""
        text = repr(number) if abs(number) < float("inf") else f"float('{number}')"
        return self._known(("scalar", text), "c", f"array({text})")

    def scratch(self, shape: tuple[int, ...], *, varying: bool, kind: str = "float") -> str:
        """Return the name of an array that is free to be written to until `release`."""
        key = (shape, varying, kind)
        free = self._free.setdefault(key, [])
        name = free.pop() if free else self.kept(shape, varying=varying, kind=kind)
        self._lent.append((key, name))
        return name

    def kept(self, shape: tuple[int, ...], *, varying: bool, kind: str = "float") -> str:
        """Return the name of a new array that nobody else writes to."""
        sizes = tuple_of((*shape, *["batch"] * varying))
        return self._new({"float": "t", "bool": "m", "int": "j"}[kind], f"empty({sizes}, {kind})")

    def release(self) -> None:
        """Give all scratch arrays back."""
        for key, name in self._lent:
            self._free[key].append(name)
        self._lent.clear()

    def number(self, expression: str) -> str:
        """Return the name of a number that is computed anew by each pass."""
        self._counts["s"] = count = self._counts.get("s", 0) + 1
        self.lines.append(f"s{count} = {expression}")
        return f"s{count}"

    # ── values ──

    def view(self, rows: Rows, *, varying: bool, gradient: bool = False) -> str | None:
        """Return the name of the view of these rows, or None where no view has them."""
        strides = strides_of(rows)
        if strides is None:
            return None
        store = ("G" if gradient else "") + ("X" if varying else "U")
        definition = f"view({store}, {rows.flat[0]}, {tuple_of(rows.shape)}, {tuple_of(strides)})"
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
                self.call("take", "X" if varying else "U", self.constant(rows, "i"), 0, self._names[key])
            name = self._names[key]
        return self.column(name) if beside_examples and not varying else name

    def column(self, name: str) -> str:
        """Return the name of an array with one more axis at its end."""
        return self._known(("column", name), name.rstrip("0123456789"), f"column({name})")

    def elements(self, name: str, owners: Rows, places: Rows) -> str:
        """Return the name of where elements of an array of lists are: of which lists, at which positions."""
        lists, positions = self.constant(owners, "i"), self.constant(places, "i")
        return self._known(("elements", name, lists, positions), "j", f"elements({name}, {lists}, {positions})")

    def shared(self, name: str) -> str:
        """Return the name of the numbers of lists, each for all elements of its list."""
        return self._known(("shared", name), name.rstrip("0123456789"), f"shared({name})")

    def flat(self, name: str) -> str:
        """Return the name of all numbers of an array of its own one after another."""
        return self._known(("flat", name), name.rstrip("0123456789"), f"flat({name})")

    def part(self, name: str, index: int) -> str:
        """Return the name of an element of an array along its first axis."""
        return self._known(("part", name, index), "t", f"{name}[{index}]")

    def transposed(self, name: str) -> str:
        """Return the name of an array with its last two axes exchanged."""
        return self._known(("transposed", name), name.rstrip("0123456789"), f"transposed({name})")


def tuple_of(sizes: tuple[int | str, ...]) -> str:
    """Return sizes as the source of a tuple."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
