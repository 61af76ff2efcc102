"""What a trace writes: formulas and partials as text, at the numbers of the trace, and numbers in few digits.

The numbers decide which case of a partial holds: that of relu is 1 or 0. After `trace.set(...)` they are not those of
the graph, so the Symbols are made here.

>>> factor(2.0), factor(-3.0), shown(None)
('2', '(-3)', '—')
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.formulas import primitive_partials
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.symbolic.symbol import Symbol, recorded_operation
from autograd_tiny.symbolic.templates import POWER
from autograd_tiny.trace.edges import Edges, row_of

LONGEST: Final = 30
"""The longest text of a partial, in characters, that is shown; beyond it stands ∂z/∂x."""

WIDEST: Final = 60
"""How many characters of a formula are shown in a sentence."""

MANY: Final = 4
"""Lists with more items than these are cut in the middle."""

T = TypeVar("T")

Names = Mapping[Value, str]


def partials_of(edges: Edges, values: array[float], names: Names, z: int) -> list[Symbol]:
    """Return the partial of a recorded node with respect to each of its inputs.

    A row of the user's own whose partials are for floats only has no formula: the Symbol ∂z/∂x stands for it.
    """
    node = edges.nodes[z]
    row = row_of(node)
    partials = primitive_partials(row, operands_of(edges, values, names, z), Symbol(names[node], values[z]))
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
    return recorded_operation(row, operands_of(edges, values, names, z)).text()


def operands_of(edges: Edges, values: array[float], names: Names, z: int) -> list[Any]:
    """Return the operands of a recorded node: Symbols with names and numbers, and constants as they are."""
    index = edges.index
    return [Symbol(names[x], values[index[x]]) if isinstance(x, Value) else x for x in edges.nodes[z].operands]


def cut_formula(edges: Edges, values: array[float], names: Names, z: int) -> Symbol:
    """Return how a recorded node is computed, without the middle of long lists."""
    row = row_of(edges.nodes[z])
    return recorded_operation(row, cut_lists(row, operands_of(edges, values, names, z)))


def cut_lists(row: Primitive, operands: Sequence[Any]) -> list[Any]:
    """Return operands, one after another, without the middle of long lists."""
    dots = Symbol("…")
    return row.flatten([cut_middle(x, dots) if isinstance(x, list) else x for x in row.group(operands)])


def cut_middle(items: list[T], dots: T) -> list[T]:
    """Return items, of many the first two and the last.

    >>> cut_middle(["a", "b", "c", "d", "e"], "…")
    ['a', 'b', '…', 'e']
    """
    return [*items[:2], dots, items[-1]] if len(items) > MANY else items


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
