"""Doors: the methods of `Value` that open a room above it, each imported at its first use.

The explanations, the stepping and the diagrams stand on `Value`; that `loss.trace()` reads well is worth the one
place where an import points upwards, always from inside a function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from autograd_tiny.copying import Copying

if TYPE_CHECKING:
    from autograd_tiny.explanation import Explanation
    from autograd_tiny.formulas import Formula, Latex
    from autograd_tiny.trace import Trace
    from autograd_tiny.value import Value


class Doors(Copying):
    """What `Value` inherits: `loss.trace()` for `Trace(loss)`, and its like."""

    __slots__ = ()

    def trace(self, *, forward: bool = False) -> Trace:
        """Return the backward pass from this node as a list of events, to be walked step by step.

        Args:
            forward: whether the forward pass comes first, one event for each node that is computed.

        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> [str(event) for event in (a * a).trace()][-1]
        '∂L/∂a += ∂L/∂L·a = 1·3 = 3, now 6'
        """
        from autograd_tiny.trace import Trace

        return Trace(cast("Value", self), forward=forward)

    def formula(self) -> Formula:
        """Return the formula of the graph up to this node as text, in lines where parts of it are used again.

        >>> from autograd_tiny import Value
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> ((a * b + 1.0) ** 2).formula()
        L = (a * b + 1) ** 2
        """
        from autograd_tiny.formulas import formula

        return formula(cast("Value", self))

    def latex(self) -> Latex:
        r"""Return the formula of the graph up to this node as LaTeX for math mode.

        >>> from autograd_tiny import Value
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> ((a * b + 1.0) ** 2).latex()
        L = \left(a \cdot b + 1\right)^{2}
        """
        from autograd_tiny.formulas import latex

        return latex(cast("Value", self))

    def explain(self, format: str = "text", *, full: bool = False) -> Explanation:
        """Return how the gradients come about, step by step, as one would write it on a board.

        Args:
            format: "text", "markdown", "latex" or "html".
            full: whether a large graph is written out as well, instead of a summary.

        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> print((a + 1.0).explain().splitlines()[-1])
            ∂L/∂a = 1
        """
        from autograd_tiny.explanation import explain

        return explain(cast("Value", self), format, full=full)
