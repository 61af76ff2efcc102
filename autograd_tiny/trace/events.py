"""List what happens in a pass as events: one node that is computed, or one contribution, at a time.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> for event in (a * b).trace(forward=True).events:
...     print(event)
L = a * b = -6
∂L/∂L = 1
∂L/∂a += ∂L/∂L·b = 1·(-3) = -3, now -3
∂L/∂b += ∂L/∂L·a = 1·2 = 2, now 2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast, overload

from autograd_tiny.engine.source_lines import SourceLine
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.exact_constants import is_written_exactly, recognized_constants
from autograd_tiny.symbolic.helper_names import HelperNames
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, text_name
from autograd_tiny.symbolic.partial_rules import (
    LONGEST,
    constants_of,
    has_shares,
    in_numbers,
    is_small,
    partial_rules,
    share_definition,
)
from autograd_tiny.symbolic.short_names import truncate
from autograd_tiny.symbolic.symbol import Symbol, recorded_operation
from autograd_tiny.symbolic.templates import POWER
from autograd_tiny.trace.formula_text import cut_list, cut_lists, format_factor
from autograd_tiny.trace.passes import SEED, Edges, Pass, primitive_of
from autograd_tiny.trace.true_digits import digits_of_operation, digits_of_step

MOST_KEPT: Final = 8
"""The number of nodes whose rules and formulas are kept."""
MANY: Final = 400
"""In graphs of more edges the values of all nodes have five digits."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Event:
    """One step of a pass.

    Attributes:
        kind: "forward" (a node is computed), "seed" (the root receives the gradient 1) or "contribution" (a node
            passes upstream times partial to one of its inputs).
        node: name of z, the node that is computed, is seeded, or passes its gradient on.
        input: name of x, which receives the contribution; None for the other kinds.
        position: place of x among the inputs of z.
        upstream: the gradient of z.
        partial: of z with respect to x.
        contribution: upstream times partial.
        rule: the partial as text, to be read as a factor: its formula, its number where that is too long; empty for
            the other kinds.
        before: gradient of x before the contribution; None where there was none yet.
        after: gradient of x afterwards; the value of z for "forward", the gradient of z for "seed".
        root: name of the root.
        formula: how z is computed, as text, for "forward"; empty for the other kinds.
        factor: the partial in numbers: one number, or the rule in numbers where it has p = softmax(xs), of which no
            node holds the number; empty for the other kinds.
        line: of the program that made the node, if it was recorded.
    """

    kind: str
    node: str
    input: str | None
    position: int | None
    upstream: float | None
    partial: float | None
    contribution: float | None
    rule: str
    before: float | None
    after: float
    root: str
    formula: str = ""
    factor: str = ""
    line: SourceLine | None = None

    def __repr__(self) -> str:  # a sentence, since a prompt shows what a step returns
        return self._sentence() if self.line is None else f"{self._sentence()}  ({self.line})"

    @property
    def digits(self) -> int:
        """How many digits the numbers of a contribution need to give it, and the gradient after it."""
        if self.upstream is None or self.partial is None:
            return FEWEST_DIGITS
        return digits_of_step(self.upstream, self.partial, self.before, self.after)

    def product(self, digits: int) -> str:
        """Return a contribution as upstream times partial, in so many digits."""
        upstream, partial, contribution = cast(
            "tuple[float, float, float]", (self.upstream, self.partial, self.contribution)
        )
        factor = self.factor if digits == FEWEST_DIGITS else format_factor(partial, digits)
        return f"{format_number(upstream, digits)}·{factor} = {format_number(contribution, digits)}"

    def _sentence(self) -> str:
        root, node = text_name(self.root), text_name(self.node)
        if self.kind == "forward":
            return f"{node} = {truncate(self.formula)} = {format_number(self.after)}"
        if self.kind == "seed":
            return f"∂{root}/∂{node} = {format_number(self.after)}"
        numbers = self.product(self.digits)
        symbols = f"∂{root}/∂{node}·{self.rule}"
        return f"∂{root}/∂{text_name(str(self.input))} += {symbols} = {numbers}, now {format_number(self.after)}"


class Events(Sequence[Event]):
    """The events of a pass: forward events if there are any, the seed, then one contribution for each edge.

    They are kept as flat arrays of numbers; an `Event` is made when it is asked for.
    """

    __slots__ = ("edges", "numbers", "names", "forward", "helpers", "_rules", "_definitions", "_formulas", "_digits")

    def __init__(self, edges: Edges, numbers: Pass, names: Mapping[Value, str], *, forward: bool) -> None:
        self.edges, self.numbers, self.names = edges, numbers, names
        self.forward = len(edges.recorded) if forward else 0
        """How many of the events are forward events."""
        self.helpers = HelperNames(names.values())
        """The names of numbers that only rules have."""
        self._rules: dict[int, list[Symbol]] = {}
        self._definitions: dict[int, str] = {}
        self._formulas: dict[int, str] = {}
        self._digits: list[int] = []

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        """Take a pickle, also one of a version that kept other things besides the pass."""
        kept = {name: state[1][name] for name in ("edges", "numbers", "names", "forward")}
        self.__init__(kept["edges"], kept["numbers"], kept["names"], forward=False)  # type: ignore[misc]  # of this class, which has no subclass
        self.forward = kept["forward"]

    def __len__(self) -> int:
        return self.forward + 1 + len(self.edges)

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Event, ...]: ...

    def __getitem__(self, place: int | slice) -> Event | tuple[Event, ...]:
        places = range(len(self))[place]
        return self._event(places) if isinstance(places, int) else tuple(map(self._event, places))

    def node_at(self, place: int) -> int:
        """Return the position of the node z of an event, without making the event."""
        if place < self.forward:
            return self.edges.recorded[place]
        edge = place - self.forward - 1
        return self.edges.source[edge] if edge >= 0 else len(self.edges.nodes) - 1

    def _event(self, place: int) -> Event:
        edges, names, z = self.edges, self.names, self.node_at(place)
        node, root, line = names[edges.nodes[z]], names[edges.nodes[-1]], edges.nodes[z].line
        if place < self.forward:
            value = self.numbers.values[z]
            return Event(
                "forward", node, None, None, None, None, None, "", None, value, root, self.formula(z), line=line
            )
        if place == self.forward:
            return Event("seed", node, None, None, None, None, None, "", None, SEED, root, line=line)
        edge = place - self.forward - 1
        x, position = edges.target[edge], edge - edges.first[z]
        upstream, partial = self.numbers.gradients[z], self.numbers.partials[edge]
        earlier = edges.latest_into(x, edge)
        before = None if earlier is None else self.numbers.sums[earlier]
        contribution, after = partial * upstream, self.numbers.sums[edge]
        rule, factor, name = self.rule(edge), self.factor(edge), names[edges.nodes[x]]
        return Event(
            "contribution",
            node,
            name,
            position,
            upstream,
            partial,
            contribution,
            rule,
            before,
            after,
            root,
            factor=factor,
            line=line,
        )

    # ── formulas, at the numbers of this pass, which may not be those of the graph ──

    def formula(self, z: int) -> str:
        """Return how a node is computed from its operands, as text; an empty text for a leaf."""
        if z not in self._formulas:
            primitive, text = self.edges.nodes[z].primitive, ""
            if primitive is not None:
                text = recorded_operation(primitive, self.operands_of(z)).text(digits=self.digits_of_constants(z))
            _keep(self._formulas, z, text)
        return self._formulas[z]

    def digits(self, z: int, *, fewest: int = FEWEST_DIGITS) -> int:
        """Return how many digits the operands of a recorded node need to give its value in `fewest` digits."""
        node, index, values = self.edges.nodes[z], self.edges.index, self.numbers.values
        operands = [values[index[x]] if isinstance(x, Value) else x for x in node.operands]
        return digits_of_operation(primitive_of(node), operands, values[z], fewest=fewest)

    def digits_of_values(self) -> list[int]:
        """Return for each node how many digits its value needs to give those computed from it, as these are shown.

        In a graph of more than `MANY` edges all have five.
        """
        edges, index = self.edges, self.edges.index
        if not self._digits:
            self._digits = [FEWEST_DIGITS] * len(edges.nodes)
            for z in reversed(edges.recorded) if len(edges) <= MANY else ():
                needed = self.digits(z, fewest=self._digits[z])
                for x in edges.nodes[z].inputs:
                    self._digits[index[x]] = max(self._digits[index[x]], needed)
        return self._digits

    def digits_of_constants(self, z: int) -> int:
        """Return how many digits the constants in the formula of a recorded node need."""
        is_plain = all(isinstance(x, Value) or is_written_exactly(x) for x in self.edges.nodes[z].operands)
        return FEWEST_DIGITS if is_plain else self.digits(z, fewest=self.digits_of_values()[z])

    def most_digits_of_constants(self) -> int:
        """Return how many digits the constants need in the formula of the whole graph."""
        return max(map(self.digits_of_constants, self.edges.recorded), default=FEWEST_DIGITS)

    def short_formula(self, z: int) -> Symbol:
        """Return how a recorded node is computed, without the middle of long lists."""
        primitive = primitive_of(self.edges.nodes[z])
        operands = cut_lists(primitive, self.edges.nodes[z].operands)  # first, as there may be many thousands
        return recorded_operation(primitive, self._symbols(operands))

    def rule(self, edge: int) -> str:
        """Return the partial along an edge as text, to be read as a factor; its number where that is long."""
        rule = self._rule(edge)
        if is_small(rule) and len(text := rule.text(POWER)) <= LONGEST:
            return text
        return format_factor(self.numbers.partials[edge])

    def factor(self, edge: int, digits: int = FEWEST_DIGITS) -> str:
        """Return the partial along an edge in numbers, as a later factor of a product; in more digits one number."""
        rule = self._rule(edge)
        if digits == FEWEST_DIGITS and is_small(rule) and has_shares(rule):
            return in_numbers(rule).text(POWER)
        return format_factor(self.numbers.partials[edge], digits)

    def partial_equation(self, edge: int) -> str:
        """Return the partial along an edge as its formula and its number, or as the number alone."""
        rule, number = self._rule(edge), format_number(self.numbers.partials[edge])
        forms = [rule.text()] if is_small(rule) and len(rule.text(POWER)) <= LONGEST else []
        forms += [in_numbers(rule).text()] if forms and has_shares(rule) else []
        return " = ".join(dict.fromkeys([*forms, number]))

    def definition(self, z: int) -> str:
        """Return the definition of p, or of constants, in the rules of a recorded node; empty if they have none."""
        if z not in self._definitions:
            rules = [rule for rule in map(self._rule, self.edges.of(z)) if is_small(rule)]
            text = self.share_definition(z).text() if any(map(has_shares, rules)) else constants_of(rules)
            _keep(self._definitions, z, text)
        return self._definitions[z]

    def share_definition(self, z: int) -> Symbol:
        """Return the definition of p in the rules of a recorded node of which a rule has it."""
        return share_definition(primitive_of(self.edges.nodes[z]), self.operands_of(z), self.helpers, cut_list)

    def _rule(self, edge: int) -> Symbol:
        z = self.edges.source[edge]
        if z not in self._rules:
            _keep(self._rules, z, self._rules_of(z))
        return self._rules[z][edge - self.edges.first[z]]

    def operands_of(self, z: int) -> list[Any]:
        """Return the operands of a recorded node: Symbols with names and numbers, and constants."""
        return self._symbols(self.edges.nodes[z].operands)

    def _symbols(self, operands: Sequence[Any]) -> list[Any]:
        index, values, names = self.edges.index, self.numbers.values, self.names
        given = recognized_constants(operands)
        return [Symbol(names[x], values[index[x]]) if isinstance(x, Value) else x for x in given]

    def _rules_of(self, z: int) -> list[Symbol]:
        """Return the rules of a recorded node; numbers for a primitive of the user's own for floats only."""
        node, result = self.edges.nodes[z], Symbol(self.names[self.edges.nodes[z]], self.numbers.values[z])
        rules = partial_rules(primitive_of(node), self.operands_of(z), result, self.helpers)
        if rules is None:
            return [Symbol("", self.numbers.partials[edge]) for edge in self.edges.of(z)]
        return [rule for x, rule in zip(node.operands, rules, strict=True) if isinstance(x, Value)]


def _keep(kept: dict[int, T], z: int, found: T) -> None:
    """Keep what was found for a node, and for a few before it: a node may have many thousands of inputs."""
    if len(kept) == MOST_KEPT:
        del kept[next(iter(kept))]
    kept[z] = found
