"""Functions of the table as methods, with names and docstrings of their own.

>>> from autograd_tiny import Value, tanh
>>> method = unary(tanh)
>>> method(Value(0.0)).data, method.__qualname__
(0.0, 'Value.tanh')
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_tiny.engine.node import NodeT
from autograd_tiny.primitives.primitive import Function


def method(function: Function) -> Callable[..., Any]:
    """Return a function of the table as a method of its first operand."""

    def call(self: Any, *operands: Any, **named: Any) -> Any:
        return function(self, *operands, **named)

    return _described(call, function)


def unary(function: Function) -> Callable[[NodeT], NodeT]:
    """Return a function of one operand as a method, which takes the short way."""
    primitive = function.primitive

    def call(self: Any) -> Any:
        return self.record_unary(primitive)

    return _described(call, function)


def _described(call: Callable[..., Any], function: Function) -> Callable[..., Any]:
    call.__module__, call.__name__, call.__doc__ = "autograd_tiny.engine.value", function.__name__, function.__doc__
    call.__qualname__ = f"Value.{function.__name__}"
    return call
