"""Translate functions of the table to C; the other dialects are subclasses that override what differs.

The subset is that of the table and the functions that it calls; anything else is refused with its line. Arithmetic
does not raise in these languages, it gives IEEE results, as the table does: of a `try` only the body is translated,
and an `if` that only raises is left out, since recording has passed it.

>>> from autograd_tiny.symbolic.translate.table_source import definition, references
>>> print(function("relu", definition("rows.relu").compute, references("primitives"), name_of=str))
static inline double relu(double x) {
  return x < 0.0 ? 0.0 : x;
}
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar, Final

from autograd_tiny.symbolic.translate.table_source import Reference, TranslationError, definition

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
        references: the meaning of names from outside the scope.
        name_of: returns the translated name of another function, given its reference.

    Attributes:
        names: the translated names of variables.
    """

    language: ClassVar[str] = "C"
    equalities: ClassVar[Mapping[type[ast.cmpop], str]] = {ast.Eq: "==", ast.NotEq: "!="}
    functions: ClassVar[Mapping[type[ast.operator], str]] = {ast.Pow: "pow", ast.FloorDiv: "python_floordiv"}
    """The functions that compute the operators which the language lacks."""
    builtins: ClassVar[Mapping[str, str]] = {"abs": "fabs({})", "round": "rint({})", "float": "(double)({})"}

    def __init__(self, references: Mapping[str, Reference], name_of: Callable[[str], str]) -> None:
        self.references, self.name_of = references, name_of
        self.names: dict[str, str] = {}

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

    # ── what most dialects override ──

    def number(self, constant: float) -> str:
        """Return a number in all its digits."""
        return number(constant)

    def name(self, node: ast.Name | ast.Attribute) -> str:
        """Return the name of a variable, or a constant of the table."""
        name = ast.unparse(node)
        constant = self.references.get(name)
        if name not in self.names and not isinstance(constant, float):
            raise self.refuse(node)
        return self.names.get(name) or self.number(constant)  # type: ignore[arg-type]  # a float

    def truth(self, node: ast.expr) -> Text:
        """Return whether a number is not 0."""
        return f"{self.expression(node, SUM)} != 0.0", EQUALITY

    def call(self, node: ast.Call) -> Text:
        """Return a call, with the defaults of missing arguments, since C has none."""
        name = ast.unparse(node.func)
        texts = [self.expression(argument) for argument in node.args]
        if name in self.builtins and len(texts) == 1:
            return self.builtins[name].format(*texts), SIGN if name == "float" else ATOM
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


def function(
    name: str,
    tree: ast.Lambda | ast.FunctionDef,
    references: Mapping[str, Reference],
    *,
    name_of: Callable[[str], str],
) -> str:
    """Return a Python function of floats as a function of doubles in C.

    Args:
        name: of the function in C.
        tree: of a lambda or a `def`.
        references: the meaning of names from outside.
        name_of: returns the name in C of another function, given its reference.

    Raises:
        TranslationError: the function is not in the subset, which has no lists. It is a ValueError.
    """
    parameters = ", ".join(f"double {argument.arg}" for argument in tree.args.args)
    lines = "".join(f"  {line}\n" for line in Translator(references, name_of).body(tree, "double"))
    return f"static inline double {name}({parameters}) {{\n{lines}}}"


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


def _names(tree: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
