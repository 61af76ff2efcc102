"""The parts of an exported program: arrays, what statements read of them, statements and loops.

>>> x = Array("x", (3, 4), "input", places=tuple(range(12)))
>>> row = View(x, 4, 0, (1,), (4,))
>>> row.positions(), row.array.size
([4, 5, 6, 7], 12)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.recorder import Guard

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """Numbers with a name; each number of a program is one element of one array.

    Attributes:
        name: in the file.
        shape: of one example. A result of a loop has a first axis of repetitions.
        kind: "input", "parameter", "constant" or "result".
        numbers: of parameters and constants.
        places: for each element its place among the inputs of an example, or in the flat array of parameters.
        title: the user's own name, if it had to be changed; else empty.
        varying: whether each example has its own.
        differentiated: whether a gradient flows through it.
    """

    name: str
    shape: Shape
    kind: str
    numbers: tuple[float, ...] = ()
    places: tuple[int, ...] = ()
    title: str = ""
    varying: bool = False
    differentiated: bool = False

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Number:
    """A constant that is repeated in a shape."""

    number: float
    shape: Shape


@dataclass(frozen=True, slots=True)
class View:
    """Evenly spaced elements of an array.

    Element (i, j, ...) in repetition k of the loop around is at position `base + step * k + strides[0] * i +
    strides[1] * j + ...` of the array, row after row; a stride of 0 repeats.
    """

    array: Array
    base: int
    step: int
    strides: tuple[int, ...]
    shape: Shape

    def positions(self, repetition: int = 0) -> list[int]:
        """Return the position of each element."""
        start = self.base + self.step * repetition
        indices = product(*map(range, self.shape))
        return [start + sum(s * i for s, i in zip(self.strides, index, strict=True)) for index in indices]


@dataclass(frozen=True, slots=True)
class Table:
    """Elements of arrays, one after another, by a list of positions.

    Attributes:
        array: of constants, the positions: (repetitions, *shape), or only the shape.
        sources: the arrays.
        repeats: whether each repetition of the loop around has positions of its own.
        shape: of the elements.
    """

    array: Array
    sources: tuple[Array, ...]
    repeats: bool
    shape: Shape


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts, one after another along an axis."""

    axis: int
    parts: tuple[Part, ...]
    shape: Shape


Part = Number | View | Table
Operand = Number | View | Table | Joined


@dataclass(frozen=True, slots=True)
class RowStatement:
    """A row of the table, for each element; the operands have the shape of the target.

    A list has one more axis, its elements. `constants` has the number of each operand that is a constant, else None.
    """

    target: View
    row: Primitive
    operands: tuple[Operand, ...]
    constants: tuple[float | None, ...]
    varying: bool
    differentiated: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a sum.

    Attributes:
        kind: "each" for left · right element by element; "matrix" for z[c, r] = Σ left[r, w] · right[c, w], where
            either may lack its first axis; "batched" for z[b, i, j] = Σ left[b, i, w] · right[b, j, w]; "rows" for
            z[n] = Σ left[n, w] · right[n, w], where n may be lacking.
        left: the left side.
        right: the right side; None for a factor 1.
    """

    kind: str
    left: Operand
    right: Operand | None


@dataclass(frozen=True, slots=True)
class SumStatement:
    """A sum of terms and a constant."""

    target: View
    terms: tuple[Term, ...]
    constant: float
    varying: bool
    differentiated: bool


Statement = RowStatement | SumStatement


@dataclass(frozen=True, slots=True)
class Loop:
    """A repetition.

    Attributes:
        variable: its name.
        count: of repetitions.
        body: the statements.
        carried: arrays that begin with entries from before the loop: the array, how many, and these numbers, of shape
            (how many, *shape). Repetition k writes the entry k + how many.
    """

    variable: str
    count: int
    body: tuple[Statement, ...]
    carried: tuple[tuple[Array, int, Operand], ...] = ()


@dataclass(frozen=True, slots=True)
class Standalone:
    """All that a file needs.

    Attributes:
        inputs: an array for each argument, in order.
        parameters: the parameters as arrays.
        constants: arrays of constants, other leaves among them.
        body: the statements, in order.
        loss: of an example; the sum of the outputs, if there are several.
        outputs: the results of a function of several numbers, of `output_shape`; else None.
        guards: the recorded choices, and for each its condition.
        of_inputs: whether the gradient is that of the inputs.
        batched: whether there are many examples.
        mended: names that were changed: the user's, and that in the file.
    """

    inputs: tuple[Array, ...]
    parameters: tuple[Array, ...]
    constants: tuple[Array, ...]
    body: tuple[Statement | Loop, ...]
    loss: Operand
    outputs: Operand | None
    guards: tuple[tuple[Guard, Operand], ...]
    of_inputs: bool
    batched: bool
    mended: tuple[tuple[str, str], ...] = ()

    def key(self, array: Array) -> str:
        """Return the user's own name of an input or a parameter, if no other has it too; else that in the file."""
        others = [x for x in (self.inputs if array.kind == "input" else self.parameters) if x is not array]
        title = array.title or array.name
        return array.name if any(title in {x.title, x.name} for x in others) else title

    def statements(self) -> Iterator[Statement]:
        """Yield all statements, those of loops once."""
        for part in self.body:
            yield from part.body if isinstance(part, Loop) else (part,)

    def results(self) -> list[Array]:
        """Return the arrays that are computed, in order."""
        return list(dict.fromkeys(statement.target.array for statement in self.statements()))


def operands_of(statement: Statement) -> list[Operand]:
    """Return what a statement reads."""
    if isinstance(statement, RowStatement):
        return list(statement.operands)
    sides = [(term.left, term.right) for term in statement.terms]
    return [side for pair in sides for side in pair if side is not None]


def parts_of(operand: Operand) -> Sequence[Part]:
    """Return the parts of an operand."""
    return operand.parts if isinstance(operand, Joined) else (operand,)


def arrays_of(operand: Operand) -> list[Array]:
    """Return the arrays of the program that an operand reads."""
    found: list[Array] = []
    for part in parts_of(operand):
        if isinstance(part, View):
            found.append(part.array)
        elif isinstance(part, Table):
            found += part.sources
    return found


__all__ = [
    "Array",
    "Joined",
    "Loop",
    "Number",
    "Operand",
    "Part",
    "RowStatement",
    "Shape",
    "Standalone",
    "Statement",
    "SumStatement",
    "Table",
    "Term",
    "View",
    "arrays_of",
    "operands_of",
    "parts_of",
]
