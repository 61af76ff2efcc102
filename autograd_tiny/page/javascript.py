"""Python's expressions as JavaScript, so that the page computes what the table computes.

The syntax tree is rewritten, node by node. The subset is the one in which the table, `floats` and `special` are
written; anything else is refused with its line, never guessed. In JavaScript arithmetic does not raise, it gives IEEE
results, as the table does.

>>> expression("x ** 2 + abs(y) if x > 0.0 else -y", {"abs": "Math.abs"})
'x > 0.0 ? math.pow(x, 2) + Math.abs(y) : -y'
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from autograd_tiny.page.errors import TranslationError

CONDITIONAL, EITHER, BOTH, EQUALITY, ORDER, SUM, PRODUCT, SIGN, ATOM = range(9)
"""How tightly JavaScript's operators bind."""

Text = tuple[str, int]  # a piece of JavaScript, and how tightly its outermost operator binds

ARITHMETIC: Final = {ast.Add: ("+", SUM), ast.Sub: ("-", SUM), ast.Mult: ("*", PRODUCT), ast.Div: ("/", PRODUCT)}
CALLS: Final = {ast.Pow: "math.pow", ast.Mod: "python.mod", ast.FloorDiv: "python.floordiv"}
COMPARISONS: Final = {
    ast.Lt: ("<", ORDER),
    ast.LtE: ("<=", ORDER),
    ast.Gt: (">", ORDER),
    ast.GtE: (">=", ORDER),
    ast.Eq: ("===", EQUALITY),
    ast.NotEq: ("!==", EQUALITY),
}
FACTORS: Final = {ast.BitAnd: "python.both", ast.BitOr: "python.either"}
BUILTINS: Final = {
    **{name: f"python.{name}" for name in ("any", "enumerate", "max", "min", "range", "reversed", "round", "zip")},
    "abs": "Math.abs",
    "float": "Number",
    "int": "Math.trunc",
    "list": "Array.from",
}
TESTS: Final = frozenset({"any", "math.isfinite", "math.isinf", "math.isnan"})
"""Calls that answer true or false; of every other number Python asks whether it is 0."""


def expression(source: str, names: Mapping[str, str]) -> str:
    """Return a Python expression as JavaScript.

    Args:
        source: one expression.
        names: what stands for the names that the expression takes from outside; others stay as they are.

    Raises:
        TranslationError: the expression is written in more than the subset. It is a ValueError.
    """
    return Expressions(names).expression(ast.parse(source, mode="eval").body)


class Expressions:
    """The expressions of one scope.

    Args:
        names: what stands for the names that an expression takes from outside; others stay as they are.
        flat: given, what decides on which side of a kink a node is, is told to `decide`: every comparison, and what
            these functions return, the steps of which are flat.
    """

    def __init__(self, names: Mapping[str, str], flat: Collection[str] | None = None) -> None:
        self.names, self.flat = {**BUILTINS, **names}, flat

    def expression(self, node: ast.expr, within: int = CONDITIONAL) -> str:
        """Return an expression, in parentheses if it binds less tightly than `within`."""
        text, binding = self.bound(node)
        return f"({text})" if binding < within else text

    def bound(self, node: ast.expr) -> Text:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of expression
        """Return an expression with how tightly it binds."""
        match node:
            case ast.Constant(value=bool()):
                raise TranslationError(node)
            case ast.Constant(value=float() | int() as constant):
                return number(constant), ATOM
            case ast.Constant(value=str() as text):
                return json.dumps(text), ATOM
            case ast.Name(id=name):
                return self.names.get(name, name), ATOM
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return self.names.get(f"{module}.{name}", f"{module}.{name}"), ATOM
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
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                return f"{name} = {self.expression(value)}", CONDITIONAL
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return f"[{', '.join(map(self.expression, elements))}]", ATOM
            case ast.Starred(value=value):
                return f"...{self.expression(value)}", CONDITIONAL
            case ast.ListComp(elt=element, generators=[loop]) | ast.GeneratorExp(elt=element, generators=[loop]):
                return self.comprehension(element, loop), ATOM
            case ast.Subscript(value=value, slice=ast.Slice(lower=lower, upper=upper, step=None)):
                start = "0" if lower is None else self.expression(lower)
                end = "" if upper is None else f", {self.expression(upper)}"
                return f"{self.expression(value, ATOM)}.slice({start}{end})", ATOM
            case ast.Subscript(value=value, slice=index):
                return f"{self.expression(value, ATOM)}.at({self.expression(index)})", ATOM
            case ast.Call(func=func, args=arguments):
                return self.call(func, arguments, node)
        raise TranslationError(node)

    def operation(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Text:
        """Return an operation of two numbers, or of a list and a number or list."""
        if isinstance(op, ast.Mult) and isinstance(left, ast.List):
            return f"python.repeat({self.expression(left)}, {self.expression(right)})", ATOM
        if isinstance(op, ast.Add) and (_is_list(left) or _is_list(right)):
            return f"[...{self.expression(left)}, ...{self.expression(right)}]", ATOM
        if type(op) in ARITHMETIC:
            sign, binding = ARITHMETIC[type(op)]
            return f"{self.expression(left, binding)} {sign} {self.expression(right, binding + 1)}", binding
        name = {**CALLS, **FACTORS}.get(type(op))
        if name is None:
            raise TranslationError(op)
        return f"{name}({self.expression(left)}, {self.expression(right)})", ATOM

    def comprehension(self, element: ast.expr, loop: ast.comprehension) -> str:
        """Return a list made of another."""
        if loop.ifs:
            raise TranslationError(element)
        iterable = self.expression(loop.iter, ATOM)
        inner = Expressions(self.names, self.flat)
        return f"{iterable}.map(({inner.target(loop.target)}) => {inner.expression(element)})"

    def call(self, func: ast.expr, arguments: Sequence[ast.expr], node: ast.Call) -> Text:
        """Return a call; `strict` and `start` are all the named arguments there are."""
        if ast.unparse(func) == "len" and len(arguments) == 1:
            return f"{self.expression(arguments[0], ATOM)}.length", ATOM
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        if not named.keys() <= {"start", "strict"}:
            raise TranslationError(node)
        starts = [named["start"]] if "start" in named else []
        name = self.expression(func, ATOM)
        text = f"{name}({', '.join(map(self.expression, [*arguments, *starts]))})"
        return (f"decide({text})" if self.flat and name in self.flat else text), ATOM

    # ── tests ──

    def test(self, node: ast.expr) -> Text:
        """Return what is asked of numbers, as true or false."""
        match node:
            case ast.Compare(left=left, ops=ops, comparators=rights):
                operands = [left, *rights]
                pairs = zip(operands[:-1], ops, rights, strict=True)
                return self.joined([self.comparison(*pair) for pair in pairs], "&&", BOTH)
            case ast.BoolOp(op=op, values=values):
                sign, binding = ("&&", BOTH) if isinstance(op, ast.And) else ("||", EITHER)
                return self.joined(list(map(self.test, values)), sign, binding)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                text, binding = self.test(operand)
                return (f"!{text}" if binding == ATOM else f"!({text})"), SIGN
            case ast.Call(func=func) if ast.unparse(func) in TESTS:
                return self.bound(node)
        return f"python.truth({self.expression(node)})", ATOM

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Text:
        """Return one comparison."""
        if type(op) not in COMPARISONS:
            raise TranslationError(op)
        sign, binding = COMPARISONS[type(op)]
        text = f"{self.expression(left, SUM)} {sign} {self.expression(right, SUM)}"
        return (f"decide({text})", ATOM) if self.flat is not None else (text, binding)

    @staticmethod
    def joined(tests: list[Text], sign: str, binding: int) -> Text:
        """Return several tests as one."""
        if len(tests) == 1:
            return tests[0]
        return f" {sign} ".join(f"({text})" if inner < binding else text for text, inner in tests), binding

    def target(self, node: ast.expr) -> str:
        """Return where a number, or each of several, is put."""
        match node:
            case ast.Name(id=name):
                self.names[name] = name
                return name
            case ast.Tuple(elts=places):
                return f"[{', '.join(map(self.target, places))}]"
        raise TranslationError(node)


def is_decided(test: ast.expr) -> bool:
    """Tell whether a test asks for the kind of a number: in the page all are floats and bools, as it hopes for."""
    match test:
        case ast.Call(func=ast.Name(id="isinstance")):
            return True
        case ast.Call(func=ast.Attribute(attr="issuperset")):
            return True
        case ast.Compare(left=ast.Call(func=ast.Name(id="type")), ops=[ast.Is()]):
            return True
    return False


def _is_list(node: ast.expr) -> bool:
    match node:
        case ast.List():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_list(left) or _is_list(right)
    return False


def number(value: float) -> str:
    """Return a number as JavaScript writes it, in all its digits.

    >>> number(0.5), number(-math.inf), number(math.nan)
    ('0.5', '-Infinity', 'NaN')
    """
    return repr(value) if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")
