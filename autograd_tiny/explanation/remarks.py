"""Remarks: what surprises people about a step, said where it happens.

>>> from autograd_tiny import Value
>>> a = Value(-3.0, label="a")
>>> t = a.relu().trace()
>>> for remark in remarks_on_contribution(Board(t), t.root, a, t[1], arrived=1):
...     print("".join(part if isinstance(part, str) else part.text for part in remark.parts))
∂L/∂a = 0 at a = -3: a small change of a does not change L, so nothing is handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from autograd_tiny.explanation.blocks import Formula, Remark, joined
from autograd_tiny.explanation.board import Board, equal, number, row_of
from autograd_tiny.trace import Event
from autograd_tiny.value import Value

MOST: Final = 4
"""How many names are written out."""


def remarks_on_contribution(board: Board, z: Value, x: Value, event: Event, *, arrived: int) -> Iterator[Remark]:
    """Yield what is to be said when z has handed a contribution to x.

    Args:
        board: of the graph.
        z: the consumer.
        x: one of its inputs.
        event: the contribution.
        arrived: how many contributions x has received, this one included.
    """
    if _is_at_kink(z):
        yield Remark((board.computed(z), " has a kink here, no derivative: the partial there is a convention."))
    if event.partial == 0.0:
        here = equal(board.name(x), number(x.data))
        change = (": a small change of ", board.name(x), " does not change ", board.name(z))
        yield Remark((board.derivative(x, z), " = 0 at ", here, *change, ", so nothing is handed on."))
    elif event.upstream == 0.0:
        nothing = equal(board.derivative(z), number(0.0))
        yield Remark((nothing, ": nothing reaches ", board.name(z), ", so it has nothing to hand on."))
    if arrived == board.uses[x] > 1:
        yield _on_sum(board, x)


def _on_sum(board: Board, x: Value) -> Remark:
    """Say why contributions add up, and why a node that hands them on waits for all."""
    name, root, times = board.name(x), board.name(board.root), board.uses[x]
    several = (name, f" is used {times} times, so {times} contributions arrive: when ", name, " changes, ", root)
    ways = " changes along each of these ways, and the changes add up."
    if x.primitive is None:
        return Remark((*several, ways))
    wait = (" Only now may ", name, " hand its gradient on: hence the reverse topological order.")
    return Remark((*several, ways, *wait))


def _is_at_kink(z: Value) -> bool:
    """Tell whether a node is computed exactly where its row names a kink."""
    row = row_of(z)
    numbers = row.group([x.data if isinstance(x, Value) else x for x in z.operands])
    return tuple(tuple(x) if isinstance(x, list) else x for x in numbers) in row.kinks


def remarks_on_graph(board: Board) -> Iterator[Remark]:
    """Yield what is to be said in the end about nodes that are no leaves, and about leaves that hold a gradient."""
    inner = board.recorded[:-1]
    if inner:
        are = (
            " is no leaf but computed: its gradient is a stop"
            if len(inner) == 1
            else " are no leaves but computed: their gradients are stops"
        )
        only = ". Leaves alone add up gradients from pass to pass, and are what an optimizer changes."
        yield Remark((_names(board, inner), f"{are} on the way, set anew by each backward pass{only}"))
    for leaf in [leaf for leaf in board.leaves if leaf.grad != 0.0][:MOST]:
        name = board.name(leaf)
        held = equal(Formula(f"{name.text}.grad", rf"{name.latex}\mathrm{{.grad}}"), number(leaf.grad))
        yield Remark(
            (held, " already, and backward() adds to it: zero_grad() comes first, unless passes are summed.")
        )


def _names(board: Board, nodes: list[Value]) -> Formula:
    names = [board.name(node) for node in nodes[:MOST]]
    return joined(", ", r",\; ", *names, *[Formula("…", r"\dots")] * (len(nodes) > MOST))
