"""Numbers computed from what nodes hold, as `p a.grad * 2` and `b x if grad > 10` ask for them.

A text is never run: each mention of a node is replaced by a name, and the rest is arithmetic for `expressions`.

>>> numbers = {("a", "grad"): 3.0, ("w[0]", "value"): -2.0}
>>> look_up = lambda name, part: numbers[name, part]
>>> compute("a.grad * 2 + abs(w[0])", look_up)
8.0
>>> holds("a.grad > 2 and not w[0] > 0", look_up)
True

A mention is a label or a name as it is shown: `a`, `v7`, `layers[0].neurons[1].w[0]`, in quotes where it holds other
signs, `"x+y"`. Behind it may stand `.value` (the same as nothing, and as `.data`) or `.grad`.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from contextlib import suppress
from keyword import iskeyword
from typing import Final

from autograd_tiny.expressions import CONSTANTS, ExpressionError, parse
from autograd_tiny.recording import no_grad

LookUp = Callable[[str, str], float]
"""From the name of a node and "value" or "grad" to the number; raises for a name that no node has."""

LONGEST: Final = 300
"""The longest text, in characters; beyond it nesting could be too deep to walk."""
PARTS: Final = {"value": "value", "data": "value", "grad": "grad"}
MENTION: Final = re.compile(
    r"""(?P<number>\.?\d[\w.]*)
      | (?P<quote>["'])(?P<quoted>[^"']+)(?P=quote)(?:\.(?P<part>value|data|grad)\b)?
      | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*|\[[^\[\]]+\])*)(?P<other>\s*(?:\(|=(?!=)))?""",
    re.VERBOSE,
)
"""A number, a node in quotes, or a name; what is `other` than a node: a function, an operand given by its name."""
STAYS: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}|[α-ω]")
"""A name that an expression may have as well."""
JOINING_WORDS: Final = {"and", "or", "not"}
COMPARISONS: Final[dict[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def compute(text: str, look_up: LookUp) -> float:
    """Return the number that an expression over nodes has.

    Raises:
        ExpressionError: the text is no expression; the caret points into the text as it was written.
    """
    return _Text(text, look_up).number(0, None)


def holds(text: str, look_up: LookUp) -> bool:
    """Tell whether a condition holds: comparisons of expressions, joined by and, or, not; a number alone, if not 0.

    Raises:
        ExpressionError: the text is no condition.
    """
    whole = _Text(text, look_up)
    try:
        tree = ast.parse(whole.plain, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        raise ExpressionError("no condition; write one such as grad > 10 and a.value < 0", whole.text) from None
    return _holds(tree, whole)


def _holds(tree: ast.expr, whole: _Text) -> bool:
    match tree:  # every part is computed, so that a mistake in the last one shows at once
        case ast.BoolOp(op=op, values=values):
            results = [_holds(value, whole) for value in values]
            return all(results) if isinstance(op, ast.And) else any(results)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _holds(operand, whole)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = [whole.number(side.col_offset, side.end_col_offset) for side in (left, *comparators)]
            pairs = zip(ops, sides[:-1], sides[1:], strict=True)
            return all(COMPARISONS[type(op)](x, y) for op, x, y in pairs)
    return whole.number(tree.col_offset, tree.end_col_offset) != 0.0


class _Text:
    """A text, the same with a name in place of each mention of a node, as long as that was, and the numbers."""

    def __init__(self, text: str, look_up: LookUp) -> None:
        self.text = text.strip()
        self.numbers: dict[str, float] = {}
        self._look_up = look_up
        if len(self.text) > LONGEST:
            raise ExpressionError(f"longer than {LONGEST} characters; shorten it", self.text[:LONGEST])
        self.plain = MENTION.sub(self._replace, self.text).rstrip()

    def number(self, start: int, end: int | None) -> float:
        """Return the number of the part between two places, counted in bytes as `ast` does."""
        encoded = self.plain.encode()
        before, part = encoded[:start].decode(), encoded[start:end].decode()
        try:
            with no_grad():
                expression = parse(part)
                name = expression.statements[-1][0]
                if name:
                    raise ExpressionError(f"this computes and changes nothing; write set {name} and a number", part)
                return expression.evaluate(**self.numbers).data
        except ExpressionError as error:
            column = min(len(before) + error.column, len(self.text) + 1)
            raise ExpressionError(error.problem, self.text, column=column) from None

    def _replace(self, match: re.Match[str]) -> str:
        name, word = match["name"], match.group()
        if match["number"] or match["other"] or name in JOINING_WORDS:
            return word
        try:
            number = self._number_of(match)
        except LookupError:
            if name in CONSTANTS:
                return word
            raise
        stays = name and STAYS.fullmatch(name) and not iskeyword(name)
        variable = word if stays else f"_{len(self.numbers)}"
        self.numbers[variable] = number
        return variable.ljust(len(word))

    def _number_of(self, match: re.Match[str]) -> float:
        """Return the number that a mention stands for; `a.grad` may be a label, but the gradient of a goes first."""
        if match["quoted"]:
            return self._look_up(match["quoted"], PARTS[match["part"] or "value"])
        before, _, part = match["name"].rpartition(".")
        if part not in PARTS or not before:
            return self._look_up(match["name"], "value")
        try:
            return self._look_up(before, PARTS[part])
        except LookupError:
            with suppress(LookupError):
                return self._look_up(match["name"], "value")
            raise
