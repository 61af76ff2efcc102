"""Read the source of the table: the syntax trees of its rows and of the functions that they call.

A definition is known by the name of its module and its own: `rows.relu`, `floats.sigmoid`, `special.BERNOULLI`.

>>> ast.unparse(definition("rows.relu").compute), definition("floats.maximum").name
('lambda x: 0.0 if x < 0.0 else x', 'maximum')
>>> [references("special")[name] for name in ("exp", "pi", "gaussian")]
['math.exp', 3.141592653589793, 'special.gaussian']
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives import ieee_functions, special_functions, table
from autograd_tiny.primitives.primitive import Primitive

MODULES: Final = {"floats": ieee_functions, "special": special_functions, "primitives": table}
"""The modules whose functions the rows call, in the order of their imports, by the names used in translations."""

Reference = str | float
"""A definition, a function of `math`, or a number."""


@dataclass(frozen=True, slots=True)
class RowSource:
    """The syntax trees of a row; `compute` is a lambda, or names a function."""

    compute: ast.expr
    partials: ast.Lambda

    def compute_lambda(self) -> ast.Lambda:
        """Return `compute` as a lambda of the operands, which calls the function that it names."""
        if isinstance(self.compute, ast.Lambda):
            return self.compute
        operands = ", ".join(argument.arg for argument in self.partials.args.args[:-1])
        source = f"lambda {operands}: {ast.unparse(self.compute)}({operands})"
        return cast("ast.Lambda", ast.parse(source, mode="eval").body)


class TranslationError(AutogradError, ValueError):
    """A piece of Python that the translator cannot write in another language.

    Attributes:
        source: the piece.
        line: its line; 0 if unknown.
    """

    def __init__(self, node: ast.AST, language: str) -> None:
        is_text = isinstance(node, ast.expr | ast.stmt)
        self.source = ast.unparse(node) if is_text else type(node).__name__
        self.line = getattr(node, "lineno", 0)
        super().__init__(
            f"line {self.line}: {self.source!r} is not translated to {language}; write it with arithmetic, "
            "comparisons, conditions and functions of the table"
        )


def tree_of(module: str) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(Path(str(MODULES[module].__file__)).read_text(encoding="utf-8"))


def definitions(module: str) -> Iterator[tuple[str, Any]]:
    """Yield the names and trees of the functions and rows of a module, and its tuples of coefficients, in order."""
    meanings, things = references(module), vars(MODULES[module])
    for statement in tree_of(module).body:
        match statement:
            case ast.FunctionDef(name=name) if meanings[name] == f"{module}.{name}" and name != "total":
                yield f"{module}.{name}", statement
            case ast.Assign(
                value=ast.Call(func=ast.Name(id="primitive"), args=[name, _, compute, ast.Lambda() as partials])
            ):
                yield f"rows.{ast.literal_eval(name)}", RowSource(compute, partials)
            case ast.Assign(targets=[target]):
                for part in ast.walk(target):
                    if isinstance(part, ast.Name) and isinstance(things[part.id], tuple) and len(things[part.id]) > 2:
                        yield f"{module}.{part.id}", things[part.id]


@cache
def _everything() -> Mapping[str, Any]:
    return MappingProxyType({name: tree for module in MODULES for name, tree in definitions(module)})


def definition(name: str) -> Any:
    """Return the tree of a function, a `RowSource` or a tuple of coefficients; None if the table has none."""
    return _everything().get(name)


@cache
def references(module: str) -> Mapping[str, Reference]:
    """Return the meaning of each name that a module takes from outside its functions."""
    inside = {f"{home}.{name}": thing for home, other in MODULES.items() for name, thing in vars(other).items()}
    meanings: dict[str, Reference] = {
        f"math.{name}": thing if type(thing) is float else f"math.{name}" for name, thing in vars(math).items()
    }
    for name, thing in [*inside.items(), *vars(MODULES[module]).items()]:
        row = getattr(thing, "primitive", None)
        if isinstance(row, Primitive):
            meanings[name] = f"rows.{row.name}"
        elif type(thing) is float:
            meanings[name] = thing
        elif hasattr(thing, "__wrapped__"):
            meanings[name] = f"math.{thing.__name__}"  # as `total` completes it; other languages have it complete
        elif callable(thing) or isinstance(thing, tuple):
            homes = {other.__name__: home for home, other in MODULES.items()}
            home = homes.get(getattr(thing, "__module__", ""), module)
            meanings[name] = name if "." in name else f"{home}.{name}"
    return MappingProxyType(meanings)
