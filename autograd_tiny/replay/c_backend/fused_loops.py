r"""Fuse successive loops over the lanes of a block, with local variables for numbers that nothing else reads.

A statement such as `EACH v[2][i] = u[0] * v[1][i];` reads its operands from memory and writes its result there. In
one loop for all statements of a step of a recurrence, compilers keep them in registers; only what the backward pass
or another step reads is stored. A sum is one expression, and so is what is used once. No operation changes.

>>> from autograd_tiny.replay.rerolling import written
>>> items = [("EACH v[@0][i] = u[@1] * v[@2][i];", (5, 0, 1)), ("EACH v[@0][i] = v[@1][i] + v[@2][i];", (6, 5, 1))]
>>> print("\n".join(written(fused(items, Uses([items], [("v", 1), ("v", 6)])))))
EACH v[6][i] = u[0] * v[1][i] + v[1][i];
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any, Final, NamedTuple

import numpy as np

from autograd_tiny.replay.rerolling import DECLARED, HOLE, Item, Shape, arity

EACH: Final = "EACH "
CALL: Final = re.compile(r"\b(?!sqrt\b|fabs\b)\w+\(")
"""A call of a function that compilers may not vectorize, so that its loop would slow down the others."""
ROW: Final = re.compile(r"\b(v|gv|gl)\[@(\d+)\](?:(\[i\])|, @(\d+))?")
"""A row: its array and its hole; then a lane, or the hole of a distance or of a count."""
ELEMENT: Final = re.compile(r"\b(v|gv)\[place_of_element\([^,]*, @(\d+), @(\d+), (\d+)")
"""A row that is found by an index: its array, the holes of the first row and of the distance, and their number."""
ATOM: Final = re.compile(r"(v|gv|gl)(\d+_*|\[@\d+\]\[i\])")
"""A variable, or a number in memory."""
PRODUCT: Final = re.compile(r"(^|[+-] )\(([^()+?/-]*)\)(?= [+-]|$)")
"""A product in parentheses that is a term of a sum."""
NEGATED_TWICE: Final = re.compile(r"--")
SUM: Final = re.compile(r" [-+?] ")
SHORT: Final = 40
"""The most characters of an expression in place of a variable."""
LONG: Final = 80
"""The most characters of a sum that is still added to."""
MOST: Final = 128
"""The most statements of a fused loop, which takes the longer to compile the longer it is."""

Key = tuple[str, bytes]
"""Of a row in a statement: its array, and its number in each repetition."""


class _Reference(NamedTuple):
    """A row in a text: its array, its hole, and the hole of the distance to a next row."""

    array: str
    hole: int
    distance: int | None


@cache
def _references(text: str) -> tuple[_Reference, ...]:
    """Return the rows in a text; a distance is followed by further holes, the last of which is the count of rows."""
    last = arity(text) - 1
    return tuple(
        _Reference(array, int(hole), int(distance) if distance and int(distance) < last else None)
        for array, hole, _, distance in ROW.findall(text)
    )


class Uses:
    """Counts how often the statements of a program read or write each row.

    Args:
        lists: of statements, rolled into loops.
        others: rows that are read or written elsewhere, such as the inputs.
    """

    def __init__(self, lists: Iterable[Sequence[Item]], others: Iterable[tuple[str, int]]) -> None:
        found: dict[str, list[Any]] = {array: [np.zeros(0, np.int64)] for array in ("v", "gv", "gl")}
        for array, row in others:
            found[array].append(np.array([row]))
        for items in lists:
            numbers = defaultdict(list)
            for shape, each in items:
                numbers[shape].append(each)
            for shape, rows in numbers.items():
                _find_rows(shape, np.array(rows, dtype=np.int64).reshape(len(rows), -1), found)
        self._counts = {array: np.bincount(np.concatenate(rows)) for array, rows in found.items()}

    def are(self, array: str, rows: Any, count: int) -> bool:
        """Return whether each of some rows is used that often."""
        return bool((self._counts[array][rows] == count).all())


def _find_rows(shape: Shape, numbers: Any, found: dict[str, list[Any]]) -> None:
    """Append the rows that a shape uses, given its numbers in all repetitions."""
    if isinstance(shape, str):
        for array, hole, distance in _references(shape):
            rows = numbers[:, hole]
            if distance is not None:
                runs = np.stack([rows, numbers[:, distance], numbers[:, -1]], axis=1)
                rows = np.concatenate([row + step * np.arange(count) for row, step, count in runs])
            found[array].append(rows)
        for array, first, distance, count in ELEMENT.findall(shape):
            rows = numbers[:, int(first), None] + numbers[:, int(distance), None] * np.arange(int(count))
            found[array].append(rows.ravel())
        return
    for count in np.unique(numbers[:, 0]):
        for part, each in _children(shape, numbers[numbers[:, 0] == count]):
            _find_rows(part, each, found)


def _children(shape: Sequence[Shape], numbers: Any) -> Iterator[tuple[Shape, Any]]:
    """Yield the shapes in a loop with their numbers in all repetitions, which are equally many each time."""
    size = (numbers.shape[1] - 1) // 2
    firsts, steps = numbers[:, None, 1 : size + 1], numbers[:, None, size + 1 :]
    every = (firsts + steps * np.arange(numbers[0, 0])[:, None]).reshape(-1, size)
    start = 0
    for part in shape:
        yield part, every[:, start : start + arity(part)]
        start += arity(part)


def fused(items: Sequence[Item], uses: Uses) -> list[Item]:
    """Return the same statements with successive loops over the lanes as one."""
    children = [(shape, np.array([numbers], dtype=np.int64)) for shape, numbers in items]
    numbers = [number for _, each in items for number in each]
    shapes, kept = _fused_body(children, uses)
    fused_items, start = [], 0
    for shape in shapes:
        stop = start + arity(shape)
        fused_items.append((shape, tuple(numbers[k] for k in kept[start:stop])))
        start = stop
    return fused_items


def _fused_body(children: Sequence[tuple[Shape, Any]], uses: Uses) -> tuple[list[Shape], list[int]]:
    """Return the shapes of a body, fused, and which of its numbers they keep."""
    shapes: list[Shape] = []
    kept: list[int] = []
    start = 0
    for is_fusible, group in groupby(children, lambda child: _is_fusible(child[0])):
        for part in _parts(list(group), MOST if is_fusible else 1):
            numbers = np.concatenate([each for _, each in part], axis=1)
            if len(part) > 1:
                shape, own = _Fusion([text for text, _ in part], numbers, uses).result()
            else:
                shape, own = _fused_loop(part[0][0], numbers, uses)
            shapes.append(shape)
            kept += [start + k for k in own]
            start += numbers.shape[1]
    return shapes, kept


def _parts(group: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(group), most):
        yield group[start : start + most]


def _is_fusible(shape: Shape) -> bool:
    return isinstance(shape, str) and shape.startswith(EACH) and CALL.search(shape) is None


def _fused_loop(shape: Shape, numbers: Any, uses: Uses) -> tuple[Shape, list[int]]:
    """Return a shape whose bodies are fused, and which of its numbers it keeps."""
    if isinstance(shape, str) or len(np.unique(numbers[:, 0])) > 1:
        return shape, list(range(numbers.shape[1]))
    shapes, kept = _fused_body(list(_children(shape, numbers)), uses)
    size = (numbers.shape[1] - 1) // 2
    return tuple(shapes), [0, *(1 + k for k in kept), *(1 + size + k for k in kept)]


class _Fusion:
    """Writes successive loops over the lanes as one.

    Args:
        texts: of the loops.
        numbers: of their holes, one after another, in each repetition.
        uses: of all rows of the program.
    """

    def __init__(self, texts: Sequence[str], numbers: Any, uses: Uses) -> None:
        self._numbers, self._uses = numbers, uses
        self._statements = list(_statements(texts))
        self._counts: Counter[Key] = Counter()
        self._assignments: Counter[Key] = Counter()
        self._begin: dict[Key, str] = {}
        for left, sign, right in self._statements:
            self._counts.update(map(self._key, ROW.finditer(right)))
            key = self._key(ROW.match(left))
            if key not in self._begin:
                self._begin[key] = sign if key not in self._counts else "read"
            self._assignments[key] += 1
            self._counts[key] += 1
        self._left, self._reads = self._assignments.copy(), self._counts - self._assignments
        self._names: dict[Key, str] = {}
        self._sums: dict[Key, str] = {}

    def _key(self, row: Any) -> Key:
        return row[1], self._numbers[:, int(row[2])].tobytes()

    def _are_distinct(self) -> bool:
        """Return whether what differs in one repetition differs in all of them, so that a row has one variable."""
        for array in {array for array, _ in self._counts}:
            rows = np.sort([_rows(key) for key in self._counts if key[0] == array], axis=0)
            if (rows[1:] == rows[:-1]).any():
                return False
        return True

    def _is_local(self, key: Key) -> bool:
        """Return whether a row is used nowhere else."""
        return self._begin[key] == "=" and self._uses.are(key[0], _rows(key), self._counts[key])

    def result(self) -> tuple[str, list[int]]:
        """Return the text of the loop, and which of the numbers it keeps."""
        lines = list(self._lines())
        text = f"{EACH}{lines[0]}" if len(lines) == 1 else "\n".join([f"{EACH}{{", *lines, "}"])
        kept = list(dict.fromkeys(int(hole) for hole in HOLE.findall(text)))
        place = {hole: k for k, hole in enumerate(kept)}
        return HOLE.sub(lambda hole: f"@{place[int(hole[1])]}", text), kept

    def _lines(self) -> Iterator[str]:
        if not self._are_distinct():
            yield from (f"{left} {sign} {right};" for left, sign, right in self._statements)
            return
        for left, sign, right in self._statements:
            sources, key = list(map(self._key, ROW.finditer(right))), self._key(ROW.match(left))
            for source in sources:
                self._reads[source] -= 1
                if source in self._sums:
                    yield self._declared(source, self._sums.pop(source))
            value = ROW.sub(lambda row: self._names.get(self._key(row), row[0]), right)
            value = NEGATED_TWICE.sub("", PRODUCT.sub(r"\1\2", value))
            self._left[key] -= 1
            yield from self._assigned_line(left, sign, value, key, is_final=not any(self._left[x] for x in sources))

    def _assigned_line(self, left: str, sign: str, value: str, key: Key, *, is_final: bool) -> Iterator[str]:
        """Yield the line of an assignment, if it is not written later or its value written in place of its name.

        `is_final` says that no operand of the value is assigned again.
        """
        is_local = self._is_local(key)
        stored = "" if is_local or self._left[key] else f"{left} = "
        if key in self._names:
            yield f"{stored}{self._names[key]} {sign} {value};"
        elif not is_local and self._counts[key] == 1:
            yield f"{left} {sign} {value};"
        elif is_local and is_final and self._is_replaced(key, value):
            self._names[key] = value if ATOM.fullmatch(value.lstrip("-")) else f"({value})"
        else:
            before = self._sums.pop(key, left if sign == "+=" else "")
            value = f"{before} + {f'({value})' if SUM.search(value) else value}" if before else value
            if self._left[key] and is_final and len(value) < LONG:
                self._sums[key] = value
            elif stored and not self._reads[key]:
                yield f"{stored}{value};"
            else:
                yield self._declared(key, stored + value)

    def _declared(self, key: Key, value: str) -> str:
        self._names[key] = f"{key[0]}{_rows(key)[0]}"  # that of the first repetition
        return f"{DECLARED}{self._names[key]} = {value};"

    def _is_replaced(self, key: Key, value: str) -> bool:
        """Return whether a variable is replaced by its value: a number, or a short expression that is used once."""
        if self._assignments[key] > 1:
            return False
        return ATOM.fullmatch(value.lstrip("-")) is not None or (self._counts[key] == 2 and len(value) < SHORT)


def _rows(key: Key) -> Any:
    return np.frombuffer(key[1], dtype=np.int64)


def _statements(texts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the assignments in loops over the lanes: left side, sign and right side, their holes numbered through."""
    start = 0
    for text in texts:
        body = HOLE.sub(lambda hole: f"@{start + int(hole[1])}", text.removeprefix(EACH))  # noqa: B023 - used at once
        for part in body.removeprefix("{ ").removesuffix(" }").removesuffix(";").split("; "):
            left, sign, right = part.split(" ", 2)
            yield left, sign, right
        start += arity(text)
