"""Partials as a textbook prints them, of rows whose partials are written otherwise for their accuracy.

A constant such as π keeps its name in a formula.

Only formulas on display use them: `table` computes with forms that do not cancel or overflow.

>>> softmax_partials([0.25, 0.75], 0.0), cross_entropy_partials([0.25, 0.75], 0.0)
([0.1875, -0.1875], [-0.75, 0.75])
>>> log_softmax_partials([0.25, 0.75], 0.0), shares_of_ties([True, True, False])
([0.75, -0.75], [0.5, 0.5, 0.0])
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def constant(z: Any, number: float | None, name: str = "") -> Any:
    """Return a constant as the kind of number that z is: one of formulas keeps its name, or is not computed with.

    Args:
        z: the output of a row.
        number: None if it depends on numbers that are not known.
        name: as it is shown; a constant without one is shown as its number.
    """
    named = getattr(type(z), "named_constant", None)
    return number if named is None else named(name, number)


def pi(z: Any) -> Any:
    """Return π."""
    return constant(z, math.pi, "π")


def kept(number: Any, z: Any) -> Any:
    """Return an operand that is a plain number as a constant, so that a function of it is written out."""
    return constant(z, number) if type(number) is float else number


def exponential_slope(base: Any, power: Any, z: Any, log: Callable[[Any], Any]) -> Any:
    """Return bˣ·log b, and z for the base e."""
    return z if getattr(base, "number", base) == math.e else power * log(kept(base, z))


def sinc_derivative_slope(n: Any, x: Any, z: Any, sin: Callable[[Any], Any], cos: Callable[[Any], Any]) -> Any:
    """Return the derivative of that of order n of sinc, from n + 1 derivatives of x·sinc x = sin(πx) / π."""
    order, angle = int(n), pi(z) * x
    wave = cos(angle) if order % 2 == 0 else sin(angle)
    power = wave if order == 0 else pi(z) * wave if order == 1 else pi(z) ** float(order) * wave
    return ((power if order % 4 in {0, 3} else -power) - (n + 1.0) * z) / x


def gelu_cubic(z: Any) -> Any:
    """Return 3·0.044715, with all its digits."""
    return constant(z, 0.134145, "0.134145")


def selu_slopes(power: Any, z: Any) -> tuple[Any, Any]:
    """Return λ and λ·α·eˣ, for operands above 0 and below.

    Args:
        power: eˣ.
        z: the output.
    """
    scale, alpha = constant(z, SELU_SCALE, "λ"), constant(z, SELU_ALPHA, "α")
    return scale, scale * alpha * power


def softmax_partials(shares: Sequence[Any], index: Any) -> list[Any]:
    """Return pₖ·(1 - pₖ) at the index k and -pₖ·pⱼ elsewhere.

    Args:
        shares: p = softmax(xs), of any kind of number.
        index: k, a plain number.
    """
    k = int(index)
    return [p * (1.0 - p) if j == k else -shares[k] * p for j, p in enumerate(shares)]


def log_softmax_partials(shares: Sequence[Any], index: Any) -> list[Any]:
    """Return 1 - pₖ at the index k and -pⱼ elsewhere."""
    return [1.0 - p if j == int(index) else -p for j, p in enumerate(shares)]


def cross_entropy_partials(shares: Sequence[Any], target: Any) -> list[Any]:
    """Return pₖ - 1 for the target k and pⱼ elsewhere."""
    return [p - 1.0 if j == int(target) else p for j, p in enumerate(shares)]


def shares_of_ties(hits: Sequence[Any]) -> list[Any]:
    """Return 1/n for each of n hits and 0 elsewhere; where the numbers are not known, the formula of that."""
    unknown = constant(hits[0], None, "n")
    if unknown is not None:
        return [hit / unknown for hit in hits]
    number = sum(1 for hit in hits if hit)
    return [1.0 / number if hit else 0.0 for hit in hits]
