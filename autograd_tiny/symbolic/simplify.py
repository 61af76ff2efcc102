"""What people read instead of what was computed: 1·x is x, x + 0 is x, 0·x is 0, and dot([w], [x]) is w·x.

Only text and LaTeX are rewritten. Source is not: where x is infinite, 0·x is not 0.

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

LEFT_OUT: Final = {
    ("mul", 1.0, 0),
    ("mul", 1.0, 1),
    ("div", 1.0, 1),
    ("add", 0.0, 0),
    ("add", 0.0, 1),
    ("sub", 0.0, 1),
    ("pow", 1.0, 1),
    ("pow_constant_exponent", 1.0, 1),
}
"""Row, number and its place: what changes nothing there."""
ELLIPSIS: Final = "…"
"""What stands for the middle of a list: times another of its kind it is the middle of a list of products."""


def rewritten(root: Symbol, rewrite: Callable[[Symbol], Symbol]) -> Symbol:
    """Return a tree in which each operation is rewritten, operands first; what is shared stays shared."""
    instead: dict[Symbol, Symbol] = {}
    for node in topological_order(root):
        if node.primitive is not None:
            operands = tuple(instead.get(operand, operand) for operand in node.operands)
            instead[node] = rewrite(node if operands == node.operands else replace(node, operands=operands))
    return instead.get(root, root)


def expanded(node: Symbol) -> Symbol:
    """Return an operation as its row's `latex` writes it with other rows, or as it is."""
    if node.primitive is None or not callable(node.primitive.latex) or not node.operands:
        return node
    return node.primitive.latex(*node.primitive.group(node.operands))  # type: ignore[no-any-return]


def simplified(node: Symbol) -> Symbol:
    """Return what remains of a product with 0 or 1 and of a sum with 0; the node where nothing is simpler.

    A recorded node stays as it is: it was computed so.
    """
    row = node.primitive
    if row is None or node.is_recorded or len(node.operands) != 2:
        return node
    x, y = node.operands
    if row is CONDITIONS["both"]:
        return _equality(x, y, node)
    simpler: Any = None
    if row.name == "mul" and _vanishes(x, y):
        simpler = x
    elif row.name == "mul" and _vanishes(y, x):
        simpler = y
    elif row.name == "mul" and x.name == y.name == ELLIPSIS:
        simpler = x
    elif row.name == "sub" and x.constant == 0.0:
        simpler = TABLE["neg"](y)
    elif (row.name, x.constant, 0) in LEFT_OUT:
        simpler = y
    elif (row.name, y.constant, 1) in LEFT_OUT:
        simpler = x
    return node if simpler is None else simpler


def _vanishes(x: Symbol, y: Symbol) -> bool:
    """Tell whether x·y is 0 because x is, as it is not where y is known to be infinite or no number."""
    return x.constant == 0.0 and (y.number is None or math.isfinite(y.number))


def _equality(x: Symbol, y: Symbol, both: Symbol) -> Symbol:
    """Return a = b where both a ≥ b and a ≤ b are asked for, else the question as it is."""
    rows = [x.primitive, y.primitive]
    if rows != [CONDITIONS["greater_or_equal"], CONDITIONS["less_or_equal"]] or not _same(x.operands, y.operands):
        return both
    return replace(x, primitive=CONDITIONS["equal"])


def _same(xs: tuple[Symbol, ...], ys: tuple[Symbol, ...]) -> bool:
    return all(x is y or (x.constant is not None and x.constant == y.constant) for x, y in zip(xs, ys, strict=True))
