"""Hints: what puzzles everyone the first time, said where it occurs, and once.

>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.walk import Walk
>>> a = Value(3.0, label="a")
>>> walk, hints = Walk(a * a), Hints()
>>> for event in walk.node():
...     print(*hints.at(walk, event))
<BLANKLINE>
<BLANKLINE>
a is used 2 times, and each use hands it a contribution: they add up, as changes of a reach L by every way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd_tiny.debugger.ranges import list_names
from autograd_tiny.debugger.walk import Walk
from autograd_tiny.symbol import short
from autograd_tiny.trace import Event
from autograd_tiny.value import Value


class Hints:
    """Tells each hint once in a session."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def at(self, walk: Walk, event: Event) -> list[str]:
        """Return what is to be said about an event that just happened."""
        if event.kind != "contribution":
            return []
        return [text for subject, text in _about(walk, event) if self._is_new(subject)]

    def inner(self, walk: Walk, node: Value) -> list[str]:
        """Return what is to be said when someone looks at a node that is no leaf."""
        if node.primitive is None or node is walk.trace.root or not self._is_new("inner"):
            return []
        name = walk.trace.names[node]
        return [
            f"{name} is an inner node, computed from others: backward() sets its gradient anew each time. Only leaves "
            "add up over several passes, until zero_grad()."
        ]

    def _is_new(self, subject: str) -> bool:
        is_new = subject not in self._told
        self._told.add(subject)
        return is_new


def before_pass(walk: Walk) -> list[str]:
    """Return what is to be said about gradients that the graph holds already, from `backward()` in the past.

    >>> a = Value(3.0, label="a")
    >>> a.grad = 5.0
    >>> before_pass(Walk(-a))
    ['a.grad already holds 5 from an earlier pass: backward() adds to what a leaf holds. Was zero_grad() forgotten? ...
    """
    trace = walk.trace
    full = [node for node in trace.nodes if node.grad and node.primitive is None]
    if not full:
        return []
    if trace.root.primitive is not None and trace.root.grad:
        return [
            f"backward() has run on this graph already. A second one adds the same to every leaf again: "
            f"{_example(walk, full[-1], again=True)}. This session shows one pass, from nothing."
        ]
    names = list_names([trace.names[node] for node in full])
    holds = f"already holds {short(full[0].grad)}" if len(full) == 1 else "already hold something"
    return [
        f"{names}.grad {holds} from an earlier pass: backward() adds to what a leaf holds. Was zero_grad() forgotten? "
        "This session shows one pass, from nothing."
    ]


def _example(walk: Walk, leaf: Value, *, again: bool) -> str:
    name = walk.trace.names[leaf]
    return f"{name}.grad would become {short(leaf.grad)} + {short(_final(walk, leaf))}"


def _final(walk: Walk, leaf: Value) -> float:
    cursor = walk.trace.cursor
    walk.trace.finish()
    final = walk.trace.gradient(leaf) or 0.0
    walk.trace.goto(cursor)
    return final


def _about(walk: Walk, event: Event) -> Iterator[tuple[str, str]]:
    """Yield the hints that an event gives rise to, each with its subject."""
    trace = walk.trace
    z, x = trace.find(event.node), trace.find(event.input or "")
    waited_for = list(dict.fromkeys(walk.schedule.consumers[z]))
    if len(waited_for) > 1 and event.position == 0:
        names = list_names([trace.names[node] for node in reversed(waited_for)])
        yield (
            "order",
            f"{event.node} comes only now: {names} all had to hand down to it first. So it hands down once, with its whole "
            "gradient; that is why the pass goes in reverse topological order.",
        )
    if event.before is not None:
        uses = len(walk.schedule.consumers[x])
        yield (
            "sum",
            f"{event.input} is used {uses} times, and each use hands it a contribution: they add up, as changes of "
            f"{event.input} reach {event.root} by every way.",
        )
    if z.primitive is not None and z.primitive.name == "relu" and event.partial == 0.0 and event.upstream:
        yield (
            "relu",
            f"relu is flat at {event.input} = {short(trace.value(x) or 0.0)}: its partial is 0, nothing gets through, and "
            "what lies below learns nothing from this path. Where that is so for all data it is a dead relu.",
        )


def wrapped(texts: Sequence[str], width: int) -> Iterator[str]:
    """Yield the lines of hints, none wider than that.

    >>> list(wrapped(["one two three"], 20))
    ['  hint: one two', '        three']
    """
    import textwrap

    for text in texts:
        yield from textwrap.wrap(text, width, initial_indent="  hint: ", subsequent_indent="        ")
