"""`loss.explain()`: the gradients of a graph as a worked solution, as one would write it on a board.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> (a * b).explain()
L = a * b at a = 2, b = -3.
<BLANKLINE>
Forward pass
    L = a * b = 2 * (-3) = -6
<BLANKLINE>
Backward pass
Begin at the root: ∂L/∂L = 1. Each node passes gradient times partial to its inputs.
L = a * b: product rule
    ∂L/∂a = ∂L/∂L · b = 1 · (-3) = -3
    ∂L/∂b = ∂L/∂L · a = 1 · 2    = 2
<BLANKLINE>
Gradients
    ∂L/∂a = -3
    ∂L/∂b = 2
"""

from autograd_tiny.explanation.explanation import FORMATS, Explanation, FormatError, explain

__all__ = ["FORMATS", "Explanation", "FormatError", "explain"]
