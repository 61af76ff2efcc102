"""The formulas of one graph, as a worked solution needs them.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> board = Board((a * a + 1.0).trace())
>>> product = board.recorded[0]
>>> [formula.text for formula in board.worked_out(product)], board.derivative(product).text
(['a * a', '3 * 3', '9'], '∂L/∂v1')
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.explanation.blocks import Formula, formula, joined
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.formulas import node_operation, node_partials
from autograd_tiny.symbolic.notation import format_number, latex_number
from autograd_tiny.symbolic.symbol import Symbol, as_symbol, recorded_operation
from autograd_tiny.symbolic.templates import POWER
from autograd_tiny.trace import Trace

LONGEST: Final = 48
"""The longest partial, in characters of text, that is written out; for a longer one stands ∂z/∂x."""
MANY: Final = 4
"""Of lists that are longer only the beginning and the end are written."""


class Board:
    """Writes what belongs to one graph.

    Attributes:
        root: where the backward pass begins.
        leaves: of the graph.
        recorded: the other nodes, inputs before consumers.
        uses: how many contributions each node receives.
    """

    def __init__(self, trace: Trace) -> None:
        self.root, self._names = trace.root, trace.names
        self.leaves = [node for node in trace.nodes if node.primitive is None]
        self.recorded = [node for node in trace.nodes if node.primitive is not None]
        self.uses = Counter(x for node in self.recorded for x in node.inputs)
        self._written: dict[Value, Formula] = {}

    def name(self, node: Value) -> Formula:
        """Return the name of a node."""
        if node not in self._written:  # a name is written again and again
            self._written[node] = formula(Symbol(self._names[node]))
        return self._written[node]

    def derivative(self, node: Value, of: Value | None = None) -> Formula:
        """Return ∂root/∂node, or the derivative of another node."""
        z, x = self.name(self.root if of is None else of), self.name(node)
        return Formula(f"∂{z.text}/∂{x.text}", rf"\frac{{\partial {z.latex}}}{{\partial {x.latex}}}")

    def computed(self, node: Value) -> Formula:
        """Return how a recorded node is computed, with the names of its operands."""
        operation = node_operation(node, self._names, numbers=False)
        return formula(recorded_operation(row_of(node), _cut(row_of(node), operation.operands)))

    def worked_out(self, node: Value) -> tuple[Formula, ...]:
        """Return how a recorded node is computed in names, in numbers, and the result."""
        numbers = [as_symbol(x.data if isinstance(x, Value) else x) for x in node.operands]
        return (
            self.computed(node),
            formula(recorded_operation(row_of(node), _cut(row_of(node), numbers))),
            number(node.data),
        )

    def partials(self, node: Value, first: int | None) -> list[Formula]:
        """Return for each input of a recorded node its partial, as a later factor.

        For one that is long, and for all but the `first`, ∂z/∂x stands.
        """
        formulas = [self.derivative(x, node) for x in node.inputs]
        for i, partial in enumerate(node_partials(node, self._names)[:first]):
            if len(partial.text()) <= LONGEST:
                formulas[i] = formula(partial, POWER)
        return formulas

    def rule(self, node: Value) -> tuple[str | Formula, ...]:
        """Return the name of the rule by which a recorded node hands its gradient on."""
        row = row_of(node)
        if row.source.endswith("rule"):
            return (row.source,)
        named = function(row)
        if row.arity == 1 and not row.list_positions:
            return "chain rule with ", Formula(f"{named.text}′", f"{named.latex}'")
        return "chain rule with the partials of ", named


def row_of(node: Value) -> Primitive:
    """Return the row of a recorded node."""
    return cast("Primitive", node.primitive)


def function(row: Primitive) -> Formula:
    """Return the name of a row as that of a function."""
    name = row.name.removesuffix("_at").partition("_constant_")[0]
    return Formula(name, r"\operatorname{" + name.replace("_", r"\_") + "}")


def number(value: float) -> Formula:
    """Return a number."""
    return Formula(format_number(value), latex_number(value))


def whole(count: int) -> Formula:
    """Return a whole number in all its digits."""
    return Formula(str(count), str(count))


def factor(value: float) -> Formula:
    """Return a number as a later factor or term: a negative one in parentheses."""
    plain = number(value)
    return Formula(f"({plain.text})", rf"\left({plain.latex}\right)") if plain.text.startswith("-") else plain


def equal(*formulas: Formula) -> Formula:
    """Return formulas with signs of equality between them."""
    return joined(" = ", " = ", *formulas)


def times(*factors: Formula) -> Formula:
    """Return a product of formulas that bind as tightly as factors do."""
    return joined(" · ", r" \cdot ", *factors)


def plus(*terms: Formula) -> Formula:
    """Return a sum of formulas that bind as tightly as terms do."""
    return joined(" + ", " + ", *terms)


def _cut(row: Primitive, operands: Any) -> list[Any]:
    """Return operands, one after another, with the middle of long lists left out."""
    dots = Symbol("…")
    return row.flatten(
        [[*x[:2], dots, x[-1]] if isinstance(x, list) and len(x) > MANY else x for x in row.group(operands)]
    )
