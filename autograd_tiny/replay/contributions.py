"""Write the value and the contributions of a row as Python source, with the names of a program.

The partials are formulas of Symbols. A row is written as a call of its name, so no text of a user's row gets into a
program; only the operators of the table, comparisons and choices are written out.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> value_source(TABLE["div"], ["v1", 2.0])
'v1 / 2.0'
>>> contribution_sources(TABLE["div"], ["v1", 2.0], "v2", "gv2")
['1.0 / 2.0 * gv2', '-v2 / 2.0 * gv2']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from autograd_tiny.primitives import table as primitives
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.indexing import ELEMENT_AT
from autograd_tiny.replay.recorder import DETACH
from autograd_tiny.symbolic.conditions import CONDITIONS
from autograd_tiny.symbolic.formulas import primitive_partials
from autograd_tiny.symbolic.symbol import Symbol, as_symbol

Name = str | float
"""An operand in a source: the name of a number, or a constant."""

OURS: Final = frozenset(
    {
        *(function.primitive for function in vars(primitives).values() if hasattr(function, "primitive")),
        DETACH,
        ELEMENT_AT,
    }
    | {*CONDITIONS.values()}
)
"""The rows of autograd_tiny, in contrast to the user's own."""

OPERATORS: Final = frozenset({*(TABLE[name] for name in ("add", "sub", "mul", "div", "neg")), *CONDITIONS.values()})
"""The rows that are written as their text."""

OUTPUT, UPSTREAM = Symbol("Z_"), Symbol("G_")
PLACE: Final = re.compile(r"\b(X(\d+)_|[ZG]_)\b(?!\()")
LONGEST: Final = 100
"""The most characters of a partial that is written out; a longer one is computed by the row."""


def value_source(row: Primitive, operands: Sequence[Name]) -> str:
    """Return the value of a row without lists as Python source."""
    return _filled(_value_template(row, _constants(operands)), operands, "", "")


def contribution_sources(row: Primitive, operands: Sequence[Name], output: str, upstream: str) -> list[str] | None:
    """Return partial · upstream for each operand as Python source.

    The result is None if the row takes lists, if its partials take floats only, or if they are long.
    """
    templates = _contribution_templates(row, _constants(operands))
    return None if templates is None else [_filled(text, operands, output, upstream) for text in templates]


@lru_cache(maxsize=4096)
def partial_symbols(row: Primitive, constants: tuple[float | None, ...]) -> tuple[Symbol, ...] | None:
    """Return the partials of a row, or None if it takes lists, or if its partials take floats only.

    Args:
        row: of the table, or the user's own.
        constants: the number of each constant operand; None for others, which are named X0_, X1_, ... by position.
            The output is named Z_.
    """
    partials = None if row.list_positions else primitive_partials(row, _placed(constants), OUTPUT)
    return None if partials is None else tuple(partials)


@lru_cache(maxsize=4096)
def _value_template(row: Primitive, constants: tuple[float | None, ...]) -> str:
    return as_calls(Symbol("", None, row, tuple(_placed(constants)))).source()


@lru_cache(maxsize=4096)
def _contribution_templates(row: Primitive, constants: tuple[float | None, ...]) -> tuple[str, ...] | None:
    partials = partial_symbols(row, constants)
    if partials is None:
        return None
    texts = tuple(_times_upstream(partial).source() for partial in map(as_calls, partials))
    return texts if max(map(len, texts)) <= LONGEST else None


def _times_upstream(partial: Symbol) -> Symbol:
    if partial.constant in {1.0, -1.0}:
        return UPSTREAM if partial.constant == 1.0 else Symbol("", None, TABLE["neg"], (UPSTREAM,))
    return Symbol("", None, TABLE["mul"], (partial, UPSTREAM))


def as_calls(formula: Symbol) -> Symbol:
    """Return a formula whose rows are calls by name, except for operators."""
    if formula.primitive is None:
        return formula
    operands, row = tuple(map(as_calls, formula.operands)), formula.primitive
    if row is TABLE["where"]:
        condition, x, y = operands
        return Symbol("", None, CHOICE, (x, condition, y))
    return Symbol("", None, row if row in OPERATORS else call_of(row), operands)


@lru_cache(maxsize=1024)
def call_of(row: Primitive) -> Primitive:
    """Return a row whose text is a call of its name."""
    operands = zip(row.operands, row.takes_list, strict=True)
    arguments = ", ".join(f"{{*{name}}}" if many else f"{{{name}}}" for name, many in operands)
    return _row(row.name, f"{row.name}({arguments})", row.compute)


def _row(name: str, text: str, compute: Callable[..., float]) -> Primitive:
    settings: dict[str, Any] = {"symbol": "", "domain": (), "kinks": {}, "source": "", "defaults": {}, "latex": ""}
    return Primitive(name, text, compute, lambda *_: (), **settings)


CHOICE: Final = _row("choice", "({x} if {condition} else {y})", lambda x, condition, y: x if condition else y)


def _constants(operands: Sequence[Name]) -> tuple[float | None, ...]:
    return tuple(None if isinstance(operand, str) else operand for operand in operands)


def _placed(constants: tuple[float | None, ...]) -> list[Any]:
    return [Symbol(f"X{i}_") if number is None else as_symbol(number) for i, number in enumerate(constants)]


def _filled(template: str, operands: Sequence[Name], output: str, upstream: str) -> str:
    def name(match: re.Match[str]) -> str:
        if match.group(2):
            return str(operands[int(match.group(2))])
        return output if match.group() == OUTPUT.name else upstream

    return PLACE.sub(name, template)
