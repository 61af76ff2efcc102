"""Find the repetitions in lines of straight-line Python: the same line again and again, whose numbers grow evenly.

>>> lines = [Line(f"v{2 * k + 3} = v{2 * k + 1} * p0") for k in range(20)]
>>> lines[0].shape, lines[0].numbers
('v# = v# * p#', (3, 1, 0))
>>> repeats_of(lines, 0, len(lines), fewest=10)
[Repeat(start=0, period=1, count=20)]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from autograd_tiny.replay.operations import ABSENT, NARY
from autograd_tiny.replay.tape import Tape

NAME: Final = re.compile(r"\b(d?v|g?[vxpc]|t[vxpc])(\d+)(_\d+)?\b")
"""A name that numbers tell apart: of a value, a leaf, a gradient, or the total of one."""

TARGET: Final = re.compile(r"(?:(\([\w, ]+\)|\w+) (\+?=) |append\()")
"""The beginning of a line that may be repeated."""

FEWEST: Final = 8
"""The fewest repetitions of a loop."""

CANDIDATES: Final = 6
"""The most periods that are tried."""

ALIKE: Final = 6
"""How many operations in a row must be alike to count as a repetition."""

LONG: Final = 40
"""The fewest operations of a repetition that is as fast in a loop as written out."""

OFTEN: Final = 96
"""The fewest repetitions that make up for the lines before and after a loop."""

HUGE: Final = 100_000
"""From so many operations on, any repetition is a loop: to compile them would take seconds and gigabytes."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Some lines, repeated.

    Attributes:
        start: the first line of the first repetition.
        period: the lines of one.
        count: of repetitions.
    """

    start: int
    period: int
    count: int


class Line:
    """A line, its names split into families and numbers.

    Attributes:
        text: as it is.
        families: of the names, with # for the number.
        numbers: of the names.
        shape: the text with # for numbers; None if the line cannot be repeated.
        targets: how many of its names, the first ones, are assigned.
        adds: whether they are added to.
        key: its shape, and which parameters it reads.
    """

    __slots__ = ("adds", "families", "key", "numbers", "shape", "targets", "text")

    def __init__(self, text: str) -> None:
        match = TARGET.match(text)
        self.text = text
        found = NAME.findall(text)
        self.families = tuple(f"{kind}#{part}" for kind, _, part in found)
        self.numbers = tuple(int(number) for _, number, _ in found)
        self.shape = NAME.sub(r"\1#\3", text) if match else None
        self.targets = len(NAME.findall(match[1])) if match and match[1] else 0
        self.adds = bool(match) and match[2] == "+="  # type: ignore[index]  # bool(match): there is one
        parameters = (n for f, n in zip(self.families, self.numbers, strict=True) if f.endswith("p#"))
        self.key: Hashable = (self.shape, *parameters)


def period_of(tape: Tape) -> int:
    """Return the number of operations of a repetition that is worth a loop; 0 if a tape has none.

    A repetition has the same rows, constants and parameters, or, if each has parameters of its own, the same rows.
    """
    operations = tape.operations
    if len(operations) < LONG * OFTEN:
        return 0
    rows, x, y = (np.array(codes, np.int64) for codes in (operations.codes, operations.firsts, operations.seconds))
    x[y == NARY] = 0
    constants = np.unique(np.array([*operations.constants, 0.0]), return_inverse=True)[1]
    reads = [rows]
    for z in (x, y):
        is_leaf, is_constant = (tape.inputs <= z) & (z < tape.leaves), (z < 0) & (z > max(ABSENT, NARY))
        reads.append(
            np.where(is_leaf, z + len(constants), np.where(is_constant, constants[-1 - z * is_constant], -1))
        )
    return _period_of(_mixed(reads)) or _period_of(rows)


def _period_of(keys: Any) -> int:
    size = len(keys)
    alike = _mixed([keys[k : size - ALIKE + k] for k in range(ALIKE)])
    order = np.argsort(alike, kind="stable")
    gap_of = np.diff(order) * (np.diff(alike[order]) == 0)
    gaps, counts = np.unique(gap_of, return_counts=True)
    best = np.argmax(gaps * counts)
    period = int(gaps[best])
    if not period:
        return 0
    starts = order[:-1][gap_of == period]
    repetitions = int(starts.max() - starts.min()) // period + 2
    fewest = FEWEST if size >= HUGE else OFTEN if period >= LONG else size
    return period if repetitions >= fewest and 2 * counts[best] >= (repetitions - 1) * period else 0


def _mixed(keys: Sequence[Any]) -> Any:
    """Return one number for several, nearly always another for others; it wraps."""
    mixed = np.zeros_like(keys[0])
    for key in keys:
        mixed = mixed * 1_000_003 + key
    return mixed


def repeats_of(lines: Sequence[Line], start: int, stop: int, fewest: int) -> list[Repeat]:
    """Return the repetitions in a range of lines, in order: the one of most lines, then those before and after.

    Args:
        lines: of a function.
        start: of the range.
        stop: of the range.
        fewest: the fewest lines of all repetitions of one.
    """
    if stop - start < fewest:
        return []
    gaps: Counter[int] = Counter()
    last: dict[Hashable, int] = {}
    for i in range(start, stop):
        for key in (lines[i].shape, lines[i].key):
            gaps[i - last.get(key, i)] += 1
            last[key] = i
    del gaps[0]
    periods = sorted(gaps, key=lambda gap: -gap * gaps[gap])[:CANDIDATES]
    found = [_longest(lines, start, stop, period) for period in periods]
    best = max(found, key=lambda x: (x.count * x.period, -x.period), default=Repeat(start, 1, 0))
    if best.count < FEWEST or best.count * best.period < fewest:
        return []
    end = best.start + best.count * best.period
    return [*repeats_of(lines, start, best.start, fewest), best, *repeats_of(lines, end, stop, fewest)]


def _longest(lines: Sequence[Line], start: int, stop: int, period: int) -> Repeat:
    """Return the longest repetition of a period."""
    best, first = Repeat(start, period, 0), start
    for i in range(start, stop - 2 * period + 1):
        if i == stop - 2 * period or not _grow_evenly(lines[i], lines[i + period], lines[i + 2 * period]):
            count = (i - first) // period + 2
            if i > first and count > best.count:
                best = Repeat(first, period, count)
            first = i + 1
    return best


def _grow_evenly(x: Line, y: Line, z: Line) -> bool:
    return (
        x.shape is not None
        and x.shape == y.shape == z.shape
        and all(a + c == 2 * b for a, b, c in zip(x.numbers, y.numbers, z.numbers, strict=True))
    )
