"""The rows of the table that NumPy lacks, over arrays: as array code, of the accuracy that the table promises.

A result need not have the bits of the row's own, which is computed otherwise. Nothing here loops over elements; a
loop is over the terms of a series, the orders of a derivative, or blocks of thousands of numbers.

This folder imports NumPy, so it is imported when the first array is met.

>>> import numpy as np
>>> FUNCTIONS["erfc"](FUNCTIONS["digamma"](np.array([1.0, 2.0])))
array([1.58567498, 0.54990176])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from autograd_tiny.primitives.arrays.error_functions import (
    erf,
    erfc,
    erfinv,
    erfinv_slope,
    gelu,
    gelu_slope,
    normal_cdf,
)
from autograd_tiny.primitives.arrays.gamma_functions import digamma, gamma, lgamma, polygamma
from autograd_tiny.primitives.arrays.lists import norm, norm_slopes, prod, prod_slopes
from autograd_tiny.primitives.arrays.rounding import round_half_even
from autograd_tiny.primitives.arrays.series import expm1_minus_xexp, sinc_derivative

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "round": round_half_even,
    "expm1_minus_xexp": expm1_minus_xexp,
    "sinc_derivative": sinc_derivative,
    "normal_cdf": normal_cdf,
    "erf": erf,
    "erfc": erfc,
    "erfinv": erfinv,
    "gamma": gamma,
    "lgamma": lgamma,
    "digamma": digamma,
    "polygamma": polygamma,
    "gelu": gelu,
}
"""The value of each of these rows."""

LISTS: Final[dict[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "prod": (prod, prod_slopes),
    "norm": (norm, norm_slopes),
}
"""The value and the slopes of rows of lists, functions of an array whose first axis is that of the list."""

SLOPES: Final[dict[str, Callable[..., Any]]] = {"gelu": lambda x, z: gelu_slope(x), "erfinv": erfinv_slope}
"""The partial of a row of one operand, a function of that and the value, where the formula of the table is slow."""
