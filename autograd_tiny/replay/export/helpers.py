"""Collect the functions that a file must contain: those of the table that its language lacks, from their own source.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> helpers = NumpyHelpers()
>>> helpers.call(TABLE["tanh"], ["x"]), helpers.call(TABLE["relu6"], ["x"])
('np.tanh(x)', 'relu6(x)')
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, Final

import numpy as np

from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.arrays import FUNCTIONS
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.contributions import OURS
from autograd_tiny.replay.numpy_backend.numpy_kernels import CALLED, UFUNCS, sigmoid
from autograd_tiny.symbolic.translate.numpy_arrays import function
from autograd_tiny.symbolic.translate.table_source import RowSource, TranslationError, definition, references

PLAIN: Final = re.compile(rf"(?<![\w.])({'|'.join([*CALLED, 'where', 'nan', 'inf'])})(?![\w.])")
SHORT: Final = {"absolute": "abs"}


def refused(row: Primitive, language: str) -> BackendError:
    """Return the error that names a row that a file cannot contain."""
    whose = "" if row in OURS else ", which is your own,"
    return BackendError(
        f"the row {row.name!r}{whose} cannot be exported to {language}",
        "write it with rows of the table" if row not in OURS else 'export to "numpy", which has every row',
    )


class Helpers:
    """The functions of one file, each after those that it calls."""

    language = ""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.imports: set[str] = set()

    def text(self) -> str:
        """Return all functions."""
        return "\n\n".join(self.sources.values())

    def call(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row, an atom."""
        return f"{self.name_of(row)}({', '.join(operands)})"

    def name_of(self, row: Primitive) -> str:
        """Return the name of the function of a row."""
        raise NotImplementedError


class NumpyHelpers(Helpers):
    """Functions of NumPy arrays."""

    language = "NumPy"

    def name_of(self, row: Primitive) -> str:
        """Return the name of the function of a row."""
        if row not in OURS:
            raise refused(row, self.language)
        return self.reference(f"rows.{row.name}")

    def reference(self, reference: str) -> str:
        """Return the name of a function of the table or of `math`; see `numpy_kernels.array_function`."""
        module, _, name = reference.partition(".")
        if module == "rows" and name in FUNCTIONS:
            return self.closure(FUNCTIONS[name])
        if reference in {"rows.where", "primitives.where"}:
            return "np.where"
        if reference == "floats.sigmoid":
            return self.closure(sigmoid)
        ufunc = UFUNCS.get(reference, name if module == "math" else "")
        if isinstance(getattr(np, ufunc, None), np.ufunc):
            return f"np.{SHORT.get(ufunc, ufunc)}"
        tree, names = definition(reference), references("primitives" if module in {"rows", "math"} else module)
        if isinstance(tree, RowSource):
            if not isinstance(tree.compute, ast.Lambda):
                return self.reference(str(names[ast.unparse(tree.compute)]))
            tree = tree.compute
        if not isinstance(tree, ast.Lambda | ast.FunctionDef):
            raise TranslationError(ast.Name(reference), self.language)
        own = self.own_name(name)
        if own not in self.sources:
            source = function(own, tree, names, name_of=self.reference)
            self.sources[own] = PLAIN.sub(lambda match: f"np.{SHORT.get(match[1], match[1])}", source)
        return own

    @staticmethod
    def own_name(name: str) -> str:
        """Return the name of a function in the file, which hides no function of Python."""
        return name if name not in {"abs", "round", "sum", "max", "min", "pow"} else f"{name}_of"

    def closure(self, of: Callable[..., Any]) -> str:
        """Add a function of arrays with what it calls, and return its name."""
        Closure(self.sources, self.imports).add(sys.modules[of.__module__], of.__name__)
        return of.__name__


class Closure:
    """Copies a function from a module, with all that it uses of its own and of our other modules.

    Args:
        sources: by name; what is copied is added.
        imports: lines that import what is not ours; more are added.
    """

    def __init__(self, sources: dict[str, str], imports: set[str]) -> None:
        self.sources, self.imports = sources, imports
        self.seen: set[str] = set()

    def add(self, module: ModuleType, name: str) -> None:
        """Add a definition."""
        if name in self.seen or name in self.sources:
            return
        self.seen.add(name)
        tree = ast.parse(inspect.getsource(module))
        for statement in tree.body:
            if name in _defined(statement):
                bare = _bare(statement)
                for other in dict.fromkeys(node.id for node in ast.walk(bare) if isinstance(node, ast.Name)):
                    self.add_used(module, tree, other)
                self.sources[name] = f"{ast.unparse(bare)}\n"
                return

    def add_used(self, module: ModuleType, tree: ast.Module, name: str) -> None:
        """Add what a definition uses, if it is one of ours."""
        if any(name in _defined(statement) for statement in tree.body):
            self.add(module, name)
            return
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom | ast.Import):
                for alias in statement.names:
                    if (alias.asname or alias.name) == name:
                        self.add_import(statement, alias)

    def add_import(self, statement: ast.ImportFrom | ast.Import, alias: ast.alias) -> None:
        """Add what an import names: a definition of ours, or the import."""
        if isinstance(statement, ast.Import):
            self.imports.add(ast.unparse(ast.Import([alias])))
        elif (statement.module or "").startswith("autograd_tiny"):
            self.add(sys.modules[str(statement.module)], alias.name)
        elif statement.module != "__future__":
            self.imports.add(ast.unparse(ast.ImportFrom(statement.module, [alias], 0)))


def _defined(statement: ast.stmt) -> set[str]:
    """Return the names that a statement of a module defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def _bare(statement: ast.stmt) -> ast.stmt:
    """Return a definition without annotations."""
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ast.copy_location(ast.Assign([statement.target], statement.value, lineno=1), statement)
    if isinstance(statement, ast.FunctionDef):
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef):
                node.returns = None
                arguments = node.args
                for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg]:
                    if argument is not None:
                        argument.annotation = None
    return statement


__all__ = ["Closure", "Helpers", "NumpyHelpers", "refused"]
