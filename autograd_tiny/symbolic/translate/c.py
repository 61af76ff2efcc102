r"""Translate Python functions of floats to C.

>>> from autograd_tiny.symbolic.translate.table_source import definition, references
>>> print(function("relu", definition("rows.relu").compute, references("primitives"), name_of=str))
static inline double relu(double x) {
  return x < 0.0 ? 0.0 : x;
}
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from autograd_tiny.symbolic.translate.table_source import Reference, definition
from autograd_tiny.symbolic.translate.translator import ATOM, EQUALITY, SIGN, SUM, Text, Translator

BUILTINS: Final = {"abs": "fabs({})", "round": "rint({})", "float": "(double)({})"}


def function(
    name: str,
    tree: ast.Lambda | ast.FunctionDef,
    references: Mapping[str, Reference],
    *,
    name_of: Callable[[str], str],
) -> str:
    """Return a Python function as a function of doubles in C.

    Args:
        name: of the function in C.
        tree: of a lambda or a `def`.
        references: the meaning of names from outside.
        name_of: returns the name in C of another function, given its reference.

    Raises:
        TranslationError: the function is not in the subset, which has no lists. It is a ValueError.
    """
    return C(references, name_of).function(name, tree)


def number(constant: float) -> str:
    """Return a number as C, in all its digits.

    >>> number(0.1), number(-2.0), number(math.inf), number(math.nan)
    ('0.1', '(-2.0)', 'INFINITY', 'NAN')
    """
    if math.isfinite(constant):
        text = repr(float(constant))
    else:
        text = "NAN" if constant != constant else "INFINITY" if constant > 0.0 else "-INFINITY"
    return f"({text})" if text.startswith("-") else text


class C(Translator):
    """Translates one scope to C; see `function` for the arguments."""

    language = "C"
    equalities = {ast.Eq: "==", ast.NotEq: "!="}  # noqa: RUF012 - a ClassVar of the parent
    functions = {ast.Pow: "pow", ast.FloorDiv: "python_floordiv"}  # noqa: RUF012

    def __init__(self, references: Mapping[str, Reference], name_of: Callable[[str], str]) -> None:
        super().__init__({})
        self.references, self.name_of = references, name_of

    def function(self, name: str, tree: ast.Lambda | ast.FunctionDef) -> str:
        """Return a definition."""
        parameters = ", ".join(f"double {argument.arg}" for argument in tree.args.args)
        lines = "".join(f"  {line}\n" for line in self.body(tree, "double"))
        return f"static inline double {name}({parameters}) {{\n{lines}}}"

    def number(self, constant: float) -> str:
        """Return a number in all its digits."""
        return number(constant)

    def name(self, node: ast.Name | ast.Attribute) -> str:
        """Return the name of a variable, or a constant of the table."""
        name = ast.unparse(node)
        constant = self.references.get(name)
        if name not in self.names and not isinstance(constant, float):
            raise self.refuse(node)
        return self.names.get(name) or number(constant)  # type: ignore[arg-type]  # a float

    def truth(self, node: ast.expr) -> Text:
        """Return whether a number is not 0."""
        return f"{self.expression(node, SUM)} != 0.0", EQUALITY

    def call(self, node: ast.Call) -> Text:
        """Return a call, the defaults of missing arguments filled in, since C has none."""
        name = ast.unparse(node.func)
        texts = [self.expression(argument) for argument in node.args]
        if name in BUILTINS and len(texts) == 1:
            return BUILTINS[name].format(*texts), SIGN if name == "float" else ATOM
        reference = self.references.get(name)
        if node.keywords or not isinstance(reference, str):
            raise self.refuse(node)
        called = definition(reference)
        if isinstance(called, ast.FunctionDef):
            missing = len(called.args.args) - len(texts)
            texts += [self.expression(default) for default in called.args.defaults[-missing:] if missing]
        return f"{self.name_of(reference)}({', '.join(texts)})", ATOM

    def loop(self, target: ast.expr, iterable: ast.expr) -> str:
        """Return the head of a loop over a range."""
        match target, iterable:
            case ast.Name(id=name), ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as count)]):
                return f"for (int {name} = 0; {name} < {count}; {name}++)"
        raise self.refuse(iterable)

    def assignment(self, target: ast.expr, value: ast.expr) -> Iterator[str]:
        """Yield assignments; of several names one after another, so no value may read one of them."""
        match target, value:
            case ast.Name(id=name), _:
                yield f"{name} = {self.expression(value)};"
            case ast.Tuple(elts=targets), ast.Tuple(elts=values) if not _names(target) & _names(value):
                for part, new in zip(targets, values, strict=True):
                    yield from self.assignment(part, new)
            case _:
                raise self.refuse(target)


def _names(tree: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
