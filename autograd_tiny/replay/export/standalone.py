"""Make what every exported file needs from a recorded program: named arrays, statements and loops.

>>> from autograd_tiny import Value, record, tanh
>>> w = Value(0.5, label="w")
>>> def loss(x):
...     for _ in range(5):
...         x = tanh(w * x)
...     return x
>>> made = standalone_of(record(loss, inputs=(1.0,), parameters=[w]))
>>> [array.name for array in (*made.inputs, *made.parameters)], [loop.count for loop in made.body]
(['x', 'w'], [5])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_tiny.replay.export.arrays import (
    Array,
    Loop,
    Operand,
    Shape,
    Standalone,
    Statement,
    View,
    arrays_of,
    operands_of,
)
from autograd_tiny.replay.export.names import LOCAL, Names, named_arrays
from autograd_tiny.replay.export.operands import CONSTANT, Elements, Finder, UnevenError
from autograd_tiny.replay.export.statements import Draft, Reader, best_shape, draft_of, statement_of
from autograd_tiny.replay.groups import ONE
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.rerolling import Item, rerolled
from autograd_tiny.replay.rerolling import Shape as ItemShape

if TYPE_CHECKING:
    from autograd_tiny.replay.program import Program


def standalone_of(program: Program, reserved: Iterable[str] = (), local: re.Pattern[str] = LOCAL) -> Standalone:
    """Return what a file of a program needs.

    Args:
        program: recorded.
        reserved: names that its language, and the file, use.
        local: the pattern of variables of the file.
    """
    return _Builder(program, Names(reserved, local)).standalone()


class _Builder:
    def __init__(self, program: Program, names: Names) -> None:
        self.program = program
        parts = program.recording()
        self.tape = tape = parts["tape"]
        self.plan = plan_of(tape, of_inputs=not parts["leaves"], batched=program.is_batched)
        self.names = names
        self.inputs, self.parameters, self.others = named_arrays(program, self.names)
        self.arrays: list[Array] = []
        size = len(self.plan.program.varying)
        self.array_of, self.position_of = np.full(size + 1, CONSTANT), np.zeros(size + 1)
        first = 0
        for arrays, count in (
            (self.inputs, tape.inputs),
            (self.parameters, tape.parameters),
            (self.others, len(tape.others)),
        ):
            for array in arrays:
                self._place([first + place for place in array.places], array)
            first += count
        for node, number in [(ONE, 1.0), *self.plan.program.constants.items()]:
            self.array_of[node], self.position_of[node] = CONSTANT, number
        self.finder = Finder(self.arrays)
        self.reader = Reader(self.finder, self.array_of, self.position_of)
        self.drafts = [draft_of(group) for group in self.plan.groups]
        self.count = 0

    def _place(self, nodes: Sequence[int], array: Array) -> None:
        """Add an array, and say where nodes are in it."""
        self.array_of[list(nodes)] = len(self.arrays)
        self.position_of[list(nodes)] = np.arange(len(nodes))
        self.arrays.append(array)

    def standalone(self) -> Standalone:
        """Return the whole."""
        body = tuple(self._parts(rerolled([(draft.key, ()) for draft in self.drafts]), [0]))
        tape, outputs = self.tape, self.program.recording()["outputs"]
        results = None if outputs is None else self._operand(outputs.operands, outputs.shape)
        guards = tuple(
            (guard, self._operand([node], ())) for guard, node in zip(tape.guards, tape.guarded, strict=False)
        )
        loss = self._operand([tape.root], ())
        if outputs is not None:
            body = _without_unused(body, [x for x in (results, *(x for _, x in guards)) if x is not None])
        return Standalone(
            tuple(self.inputs),
            tuple(self.parameters),
            (*self.others, *self.finder.constants.values()),
            body,
            loss,
            results,
            guards,
            self.plan.of_inputs,
            self.program.is_batched,
            tuple(self.names.mended),
        )

    def _operand(self, nodes: Sequence[Any], shape: Shape) -> Operand:
        draft = Draft("", (), (shape, shape), (nodes,), (), None, (), 0.0, varying=False, differentiated=False)
        return self.finder.operand(self.reader.elements([draft], 0))

    def _parts(self, items: Sequence[Item], place: list[int]) -> Iterator[Statement | Loop]:
        """Yield the statements of items; `place` has the number of the first draft, and is moved behind the last."""
        for shape, numbers in items:
            if isinstance(shape, str):
                yield self._statement(place[0])
                place[0] += 1
                continue
            count, size = numbers[0], sum(map(_length, zip(shape, _numbers(shape, numbers), strict=True)))
            found = self._loop(place[0], count, size)
            if found is None:
                inner = list(zip(shape, _numbers(shape, numbers), strict=True))
                for _ in range(count):
                    yield from self._parts(inner, place)
                continue
            place[0] += count * size
            yield from found

    def _name(self, draft: Draft) -> str:
        if self.tape.root in draft.nodes and len(draft.nodes) == 1:
            return "loss"
        self.count += 1
        return f"{'uv'[draft.varying]}{self.count}"

    def _array(self, draft: Draft, shape: Shape) -> Array:
        return Array(self._name(draft), shape, "result", varying=draft.varying, differentiated=draft.differentiated)

    def _statement(self, number: int) -> Statement:
        """Return one statement."""
        draft = self.drafts[number]
        elements = [self.reader.elements([draft], k) for k in range(len(draft.operands))]
        shape, elements = best_shape(draft, elements, self.finder)
        array = self._array(draft, shape)
        statement = statement_of(draft, elements, _whole(array), self.finder, frozenset())
        self._place(draft.nodes, array)
        return statement

    # ── loops ──

    def _loop(self, first: int, count: int, size: int) -> list[Statement | Loop] | None:
        """Return the statements of repetitions as a loop, maybe after the first ones; None if that cannot be."""
        for peeled in range(2):
            before: list[Statement | Loop] = []
            state = len(self.arrays), self.count
            if peeled:
                before = [self._statement(first + k) for k in range(size)]
            try:
                return [*before, self._rolled(first + peeled * size, count - peeled, size)]
            except UnevenError:
                del self.arrays[state[0] :]
                self.count = state[1]
        return None

    def _rolled(self, first: int, count: int, size: int) -> Loop:
        """Return repetitions as a loop.

        Raises:
            UnevenError: what they read does not grow evenly.
        """
        columns = [[self.drafts[first + k * size + j] for k in range(count)] for j in range(size)]
        own = {}
        for column in columns:
            number, length = len(self.arrays), len(column[0].nodes)
            own[number] = length
            for k, draft in enumerate(column):
                self.array_of[list(draft.nodes)] = number
                self.position_of[list(draft.nodes)] = np.arange(length) + k * length
            self.arrays.append(self._array(column[0], (count, *column[0].shapes[0])))
        carried: dict[tuple[int, int], tuple[int, float]] = {}
        elements = [
            [_even(self.reader.elements(column, operand), own, carried) for operand in range(len(column[0].operands))]
            for column in columns
        ]
        depths = {number: -min((place // own[n] for n, place in carried if n == number), default=0) for number in own}
        return self._written(columns, elements, own, depths, carried)

    def _written(
        self,
        columns: Sequence[Sequence[Draft]],
        elements: Sequence[Sequence[Elements]],
        own: dict[int, int],
        depths: dict[int, int],
        carried: dict[tuple[int, int], tuple[int, float]],
    ) -> Loop:
        """Return a loop, given how many entries from before it each of its arrays begins with."""
        for number, depth in depths.items():
            shift = depth * own[number]
            array = self.arrays[number]
            self.arrays[number] = replace(array, shape=(array.shape[0] + depth, *array.shape[1:]))
            for row in elements:
                for x in row:
                    x.places[x.arrays == number] += shift
        body = []
        targets: dict[int, Shape] = {}
        for column, read, number in zip(columns, elements, own, strict=True):
            shape, chosen = best_shape(column[0], read, self.finder)
            targets[number] = shape
            array = self.arrays[number] = replace(self.arrays[number], shape=(self.arrays[number].shape[0], *shape))
            body.append((_common(column), chosen, array))
            for draft in column:
                self.position_of[list(draft.nodes)] += depths[number] * own[number]
        statements = []
        for (draft, chosen, _), number in zip(body, own, strict=True):
            array, n = self.arrays[number], own[number]
            target = View(array, depths[number] * n, n, _strides(targets[number]), targets[number])
            statements.append(statement_of(draft, chosen, target, self.finder, frozenset(own)))
        starts = tuple(
            (self.arrays[number], depth, self._start(number, depth, own[number], targets[number], carried))
            for number, depth in depths.items()
            if depth
        )
        return Loop("k", len(columns[0]), tuple(statements), starts)

    def _start(
        self, number: int, depth: int, size: int, shape: Shape, carried: dict[tuple[int, int], tuple[int, float]]
    ) -> Operand:
        """Return the entries from before a loop; those that it does not read are 0."""
        pairs = [carried.get((number, place), (CONSTANT, 0.0)) for place in range(-depth * size, 0)]
        grids = (np.array([[pair[i] for pair in pairs]], float) for i in range(2))
        arrays, places = grids
        return self.finder.operand(Elements(arrays.astype(int), places, (depth, *shape)))


def _common(column: Sequence[Draft]) -> Draft:
    """Return the draft of all repetitions: constants that differ are operands."""
    constants = tuple(
        xs[0] if all(x == xs[0] for x in xs) else None
        for xs in zip(*(draft.constants for draft in column), strict=True)
    )
    return replace(column[0], constants=constants)


def _even(elements: Elements, own: dict[int, int], carried: dict[tuple[int, int], tuple[int, float]]) -> Elements:
    """Return elements as they would be if all repetitions were alike; others are noted in `carried`.

    A repetition that differs must read something from before the loop where the others read what an earlier
    repetition computed: then that is carried over.

    Raises:
        UnevenError: they do not grow evenly, and some are computed in the loop.
    """
    arrays, places = elements.arrays, elements.places
    count = len(arrays)
    is_outside = not np.isin(arrays, list(own)).any()
    steps = places[-1] - places[-2]
    steps[arrays[-1] == CONSTANT] = 0.0
    expected = places[-1] + (np.arange(count) - (count - 1))[:, None] * steps
    wrong = (arrays != arrays[-1]) | (places != expected)
    if is_outside:
        return elements
    for k, i in np.argwhere(wrong).tolist():
        number, place = int(arrays[-1, i]), int(expected[k, i])
        found = int(arrays[k, i]), float(places[k, i])
        is_start = number in own and place < 0 and found[0] not in own  # known before the loop
        if not is_start or carried.setdefault((number, place), found) != found:
            raise UnevenError
    return Elements(np.broadcast_to(arrays[-1], arrays.shape).copy(), expected, elements.shape)


def _whole(array: Array) -> View:
    """Return all elements of an array."""
    return View(array, 0, 0, _strides(array.shape), array.shape)


def _strides(shape: Shape) -> tuple[int, ...]:
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _length(item: Item) -> int:
    """Return the number of statements of an item."""
    shape, numbers = item
    if isinstance(shape, str):
        return 1
    return numbers[0] * sum(map(_length, zip(shape, _numbers(shape, numbers), strict=True)))


def _numbers(shape: ItemShape, numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the numbers of each part of the body of a loop."""
    firsts = list(numbers[1 : len(numbers) // 2 + 1])
    found = []
    for part in shape:
        many = 0 if isinstance(part, str) else _count_of(part)
        found.append(tuple(firsts[:many]))
        del firsts[:many]
    return found


def _count_of(shape: ItemShape) -> int:
    return 0 if isinstance(shape, str) else 1 + 2 * sum(map(_count_of, shape))


def _without_unused(body: Sequence[Statement | Loop], read: Sequence[Operand]) -> tuple[Statement | Loop, ...]:
    """Return statements without those whose result nothing reads."""
    used = {array for operand in read for array in arrays_of(operand)}
    kept: list[Statement | Loop] = []
    for part in reversed(body):
        statements = part.body if isinstance(part, Loop) else (part,)
        if any(statement.target.array in used for statement in statements):
            kept.append(part)
            used.update(x for statement in statements for o in operands_of(statement) for x in arrays_of(o))
            if isinstance(part, Loop):
                used.update(x for _, _, start in part.carried for x in arrays_of(start))
    return tuple(reversed(kept))
