"""What people need not read: 1·x is x, x + 0 is x, 0·x is 0.

Only what is printed for people is simplified. Source is not: where x is infinite, 0·x is not 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.graph import topological_order
from autograd_tiny.primitive import TABLE

if TYPE_CHECKING:
    from autograd_tiny.symbol.tree import Symbol

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


def simplified(root: Symbol) -> dict[Symbol, Symbol]:
    """Return what to print instead, for each Symbol below a root, and this, that has something simpler."""
    instead: dict[Symbol, Symbol] = {}
    for node in topological_order(root):
        if node.primitive is not None and node.primitive.arity == 2 and len(node.operands) == 2:
            x, y = (instead.get(operand, operand) for operand in node.operands)
            simpler = _simpler(node.primitive.name, x, y)
            if simpler is not None:
                instead[node] = simpler
    return instead


def _simpler(name: str, x: Any, y: Any) -> Symbol | None:
    """Return what remains of a product with 0 or 1 and of a sum with 0, or None where nothing is simpler."""
    if name == "mul":
        for zero, other in ((x, y), (y, x)):
            if zero.constant == 0.0 and (other.number is None or math.isfinite(other.number)):
                return zero  # type: ignore[no-any-return]
    if name == "sub" and x.constant == 0.0:
        return TABLE["neg"](y)  # type: ignore[no-any-return]
    if (name, x.constant, 0) in LEFT_OUT:
        return y  # type: ignore[no-any-return]
    return x if (name, y.constant, 1) in LEFT_OUT else None
