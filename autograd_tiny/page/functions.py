r"""Python's functions as JavaScript's arrow functions: the statements around the expressions.

Of a `try` only what is tried is translated: the handlers return what JavaScript's arithmetic gives by itself. Neither
is anything checked a second time: an `if` that only raises has been passed by every recorded graph.

>>> import ast
>>> tree = ast.parse("def half(x):\n    if x > 0.0:\n        return x / 2.0\n    return 0.0").body[0]
>>> print(function(tree, {}))
(x) => {
  if (x > 0.0) {
    return x / 2.0;
  }
  return 0.0;
}
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from autograd_tiny.page.errors import TranslationError
from autograd_tiny.page.javascript import ARITHMETIC, Expressions, is_decided


def function(
    tree: ast.Lambda | ast.FunctionDef, names: Mapping[str, str], *, flat: Collection[str] | None = None
) -> str:
    """Return a Python function as an arrow function.

    Args:
        tree: of a lambda or a `def`.
        names: what stands for the names that the function takes from outside.
        flat: given, what decides on which side of a kink a node is, is told to `decide`: every comparison, and what
            these functions return, the steps of which are flat.

    Raises:
        TranslationError: the function is written in more than the subset. It is a ValueError.
    """
    return Functions(names, flat).function(tree)


class Functions(Expressions):
    """One function, with its statements."""

    def function(self, tree: ast.Lambda | ast.FunctionDef) -> str:
        """Return an arrow function."""
        arguments = tree.args.args
        for argument in arguments:
            self.names[argument.arg] = argument.arg
        optional: list[ast.expr | None] = [None] * (len(arguments) - len(tree.args.defaults))
        parameters = ", ".join(
            argument.arg + ("" if default is None else f" = {self.expression(default)}")
            for argument, default in zip(arguments, [*optional, *tree.args.defaults], strict=True)
        )
        body: list[ast.stmt] = [ast.Return(tree.body)] if isinstance(tree, ast.Lambda) else tree.body
        variables = list(dict.fromkeys(_assigned(tree)))
        for variable in variables:
            self.names[variable] = variable
        lines = list(self.block(body))
        new = [name for name in variables if name not in {argument.arg for argument in arguments}]
        if not new and len(lines) == 1 and lines[0].startswith("return "):
            return f"({parameters}) => {lines[0][7:-1]}"
        declaration = [f"let {', '.join(new)};"] if new else []
        return "\n".join([f"({parameters}) => {{", *(f"  {line}" for line in [*declaration, *lines]), "}"])

    # ── statements ──

    def block(self, statements: Sequence[ast.stmt]) -> Iterator[str]:
        """Yield the lines of statements, up to the first that surely returns."""
        for statement in statements:
            yield from self.statement(statement)
            if isinstance(statement, ast.Return) or (isinstance(statement, ast.If) and is_decided(statement.test)):
                return

    def statement(self, node: ast.stmt) -> Iterator[str]:  # noqa: C901 - one case for each kind of statement
        """Yield the lines of a statement."""
        match node:
            case ast.Return(value=ast.expr() as value):
                yield f"return {self.expression(value)};"
            case ast.If(test=test, body=body) if is_decided(test):
                yield from self.block(body)
            case ast.If(body=[ast.Raise()], orelse=[]):
                pass
            case ast.If(test=test, body=body, orelse=[]):
                yield from self.nested(f"if ({self.test(test)[0]})", body)
            case ast.While(test=test, body=body, orelse=[]):
                yield from self.nested(f"while ({self.test(test)[0]})", body)
            case ast.For(target=target, iter=iterable, body=body, orelse=[]):
                place = self.target(target)
                yield from self.nested(f"for (const {place} of {self.expression(iterable)})", body)
            case ast.Assign(targets=[target], value=value):
                yield f"{self.target(target)} = {self.expression(value)};"
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value) if type(op) in ARITHMETIC:
                yield f"{name} {ARITHMETIC[type(op)][0]}= {self.expression(value)};"
            case ast.Try(body=body):
                yield from self.block(body)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=what, attr="append"), args=[new])):
                yield f"{self.expression(what)}.push({self.expression(new)});"
            case ast.Expr(value=ast.Constant() | ast.Call()):
                pass  # a docstring, or a check
            case _:
                raise TranslationError(node)

    def nested(self, head: str, body: Sequence[ast.stmt]) -> Iterator[str]:
        """Yield a block with its head."""
        yield f"{head} {{"
        yield from (f"  {line}" for line in self.block(body))
        yield "}"


def _assigned(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a function gives to numbers, but for the loops', which are declared where they stand."""
    loops = {id(name) for loop in _loops(tree) for name in ast.walk(loop)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in loops:
            yield node.id


def _loops(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension):
            yield node.target
