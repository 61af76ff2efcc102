"""Leave an operator to the class of the other operand, as Python's own numbers do.

>>> from autograd_tiny import Value
>>> class Vector(list):
...     def __rmul__(self, number):
...         return Vector(number * x for x in self)
>>> Value(2.0) * Vector([1.0, 3.0])
[Value(data=2.0, grad=0.0), Value(data=6.0, grad=0.0)]
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from autograd_tiny.primitives.operands import is_number


def reflected(method: str, other: Any, node: Any) -> Any:
    """Return what the other operand, of a class of the user such as a vector, makes of a node by its own method.

    NotImplemented if it makes nothing of it.
    """
    own = getattr(type(other), method, None)
    is_python = isinstance(own, FunctionType)  # that of a str, in C, raises an error of its own
    return own(other, node) if own is not None and is_python and not is_number(other) else NotImplemented
