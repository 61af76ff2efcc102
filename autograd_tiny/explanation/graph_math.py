"""Write the nodes, partials and gradients of one graph as mathematics.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> graph = GraphMath((a * a + 1.0).trace())
>>> product = graph.recorded[0]
>>> [formula.text for formula in graph.worked_out(product)], graph.gradient(product).text
(['a * a', '3 * 3', '9'], '∂L/∂v1')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Final

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.explanation.rendering import COMMA, EQUAL, Math, Remark, join_math, symbol_math
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.exact_constants import recognized_constants
from autograd_tiny.symbolic.formulas import node_partials
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, latex_number
from autograd_tiny.symbolic.partial_rules import (
    LONGEST,
    constants_of,
    has_shares,
    in_numbers,
    is_small,
    node_rules,
)
from autograd_tiny.symbolic.symbol import Constant, Symbol, as_symbol, recorded_operation
from autograd_tiny.symbolic.templates import POWER
from autograd_tiny.trace import Trace
from autograd_tiny.trace.fact_texts import fact_template
from autograd_tiny.trace.facts import Detail, Fact
from autograd_tiny.trace.formula_text import cut_lists, cut_middle
from autograd_tiny.trace.passes import primitive_of
from autograd_tiny.trace.true_digits import digits_of_formula, digits_of_operation

CONSTANT_FACTOR: Final = {("mul", 0), ("mul", 1), ("div", 1)}
"""Primitives that multiply by a constant if the operand at that position is one."""


class GraphMath:
    """Writes the mathematics of one graph.

    Attributes:
        trace: of the graph, at its end.
        root: where the backward pass begins.
        leaves: of the graph.
        recorded: the other nodes, inputs before consumers.
        uses: how many contributions each node receives.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace, self.root, self._names = trace, trace.root, trace.names
        self.leaves = [node for node in trace.nodes if node.primitive is None]
        self.recorded = [node for node in trace.nodes if node.primitive is not None]
        self.uses = Counter(x for node in self.recorded for x in node.inputs)
        self._helpers = trace.events.helpers
        self._written: dict[Value, Math] = {}
        self._digits_of: dict[Value, int] = {}
        self._digits_of_values = trace.events.digits_of_values()

    def name(self, node: Value) -> Math:
        """Return the name of a node."""
        if node not in self._written:  # a name is written again and again
            self._written[node] = symbol_math(Symbol(self._names[node]))
        return self._written[node]

    def gradient(self, node: Value) -> Math:
        """Return ∂root/∂node."""
        return self._derivative(self.root, node)

    def received(self, node: Value) -> Math:
        """Return the gradient of a node as a number."""
        return number_math(self.trace.gradient(node) or 0.0)

    def _derivative(self, of: Value, node: Value) -> Math:
        z, x = self.name(of), self.name(node)
        return Math(f"∂{z.text}/∂{x.text}", rf"\frac{{\partial {z.latex}}}{{\partial {x.latex}}}")

    def computed(self, node: Value) -> Math:
        """Return how a recorded node is computed, with the names of its operands."""
        return symbol_math(self.trace.events.short_formula(self.trace.position(node)), digits=self._digits(node))

    def _digits(self, node: Value) -> int:
        """Return how many digits the operands of a recorded node need to give its value."""
        if node not in self._digits_of:
            data = [x.data if isinstance(x, Value) else x for x in recognized_constants(node.operands)]
            fewest = self._digits_of_values[self.trace.position(node)]
            self._digits_of[node] = digits_of_operation(primitive_of(node), data, node.data, fewest=fewest)
        return self._digits_of[node]

    def worked_out(self, node: Value) -> tuple[Math, ...]:
        """Return how a recorded node is computed in names, in numbers, and the result."""
        primitive = primitive_of(node)
        numbers = [as_symbol(x.data if isinstance(x, Value) else x) for x in recognized_constants(node.operands)]
        in_numbers = recorded_operation(primitive, cut_lists(primitive, numbers))
        shown = symbol_math(in_numbers, digits=self._digits(node))
        return self.computed(node), shown, self.value(node)

    def value(self, node: Value) -> Math:
        """Return the value of a node in as many digits as those computed from it need."""
        return number_math(node.data, self._digits_of_values[self.trace.position(node)])

    def partials(self, node: Value, first: int | None) -> list[tuple[Math, Math]]:
        """Return the partial for each input of a recorded node, as a later factor, in symbols and in numbers.

        The formula of a long one, and those of all but the `first`, are their numbers.
        """
        rules = [(factor_math(partial), factor_math(partial)) for partial in node.partials]
        for i, rule in enumerate(node_rules(node, self._names, self._helpers)[:first]):
            if is_small(rule) and len(rule.text()) <= LONGEST:
                numbers = symbol_math(in_numbers(rule), POWER) if has_shares(rule) else rules[i][1]
                rules[i] = symbol_math(rule, POWER), numbers
        return rules

    def rule(self, node: Value) -> tuple[str | Math, ...]:
        """Return the name of the rule by which a recorded node passes its gradient on."""
        primitive = primitive_of(node)
        constants = {(primitive.name, i) for i, x in enumerate(node.operands) if not isinstance(x, Value)}
        if constants & CONSTANT_FACTOR:
            return ("constant-factor rule",)
        if primitive.source.endswith("rule"):
            return (primitive.source.rpartition("; ")[2],)  # after the formula of the value
        return self._chain_rule(node, primitive)

    def _chain_rule(self, node: Value, primitive: Primitive) -> tuple[str | Math, ...]:
        named = function_name(primitive)
        if primitive.arity > 1 or primitive.list_positions:
            definition = self._share_definition(node)
            return ("chain rule with the partials of ", named, *((", where ", definition) if definition else ()))
        derivative = Math(f"{named.text}′", f"{named.latex}'")
        (exact,), (textbook,) = (
            node_partials(node, self._names),
            node_rules(node, self._names, self._helpers),
        )
        if names_in(textbook) == {self._names[node]} and not names_in(exact) <= names_in(textbook):
            return "chain rule with ", join_math(EQUAL, derivative, symbol_math(exact), symbol_math(textbook))
        constants = constants_of([textbook])
        return "chain rule with ", derivative, *((f", where {constants}",) if constants else ())

    def _share_definition(self, node: Value) -> Math | None:
        """Return the definition of p, which is in the rules of softmax and its like."""
        if not any(map(has_shares, node_rules(node, self._names, self._helpers))):
            return None
        return symbol_math(self.trace.events.share_definition(self.trace.position(node)))

    def remark(self, fact: Fact) -> Remark:
        """Return a fact as a sentence."""
        parts: list[str | Math] = []
        for words, blank, _, _ in Formatter().parse(fact_template(fact)):
            parts += [words] if blank is None else [words, self._fill(fact.blanks[blank])]
        return Remark(tuple(parts))

    def _fill(self, detail: Detail) -> Math:
        """Return what fills a blank of a sentence."""
        if isinstance(detail, Value):
            return self.name(detail)
        if isinstance(detail, Symbol):
            return symbol_math(detail, digits=digits_of_formula(detail))
        if isinstance(detail, tuple):
            return comma_list(map(self.name, detail))
        if isinstance(detail, Mapping):
            return comma_list(join_math(EQUAL, self.name(x), number_math(value)) for x, value in detail.items())
        return Math(str(detail), str(detail)) if isinstance(detail, int) else number_math(detail)


def names_in(formula: Symbol) -> set[str]:
    """Return the names of nodes in a formula."""
    parts = topological_order(formula)
    return {part.name for part in parts if part.name and not isinstance(part, Constant)}


def function_name(primitive: Primitive) -> Math:
    """Return the name of a primitive as that of a function."""
    name = primitive.name.removesuffix("_at").partition("_constant_")[0]
    return Math(name, r"\operatorname{" + name.replace("_", r"\_") + "}")


def number_math(value: float, digits: int = FEWEST_DIGITS) -> Math:
    """Return a number in so many digits."""
    return Math(format_number(value, digits), latex_number(value, digits))


def factor_math(value: float, digits: int = FEWEST_DIGITS) -> Math:
    """Return a number as a later factor or term: a negative one in parentheses."""
    plain = number_math(value, digits)
    return Math(f"({plain.text})", rf"\left({plain.latex}\right)") if plain.text.startswith("-") else plain


def comma_list(formulas: Iterable[Math]) -> Math:
    """Return formulas one after another, without the middle of many."""
    return join_math(COMMA, *cut_middle(list(formulas), Math("…", r"\dots")))
