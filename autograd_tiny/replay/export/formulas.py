"""Write a formula of Symbols as an expression of Python, with the functions of a language.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> from autograd_tiny.replay.contributions import partial_symbols
>>> (partial,) = partial_symbols(TABLE["tanh"], (None,))
>>> expression(partial, {"X0_": "v1[2]"}, lambda row, operands: f"{row.name}({', '.join(operands)})")
'sech(v1[2])**2'
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.recorder import DETACH
from autograd_tiny.symbolic.conditions import CONDITIONS
from autograd_tiny.symbolic.symbol import Symbol

ATOMS: Final = re.compile(r"\w[\w.]*(\[[^\[\]]*\])*")

OR, AND, ORDER, SUM, PRODUCT, SIGN, POWER, ATOM = range(8)
"""How tightly operators bind."""

OPERATORS: Final = {
    TABLE["add"]: ("+", SUM), TABLE["sub"]: ("-", SUM), TABLE["mul"]: ("*", PRODUCT), TABLE["div"]: ("/", PRODUCT),
    CONDITIONS["both"]: ("&", AND), CONDITIONS["either"]: ("|", OR),
    **{row: (row.symbol, ORDER) for name, row in CONDITIONS.items() if name.startswith(("less", "greater"))},
}  # fmt: skip

POWERS: Final = frozenset({TABLE["pow"], TABLE["pow_constant_exponent"], TABLE["pow_constant_base"]})

WITHOUT_ERRORS: Final = frozenset({TABLE["div"], *POWERS})
"""Operators that raise errors in Python, where IEEE arithmetic has a result."""

Call = Callable[[Primitive, Sequence[str]], str]
"""Returns the call of a row without an operator of its own."""


def expression(formula: Symbol, names: Mapping[str, str], call: Call, within: int = OR) -> str:
    """Return a formula as an expression.

    Args:
        formula: of rows of the table.
        names: the text of each name in it, an atom.
        call: writes rows that are no operators.
        within: how tightly the operator around it binds.
    """
    text, binding = _bound(formula, names, call)
    return f"({text})" if binding < within else text


def _bound(formula: Symbol, names: Mapping[str, str], call: Call) -> tuple[str, int]:
    row = formula.primitive
    if row is DETACH and formula.number is None:
        return _bound(formula.operands[0], names, call)
    if row is None or formula.number is not None:
        text = names[formula.name] if formula.number is None else number(formula.number)
        return text, SIGN if text.startswith("-") else ATOM
    if row is TABLE["neg"]:
        return f"-{expression(formula.operands[0], names, call, SIGN + 1)}", SIGN
    is_operator = not (row in WITHOUT_ERRORS and getattr(call, "is_python", False))
    if row in POWERS and is_operator:
        return _power(formula.operands, names, call), POWER
    if row in OPERATORS and is_operator:
        sign, binding = OPERATORS[row]
        inner = ORDER + 1 if sign in "&|" else binding
        left, right = formula.operands
        first = expression(left, names, call, inner)
        return f"{first} {sign} {expression(right, names, call, max(inner, binding + 1))}", binding
    return call(row, [expression(x, names, call) for x in formula.operands]), ATOM


def _power(operands: Sequence[Symbol], names: Mapping[str, str], call: Call) -> str:
    base, exponent = operands
    known = exponent.number
    is_whole = known is not None and known.is_integer() and abs(known) < 100.0
    power = str(int(known)) if is_whole and known is not None else expression(exponent, names, call, ATOM)
    return f"{expression(base, names, call, ATOM)}**{power}"


def number(value: float) -> str:
    """Return a number as Python reads it.

    >>> number(0.1), number(-2.0), number(float("-inf"))
    ('0.1', '-2.0', 'float("-inf")')
    """
    return repr(float(value)) if math.isfinite(value) else f'float("{value}")'


def bare(text: str) -> str:
    """Return an expression without parentheses around the whole.

    >>> bare("(x * x)"), bare("(x + y) * (x - y)")
    ('x * x', '(x + y) * (x - y)')
    """
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if not depth and place < len(text) - 1:
            return text
    return text[1:-1] if text.startswith("(") else text


def atom(text: str) -> str:
    """Return an expression in parentheses, unless it is a name, a number, an element or a call.

    >>> atom("v1[:, k]"), atom("f(x, y)"), atom("x + f(y)"), atom("-x"), atom("(x - y)")
    ('v1[:, k]', 'f(x, y)', '(x + f(y))', '(-x)', '(x - y)')
    """
    if ATOMS.fullmatch(text) or bare(text) != text:
        return text
    call = text.find("(")
    is_call = call > 0 and ATOMS.fullmatch(text[:call]) is not None and bare(text[call:]) != text[call:]
    return text if is_call else f"({text})"
