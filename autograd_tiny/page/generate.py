"""The table as JavaScript: makes `scripts/table.js` from `primitives.py`, `floats.py` and `special.py`.

It is run by whoever changes one of these; a test holds the file to it. So no page needs their sources.

    python -m autograd_tiny.page.generate > autograd_tiny/page/scripts/table.js

>>> [line for line in table_as_javascript().splitlines() if line.startswith("rows.add ")]
['rows.add = {']
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import Final

from autograd_tiny.page.functions import function
from autograd_tiny.page.javascript import number
from autograd_tiny.primitives import table as primitives
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.symbol import Symbol

MODULES: Final = ("floats", "special", "primitives")
"""Whose functions the rows are written with, in the order of their imports."""

HEAD: Final = """\
// The table of primitives, as `python -m autograd_tiny.page.generate` translates it from primitives.py, floats.py and
// special.py: not written by hand. A page holds the functions that its own graph needs, and no others.
import "./erf.js";
import "./gamma.js";
import { decide, math, python } from "./python.js";

export const floats = {};
export const special = {};
export const primitives = {};
export const rows = {};
"""


def table_as_javascript() -> str:
    """Return the text of `scripts/table.js`."""
    blocks = [HEAD.rstrip()]
    for name in MODULES:
        module = _module(name)
        blocks += _blocks(module, _tree(module), _names_in(module))
    return "\n\n".join(blocks) + "\n"


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def _names_in(module: ModuleType) -> dict[str, str]:
    """Return what stands in JavaScript for each name that a module takes from outside its functions."""
    names = {"math.pi": "Math.PI", "math.inf": "Infinity", "math.nan": "NaN"}
    inside = {f"{name}.{inner}": thing for name in MODULES for inner, thing in vars(_module(name)).items()}
    for name, thing in [*inside.items(), *vars(module).items()]:
        row = getattr(thing, "primitive", None)
        if isinstance(row, Primitive):
            names[name] = f"rows.{row.name}.value"
        elif type(thing) is float:
            constants = {"inf": "Infinity", "nan": "NaN", "pi": "Math.PI"}
            names[name] = constants.get(name.lower(), number(thing))
        elif hasattr(thing, "__wrapped__"):
            names[name] = f"math.{thing.__name__}"  # which `total` completes, and JavaScript has complete
        elif callable(thing) or isinstance(thing, tuple):
            home = getattr(thing, "__module__", module.__name__).rpartition(".")[2]
            names[name] = name if "." in name else f"{home if home in MODULES else _short(module)}.{name}"
    return names


def _module(name: str) -> ModuleType:
    return import_module(f"autograd_tiny.{name}")


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _is_flat(row: Primitive) -> bool:
    """Tell whether the partials of a row are 0 everywhere, as those of sign: its value tells where its kinks are."""
    operands = row.group([Symbol(name) for name in row.operands])
    return all(partial == 0.0 for partial in row.flatten(row.partials(*operands, Symbol("z"))))


ROWS: Final = [thing.primitive for thing in vars(primitives).values() if hasattr(thing, "primitive")]
FLAT: Final = frozenset(f"rows.{row.name}.value" for row in ROWS if _is_flat(row))


def _blocks(module: ModuleType, tree: ast.Module, names: Mapping[str, str]) -> Iterator[str]:
    """Yield one definition after another."""
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name=name) if names[name] == f"{_short(module)}.{name}" and name != "total":
                yield _documented(statement) + _function(f"{_short(module)}.{name}", statement, names)
            case ast.Assign(
                value=ast.Call(func=ast.Name(id="primitive"), args=[name, _, compute, ast.Lambda() as slopes])
            ):
                yield _row(TABLE[ast.literal_eval(name)], compute, slopes, names)
            case ast.Assign(targets=[target]):
                yield from _constants(module, [part.id for part in ast.walk(target) if isinstance(part, ast.Name)])


def _documented(tree: ast.FunctionDef) -> str:
    return f"/** {(ast.get_docstring(tree) or tree.name).splitlines()[0]} */\n"


def _function(name: str, tree: ast.FunctionDef | ast.Lambda, names: Mapping[str, str]) -> str:
    return f"{name} = {function(tree, names, flat=FLAT if name.startswith('primitives.') else None)};"


def _constants(module: ModuleType, names: list[str]) -> Iterator[str]:
    """Yield the lists of coefficients; a number stands where it is used."""
    for name in names:
        thing = getattr(module, name)
        if isinstance(thing, tuple) and len(thing) > 2:
            yield f"{_short(module)}.{name} = [{', '.join(map(number, thing))}];"


def _row(row: Primitive, compute: ast.expr, partials: ast.Lambda, names: Mapping[str, str]) -> str:
    """Return a row: how to compute it, and its partials."""
    text = ast.unparse(compute)
    value = function(compute, names) if isinstance(compute, ast.Lambda) else names.get(text, text)
    body = indent(f"value: {value},\npartials: {function(partials, names, flat=FLAT)},", "  ")
    return f"rows.{row.name} = {{\n{body}\n}};"


if __name__ == "__main__":
    sys.stdout.buffer.write(table_as_javascript().encode())
