"""Fuse the operations of a tape: chains of additions to sums, and sums of products to dots.

`sum(w * x for ...) + b`, two nodes a weight, becomes one `SumOfProducts` of products, terms and a constant. A node is
fused into its consumer if nothing else uses it, and if both vary with the example or both do not. A long chain with
subtractions, such as `total - log(p)` in a loop, is a sum too, with the products -1 · log(p).

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> w, x, b = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], Value(0.5)
>>> tape = tape_of(w[0] * x[0] + w[1] * x[1] + b, inputs=x, parameters=[*w, b])
>>> fuse(tape, varying=tape.depends_on(0, 2)).steps
{8: SumOfProducts(lefts=(2, 3), rights=(0, 1), terms=(4,), constant=0.0)}
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.operations import NARY, Operand, Operation
from autograd_tiny.replay.tape import Tape

ADD, SUB, MUL, DIV, SUM, MEAN, DOT = (TABLE[name] for name in ("add", "sub", "mul", "div", "sum", "mean", "dot"))

SUMS: Final = frozenset({ADD, SUM, MEAN, DOT})

LEAST_SUBTRACTIONS: Final = 3
"""The fewest subtractions of a chain that becomes a sum; a chain of one or two is faster as it is."""


@dataclass(frozen=True, slots=True)
class SumOfProducts:
    """Σ left · right + Σ term + constant; all but the constant are numbers of the program."""

    lefts: tuple[int, ...]
    rights: tuple[int, ...]
    terms: tuple[int, ...]
    constant: float

    @property
    def inputs(self) -> list[int]:
        """The factors and terms."""
        return [*self.lefts, *self.rights, *self.terms]


FusedOperation = Operation | SumOfProducts


class Steps:
    """The steps of a fused tape, by the number that they compute, in topological order.

    An operation that is as it was recorded takes 4 bytes; it is read from the tape when it is asked for.

    Attributes:
        order: the numbers that the steps compute.
        new: the steps that are not operations of the tape.
    """

    __slots__ = ("order", "new", "_operation", "_leaves")

    def __init__(self, tape: Tape) -> None:
        self.order, self.new = array("i"), dict[int, FusedOperation]()
        self._operation, self._leaves = tape.operations.operation, tape.leaves

    def __getitem__(self, node: int) -> FusedOperation:
        """Return the step that computes a number; it is one of those in `order`."""
        return self.new.get(node) or self._operation(node - self._leaves)

    def __iter__(self) -> Iterator[int]:
        return iter(self.order)

    def __repr__(self) -> str:
        return repr(dict(zip(self.order, self.values(), strict=True)))

    def values(self) -> Iterator[FusedOperation]:
        """Return the steps in their order."""
        return map(self.__getitem__, self.order)

    def set(self, node: int, step: FusedOperation) -> None:
        """Append a step that is not an operation of the tape."""
        self.order.append(node)
        self.new[node] = step


@dataclass(frozen=True, slots=True)
class FusedTape:
    """A program of fewer and larger steps.

    Attributes:
        tape: the recorded program; its positions name the numbers here too.
        steps: by the number that they compute.
        constants: numbers in sums of products, by their name.
        varying: for each number of the program whether it varies with the example.
    """

    tape: Tape
    steps: Steps
    constants: dict[int, float]
    varying: list[bool]

    def flows(self, differentiated: Sequence[bool]) -> list[bool]:
        """Return for each number, new ones too, whether gradients flow through it."""
        flows = [*differentiated, *[False] * (len(self.varying) - len(differentiated))]
        for node, step in self.steps.new.items():
            if node >= len(differentiated):
                flows[node] = any(flows[x] for x in step.inputs)
        return flows


@dataclass(slots=True)
class _Parts:
    """The parts of a sum: products with the name of their node, terms, and a constant.

    Attributes:
        absorbed: sums that it took in whole, which `collected` adds, so that no list is copied at each addition.
    """

    products: list[tuple[int, Operand, Operand]] = field(default_factory=list)
    terms: list[int] = field(default_factory=list)
    constant: float = 0.0
    absorbed: list[tuple[int, int, _Parts]] = field(default_factory=list)

    def after(self, first: _Parts) -> _Parts:
        """Return the parts of another sum, then these; a chain of sums goes on with the same lists."""
        if not (first.products or first.terms or first.absorbed):
            self.constant += first.constant
            return self
        first.absorbed.append((len(first.products), len(first.terms), self))
        first.constant += self.constant
        return first

    def collected(self) -> _Parts:
        """Return the sum with the parts of all that it absorbed, in their order."""
        whole = _Parts(constant=self.constant)
        waiting: list[tuple[_Parts, int, int, int]] = [(self, 0, 0, 0)]
        while waiting:
            parts, k, product, term = waiting.pop()
            until = parts.absorbed[k] if k < len(parts.absorbed) else (len(parts.products), len(parts.terms), None)
            whole.products += parts.products[product : until[0]]
            whole.terms += parts.terms[term : until[1]]
            if until[2] is not None:
                waiting += [(parts, k + 1, until[0], until[1]), (until[2], 0, 0, 0)]
        return whole


def _joining_subtractions(tape: Tape, uses: Sequence[int]) -> set[int]:
    """Return the subtractions of long chains of sums, each of which is the left operand of the next."""
    joining: set[int] = set()
    chains: dict[int, list[int]] = {}
    operations = tape.operations
    signs = [-1 if row is SUB else 1 if row is ADD else 0 for row in operations.rows]
    if -1 not in signs:
        return joining
    for position, (code, first) in enumerate(
        zip(operations.codes, operations.firsts, strict=True), start=tape.leaves
    ):
        sign = signs[code]
        if sign:
            chain = chains.pop(first, []) if first >= 0 and uses[first] == 1 else []
            if sign < 0:
                chain.append(position)
                if len(chain) >= LEAST_SUBTRACTIONS:
                    joining.update(chain if len(chain) == LEAST_SUBTRACTIONS else chain[-1:])
            if chain:
                chains[position] = chain
    return joining


def _uses(tape: Tape) -> list[int]:
    """Return for each position how many operands it is; results count twice more, so that nothing absorbs them."""
    operations = tape.operations
    firsts, seconds, lists = (np.array(x) for x in (operations.firsts, operations.seconds, operations.lists))
    positions = np.concatenate([firsts[seconds != NARY], seconds, lists])
    uses = np.bincount(positions[positions >= 0], minlength=tape.size)
    for position in (tape.root, *tape.guarded):
        uses[position] += 2
    counts: list[int] = uses.tolist()
    return counts


def fuse(tape: Tape, *, varying: Sequence[bool]) -> FusedTape:
    """Return the steps of a tape.

    Args:
        tape: the program.
        varying: for each of its numbers whether it varies with the example.
    """
    return _Fuser(tape, list(varying)).steps()


class _Fuser:
    """Walks a tape once; products and sums wait until their one consumer absorbs them or not.

    Attributes:
        waiting: the parts of each sum that waits; None for a product.
    """

    def __init__(self, tape: Tape, varying: list[bool]) -> None:
        self.tape, self.varying = tape, varying
        self.done = Steps(tape)
        self.constants: dict[int, float] = {}
        self.pools: dict[tuple[float, ...], tuple[int, ...]] = {}
        self.waiting: dict[int, _Parts | None] = {}
        self.operations, self.leaves = tape.operations, tape.leaves
        self.uses = _uses(tape)
        self.joining = _joining_subtractions(tape, self.uses)

    def steps(self) -> FusedTape:
        """Return the fused program."""
        operations, waiting, joining, uses = self.operations, self.waiting, self.joining, self.uses
        is_sum, is_product = ([row in rows for row in operations.rows] for rows in (SUMS, {MUL}))
        keep = self.done.order.append
        for position, (code, x, y) in enumerate(
            zip(operations.codes, operations.firsts, operations.seconds, strict=True), start=self.leaves
        ):
            if is_sum[code] or position in joining:
                self._take_sum(position)
                continue
            if waiting:
                for operand in (x, y) if y != NARY else operations.list_of(x):
                    if operand in waiting:
                        self._finished(operand)
            if is_product[code] and uses[position] == 1:
                waiting[position] = None
            else:
                keep(position)
        return FusedTape(self.tape, self.done, self.constants, self.varying)

    def _take_sum(self, position: int) -> None:
        k = position - self.leaves
        if self.uses[position] != 1 and self._is_short(k):
            self._finished(self.operations.seconds[k])
            self.done.order.append(position)
            return
        row, operands = self.operations.rows[self.operations.codes[k]], self.operations.operands(k)
        parts = self._parts(position, row, operands)
        if row is MEAN:
            total = self._new(varying=self.varying[position])
            self._finish(total, parts)
            self.done.set(position, Operation(DIV, (total, float(len(operands)))))
        elif self.uses[position] == 1:
            self.waiting[position] = parts
        else:
            self._finish(position, parts)

    def _is_short(self, k: int) -> bool:
        """Return whether an operation stays an addition: of a term and a product, a term, or a constant but 0."""
        operations, waiting = self.operations, self.waiting
        x, y = operations.firsts[k], operations.seconds[k]
        return (
            operations.rows[operations.codes[k]] is ADD
            and (y >= 0 or operations.constants[-1 - y] != 0.0)
            and x >= 0
            and x not in waiting
            and waiting.get(y) is None
        )

    def _parts(self, position: int, row: Primitive, operands: Sequence[Operand]) -> _Parts:
        """Return the parts of a sum or dot, with all that it can absorb."""
        parts = _Parts()
        if row is DOT:
            count = len(operands) // 2
            for x, y in zip(operands[:count], operands[count:], strict=False):
                parts.products.append((-1, self._finished(x), self._finished(y)))
            operands = operands[-1:]
        if row is SUB:
            self._subtract(parts, operands[1])
            operands = operands[:1]
        for x in operands:
            if type(x) is not int:
                parts.constant += x
            elif x not in self.waiting or self.varying[x] != self.varying[position]:
                parts.terms.append(self._finished(x))  # type: ignore[arg-type]  # a name gives a name
            else:
                absorbed = self.waiting.pop(x)
                if absorbed is None:
                    parts.products.append((x, *self.operations.operands(x - self.leaves)))  # type: ignore[arg-type]  # two
                else:
                    parts = absorbed.after(parts)
        return parts

    def _subtract(self, parts: _Parts, x: Operand) -> None:
        """Add the part -x."""
        if type(x) is not int:
            parts.constant -= x
        else:
            parts.products.append((-1, -1.0, self._finished(x)))

    def _finished(self, x: Operand) -> Operand:
        """Return an operand, after making it a step of its own if it was waiting."""
        if type(x) is int and x in self.waiting:
            parts = self.waiting.pop(x)
            if parts is None:
                self.done.order.append(x)
            else:
                self._finish(x, parts)
        return x

    def _finish(self, position: int, parts: _Parts) -> None:
        """Make a step of a sum: a sum of products, or a simpler operation if it is short."""
        parts = parts.collected()
        if len(parts.products) == 1 and not parts.terms and parts.constant == 0.0:
            self.done.set(position, Operation(MUL, parts.products[0][1:]))
            return
        if len(parts.products) == 1:
            ((name, x, y),) = parts.products
            if name < 0:
                name = self._new(varying=self.varying[position])
                self.done.set(name, Operation(MUL, (x, y)))
            else:
                self.done.order.append(name)
            parts.terms.append(name)
            parts.products.clear()
        if not parts.products and len(parts.terms) + (parts.constant != 0.0) == 2:
            self._add(position, (*parts.terms, parts.constant)[:2])
            return
        pairs = [self._oriented(x, y) for _, x, y in parts.products]
        lefts, rights = (self._named([pair[side] for pair in pairs]) for side in (0, 1))
        self.done.set(position, SumOfProducts(lefts, rights, tuple(parts.terms), parts.constant))

    def _add(self, position: int, operands: tuple[Operand, ...]) -> None:
        """Make a step of an addition: the operation of the tape if it is the same."""
        operations, k = self.operations, position - self.leaves
        if k < len(operations) and operations.operation(k) == (ADD, operands):
            self.done.order.append(position)
        else:
            self.done.set(position, Operation(ADD, operands))

    def _oriented(self, x: Operand, y: Operand) -> tuple[Operand, Operand]:
        """Return a product with the weight on the left: the factor that varies less, or is a leaf."""
        return (x, y) if self._rank(x) <= self._rank(y) else (y, x)

    def _rank(self, x: Operand) -> int:
        if type(x) is not int:
            return 1
        return 3 if self.varying[x] else 2 if x >= self.leaves else 0

    def _named(self, operands: Sequence[Operand]) -> tuple[int, ...]:
        """Return operands, with names for the constants; equal lists of constants share names."""
        numbers = tuple(x for x in operands if type(x) is not int)
        if not numbers:
            return tuple(operands)  # type: ignore[arg-type]  # all are names
        if numbers not in self.pools:
            names = tuple(self._new(varying=False) for _ in numbers)
            self.constants.update(zip(names, numbers, strict=True))
            self.pools[numbers] = names
        pool = iter(self.pools[numbers])
        return tuple(x if type(x) is int else next(pool) for x in operands)

    def _new(self, *, varying: bool) -> int:
        """Return the name of a new number."""
        self.varying.append(varying)
        return len(self.varying) - 1
