"""Make arrays of Values from numbers, and read their data and gradients.

>>> import numpy as np
>>> W = as_values(np.array([[1.0, 2.0]]), "W")
>>> (W @ np.array([3.0, 4.0]))[0].backward()
>>> W[0, 1].label, data_of(W).tolist(), gradient_of(W).tolist()
('W[0,1]', [[1.0, 2.0]], [[3.0, 4.0]])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd_tiny import Value


def as_values(numbers: Any, name: str) -> Any:
    """Return an array of Values, each labelled with its position."""
    values = np.empty(numbers.shape, dtype=object)
    for place, number in np.ndenumerate(numbers):
        values[place] = Value(number, label=f"{name}[{','.join(map(str, place))}]")
    return values


def data_of(values: Any) -> Any:
    """Return the numbers of a Value, or of an array or list of Values, as an array."""
    return np.vectorize(lambda value: value.data, otypes=[float])(values)


def gradient_of(values: Any) -> Any:
    """Return the gradients of a Value, or of an array or list of Values, as an array."""
    return np.vectorize(lambda value: value.grad, otypes=[float])(values)


def weights_and_biases(layer: Any, read: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Return the weights of a layer, a row for each neuron, and its biases, as `data_of` or `gradient_of` reads them.

    >>> from nn import Layer
    >>> W, b = weights_and_biases(Layer(2, 3, seed=0), data_of)
    >>> W.shape, b.shape
    ((3, 2), (3,))
    """
    return read([neuron.w for neuron in layer.neurons]), read([neuron.b for neuron in layer.neurons])


def difference(a: Any, b: Any) -> float:
    """Return the largest difference between two arrays of one shape.

    >>> difference([1.0, 2.0], [1.0, 2.5])
    0.5
    """
    return float(np.abs(np.asarray(a) - np.asarray(b)).max())


def largest_difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """Return the largest difference between arrays of one name.

    >>> largest_difference({"x": 1.0, "y": 2.0}, {"x": 1.0, "y": 1.75})
    0.25
    """
    return max(difference(numbers, b[name]) for name, numbers in a.items())
