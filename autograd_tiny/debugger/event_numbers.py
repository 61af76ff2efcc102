"""Look up the numbers after many events at once, for a condition over a whole pass.

>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.pass_cursor import PassCursor
>>> a = Value(3.0, label="a")
>>> cursor = PassCursor(a * a)
>>> events = range(cursor.seed, len(cursor.trace))
>>> numbers_after(cursor, events, "grad", "value"), numbers_after(cursor, events, "a", "grad")
([1.0, 3.0, 6.0], [None, 3.0, 6.0])
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import mul
from typing import Final

from autograd_tiny.debugger.pass_cursor import PassCursor
from autograd_tiny.engine.value import Value
from autograd_tiny.trace.passes import SEED

OF_NODE: Final = frozenset({"grad", "value", "tangent"})
"""The numbers of the node that receives something in an event."""
OF_EVENT: Final = frozenset({"upstream", "partial", "contribution"})
"""The numbers of the event itself."""


def remedy_of_word(name: str) -> str:
    """Return where a word for a number of an event can be used; an empty text for another name.

    >>> remedy_of_word("upstream"), remedy_of_word("w")
    ('upstream is a number of the step, for conditions only, as in b any if upstream > 1', '')
    """
    if name not in OF_NODE | OF_EVENT:
        return ""
    return f"{name} is a number of the step, for conditions only, as in b any if {name} > 1"


def numbers_after(cursor: PassCursor, events: Sequence[int], name: str, part: str) -> list[float | None]:
    """Return a number after each of some events, None where it is not known.

    Args:
        cursor: in the pass of the events.
        events: in ascending order.
        name: of a node, or a word of `OF_NODE` or `OF_EVENT`.
        part: "value", "grad" or "tangent" of a node with that name.
    """
    if name in OF_NODE or name in OF_EVENT:
        before = bisect_left(events, cursor.seed)
        return _in_forward_events(cursor, events[:before], name) + _in_backward_events(cursor, events[before:], name)
    return _of_node(cursor, events, cursor.trace.find(name), part)


def _in_forward_events(cursor: PassCursor, events: Sequence[int], word: str) -> list[float | None]:
    recorded, values = cursor.trace.edges.recorded, cursor.trace.events.numbers.values
    if word == "value":
        return [values[recorded[event]] for event in events]
    if word == "tangent" and cursor.tangents is not None:
        return [cursor.tangents.tangent(cursor.node_at(event)) for event in events]
    return [None] * len(events)


def _in_backward_events(cursor: PassCursor, events: Sequence[int], word: str) -> list[float | None]:
    edges, numbers = cursor.trace.edges, cursor.trace.events.numbers
    seeds = int(cursor.seed in events[:1])
    passed = [event - cursor.seed - 1 for event in events[seeds:]]
    of_seed = {"grad": SEED, "value": numbers.values[-1]}.get(word)
    column: Iterable[float | None]
    match word:
        case "grad":
            column = map(numbers.sums.__getitem__, passed)
        case "value":
            column = [numbers.values[edges.target[edge]] for edge in passed]
        case "partial":
            column = map(numbers.partials.__getitem__, passed)
        case "tangent":
            column = [None] * len(passed)
        case _:
            upstreams = [numbers.gradients[edges.source[edge]] for edge in passed]
            is_product = word == "contribution"
            column = map(mul, map(numbers.partials.__getitem__, passed), upstreams) if is_product else upstreams
    return [of_seed] * seeds + list(column)


def _of_node(cursor: PassCursor, events: Sequence[int], node: Value, part: str) -> list[float | None]:
    """Return a number of one node, which changes after some events."""
    numbers, x = cursor.trace.events.numbers, cursor.trace.position(node)
    known: list[float | None]
    if part == "grad":
        changes = cursor.received_at(node)
        known = [SEED] if node is cursor.trace.root else [numbers.sums[edge] for edge in cursor.trace.edges.into(x)]
    else:
        changes = [cursor.computed_at(node)]
        known = [numbers.values[x]]
        if part == "tangent":
            known = [None if cursor.tangents is None else cursor.tangents.tangent(node)]
    starts = [bisect_left(events, event) for event in changes]
    column: list[float | None] = [None] * (starts[0] if starts else len(events))
    for number, (start, stop) in zip(known, pairwise([*starts, len(events)]), strict=True):
        column += [number] * (stop - start)
    return column
