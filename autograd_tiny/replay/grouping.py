"""Group the steps of a program: those of the same kind and level are computed by one call.

The level of a step is the length of the longest path from the leaves, so steps of one level are independent. Dots of
each of several left sides with each of several right sides are a `Grid`, a matrix product; if both sides vary, as do
queries and keys, grids of one shape are `Batched`. The other dots and sums of a level are `Ragged`; if there are few
lengths, those of each length.

>>> from autograd_tiny import Value, dot
>>> from autograd_tiny.replay.fusion import fuse
>>> from autograd_tiny.replay.tape import tape_of
>>> weights, x = [[Value(float(i + j)) for i in range(3)] for j in range(2)], [Value(1.0), Value(2.0), Value(3.0)]
>>> neurons = [dot(w, x).tanh() for w in weights]
>>> tape = tape_of(neurons[0] * neurons[1], inputs=x, parameters=[*weights[0], *weights[1]])
>>> varying = tape.depends_on(0, 3)
>>> for group in grouped(fuse(tape, varying=varying), flows=tape.is_differentiated(3, 9)):
...     print(group)
2 dots × 3 inputs → matmul (2, 3) @ (3, batch)
2 × tanh
1 × mul
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.fusion import FusedTape, SumOfProducts
from autograd_tiny.replay.groups import ONE, Batched, Grid, Group, Groups, RowGroup, fits_grid, ragged
from autograd_tiny.replay.operations import NARY, packed

LEAST_WORK: Final = 64
"""The least number of products of a grid, if a level has more than a few grids."""
FEW: Final = 3
EXAMPLES: Final = 16
"""The usual least size of a batch."""

POWER: Final = frozenset({TABLE["pow_constant_exponent"], TABLE["pow_constant_base"]})


def levels_of(program: FusedTape) -> array[int]:
    """Return the level of every number: from 1 for steps, 0 for leaves."""
    levels = array("i", bytes(4 * len(program.varying)))
    steps, new, leaves = program.steps, program.steps.new, program.tape.leaves
    firsts, seconds = program.tape.operations.firsts, program.tape.operations.seconds
    for node in steps.order:
        level = 0
        if node in new or seconds[node - leaves] == NARY:
            for x in steps[node].inputs:
                level = max(level, levels[x])
        else:
            x, y = firsts[node - leaves], seconds[node - leaves]
            if x >= 0:
                level = levels[x]
            if y >= 0 and levels[y] > level:
                level = levels[y]
        levels[node] = level + 1
    return levels


def grouped(program: FusedTape, *, flows: Sequence[bool]) -> Groups:
    """Return the groups of a program, level by level.

    Args:
        program: the fused tape.
        flows: for each number whether gradients flow through it.
    """
    nodes = np.array(program.steps.order, np.intc)
    keys = 2 * np.array(levels_of(program))[nodes] + np.array(program.varying, bool)[nodes]
    order = keys.argsort(kind="stable")  # of a level uniform groups first: see `NumpyWriter.contribute`
    nodes = nodes[order]
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1, append=-1))
    kinds = _kinds(program, nodes, flows)
    least, most = (function.reduceat(kinds, starts[:-1]).tolist() for function in (np.minimum, np.maximum))
    sections, groups = packed("i", nodes), Groups(program, flows)
    for (start, stop), low, high in zip(pairwise(packed("i", starts)), least, most, strict=True):
        if stop - start == 1:
            groups.codes.append(sections[start])
        elif low == high >= 0:
            groups.append_operations(sections[start:stop])
        elif low >= 0:
            for part in _by_kind(sections[start:stop], kinds[start:stop].tolist()):
                groups.append_operations(part)
        else:
            for group in _of_section(program, sections[start:stop].tolist(), flows):
                groups.append(group)
    return groups


OTHER: Final = -1
"""The kind of steps that `_kind` compares."""


def _kinds(program: FusedTape, nodes: Any, flows: Sequence[bool]) -> Any:
    """Return for each step a number that those of its group on a level share, or OTHER.

    It tells operations of one or two operands of the tape apart as `_kind` does; arrays take a tenth of the time.
    """
    operations, leaves, varying = program.tape.operations, program.tape.leaves, np.array(program.varying, bool)
    is_other = np.zeros(len(varying), bool)
    is_other[list(program.steps.new)] = True
    is_other = is_other[nodes]
    places = np.where(is_other, 0, nodes - leaves)
    codes, firsts, seconds = (
        np.array(x)[places].astype(np.intc) for x in (operations.codes, operations.firsts, operations.seconds)
    )
    is_other |= (seconds == NARY) | np.array([row in POWER for row in operations.rows], bool)[codes]
    kinds = codes
    for operands in (firsts, seconds):
        kinds = 3 * kinds + np.where(operands >= 0, 1 + varying[np.maximum(operands, 0)], 0)
    return np.where(is_other, OTHER, 2 * kinds + np.array(flows, bool)[nodes])


def _by_kind(nodes: array[int], kinds: Sequence[int]) -> Iterable[array[int]]:
    """Return the numbers of each kind, in the order in which the kinds occur."""
    parts: dict[int, array[int]] = {}
    for node, kind in zip(nodes, kinds, strict=True):
        parts.setdefault(kind, array("i")).append(node)
    return parts.values()


def _of_section(program: FusedTape, nodes: list[int], flows: Sequence[bool]) -> Iterator[Group]:
    """Yield the groups of the steps of a level that vary, or of those that do not."""
    varying, varies = program.varying, program.varying[nodes[0]]
    sections: dict[tuple[Any, ...], dict[int, Any]] = {}
    for node, step in zip(nodes, map(program.steps.__getitem__, nodes), strict=True):
        key = flows[node], _kind(varying, step)
        if key in sections:
            sections[key][node] = step
        else:
            sections[key] = {node: step}
    for (flow, kind), steps in sections.items():
        if kind is None:
            yield from _combinations(program, steps, varying=varies, flows=flow)
        else:
            operands = zip(*[operands for _, operands in steps.values()], strict=True)
            yield RowGroup(tuple(steps), kind[0], tuple(operands), varies, flow)


def _kind(varying: Sequence[bool], step: Any) -> tuple[Any, ...] | None:
    """Return the key of a step's group: the row, and for each operand whether it varies; None for sums."""
    if type(step) is SumOfProducts:
        return None
    row, operands = step
    if row in POWER:
        return (row, *[varying[x] if type(x) is int else ("constant", x) for x in operands])
    if len(operands) == 2:  # as of most
        x, y = operands
        return row, varying[x] if type(x) is int else None, varying[y] if type(y) is int else None
    return (row, *[varying[x] if type(x) is int else None for x in operands])


def _combinations(program: FusedTape, steps: dict[int, Any], *, varying: bool, flows: bool) -> Iterable[Group]:
    """Yield the grids among the sums of products of a level, then the other dots, then the sums."""
    left = dict.fromkeys(steps)
    found: list[Grid | Batched] = _grids(program, steps, varying=varying, flows=flows)
    if varying:
        found += _batched(program, steps, flows=flows)
    for group in found:
        yield group
        for node in group.nodes:
            del left[node]
    for with_products in (True, False):
        chosen = [node for node in left if bool(steps[node].rights) == with_products]
        for part in _by_length(chosen, steps):
            yield ragged(part, steps, ONE if with_products else None, varying=varying, flows=flows)


def _by_length(nodes: Sequence[int], steps: dict[int, Any]) -> Iterable[list[int]]:
    """Return the sums of each length if there are few lengths, else all."""
    parts: dict[int, list[int]] = {}
    for node in nodes:
        parts.setdefault(len(steps[node].lefts) + len(steps[node].terms), []).append(node)
    return parts.values() if len(parts) <= FEW else [list(nodes)]


Side = tuple[int, ...]
"""One side of a dot."""


def _grids(program: FusedTape, steps: dict[int, Any], *, varying: bool, flows: bool) -> list[Any]:
    """Return the grids: right sides with the same left sides."""
    chosen = {
        node: (step.lefts, step.rights) for node, step in steps.items() if fits_grid(program, step, varying=varying)
    }
    kinds = {node: tuple(program.varying[x] for x in steps[node].terms) for node in chosen}
    columns, grids = _complete(chosen, kinds)
    found = []
    for (lefts, kind), rights in grids.items():
        work = len(lefts) * len(rights) * len(lefts[0]) * (EXAMPLES if varying else 1)
        if work >= LEAST_WORK or len(grids) <= FEW:
            nodes = tuple(columns[right, kind][left] for right in rights for left in lefts)
            added = tuple(term for node in nodes for term in steps[node].terms)
            constants = tuple(steps[node].constant for node in nodes)
            found.append(Grid(nodes, lefts, tuple(rights), added, constants, varying, flows))
    return found


def _batched(program: FusedTape, steps: dict[int, Any], *, flows: bool) -> list[Any]:
    """Return the dots both sides of which vary, grids of one shape together."""

    def fits(step: Any) -> bool:
        return (
            len(step.lefts) > 1
            and not step.terms
            and not step.constant
            and all(program.varying[x] for x in step.inputs)
        )

    chosen = {node: (step.rights, step.lefts) for node, step in steps.items() if fits(step)}
    rows, grids = _complete(chosen, dict.fromkeys(chosen))
    shapes: dict[tuple[int, int, int], list[tuple[list[Side], tuple[Side, ...]]]] = {}
    for (rights, _), lefts in grids.items():
        if len(lefts) * len(rights) > 1:
            shapes.setdefault((len(lefts), len(rights), len(rights[0])), []).append((lefts, rights))
    found = []
    for blocks in shapes.values():
        nodes = tuple(rows[left, None][right] for lefts, rights in blocks for left in lefts for right in rights)
        found.append(Batched(nodes, tuple(tuple(x) for x, _ in blocks), tuple(y for _, y in blocks), flows))
    return found


Columns = dict[tuple[Side, Any], dict[Side, int]]
"""For each second side and kind of dots, by the first side, their nodes."""


def _complete(
    sides: dict[int, tuple[Side, Side]], kinds: dict[int, Any]
) -> tuple[Columns, dict[tuple[tuple[Side, ...], Any], list[Side]]]:
    """Return the nodes of dots by their two sides; and by first sides the second sides that have all of them."""
    columns: Columns = {}
    for node, (first, second) in sides.items():
        columns.setdefault((second, kinds[node]), {}).setdefault(first, node)
    grids: dict[tuple[tuple[Side, ...], Any], list[Side]] = {}
    for (second, kind), column in columns.items():
        grids.setdefault((tuple(sorted(column)), kind), []).append(second)
    return columns, grids
