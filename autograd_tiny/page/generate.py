"""Write the table as JavaScript: `scripts/table.js`, translated from the table and the functions that its rows call.

Run it after a change of one of these; a test fails until then.

    python -m autograd_tiny.page.generate > autograd_tiny/page/scripts/table.js

>>> [line for line in table_as_javascript().splitlines() if line.startswith("rows.add ")]
['rows.add = {']
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from textwrap import indent
from typing import Any, Final

from autograd_tiny.primitives import table
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.symbolic.translate.javascript import function, name_of, number
from autograd_tiny.symbolic.translate.table_source import MODULES, RowSource, definitions, references

HEAD: Final = """\
// The table of primitives, translated by `python -m autograd_tiny.page.generate` from primitives/table.py,
// ieee_functions.py and special_functions.py: do not edit. A page holds only the functions that its graph needs.
import "./erf.js";
import "./gamma.js";
import "./rounding.js";
import { decide, math, python } from "./python_math.js";

export const floats = {};
export const special = {};
export const primitives = {};
export const rows = {};
"""


def _is_flat(row: Primitive) -> bool:
    """Return whether all partials of a row are 0, as those of sign: its value tells on which side of a kink it is."""
    operands = row.group([Symbol(name) for name in row.operands])
    return all(partial == 0.0 for partial in row.flatten(row.partials(*operands, Symbol("z"))))


ROWS: Final = [thing.primitive for thing in vars(table).values() if hasattr(thing, "primitive")]
FLAT: Final = frozenset(f"rows.{row.name}.value" for row in ROWS if _is_flat(row))


def table_as_javascript() -> str:
    """Return the text of `scripts/table.js`."""
    blocks = [HEAD.rstrip()]
    for module in MODULES:
        names = {name: name_of(meaning) for name, meaning in references(module).items()}
        blocks += [_block(name, thing, names) for name, thing in definitions(module)]
    return "\n\n".join(blocks) + "\n"


def _block(name: str, thing: Any, names: Mapping[str, str]) -> str:
    """Return one definition: a row, a function, or a list of coefficients."""
    if isinstance(thing, RowSource):
        lambdas = isinstance(thing.compute, ast.Lambda)
        text = ast.unparse(thing.compute)
        value = function(thing.compute, names) if lambdas else names.get(text, text)  # type: ignore[arg-type]  # a Lambda, as tested
        body = indent(f"value: {value},\npartials: {function(thing.partials, names, flat=FLAT)},", "  ")
        return f"{name} = {{\n{body}\n}};"
    if isinstance(thing, tuple):
        return f"{name} = [{', '.join(map(number, thing))}];"
    flat = FLAT if name.startswith("primitives.") else None
    summary = (ast.get_docstring(thing) or thing.name).splitlines()[0]
    return f"/** {summary} */\n{name} = {function(thing, names, flat=flat)};"


if __name__ == "__main__":
    sys.stdout.buffer.write(table_as_javascript().encode())
