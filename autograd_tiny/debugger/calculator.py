"""Compute numbers and conditions from the numbers of nodes, for `p a.grad * 2` and `b x if grad > 10`.

A text is parsed, never executed: each mention of a node is replaced by a variable of an `Expression`.

>>> numbers = {("a", "grad"): 3.0, ("w[0]", "value"): -2.0}
>>> look_up = lambda name, part: numbers[name, part]
>>> Calculation("a.grad * 2 + abs(w[0])", look_up).compute()
8.0
>>> condition = Calculation("a.grad > 2 and not w[0] > 0", look_up)
>>> condition.holds()
True
>>> numbers["a", "grad"] = 1.0
>>> condition.holds()
False

A mention is a label or a name as shown: `a`, `v7`, `layers[0].neurons[1].w[0]`, in quotes if it contains other
characters, `"x+y"`. It may end in `.grad` or `.tangent`, or in `.value` or `.data`, which mean the name alone. A
tangent may be written `a'` too.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from keyword import iskeyword
from typing import Final

from autograd_tiny.symbolic.expression import CONSTANTS, Expression, parse
from autograd_tiny.symbolic.expression_parser import ExpressionError
from autograd_tiny.symbolic.notation import QUOTED_NAME, unquoted_name

LookUp = Callable[[str, str], float | None]
"""Maps the name of a node and "value", "grad" or "tangent" to the number, None where it is not known yet.

Raises LookupError for an unknown name.
"""
LookUpColumn = Callable[[str, str], Sequence[float | None]]
"""Maps them to several numbers."""

LONGEST: Final = 300
"""The longest text, in characters; a longer one could be nested too deeply to evaluate."""
PARTS: Final = {"value": "value", "data": "value", "grad": "grad", "tangent": "tangent"}
MENTION: Final = re.compile(
    rf"""(?P<number>\.?\d[\w.]*)
      | (?P<quoted>{QUOTED_NAME}|'[^']+')(?:\.(?P<part>value|data|grad|tangent)\b|(?P<primed>'))?
      | (?P<name>(?:…|\.{{3}})?[^\W\d]\w*(?:\.[^\W\d]\w*|\[[^\[\]]+\])*)
        (?:(?P<prime>')|(?P<other>\s*(?:\(|=(?!=))))?""",
    re.VERBOSE,
)
"""A number, a node in quotes, or a name; `other` marks a function and a keyword argument."""
VARIABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}|[α-ω]")
"""A name that is also a valid variable of an expression."""
VARIABLE_OF_NODE: Final = re.compile(r"\b_\d+\b")
"""The variable that replaces a name that is not valid itself."""
ASSIGNMENT: Final = re.compile(r"(?<![<>=!])=(?!=)")
"""One = alone."""
JOINING_WORDS: Final = {"and", "or", "not"}
COMPARISONS: Final[dict[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Calculation:
    """An expression or a condition over nodes: parsed once, its numbers are looked up at each evaluation.

    Args:
        text: of the expression or the condition.
        look_up: returns the numbers.
        example: of a condition that works where the text was written.

    Raises:
        ExpressionError: the text is too long.
        LookupError: from `look_up`, for an unknown name.

    Attributes:
        text: as written.
    """

    def __init__(self, text: str, look_up: LookUp, *, example: str = "a > 10") -> None:
        self.text, self._example = text.strip(), example
        self._look_up = look_up
        self._mentions: dict[str, tuple[str, str]] = {}
        self._written: dict[str, str] = {}
        self._expressions: dict[tuple[int, int | None], Expression] = {}
        if len(self.text) > LONGEST:
            raise ExpressionError(f"longer than {LONGEST} characters; shorten it", self.text[:LONGEST])
        self._plain = MENTION.sub(self._replace, self.text).rstrip()
        """The text with a variable of the same length in place of each mention of a node."""

    def compute(self) -> float | None:
        """Return the number of the expression, None where one of its numbers is not known.

        Raises:
            ExpressionError: the text is not an expression; the caret points into the text as written.
        """
        return self._numbers(0, None, self._look_up_one, 1)[0]

    def holds(self) -> bool:
        """Return whether the condition holds: comparisons joined by and, or, not; a number alone holds if not 0.

        A comparison with a number that is not known does not hold, and its `not` does not either.

        >>> unknown = Calculation("a > 0", lambda name, part: None), Calculation("not a > 0", lambda name, part: None)
        >>> [condition.holds() for condition in unknown]
        [False, False]

        Raises:
            ExpressionError: the text is not a condition.
        """
        return self.where(self._look_up_one, 1)[0]

    def where(self, look_up: LookUpColumn, count: int) -> list[bool]:
        """Return whether the condition holds for each of `count` sets of numbers.

        Args:
            look_up: returns the numbers of a node, one for each set.
            count: the number of sets.

        Raises:
            ExpressionError: the text is not a condition.
        """
        return [holds is True for holds in self._holds(self._condition, look_up, count)]

    @cached_property
    def _condition(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # 1and a, which Python only warns of, is a mistake here
                return ast.parse(self._plain, mode="eval").body
        except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
            raise self._no_condition(self._column_of(error)) from None

    def _no_condition(self, column: int) -> ExpressionError:
        sign = ASSIGNMENT.search(self._plain)
        remedy = "write == to compare" if sign else f"write one such as {self._example}"
        column = sign.start() + 1 if sign else min(column, len(self.text) + 1)
        return ExpressionError(f"not a condition; {remedy}", self.text, column=column)

    def _column_of(self, error: Exception) -> int:
        """Return the column of a mistake, from 1; that behind the text, where the rest is missing."""
        offset = error.offset if isinstance(error, SyntaxError) else None
        return 1 if offset is None else offset or len(self._plain) + 1

    def _look_up_one(self, name: str, part: str) -> list[float | None]:
        return [self._look_up(name, part)]

    def _holds(self, tree: ast.expr, look_up: LookUpColumn, count: int) -> list[bool | None]:
        """Return for each set of numbers whether a part of the condition holds, None where it is not known."""
        match tree:  # every part is evaluated, so that a mistake in the last one shows at once
            case ast.BoolOp(op=op, values=values):
                parts = [self._holds(value, look_up, count) for value in values]
                return list(map(_all if isinstance(op, ast.And) else _any, zip(*parts, strict=True)))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return list(map(_not, self._holds(operand, look_up, count)))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                if not all(type(op) in COMPARISONS for op in ops):
                    raise self._no_condition(1)
                trees = [left, *comparators]
                sides = [self._numbers(side.col_offset, side.end_col_offset, look_up, count) for side in trees]
                pairs = zip(ops, sides[:-1], sides[1:], strict=True)
                columns = [_compared(COMPARISONS[type(op)], x, y) for op, x, y in pairs]
                return columns[0] if len(columns) == 1 else list(map(_all, zip(*columns, strict=True)))
        numbers = self._numbers(tree.col_offset, tree.end_col_offset, look_up, count)
        return [None if number is None else number != 0.0 for number in numbers]

    def _numbers(self, start: int, end: int | None, look_up: LookUpColumn, count: int) -> Sequence[float | None]:
        """Return the numbers of the part between two offsets, in bytes as in `ast`; None where one is not known."""
        encoded = self._plain.encode()
        try:
            if (start, end) not in self._expressions:
                self._expressions[start, end] = _parsed(encoded[start:end].decode())
            expression = self._expressions[start, end]
            mentioned = [name for name in expression.names if name in self._mentions]
            columns = {name: look_up(*self._mentions[name]) for name in mentioned}
            known = {name: [math.nan if x is None else x for x in column] for name, column in columns.items()}
            numbers = expression.evaluate_columns(count, **known)
        except ExpressionError as error:
            column = min(len(encoded[:start].decode()) + error.column, len(self.text) + 1)
            raise ExpressionError(self._as_written(error.problem), self.text, column=column) from None
        if not any(None in column for column in columns.values()):
            return numbers
        rows = zip(*columns.values(), strict=True)
        return [None if None in row else number for number, row in zip(numbers, rows, strict=True)]

    def _as_written(self, problem: str) -> str:
        """Return a message with the names of nodes as they were written, not as variables."""
        return VARIABLE_OF_NODE.sub(lambda match: self._written.get(match.group(), match.group()), problem)

    def _replace(self, match: re.Match[str]) -> str:
        name, word = match["name"], match.group()
        if match["number"] or match["other"] or name in JOINING_WORDS:
            return word
        try:
            mention = self._mention(match)
        except LookupError:
            if name in CONSTANTS or iskeyword(name):  # a mistake in grammar
                return word
            raise
        is_valid = name and not match["prime"] and VARIABLE.fullmatch(name) and not iskeyword(name)
        variable = word if is_valid else f"_{len(self._mentions)}"
        self._mentions[variable] = mention
        self._written[variable] = word
        return variable.ljust(len(word))

    def _mention(self, match: re.Match[str]) -> tuple[str, str]:
        """Return the name of a node, and which of its numbers; `a.grad` is a label if no node has the name a."""
        if match["quoted"]:
            part = "tangent" if match["primed"] else match["part"] or "value"
            return self._known(unquoted_name(match["quoted"][1:-1]), PARTS[part])
        if match["prime"]:
            return self._known(match["name"], "tangent")
        before, _, part = match["name"].rpartition(".")
        if part not in PARTS or not before:
            return self._known(match["name"], "value")
        try:
            return self._known(before, PARTS[part])
        except LookupError:
            with suppress(LookupError):
                return self._known(match["name"], "value")
            raise

    def _known(self, name: str, part: str) -> tuple[str, str]:
        """Return a name and a part if the node exists."""
        self._look_up(name, part)
        return name, part


def _parsed(text: str) -> Expression:
    expression = parse(text)
    name = expression.statements[-1][0]
    if name:
        raise ExpressionError(f"an expression cannot assign; write set {name} and a number", text)
    return expression


def _compared(
    comparison: Callable[[float, float], bool], left: Sequence[float | None], right: Sequence[float | None]
) -> list[bool | None]:
    """Compare numbers pair by pair; None where one is not known."""
    pairs = zip(left, right, strict=True)
    return [None if x is None or y is None else comparison(x, y) for x, y in pairs]


def _all(parts: Sequence[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _any(parts: Sequence[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False


def _not(part: bool | None) -> bool | None:  # noqa: FBT001 - called by map
    return None if part is None else not part
