"""Activations by name: every row of the table that takes one number, and `linear`.

>>> ACTIVATIONS["tanh"](0.0), ACTIVATIONS["linear"](-2.0)
(0.0, -2.0)

A primitive of one's own needs no entry: layers take the function itself as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import autograd_tiny
from autograd_tiny import Primitive, Value

Activation = Callable[[Any], Any]
"""A function of the pre-activation: a row of the table, or any other that works on Values."""


def linear(x: Any) -> Any:
    """Return the pre-activation as it is.

    >>> linear(-2.0)
    -2.0
    """
    return x


def name_of(function: Activation) -> str:
    """Return what a function, or an object that can be called, goes by.

    >>> name_of(ACTIVATIONS["relu"]), name_of(linear)
    ('relu', 'linear')
    """
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def method_of(function: Activation) -> Activation:
    """Return the method of Value that does what a function of the table does: the shorter way for Values.

    Any other function is returned as it is.

    >>> method_of(ACTIVATIONS["relu"]) is Value.relu, method_of(linear) is linear
    (True, True)
    """
    return getattr(Value, name_of(function), function) if _takes_one_number(function) else function


def _takes_one_number(thing: Any) -> bool:
    """Tell whether this is a function of the table that needs one number and no more."""
    row = getattr(thing, "primitive", None)
    return isinstance(row, Primitive) and not row.list_positions and row.arity - len(row.defaults) == 1


ACTIVATIONS: Final[dict[str, Activation]] = {"linear": linear, "identity": linear} | {
    name: thing for name, thing in vars(autograd_tiny).items() if _takes_one_number(thing)
}

COMMON_ACTIVATIONS: Final = (
    "tanh",
    "relu",
    "sigmoid",
    "leaky_relu",
    "elu",
    "softplus",
    "silu",
    "gelu",
    "sin",
    "linear",
)
"""Those that the command and the playground offer to choose from; they take the others too."""
