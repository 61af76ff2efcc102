"""Measure the size of gradients along a graph: by layer, by module, by distance from the root, or over named nodes.

>>> from autograd_tiny import Value
>>> h = Value(0.5, label="h0")
>>> for k in range(1, 7):
...     h = (h * 0.01).tanh()
...     h.label = f"h{k}"
>>> h.trace().profile("h1..h6", every=2)
nodes   count  mean size    median     max  1e-09          log scale           1
h6, h5      2      0.505     0.505       1  ██████████████████████████████████▉
h4, h3      2   5.05e-05  5.05e-05  0.0001  ██████████████████▉
h2, h1      2   5.05e-09  5.05e-09   1e-08  ██▉
Vanishing: the mean size falls from 0.505 (h6, h5) to 5.05e-09 (h2, h1), by a factor of 100 per step.

A remark is made where the numbers in the rows show it: `STRONG`, `STEADY` and `FEWEST` say when.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise, takewhile
from typing import Any, Final, overload

from autograd_tiny.errors import OperandError
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.trace.fact_texts import PROFILE
from autograd_tiny.trace.name_ranges import list_names
from autograd_tiny.trace.passes import SEED
from autograd_tiny.trace.profile_chart import chart, three_digits
from autograd_tiny.trace.profile_groups import Group, nodes_from, profile_groups, units_of
from autograd_tiny.trace.stepper import Stepper

STRONG: Final = 1000.0
"""Gradients vanish or explode if the mean size of the last row differs from that of the first by this factor."""
STEADY: Final = 0.75
"""And if at least this part of the rows differs from the row before in the same direction."""
FEWEST: Final = 3
"""And if there are at least so many rows."""
UNITS: Final = {"depth": PROFILE["distance"], "nodes": "step"}
"""The unit of a factor, where it is not the kind of row."""
MANY: Final = 200
"""Of more nodes, only the names of so many are looked at for a list of names."""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """The sizes |∂root/∂x| of the nodes x of one group.

    Attributes:
        group: the name of a layer or module, a range of distances, a range of names, or what is in none of these.
        count: how many nodes the group has.
        mean: of the finite sizes that have arrived; None if there are none.
        median: of the same.
        max: of the same.
        zeros: how many gradients that have arrived are 0.
        non_finite: how many are inf or nan.
        unfinished: to how many nodes contributions are still to come; at the end of the pass none.
    """

    group: str
    count: int
    mean: float | None
    median: float | None
    max: float | None
    zeros: int
    non_finite: int
    unfinished: int


class Profile(Sequence[ProfileRow]):
    """Rows from the root down, and remarks on them; a prompt shows them as a chart of 80 columns.

    Attributes:
        by: "layer", "module", "depth" or "nodes".
        root: the name of the root.
        rows: one for each group.
        remarks: sentences, each verified with the numbers in the rows before it is told.
    """

    __slots__ = ("by", "root", "rows", "remarks")

    def __init__(self, by: str, root: str, rows: Sequence[ProfileRow], remarks: Sequence[str] = ()) -> None:
        self.by, self.root, self.rows, self.remarks = by, root, tuple(rows), tuple(remarks)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> ProfileRow: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[ProfileRow, ...]: ...

    def __getitem__(self, place: int | slice) -> ProfileRow | tuple[ProfileRow, ...]:
        return self.rows[place]

    def sorted_by(self, column: str, *, descending: bool = True) -> Profile:
        """Return the same rows in the order of a column, rows without a number last.

        >>> from autograd_tiny import Value
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> [row.group for row in (a * b * 10.0).trace().profile("depth").sorted_by("mean")]
        ['leaves', '1', '0']
        """
        if column not in ProfileRow.__slots__:
            columns = f"one of {', '.join(ProfileRow.__slots__)}"
            raise OperandError("sorted_by", column, expected=columns, remedy="name a column")
        known = [row for row in self.rows if getattr(row, column) is not None]
        unknown = [row for row in self.rows if getattr(row, column) is None]
        known.sort(key=lambda row: getattr(row, column), reverse=descending)
        return Profile(self.by, self.root, [*known, *unknown], self.remarks)

    def as_json(self) -> dict[str, Any]:
        """Return names and numbers, for a program; a number that is not finite is a string.

        >>> from autograd_tiny import Value
        >>> Value(3.0, label="a").trace().profile().as_json()["rows"][0]["mean"]
        1.0
        """
        rows = [
            {name: json_number(field) if isinstance(field, float) else field for name, field in asdict(row).items()}
            for row in self.rows
        ]
        return {"by": self.by, "root": self.root, "rows": rows, "remarks": list(self.remarks)}

    def __repr__(self) -> str:
        return "\n".join([*(line.text for line in chart(self.by, self.rows)), *self.remarks])


def profile(trace: Stepper, by: str | None, *, every: int | None, at_cursor: bool) -> Profile:
    """Return the sizes of the gradients in groups, as `Trace.profile` describes them."""
    kind, groups = profile_groups(trace, by, every)
    sizes, unfinished = sizes_of(trace, at_cursor=at_cursor)
    rows = [_row(group, sizes, unfinished) for group in groups]
    return Profile(
        kind,
        trace.names[trace.root],
        rows,
        list(_remarks(trace, kind, groups, rows, sizes=sizes, unfinished=unfinished)),
    )


# ── numbers ──


def sizes_of(trace: Stepper, *, at_cursor: bool) -> tuple[list[float | None], set[int]]:
    """Return the size of each gradient, None where none has arrived, and the nodes that wait for contributions."""
    numbers, edges = trace.events.numbers, trace.edges
    if not at_cursor or trace.cursor == len(trace):
        return list(map(abs, numbers.gradients)), set()
    sizes: list[float | None] = [None] * len(trace.nodes)
    done = trace.edges_done
    for x, total in zip(edges.target[:done], numbers.sums[:done], strict=True):
        sizes[x] = abs(total)
    unfinished = set(edges.target[done:])
    if trace.cursor > trace.events.forward:
        sizes[-1] = SEED
    else:
        unfinished.add(len(sizes) - 1)
    return sizes, unfinished


def _row(group: Group, sizes: Sequence[float | None], unfinished: set[int]) -> ProfileRow:
    arrived = [size for x in group.nodes if (size := sizes[x]) is not None]
    finite = sorted(filter(math.isfinite, arrived))
    waiting = sum(x in unfinished for x in group.nodes) if unfinished else 0
    mean = median = most = None
    if finite:
        most, half = finite[-1], len(finite) // 2
        mean = _mean(finite)
        median = finite[half] if len(finite) % 2 else finite[half - 1] + (finite[half] - finite[half - 1]) / 2.0
    zeros, not_finite = bisect_right(finite, 0.0), len(arrived) - len(finite)
    return ProfileRow(group.name, len(group.nodes), mean, median, most, zeros, not_finite, waiting)


def _mean(sizes: Sequence[float]) -> float:
    """Return the mean of sizes in order, also where their sum is beyond the range of floats.

    >>> _mean([1e308, 1e308])
    1e+308
    """
    try:
        return math.fsum(sizes) / len(sizes)
    except OverflowError:
        return sizes[-1] * (math.fsum(size / sizes[-1] for size in sizes) / len(sizes))


# ── remarks ──


def _remarks(
    trace: Stepper,
    kind: str,
    groups: Sequence[Group],
    rows: Sequence[ProfileRow],
    *,
    sizes: Sequence[float | None],
    unfinished: set[int],
) -> Iterator[str]:
    """Yield what the numbers show, each as a sentence."""
    yield from _trend(trace, kind, groups, rows, sizes)
    nodes = sorted(x for group in groups for x in group.nodes)
    units = units_of(trace, nodes)
    dead = [unit.name for unit in units if is_dead(trace, unit)]
    if dead:
        yield PROFILE["dead units"].format(dead=len(dead), units=len(units), names=list_names(dead))
    total, zeros = len(nodes), sum(row.zeros for row in rows)
    not_finite, waiting = sum(row.non_finite for row in rows), [x for x in nodes if x in unfinished]
    if zeros:
        yield PROFILE["zeros"].format(zeros=zeros, total=total)
    if not_finite:
        yield PROFILE["not finite"].format(count=not_finite, total=total)
    if waiting:
        waiting.reverse()
        names = list_names(
            [trace.written_name(trace.nodes[x]) for x in waiting[:MANY]], more=max(0, len(waiting) - MANY)
        )
        yield PROFILE["unfinished"].format(count=len(waiting), total=total, names=names)


def _trend(
    trace: Stepper, kind: str, groups: Sequence[Group], rows: Sequence[ProfileRow], sizes: Sequence[float | None]
) -> Iterator[str]:
    """Yield that the sizes vanish or explode from row to row, and from which row on they are 0.

    "From ... on" includes nodes that are as far in other rows, such as leaves. The neurons of a layer do not follow
    each other, so modules have no trend.
    """
    if kind == "module":
        return
    ordered = [
        (group, row)
        for group, row in zip(groups, rows, strict=True)
        if group.place is not None and not row.unfinished
    ]
    sized = list(takewhile(lambda step: bool(step[1].mean) and not step[1].non_finite, ordered))
    if len(sized) >= FEWEST:
        (start, first), (end, last) = sized[0], sized[-1]
        trend = trend_of([row.mean or 0.0 for _, row in sized])
        if trend:
            yield PROFILE[trend].format(
                first=three_digits(first.mean),
                last=three_digits(last.mean),
                top=_called(kind, start),
                bottom=_called(kind, end),
                factor=three_digits(factor_of(first.mean or 1.0, last.mean or 1.0, _places(start, end))),
                unit=UNITS.get(kind, kind),
            )
    rest = [] if any(row.unfinished for row in rows) else ordered[len(sized) :]
    if sized and rest and all(row.max == 0.0 and not row.non_finite for _, row in rest):
        first_zero, last_zero = rest[0][0], rest[-1][0]
        farther = nodes_from(trace, [group for group, _ in rest])
        farther.difference_update(*(group.nodes for group, _ in sized))
        key = "zero from" if not any(sizes[x] for x in farther) else "zero rows" if len(rest) > 1 else "zero row"
        yield PROFILE[key].format(group=_called(kind, first_zero), last=_called(kind, last_zero))


def _called(kind: str, group: Group) -> str:
    """Return the name of a group in a sentence."""
    return PROFILE["at distance"].format(group=group.name) if kind == "depth" else group.name


def _places(start: Group, end: Group) -> int:
    """Return how many steps along the backward pass are between two groups that have places."""
    return (end.place or 0) - (start.place or 0)


def trend_of(sizes: Sequence[float]) -> str | None:
    """Return "vanishing" or "exploding" if positive sizes fall or grow strongly and steadily, else None.

    >>> trend_of([1.0, 0.01, 0.0001]), trend_of([1.0, 0.5, 0.25]), trend_of([1.0, 1e-9, 1.0, 1e-4])
    ('vanishing', None, None)
    """
    steps = [math.log(after) - math.log(before) for before, after in pairwise(sizes)]
    change = math.log(sizes[-1]) - math.log(sizes[0])
    if abs(change) < math.log(STRONG) or sum(step * change > 0.0 for step in steps) < STEADY * len(steps):
        return None
    return "vanishing" if change < 0.0 else "exploding"


def factor_of(first: float, last: float, steps: int) -> float:
    """Return the factor, at least 1, by which sizes differ from step to step on average."""
    return math.exp(abs(math.log(last) - math.log(first)) / steps)


def is_dead(trace: Stepper, unit: Group) -> bool:
    """Return whether a unit passes no gradient at any of its nodes: the partial of each is 0."""
    partials, first = trace.events.numbers.partials, trace.edges.first
    return all(partials[first[z]] == 0.0 for z in unit.nodes)
