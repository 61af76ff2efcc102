"""Apply the update rule of an optimizer to arrays of all parameters, with the bits of one parameter after another.

The operations of a rule (+, -, ·, /, √) are correctly rounded for numbers and for arrays alike.

>>> import numpy as np
>>> from autograd_tiny import Value
>>> from nn import SGD
>>> numbers, momentum = np.array([3.0, 4.0]), np.zeros(2)  # of two parameters
>>> update_rows(SGD([Value(0.0)], lr=0.5).rule(np.sqrt), (numbers, momentum), np.array([2.0, 4.0]), ())
(array([2., 2.]), array([2., 4.]))
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, Final, TypeAlias

import numpy as np

Rows: TypeAlias = tuple[Any, ...]
"""Arrays with one number for each parameter."""

BLOCK: Final = 32_768
"""Parameters that are updated at once: the arrays between the operations of a rule then stay in the cache."""


def update_rows(rule: Callable[..., Any], rows: Rows, gradients: Any, spare: Rows) -> Rows | None:
    """Return the updated rows of all parameters, or None if a number is not finite.

    Args:
        rule: of the optimizer, with `numpy.sqrt`.
        rows: the numbers of the parameters, and a row for each list of the state, (parameters,) each.
        gradients: (parameters,); the result may contain it.
        spare: as many other rows, which the result may use.
    """
    number, *state = rows
    count = len(number)
    if count <= BLOCK:
        updated: Rows = rule(number, gradients, *state)
    else:
        updated = spare
        for start in range(0, count, BLOCK):
            block = slice(start, start + BLOCK)
            results = rule(number[block], gradients[block], *(row[block] for row in state))
            for row, result in zip(updated, results, strict=True):
                row[block] = result
    numbers = updated[0]
    return updated if isfinite(np.add.reduce(numbers)) or np.isfinite(numbers).all() else None


def updated_numbers(rule: Callable[..., Any], lists: list[list[float]], gradients: list[float]) -> Any:
    """Return the new numbers and state of many parameters as lists, or None if a number is not finite.

    Args:
        rule: of the optimizer, with `numpy.sqrt`.
        lists: the numbers of the parameters, and the lists of the state.
        gradients: one for each parameter.
    """
    rows = tuple(np.array(lists, dtype=float))
    with np.errstate(all="ignore"):
        updated = update_rows(rule, rows, np.array(gradients, dtype=float), tuple(map(np.empty_like, rows)))
    return None if updated is None else [row.tolist() for row in updated]
