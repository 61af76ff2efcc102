"""Group the nodes of a graph: by layer, by module, by distance from the root, by name, and by unit of a network.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> profile_groups((a * a + a).trace())
('depth', [Group(name='0', place=0, nodes=[2]), Group(name='1', place=1, nodes=[1]), Group(name='leaves', ...)])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, shorten
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.trace.errors import ProfileError
from autograd_tiny.trace.fact_texts import PROFILE
from autograd_tiny.trace.name_ranges import NUMBERED, range_text, ranges_of
from autograd_tiny.trace.stepper import Stepper

MOST_ROWS: Final = 20
"""The largest number of rows of distances, unless `every` is given."""
RECTIFIERS: Final = frozenset({"relu", "relu6", "hardtanh", "hardsigmoid", "hardswish", "threshold"})
"""Activations with a flat part, where a unit is dead."""
KINDS: Final = ("layer", "module", "depth")
SEPARATOR: Final = ".."
"""The text between the ends of a range."""


class Group(NamedTuple):
    """Nodes by their positions; `place` is that of the group along the backward pass, None for the others."""

    name: str
    place: int | None
    nodes: Sequence[int]


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
            f"the graph of {trace.written_name(trace.root)} has no {by}s, which are read from labels such as "
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
            outer_of[module] = printable(module if kind == "module" else _layer(module))
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


def nodes_from(trace: Stepper, groups: Sequence[Group]) -> set[int]:
    """Return the nodes that are at least as far from the root as the nearest of some groups, by the shortest path.

    >>> a, b = Value(3.0, label="a"), Value(2.0, label="b")
    >>> trace = (a * a + b).trace()
    >>> len(nodes_from(trace, [Group("1", 1, [trace.position("v1")])]))  # a, b and v1
    3
    """
    distances = trace.distances
    nearest = min(distances[x] for group in groups for x in group.nodes)
    return {x for x, distance in enumerate(distances) if distance >= nearest}


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
        example = range_example(trace)
        remedy = f"write two names that differ in a number{f', as in {example}' if example else ''}"
        raise ProfileError(f"{shorten(text)} is not a range of names; {remedy}")
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
            f"of the nodes {shorten(text)} the graph of {trace.written_name(trace.root)} has {few}; name two or more"
        )
    return [(name, x) for _, name, x in sorted(found)]


def range_example(trace: Stepper) -> str:
    """Return a range of names that the graph has, empty if it has none.

    >>> a = Value(3.0, label="a")
    >>> range_example((a * a + a * 2.0 - a).trace())
    'v1..v3'
    """
    several = [names for names in ranges_of(list(trace.names.values())) if len(names) > 1]
    longest = max(several, key=len, default=None)
    return f"{longest[0]}{SEPARATOR}{longest[-1]}" if longest else ""


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
        Group(printable(module) if module and shared[module] == 1 else trace.names[trace.nodes[zs[0]]], None, zs)
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
