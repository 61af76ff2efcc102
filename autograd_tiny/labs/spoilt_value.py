"""Define the class `Value` that lab 8 builds, with methods that can be replaced to make its classic mistakes.

>>> a = Wrong(3.0)
>>> (a * a).partials
(3.0, 3.0)
>>> (Wrong.make(slopes_of_product=lambda self, x, y: (1.0, 1.0))(3.0) * a).partials
(1.0, 1.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


class Wrong:
    """The class that the lab builds; `make` replaces some of its methods."""

    def __init__(self, data: float, inputs: tuple[Any, ...] = (), partials: tuple[float, ...] = ()) -> None:
        self.data, self.grad = data, 0.0
        self.inputs, self.partials = inputs, partials

    @classmethod
    def make(cls, **methods: Callable[..., Any] | None) -> type[Wrong]:
        """Return a class with some methods replaced.

        >>> Wrong.make(tanh=lambda self: self)(0.5).tanh().data
        0.5
        """
        return type("Value", (cls,), methods)

    def wrapped(self, x: Any) -> Any:
        """Return a number as a leaf."""
        return x if isinstance(x, Wrong) else Wrong(x)

    def slopes_of_sum(self, x: float, y: float) -> tuple[float, float]:
        """Return the partials of x + y."""
        return 1.0, 1.0

    def slopes_of_product(self, x: float, y: float) -> tuple[float, float]:
        """Return the partials of x·y."""
        return y, x

    def node(self, data: float, *edges: tuple[Any, float]) -> Any:
        """Return a node with its inputs and their partials."""
        inputs, partials = zip(*edges, strict=True)
        return type(self)(data, inputs, partials)

    def __add__(self, other: Any) -> Any:
        other = self.wrapped(other)
        dx, dy = self.slopes_of_sum(self.data, other.data)
        return self.node(self.data + other.data, (self, dx), (other, dy))

    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        dx, dy = self.slopes_of_product(self.data, other.data)
        return self.node(self.data * other.data, (self, dx), (other, dy))

    def __radd__(self, other: float) -> Any:
        return self + other

    def __rmul__(self, other: float) -> Any:
        return self * other

    def __pow__(self, n: float) -> Any:
        return self.node(self.data**n, (self, n * self.data ** (n - 1.0)))

    def relu(self) -> Any:
        """Return max(x, 0)."""
        return self.node(max(self.data, 0.0), (self, float(self.data > 0.0)))

    def tanh(self) -> Any:
        """Return the hyperbolic tangent."""
        y = math.tanh(self.data)
        return self.node(y, (self, 1.0 - y * y))
