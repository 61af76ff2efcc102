"""Parse an expression, and evaluate it as a graph of Values.

>>> expression = parse("softmax([a, b])[0] * 2")
>>> expression.names
('a', 'b')
>>> expression.evaluate(a=0.0, b=0.0).data
1.0
"""

from __future__ import annotations

import ast
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd_tiny.engine.value import Operand, Value
from autograd_tiny.errors import AutogradError, OperandError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.expression_parser import (
    MAXIMUM_LENGTH,
    OF_NUMBERS,
    OPERATOR_NAMES,
    ExpressionError,
    check_tokens,
    error_at,
    find_function,
    operand_trees,
    postorder,
    replace_quoted_names,
    statements,
    target_and_value,
    with_quoted_names,
)
from autograd_tiny.symbolic.notation import unquoted_name

CONSTANTS: Final = {"pi": math.pi, "π": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
"""Names with a default number."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; `parse` makes it.

    Attributes:
        text: the text without surrounding white space.
        names: the names of variables and constants, in the order of their appearance.
        statements: the name of each statement, empty if it has none, and the nodes of its syntax tree in postorder.
    """

    text: str
    names: tuple[str, ...]
    statements: tuple[tuple[str, tuple[ast.expr, ...]], ...]

    def evaluate(self, /, **numbers: Operand) -> Value:
        """Build the graph of this expression and return its root.

        Args:
            numbers: a number for each of `names`; `CONSTANTS` have one by default. A plain number becomes a leaf
                labelled with its name, a Value is used unchanged. Other names are ignored.

        Returns:
            The Value of the last statement.

        Raises:
            ExpressionError: a name has no number, or a function gets operands that it does not accept.

        >>> root = parse("a * b").evaluate(a=2.0, b=3.0)
        >>> root.backward()
        >>> root.data, [(leaf.label, leaf.grad) for leaf in root.inputs]
        (6.0, [('a', 3.0), ('b', 2.0)])
        """
        self._require(numbers)
        given = {name: numbers[name] for name in self.names if name in numbers}
        scope: dict[str, Any] = {**CONSTANTS}
        for name, number in given.items():
            scope[name] = number if isinstance(number, Value) else Value(number, label=name)
        result = Value(0.0)
        for name, nodes in self.statements:
            results: dict[ast.expr, Any] = {}
            for node in nodes:
                operands = [results[operand] for operand in operand_trees(node, self.text)]
                results[node] = self._compute(node, operands, scope)
            number = self._number(results[nodes[-1]], nodes[-1])
            scope[name] = result = number if isinstance(number, Value) else Value(number)
            result.label = result.label or name
        return result

    def evaluate_columns(self, count: int, /, **columns: Sequence[float]) -> list[float]:
        """Compute this expression for many sets of numbers at once, without a graph.

        Args:
            count: the number of sets.
            columns: for each of `names` the numbers, one for each set; `CONSTANTS` have one by default.

        Returns:
            The numbers of the last statement.

        Raises:
            ExpressionError: a name has no numbers, or a function gets operands that it does not accept.

        >>> parse("abs(a) * 2").evaluate_columns(2, a=[1.0, -3.0])
        [2.0, 6.0]
        """
        self._require(columns)
        scope: dict[str, Sequence[Any]] = {name: [number] * count for name, number in CONSTANTS.items()}
        scope.update(columns)
        result: list[float] = []
        for name, nodes in self.statements:
            results: dict[ast.expr, Sequence[Any]] = {}
            for node in nodes:
                operands = [results[operand] for operand in operand_trees(node, self.text)]
                results[node] = scope[node.id] if isinstance(node, ast.Name) else self._column(node, operands, count)
            scope[name] = result = [*results[nodes[-1]]]
            for element in result[:1]:  # a list in one row is a list in all
                self._number(element, nodes[-1])
        return result

    def _column(self, node: ast.expr, operands: list[Sequence[Any]], count: int) -> list[Any]:
        """Return the value of a node of the syntax tree for each set of numbers."""
        if not operands:
            return [self._compute(node, [], {})] * count
        function = _function_of_floats(node)
        if function is not None:
            try:
                column = list(map(function, *operands))
                if {float}.issuperset(map(type, column)):
                    return column
            except (ArithmeticError, TypeError, ValueError):
                pass  # an IEEE result, or an error, below
        return [self._compute(node, list(row), {}) for row in zip(*operands, strict=True)]

    def _require(self, given: Iterable[str]) -> None:
        missing = [name for name in self.names if name not in CONSTANTS and name not in given]
        for node in (node for _, nodes in self.statements for node in nodes):
            if isinstance(node, ast.Name) and node.id in missing:
                remedy = " ".join(f"{name}=..." for name in missing[:8])
                raise error_at(node, f"no value for {', '.join(missing[:8])}; write {remedy}", self.text)

    def _compute(self, node: ast.expr, operands: list[Any], scope: dict[str, Any]) -> Any:
        """Return the value of a node of the syntax tree: a Value, a float, or a list of these."""
        try:
            match node:
                case ast.Constant(value=int() | float() as number):
                    return float(number)
                case ast.Name(id=name):
                    return scope[name]
                case ast.Subscript():
                    return self._element(node, *operands)
                case ast.Call(func=ast.Name(id=name)):
                    return self._call(node, name, operands)
            numbers = [self._number(operand, node) for operand in operands]
            return numbers if isinstance(node, ast.List) else _arithmetic(node, *numbers)
        except ExpressionError:
            raise
        except (AutogradError, ArithmeticError, ValueError, TypeError) as error:
            raise error_at(node, str(error), self.text) from error

    def _number(self, result: Any, node: ast.expr) -> Any:
        if isinstance(result, list):
            raise error_at(node, "got a list where a number is expected; take an element, as in [0]", self.text)
        return result

    def _element(self, node: ast.Subscript, elements: Any, index: Any) -> Any:
        if not isinstance(elements, list):
            raise error_at(node, "only a list has elements, as in softmax([a, b])[0]", self.text)
        count = len(elements)
        if not isinstance(index, float) or index % 1.0 or not -count <= index < count:
            problem = f"the index is out of range; a list of {count} has elements [0] to [{count - 1}]"
            raise error_at(node.slice, problem, self.text)
        return elements[int(index)]

    def _call(self, node: ast.Call, name: str, operands: list[Any]) -> Any:
        takes_list = bool(TABLE[name].list_positions) if name in TABLE else name not in OF_NUMBERS
        takes_both = name in {"max", "min"} and len(node.args) > 1
        if not takes_both and takes_list != any(isinstance(operand, list) for operand in operands):
            problem = f"numbers; it takes a list, as in {name}([a, b])" if takes_list else "a list; it takes numbers"
            raise error_at(node, f"{name} got {problem}", self.text)
        count = len(node.args)
        names = [str(keyword.arg) for keyword in node.keywords]
        function: Any = find_function(name)
        return function(*operands[:count], **dict(zip(names, operands[count:], strict=True)))


def _function_of_floats(node: ast.expr) -> Callable[..., float] | None:
    """Return the fast function of a primitive, which raises where Python's arithmetic raises; None without one."""
    match node:
        case ast.BinOp(op=op):
            return TABLE[OPERATOR_NAMES[type(op)]].raw
        case ast.UnaryOp(op=ast.USub()):
            return TABLE["neg"].raw
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in TABLE:
            row = TABLE[name]
            return row.raw if not row.list_positions and row.arity == len(args) else None
    return None


def _arithmetic(node: ast.expr, x: Any, y: Any = None) -> Any:
    if isinstance(node, ast.BinOp):
        return TABLE[OPERATOR_NAMES[type(node.op)]](x, y)
    return TABLE["neg"](x) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else x


def parse(text: str) -> Expression:
    """Parse an expression, or statements `name = expression` of which the last is the result.

    Args:
        text: statements separated by `;` or line ends, at most 10,000 characters. A name that is not one of Python,
            such as "x + y", is in quotes, as formulas have it.

    Raises:
        ExpressionError: the text is not an expression.

    >>> parse("leaky_relu(x, negative_slope=0.1) + sum([x, y, 2*pi])").names
    ('x', 'y', 'pi')
    """
    if not isinstance(text, str):
        raise OperandError("parse", text, expected="an expression as text", remedy="pass a str such as 'a*b + 1'")
    if len(text) > MAXIMUM_LENGTH:
        problem = f"the expression is longer than {MAXIMUM_LENGTH} characters; shorten it"
        raise ExpressionError(problem, text[:MAXIMUM_LENGTH])
    text = textwrap.dedent(text.expandtabs()).strip(" \n")
    plain, quoted = replace_quoted_names(text)
    try:
        return _parsed(plain, text, quoted)
    except ExpressionError as error:
        if quoted:
            raise with_quoted_names(error, text, quoted) from None
        raise


def _parsed(plain: str, text: str, quoted: dict[str, str]) -> Expression:
    """Return the expression of a text.

    Args:
        plain: the text with variables in place of the names in quotes.
        text: the text itself.
        quoted: the names in quotes by their variables.
    """
    check_tokens(plain)
    trees = statements(plain)
    defined: dict[str, tuple[ast.expr, ...]] = {}
    free: dict[str, None] = {}
    used: set[str] = set()
    for tree in trees:
        name, value = target_and_value(tree, plain)
        nodes = tuple(postorder(value, plain))
        names = [node.id for node in sorted(nodes, key=_position) if isinstance(node, ast.Name)]
        free.update(dict.fromkeys(name for name in names if name not in defined))
        used.update(names)
        if name in defined or name in free:
            raise error_at(tree, f"{name} has a value already; choose another name", plain)
        if not name and tree is not trees[-1]:
            raise error_at(tree, "this result is not used; give it a name, as in h = ...", plain)
        defined[name] = nodes
    for name, tree in zip(defined, trees[:-1], strict=False):
        if name not in used:
            raise error_at(tree, f"{name} is never used; the last statement is the result", plain)
    label = {variable: unquoted_name(name[1:-1]) for variable, name in quoted.items()}
    for node in (node for nodes in defined.values() for node in nodes if isinstance(node, ast.Name)):
        node.id = label.get(node.id, node.id)
    labels = tuple(dict.fromkeys(label.get(name, name) for name in free))
    return Expression(text, labels, tuple((label.get(name, name), nodes) for name, nodes in defined.items()))


def _position(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset
