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

from autograd_tiny.symbolic.translate.table_source import Reference, TranslationError
from autograd_tiny.symbolic.translate.translator import is_decided

BUILTINS: Final = {"abs": "absolute", "round": "rint"}
OPERATORS: Final = {ast.Pow: "power", ast.Mod: "remainder", ast.FloorDiv: "floor_divide"}
ARITHMETIC: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div)
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
    """Return a function of floats as one of arrays.

    Args:
        name: of the new function.
        tree: of a lambda or a `def`.
        references: the meaning of names from outside.
        name_of: returns the name of another function of arrays, given its reference.

    Raises:
        TranslationError: the function is not in the subset, which has no loops. It is a ValueError.
    """
    return Arrays(references, name_of).function(name, tree)


class Arrays:
    """Translates one function; see `function` for the arguments."""

    def __init__(self, references: Mapping[str, Reference], name_of: Callable[[str], str]) -> None:
        self.references, self.name_of = references, name_of
        self.lines: list[str] = []

    def function(self, name: str, tree: ast.Lambda | ast.FunctionDef) -> str:
        """Return a definition."""
        names = {argument.arg: argument.arg for argument in tree.args.args}
        body = [ast.Return(tree.body)] if isinstance(tree, ast.Lambda) else tree.body
        result = self.block(body, dict(names))
        if result is None:
            raise TranslationError(tree, "NumPy")
        defaults = [f"={ast.unparse(default)}" for default in tree.args.defaults]
        endings = [*[""] * (len(names) - len(defaults)), *defaults]
        parameters = ", ".join(map("{}{}".format, names, endings))
        lines = "".join(f"    {line}\n" for line in [*self.lines, f"return {ast.unparse(result)}"])
        return f"def {name}({parameters}):\n{lines}"

    def block(self, statements: Sequence[ast.stmt], names: Names) -> ast.expr | None:
        """Add the lines of statements, and return what they return; None if they only assign."""
        for place, statement in enumerate(statements):
            rest = statements[place + 1 :]
            match statement:
                case ast.Return(value=ast.expr() as value):
                    return self.expression(value, names)
                case ast.Try(body=body):
                    return self.block([*body, *rest], names)
                case ast.If(test=test, body=body, orelse=[]) if is_decided(test):
                    return self.block(body, names)
                case ast.If(test=test, body=[*body], orelse=[]) if not isinstance(body[0], ast.Raise):
                    condition, inner = self.expression(test, names), dict(names)
                    result = self.block(body, inner)
                    if result is not None:
                        otherwise = self.block(rest, names)
                        return otherwise and _call("where", condition, result, otherwise)
                    for name in names:
                        if inner[name] != names[name]:
                            choice = _call("where", condition, ast.Name(inner[name]), ast.Name(names[name]))
                            self.assign(name, choice, names)
                case _:
                    self.assignment(statement, names)
        return None

    def assignment(self, statement: ast.stmt, names: Names) -> None:
        """Add the lines of an assignment."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.assign(name, self.expression(value, names), names)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for target, new in zip(targets, [self.expression(value, names) for value in values], strict=True):
                    self.assign(ast.unparse(target), new, names)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                self.assign(name, self.expression(ast.BinOp(target, op, value), names), names)
            case ast.If(body=[ast.Raise()], orelse=[]) | ast.Expr(value=ast.Constant() | ast.Call()):
                pass  # a check, or a docstring
            case _:
                raise TranslationError(statement, "NumPy")

    def assign(self, name: str, value: ast.expr, names: Names) -> None:
        """Add a line that assigns a new variable."""
        names[name] = f"{name}_{len(self.lines)}"
        self.lines.append(f"{names[name]} = {ast.unparse(value)}")

    def expression(self, node: ast.expr, names: Names) -> ast.expr:  # noqa: C901, PLR0911, PLR0912 - one case for each kind
        """Return an expression of arrays."""

        def inner(part: ast.expr) -> ast.expr:
            return self.expression(part, names)

        match node:
            case ast.Constant(value=float() | int() as constant) if type(constant) is not bool:
                return ast.Constant(float(constant))
            case ast.Name(id=name) if name in names:
                return ast.Name(names[name])
            case ast.Name() | ast.Attribute():
                number = self.references.get(ast.unparse(node))
                if not isinstance(number, float):
                    raise TranslationError(node, "NumPy")
                return ast.Constant(number) if number == number else ast.Name("nan")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ast.UnaryOp(ast.USub(), inner(operand))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _call("logical_not", inner(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return _call(OPERATORS[type(op)], inner(left), inner(right))
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, ARITHMETIC):
                return ast.BinOp(self.factor(left, names), op, self.factor(right, names))
            case ast.Compare(left=left, ops=ops, comparators=rights):
                sides = list(map(inner, [left, *rights]))
                pairs: list[ast.expr] = [
                    ast.Compare(x, [op], [y]) for x, op, y in zip(sides, ops, sides[1:], strict=False)
                ]
                return reduce(lambda x, y: _call("logical_and", x, y), pairs)
            case ast.BoolOp(op=op, values=values):
                name = "logical_and" if isinstance(op, ast.And) else "logical_or"
                return reduce(lambda x, y: _call(name, x, y), map(inner, values))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return inner(body) if is_decided(test) else _call("where", *map(inner, (test, body, orelse)))
            case ast.Call(func=ast.Name(id="float"), args=[operand]):
                return self.factor(operand, names)
            case ast.Call(func=ast.Name(id=name), args=[operand]) if name in BUILTINS:
                return _call(BUILTINS[name], inner(operand))
            case ast.Call(func=func, args=arguments, keywords=[]):
                reference = self.references.get(ast.unparse(func))
                if isinstance(reference, str):
                    return _call(self.name_of(reference), *map(inner, arguments))
        raise TranslationError(node, "NumPy")

    def factor(self, node: ast.expr, names: Names) -> ast.expr:
        """Return a number; of a truth value 1 or 0, since NumPy has another arithmetic of these."""
        number = self.expression(node, names)
        return ast.BinOp(ast.Constant(1.0), ast.Mult(), number) if isinstance(node, TRUTHS) else number


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name), list(arguments), [])
