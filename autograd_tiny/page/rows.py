"""Collect the rows of the table that a page needs, as JavaScript.

The rows of autograd_tiny come from `scripts/table.js`, with the functions that they call. A row of the user's own is
translated from its formulas over Symbols. A row that computes with `math`, or branches on a number, has none: its
nodes keep their recorded numbers, and the page says so.

>>> from autograd_tiny import primitive, sinh
>>> half = primitive("half", "half({x})", lambda x: 0.5 * x, lambda x, z: (0.5,))
>>> picked = pick([half.primitive, sinh.primitive])
>>> print(picked.text)
rows.sinh = {
  value: math.sinh,
  partials: (x, z) => [rows.cosh.value(x)],
};
<BLANKLINE>
rows.cosh = {
  value: math.cosh,
  partials: (x, z) => [rows.sinh.value(x)],
};
<BLANKLINE>
rows.half = {
  value: (x0) => 0.5 * x0,
  partials: (x0, z) => [0.5],
};
>>> picked.own, picked.missing
(('half',), ())
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from autograd_tiny.page.bundle import read_module
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.formulas import primitive_partials
from autograd_tiny.symbolic.symbol import Symbol, as_symbol
from autograd_tiny.symbolic.translate.javascript import expression

DEFINITION: Final = re.compile(r"^(?:/\*\*.*\*/\n)?((?:floats|special|primitives|rows)\.\w+) = ", re.MULTILINE)
USE: Final = re.compile(r"\b(?:floats|special|primitives|rows)\.\w+")


@dataclass(frozen=True, slots=True)
class Picked:
    """The part of the table that a page needs.

    Attributes:
        text: JavaScript.
        own: names of the rows that autograd_tiny does not have.
        missing: names of own rows that cannot be translated.
    """

    text: str
    own: tuple[str, ...]
    missing: tuple[str, ...]


def pick(primitives: Iterable[Primitive]) -> Picked:
    """Return these rows, and all that they call, as JavaScript, in the order of their definitions."""
    blocks = definitions()
    order = {name: place for place, name in enumerate(blocks)}
    needed: dict[str, str] = {}
    own, missing = [], []
    for row in primitives:
        key = f"rows.{row.name}"
        if key not in blocks:
            own.append(row.name)
        text = blocks.get(key) or own_row(row)
        if text:
            needed[key] = text
        else:
            missing.append(row.name)
    open_names = list(needed)
    while open_names:
        for name in USE.findall(needed[open_names.pop()]):
            if name not in needed:
                needed[name] = blocks.get(name) or own_row(TABLE[name.partition(".")[2]])
                open_names.append(name)
    names = sorted(needed, key=lambda name: order.get(name, len(order)))
    return Picked("\n\n".join(needed[name] for name in names), tuple(own), tuple(missing))


def definitions() -> dict[str, str]:
    """Return every definition of `scripts/table.js` by its name."""
    text = read_module("table.js")
    starts = [*DEFINITION.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return {match[1]: text[match.start() : end].rstrip() for match, end in zip(starts, ends, strict=True)}


def own_row(row: Primitive) -> str:
    """Return a row of the user's own as JavaScript, or an empty text if Symbols cannot flow through it."""
    names = [f"x{position}" for position in range(row.arity)]
    operands = list(map(Symbol, names))
    partials = None if row.list_positions else primitive_partials(row, operands, Symbol("z"))
    if partials is None:
        return ""
    try:
        value, *slopes = map(_translated, (row.compute(*operands), *partials))
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return ""
    called, listed = ", ".join(names), ", ".join(slopes)
    return f"rows.{row.name} = {{\n  value: ({called}) => {value},\n  partials: ({called}, z) => [{listed}],\n}};"


def _translated(formula: object) -> str:
    return expression(as_symbol(formula).source(), {name: f"rows.{name}.value" for name in TABLE})
