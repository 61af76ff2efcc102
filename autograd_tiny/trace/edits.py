"""What if a leaf had another number? Everything computed anew, and what changed.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> (a * b).relu().trace().set(b, 1.0)
with b = 1 (was -3), L = 2 (was 0)
  node   value  gradient
  a          2     0 → 1
  b     -3 → 1     0 → 2
  v1    -6 → 2     0 → 1
  L      0 → 2         1
  L = relu(v1) crossed a kink: the gradient passes to v1 now (the partial was 0, is 1)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.edges import Edges
from autograd_tiny.trace.kinks import Crossing, crossings
from autograd_tiny.trace.passes import Pass, differ
from autograd_tiny.trace.rules import Names
from autograd_tiny.trace.sentences import CROSSING

MOST: Final = 20
"""How many nodes are shown, and how many crossings."""


@dataclass(frozen=True, slots=True)
class Change:
    """The numbers of one node, before and after.

    Attributes:
        node: its name.
        value_before: its number.
        value: the new one.
        gradient_before: its gradient at the end of the backward pass.
        gradient: the new one.
    """

    node: str
    value_before: float
    value: float
    gradient_before: float
    gradient: float


@dataclass(frozen=True, slots=True, repr=False)
class Changes:
    """What another number for a leaf changed.

    Attributes:
        leaf: the change of the leaf itself.
        root: the change of the root.
        nodes: every node whose value or gradient changed, in topological order.
        crossings: the nodes that are on another side of a kink.
        unseen: those of `nodes` whose value changed though their partials were and are 0, as that of `floor` is.
    """

    leaf: Change
    root: Change
    nodes: tuple[Change, ...]
    crossings: tuple[Crossing, ...]
    unseen: tuple[Change, ...] = ()

    def __repr__(self) -> str:
        lines = [f"with {_was(self.leaf)}, {_was(self.root)}"]
        rows = [("node", "value", "gradient"), *map(_row, self.nodes[:MOST])] if self.nodes else []
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines += [_line(row, widths) for row in rows]
        if len(self.nodes) > MOST:
            lines.append(f"  … and {len(self.nodes) - MOST} more nodes")
        lines += [f"  {crossing}" for crossing in self.crossings[:MOST]]
        if len(self.crossings) > MOST:
            lines.append(f"  … and {len(self.crossings) - MOST} more nodes crossed a kink")
        if self.unseen:
            lines.append(f"  {_unseen(self.unseen)}")
        return "\n".join(lines)


def changes(edges: Edges, before: Pass, after: Pass, names: Names, leaf: int) -> Changes:
    """Return what differs between two passes."""

    def change(x: int) -> Change:
        gradients = before.gradients[x], after.gradients[x]
        return Change(names[edges.nodes[x]], before.values[x], after.values[x], *gradients)

    changed = [
        x
        for x in range(len(edges.nodes))
        if differ(before.values[x], after.values[x]) or differ(before.gradients[x], after.gradients[x])
    ]
    crossed = crossings(edges, before, after, names)
    known = {crossing.node for crossing in crossed}
    unseen = [
        change(z) for z in changed if names[edges.nodes[z]] not in known and _is_unseen(edges, before, after, z)
    ]
    return Changes(
        change(leaf), change(len(edges.nodes) - 1), tuple(map(change, changed)), tuple(crossed), tuple(unseen)
    )


def _is_unseen(edges: Edges, before: Pass, after: Pass, z: int) -> bool:
    """Tell whether the value of a recorded node changed though the partials for all that changed it are 0."""
    here = range(edges.first[z], edges.first[z] + len(edges.nodes[z].inputs))
    moved = [edge for edge in here if differ(before.values[edges.target[edge]], after.values[edges.target[edge]])]
    flat = all(before.partials[edge] == 0.0 == after.partials[edge] for edge in moved)
    return bool(moved) and flat and differ(before.values[z], after.values[z])


def _unseen(changes: tuple[Change, ...]) -> str:
    """Return what happened to the first of such nodes, and the number of the others."""
    first = changes[0]
    others = f"; so did {len(changes) - 1} more" if len(changes) > 1 else ""
    before, after = format_number(first.value_before), format_number(first.value)
    return CROSSING["unseen"].format(z=first.node, before=before, after=after) + others


def _was(change: Change) -> str:
    before = f"was {format_number(change.value_before)}" if differ(change.value_before, change.value) else "as before"
    return f"{change.node} = {format_number(change.value)} ({before})"


def _row(change: Change) -> tuple[str, str, str]:
    values = _arrow(change.value_before, change.value)
    return change.node, values, _arrow(change.gradient_before, change.gradient)


def _arrow(before: float, after: float) -> str:
    return f"{format_number(before)} → {format_number(after)}" if differ(before, after) else format_number(after)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers = row
    columns = [name.ljust(widths[0]), *map(str.rjust, numbers, widths[1:])]
    return "  " + "  ".join(columns)
