"""Activations by name: every primitive that takes one number, and `linear`.

>>> ACTIVATIONS["tanh"](0.0), ACTIVATIONS["linear"](-2.0)
(0.0, -2.0)

Layers also take a function, so a primitive of your own needs no entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import autograd_tiny
from autograd_tiny import Primitive, Value
from autograd_tiny.errors import shorten

Activation = Callable[[Any], Any]
"""A function of the pre-activation: a primitive, or any other function of Values."""


def linear(x: Any) -> Any:
    """Return the pre-activation unchanged.

    >>> linear(-2.0)
    -2.0
    """
    return x


def callable_name(function: Activation) -> str:
    """Return the name of a function, or of the class of a callable object.

    >>> callable_name(ACTIVATIONS["relu"]), callable_name(linear)
    ('relu', 'linear')
    >>> callable_name(partial(ACTIVATIONS["elu"], alpha=0.5))
    'elu(alpha=0.5)'
    """
    if isinstance(function, partial):
        named = [f"{name}={shorten(setting)}" for name, setting in function.keywords.items()]
        settings = [*map(shorten, function.args), *named]
        return f"{callable_name(function.func)}({', '.join(settings)})"
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def value_method(function: Activation) -> Activation:
    """Return the method of Value that computes a primitive, which is faster for Values than its function.

    Any other function is returned unchanged.

    >>> value_method(ACTIVATIONS["relu"]) is Value.relu, value_method(linear) is linear
    (True, True)
    """
    return getattr(Value, callable_name(function), function) if _takes_one_number(function) else function


def _takes_one_number(thing: Any) -> bool:
    """Return whether this is a function of the table that requires exactly one number."""
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
