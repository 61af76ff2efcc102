"""What a trace writes: formulas and partials as text, at the numbers of the trace, and numbers in few digits.

The numbers decide which case of a partial holds: that of relu is 1 or 0. After `trace.set(...)` they are not those of
the graph, so the Symbols are made here.

>>> factor(2.0), factor(-3.0), shown(None)
('2', '(-3)', '—')
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any, Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.formulas import primitive_partials
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.symbolic.symbol import Symbol, recorded_operation
from autograd_tiny.symbolic.templates import POWER
from autograd_tiny.trace.edges import Edges

LONGEST: Final = 30
"""The longest text of a partial, in characters, that is shown; beyond it stands ∂z/∂x."""

WIDEST: Final = 60
"""How many characters of a formula are shown in a sentence."""

Names = Mapping[Value, str]


def partials_of(edges: Edges, values: array[float], names: Names, z: int) -> list[Symbol]:
    """Return the partial of a recorded node with respect to each of its inputs.

    A row of the user's own whose partials are for floats only has no formula: the Symbol ∂z/∂x stands for it.
    """
    node = edges.nodes[z]
    row = cast("Primitive", node.primitive)
    partials = primitive_partials(row, _operands(edges, values, names, z), Symbol(names[node], values[z]))
    if partials is None:
        return [Symbol(partial_name(names, node, x)) for x in node.inputs]
    return [partial for x, partial in zip(node.operands, partials, strict=True) if isinstance(x, Value)]


def rule_of(partial: Symbol, names: Names, z: Value, x: Value) -> str:
    """Return a partial as a later factor of a product; ∂z/∂x where it is long."""
    if _is_small(partial) and len(text := partial.text(POWER)) <= LONGEST:
        return text
    return partial_name(names, z, x)


def _is_small(partial: Symbol) -> bool:
    """Tell whether a partial has few leaves: to write one with hundreds for each input of a softmax takes seconds."""
    leaves, stack = 0, [partial]
    while stack and leaves <= LONGEST:
        operands = stack.pop().operands
        leaves += not operands
        stack += operands
    return leaves <= LONGEST


def partial_name(names: Names, z: Value, x: Value) -> str:
    """Return ∂z/∂x with the names of the two."""
    return f"∂{names[z]}/∂{names[x]}"


def formula_of(edges: Edges, values: array[float], names: Names, z: int) -> str:
    """Return how a node is computed from its operands, as text; an empty text for a leaf."""
    row = edges.nodes[z].primitive
    if row is None:
        return ""
    return recorded_operation(row, _operands(edges, values, names, z)).text()


def _operands(edges: Edges, values: array[float], names: Names, z: int) -> list[Any]:
    index = edges.index
    return [Symbol(names[x], values[index[x]]) if isinstance(x, Value) else x for x in edges.nodes[z].operands]


def brief(formula: str) -> str:
    """Return a formula, cut where it is long: that of a neuron names hundreds of weights.

    >>> brief("a * b"), brief("sum([" + "x, " * 100 + "])")
    ('a * b', 'sum([x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,…')
    """
    return formula if len(formula) <= WIDEST else formula[: WIDEST - 1].rstrip() + "…"


def shown(number: float | None) -> str:
    """Return a number in at most five digits, and a dash for one that is not computed yet."""
    return "—" if number is None else format_number(number)


def factor(number: float) -> str:
    """Return a number as the second factor of a product: a negative one in parentheses."""
    text = format_number(number)
    return f"({text})" if text.startswith("-") else text
