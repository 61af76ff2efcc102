"""Collect the functions that a file must contain: those of the table that its language lacks, from their own source.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> helpers = NumpyHelpers()
>>> helpers.call(TABLE["tanh"], ["x"]), helpers.call(TABLE["relu6"], ["x"])
('np.tanh(x)', 'relu6(x)')
"""

from __future__ import annotations

import ast
import copy
import inspect
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import Any, Final, cast

import numpy as np

from autograd_tiny.errors import BackendError
from autograd_tiny.primitives import table
from autograd_tiny.primitives.arrays import FUNCTIONS
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.contributions import OURS
from autograd_tiny.replay.export import array_lists, plain_lists
from autograd_tiny.replay.export.formulas import ATOMS, atom
from autograd_tiny.replay.numpy_backend.numpy_kernels import CALLED, UFUNCS, sigmoid
from autograd_tiny.symbolic.translate.numpy_arrays import function
from autograd_tiny.symbolic.translate.table_source import MODULES, RowSource, definition, references

PLAIN: Final = re.compile(rf"(?<![\w.])({'|'.join([*CALLED, 'where', 'nan', 'inf'])})(?![\w.])")
BUILTINS: Final = frozenset({"abs", "round", "sum", "max", "min", "pow"})
NONZERO: Final = re.compile(r"-?(?!0\.0$)\d[\d.e+-]*")
SHORT: Final = {"absolute": "abs"}


class ExportError(BackendError):
    """A language lacks a row of the program."""

    failure = "the program cannot be exported"


def refused(row: Primitive, language: str) -> BackendError:
    """Return the error that names a row that a file cannot contain."""
    if row not in OURS:
        problem = f"the row {row.name!r}, which is your own, cannot be written for {language}"
        return ExportError(problem, "write it with rows of the table")
    problem = f"{language} lacks the row {row.name!r}, or has it with fewer than 12 digits"
    return ExportError(problem, 'export to "numpy", which has every row')


class Helpers(ABC):
    """The functions of one file, each after those that it calls."""

    language = ""
    lists: ModuleType

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.imports: set[str] = set()

    def text(self) -> str:
        """Return all functions."""
        return "\n\n".join(self.sources.values())

    def call(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row, an atom."""
        return f"{self.name_of(row)}({', '.join(operands)})"

    @abstractmethod
    def name_of(self, row: Primitive) -> str:
        """Return the name of the function of a row."""

    def list_function(self, row: Primitive, ending: str = "") -> str:
        """Return the name of the function of a row of lists, or of its partials for the list."""
        if row not in OURS:
            raise refused(row, self.language)
        name = f"{row.name}{ending or '_of' * (row.name in {'max', 'min'})}"
        return self.closure(getattr(self.lists, name))

    def closure(self, of: Callable[..., Any]) -> str:
        """Add a function with what it calls, and return its name."""
        Closure(self.sources, self.imports).add(sys.modules[of.__module__], of.__name__)
        return of.__name__


class NumpyHelpers(Helpers):
    """Functions of NumPy arrays."""

    language = "NumPy"
    lists = array_lists

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
        own = self.own_name(name)
        if own not in self.sources:
            source = function(own, tree, names, name_of=self.reference)
            self.sources[own] = PLAIN.sub(lambda match: f"np.{SHORT.get(match[1], match[1])}", source)
        return own

    @staticmethod
    def own_name(name: str) -> str:
        """Return the name of a function in the file, which hides no function of Python."""
        return name if name not in BUILTINS else f"{name}_of"


class PythonHelpers(Helpers):
    """Functions of plain Python, from the source of the table."""

    language = "Python"
    lists = plain_lists

    def name_of(self, row: Primitive) -> str:
        """Return the name of the function of a row."""
        tree = definition(f"rows.{row.name}") if row in OURS else None
        if not isinstance(tree, RowSource):
            raise refused(row, self.language)
        if isinstance(tree.compute, ast.Lambda):
            own = f"{row.name}_of" if row.name in BUILTINS else row.name
            if own not in self.sources:
                body = ast.Return(tree.compute.body)
                self.add_of_table(own, ast.FunctionDef(own, tree.compute.args, [body], [], lineno=1))
            return own
        module, _, name = ast.unparse(tree.compute).rpartition(".")
        if module in {"", "math"}:
            self.imports.add("import math")
            return f"math.{name}" if module else name
        Closure(self.sources, self.imports).add(MODULES[module], name)
        return name

    def add_of_table(self, own: str, tree: ast.FunctionDef) -> None:
        """Add a function of the table under a name, with what it calls."""
        names = _Names({*MODULES, "math"})
        copied = cast("ast.FunctionDef", _bare(ast.parse(ast.unparse(ast.fix_missing_locations(tree))).body[0]))
        bare = names.visit(copied)
        for module, other in names.found:
            if module == "math":
                self.imports.add("import math")
            else:
                Closure(self.sources, self.imports).add(MODULES[module], other)
        arguments = {argument.arg for argument in tree.args.args}
        used = dict.fromkeys(node.id for node in ast.walk(bare) if isinstance(node, ast.Name))
        for name in (name for name in used if name not in arguments):
            thing: Any = vars(table).get(name)
            if type(thing) is float:
                self.sources.setdefault(name, f"{name} = {thing!r}\n")
            elif isinstance(getattr(thing, "primitive", None), Primitive):
                self.name_of(thing.primitive)
            elif isinstance(definition(f"primitives.{name}"), ast.FunctionDef) and name not in self.sources:
                self.add_of_table(name, definition(f"primitives.{name}"))
        self.sources[own] = f"{ast.unparse(bare)}\n"

    def call(self, row: Primitive, operands: Sequence[str]) -> str:
        """Return the call of a row, an atom."""
        if row is TABLE["where"]:
            return "({1} if {0} else {2})".format(*operands)
        if row is TABLE["div"]:
            if NONZERO.fullmatch(operands[1]):
                return f"({atom(operands[0])} / {operands[1]})"
            return f"{self.closure(plain_lists.divide)}({', '.join(operands)})"
        if row is TABLE["pow_constant_exponent"] and operands[1] == "2.0":
            is_short = ATOMS.fullmatch(operands[0]) is not None
            return "({0} * {0})".format(*operands) if is_short else f"{self.name_of(TABLE['square'])}({operands[0]})"
        return super().call(row, operands)


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
        tree = _tree_of(module)
        for statement in tree.body:
            if name in _defined(statement):
                aliases = _modules_of(tree)
                names = _Names(aliases)
                bare = names.visit(_bare(copy.deepcopy(statement)))
                for alias, other in names.found:
                    self.add(aliases[alias], other)
                self.seen |= _defined(statement)
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
        else:
            self.imports.add(ast.unparse(ast.ImportFrom(statement.module, [alias], 0)))


@cache
def _tree_of(module: ModuleType) -> ast.Module:
    """Return the syntax tree of a module, which is not to be changed."""
    return ast.parse(inspect.getsource(module))


def _modules_of(tree: ast.Module) -> dict[str, ModuleType]:
    """Return the modules of ours that a module imports, by their names in it."""
    found = {}
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("autograd_tiny"):
            for alias in statement.names:
                module = sys.modules.get(f"{statement.module}.{alias.name}")
                if module is not None:
                    found[alias.asname or alias.name] = module
    return found


class _Names(ast.NodeTransformer):
    """Takes the names of modules of the table off names: `floats.clamp` becomes `clamp`."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.modules = set(modules)
        self.found: list[tuple[str, str]] = []

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if not isinstance(node.value, ast.Name) or node.value.id not in self.modules:
            return node
        self.found.append((node.value.id, node.attr))
        return node if node.value.id == "math" else ast.Name(node.attr)


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


def _shorter(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a function with the first line of its docstring, and without marks for this package."""
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str() as text)):
                yield ast.Expr(ast.Constant(text.split("\n", maxsplit=1)[0]))
            case ast.Assign(targets=[ast.Attribute()]):
                pass
            case _:
                yield statement


def _bare(statement: ast.stmt) -> ast.stmt:
    """Return a definition without annotations."""
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ast.copy_location(ast.Assign([statement.target], statement.value, lineno=1), statement)
    if isinstance(statement, ast.FunctionDef):
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef):
                node.body = list(_shorter(node.body))
                node.returns = None
                arguments = node.args
                for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg]:
                    if argument is not None:
                        argument.annotation = None
    return statement


__all__ = ["Closure", "Helpers", "NumpyHelpers", "refused"]
