"""References for every row of the table: the same functions in mpmath with a hundred digits, and tolerances.

A reference takes the operands of `compute` as mpmath numbers. `constants` are the positions of operands whose
partials are 0. `terms` is the size of the terms in a value or a derivative: if they cancel, their rounding remains.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
from mpmath import mpf

from autograd_tiny.primitives.primitive import Primitive

DIGITS, MANY_DIGITS = 100, 1000


@dataclass(frozen=True)
class Reference:
    """A function in mpmath, the positions of its constants, and the size of terms that cancel."""

    function: Callable[..., Any]
    constants: tuple[int, ...] = ()
    terms: float = 0.0


def step(condition: Any) -> int:
    return 1 if condition else 0


def clamp(x: Any, low: Any, high: Any) -> Any:
    return min(max(x, low), high)


def softplus(x: Any) -> Any:
    return mpmath.log1p(mpmath.exp(x))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def add_all(xs: Sequence[Any]) -> Any:
    return sum(xs, mpf(0))


def log_sum_exp(xs: Sequence[Any]) -> Any:
    return mpmath.log(add_all([mpmath.exp(x) for x in xs]))


def gelu_tanh(x: Any) -> Any:
    return x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpf(0.044715) * x**3)))


def selu(x: Any) -> Any:
    return mpf(1.0507009873554805) * (x if x > 0 else mpf(1.6732632423543772) * mpmath.expm1(x))


def sinc_derivative(n: Any, x: Any) -> Any:
    derivative = mpmath.sinc(mpmath.pi * x)
    for order in range(1, int(n) + 1):
        if not x:
            return mpmath.taylor(lambda y: mpmath.sinc(mpmath.pi * y), 0, int(n))[-1] * mpmath.factorial(int(n))
        wave = mpmath.pi ** (order - 1) * mpmath.sin(mpmath.pi * x + order * mpmath.pi / 2)
        derivative = (wave - order * derivative) / x
    return derivative


REFERENCES: dict[str, Reference] = {
    "add": Reference(lambda x, y: x + y),
    "sub": Reference(lambda x, y: x - y),
    "mul": Reference(lambda x, y: x * y),
    "div": Reference(lambda x, y: x / y),
    "neg": Reference(lambda x: -x),
    "pow": Reference(lambda x, y: x**y, terms=1.0),  # the second derivative crosses 0 where y does 0 and 1
    "pow_constant_exponent": Reference(lambda x, c: x**c, constants=(1,)),
    "pow_constant_base": Reference(lambda c, x: c**x, constants=(0,)),
    "square": Reference(lambda x: x * x),
    "one_minus_square": Reference(lambda x: 1 - x * x, terms=4.0),
    "reciprocal": Reference(lambda x: 1 / x),
    "sqrt": Reference(mpmath.sqrt),
    "rsqrt": Reference(lambda x: 1 / mpmath.sqrt(x)),
    "cbrt": Reference(lambda x: mpmath.cbrt(x) if x > 0 else -mpmath.cbrt(-x)),
    "exp": Reference(mpmath.exp),
    "exp2": Reference(lambda x: 2**x),
    "expm1": Reference(mpmath.expm1),
    "expm1_minus_xexp": Reference(lambda x: mpmath.expm1(x) - x * mpmath.exp(x), terms=1.0),
    "log": Reference(mpmath.log),
    "log2": Reference(lambda x: mpmath.log(x) / mpmath.log(2)),
    "log10": Reference(mpmath.log10),
    "log1p": Reference(mpmath.log1p),
    "xlogy": Reference(lambda x, y: x * mpmath.log(y)),
    "logaddexp": Reference(lambda x, y: log_sum_exp([x, y]), terms=1.0),  # the value crosses 0
    "abs": Reference(abs),
    "sign": Reference(mpmath.sign),
    "heaviside": Reference(lambda x, values: mpf(x > 0) if x else values),
    "copysign": Reference(lambda x, y: abs(x) * mpmath.sign(y)),
    "floor": Reference(mpmath.floor),
    "ceil": Reference(mpmath.ceil),
    "trunc": Reference(lambda x: mpmath.sign(x) * mpmath.floor(abs(x))),
    "round": Reference(lambda x, ndigits: mpmath.nint(x)),
    "fmod": Reference(lambda x, y: mpmath.sign(x) * (abs(x) % abs(y))),
    "remainder": Reference(lambda x, y: x - y * mpmath.floor(x / y)),
    "floordiv": Reference(lambda x, y: mpmath.floor(x / y)),
    "sin": Reference(mpmath.sin),
    "cos": Reference(mpmath.cos),
    "tan": Reference(mpmath.tan),
    "asin": Reference(mpmath.asin),
    "acos": Reference(mpmath.acos),
    "atan": Reference(mpmath.atan),
    "atan2": Reference(mpmath.atan2, terms=1.0),  # the mixed derivative crosses 0 where |x| = |y|
    "hypot": Reference(lambda x, y: mpmath.sqrt(x * x + y * y), terms=1.0),  # 1/z - x²/z³
    "direction": Reference(lambda x, y: x / mpmath.sqrt(x * x + y * y), terms=1.0),
    "sinh": Reference(mpmath.sinh),
    "cosh": Reference(mpmath.cosh),
    "tanh": Reference(mpmath.tanh),
    "sech": Reference(mpmath.sech, terms=1.0),
    "asinh": Reference(mpmath.asinh),
    "acosh": Reference(mpmath.acosh),
    "atanh": Reference(mpmath.atanh),
    "sinc": Reference(lambda x: mpmath.sinc(mpmath.pi * x), terms=100.0),  # (cos πx - z) / x, and once more
    "sinc_derivative": Reference(sinc_derivative, constants=(0,), terms=100.0),
    "degrees": Reference(mpmath.degrees),
    "radians": Reference(mpmath.radians),
    "gaussian": Reference(lambda x: mpmath.exp(-x * x), terms=4.0),  # 4x²z - 2z
    "normal_pdf": Reference(lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi), terms=1.0),
    "normal_cdf": Reference(mpmath.ncdf),
    "erf": Reference(mpmath.erf),
    "erfc": Reference(mpmath.erfc),
    "erfinv": Reference(mpmath.erfinv),
    "gamma": Reference(mpmath.gamma, terms=4.0),  # Γ′ crosses 0 with ψ
    "lgamma": Reference(lambda x: mpmath.loggamma(x).real, terms=1.0),
    "digamma": Reference(mpmath.digamma, terms=1.0),
    "polygamma": Reference(lambda n, x: mpmath.polygamma(int(n), x), constants=(0,)),
    "sigmoid": Reference(sigmoid, terms=0.1),  # the second derivative crosses 0
    "logit": Reference(lambda x: mpmath.log(x / (1 - x)), terms=4.0),
    "log_sigmoid": Reference(lambda x: -softplus(-x)),
    "softplus": Reference(lambda x, beta: softplus(beta * x) / beta, terms=8.0),
    "logit_entropy": Reference(lambda x: softplus(x) - x * sigmoid(x), terms=1.0),
    "relu": Reference(lambda x: max(x, mpf(0))),
    "leaky_relu": Reference(lambda x, negative_slope: x if x > 0 else negative_slope * x),
    "elu": Reference(lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x)),
    "celu": Reference(lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x / alpha), terms=1.0),
    "selu": Reference(selu),
    "gelu": Reference(lambda x: x * mpmath.ncdf(x), terms=1.0),
    "gelu_tanh": Reference(gelu_tanh, terms=4.0),
    "silu": Reference(lambda x: x * sigmoid(x), terms=1.0),
    "mish": Reference(lambda x: x * mpmath.tanh(softplus(x)), terms=1.0),
    "relu6": Reference(lambda x: clamp(x, mpf(0), mpf(6))),
    "hardtanh": Reference(clamp),
    "hardsigmoid": Reference(lambda x: clamp(x / 6 + mpf(1) / 2, mpf(0), mpf(1)), terms=1.0),
    "hardswish": Reference(lambda x: x * clamp(x / 6 + mpf(1) / 2, mpf(0), mpf(1)), terms=1.0),
    "softsign": Reference(lambda x: x / (1 + abs(x))),
    "tanhshrink": Reference(lambda x: x - mpmath.tanh(x), terms=1.0),
    "softshrink": Reference(lambda x, lambd: mpmath.sign(x) * max(abs(x) - lambd, mpf(0))),
    "hardshrink": Reference(lambda x, lambd: x * step(abs(x) > lambd)),
    "threshold": Reference(lambda x, threshold, value: x if x > threshold else value),
    "maximum": Reference(max),
    "minimum": Reference(min),
    "fmax": Reference(max),
    "fmin": Reference(min),
    "clamp": Reference(clamp),
    "where": Reference(lambda condition, x, y: x if condition else y),
    "lerp": Reference(lambda x, y, weight: x + weight * (y - x), terms=16.0),
    "sum": Reference(add_all, terms=8.0),
    "mean": Reference(lambda xs: add_all(xs) / len(xs), terms=4.0),
    "prod": Reference(mpmath.fprod),
    "dot": Reference(lambda ws, xs, bias: mpmath.fdot(ws, xs) + bias, terms=32.0),
    "norm": Reference(lambda xs: mpmath.sqrt(mpmath.fdot(xs, xs)), terms=1.0),
    "max": Reference(max),
    "min": Reference(min),
    "logsumexp": Reference(log_sum_exp, terms=4.0),
    "softmax_at": Reference(lambda xs, index: mpmath.exp(xs[int(index)] - log_sum_exp(xs)), (1,), terms=1.0),
    "log_softmax_at": Reference(lambda xs, index: xs[int(index)] - log_sum_exp(xs), (1,), terms=4.0),
    "cross_entropy": Reference(lambda logits, target: log_sum_exp(logits) - logits[int(target)], (1,), terms=4.0),
    "binary_cross_entropy": Reference(
        lambda p, target: -target * mpmath.log(p) - (1 - target) * mpmath.log(1 - p), terms=20.0
    ),
    "binary_cross_entropy_with_logits": Reference(lambda x, target: softplus(x) - x * target, terms=4.0),
}


def reference_of(row: Primitive) -> Reference:
    """Return the reference of a row, or raise an error with the remedy."""
    if row.name not in REFERENCES:
        remedy = "add its function in mpmath to REFERENCES in tests/references.py"
        raise AssertionError(f"{row.name} has no reference: {remedy}")
    return REFERENCES[row.name]


def exact(row: Primitive, reference: Reference, args: Sequence[Any], *orders: int, digits: int = DIGITS) -> Any:
    """Return a value of a reference, or its derivative by the operands at the positions `orders`, lists flat.

    Derivatives are central differences with tiny steps, which need many digits.
    """
    if set(orders) & fixed(row, reference, args):
        return mpf(0)
    with mpmath.workdps(digits):
        flat = [mpf(x) for x in row.flatten(args)]
        widths = [mpf(10) ** (-digits // 4) * (abs(x) or 1) for x in flat]
        result = difference(lambda point: reference.function(*row.group(point)), flat, orders, widths)
        rounding = mpf(10) ** (-digits * (9 - 2.5 * len(orders)) / 10) * (
            abs(reference.function(*row.group(flat))) + 1
        )
        for position in orders:
            rounding /= abs(flat[position]) or 1
        return result if abs(result) > rounding or not orders else mpf(0)


def difference(
    function: Callable[[list[Any]], Any], point: list[Any], orders: Sequence[int], widths: list[Any]
) -> Any:
    if not orders:
        return function(point)
    first, *rest = orders
    above, below = (
        difference(function, [x + side * (i == first) for i, x in enumerate(point)], rest, widths)
        for side in (widths[first], -widths[first])
    )
    return (above - below) / (2 * widths[first])


def fixed(row: Primitive, reference: Reference, args: Sequence[Any]) -> set[int]:
    """Return the flat positions of constants, and of operands whose domain is one point."""
    points = [low == high for low, high in row.domain]
    flags = row.map(lambda _: False, args)
    for position, many in enumerate(row.takes_list):
        still = position in reference.constants or points[position]
        flags[position] = [still] * len(args[position]) if many else still
    return {position for position, still in enumerate(row.flatten(flags)) if still}


def ulps(ours: float, true: Any, terms: float = 0.0) -> float:
    """Return the distance of a float from an mpmath number in ulp of it, or of `terms` if these are larger."""
    if math.isnan(ours) or mpmath.isnan(true):
        return 0.0 if math.isnan(ours) and mpmath.isnan(true) else math.inf
    rounded = float(true)
    if ours == rounded:
        return 0.0
    if math.isinf(ours) or math.isinf(rounded):
        return math.inf
    return float(abs(mpf(ours) - true) / max(math.ulp(rounded), math.ulp(terms) if terms else 0.0))


def same(x: float, y: float, tolerance: float = 0.0) -> bool:
    """Return whether two floats are identical, including nan and the signs of zeros, or within a tolerance."""
    if x != x or y != y:
        return x != x and y != y
    if tolerance and math.isfinite(x) and math.isfinite(y):
        return abs(x - y) <= tolerance * max(abs(x), abs(y)) + 5e-324
    return x == y and math.copysign(1.0, x) == math.copysign(1.0, y)
