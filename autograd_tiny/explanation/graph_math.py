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

from autograd_tiny.engine.value import Value
from autograd_tiny.explanation.rendering import COMMA, EQUAL, Math, Remark, join_math, symbol_math
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.formulas import node_partials
from autograd_tiny.symbolic.notation import format_number, latex_number
from autograd_tiny.symbolic.symbol import Symbol, as_symbol, recorded_operation
from autograd_tiny.symbolic.templates import POWER
from autograd_tiny.trace import Trace
from autograd_tiny.trace.fact_texts import fact_template
from autograd_tiny.trace.facts import Detail, Fact
from autograd_tiny.trace.formula_text import cut_lists, cut_middle
from autograd_tiny.trace.passes import primitive_of

LONGEST: Final = 48
"""The longest partial, in characters of text, that is written out."""


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
        self._written: dict[Value, Math] = {}

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
        return symbol_math(self.trace.events.short_formula(self.trace.position(node)))

    def worked_out(self, node: Value) -> tuple[Math, ...]:
        """Return how a recorded node is computed in names, in numbers, and the result."""
        primitive = primitive_of(node)
        numbers = [as_symbol(x.data if isinstance(x, Value) else x) for x in node.operands]
        in_numbers = recorded_operation(primitive, cut_lists(primitive, numbers))
        return self.computed(node), symbol_math(in_numbers), number_math(node.data)

    def partials(self, node: Value, first: int | None) -> list[Math]:
        """Return the partial for each input of a recorded node, as a later factor.

        A long one is written as ∂z/∂x, and so are all but the `first`.
        """
        formulas = [self._derivative(node, x) for x in node.inputs]
        for i, partial in enumerate(node_partials(node, self._names)[:first]):
            if len(partial.text()) <= LONGEST:
                formulas[i] = symbol_math(partial, POWER)
        return formulas

    def rule(self, node: Value) -> tuple[str | Math, ...]:
        """Return the name of the rule by which a recorded node passes its gradient on."""
        primitive = primitive_of(node)
        if primitive.source.endswith("rule"):
            return (primitive.source.rpartition("; ")[2],)  # after the formula of the value
        named = function_name(primitive)
        if primitive.arity == 1 and not primitive.list_positions:
            return "chain rule with ", Math(f"{named.text}′", f"{named.latex}'")
        return "chain rule with the partials of ", named

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
            return symbol_math(detail)
        if isinstance(detail, tuple):
            return comma_list(map(self.name, detail))
        if isinstance(detail, Mapping):
            return comma_list(join_math(EQUAL, self.name(x), number_math(value)) for x, value in detail.items())
        return Math(str(detail), str(detail)) if isinstance(detail, int) else number_math(detail)


def function_name(primitive: Primitive) -> Math:
    """Return the name of a primitive as that of a function."""
    name = primitive.name.removesuffix("_at").partition("_constant_")[0]
    return Math(name, r"\operatorname{" + name.replace("_", r"\_") + "}")


def number_math(value: float) -> Math:
    """Return a number."""
    return Math(format_number(value), latex_number(value))


def factor_math(value: float) -> Math:
    """Return a number as a later factor or term: a negative one in parentheses."""
    plain = number_math(value)
    return Math(f"({plain.text})", rf"\left({plain.latex}\right)") if plain.text.startswith("-") else plain


def comma_list(formulas: Iterable[Math]) -> Math:
    """Return formulas one after another, without the middle of many."""
    return join_math(COMMA, *cut_middle(list(formulas), Math("…", r"\dots")))
