"""Compute what a printed line of arithmetic says, independently of the package, in 60 digits."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any, Final

from mpmath import mp, mpf

NUMBER: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
OPERATORS: Final[dict[type, Callable[..., Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "sqrt": mp.sqrt,
    "clamp": lambda x, low, high: min(max(x, low), high),
}


def computed(text: str) -> Any:
    """Return the number of an expression without names."""
    return _computed(ast.parse(text.replace("·", "*"), mode="eval").body, text.replace("·", "*"))


def _computed(tree: ast.expr, text: str) -> Any:
    match tree:
        case ast.Constant():
            return mpf(ast.get_source_segment(text, tree))
        case ast.BinOp(left=x, op=op, right=y):
            return OPERATORS[type(op)](_computed(x, text), _computed(y, text))
        case ast.UnaryOp(op=op, operand=x):
            return OPERATORS[type(op)](_computed(x, text))
        case ast.Call(func=ast.Name(id=name), args=operands):
            return FUNCTIONS[name](*(_computed(x, text) for x in operands))
    raise AssertionError(ast.dump(tree))


def is_true(expression: str, result: str) -> bool:
    """Return whether an expression gives a result, as far as the digits of the result go."""
    with mp.workdps(60):
        value, shown = computed(expression), mpf(result)
        digits, _, exponent = result.partition("e")
        places = len(digits.partition(".")[2])
        least = max(5 - len(digits.lstrip("-0.").replace(".", "")), 0)  # zeros at the end are left out
        unit = mpf(10) ** (int(exponent or 0) - places - least)
        return bool(abs(value - shown) <= unit / 2 * (1 + mpf(10) ** -6))
