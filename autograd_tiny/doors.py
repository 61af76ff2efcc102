"""Doors: the methods of `Value` that open a room above it, each imported at its first use.

The explanations, the stepping and the diagrams stand on `Value`; that `loss.trace()` reads well is worth the one
place where an import points upwards, always from inside a function.
"""

from __future__ import annotations

from autograd_tiny.copying import Copying


class Doors(Copying):
    """What `Value` inherits: `loss.trace()` for `Trace(loss)`, and its like."""

    __slots__ = ()
