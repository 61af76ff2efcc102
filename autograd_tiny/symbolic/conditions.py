"""The comparisons as primitives: the factors 1 and 0 of a partial whose operands have no number yet.

A comparison is 1 where it holds and 0 elsewhere (the Iverson bracket). These primitives are not in the table: only
Symbols and recorded programs use them.

>>> CONDITIONS["greater"].compute(2.0, 1.0)
True
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from autograd_tiny.primitives.primitive import Primitive


def _condition(name: str, sign: str, compute: Callable[[float, float], bool], latex: str) -> Primitive:
    text, latex = f"{{x}} {sign} {{y}}", f"{{x}} {latex} {{y}}"
    return Primitive(name, text, compute, lambda x, y, z: (0.0, 0.0), symbol=sign, latex=latex)


CONDITIONS: Final = {
    "less": _condition("less", "<", operator.lt, "<"),
    "less_or_equal": _condition("less_or_equal", "<=", operator.le, r"\le"),
    "greater": _condition("greater", ">", operator.gt, ">"),
    "greater_or_equal": _condition("greater_or_equal", ">=", operator.ge, r"\ge"),
    "equal": _condition("equal", "==", operator.eq, "="),
    "both": _condition("both", "&", lambda x, y: bool(x and y), r"\land"),
    "either": _condition("either", "|", lambda x, y: bool(x or y), r"\lor"),
}
"""By name. `equal` only displays x ≥ y and x ≤ y."""
