"""What a trace writes: formulas and partials as text, with the numbers of the trace, and numbers in few digits."""

from __future__ import annotations

from array import array
from typing import Any, cast

from autograd_tiny.cli.formulas import SIGN, Formula, compose, formula
from autograd_tiny.cli.formulas import short as short  # noqa: PLC0414 - until symbol.py is here
from autograd_tiny.primitive import Primitive
from autograd_tiny.trace.edges import Edges
from autograd_tiny.value import Value

LONGEST = 30
"""The longest text of a partial, in characters, that is shown; beyond it stands ∂z/∂x."""


def rules(edges: Edges, values: array[float], names: dict[Value, str], z: int) -> list[str]:
    """Return the partial of a recorded node with respect to each of its inputs as text."""
    node = edges.nodes[z]
    row = cast("Primitive", node.primitive)
    try:
        partials = row.partials(*_operands(edges, values, names, z), Formula(names[node], values[z]))
        texts = [formula(partial).within(SIGN) for partial in row.flatten(partials)]
    except (ArithmeticError, AttributeError, TypeError, ValueError):  # a row of the user's own, for floats only
        texts = [""] * len(node.operands)
    return [
        text if 0 < len(text) <= LONGEST else f"∂{names[node]}/∂{names[x]}"
        for x, text in zip(node.operands, texts, strict=True)
        if isinstance(x, Value)
    ]


def formula_of(edges: Edges, values: array[float], names: dict[Value, str], z: int) -> str:
    """Return how a node is computed from its operands as text; empty for a leaf."""
    row = edges.nodes[z].primitive
    return "" if row is None else str(compose(row, _operands(edges, values, names, z)))


def _operands(edges: Edges, values: array[float], names: dict[Value, str], z: int) -> list[Any]:
    node, index = edges.nodes[z], edges.index
    named = [Formula(names[x], values[index[x]]) if isinstance(x, Value) else x for x in node.operands]
    return cast("Primitive", node.primitive).group(named)


def factor(number: float) -> str:
    """Return a number as the second factor of a product: a negative one in parentheses.

    >>> factor(2.0), factor(-3.0)
    ('2', '(-3)')
    """
    text = short(number)
    return f"({text})" if text.startswith("-") else text
