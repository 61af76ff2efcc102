"""Notes: what surprises people about a node, in a sentence each.

>>> from autograd_tiny import Value
>>> a = Value(-3.0, label="a")
>>> h = (a + a).relu()
>>> h.label = "h"
>>> (h * 2.0).trace().notes(a)
a is used 2 times: each use hands it a contribution, and these add up.
Nothing reaches a: ∂L/∂v1 = 0, for what comes after v1 hands nothing back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.rules import brief, factor
from autograd_tiny.trace.walk import Walk

MOST: Final = 3
"""How many names are written out."""


class Notes(list[str]):
    """Sentences, which a prompt shows line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(self) or "There is nothing to note."


def notes_on_node(walk: Walk, node: Value | str) -> Notes:
    """Return what is to be said about a node and its gradient at the end of the pass."""
    x = walk.position(node)
    return Notes([*_role(walk, x), *_uses(walk, x), *_blocked(walk, x)])


def notes_on_graph(walk: Walk) -> Notes:
    """Return what is to be said about the graph as a whole: the leaves that hold a gradient already."""
    held = [node for node in walk.nodes if node.primitive is None and node.grad != 0.0]
    if not held:
        return Notes()
    names, hold = _list([walk.names[node] for node in held]), "hold" if len(held) > 1 else "holds"
    note = f"{names} already {hold} a gradient; backward() and apply() add to it, unless zero_grad() comes first."
    return Notes([note])


def _role(walk: Walk, x: int) -> Iterator[str]:
    """Say what a leaf does with its gradient that an inner node does not."""
    node, name = walk.nodes[x], walk.names[walk.nodes[x]]
    gradient = walk.events.numbers.gradients[x]
    if node.primitive is not None:
        yield (
            f"{name} is no leaf, but computed: {name} = {brief(walk.formula(node))}. Each backward pass sets its "
            "gradient anew, on the way to the leaves; only those add theirs up and are what an optimizer changes."
        )
    elif node.grad != 0.0:
        if node.grad == gradient:
            origin = "just what one backward() of this graph gives; another adds the same again"
        else:
            origin = "left from an earlier pass; backward() and apply() add to it"
        total = f"{format_number(node.grad)} + {factor(gradient)} = {format_number(node.grad + gradient)}"
        yield (
            f"{name} already holds the gradient {format_number(node.grad)}, {origin}: {total}. "
            "Gradients of leaves add up until they are set to 0 (zero_grad())."
        )


def _uses(walk: Walk, x: int) -> Iterator[str]:
    """Say why contributions add up, and why an inner node waits for all of them."""
    node, name, uses = walk.nodes[x], walk.names[walk.nodes[x]], len(walk.edges.into(x))
    if uses > 1:
        yield f"{name} is used {uses} times: each use hands it a contribution, and these add up."
        if node.primitive is not None:
            yield (
                f"{name} hands its gradient on after the last of them, as the topological order has it; "
                "earlier, its inputs would miss what is still to come."
            )


def _blocked(walk: Walk, x: int) -> Iterator[str]:
    """Say which partials of 0 keep the gradient of the root from a node."""
    name, root = walk.names[walk.nodes[x]], walk.names[walk.root]
    numbers, edges = walk.events.numbers, walk.edges
    into = edges.into(x)
    closed = [edge for edge in into if numbers.partials[edge] == 0.0]
    for edge in closed[:MOST]:
        consumer = walk.nodes[edges.source[edge]]
        z = walk.names[consumer]
        yield (
            f"{z} = {brief(walk.formula(consumer))} hands nothing back to {name}, whatever its own gradient: "
            f"∂{z}/∂{name} = 0 at {name} = {format_number(numbers.values[x])}."
        )
    others = [edge for edge in into if numbers.partials[edge] != 0.0]
    if others and not any(numbers.gradients[edges.source[edge]] for edge in others):
        z = walk.names[walk.nodes[edges.source[others[0]]]]
        yield f"Nothing reaches {name}: ∂{root}/∂{z} = 0, for what comes after {z} hands nothing back."


def _list(names: Sequence[str]) -> str:
    if len(names) > MOST:
        return f"{', '.join(names[:MOST])} and {len(names) - MOST} other leaves"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
