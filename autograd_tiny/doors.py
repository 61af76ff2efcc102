"""Doors: the methods of `Value` that open a room above it, each imported at its first use.

The explanations, the stepping and the diagrams stand on `Value`; that `loss.trace()` reads well is worth the one
place where an import points upwards, always from inside a function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from autograd_tiny.copying import Copying

if TYPE_CHECKING:
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
