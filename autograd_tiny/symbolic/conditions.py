"""Comparisons as rows: what a partial asks of numbers that are not known.

They are factors, 1 where they hold and 0 elsewhere (Iverson's bracket). They are in no table: only Symbols make them.

>>> CONDITIONS["greater"].compute(2.0, 1.0)
True
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from autograd_tiny.primitives.primitive import Primitive

SIGNS: Final = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "&": "and", "|": "or"}
"""The conditions by the sign that Python has for them, each as people read it."""


def _condition(name: str, sign: str, compute: Callable[[float, float], bool], latex: str) -> Primitive:
    return Primitive(
        name,
        f"{{x}} {sign} {{y}}",
        compute,
        lambda x, y, z: (0.0, 0.0),
        symbol=sign,
        domain=(),
        kinks={},
        source="",
        defaults={},
        latex=f"{{x}} {latex} {{y}}",
    )


CONDITIONS: Final = {
    "less": _condition("less", "<", operator.lt, "<"),
    "less_or_equal": _condition("less_or_equal", "<=", operator.le, r"\le"),
    "greater": _condition("greater", ">", operator.gt, ">"),
    "greater_or_equal": _condition("greater_or_equal", ">=", operator.ge, r"\ge"),
    "equal": _condition("equal", "==", operator.eq, "="),
    "both": _condition("both", "&", lambda x, y: bool(x and y), r"\land"),
    "either": _condition("either", "|", lambda x, y: bool(x or y), r"\lor"),
}
"""By name. `equal` is made only to be read: x ≤ y and x ≥ y."""
