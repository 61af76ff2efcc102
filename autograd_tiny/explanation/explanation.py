r"""Explain the gradients of a graph as a worked solution: given numbers, forward pass, backward pass, gradients.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> for block in solution((a * a).trace(), full=False)[:2]:
...     print(block)
Sentence(parts=(Math(text='L = a * a', latex='L = a \\cdot a'), ' at ', Math(text='a = 3', latex='a = 3'), '.'))
Heading(title='Forward pass')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from math import inf, isnan
from typing import Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.explanation.graph_math import GraphMath, factor_math, function_name, number_math
from autograd_tiny.explanation.rendering import (
    COMMA,
    EQUAL,
    PLUS,
    SPACE,
    TIMES,
    Block,
    Chain,
    Equations,
    Heading,
    Math,
    Remark,
    Sentence,
    join_math,
    render_html,
    render_latex,
    render_markdown,
    render_text,
    symbol_math,
)
from autograd_tiny.support.terminal_text import ShownText
from autograd_tiny.symbolic.formulas import formula_lines
from autograd_tiny.symbolic.notation import FEWEST_DIGITS
from autograd_tiny.trace import Event, Trace
from autograd_tiny.trace.anomalies import facts_of_anomalies
from autograd_tiny.trace.facts import (
    LESSONS,
    Fact,
    facts_of_edge,
    facts_of_graph,
    facts_of_uses,
    inner,
)
from autograd_tiny.trace.passes import primitive_of

FORMATS: Final[dict[str, Callable[[Sequence[Block]], str]]] = {
    "text": render_text,
    "markdown": render_markdown,
    "latex": render_latex,
    "html": render_html,
}
LARGE: Final = 80
"""A pass with more events than this is summed up."""
LONGEST: Final = 80
"""The longest formula, in characters of text, with which a solution begins."""
FIRST_STEPS, FIRST_ROWS = 4, 8
"""How many steps of the backward pass a summary writes out, and how many contributions of each."""
LARGEST: Final = 10
"""How many gradients a summary shows."""


class FormatError(AutogradError, ValueError):
    """A format that no explanation has.

    Attributes:
        format: what arrived.
    """

    def __init__(self, format: object) -> None:
        self.format = format
        close = get_close_matches(str(format).lower(), FORMATS, 1)
        remedy = f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(map(repr, FORMATS))}"
        super().__init__(f"explain has no format {format!r:.40}; {remedy}")


class Explanation(ShownText):
    """A text that a prompt shows line by line; a notebook shows it as HTML or Markdown with mathematics."""

    __slots__ = ("blocks", "is_html")

    blocks: Sequence[Block]
    is_html: bool

    def _repr_markdown_(self) -> str:
        return render_markdown(self.blocks)

    def _repr_html_(self) -> str | None:
        return str(self) if self.is_html else None


def explain(root: Value, format: str = "text", *, full: bool = False, variable_names: bool = True) -> Explanation:
    """Return the gradients of a graph as a worked solution.

    The forward pass in numbers; then for each node the rule by its name, each contribution in symbols and numbers,
    and the running sum where several add up. Neither data nor gradients of the graph change. O(edges).

    Args:
        root: of the graph.
        format: "text", "markdown" (mathematics between dollars), "latex" (a fragment for amsmath) or "html".
        full: whether a large graph is written out as well, instead of a summary.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Returns:
        A string that a prompt shows line by line, and a notebook as mathematics.

    Raises:
        FormatError: the format is unknown. It is a ValueError.
        NotRecordedError: the root was computed inside `no_grad()`.
        StaleDataError: the data of a node was changed after the forward pass.
    """
    if format not in list(FORMATS):  # a list has no hash
        raise FormatError(format)
    trace = Trace(root, variable_names=variable_names)
    trace.finish()
    blocks = solution(trace, full=full)
    explanation = Explanation(FORMATS[format](blocks))
    explanation.blocks, explanation.is_html = blocks, format == "html"
    return explanation


def solution(trace: Trace, *, full: bool) -> list[Block]:
    """Return the worked solution of the gradients of a graph.

    Args:
        trace: of the graph, its backward pass alone.
        full: whether a large graph is written out as well.
    """
    graph = GraphMath(trace)
    if not graph.recorded:
        return [Sentence((graph.name(graph.root), " is a leaf: nothing was computed, and ", _seed(graph), "."))]
    if full or len(trace) <= LARGE:
        return [*_forward(graph), *_backward(graph), *_gradients(graph), *_anomalies(graph)]
    return [*_summary(graph), *_first_steps(graph), *_largest_gradients(graph), *_anomalies(graph)]


def _seed(graph: GraphMath) -> Math:
    return join_math(EQUAL, graph.gradient(graph.root), number_math(1.0))


# ── the whole of a small graph ────────────────────────────────────────────────────────────────────────────────


def _forward(graph: GraphMath) -> Iterator[Block]:
    given = join_math(COMMA, *(join_math(EQUAL, graph.name(leaf), graph.value(leaf)) for leaf in graph.leaves))
    first_lines = islice(formula_lines(graph.root, graph.trace.variables.shown), 2)
    digits = graph.trace.events.most_digits_of_constants()
    lines = [join_math(EQUAL, *(symbol_math(part, digits=digits) for part in line)) for line in first_lines]
    if len(lines) == 1 and len(lines[0].text) <= LONGEST:
        yield Sentence((lines[0], " at ", given, "."))
    else:
        yield Sentence(("Given: ", given, "."))
    yield Heading("Forward pass")
    yield Equations(tuple(Chain(graph.name(node), graph.worked_out(node)) for node in graph.recorded))


def _backward(graph: GraphMath) -> Iterator[Block]:
    yield Heading("Backward pass")
    yield Sentence(("Begin at the root: ", _seed(graph), ". Each node passes gradient times partial to its inputs."))
    yield from _steps(graph, len(graph.recorded), None)


def _steps(graph: GraphMath, steps: int, rows: int | None) -> Iterator[Block]:
    """Yield so many steps of the backward pass, with so many contributions of each."""
    events = islice(enumerate(graph.trace), 1, None)  # after the seed
    arrived: Counter[Value] = Counter()
    told: set[object] = set()
    for z in islice(reversed(graph.recorded), steps):
        yield Sentence((join_math(EQUAL, graph.name(z), graph.computed(z)), ": ", *graph.rule(z)))
        chains: list[Chain] = []
        facts: list[Fact] = []
        here = islice(events, len(z.inputs))
        for x, partial, (place, event) in zip(z.inputs, graph.partials(z, rows), here, strict=True):
            arrived[x] += 1
            is_last = arrived[x] == graph.uses[x]
            chains += _contribution(graph, z, x, partial, event, is_last=is_last)
            facts += facts_of_edge(graph.trace, place - 1)
            facts += facts_of_uses(graph.trace, x) if is_last else ()
        yield Equations(tuple(chains[:rows]))
        if rows is not None and len(chains) > rows:
            yield Remark((f"and {len(chains) - rows} more lines.",))
        yield from (graph.remark(fact) for fact in facts if _is_new(fact, told))


def _is_new(fact: Fact, told: set[object]) -> bool:
    """Return whether a fact is to be told: a lesson once, others once of each consumer, of no product."""
    key = fact.kind if fact.kind in {*LESSONS, "zero upstream"} else (fact.kind, fact.z)
    is_new = fact.kind not in {"zero factor", "zero constant"} and key not in told
    told.add(key)
    return is_new


def _contribution(
    graph: GraphMath, z: Value, x: Value, partial: tuple[Math, Math], event: Event, *, is_last: bool
) -> Iterator[Chain]:
    """Yield what x receives from z, in symbols and in numbers, and the running sum where it receives several."""
    upstream, contribution = cast("tuple[float, float]", (event.upstream, event.contribution))
    gradient, several, digits = graph.gradient(x), graph.uses[x] > 1, event.digits
    factor = partial[1] if digits == FEWEST_DIGITS else factor_math(cast("float", event.partial), digits)
    symbols, numbers = (graph.gradient(z), partial[0]), (number_math(upstream, digits), factor)
    product = join_math(TIMES, *symbols), join_math(TIMES, *numbers), number_math(contribution, digits)
    yield Chain(gradient, product, is_added=several)
    if event.before is not None:
        so_far = gradient if is_last else Math(f"{gradient.text} so far", rf"{gradient.latex}\text{{ so far}}")
        yield Chain(
            so_far,
            (
                join_math(PLUS, number_math(event.before, digits), factor_math(contribution, digits)),
                number_math(event.after),
            ),
        )


def _gradients(graph: GraphMath) -> Iterator[Block]:
    yield Heading("Gradients")
    yield Equations(tuple(Chain(graph.gradient(x), (graph.received(x),)) for x in graph.leaves))
    yield from _remarks_on_graph(graph)


def _remarks_on_graph(graph: GraphMath) -> Iterator[Remark]:
    """Yield what to say in the end about nodes that are not leaves, and about leaves that hold a gradient."""
    nodes = graph.recorded[:-1]
    facts = [inner(graph.trace, nodes)] if nodes else []
    yield from map(graph.remark, [*facts, *facts_of_graph(graph.trace)])


def _anomalies(graph: GraphMath) -> Iterator[Block]:
    """Yield where numbers first became inf or nan."""
    facts = list(facts_of_anomalies(graph.trace))
    if facts:
        yield Heading("Numbers that are not finite")
        for fact in facts:
            yield graph.remark(fact)
            node = fact.x if fact.z is None else fact.z
            if line := graph.trace.lines.sentence(node, graph.trace.names[node]):
                yield Remark((line,))


# ── what a large graph comes to ───────────────────────────────────────────────────────────────────────────────


def _summary(graph: GraphMath) -> Iterator[Block]:
    rows = Counter(primitive_of(node) for node in graph.recorded)
    value = join_math(EQUAL, graph.name(graph.root), number_math(graph.root.data))
    counts = [join_math(SPACE, function_name(row), Math(str(count), str(count))) for row, count in rows.most_common()]
    size = f" is computed from {len(graph.leaves)} leaves in {len(graph.recorded)} steps: "
    yield Sentence((value, size, join_math(COMMA, *counts), "."))
    yield Sentence(("This is a summary; explain(full=True) writes out every step.",))


def _first_steps(graph: GraphMath) -> Iterator[Block]:
    yield Heading("The first steps of the backward pass")
    yield from _steps(graph, FIRST_STEPS, FIRST_ROWS)


def _largest_gradients(graph: GraphMath) -> Iterator[Block]:
    yield Heading("The largest gradients of leaves")
    sizes = {leaf: abs(graph.trace.gradient(leaf) or 0.0) for leaf in graph.leaves}
    largest = sorted(graph.leaves, key=lambda leaf: -inf if isnan(sizes[leaf]) else -sizes[leaf])[:LARGEST]
    yield Equations(tuple(Chain(graph.gradient(x), (graph.received(x),)) for x in largest))
    yield from _remarks_on_graph(graph)
