r"""Translate Python to JavaScript, lists included: the dialect of the page.

>>> expression("x ** 2 + abs(y) if x > 0.0 else -y", {"abs": "Math.abs"})
'x > 0.0 ? math.pow(x, 2) + Math.abs(y) : -y'
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
import json
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from autograd_tiny.symbolic.translate.c import ATOM, CONDITIONAL, Text, Translator
from autograd_tiny.symbolic.translate.table_source import Reference

BUILTINS: Final = {
    **{name: f"python.{name}" for name in ("any", "enumerate", "max", "min", "range", "reversed", "round", "zip")},
    "abs": "Math.abs",
    "float": "Number",
    "int": "Math.trunc",
    "list": "Array.from",
}
FACTORS: Final = {ast.BitAnd: "python.both", ast.BitOr: "python.either"}


def expression(source: str, names: Mapping[str, str]) -> str:
    """Return a Python expression as JavaScript.

    Args:
        source: one expression.
        names: the translations of names from outside; other names stay as they are.

    Raises:
        TranslationError: the expression is not in the subset. It is a ValueError.
    """
    return JavaScript(names).expression(ast.parse(source, mode="eval").body)


def function(
    tree: ast.Lambda | ast.FunctionDef, names: Mapping[str, str], *, flat: Collection[str] | None = None
) -> str:
    """Return a Python function as an arrow function.

    Args:
        tree: of a lambda or a `def`.
        names: the translations of names from outside; other names stay as they are.
        flat: the functions whose results are steps. If given, these results and all comparisons are passed to
            `decide`, which tells the page on which side of a kink a node is.

    Raises:
        TranslationError: the function is not in the subset. It is a ValueError.
    """
    return JavaScript(names, flat).function(tree)


def name_of(reference: Reference) -> str:
    """Return what a name of the table's source refers to in `table.js`."""
    if isinstance(reference, str):
        return f"{reference}.value" if reference.startswith("rows.") else reference
    return "Math.PI" if reference == math.pi else number(reference)


def number(value: float) -> str:
    """Return a number as JavaScript, in all its digits.

    >>> number(0.5), number(-math.inf), number(math.nan)
    ('0.5', '-Infinity', 'NaN')
    """
    return repr(value) if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")


class JavaScript(Translator):
    """Translates one scope to JavaScript; see `function` for the arguments."""

    language = "JavaScript"
    equalities = {ast.Eq: "===", ast.NotEq: "!=="}  # noqa: RUF012 - a ClassVar of the parent
    functions = {ast.Pow: "math.pow", ast.Mod: "python.mod", ast.FloorDiv: "python.floordiv", **FACTORS}  # noqa: RUF012 - as above

    def __init__(self, names: Mapping[str, str], flat: Collection[str] | None = None) -> None:
        super().__init__({}, str)
        self.names |= {**BUILTINS, **names}
        self.flat = flat

    def function(self, tree: ast.Lambda | ast.FunctionDef) -> str:
        """Return an arrow function."""
        arguments, defaults = tree.args.args, tree.args.defaults
        optional: list[ast.expr | None] = [*[None] * (len(arguments) - len(defaults)), *defaults]
        parameters = ", ".join(
            argument.arg + ("" if default is None else f" = {self.expression(default)}")
            for argument, default in zip(arguments, optional, strict=True)
        )
        lines = self.body(tree, "let")
        if len(lines) == 1 and lines[0].startswith("return "):
            return f"({parameters}) => {lines[0][7:-1]}"
        return "\n".join([f"({parameters}) => {{", *(f"  {line}" for line in lines), "}"])

    def bound(self, node: ast.expr) -> Text:  # noqa: PLR0911 - one case for each kind of expression
        """Return an expression, of lists and texts too, with how tightly it binds."""
        match node:
            case ast.Constant(value=str() as text):
                return json.dumps(text), ATOM
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
            case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice):
                return f"{self.expression(value, ATOM)}.at({self.expression(index)})", ATOM
        return super().bound(node)

    def operation(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Text:
        """Return an operation of two numbers, or of a list and a number or list."""
        if isinstance(op, ast.Mult) and isinstance(left, ast.List):
            return f"python.repeat({self.expression(left)}, {self.expression(right)})", ATOM
        if isinstance(op, ast.Add) and (_is_list(left) or _is_list(right)):
            return f"[...{self.expression(left)}, ...{self.expression(right)}]", ATOM
        return super().operation(left, op, right)

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Text:
        """Return one comparison."""
        text, binding = super().comparison(left, op, right)
        return (text, binding) if self.flat is None else (f"decide({text})", ATOM)

    def comprehension(self, element: ast.expr, loop: ast.comprehension) -> str:
        """Return a list made of another."""
        if loop.ifs:
            raise self.refuse(element)
        iterable = self.expression(loop.iter, ATOM)
        inner = JavaScript(self.names, self.flat)
        return f"{iterable}.map(({inner.target(loop.target)}) => {inner.expression(element)})"

    def call(self, node: ast.Call) -> Text:
        """Return a call; the only named arguments are `strict` and `start`."""
        if ast.unparse(node.func) == "len" and len(node.args) == 1:
            return f"{self.expression(node.args[0], ATOM)}.length", ATOM
        if ast.unparse(node.func) == "hasattr":  # asks for nodes and duals; the page has floats only
            return "false", ATOM
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        if not named.keys() <= {"start", "strict"}:
            raise self.refuse(node)
        starts = [named["start"]] if "start" in named else []
        name = self.expression(node.func, ATOM)
        text = f"{name}({', '.join(map(self.expression, [*node.args, *starts]))})"
        return (f"decide({text})" if self.flat and name in self.flat else text), ATOM

    def statement(self, node: ast.stmt) -> Iterator[str]:
        """Yield the lines of a statement."""
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=what, attr="append"), args=[new])):
                yield f"{self.expression(what)}.push({self.expression(new)});"
            case _:
                yield from super().statement(node)

    def number(self, constant: float) -> str:
        """Return a number in all its digits."""
        return number(constant)

    def name(self, node: ast.Name | ast.Attribute) -> str:
        """Return the translation of a name."""
        name = ast.unparse(node)
        return self.names.get(name, name)

    def truth(self, node: ast.expr) -> Text:
        """Return whether a number is not 0, which nan is not in Python."""
        return f"python.truth({self.expression(node)})", ATOM

    def loop(self, target: ast.expr, iterable: ast.expr) -> str:
        """Return the head of a loop."""
        place = self.target(target)
        return f"for (const {place} of {self.expression(iterable)})"

    def assignment(self, target: ast.expr, value: ast.expr) -> Iterator[str]:
        """Yield an assignment, of several names too."""
        yield f"{self.target(target)} = {self.expression(value)};"

    def target(self, node: ast.expr) -> str:
        """Return the name, or the names in brackets, that a value is assigned to."""
        match node:
            case ast.Name(id=name):
                self.names[name] = name
                return name
            case ast.Tuple(elts=places):
                return f"[{', '.join(map(self.target, places))}]"
        raise self.refuse(node)


def _is_list(node: ast.expr) -> bool:
    match node:
        case ast.List():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_list(left) or _is_list(right)
    return False
