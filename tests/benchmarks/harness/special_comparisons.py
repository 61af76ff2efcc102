"""List the rows on special functions over arrays: 100,000 numbers in a NumPy program, against SciPy's functions.

A program is a call of the row for each example; SciPy has the value, and for the slope a formula of its functions.
Both sides compute with one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay import record
from tests.benchmarks.harness.comparisons import Row
from tests.benchmarks.harness.measure import Timing, Work

NUMBERS: Final = 100_000
INVERSE_SQRT_2PI: Final = 1.0 / np.sqrt(2.0 * np.pi)
Function = Callable[[Any], Any]


def scipy_functions(name: str) -> tuple[Function, Function]:
    """Return the value of a row and its slope by SciPy."""
    from scipy import special

    def density(x: Any) -> Any:
        return INVERSE_SQRT_2PI * np.exp(-0.5 * x * x)

    def gaussian(x: Any) -> Any:
        return 2.0 / np.sqrt(np.pi) * np.exp(-x * x)

    return {
        "erf": (special.erf, gaussian),
        "erfc": (special.erfc, lambda x: -gaussian(x)),
        "erfinv": (special.erfinv, lambda x: 0.5 * np.sqrt(np.pi) * np.exp(np.square(special.erfinv(x)))),
        "normal_cdf": (special.ndtr, density),
        "gelu": (lambda x: x * special.ndtr(x), lambda x: special.ndtr(x) + x * density(x)),
        "gamma": (special.gamma, lambda x: special.gamma(x) * special.psi(x)),
        "lgamma": (special.gammaln, special.psi),
        "digamma": (special.psi, lambda x: special.polygamma(1, x)),
    }[name]


SPECIAL: Final = ("erf", "erfc", "erfinv", "normal_cdf", "gelu", "gamma", "lgamma", "digamma")


def numbers(name: str) -> Any:
    """Return numbers of the domain of a row."""
    return np.random.default_rng(0).uniform(*TABLE[name].domain[0], NUMBERS)


def value_of(name: str) -> Work:
    """Return the value of a row over all numbers, by a program."""
    X, row = numbers(name), TABLE[name]
    program = record(lambda x: row(x) * 1.0, inputs=(0.5,), backend="numpy")
    return lambda: program(X)


def slope_of(name: str) -> Work:
    """Return the value and the slope of a row over all numbers, by a program."""
    X, row = numbers(name), TABLE[name]
    program = record(lambda x: row(x) * 1.0, inputs=(0.5,), backend="numpy")
    return lambda: program.gradient(X)


def value_by_scipy(name: str) -> Work:
    """Return the value over all numbers, by SciPy."""
    X, (value, _) = numbers(name), scipy_functions(name)
    return lambda: value(X)


def slope_by_scipy(name: str) -> Work:
    """Return the value and the slope over all numbers, by SciPy."""
    X, (value, slope) = numbers(name), scipy_functions(name)
    return lambda: (value(X), slope(X))


SPECIAL_ROWS: Final = [
    Row(
        f"special-{name}-{what}",
        f"{name}, {title}, 100,000 numbers, against SciPy",
        ours=Timing(partial(ours, name), 10),
        peer=Timing(partial(peer, name), 10),
        bound=0.33,
        rounds=9,
        needs=("scipy",),
    )
    for name in SPECIAL
    for what, title, ours, peer in (
        ("value", "value", value_of, value_by_scipy),
        ("slope", "value and slope", slope_of, slope_by_scipy),
    )
]
