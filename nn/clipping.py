"""Gradient clipping: between `backward()` and the update, gradients that are too large are cut.

>>> from autograd_tiny import Value
>>> p, q = Value(0.0), Value(0.0)
>>> p.grad, q.grad = 3.0, 4.0
>>> clip_gradient_norm([p, q], 1.0), f"{p.grad:.3f}", f"{q.grad:.3f}"
(5.0, '0.600', '0.800')
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograd_tiny import Value
from nn.checks import between, parameter_list


def clip_gradient_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients by one factor so that their norm is at most `max_norm`; return the norm before.

    The norm is √(Σ g²).

    As `torch.nn.utils.clip_grad_norm_`, with its 10⁻⁶ that keeps the divisor above 0. Source: R. Pascanu et
    al., On the difficulty of training recurrent neural networks, 2013, arXiv:1211.5063, algorithm 1.

    Raises:
        LengthError: there are no parameters.
        ArgumentError: `max_norm` is negative or not finite.

    >>> p = Value(0.0)
    >>> p.grad = 0.5
    >>> clip_gradient_norm([p], 1.0), p.grad
    (0.5, 0.5)
    """
    between("clip_gradient_norm", "max_norm", max_norm, 0.0)
    parameters = parameter_list("clip_gradient_norm", parameters)
    norm = math.hypot(*(parameter.grad for parameter in parameters))
    factor = max_norm / (norm + 1e-6)
    if factor < 1.0:
        for parameter in parameters:
            parameter.grad *= factor
    return norm


def clip_gradient_value(parameters: Iterable[Value], max_value: float) -> None:
    """Cut every gradient to the interval from -max_value to max_value, as `torch.nn.utils.clip_grad_value_`.

    Raises:
        LengthError: there are no parameters.
        ArgumentError: `max_value` is negative or not finite.

    >>> p = Value(0.0)
    >>> p.grad = -3.0
    >>> clip_gradient_value([p], 1.0)
    >>> p.grad
    -1.0
    """
    between("clip_gradient_value", "max_value", max_value, 0.0)
    for parameter in parameter_list("clip_gradient_value", parameters):
        parameter.grad = min(max(parameter.grad, -max_value), max_value)  # in this order a nan stays
