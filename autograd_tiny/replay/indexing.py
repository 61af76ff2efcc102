"""Note the indices that a recorded function takes from numbers, such as i of `E[i]`.

Python asks a number for an integer before it takes an element, so no node can come from there. The recorder answers
with the number of the example, or with another one that it was told, and notes who asked; `index_runs` runs the
function for all of them, and `generalization` finds the elements that depend on them. The row `ELEMENT_AT` takes one.

>>> element_at([5.0, 6.0, 7.0], -1.0)
7.0
"""

from __future__ import annotations

import dis
import linecache
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from autograd_tiny.errors import PositionError, RecordError
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.user_frames import user_frame_of

SUBSCRIPT, SLICE = dis.opmap.get("BINARY_SUBSCR"), dis.opmap["BUILD_SLICE"]  # Python 3.14 lacks the first


def element_at(xs: Sequence[float], index: float) -> float:
    """Return an element of a list, from its end for a negative index, as Python does.

    Raises:
        PositionError: the list does not have it.
    """
    if index % 1.0 or not -len(xs) <= index < len(xs):
        raise PositionError(ELEMENT_AT.symbol, index, len(xs), takes_negative=True)
    return xs[int(index)]


def _partials(xs: Sequence[float], index: float, z: float) -> tuple[list[float], float]:
    partials = [0.0] * len(xs)
    partials[int(index)] = 1.0
    return partials, 0.0


def contributions_to_elements(xs: Sequence[float], index: float, upstream: float) -> list[float]:
    """Return the contributions to the elements and the index: those that are not taken get 0, not 0 · inf.

    >>> contributions_to_elements([5.0, 6.0], 1.0, 2.0)
    [0.0, 2.0, 0.0]
    """
    contributions = [0.0] * (len(xs) + 1)
    contributions[int(index) % len(xs)] = upstream
    return contributions


ELEMENT_AT: Final = Primitive(
    "element_at",
    "element_at({*xs}, {index})",
    element_at,
    _partials,
    symbol="list",
    domain=(),
    kinks={},
    source="",
    defaults={},
    latex="",
)
"""An element of a list. Only recorders make it; it is not in the table."""


@dataclass(frozen=True, slots=True)
class Index:
    """An integer that a number was asked for.

    Attributes:
        node: the number.
        file, line, code: the place.
    """

    node: Any
    file: str
    line: int
    code: str


FOR_COUNTS: Final = (
    "for a count, loop up to the largest count, and leave out the rest by where(k < n, term, 0.0), or record one "
    "program for each count; for an index, take a list of Values, or one-hot inputs: dot(one_hot, row)"
)
AS_COUNT: Final = ("a number was used as a count, or as an index of what is not a list", FOR_COUNTS)
"""The problem and the remedy where Python asks for an integer other than the position of an element."""


def index_of(node: Any, asking: FrameType) -> Index:
    """Return the index that Python asks a number for.

    Args:
        node: the number.
        asking: the frame whose instruction asks.

    Raises:
        RecordError: it is not the index of one element, but a count, or a bound of a slice.
    """
    if not _takes_an_element(asking.f_code.co_code, asking.f_lasti):
        raise RecordError(*AS_COUNT)
    frame = user_frame_of(asking)
    file, line = frame.f_code.co_filename, frame.f_lineno
    return Index(node, file, line, linecache.getline(file, line).strip())


def whole(number: float) -> int:
    """Return a number as an integer.

    Raises:
        RecordError: it is not whole.
    """
    if number % 1.0:  # nan too
        raise RecordError(
            f"a number that is not whole was used as an index (it is {number!r})", "record with whole numbers there"
        )
    return int(number)


def _takes_an_element(code: bytes, place: int) -> bool:
    """Return whether an instruction takes an element, and no slice, which Python before 3.12 makes just before."""
    return code[place] == SUBSCRIPT and (place < 2 or code[place - 2] != SLICE)
