"""A recorded node as Symbols: how it is computed from its operands, and its partials.

>>> from autograd_tiny import Value
>>> w, x = Value(3.0, label="w"), Value(-2.0, label="x")
>>> node = w * x
>>> names = {w: "w", x: "x", node: "v1"}
>>> operation_of(node, names), partials_of(node, names)
(<symbol w * x>, [<symbol x>, <symbol w>])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from autograd_tiny.engine.node import Node
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.symbol import Symbol, recorded, symbol


def operation_of(node: Node, names: Mapping[Any, str], *, numbers: bool = True) -> Symbol:
    """Return a node as one step: its row, applied to Symbols named after its operands; constants stay numbers.

    Args:
        node: of a recorded graph; a leaf gives the Symbol of its name.
        names: of the node and its inputs, as `labels.name_nodes` gives them.
        numbers: whether the Symbols know their numbers.
    """
    named = _naming(names, numbers=numbers)
    if node.primitive is None:
        return cast("Symbol", named(node))
    return recorded(node.primitive, list(map(named, node.operands)))


def partials_of(node: Node, names: Mapping[Any, str], *, numbers: bool = True) -> list[Symbol]:
    """Return ∂node/∂input for each of the node's inputs, in their order.

    With numbers, a formula with cases is the case that holds. Without, it has all of them, so that it holds for every
    number. A row of the user's own whose partials are for floats only gives Symbols that are called ∂node/∂input.

    Args:
        node: of a recorded graph; a leaf has no partials.
        names: of the node and its inputs.
        numbers: whether the Symbols know their numbers.
    """
    if node.primitive is None:
        return []
    named = _naming(names, numbers=numbers)
    partials = partials_at(node.primitive, list(map(named, node.operands)), named(node))
    if partials is None:
        return [
            Symbol(f"∂{names[node]}/∂{names[x]}", partial if numbers else None)
            for x, partial in zip(node.inputs, node.partials, strict=True)
        ]
    return [partial for x, partial in zip(node.operands, partials, strict=True) if isinstance(x, Node)]


def _naming(names: Mapping[Any, str], *, numbers: bool) -> Callable[[Any], Any]:
    """Return what makes a Symbol of a node and leaves a plain number as it is."""

    def named(operand: Any) -> Any:
        if isinstance(operand, Node):
            return Symbol(names[operand], operand.data if numbers else None)
        return operand

    return named


def partials_at(row: Primitive, operands: list[Any], z: Symbol) -> list[Symbol] | None:
    """Return the partial for each operand, or None where a row of the user's own is for floats only.

    Args:
        row: of the table.
        operands: Symbols, and constants as plain numbers; those of lists one after another.
        z: what the row gives.
    """
    for given in (operands, list(map(symbol, operands))):  # 1 / 0 raises among floats, Symbols follow IEEE rules
        try:
            partials = [symbol(partial) for partial in row.flatten(row.partials(*row.group(given), z))]
        except ArithmeticError:
            continue
        except (AttributeError, IndexError, TypeError, ValueError):
            return None
        return partials if len(partials) == len(operands) else None
    return None
