"""Flatten a recorded graph to a tape: a list from the leaves to the root.

A number is named by its position: first the inputs, then the parameters, then the other leaves that the function used
(they are read again at each call), then the operations in topological order.

>>> from autograd_tiny import Value
>>> x, w = Value(2.0), Value(3.0)
>>> tape = tape_of(w * x + 1.0, inputs=[x], parameters=[w])
>>> [(operation.primitive.name, operation.operands) for operation in tape.operations]
[('mul', (1, 0)), ('add', (2, 1.0))]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import find_primitive
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.operations import NARY, Operand, Operation, Operations, operations_of
from autograd_tiny.replay.recorder import DETACH, Guard
from autograd_tiny.symbolic.conditions import CONDITIONS

__all__ = ["WITHOUT_GRADIENT", "Operand", "Operation", "Operations", "Parts", "Tape", "tape_of"]

Parts = tuple[Any, ...]
"""The parts of a tape, see `Tape.parts`."""

WITHOUT_GRADIENT = frozenset({DETACH, *CONDITIONS.values()})
"""The rows that pass no gradient, not even 0 · inf."""

OF_RECORDERS = {row.name: row for row in (*WITHOUT_GRADIENT, ELEMENT_AT)}
"""The rows that are not in the table, by their names."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A recorded program.

    Attributes:
        inputs: the number of inputs of an example.
        parameters: the number of parameters.
        others: the other leaves, in their order.
        operations: in topological order.
        root: position of the loss.
        guards: the choices that were recorded.
        guarded: the position of each guard's condition.
    """

    inputs: int
    parameters: int
    others: tuple[Value, ...]
    operations: Operations
    root: int
    guards: tuple[Guard, ...] = ()
    guarded: tuple[int, ...] = ()

    @property
    def leaves(self) -> int:
        """The number of positions before the first operation."""
        return self.inputs + self.parameters + len(self.others)

    @property
    def size(self) -> int:
        """The number of positions."""
        return self.leaves + len(self.operations)

    def parts(self) -> Parts:
        """Return the tape in parts that can be copied and pickled: rows by name."""
        rows = [(OF_RECORDERS.get(row.name) is row, row.name) for row in self.operations.rows]
        operations = rows, self.operations.arrays()
        return self.inputs, self.parameters, self.others, operations, self.root, self.guards, self.guarded

    @staticmethod
    def of_parts(parts: Parts) -> Tape:
        """Return the tape of its parts."""
        inputs, parameters, others, (rows, arrays), *rest = parts
        found = tuple(OF_RECORDERS[name] if is_ours else find_primitive(name) for is_ours, name in rows)
        return Tape(inputs, parameters, others, Operations(found, *arrays), *rest)

    def depends_on(self, start: int, stop: int) -> list[bool]:
        """Return for each position whether it is, or depends on, one of start, ..., stop - 1."""
        return self._carried(start, stop, [True] * len(self.operations.rows))

    def is_differentiated(self, start: int, stop: int) -> list[bool]:
        """Return for each position whether the gradient of start, ..., stop - 1 flows through it.

        It does if the root depends on it, and it on one of these, by operations that pass gradients.
        """
        carries = [row not in WITHOUT_GRADIENT for row in self.operations.rows]
        below = self._carried(start, stop, carries)
        operations, leaves = self.operations, self.leaves
        above = [False] * self.size
        above[self.root] = True
        for k in range(self.root - leaves, -1, -1):
            if above[k + leaves] and carries[operations.codes[k]]:
                x, y = operations.firsts[k], operations.seconds[k]
                if y == NARY:
                    for position in operations.list_of(x):
                        if position >= 0:
                            above[position] = True
                    continue
                if x >= 0:
                    above[x] = True
                if y >= 0:
                    above[y] = True
        return [a and b for a, b in zip(above, below, strict=True)]

    def _carried(self, start: int, stop: int, carries: Sequence[bool]) -> list[bool]:
        """Return for each position whether it is one of some leaves, or depends on it by operations of some rows.

        Args:
            start: the first leaf.
            stop: the one after the last.
            carries: for each row of the operations whether it passes on what is asked.
        """
        operations = self.operations
        reached = [start <= position < stop for position in range(self.leaves)]
        append = reached.append
        for code, x, y in zip(operations.codes, operations.firsts, operations.seconds, strict=True):
            if y == NARY:
                append(carries[code] and any(reached[p] for p in operations.list_of(x) if p >= 0))
            else:
                append(carries[code] and ((x >= 0 and reached[x]) or (y >= 0 and reached[y])))
        return reached


def tape_of(
    root: Value,
    *,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    guards: Sequence[Guard] = (),
    conditions: Sequence[Value] = (),
) -> Tape:
    """Return the tape of a graph.

    Args:
        root: the result.
        inputs: the leaves that come first.
        parameters: the leaves that come next.
        guards: the recorded choices.
        conditions: the condition of each guard.
    """
    return numbered(root, inputs=inputs, parameters=parameters, guards=guards, conditions=conditions)[0]


def numbered(
    root: Value,
    *,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    guards: Sequence[Guard] = (),
    conditions: Sequence[Value] = (),
) -> tuple[Tape, list[Value]]:
    """Return the tape of a graph, and the node of each operation."""
    inner, leaves = backward_order(root, *conditions)
    inner.reverse()
    given = [*inputs, *parameters]
    known = set(map(id, given))
    others = [leaf for leaf in leaves if id(leaf) not in known]
    operations, positions_of = operations_of(inner, [*given, *others])
    place, *guarded = positions_of([root, *conditions]).tolist()
    tape = Tape(len(inputs), len(parameters), tuple(others), operations, place, tuple(guards), tuple(guarded))
    return tape, inner
