"""Expressions as text: parsed into a graph of Values, never run as code.

>>> loss = parse("h = tanh(w*x + b); (h - 1)**2").evaluate(w=2.0, x=0.25, b=-0.5)
>>> loss.data, loss.inputs[0].inputs[0].label
(1.0, 'h')
>>> parse("tanh(x1*w1 + 2x2)")
Traceback (most recent call last):
    ...
autograd_tiny.expressions.syntax.ExpressionError: '2x2' is no number; for a product write *, as in 2*x
  tanh(x1*w1 + 2x2)
               ^

Numbers in the text are constants. A statement `name = ...` gives the node on its right side that label, and
makes a leaf of a plain number. Constant parts follow IEEE rules like everything here: `1/0` is inf.
"""

from autograd_tiny.expressions.expression import CONSTANTS, Expression, parse
from autograd_tiny.expressions.syntax import ExpressionError

__all__ = ["CONSTANTS", "Expression", "ExpressionError", "parse"]
