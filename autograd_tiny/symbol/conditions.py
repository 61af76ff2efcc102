"""Comparisons as rows: what a partial asks of numbers that are not known yet.

They are factors, 1 where they hold and 0 elsewhere (Iverson's bracket). They are in no table: only Symbols make them.

>>> CONDITIONS["greater"].compute(2.0, 1.0)
True
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from autograd_tiny.primitive import Primitive


def _condition(name: str, symbol: str, compute: Callable[[float, float], bool], latex: str) -> Primitive:
    return Primitive(
        name,
        f"{{x}} {symbol} {{y}}",
        compute,
        lambda x, y, z: (0.0, 0.0),
        symbol=symbol,
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
    "both": _condition("both", "&", lambda x, y: bool(x) and bool(y), r"\land"),
    "either": _condition("either", "|", lambda x, y: bool(x) or bool(y), r"\lor"),
}
