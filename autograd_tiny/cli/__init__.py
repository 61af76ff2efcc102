"""The command `autograd-tiny`: explain an expression, train a network on real data, open a prompt.

>>> main(["explain", "a*b", "a=2", "b=3"])  # doctest: +NORMALIZE_WHITESPACE
  node   formula   value   gradient   how the gradient came
  ──────────────────────────────────────────────────────────
  a                    2          3   ∂L/∂L · b = 1 · 3
  b                    3          2   ∂L/∂L · a = 1 · 2
  L      a * b         6          1   ∂L/∂L = 1
<BLANKLINE>
  L = a*b = 6
<BLANKLINE>
0
"""

from autograd_tiny.cli.main import main

__all__ = ["main"]
