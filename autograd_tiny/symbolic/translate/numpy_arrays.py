r"""Translate Python functions of floats to functions of NumPy arrays, which are Python too.

A choice becomes a call of `where`, so both branches are computed; a comparison is an array of truth values.

>>> from autograd_tiny.symbolic.translate.table_source import definition, references
>>> print(function("leaky", definition("rows.leaky_relu").compute, references("primitives"), name_of=str), end="")
def leaky(x, slope):
    return where(x > 0.0, x, slope * x)
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Final

from autograd_tiny.symbolic.translate.c import ATOM, PRODUCT, Text, Translator, is_decided
from autograd_tiny.symbolic.translate.table_source import Reference

TRUTHS: Final = (ast.Compare, ast.BoolOp)

Names = dict[str, str]
"""The current name of each variable: an assignment makes a new one, so that a branch changes no other."""


def function(
    name: str,
    tree: ast.Lambda | ast.FunctionDef,
    references: Mapping[str, Reference],
    *,
    name_of: Callable[[str], str],
) -> str:
    """Return a function of floats as one of arrays; see `c.function` for the arguments.

    Raises:
        TranslationError: the function is not in the subset, which has no loops. It is a ValueError.
    """
    return NumpyArrays(references, name_of).function(name, tree)


class NumpyArrays(Translator):
    """Translates one function."""

    language = "NumPy"
    functions = {ast.Pow: "power", ast.Mod: "remainder", ast.FloorDiv: "floor_divide"}  # noqa: RUF012 - a ClassVar
    builtins = {"abs": "absolute({})", "round": "rint({})"}  # noqa: RUF012 - a ClassVar

    def __init__(self, references: Mapping[str, Reference], name_of: Callable[[str], str]) -> None:
        super().__init__(references, name_of)
        self.lines: list[str] = []

    def function(self, name: str, tree: ast.Lambda | ast.FunctionDef) -> str:
        """Return a definition."""
        arguments = [argument.arg for argument in tree.args.args]
        defaults = [f"={ast.unparse(default)}" for default in tree.args.defaults]
        parameters = map("{}{}".format, arguments, [*[""] * (len(arguments) - len(defaults)), *defaults])
        self.names = {argument: argument for argument in arguments}
        result = self.result([ast.Return(tree.body)] if isinstance(tree, ast.Lambda) else tree.body)
        if result is None:
            raise self.refuse(tree)
        lines = "".join(f"    {line}\n" for line in [*self.lines, f"return {result}"])
        return f"def {name}({', '.join(parameters)}):\n{lines}"

    # ── statements ──

    def result(self, statements: Sequence[ast.stmt]) -> str | None:
        """Add the lines of statements, and return what they return; None if they only assign."""
        for place, statement in enumerate(statements):
            rest = statements[place + 1 :]
            match statement:
                case ast.Return(value=ast.expr() as value):
                    return self.expression(value)
                case ast.Try(body=body):
                    return self.result([*body, *rest])
                case ast.If(test=test, body=body, orelse=[]) if is_decided(test):
                    return self.result(body)
                case ast.If(test=test, body=[*body], orelse=[]) if not isinstance(body[0], ast.Raise):
                    condition, before = self.test(test)[0], dict(self.names)
                    result = self.result(body)
                    inner, self.names = self.names, before
                    if result is not None:
                        otherwise = self.result(rest)
                        return otherwise and f"where({condition}, {result}, {otherwise})"
                    for name, old in list(before.items()):
                        if inner[name] != old:
                            self.assign(name, f"where({condition}, {inner[name]}, {old})")
                case _:
                    self.add_assignment(statement)
        return None

    def add_assignment(self, statement: ast.stmt) -> None:
        """Add the lines of an assignment."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.assign(name, self.expression(value))
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for target, text in zip(targets, list(map(self.expression, values)), strict=True):
                    self.assign(ast.unparse(target), text)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                self.assign(name, self.expression(ast.BinOp(target, op, value)))
            case ast.If(body=[ast.Raise()], orelse=[]) | ast.Expr(value=ast.Constant() | ast.Call()):
                pass  # a check, or a docstring
            case _:
                raise self.refuse(statement)

    def assign(self, name: str, text: str) -> None:
        """Add a line that assigns a new variable."""
        self.names[name] = f"{name}_{len(self.lines)}"
        self.lines.append(f"{self.names[name]} = {text}")

    # ── expressions ──

    def bound(self, node: ast.expr) -> Text:
        """Return an expression with how tightly it binds."""
        match node:
            case ast.IfExp(test=test, body=body, orelse=orelse) if not is_decided(test):
                return f"where({self.test(test)[0]}, {self.expression(body)}, {self.expression(orelse)})", ATOM
            case ast.Call(func=ast.Name(id="float"), args=[operand]) if isinstance(operand, TRUTHS):
                return f"1.0 * {self.expression(operand, PRODUCT + 1)}", PRODUCT
            case ast.Call(func=ast.Name(id="float"), args=[operand]):
                return self.bound(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self.operation(_factor(left), op, _factor(right))
        return super().bound(node)

    def test(self, node: ast.expr) -> Text:
        """Return the truth of an expression."""
        match node:
            case ast.Compare(left=left, ops=ops, comparators=[right, *rights]) if rights:
                first = ast.Compare(left, ops[:1], [right])
                return self.test(ast.BoolOp(ast.And(), [first, ast.Compare(right, ops[1:], rights)]))
            case ast.BoolOp(op=op, values=values):
                name = "logical_and" if isinstance(op, ast.And) else "logical_or"
                texts = [self.test(value)[0] for value in values]
                return reduce(lambda x, y: f"{name}({x}, {y})", texts), ATOM
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"logical_not({self.test(operand)[0]})", ATOM
            case ast.Compare():
                return super().test(node)
        return self.bound(node)

    def number(self, constant: float) -> str:
        """Return a number; NumPy has the names of what is not finite."""
        return repr(float(constant))


def _factor(node: ast.expr) -> ast.expr:
    """Return a number; of a truth value 1 or 0, since NumPy has another arithmetic of these."""
    return ast.Call(ast.Name("float"), [node], []) if isinstance(node, TRUTHS) else node
