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
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise, takewhile
from typing import Any, Final, NamedTuple, overload

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, shorten
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.trace.errors import ProfileError
from autograd_tiny.trace.fact_texts import PROFILE
from autograd_tiny.trace.name_ranges import NUMBERED, list_names, range_text
from autograd_tiny.trace.passes import SEED
from autograd_tiny.trace.profile_chart import chart, three_digits
from autograd_tiny.trace.stepper import Stepper

STRONG: Final = 1000.0
"""Gradients vanish or explode if the mean size of the last row differs from that of the first by this factor."""
STEADY: Final = 0.75
"""And if at least this part of the rows differs from the row before in the same direction."""
FEWEST: Final = 3
"""And if there are at least so many rows."""
MOST_ROWS: Final = 20
"""The largest number of rows of distances, unless `every` is given."""
RECTIFIERS: Final = frozenset({"relu", "relu6", "hardtanh", "hardsigmoid", "hardswish", "threshold"})
"""Activations with a flat part, where a unit is dead."""
KINDS: Final = ("layer", "module", "depth")
UNITS: Final = {"depth": PROFILE["distance"], "nodes": "step"}
"""What a factor is per, where it is not per kind of row."""
MANY: Final = 200
"""Of more nodes, only the names of so many are looked at for a list of names."""
SEPARATOR: Final = ".."
"""What is between the ends of a range."""


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


class Group(NamedTuple):
    """Nodes by their positions; `place` is that of the group along the backward pass, None for the others."""

    name: str
    place: int | None
    nodes: Sequence[int]


def profile(trace: Stepper, by: str | None, *, every: int | None, at_cursor: bool) -> Profile:
    """Return the sizes of the gradients in groups, as `Trace.profile` describes them."""
    kind, groups = profile_groups(trace, by, every)
    sizes, unfinished = sizes_of(trace, at_cursor=at_cursor)
    rows = [_row(group, sizes, unfinished) for group in groups]
    return Profile(kind, trace.names[trace.root], rows, list(_remarks(trace, kind, groups, rows, unfinished)))


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


# ── groups ──


def profile_groups(trace: Stepper, by: str | None = None, every: int | None = None) -> tuple[str, list[Group]]:
    """Return what the rows are, and the groups from the root down."""
    _require_arguments(by, every)
    if by is not None and by not in KINDS:
        return "nodes", _by_name(trace, by, every)
    if by == "depth" or (by is None and every is not None):
        return "depth", _by_distance(trace, every)
    groups = _by_module(trace, by or "layer")
    named = sum(group.place is not None for group in groups)
    if by is None and named < 2:
        return "depth", _by_distance(trace, every)
    if not named:
        raise ProfileError(
            f"the graph of {trace.names[trace.root]} has no {by}s, which are read from labels such as "
            "layers[0].neurons[1].w[0]; measure by depth"
        )
    if every is not None:
        raise ProfileError(f"a row is one {by}; by {every} goes with depth, or with a range of names")
    return by or "layer", groups


def _require_arguments(by: str | None, every: int | None) -> None:
    remedy = 'write "layer", "module", "depth" or a range of names such as "v400..v800"'
    if by is not None and not isinstance(by, str):
        raise OperandError("profile", by, expected="a text", remedy=remedy)
    if by is not None and by not in KINDS and SEPARATOR not in by:
        raise ProfileError(f"gradients are not measured by {shorten(by)}; {remedy}")
    if every is not None and (type(every) is not int or every < 1):
        remedy = "take a whole number from 1 on"
        raise OperandError("profile", every, expected="how many nodes or distances make a row", remedy=remedy)


def _layer(module: str) -> str:
    """Return the layer that a module is in: up to a part named layer or layers, else its outermost module.

    >>> _layer("encoder.layers[0].heads[1]"), _layer("blocks[2].attention"), _layer("")
    ('encoder.layers[0]', 'blocks[2]', '')
    """
    parts = split_module(module)
    depths = (depth for depth, part in enumerate(parts, start=1) if part.partition("[")[0] in {"layer", "layers"})
    return ".".join(parts[: next(depths, 1)])


def _by_module(trace: Stepper, kind: str) -> list[Group]:
    """Return the nodes of no layer or module, then those of each, the one with the last node first."""
    outer_of: dict[str, str] = {}
    members: dict[str, list[int]] = {}
    for x, module in enumerate(trace.modules.values()):
        if module not in outer_of:
            outer_of[module] = module if kind == "module" else _layer(module)
        members.setdefault(outer_of[module], []).append(x)
    others = [Group(f"no {kind}", None, members.pop(""))] if "" in members else []
    named = sorted(members, key=lambda name: members[name][-1], reverse=True)
    return [*others, *(Group(name, place, members[name]) for place, name in enumerate(named))]


def _by_distance(trace: Stepper, every: int | None) -> list[Group]:
    """Return computed nodes by their distance from the root; and the leaves, which may be used at many distances."""
    distances = trace.distances
    most = max((distances[z] for z in trace.edges.recorded), default=0)
    every = every or _round_number((most + 1) / MOST_ROWS)
    members: list[list[int]] = [[] for _ in range(most // every + 1)]
    for z in trace.edges.recorded:
        members[distances[z] // every].append(z)
    spans = [(start, min(start + every - 1, most)) for start in range(0, most + 1, every)]
    groups = [Group(_span(*span), span[0], nodes) for span, nodes in zip(spans, members, strict=True) if nodes]
    leaves = [x for x, node in enumerate(trace.nodes) if node.primitive is None]
    return [*groups, Group(PROFILE["leaves"], None, leaves)]


def _round_number(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... that is not below a number.

    >>> [_round_number(least) for least in (0.05, 1.1, 21.0, 500.0)]
    [1, 2, 50, 500]
    """
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= least:
                return digit * power
        power *= 10


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}{SEPARATOR}{last}"


def _by_name(trace: Stepper, text: str, every: int | None) -> list[Group]:
    """Return the nodes of a range of numbered names in groups of as many, that nearest to the root first.

    The groups follow each other along the backward pass only if their distances from the root grow.
    """
    names, distances = numbered_names(trace, text), trace.distances
    if distances[names[0][1]] > distances[names[-1][1]]:
        names.reverse()
    every = every or _round_number(len(names) / MOST_ROWS)
    parts = [(start, names[start : start + every]) for start in range(0, len(names), every)]
    is_along = all(distances[one[0][1]] < distances[next_one[0][1]] for (_, one), (_, next_one) in pairwise(parts))
    return [
        Group(range_text([name for name, _ in part]), start if is_along else None, [x for _, x in part])
        for start, part in parts
    ]


def numbered_names(trace: Stepper, text: str) -> list[tuple[str, int]]:
    """Return the nodes of a range such as v400..v800, v400..800 or w[0..63]: name and position, in their order.

    Raises:
        ProfileError: the text is not such a range, or the graph has fewer than two of its names.
    """
    left, _, right = text.partition(SEPARATOR)
    first, last = NUMBERED.fullmatch(left.strip()), NUMBERED.fullmatch(right.strip())
    if first is None or last is None or last[1] not in {"", first[1]} or first[3] not in {"", last[3]}:
        example = "write two names that differ in a number, as in v400..v800 or w[0..63]"
        raise ProfileError(f"{shorten(text)} is not a range of names; {example}")
    low, high = sorted((int(first[2]), int(last[2])))
    before, after = first[1], last[3]
    found = []
    for x, name in enumerate(trace.names.values()):
        if name.startswith(before) and name.endswith(after):
            digits = name[len(before) : len(name) - len(after)]
            if digits.isdecimal() and len(digits) < 16 and low <= int(digits) <= high:
                found.append((int(digits), name, x))
    if len(found) < 2:
        few = f"only {found[0][1]}" if found else "none"
        raise ProfileError(
            f"of the nodes {shorten(text)} the graph of {trace.names[trace.root]} has {few}; name two or more"
        )
    return [(name, x) for _, name, x in sorted(found)]


# ── remarks ──


def _remarks(
    trace: Stepper, kind: str, groups: Sequence[Group], rows: Sequence[ProfileRow], unfinished: set[int]
) -> Iterator[str]:
    """Yield what the numbers show, each as a sentence."""
    yield from _trend(kind, groups, rows)
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
        names = list_names([trace.names[trace.nodes[x]] for x in waiting[:MANY]], more=max(0, len(waiting) - MANY))
        yield PROFILE["unfinished"].format(count=len(waiting), total=total, names=names)


def _trend(kind: str, groups: Sequence[Group], rows: Sequence[ProfileRow]) -> Iterator[str]:
    """Yield that the sizes vanish or explode from row to row, and from which row on they are 0.

    The neurons of a layer do not follow each other, so modules have no trend.
    """
    if kind == "module":
        return
    ordered = [
        (group.place, row)
        for group, row in zip(groups, rows, strict=True)
        if group.place is not None and not row.unfinished
    ]
    sized = list(takewhile(lambda step: bool(step[1].mean) and not step[1].non_finite, ordered))
    (start, first), (end, last) = (sized[0], sized[-1]) if sized else ((0, None), (0, None))
    called = PROFILE["at distance"] if kind == "depth" else "{group}"
    if first and last and len(sized) >= FEWEST:
        trend = trend_of([row.mean or 0.0 for _, row in sized])
        if trend:
            yield PROFILE[trend].format(
                first=three_digits(first.mean),
                last=three_digits(last.mean),
                top=called.format(group=first.group),
                bottom=called.format(group=last.group),
                factor=three_digits(factor_of(first.mean or 1.0, last.mean or 1.0, end - start)),
                unit=UNITS.get(kind, kind),
            )
    rest = [] if any(row.unfinished for row in rows) else ordered[len(sized) :]
    if sized and rest and all(row.max == 0.0 and not row.non_finite for _, row in rest):
        yield PROFILE["zero from"].format(group=called.format(group=rest[0][1].group))


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


def units_of(trace: Stepper, nodes: Sequence[int]) -> list[Group]:
    """Return the units with a flat part among nodes: the activation of one neuron, for all examples.

    The parameters before an activation tell which neuron it belongs to. A unit has the name of its module if it is
    the only one in it, else that of its first node.
    """
    rows = {row for row in {node.primitive for node in trace.nodes} if row is not None and row.name in RECTIFIERS}
    target, first = trace.edges.target, trace.edges.first
    members: dict[int, list[int]] = {}
    for z in nodes if rows else ():
        row = trace.nodes[z].primitive
        if row not in rows or (row.arity > 1 and not isinstance(trace.nodes[z].operands[0], Value)):
            continue
        parameter = _first_parameter(trace, target[first[z]])
        members.setdefault(z if parameter is None else parameter, []).append(z)
    modules = {unit: trace.modules[trace.nodes[unit]] for unit in members}
    shared = Counter(modules.values())
    return [
        Group(module if module and shared[module] == 1 else trace.names[trace.nodes[zs[0]]], None, zs)
        for zs, module in zip(members.values(), modules.values(), strict=True)
    ]


def _first_parameter(trace: Stepper, x: int) -> int | None:
    """Return the position of the first input of a node that is a parameter of a module, None if there is none."""
    source, target = trace.edges.source, trace.edges.target
    edge = trace.edges.first[x]
    while edge < len(source) and source[edge] == x:
        node = trace.nodes[target[edge]]
        if node.primitive is None and "." in node.label:
            return target[edge]
        edge += 1
    return None


def is_dead(trace: Stepper, unit: Group) -> bool:
    """Return whether a unit passes no gradient at any of its nodes: the partial of each is 0."""
    partials, first = trace.events.numbers.partials, trace.edges.first
    return all(partials[first[z]] == 0.0 for z in unit.nodes)
