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
from dataclasses import dataclass, replace
from typing import Any

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive, find_primitive
from autograd_tiny.replay.recorder import DETACH, Guard
from autograd_tiny.symbolic.conditions import CONDITIONS

Operand = int | float
"""The position of a number on the tape, or a constant."""

Parts = tuple[Any, ...]
"""The parts of a tape, see `Tape.parts`."""

WITHOUT_GRADIENT = frozenset({DETACH, *CONDITIONS.values()})
"""The rows that pass no gradient, not even 0 · inf."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table and its operands, those of lists one after another."""

    primitive: Primitive
    operands: tuple[Operand, ...]

    @property
    def inputs(self) -> list[int]:
        """The positions among the operands, in order."""
        return [x for x in self.operands if type(x) is int]


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
    operations: tuple[Operation, ...]
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
        """Return the tape in parts that can be copied and pickled: rows by name, and guards without their nodes."""
        operations = [(x.primitive in WITHOUT_GRADIENT, x.primitive.name, x.operands) for x in self.operations]
        guards = tuple(replace(guard, node=None) for guard in self.guards)
        return self.inputs, self.parameters, self.others, operations, self.root, guards, self.guarded

    @staticmethod
    def of_parts(parts: Parts) -> Tape:
        """Return the tape of its parts."""
        inputs, parameters, others, operations, *rest = parts
        rows = {row.name: row for row in WITHOUT_GRADIENT}
        return Tape(
            inputs,
            parameters,
            others,
            tuple(
                Operation(rows[name] if is_ours else find_primitive(name), operands)
                for is_ours, name, operands in operations
            ),
            *rest,
        )

    def depends_on(self, start: int, stop: int) -> list[bool]:
        """Return for each position whether it is, or depends on, one of start, ..., stop - 1."""
        depends = [start <= position < stop for position in range(self.leaves)]
        for operation in self.operations:
            depends.append(any(depends[x] for x in operation.inputs))
        return depends

    def is_differentiated(self, start: int, stop: int) -> list[bool]:
        """Return for each position whether the gradient of start, ..., stop - 1 flows through it.

        It does if the root depends on it, and it on one of these, by operations that pass gradients.
        """
        below = [start <= position < stop for position in range(self.leaves)]
        for operation in self.operations:
            carries = operation.primitive not in WITHOUT_GRADIENT
            below.append(carries and any(below[x] for x in operation.inputs))
        above = [False] * self.size
        above[self.root] = True
        for position in range(self.size - 1, self.leaves - 1, -1):
            operation = self.operations[position - self.leaves]
            if above[position] and operation.primitive not in WITHOUT_GRADIENT:
                for x in operation.inputs:
                    above[x] = True
        return [a and b for a, b in zip(above, below, strict=True)]


def tape_of(
    root: Value, *, inputs: Sequence[Value], parameters: Sequence[Value], guards: Sequence[Guard] = ()
) -> Tape:
    """Return the tape of a graph."""
    ends = (root, *(guard.node for guard in guards))
    inner, leaves = backward_order(*ends)
    inner.reverse()
    known = {id(leaf): position for position, leaf in enumerate([*inputs, *parameters])}
    others = [leaf for leaf in leaves if id(leaf) not in known]
    for node in [*others, *inner]:
        known[id(node)] = len(known)
    return Tape(
        inputs=len(inputs),
        parameters=len(parameters),
        others=tuple(others),
        operations=tuple(Operation(_row(node), _operands(node, known)) for node in inner),
        root=known[id(root)],
        guards=tuple(guards),
        guarded=tuple(known[id(guard.node)] for guard in guards),
    )


def _row(node: Any) -> Primitive:
    return node.primitive  # type: ignore[no-any-return]  # a row, of an inner node


def _operands(node: Value, known: dict[int, int]) -> tuple[Operand, ...]:
    return tuple(known[id(x)] if isinstance(x, Value) else x for x in node.operands)
