r"""Write elements of operands in C within the loops over the elements of a target.

>>> from autograd_tiny.replay.export.arrays import Array
>>> x, v = Array("x", (3, 2), "input"), Array("v1", (2, 3), "result")
>>> scope = Scope(View(v, 0, 0, (3, 1), (2, 3)), OUTSIDE, Notes(1))
>>> scope.target, scope.read(View(x, 0, 0, (1, 2), (2, 3)), scope.variables)
('v1[i][j]', 'in->x[j][i]')
"""

from __future__ import annotations

import textwrap
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, count
from typing import Any, Final

from autograd_tiny.replay.export.arrays import Array, Number, Operand, View, arrays_of
from autograd_tiny.replay.export.c_references import OUTSIDE, Repetition, element, pointer_to
from autograd_tiny.replay.export.c_texts import WIDTH
from autograd_tiny.replay.export.pieces import Gathered, gathered
from autograd_tiny.symbolic.translate.c import number

__all__ = ["OUTSIDE", "Notes", "Repetition", "Scope", "nested"]

INDICES: Final = ("i", "j", "m", "n", *(f"i{axis}" for axis in range(5, 65)))
"""The variables of loops, from the outermost; NumPy has at most 64 axes."""


class Notes:
    """The tables and faults that the statements of a file share.

    Attributes:
        tables: of positions, as arrays of integers.
        faults: the sentences about wrong indices: the status of the first is `first_fault`.
    """

    def __init__(self, first_fault: int) -> None:
        self.tables: dict[tuple[Any, ...], Array] = {}
        self.faults: list[str] = []
        self.first_fault = first_fault
        self._numbers = count(1)

    def next_number(self) -> int:
        """Return a number for a name."""
        return next(self._numbers)

    def table(self, name: str, numbers: Sequence[int], like: Array) -> Array:
        """Return the table of some positions, in the shape of an array."""
        key = name, like.shape, tuple(numbers)
        if key not in self.tables:
            number_of_it = sum(known[0] == name for known in self.tables) + 1
            self.tables[key] = Array(f"{name}s{number_of_it}", like.shape, "table", tuple(map(float, numbers)))
        return self.tables[key]

    def fault(self, text: str) -> int:
        """Return the status of a new sentence about a wrong index."""
        self.faults.append(text)
        return self.first_fault + len(self.faults) - 1


class Scope:
    """The loops over the elements of a target.

    Attributes:
        variables: the index along each axis; empty along an axis of one element.
        along: the variable of one more loop within.
        target, upstream: an element of the target, and its gradient.
    """

    def __init__(self, target: View, around: Repetition, notes: Notes) -> None:
        self.shape, self.around, self.notes = target.shape, around, notes
        self.pointers: dict[tuple[str, ...], str] = {}
        unused = iter(INDICES)
        self.variables = [next(unused) if size > 1 else "" for size in self.shape]
        self.along = next(unused)
        self.target = element(target, self.variables, around)
        self.upstream = element(target, self.variables, around, gradient=True)

    # ── loops ──

    def over_target(self, body: Sequence[str]) -> Iterator[str]:
        """Yield loops over the target around a body, after the pointers that it needs."""
        text = "\n".join(body)
        for pointers, name in self.pointers.items():
            if f"{name}[" not in text:
                continue
            kind = "double" if name.startswith("to") else "const double"
            line = f"{kind} *const {name}[] = {{{', '.join(pointers)}}};"
            yield from textwrap.wrap(line, WIDTH - 10, subsequent_indent="    ")
        yield from nested(
            [(variable, n) for variable, n in zip(self.variables, self.shape, strict=True) if n > 1], body
        )

    # ── operands ──

    def read(self, operand: Operand, variables: Sequence[str]) -> str:
        """Return an element of an operand."""
        if isinstance(operand, Number):
            return number(operand.number)
        return self._element(operand, variables, gradient=False)

    def gradient(self, operand: Operand, variables: Sequence[str]) -> str:
        """Return the gradient of an element of an operand; empty if it takes none."""
        if isinstance(operand, Number) or not any(array.differentiated for array in arrays_of(operand)):
            return ""
        return self._element(operand, variables, gradient=True)

    def _element(self, operand: Operand, variables: Sequence[str], *, gradient: bool) -> str:
        if isinstance(operand, View):
            return element(operand, variables, self.around, gradient=gradient)
        table = gathered(operand)  # type: ignore[arg-type]  # a piece has no joined operands
        if len(table.sources) == 1:
            (source,) = table.sources
            positions = self.notes.table("place", list(map(int, table.array.numbers)), table.array)
            position = element(replace(table.positions, array=positions), variables, self.around)
            pointer = pointer_to(source, gradient=gradient)
            return f"{pointer if len(source.shape) == 1 else f'({pointer})'}[{position}]"
        return self._of_several(table, variables, gradient=gradient)

    def _of_several(self, table: Gathered, variables: Sequence[str], *, gradient: bool) -> str:
        """Return an element of one of several arrays, by the number of the array and the place in it."""
        starts = [0, *accumulate(source.size for source in table.sources)]
        pairs = [(bisect(starts, position) - 1, position) for position in map(int, table.array.numbers)]
        columns = [k for k, _ in pairs], [position - starts[k] for k, position in pairs]
        part, place = (
            element(
                replace(table.positions, array=self.notes.table(name, numbers, table.array)), variables, self.around
            )
            for name, numbers in zip(("part", "place"), columns, strict=True)
        )
        pointers = tuple(
            "NULL" if gradient and not source.differentiated else pointer_to(source, gradient=gradient)
            for source in table.sources
        )
        name = self.pointers.setdefault(pointers, f"{'to' if gradient else 'from'}{self.notes.next_number()}")
        text = f"{name}[{part}][{place}]"
        return f"if ({name}[{part}] != NULL) {text}" if "NULL" in pointers else text


def nested(loops: Sequence[tuple[str, int]], body: Sequence[str]) -> Iterator[str]:
    """Yield loops around a body; those with one repetition are left out, so that their variable must not occur."""
    loops = [(variable, count) for variable, count in loops if count > 1]
    if not loops:
        if len(body) > 1 and any(line.startswith(("double ", "int ")) for line in body):
            yield "{"
            yield from (f"    {line}" for line in body)
            yield "}"
        else:
            yield from body
        return
    for depth, (variable, size) in enumerate(loops):
        opening = " {" if depth < len(loops) - 1 or len(body) > 1 else ""
        yield f"{'    ' * depth}for (int {variable} = 0; {variable} < {size}; {variable}++){opening}"
    yield from (f"{'    ' * len(loops)}{line}" for line in body)
    closed = len(loops) if len(body) > 1 else len(loops) - 1
    yield from (f"{'    ' * depth}}}" for depth in reversed(range(closed)))
