"""Remarks: what surprises people about a step, said where it happens, and at length only once.

>>> from autograd_tiny import Value
>>> a = Value(-3.0, label="a")
>>> t = a.relu().trace()
>>> for remark in Remarks(Board(t)).on_contribution(t.root, a, t[1], is_last=True):
...     print("".join(part if isinstance(part, str) else part.text for part in remark.parts))
∂L/∂a = 0 at a = -3: a small change of a does not change L, so nothing is handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.explanation.blocks import Formula, Remark, joined
from autograd_tiny.explanation.board import Board, equal, number, row_of
from autograd_tiny.trace import Event

MOST: Final = 4
"""How many names are written out."""
ORDER: Final = "hence the reverse topological order"


class Remarks:
    """What there is to say about the contributions of one backward pass.

    Args:
        board: of the graph.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._said: set[object] = set()

    def on_contribution(self, z: Value, x: Value, event: Event, *, is_last: bool) -> Iterator[Remark]:
        """Yield what is to be said when z has handed a contribution to x.

        Args:
            z: the consumer.
            x: one of its inputs.
            event: the contribution.
            is_last: whether x has received all of its contributions now.
        """
        board = self._board
        if _is_at_kink(z):
            yield Remark((board.computed(z), " has a kink here, no derivative: the partial there is a convention."))
        if event.partial == 0.0 and not row_of(z).source.endswith("rule"):
            if self._is_new(z):  # said of one input, not of all that lost against a maximum
                yield self._on_flat(z, x)
        elif event.upstream == 0.0 and self._is_new("starved"):
            nothing = equal(board.derivative(z), number(0.0))
            yield Remark((nothing, ": nothing reaches ", board.name(z), ", so it has nothing to hand on."))
        if is_last and board.uses[x] > 1:
            yield from self._on_sum(x)

    def _on_flat(self, z: Value, x: Value) -> Remark:
        """Say why the partial of a function such as relu is 0."""
        board = self._board
        here = (board.derivative(x, z), " = 0 at ", equal(board.name(x), number(x.data)), ": ")
        if not self._is_new("flat"):
            return Remark((*here, "nothing is handed on."))
        change = ("a small change of ", board.name(x), " does not change ", board.name(z))
        return Remark((*here, *change, ", so nothing is handed on."))

    def _on_sum(self, x: Value) -> Iterator[Remark]:
        """Say why contributions add up, and why a node that hands them on waits for all."""
        board, name = self._board, self._board.name(x)
        if self._is_new("sum"):
            arrive = f" is used {board.uses[x]} times, so {board.uses[x]} contributions arrive: when "
            ways = (
                " changes, ",
                board.name(board.root),
                " changes along each of these ways, and the changes add up.",
            )
            yield Remark((name, arrive, name, *ways))
        if x.primitive is not None and self._is_new("order"):
            yield Remark(("Only now is ", board.derivative(x), " complete, and ", name, f" may hand it on: {ORDER}."))

    def _is_new(self, subject: object) -> bool:
        """Tell whether a kind of remark, or one on this node, comes for the first time."""
        is_new = subject not in self._said
        self._said.add(subject)
        return is_new


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
    held = [leaf for leaf in board.leaves if leaf.grad != 0.0]
    if held:
        name = board.name(held[0])
        grad = equal(Formula(f"{name.text}.grad", rf"{name.latex}\mathrm{{.grad}}"), number(held[0].grad))
        others = f", as {len(held) - 1} other leaves hold gradients," if len(held) > 1 else ""
        yield Remark((grad, f" already{others} and backward() adds to it: call zero_grad() first, or they sum up."))


def _names(board: Board, nodes: list[Value]) -> Formula:
    names = [board.name(node) for node in nodes[:MOST]]
    return joined(", ", r",\; ", *names, *[Formula("…", r"\dots")] * (len(nodes) > MOST))
