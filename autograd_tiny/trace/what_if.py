"""Compare a pass with one in which a leaf has another number: values, gradients, and kinks that were crossed.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> (a * b).relu().trace().set(b, 1.0)
with b = 1 (was -3), L = 2 (was 0)
  node   value  gradient
  a          2     0 → 1
  b     -3 → 1     0 → 2
  v1    -6 → 2     0 → 1
  L      0 → 2         1
  L = relu(v1) crossed a kink: it passes a gradient to v1 now (the partial was 0, is 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from math import isfinite, isinf, isnan
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.support.display_width import display_width, pad_right
from autograd_tiny.symbolic.notation import format_number, text_name, title_name
from autograd_tiny.symbolic.short_names import truncate
from autograd_tiny.trace.crossed_kinks import (
    Borders,
    crossed_and_met,
    has_jump_between,
    has_step_between,
)
from autograd_tiny.trace.events import Events
from autograd_tiny.trace.fact_texts import CROSSING
from autograd_tiny.trace.facts import MOST_OPERANDS
from autograd_tiny.trace.formula_text import two_numbers
from autograd_tiny.trace.kink_passages import passages, words_for_passages
from autograd_tiny.trace.local_shape import shape_at
from autograd_tiny.trace.name_ranges import list_names
from autograd_tiny.trace.passes import Edges, Pass, differ, numbers_of, primitive_of

MOST: Final = 20
"""How many nodes are shown, and how many crossings."""

PLACES: Final = {
    "kink": "kink",
    "jump": "jump",
    "infinite slope": "point of infinite slope",
}
"""The point that a node reaches or leaves, by the shape of the node there."""

MOST_INPUTS: Final = 3
"""How many inputs of a node at a kink are named."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A node that is on another side of a kink than before, or that reached or left one.

    Attributes:
        node: its name.
        formula: how it is computed.
        inputs: the names of those of its inputs whose partials changed.
        before: these partials.
        after: the same, on the other side.
        jumps: whether its value jumps there too.
        effects: for each of these inputs "closed" (no gradient passes any more), "opened" (one passes now), or empty
            where only the partials are known.
        passage: "crossed", or where one of the points is on the kink "reached" or "left".
        place: of which the passage is: "kink", "jump" or "point of infinite slope".
        operands: for each of these inputs which operand it is, if the node uses it more than once; else empty.
        ways: words for all kinks on the way, such as "crossed 2 kinks".
    """

    node: str
    formula: str
    inputs: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    jumps: bool
    effects: tuple[str, ...] = ()
    passage: str = "crossed"
    place: str = "kink"
    operands: tuple[str, ...] = ()
    ways: str = CROSSING["crossed"].format(place=CROSSING["kink1"])

    def __str__(self) -> str:
        kinds = self.effects or [""] * len(self.inputs)
        operands = self.operands or [""] * len(self.inputs)
        changes = list(map(_change, self.inputs, self.before, self.after, kinds, operands))
        hidden = len(changes) - MOST_INPUTS
        more = [CROSSING["more"].format(count=hidden)] if hidden > 0 else []
        effects = "; ".join([*changes[:MOST_INPUTS], *more]) or CROSSING["same"]
        is_only_reached = self.ways == CROSSING["reached"].format(place=self.place)
        return CROSSING["arrived" if is_only_reached else "passed"].format(
            z=text_name(self.node),
            formula=truncate(self.formula),
            effects=effects,
            place=self.place,
            ways=self.ways,
        )


def _change(x: str, before: float, after: float, effect: str, operand: str) -> str:
    """Return how the partial for an input changed, and what that does where it is known."""
    kind = effect or ("sign" if before * after < 0.0 else "changed")
    name = CROSSING["operand"].format(x=text_name(x), operand=operand) if operand else text_name(x)
    numbers = dict(zip(("before", "after"), two_numbers(before, after), strict=True))
    return CROSSING[kind].format(x=name, **numbers)


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
    """The effects of another number for a leaf.

    Attributes:
        leaf: the change of the leaf itself.
        root: the change of the root.
        nodes: every node whose value or gradient changed, in topological order.
        crossings: the nodes that are on another side of a kink, or that reached or left one, a jump or an infinite
            slope.
        unseen: those of `nodes` whose finite value changed though their partials for the inputs that changed were and
            are 0, as that of `floor` is.
        unseen_text: what happened to the first of these.
    """

    leaf: Change
    root: Change
    nodes: tuple[Change, ...]
    crossings: tuple[Crossing, ...]
    unseen: tuple[Change, ...] = ()
    unseen_text: str = ""

    def __repr__(self) -> str:
        return self.text()

    def text(self, *, width: int | None = None, arrow: str = "→") -> str:
        """Return the changes as a table; where it is wider than `width`, the numbers of a node are below its name.

        Args:
            width: in characters, if limited.
            arrow: between two numbers; "->" where the output has no other.
        """
        lines = [f"with {_was(self.leaf)}, {_was(self.root)}"]
        rows = (
            [("node", "value", "gradient"), *(_row(change, arrow) for change in self.nodes[:MOST])]
            if self.nodes
            else []
        )
        widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
        is_narrow = width is not None and sum(widths) + 2 * len(widths) > width
        lines += [_stacked(row) for row in rows[1:]] if is_narrow else [_line(row, widths) for row in rows]
        if len(self.nodes) > MOST:
            hidden = len(self.nodes) - MOST
            lines.append(f"  … and {hidden} more node{'s' * (hidden != 1)}")
        lines += [f"  {crossing}" for crossing in self.crossings[:MOST]]
        if len(self.crossings) > MOST:
            hidden = len(self.crossings) - MOST
            lines.append(f"  … and {hidden} more node{'s' * (hidden != 1)} crossed, reached or left a kink")
        if self.unseen:
            others = f"; so did {len(self.unseen) - 1} more" if len(self.unseen) > 1 else ""
            lines.append(f"  {self.unseen_text}{others}")
        return "\n".join(lines)


def changes_between(before: Events, after: Events, leaf: int) -> Changes:
    """Return what differs between two passes over one graph, in which a leaf has different numbers."""
    edges, then, now = before.edges, before.numbers, after.numbers

    def change(x: int) -> Change:
        name = before.names[edges.nodes[x]]
        return Change(name, then.values[x], now.values[x], then.gradients[x], now.gradients[x])

    last = len(edges.nodes) - 1
    moved = [x for x in range(last + 1) if differ(then.values[x], now.values[x])]
    changed = [x for x in range(last + 1) if differ(then.gradients[x], now.gradients[x])]
    (over, on), borders, of_jumps = crossed_and_met(edges, then, now), Borders(), Borders()
    known = set(over)
    unseen = [
        z for z in moved if _is_unseen(before, after, z) and (z not in known or _has_jump(before, after, z, of_jumps))
    ]
    known.difference_update(unseen)
    at_kinks = sorted([*known, *_arrivals(before, after, on, {*known, *unseen})])
    return Changes(
        change(leaf),
        change(last),
        tuple(map(change, sorted({*moved, *changed}))),
        tuple(
            _crossing(before, after, z, of_jumps, borders if count < MOST else None)
            for count, z in enumerate(at_kinks)
        ),
        tuple(map(change, unseen)),
        _unseen_text(before, after, unseen[0]) if unseen else "",
    )


def _arrivals(before: Events, after: Events, on: Sequence[int], known: set[int]) -> list[int]:
    """Return the nodes, of those on a border, that are at a kink, a jump or an infinite slope at one of both points.

    Only so many are examined that the answer takes no longer than a pass over a large graph.
    """
    edges, then, now = before.edges, before.numbers, after.numbers
    partials = zip(edges.source, then.partials, now.partials, strict=True)
    steep = {z for z, one, other in partials if one != other and isinf(one) != isinf(other)}
    found = (z for z in dict.fromkeys([*on, *steep]) if z not in known)
    short = (z for z in found if len(edges.nodes[z].operands) <= MOST_OPERANDS)
    return [z for z in islice(short, 5 * MOST) if _arrives(before, after, z)]


def _arrives(before: Events, after: Events, z: int) -> bool:
    """Return whether a node reached or left a kink, and was not at it all the way, as the larger of x and x is."""
    start, end = (numbers_of(before.edges, one.numbers.values, z) for one in (before, after))
    reached, left = (_place(before.edges, numbers, z) for numbers in (end, start))
    if not (reached and left):
        return bool(reached or left)
    return not _place(before.edges, [0.5 * x + 0.5 * y for x, y in zip(start, end, strict=True)], z)


def _crossing(before: Events, after: Events, z: int, of_jumps: Borders, borders: Borders | None) -> Crossing:
    """Return a crossing; only one that is shown, and so has borders, with its effects: some thirty evaluations."""
    edges, then, now = before.edges, before.numbers, after.numbers
    changed = [edge for edge in edges.of(z) if then.partials[edge] != now.partials[edge]]
    start, end = numbers_of(edges, then.values, z), numbers_of(edges, now.values, z)
    jumps = _has_jump(before, after, z, of_jumps)
    here, passage, place = {}, "crossed", "jump" if jumps else "kink"
    ways = CROSSING["crossed"].format(place=CROSSING[f"{place}1"])
    if borders is not None:
        here, between = _shapes(edges, end, z), passages(primitive_of(edges.nodes[z]), start, end, borders)
        # no operand by itself has a kink where comparisons alone tell one, or there are many operands
        left, reached = _place(edges, start, z) or between.leaves, _place(edges, end, z) or between.reaches
        passage = "reached" if reached else "left" if left else "crossed"
        place = reached or left or place
        ways = words_for_passages(left, between, reached) or ways
    return Crossing(
        before.names[edges.nodes[z]],
        after.formula(z),
        tuple(before.names[edges.nodes[edges.target[edge]]] for edge in changed),
        tuple(then.partials[edge] for edge in changed),
        tuple(now.partials[edge] for edge in changed),
        jumps,
        tuple(_effect(then, now, z, edge, here.get(edge, "")) for edge in changed),
        passage,
        place,
        tuple(_operand(edges, edge) for edge in changed),
        ways,
    )


def _has_jump(before: Events, after: Events, z: int, borders: Borders) -> bool:
    start, end = (numbers_of(before.edges, one.numbers.values, z) for one in (before, after))
    return has_jump_between(primitive_of(before.edges.nodes[z]), start, end, borders=borders)


def _operand(edges: Edges, edge: int) -> str:
    """Return which operand an input is, if the node uses it more than once; of a power the base or the exponent."""
    node, x = edges.nodes[edges.source[edge]], edges.nodes[edges.target[edge]]
    if node.inputs.count(x) == 1:
        return ""
    places = [place for place, y in enumerate(node.operands) if isinstance(y, Value)]
    place = places[edge - edges.first[edges.source[edge]]]
    return ("the base", "the exponent")[place] if primitive_of(node).name == "pow" else f"operand {place + 1}"


def _shape(edges: Edges, numbers: Sequence[float], edge: int) -> str:
    """Return the shape of the consumer of an edge as a function of its input, at some numbers of its operands."""
    node, x = edges.nodes[edges.source[edge]], edges.nodes[edges.target[edge]]
    return shape_at(primitive_of(node), numbers, [place for place, y in enumerate(node.operands) if y is x]).kind


def _place(edges: Edges, numbers: Sequence[float], z: int) -> str:
    """Return "kink", "jump" or the like for a node that is at one of these, else an empty text."""
    return next((PLACES[shape] for shape in _shapes(edges, numbers, z).values() if shape in PLACES), "")


def _shapes(edges: Edges, numbers: Sequence[float], z: int) -> dict[int, str]:
    """Return the shape of a node as a function of its input along each of its edges; none if it has many operands."""
    if len(numbers) > MOST_OPERANDS:
        return {}
    return {edge: _shape(edges, numbers, edge) for edge in edges.of(z)}


def _effect(then: Pass, now: Pass, z: int, edge: int, shape: str) -> str:
    """Return what happened to the gradient that passes an edge, where the contributions and the shape tell it."""
    before, after = (numbers.partials[edge] * numbers.gradients[z] for numbers in (then, now))
    if before == 0.0 == then.partials[edge] and after != 0.0 and not isnan(after):
        return "opened"
    is_closed = after == 0.0 == now.partials[edge] and before != 0.0 and not isnan(before)
    return "closed" if is_closed and shape == "flat" else ""


def _is_unseen(before: Events, after: Events, z: int) -> bool:
    """Return whether a node whose finite value changed has partials of 0 for all inputs that changed.

    Where its value or an input is not finite, as in 0 times inf, a partial of 0 does not explain it.
    """
    then, now = before.numbers, after.numbers
    if not any(then.partials[edge] == 0.0 == now.partials[edge] for edge in before.edges.of(z)):
        return False  # most nodes
    here = _moved(before, after, z)
    numbers = [pass_.values[x] for pass_ in (then, now) for x in (z, *map(before.edges.target.__getitem__, here))]
    is_level = all(then.partials[edge] == 0.0 == now.partials[edge] for edge in here)
    return bool(here) and is_level and all(map(isfinite, numbers))


def _moved(before: Events, after: Events, z: int) -> list[int]:
    """Return the edges of a node whose inputs changed."""
    edges, then, now = before.edges, before.numbers.values, after.numbers.values
    return [edge for edge in edges.of(z) if differ(then[edges.target[edge]], now[edges.target[edge]])]


def _unseen_text(before: Events, after: Events, z: int) -> str:
    """Return what happened to such a node: a jump if one is found on the way, else that the change is not small.

    Between two classes, as those of `cross_entropy`, a node is not defined.
    """
    edges, then, now = before.edges, before.numbers.values, after.numbers.values
    inputs = dict.fromkeys(before.names[edges.nodes[edges.target[edge]]] for edge in _moved(before, after, z))
    start, end = numbers_of(edges, then, z), numbers_of(edges, now, z)
    kind = "undefined"
    with suppress(ArithmeticError, AutogradError, ValueError):
        kind = "stepped" if has_step_between(primitive_of(edges.nodes[z]), start, end) else "unseen"
    numbers = dict(zip(("before", "after"), two_numbers(then[z], now[z]), strict=True))
    return CROSSING[kind].format(
        z=text_name(before.names[edges.nodes[z]]), x=list_names(list(map(text_name, inputs))), **numbers
    )


def _was(change: Change) -> str:
    before, after = two_numbers(change.value_before, change.value)
    return f"{text_name(change.node)} = {after} ({'as before' if before == after else f'was {before}'})"


def _row(change: Change, arrow: str) -> tuple[str, str, str]:
    values = _both(change.value_before, change.value, arrow)
    return title_name(change.node), values, _both(change.gradient_before, change.gradient, arrow)


def _both(before: float, after: float, arrow: str) -> str:
    texts = dict.fromkeys(two_numbers(before, after) if differ(before, after) else [format_number(after)])
    return f" {arrow} ".join(texts)


def _stacked(row: tuple[str, str, str]) -> str:
    name, value, gradient = row
    return f"  {name}\n    value {value}\n    gradient {gradient}"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers = row
    columns = [pad_right(name, widths[0]), *map(str.rjust, numbers, widths[1:])]
    return "  " + "  ".join(columns)
