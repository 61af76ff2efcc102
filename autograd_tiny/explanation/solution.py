r"""The worked solution: what is given, the forward pass, the backward pass step by step, the gradients.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> for block in solution((a * a).trace(), full=False)[:2]:
...     print(block)
Sentence(parts=(Formula(text='L = a * a', latex='L = a \\cdot a'), ' at ', Formula(text='a = 3', latex='a = 3'), '.'))
Heading(title='Forward pass')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from math import inf, isnan
from typing import Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.explanation.blocks import (
    Block,
    Chain,
    Equations,
    Formula,
    Heading,
    Remark,
    Sentence,
    formula,
    joined,
)
from autograd_tiny.explanation.board import Board, equal, factor, function, number, plus, row_of, times, whole
from autograd_tiny.explanation.remarks import Remarks, remarks_on_graph
from autograd_tiny.symbolic.formulas import formula_lines
from autograd_tiny.trace import Event, Trace

LARGE: Final = 80
"""A pass with more events than this is summed up."""
LONGEST: Final = 80
"""The longest formula, in characters of text, with which a solution begins."""
FIRST_STEPS, FIRST_ROWS = 4, 8
"""How many steps of the backward pass a summary writes out, and how many contributions of each."""
LARGEST: Final = 10
"""How many gradients a summary shows."""


def solution(trace: Trace, *, full: bool) -> list[Block]:
    """Return the worked solution of the gradients of a graph.

    Args:
        trace: of the graph, its backward pass alone.
        full: whether a large graph is written out as well.
    """
    board = Board(trace)
    if not board.recorded:
        return [Sentence((board.name(board.root), " is a leaf: nothing was computed, and ", _seed(board), "."))]
    if full or len(trace) <= LARGE:
        return [*_forward(board), *_backward(board, trace), *_gradients(board, trace)]
    return [*_summary(board), *_first_steps(board, trace), *_largest_gradients(board, trace)]


def _seed(board: Board) -> Formula:
    return equal(board.derivative(board.root), number(1.0))


# ── the whole of a small graph ────────────────────────────────────────────────────────────────────────────────


def _forward(board: Board) -> Iterator[Block]:
    given = joined(", ", r",\; ", *(equal(board.name(leaf), number(leaf.data)) for leaf in board.leaves))
    lines = [equal(*map(formula, line)) for line in islice(formula_lines(board.root), 2)]
    if len(lines) == 1 and len(lines[0].text) <= LONGEST:
        yield Sentence((lines[0], " at ", given, "."))
    else:
        yield Sentence(("Given: ", given, "."))
    yield Heading("Forward pass")
    yield Equations(tuple(Chain(board.name(node), board.worked_out(node)) for node in board.recorded))


def _backward(board: Board, trace: Trace) -> Iterator[Block]:
    yield Heading("Backward pass")
    yield Sentence(("Begin at the root: ", _seed(board), ". Each node hands gradient times partial to its inputs."))
    yield from _steps(board, trace, len(board.recorded), None)


def _steps(board: Board, trace: Trace, steps: int, rows: int | None) -> Iterator[Block]:
    """Yield so many steps of the backward pass, with so many contributions of each."""
    events = islice(trace, 1, None)  # after the seed
    arrived: Counter[Value] = Counter()
    remarks = Remarks(board)
    for z in islice(reversed(board.recorded), steps):
        yield Sentence((equal(board.name(z), board.computed(z)), ": ", *board.rule(z)))
        chains: list[Chain] = []
        said: dict[Remark, None] = {}
        for x, partial, event in zip(z.inputs, board.partials(z, rows), islice(events, len(z.inputs)), strict=True):
            arrived[x] += 1
            is_last = arrived[x] == board.uses[x]
            chains += _contribution(board, z, x, partial, event, is_last=is_last)
            said |= dict.fromkeys(remarks.on_contribution(z, x, event, is_last=is_last))
        yield Equations(tuple(chains[:rows]))
        if rows is not None and len(chains) > rows:
            yield Remark((f"and {len(chains) - rows} more lines.",))
        yield from said


def _contribution(board: Board, z: Value, x: Value, rule: Formula, event: Event, *, is_last: bool) -> Iterator[Chain]:
    """Yield what x receives from z, in symbols and in numbers, and the running sum where it receives several."""
    upstream, partial, contribution = cast("tuple[float, ...]", (event.upstream, event.partial, event.contribution))
    gradient, several = board.derivative(x), board.uses[x] > 1
    product = times(board.derivative(z), rule), times(number(upstream), factor(partial)), number(contribution)
    yield Chain(gradient, product, is_added=several)
    if event.before is not None:
        so_far = gradient if is_last else Formula(f"{gradient.text} so far", rf"{gradient.latex}\text{{ so far}}")
        yield Chain(so_far, (plus(number(event.before), factor(contribution)), number(event.after)))


def _gradients(board: Board, trace: Trace) -> Iterator[Block]:
    yield Heading("Gradients")
    yield Equations(tuple(Chain(board.derivative(x), (_gradient(trace, x),)) for x in board.leaves))
    yield from remarks_on_graph(board)


def _gradient(trace: Trace, node: Value) -> Formula:
    return number(trace.gradient(node) or 0.0)


# ── what a large graph comes to ───────────────────────────────────────────────────────────────────────────────


def _summary(board: Board) -> Iterator[Block]:
    rows = Counter(row_of(node) for node in board.recorded)
    value = equal(board.name(board.root), number(board.root.data))
    counts = [joined(" ", r"\; ", function(row), whole(count)) for row, count in rows.most_common()]
    size = f" is computed from {len(board.leaves)} leaves in {len(board.recorded)} steps: "
    yield Sentence((value, size, joined(", ", r",\; ", *counts), "."))
    yield Sentence(("This is a summary; explain(full=True) writes out every step.",))


def _first_steps(board: Board, trace: Trace) -> Iterator[Block]:
    yield Heading("The first steps of the backward pass")
    yield from _steps(board, trace, FIRST_STEPS, FIRST_ROWS)


def _largest_gradients(board: Board, trace: Trace) -> Iterator[Block]:
    yield Heading("The largest gradients of leaves")
    sizes = {leaf: abs(trace.gradient(leaf) or 0.0) for leaf in board.leaves}
    largest = sorted(board.leaves, key=lambda leaf: -inf if isnan(sizes[leaf]) else -sizes[leaf])[:LARGEST]
    yield Equations(tuple(Chain(board.derivative(x), (_gradient(trace, x),)) for x in largest))
    yield from remarks_on_graph(board)
