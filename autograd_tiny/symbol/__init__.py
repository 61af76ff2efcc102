r"""Symbols: numbers that remember what they are called, and print themselves as text, LaTeX and Python source.

A `Symbol` flows through the rows of the table as a float does, so each row gives its own formula, and its partials
theirs: nothing is written down twice.

>>> from autograd_tiny import tanh
>>> w, x = Symbol("w"), Symbol("x")
>>> h = tanh(w * x + 1.0)
>>> print(h.text(), h.latex(), h.source(), sep="   ")
tanh(w * x + 1)   \tanh\left(w \cdot x + 1\right)   tanh(w * x + 1.0)
>>> tanh.primitive.partials(x, h)
(<symbol (1 / cosh(x)) ** 2>,)
"""

from autograd_tiny.symbol.conditions import CONDITIONS
from autograd_tiny.symbol.nodes import operation_of, partials_at, partials_of
from autograd_tiny.symbol.numbers import latex as latex_number
from autograd_tiny.symbol.numbers import short
from autograd_tiny.symbol.templates import ATOM, POWER, PRODUCT, SIGN, SUM
from autograd_tiny.symbol.tree import Symbol, UndecidedError, recorded, symbol

__all__ = [
    "ATOM",
    "CONDITIONS",
    "POWER",
    "PRODUCT",
    "SIGN",
    "SUM",
    "Symbol",
    "UndecidedError",
    "latex_number",
    "operation_of",
    "partials_at",
    "partials_of",
    "recorded",
    "short",
    "symbol",
]
