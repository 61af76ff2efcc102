"""Name the numbers that a group of a plan reads: a slice, a broadcast or a gather of inputs, parameters or a group.

>>> form_of([4, 5, 6]), form_of([0, 0, 1, 1]), form_of([0, 1, 0, 1]), form_of([3, 9, 4])
(('slice', 1, 3), ('each', 1, 2, 2), ('tiled', 1, 2, 2), ('list', 6, 1))
>>> indexed("v1", ("", 4), ("slice", 1, 3), size=8), indexed("v1", ("", 0), ("slice", 1, 8), size=8)
('v1[4:7]', 'v1')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final

from autograd_tiny.replay.groups import ONE
from autograd_tiny.replay.plan import Plan

INPUTS, PARAMETERS, OTHERS, CONSTANTS = (k - 10**12 for k in range(4))
"""The sources that are not groups; less than all differences of the indices of groups."""
LETTERS: Final = {INPUTS: "x", PARAMETERS: "p", OTHERS: "c"}
LISTED: Final = 4
"""The most positions, or runs of several sources, that are listed one by one."""

Form = tuple[Any, ...]
"""How positions follow from the first: its kind, and numbers."""
GATHERED: Final[Form] = ("gather",)


@dataclass(frozen=True, slots=True)
class Reference:
    """Numbers of one source.

    Attributes:
        source: the index of a group, or one of INPUTS, PARAMETERS, OTHERS and CONSTANTS.
        start: the position of the first number in its source; of a constant, the number.
        form: of the positions.
    """

    source: int
    start: float
    form: Form


class References:
    """Finds references.

    Args:
        plan: whose numbers are referred to.
    """

    def __init__(self, plan: Plan) -> None:
        tape = plan.tape
        self.constants = {ONE: 1.0, **plan.program.constants}
        self.sizes = {INPUTS: tape.inputs, PARAMETERS: tape.parameters, OTHERS: len(tape.others)}
        self._places: dict[int, tuple[int, int]] = {}
        first = 0
        for source, size in self.sizes.items():
            self._places.update((first + k, (source, k)) for k in range(size))
            first += size
        for index, group in enumerate(plan.groups):
            self.sizes[index] = len(group.nodes)
            self._places.update((node, (index, k)) for k, node in enumerate(group.nodes))

    def to(self, operands: Sequence[Any]) -> tuple[Reference, ...]:
        """Return the references to operands, numbers of the program by their names or constants, one for each run.

        Many short runs of several sources are gathered: the references are to these sources.
        """
        runs = [(source, list(run)) for source, run in groupby(map(self._place, operands), itemgetter(0))]
        if len(runs) > LISTED:
            return tuple(Reference(source, 0, GATHERED) for source in dict.fromkeys(source for source, _ in runs))
        return tuple(self._reference(source, [position for _, position in run]) for source, run in runs)

    @staticmethod
    def _reference(source: int, positions: Sequence[Any]) -> Reference:
        if source == CONSTANTS:
            return Reference(source, positions[0], ("number" if len(set(positions)) == 1 else "numbers",))
        return Reference(source, positions[0], form_of(positions))

    def _place(self, x: Any) -> tuple[int, float]:
        """Return the source of an operand, and its position there; of a constant its number."""
        number = self.constants.get(x) if type(x) is int else x
        return self._places[x] if number is None else (CONSTANTS, number)


def form_of(positions: Sequence[int]) -> Form:
    """Return how positions follow from the first."""
    count, first = len(positions), positions[0]
    step = positions[1] - first if count > 1 else 0
    if _is_even(positions, step):
        return ("slice", step, count) if step else ("same",)
    run = next(k for k in range(count) if positions[k + 1] - positions[k] != step) + 1
    if count % run == 0:
        heads = positions[::run]
        between = heads[1] - first
        rows = [positions[k : k + run] for k in range(0, count, run)]
        if _is_even(heads, between) and all(_is_even(row, step) for row in rows):
            kind = "each" if step == 0 else "tiled" if between == 0 else "blocks"
            return {
                "each": (kind, between, len(heads), run),
                "tiled": (kind, step, run, len(heads)),
                "blocks": (kind, step, run, between),
            }[kind]
    return ("list", *(x - first for x in positions[1:])) if count <= LISTED else GATHERED


def _is_even(positions: Sequence[int], step: int) -> bool:
    return all(y - x == step for x, y in pairwise(positions))


def shape_of(count: int, forms: Sequence[Form]) -> str:
    """Return the shape of a group, given the forms of what it reads: that of broadcasts, if there is one.

    Numbers that may differ from repetition to repetition have a # in front.
    """
    shapes = {(form[2], form[3]) if form[0] == "each" else (form[3], form[2]) for form in forms if _broadcasts(form)}
    if len(shapes) == 1:
        return "(#{}, #{})".format(*shapes.pop())
    return f"(#{count})" if count > 1 else ""


def _broadcasts(form: Form) -> bool:
    return form[0] in {"each", "tiled"}


def indexed(name: str, start: tuple[str, int], form: Form, *, size: int) -> str:
    """Return the text of a reference.

    Args:
        name: of the source.
        start: the position of the first number, as a term that grows, such as 2k, and a number.
        form: of the positions.
        size: of the source.
    """
    kind, *numbers = form
    if kind == "same":
        return name if size == 1 else f"{name}[{position_text(start)}]"
    if kind == "list":
        return f"{name}[{', '.join(position_text(start, x) for x in (0, *numbers))}]"
    if kind == "gather":
        return f"{name}[…]"
    step, count = numbers[:2]
    part = _slice(start, step, count)
    if kind == "blocks":
        return f"{name}[{part}, {_slice((start[0], start[1] + numbers[2]), step, count)}, …]"
    text = name if (start, step, count) == (("", 0), 1, size) else f"{name}[{part}]"
    return text + {"slice": "", "each": "[:, None]", "tiled": "[None, :]"}[kind]


def _slice(start: tuple[str, int], step: int, count: int) -> str:
    last = step * (count - 1)
    is_down_to_0 = step < 0 and not start[0] and start[1] + last == 0
    stop = "" if is_down_to_0 else position_text(start, last + (1 if step > 0 else -1))
    return f"{position_text(start)}:{stop}" + f":{step}" * (step != 1)


def position_text(start: tuple[str, int], by: int = 0) -> str:
    """Return a position as text.

    >>> position_text(("", 4)), position_text(("2k", 0)), position_text(("2k", 0), -1)
    ('4', '2k', '2k - 1')
    """
    term, number = start[0], start[1] + by
    if not term:
        return str(number)
    if term.startswith("-") and number > 0:
        return f"{number} - {term[1:]}"
    return f"{term} + {number}" if number > 0 else f"{term} - {-number}" if number else term
