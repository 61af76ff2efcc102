"""Compute tangents along a forward pass, the forward mode of differentiation: `trace.jvp({"a": 1.0})`.

The tangent of x, written x', says how fast x changes as the leaves change in a given direction. That of a node is
the sum, over its inputs, of the tangent of the input times the partial of the node.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> walk = (a * b + a).trace().jvp({"a": 1.0})
>>> walk.tangent("L"), walk.sentence("v1")
(-2.0, "v1' = a'·b = 1·(-3) = -3")
>>> walk
a' = 1. The tangent of the other leaf is 0.
v1 = a * b = -6
    v1' = a'·b = 1·(-3) = -3
L = v1 + a = -4
    L' = v1'·1 + a'·1 = -3·1 + 1·1 = -2
The backward pass gives ∂L/∂a = -2: equal to L'.
  input  forward  backward
  a           -2        -2
  b            2         2
Forward mode takes a pass for each input: 2 passes, 5 products with a partial.
Backward mode takes 1 pass for both: 4 products.

An input that depends on none of the leaves with a tangent adds nothing: a 0 that is not multiplied cannot become nan.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import LengthError, OperandError
from autograd_tiny.primitives.operands import as_leaf_data
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, text_name
from autograd_tiny.trace.facts import Fact, facts_of_partial, sum_of
from autograd_tiny.trace.formula_text import MANY, cut_middle, format_factor
from autograd_tiny.trace.passes import Edges
from autograd_tiny.trace.stepper import Stepper
from autograd_tiny.trace.true_digits import digits_of_sum

Seeds = Mapping[Value, float] | Mapping[str, float] | Mapping[Value | str, float]
"""Tangents of leaves, by the leaves or their names."""
MOST_NODES: Final = 100
"""Of a longer pass, the text shows these many nodes at the end."""


class Tangents:
    """The tangents of one forward pass, at the numbers of a trace; they follow numbers that are set in it.

    Args:
        trace: holds the values and the partials.
        seeds: the tangent of each leaf that has one, by the leaf or its name.

    Raises:
        LengthError: no leaf is given. It is a ValueError.
        OperandError: a node is not a leaf, or its tangent not a finite number.
        UnknownNodeError: the root does not depend on a leaf of this name. It is a KeyError.

    Attributes:
        seeds: the tangents given, by the names of the leaves.
    """

    def __init__(self, trace: Stepper, seeds: Seeds) -> None:
        self.trace = trace
        if not isinstance(seeds, Mapping):
            example = f'{{"{next(trace.names[x] for x in trace.nodes if x.primitive is None)}": 1.0}}'
            remedy = f"write for example {example}"
            raise OperandError("jvp", seeds, expected="a dict of leaves and their tangents", remedy=remedy)
        self.seeds = {trace.names[trace.find(x, place="jvp")]: _seed(trace, x, number) for x, number in seeds.items()}
        if not self.seeds:
            raise LengthError("jvp", seeds=0)
        self._computed_for: object = None
        self._numbers, self._reached, self._products = array("d"), bytearray(), 0
        self._compute()

    @property
    def products(self) -> int:
        """The number of products of a tangent and a partial in the pass."""
        self._compute()
        return self._products

    def tangent(self, node: Value | str) -> float:
        """Return the tangent of a node at the end of the pass."""
        self._compute()
        return self._numbers[self.trace.position(node, place="tangent")]

    def depends(self, node: Value | str) -> bool:
        """Return whether a node depends on a leaf that has a tangent."""
        self._compute()
        return bool(self._reached[self.trace.position(node, place="depends")])

    def _compute(self) -> None:
        """Compute the pass, again where a number was set since."""
        events = self.trace.events
        if self._computed_for is not events:
            seeds = {self.trace.position(name): seed for name, seed in self.seeds.items()}
            self._numbers, self._reached, self._products = tangents(events.edges, events.numbers.partials, seeds)
            self._computed_for = events

    # ── text ──

    def sentence(self, node: Value | str, *, short: Callable[[str], str] = str) -> str:
        """Return how the tangent of a node comes from those of its inputs, in symbols and in numbers.

        Args:
            node: or its name.
            short: shortens a name, given as formulas write it.
        """
        z = self.trace.find(node, place="sentence")
        name, number = short(self.trace.written_name(z)), format_number(self.tangent(z))
        if self.trace.names[z] in self.seeds:
            return f"{name}' = {number}: the direction given"
        edges = self._edges(z)
        if not edges:
            return f"{name}' = 0: {name} does not depend on {' or '.join(short(text_name(x)) for x in self.seeds)}"
        symbols: list[str] = []
        numbers: list[str] = []
        digits = self._digits(edges, self.tangent(z))
        for edge in edges:
            x, events = self.trace.nodes[self.trace.edges.target[edge]], self.trace.events
            symbols.append(f"{short(self.trace.written_name(x))}'·{short(events.rule(edge))}")
            tangent = self.tangent(x)
            first = format_factor(tangent, digits) if numbers else format_number(tangent, digits)
            numbers.append(f"{first}·{events.factor(edge, digits)}")
        terms, products = (" + ".join(cut_middle(side, "…")) for side in (symbols, numbers))
        return f"{name}' = {terms} = {products} = {number}"

    def _digits(self, edges: list[int], total: float) -> int:
        """Return how many digits the terms of a tangent need to add up to it; 5 where not all are written."""
        if len(edges) > MANY:
            return FEWEST_DIGITS
        target, partials, nodes = self.trace.edges.target, self.trace.events.numbers.partials, self.trace.nodes
        return digits_of_sum([[self.tangent(nodes[target[edge]]), partials[edge]] for edge in edges], total)

    def _edges(self, z: Value) -> list[int]:
        """Return the edges of a node to those of its inputs that depend on a seed."""
        edges = self.trace.edges
        return [
            edge for edge in edges.of(self.trace.position(z)) if self.depends(self.trace.nodes[edges.target[edge]])
        ]

    def direction(self, *, short: Callable[[str], str] = str) -> str:
        """Return the tangents given, and that the others are 0."""
        given = ", ".join(
            cut_middle(
                [f"{short(text_name(name))}' = {format_number(seed)}" for name, seed in self.seeds.items()], "…"
            )
        )
        leaves = sum(node.primitive is None for node in self.trace.nodes)
        others = leaves - len(self.seeds)
        rest = {0: "", 1: " The tangent of the other leaf is 0."}.get(others, " The tangent of each other leaf is 0.")
        return f"{given}.{rest}"

    def __repr__(self) -> str:
        from autograd_tiny.trace.mode_comparison import compare_modes

        trace, recorded = self.trace, self.trace.edges.recorded
        lines = [self.direction()]
        if len(recorded) > MOST_NODES:
            lines.append(f"… {len(recorded) - MOST_NODES} nodes before these")
        for position in recorded[-MOST_NODES:]:
            z, events = trace.nodes[position], trace.events
            formula = events.short_formula(position).text(digits=events.digits(position))
            value = format_number(events.numbers.values[position])
            lines += [f"{trace.written_name(z)} = {formula} = {value}", f"    {self.sentence(z)}"]
            shares = events.definition(position)
            lines += [f"    where {shares}"] if shares else []
        return "\n".join([*lines, *compare_modes(self).lines()])

    # ── facts ──

    def facts(self, node: Value | str) -> Iterator[Fact]:
        """Yield what is remarkable about the tangent of a node: a kink, a partial of 0, a nan, terms that cancel."""
        trace = self.trace
        z = trace.find(node)
        terms = []
        for edge in self._edges(z):
            x, partial = trace.nodes[trace.edges.target[edge]], trace.events.numbers.partials[edge]
            tangent = self.tangent(x)
            terms.append(tangent * partial)
            if 0.0 in {partial, tangent} and math.inf in {abs(partial), abs(tangent)}:
                yield Fact("tangent zero times infinity", x, z, {"tangent": tangent, "partial": partial})
            elif tangent and partial and terms[-1] == 0.0:
                yield Fact("tangent underflow", x, z, {"tangent": tangent, "partial": partial})
            elif tangent and math.isfinite(tangent):
                yield from facts_of_partial(trace, edge)
        yield from _facts_of_terms(z, terms, self.tangent(z))


def _facts_of_terms(z: Value, terms: list[float], total: float) -> Iterator[Fact]:
    """Yield that the terms of a tangent cancel, that they are inf minus inf, or that they overflow."""
    terms = [term for term in terms if term != 0.0]
    if len(terms) > 1 and all(map(math.isfinite, terms)) and total == 0.0 and math.fsum(terms) == 0.0:
        yield Fact("tangent cancelled", z, None, {"sum": sum_of(terms)})
    if math.inf in terms and -math.inf in terms and not any(map(math.isnan, terms)):
        yield Fact("tangent infinity minus infinity", z)


def tangents(edges: Edges, partials: array[float], seeds: Mapping[int, float]) -> tuple[array[float], bytearray, int]:
    """Compute the tangent of each node in one forward pass.

    >>> from autograd_tiny.trace.passes import recorded_pass
    >>> a, b = Value(2.0), Value(-3.0)
    >>> edges = Edges(a * b)
    >>> numbers, reached, products = tangents(edges, recorded_pass(edges).partials, {0: 1.0})
    >>> list(numbers), list(reached), products
    ([1.0, 0.0, -3.0], [1, 0, 1], 1)

    Args:
        edges: of the graph.
        partials: along these.
        seeds: the tangents of leaves, by their positions.

    Returns:
        The tangents, which nodes depend on a seed, and how many products were computed.
    """
    numbers, reached, products = array("d", bytes(8 * len(edges.nodes))), bytearray(len(edges.nodes)), 0
    for x, seed in seeds.items():
        numbers[x], reached[x] = seed, 1
    target, first, end = edges.target, edges.first, len(edges)
    for z in edges.recorded:
        total, count = 0.0, 0
        for edge in range(first[z], end):
            x = target[edge]
            if reached[x]:
                total += numbers[x] * partials[edge]
                count += 1
        end = first[z]  # the edges of the next node end where those of this one begin
        if count:
            numbers[z], reached[z] = total, 1
            products += count
    return numbers, reached, products


def _seed(trace: Stepper, node: Value | str, number: float) -> float:
    """Return the tangent of a leaf as a float."""
    x, number = trace.find(node), as_leaf_data(number, "jvp")
    name = trace.names[x]
    if x.primitive is not None:
        remedy = f"{text_name(name)} = {trace.formula(x)} is computed, so its tangent follows from theirs"
        raise OperandError("jvp", x, expected="leaves", remedy=remedy)
    if not math.isfinite(number):
        raise OperandError(
            "jvp", number, expected=f"a finite tangent for {text_name(name)}", remedy="write 1.0, for example"
        )
    return number
