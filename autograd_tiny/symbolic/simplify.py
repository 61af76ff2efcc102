"""Simplify formulas that are displayed: 1·x is x, x + 0 is x, and 0·x is 0.

Source is not simplified: if x is infinite, 0·x is not 0.

>>> from autograd_tiny.symbolic.symbol import Symbol
>>> x = Symbol("x")
>>> str(1.0 * x + 0.0), (1.0 * x + 0.0).source()
('x', '1.0 * x + 0.0')
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.conditions import CONDITIONS

if TYPE_CHECKING:
    from autograd_tiny.symbolic.symbol import Symbol

IDENTITIES: Final = {
    ("mul", 1.0, 0),
    ("mul", 1.0, 1),
    ("div", 1.0, 1),
    ("add", 0.0, 0),
    ("add", 0.0, 1),
    ("sub", 0.0, 1),
    ("pow", 1.0, 1),
    ("pow_constant_exponent", 1.0, 1),
}
"""A primitive, a number, and the position at which that number changes nothing."""
ELLIPSIS: Final = "…"
"""The name of the Symbol for the middle of a list; the product of two is the middle of a list of products."""


def rewrite(root: Symbol, rule: Callable[[Symbol], Symbol]) -> Symbol:
    """Apply a rule to each operation of a tree, operands first; shared parts stay shared."""
    instead: dict[Symbol, Symbol] = {}
    for node in topological_order(root):
        if node.primitive is not None:
            operands = tuple(instead.get(operand, operand) for operand in node.operands)
            instead[node] = rule(node if operands == node.operands else replace(node, operands=operands))
    return instead.get(root, root)


def expand(node: Symbol) -> Symbol:
    """Return an operation in terms of other primitives, if the `latex` of its primitive is such a function."""
    if node.primitive is None or not callable(node.primitive.latex) or not node.operands:
        return node
    return node.primitive.latex(*node.primitive.group(node.operands))  # type: ignore[no-any-return]  # a Symbol, of Symbols


def simplify(node: Symbol) -> Symbol:
    """Return a product with 0 or 1, or a sum with 0, without it; return any other node unchanged.

    A recorded node is returned unchanged, since the reader wants to see what was computed.
    """
    primitive = node.primitive
    if primitive is None or node.is_recorded or len(node.operands) != 2:
        return node
    x, y = node.operands
    if primitive is CONDITIONS["both"]:
        return _equality(x, y, node)
    simpler: Any = None
    if primitive.name == "mul" and _vanishes(x, y):
        simpler = x
    elif primitive.name == "mul" and _vanishes(y, x):
        simpler = y
    elif primitive.name == "mul" and x.name == y.name == ELLIPSIS:
        simpler = x
    elif primitive.name == "sub" and x.constant == 0.0:
        simpler = TABLE["neg"](y)
    elif (primitive.name, x.constant, 0) in IDENTITIES:
        simpler = y
    elif (primitive.name, y.constant, 1) in IDENTITIES:
        simpler = x
    return node if simpler is None else simpler


def _vanishes(x: Symbol, y: Symbol) -> bool:
    """Return whether x·y is 0 because x is; it is not if y is known to be infinite or nan."""
    return x.constant == 0.0 and (y.number is None or math.isfinite(y.number))


def _equality(x: Symbol, y: Symbol, both: Symbol) -> Symbol:
    """Return a = b for the condition a ≥ b and a ≤ b, and any other condition unchanged."""
    bounds = (CONDITIONS["greater_or_equal"], CONDITIONS["less_or_equal"])
    if (x.primitive, y.primitive) != bounds or not _are_equal(x.operands, y.operands):
        return both
    return replace(x, primitive=CONDITIONS["equal"])


def _are_equal(xs: tuple[Symbol, ...], ys: tuple[Symbol, ...]) -> bool:
    return all(x is y or (x.constant is not None and x.constant == y.constant) for x, y in zip(xs, ys, strict=True))
