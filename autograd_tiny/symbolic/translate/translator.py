"""Translate Python to languages with the operators of C: what JavaScript and C have in common.

The syntax tree is rewritten node by node. The subset is that of the table and the functions that it calls; anything
else is refused with its line. Arithmetic does not raise in these languages, it gives IEEE results, as the table does:
so of a `try` only the body is translated, and an `if` that only raises is left out, since recording has passed it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final

from autograd_tiny.symbolic.translate.table_source import TranslationError

CONDITIONAL, EITHER, BOTH, EQUALITY, ORDER, SUM, PRODUCT, SIGN, ATOM = range(9)
"""How tightly the operators bind."""

Text = tuple[str, int]  # a piece of source, and how tightly its outermost operator binds

ARITHMETIC: Final = {ast.Add: ("+", SUM), ast.Sub: ("-", SUM), ast.Mult: ("*", PRODUCT), ast.Div: ("/", PRODUCT)}
ORDERS: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
TESTS: Final = frozenset({"any", "math.isfinite", "math.isinf", "math.isnan"})
"""Calls that return true or false; of any other number Python asks whether it is 0."""


class Translator:
    """Translates the expressions and statements of one scope.

    Args:
        names: the translations of names from outside the scope.
    """

    language: ClassVar[str]
    equalities: ClassVar[Mapping[type[ast.cmpop], str]]
    functions: ClassVar[Mapping[type[ast.operator], str]]
    """The functions that compute the operators which the language lacks."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = dict(names)

    def refuse(self, node: ast.AST) -> TranslationError:
        """Return the error that names a piece of Python."""
        return TranslationError(node, self.language)

    # ── expressions ──

    def expression(self, node: ast.expr, within: int = CONDITIONAL) -> str:
        """Return an expression, in parentheses if it binds less tightly than `within`."""
        text, binding = self.bound(node)
        return f"({text})" if binding < within else text

    def bound(self, node: ast.expr) -> Text:  # noqa: PLR0911 - one case for each kind of expression
        """Return an expression with how tightly it binds."""
        match node:
            case ast.Constant(value=float() | int() as constant) if type(constant) is not bool:
                return self.number(constant), ATOM
            case ast.Name() | ast.Attribute(value=ast.Name()):
                return self.name(node), ATOM
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                text = self.expression(operand, SIGN)
                return (f"-({text})" if text.startswith("-") else f"-{text}"), SIGN
            case ast.BinOp(left=left, op=op, right=right):
                return self.operation(left, op, right)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                return self.test(node)
            case ast.IfExp(test=test, body=body) if is_decided(test):
                return self.bound(body)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                condition, binding = self.test(test)
                condition = f"({condition})" if binding == CONDITIONAL else condition
                return f"{condition} ? {self.expression(body, EITHER)} : {self.expression(orelse)}", CONDITIONAL
            case ast.Call():
                return self.call(node)
        raise self.refuse(node)

    def operation(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Text:
        """Return an operation of two numbers."""
        if type(op) in ARITHMETIC:
            sign, binding = ARITHMETIC[type(op)]
            return f"{self.expression(left, binding)} {sign} {self.expression(right, binding + 1)}", binding
        name = self.functions.get(type(op))
        if name is None:
            raise self.refuse(op)
        return f"{name}({self.expression(left)}, {self.expression(right)})", ATOM

    def test(self, node: ast.expr) -> Text:
        """Return the truth of an expression."""
        match node:
            case ast.Compare(left=left, ops=ops, comparators=rights):
                pairs = zip([left, *rights][:-1], ops, rights, strict=True)
                return _joined([self.comparison(*pair) for pair in pairs], "&&", BOTH)
            case ast.BoolOp(op=op, values=values):
                sign, binding = ("&&", BOTH) if isinstance(op, ast.And) else ("||", EITHER)
                return _joined(list(map(self.test, values)), sign, binding)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                text, binding = self.test(operand)
                return (f"!{text}" if binding == ATOM else f"!({text})"), SIGN
            case ast.Call(func=func) if ast.unparse(func) in TESTS:
                return self.bound(node)
        return self.truth(node)

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Text:
        """Return one comparison."""
        sign, binding = (
            (ORDERS.get(type(op)), ORDER) if type(op) in ORDERS else (self.equalities.get(type(op)), EQUALITY)
        )
        if sign is None:
            raise self.refuse(op)
        return f"{self.expression(left, SUM)} {sign} {self.expression(right, SUM)}", binding

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
                yield from self.nested(self.loop(target, iterable), body)
            case ast.Assign(targets=[target], value=value):
                yield from self.assignment(target, value)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value) if type(op) in ARITHMETIC:
                yield f"{name} {ARITHMETIC[type(op)][0]}= {self.expression(value)};"
            case ast.Try(body=body):
                yield from self.block(body)
            case ast.Expr(value=ast.Constant() | ast.Call()):
                pass  # a docstring, or a check
            case _:
                raise self.refuse(node)

    def nested(self, head: str, body: Sequence[ast.stmt]) -> Iterator[str]:
        """Yield a block with its head."""
        yield f"{head} {{"
        yield from (f"  {line}" for line in self.block(body))
        yield "}"

    def body(self, tree: ast.Lambda | ast.FunctionDef, declare: str) -> list[str]:
        """Return the lines of a function, its variables first, after the word that declares them."""
        arguments = {argument.arg for argument in tree.args.args}
        variables = dict.fromkeys(_assigned(tree))
        self.names |= {name: name for name in [*arguments, *variables]}
        lines = self.block([ast.Return(tree.body)] if isinstance(tree, ast.Lambda) else tree.body)
        new = ", ".join(name for name in variables if name not in arguments)
        return [*([f"{declare} {new};"] if new else []), *lines]

    # ── what each language writes in its own way ──

    def number(self, constant: float) -> str:
        """Return a number in all its digits."""
        raise NotImplementedError

    def name(self, node: ast.Name | ast.Attribute) -> str:
        """Return a name, or what it refers to."""
        raise NotImplementedError

    def truth(self, node: ast.expr) -> Text:
        """Return whether a number is not 0."""
        raise NotImplementedError

    def call(self, node: ast.Call) -> Text:
        """Return a call."""
        raise NotImplementedError

    def loop(self, target: ast.expr, iterable: ast.expr) -> str:
        """Return the head of a loop."""
        raise NotImplementedError

    def assignment(self, target: ast.expr, value: ast.expr) -> Iterator[str]:
        """Yield the lines of an assignment."""
        raise NotImplementedError


def is_decided(test: ast.expr) -> bool:
    """Return whether a test asks for the type of a number: translated code has floats only, for which it holds."""
    match test:
        case ast.Call(func=ast.Name(id="isinstance") | ast.Attribute(attr="issuperset")):
            return True
        case ast.Compare(left=ast.Call(func=ast.Name(id="type")), ops=[ast.Is()]):
            return True
    return False


def _joined(tests: list[Text], sign: str, binding: int) -> Text:
    """Return several tests as one."""
    if len(tests) == 1:
        return tests[0]
    return f" {sign} ".join(f"({text})" if inner < binding else text for text, inner in tests), binding


def _assigned(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a function assigns, except those of loops, which are declared there."""
    loops = (node.target for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension))
    in_loops = {id(name) for target in loops for name in ast.walk(target)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in in_loops:
            yield node.id
