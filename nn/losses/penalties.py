"""Penalties on parameters, to be added to a loss.

>>> from nn import MLP
>>> model = MLP(2, [3, 1], seed=0)
>>> penalty = 1e-4 * l2_penalty(model.parameters())
"""

from __future__ import annotations

from collections.abc import Iterable

import autograd_tiny as engine
from autograd_tiny import Value
from nn.checks import parameter_list


def l1_penalty(parameters: Iterable[Value]) -> Value:
    """Return Σ |p|, which drives weights to 0. Source: R. Tibshirani, The lasso, 1996.

    Raises:
        LengthError: there are no parameters.

    >>> l1_penalty([Value(3.0), Value(-4.0)]).data
    7.0
    """
    penalty: Value = engine.sum([engine.abs(p) for p in parameter_list("l1_penalty", parameters)])
    return penalty


def l2_penalty(parameters: Iterable[Value]) -> Value:
    """Return Σ p², which keeps weights small; one node. Source: A. Hoerl, R. Kennard, Ridge regression, 1970.

    Raises:
        LengthError: there are no parameters.

    >>> l2_penalty([Value(3.0), Value(-4.0)]).data
    25.0
    """
    weights = parameter_list("l2_penalty", parameters)
    penalty: Value = engine.dot(weights, weights)
    return penalty
