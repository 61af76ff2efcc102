"""The rows with a bound of their own: at most ten, each with its reason and the results of the best implementation.

Where no program is imported, the formula is PyTorch's own, of `derivatives.yaml` and the kernels of ATen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd_tiny.primitives.ieee_functions import c_power, divide, exp, log
from autograd_tiny.primitives.primitive import TABLE

MOST = 750.0
"""The largest number that counts: beyond, an exponential is 0 or infinite."""


class OwnBound(NamedTuple):
    """A bound of a row's own.

    Attributes:
        bound: a function of the order of the derivative, the operands and the size of the true result that returns
            what is allowed beyond the bound of all rows: ulp for the value and the first derivative, relative for
            the second.
        formula: the same as text.
        reason: why the row has it.
        peer: the best published implementation.
        results: its results, a function of the order and the operands, None where it publishes none.
    """

    bound: Callable[[tuple[int, ...], Sequence[Any], float], float]
    formula: str
    reason: str
    peer: str
    results: Callable[[tuple[int, ...], Sequence[Any]], float | None]


def spread(order: tuple[int, ...], args: Sequence[Any], size: float) -> float:
    """Return the largest difference of the logits, in ulp."""
    logits = args[0] if isinstance(args[0], list) else args
    return min(MOST, max(logits) - min(logits)) if len(order) < 2 else 0.0


def spread_or_share(order: tuple[int, ...], args: Sequence[Any], size: float) -> float:
    """Return the largest difference of the logits; for a second derivative 1e-12 of the probability."""
    if len(order) < 2:
        return spread(order, args, size)
    return 1e-12 * TABLE["softmax_at"](*args) / size if size else math.inf


def exponent_of_softplus(order: tuple[int, ...], args: Sequence[Any], size: float) -> float:
    x, beta = args
    if len(order) < 2:
        return min(MOST, abs(beta * x))
    return 4.0 * (1.0 + beta * beta) * 2.0**-1074 / size if 0.0 < size < 1e-290 else 0.0


def exponent_of_gelu_tanh(order: tuple[int, ...], args: Sequence[Any], size: float) -> float:
    x = args[0]
    if abs(x) > 1e3:
        return 0.0
    if len(order) < 2:
        return 4.0 * min(MOST, abs(1.6 * x) + abs(0.0714 * x**3))
    slope = 1.6 + 0.22 * x * x
    return 8.0 * (1.0 + abs(x)) * slope * slope * 2.0**-1074 / size if 0.0 < size < 1e-290 else 0.0


def few_bits_of_power(order: tuple[int, ...], args: Sequence[Any], size: float) -> float:
    """Return the units of 2^-1074 by which a subnormal power is multiplied in its derivatives."""
    x, y = args
    factor = (1.0 + abs(y)) ** 2 * (1.0 + log(abs(x)) ** 2) if x else 1.0
    if abs(x) < 1e-290:
        return math.inf  # 1 / x overflows
    if len(order) < 2:
        return factor if size < 1e-290 else 0.0
    return 16.0 * factor * 2.0**-1074 / size if 0.0 < size < 1e-280 else 0.0


def partial_products(order: tuple[int, ...], args: Sequence[Any], size: float) -> float:
    """Return infinity where a partial product leaves the range of normal numbers."""
    before = after = 1.0
    for x, y in zip(args[0], reversed(args[0]), strict=True):
        before, after = before * x, after * y
        if not (1e-290 < abs(before) < 1e290 and 1e-290 < abs(after) < 1e290):
            return math.inf
    return 0.0


# ── the best published implementations ──


def scipy_special(name: str) -> Any:
    from scipy import special

    return getattr(special, name)


def logsumexp(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    z = float(scipy_special("logsumexp")(args[0]))
    return z if not order else exp(args[0][order[0]] - z) if len(order) == 1 else None


def softmax(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    logits, index = args[0], int(args[1])
    ps = [float(p) for p in scipy_special("softmax")(logits)]
    z = ps[index]
    return z if not order else z * ((order[0] == index) - ps[order[0]]) if len(order) == 1 else None


def log_softmax(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    logits, index = args[0], int(args[1])
    zs = [float(z) for z in scipy_special("log_softmax")(logits)]
    return zs[index] if not order else (order[0] == index) - exp(zs[order[0]]) if len(order) == 1 else None


def cross_entropy(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    result = log_softmax(order, args)
    return None if result is None else -result


def softplus(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    x, beta = args
    power = exp(x * beta)
    if not order:
        return x if x * beta > 20.0 else divide(math.log1p(power), beta)
    return (1.0 if x * beta > 20.0 else power / (1.0 + power)) if order == (0,) else None


def gelu_tanh(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    (x,) = args
    scale, cubic = math.sqrt(2.0 / math.pi), 0.044715
    gate = math.tanh(scale * (x + cubic * x * x * x))
    if not order:
        return 0.5 * x * (1.0 + gate)
    slope = 0.5 * x * (1.0 - gate * gate) * scale * (1.0 + 3.0 * cubic * x * x)
    return 0.5 * (1.0 + gate) + slope if len(order) == 1 else None


def prod(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    z = math.prod(args[0])
    return z if not order else divide(z, args[0][order[0]]) if len(order) == 1 else None


def power(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    x, y = args
    if order == (0, 0):
        return y * ((y - 1.0) * c_power(x, y - 2.0))
    if order == (0, 1):
        return c_power(x, y - 1.0) + y * (c_power(x, y - 1.0) * log(x))
    return {(): c_power(x, y), (0,): y * c_power(x, y - 1.0), (1,): c_power(x, y) * log(x)}.get(order)


def gamma(order: tuple[int, ...], args: Sequence[Any]) -> float | None:
    (x,) = args
    z = float(scipy_special("gamma")(x))
    return z if not order else z * float(scipy_special("psi")(x)) if len(order) == 1 else None


DIFFERENCE = "xᵢ - max is rounded, and the exponential magnifies its error"
SUBNORMAL = "a power that is subnormal has few bits, and its derivatives are multiples of it, or quotients by x"
POWERS = "+ (1 + abs(y))²·(1 + log²x)·2⁻¹⁰⁷⁴, second 16 times that, where it is subnormal; none for abs(x) < 1e-290"
SPREAD = "+ (max - min) ulp"
OWN_BOUNDS: dict[str, OwnBound] = {
    "logsumexp": OwnBound(spread, SPREAD, DIFFERENCE, "scipy.special.logsumexp; slopes of PyTorch", logsumexp),
    "softmax_at": OwnBound(
        spread_or_share,
        f"{SPREAD}; second 1e-12 of the probability",
        f"{DIFFERENCE}; p·(1 - p)·(1 - 2p) has the rounding of p",
        "scipy.special.softmax; slopes of PyTorch",
        softmax,
    ),
    "log_softmax_at": OwnBound(
        spread, SPREAD, DIFFERENCE, "scipy.special.log_softmax; slopes of PyTorch", log_softmax
    ),
    "cross_entropy": OwnBound(
        spread, SPREAD, DIFFERENCE, "scipy.special.log_softmax; slopes of PyTorch", cross_entropy
    ),
    "softplus": OwnBound(
        exponent_of_softplus,
        "+ abs(β·x) ulp; second + 4·(1 + β²)·2⁻¹⁰⁷⁴ where it is subnormal",
        "β·x is rounded, and the exponential magnifies its error",
        "PyTorch",
        softplus,
    ),
    "gelu_tanh": OwnBound(
        exponent_of_gelu_tanh,
        "+ 4·abs(2u) ulp; second + 8·(1 + abs(x))·(2u′)²·2⁻¹⁰⁷⁴ where it is subnormal",
        "u = √(2/π)·(x + 0.044715 x³) is rounded, and the exponential magnifies its error",
        "PyTorch",
        gelu_tanh,
    ),
    "pow": OwnBound(few_bits_of_power, POWERS, SUBNORMAL, "PyTorch, C's pow", power),
    "pow_constant_exponent": OwnBound(few_bits_of_power, POWERS, SUBNORMAL, "PyTorch, C's pow", power),
    "gamma": OwnBound(
        lambda order, args, size: 4.0 if len(order) < 2 else 0.0,
        "+ 4 ulp",
        "that of C has this error; only the slope is ours",
        "scipy.special.gamma and psi",
        gamma,
    ),
    "prod": OwnBound(
        partial_products,
        "none where a partial product is not normal",
        "the factors are multiplied in their order, so a partial product may overflow or be subnormal",
        "PyTorch",
        prod,
    ),
}
