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

from autograd_tiny.primitive import Primitive
from autograd_tiny.symbol import SIGN, Symbol, short, symbol
from autograd_tiny.trace.edges import Edges
from autograd_tiny.value import Value

LONGEST: Final = 30
"""The longest text of a partial, in characters, that is shown; beyond it stands ∂z/∂x."""

Names = Mapping[Value, str]


def rules(edges: Edges, values: array[float], names: Names, z: int) -> list[str]:
    """Return the partial of a recorded node with respect to each of its inputs, as text; ∂z/∂x where it is long."""
    node = edges.nodes[z]
    texts = [partial.text(SIGN) for partial in _partials(edges, values, names, z)]
    if len(texts) != len(node.operands):
        texts = [""] * len(node.operands)
    return [
        text if 0 < len(text) <= LONGEST else f"∂{names[node]}/∂{names[x]}"
        for x, text in zip(node.operands, texts, strict=True)
        if isinstance(x, Value)
    ]


def formula_of(edges: Edges, values: array[float], names: Names, z: int) -> str:
    """Return how a node is computed from its operands, as text; an empty text for a leaf."""
    row = edges.nodes[z].primitive
    if row is None:
        return ""
    named = Symbol(names[edges.nodes[z]], values[z])
    return named.apply_primitive(row, row.group(_operands(edges, values, names, z))).text()


def _partials(edges: Edges, values: array[float], names: Names, z: int) -> list[Symbol]:
    """Return the partial for each operand of a recorded node; nothing where the row is for floats only."""
    node = edges.nodes[z]
    row = cast("Primitive", node.primitive)
    operands, named = _operands(edges, values, names, z), Symbol(names[node], values[z])
    try:
        try:
            partials = row.partials(*row.group(operands), named)
        except ArithmeticError:  # a constant of 0 among plain numbers: Symbols follow IEEE rules
            partials = row.partials(*row.group(list(map(symbol, operands))), named)
        return [symbol(partial) for partial in row.flatten(partials)]
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return []


def _operands(edges: Edges, values: array[float], names: Names, z: int) -> list[Any]:
    index = edges.index
    return [Symbol(names[x], values[index[x]]) if isinstance(x, Value) else x for x in edges.nodes[z].operands]


def shown(number: float | None) -> str:
    """Return a number in at most five digits, and a dash for one that is not computed yet."""
    return "—" if number is None else short(number)


def factor(number: float) -> str:
    """Return a number as the second factor of a product: a negative one in parentheses."""
    text = short(number)
    return f"({text})" if text.startswith("-") else text
