"""Count the kinks and jumps of a primitive between two points, and tell whether one of the points is at one.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> passages(TABLE["hardtanh"], [-5.0, -1.0, 1.0], [5.0, -1.0, 1.0])
Passages(kinks=2, jumps=0, is_complete=True, leaves='', reaches='')
>>> passages(TABLE["abs"], [-5.0], [0.0])
Passages(kinks=0, jumps=0, is_complete=True, leaves='', reaches='kink')
>>> words_for_passages("", passages(TABLE["remainder"], [0.5, 1.0], [3.5, 1.0]), "")
'crossed 3 jumps of its value'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.trace.crossed_kinks import (
    NARROW,
    Borders,
    Sides,
    finite,
    gap_between,
    is_tied,
    kind_at,
    sides_between,
)
from autograd_tiny.trace.decisions import decisions_at
from autograd_tiny.trace.fact_texts import CROSSING

SEVERAL: Final = 4
"""So many kinks are told as several."""


@dataclass(frozen=True, slots=True)
class Passages:
    """The kinks and jumps between two points.

    Attributes:
        kinks: how many are crossed, those at the points left out.
        jumps: the same of jumps of the value.
        is_complete: whether there are no more than these.
        leaves: "kink" or "jump" where the first point is at one, by its comparisons; else empty.
        reaches: the same of the last point.
    """

    kinks: int
    jumps: int
    is_complete: bool
    leaves: str
    reaches: str


def passages(
    primitive: Primitive, before: Sequence[float], after: Sequence[float], borders: Borders | None = None
) -> Passages:
    """Return the kinks and jumps on the straight line between two points; difference quotients confirm each.

    Args:
        primitive: of the table.
        before: its operands, those of lists one after another.
        after: others.
        borders: those of earlier calls.
    """
    crossed, leaves, reaches, end = [], "", "", list(map(finite, before))
    for left, right in _apart(sides_between(primitive, before, after, decisions_at, borders)):
        end, kind = right, kind_at(primitive, left, right, before, after)
        if not kind:
            continue
        if right == list(after) and is_tied(primitive, right):
            reaches = kind
        elif left == list(before) and is_tied(primitive, left):
            leaves = kind
        else:
            crossed.append(kind)
    is_complete = decisions_at(primitive, end) == decisions_at(primitive, list(map(finite, after)))
    return Passages(crossed.count("kink"), crossed.count("jump"), is_complete, leaves, reaches)


def _apart(found: Iterator[Sides]) -> Iterator[Sides]:
    """Yield borders, those that touch as one: a comparison may differ on both sides of a point, and at it."""
    last: Sides | None = None
    for left, right in found:
        if last is not None and gap_between(last[1], left) > NARROW * max(1.0, *map(abs, left)):
            yield last
            last = None
        last = (left if last is None else last[0]), right
    if last is not None:
        yield last


def words_for_passages(left: str, between: Passages, reached: str) -> str:
    """Return the words for the kinks on a way.

    Args:
        left: the kind of place at which the way begins, such as "kink", or empty.
        between: what is on the way.
        reached: the kind of place at which it ends, or empty.
    """
    crossed = [_counted("kink", between.kinks, between), _counted("jump", between.jumps, between)]
    places = {"left": left, "crossed": " and ".join(filter(None, crossed)), "reached": reached}
    return CROSSING["then"].join(CROSSING[way].format(place=place) for way, place in places.items() if place)


def _counted(kind: str, count: int, between: Passages) -> str:
    known = count if count < 2 or between.is_complete else SEVERAL
    return CROSSING[f"{kind}{min(known, SEVERAL)}"] if count else ""
