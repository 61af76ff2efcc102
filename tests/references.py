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
from tests import jets

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
    return jets.log1p(jets.exp(x))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + jets.exp(-x))


def add_all(xs: Sequence[Any]) -> Any:
    return sum(xs, mpf(0))


def log_sum_exp(xs: Sequence[Any]) -> Any:
    return jets.log(add_all([jets.exp(x) for x in xs]))


def sum_beside(xs: Sequence[Any], index: Any) -> Any:
    """Return Σ e^(xⱼ - xᵢ), whose reciprocal is a probability; the logarithm of Σ e^xⱼ would round it."""
    return add_all([jets.exp(x - xs[int(index)]) for x in xs])


def gelu_tanh(x: Any) -> Any:
    return x / 2 * (1 + jets.tanh(jets.sqrt(2 / jets.pi) * (x + mpf(0.044715) * x**3)))


def selu(x: Any) -> Any:
    return mpf(1.0507009873554805) * (x if x > 0 else mpf(1.6732632423543772) * jets.expm1(x))


def bounded_log(x: Any) -> Any:
    """Return log(x), at least -100 as in PyTorch's binary cross-entropy."""
    return max(jets.log(x), mpf(-100)) if x > 0 else mpmath.nan


def sinc_derivative(n: Any, x: Any) -> Any:
    return jets.pi ** int(n) * jets.sinc(jets.pi * x, int(n))


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
    "sqrt": Reference(jets.sqrt),
    "rsqrt": Reference(lambda x: 1 / jets.sqrt(x)),
    "cbrt": Reference(lambda x: jets.cbrt(x) if x > 0 else -jets.cbrt(-x)),
    "exp": Reference(jets.exp),
    "exp2": Reference(lambda x: 2**x),
    "expm1": Reference(jets.expm1),
    "expm1_minus_xexp": Reference(lambda x: jets.expm1(x) - x * jets.exp(x), terms=1.0),
    "log": Reference(jets.log),
    "log2": Reference(lambda x: jets.log(x) / jets.log(2)),
    "log10": Reference(jets.log10),
    "log1p": Reference(jets.log1p),
    "xlogy": Reference(lambda x, y: x * jets.log(y)),
    "logaddexp": Reference(lambda x, y: log_sum_exp([x, y]), terms=1.0),  # the value crosses 0
    "abs": Reference(abs),
    "sign": Reference(jets.sign),
    "heaviside": Reference(lambda x, values: mpf(x > 0) if x else values),
    "copysign": Reference(lambda x, y: abs(x) * (1 if y >= 0 else -1)),
    "floor": Reference(jets.floor),
    "ceil": Reference(jets.ceil),
    "trunc": Reference(lambda x: jets.sign(x) * jets.floor(abs(x))),
    "round": Reference(lambda x, ndigits: jets.nint(x)),
    "fmod": Reference(lambda x, y: jets.sign(x) * (abs(x) % abs(y))),
    "remainder": Reference(lambda x, y: x - y * jets.floor(x / y)),
    "floordiv": Reference(lambda x, y: jets.floor(x / y)),
    "sin": Reference(jets.sin),
    "cos": Reference(jets.cos),
    "tan": Reference(jets.tan),
    "asin": Reference(jets.asin),
    "acos": Reference(jets.acos),
    "atan": Reference(jets.atan),
    "atan2": Reference(jets.atan2, terms=1.0),  # the mixed derivative crosses 0 where |x| = |y|
    "hypot": Reference(lambda x, y: jets.sqrt(x * x + y * y), terms=1.0),  # 1/z - x²/z³
    "direction": Reference(lambda x, y: x / jets.sqrt(x * x + y * y), terms=1.0),
    "sinh": Reference(jets.sinh),
    "cosh": Reference(jets.cosh),
    "tanh": Reference(jets.tanh),
    "sech": Reference(jets.sech, terms=1.0),
    "asinh": Reference(jets.asinh),
    "acosh": Reference(jets.acosh),
    "atanh": Reference(jets.atanh),
    "sinc": Reference(lambda x: jets.sinc(jets.pi * x), terms=100.0),  # (cos πx - z) / x, and once more
    "sinc_derivative": Reference(sinc_derivative, constants=(0,), terms=100.0),
    "degrees": Reference(jets.degrees),
    "radians": Reference(jets.radians),
    "gaussian": Reference(lambda x: jets.exp(-x * x), terms=4.0),  # 4x²z - 2z
    "normal_pdf": Reference(lambda x: jets.exp(-x * x / 2) / jets.sqrt(2 * jets.pi), terms=1.0),
    "normal_cdf": Reference(jets.ncdf),
    "erf": Reference(jets.erf),
    "erfc": Reference(jets.erfc),
    "erfinv": Reference(jets.erfinv),
    "gamma": Reference(jets.gamma, terms=4.0),  # Γ′ crosses 0 with ψ
    "lgamma": Reference(jets.log_abs_gamma, terms=1.0),
    "digamma": Reference(lambda x: jets.polygamma(0, x), terms=1.0),
    "polygamma": Reference(lambda n, x: jets.polygamma(int(n), x), constants=(0,)),
    "sigmoid": Reference(sigmoid, terms=0.1),  # the second derivative crosses 0
    "logit": Reference(lambda x: jets.log(x / (1 - x)), terms=4.0),
    "log_sigmoid": Reference(lambda x: -softplus(-x)),
    "softplus": Reference(lambda x, beta: softplus(beta * x) / beta, terms=8.0),
    "logit_entropy": Reference(lambda x: softplus(x) - x * sigmoid(x), terms=1.0),
    "relu": Reference(lambda x: max(x, mpf(0))),
    "leaky_relu": Reference(lambda x, negative_slope: x if x > 0 else negative_slope * x),
    "elu": Reference(lambda x, alpha: x if x > 0 else alpha * jets.expm1(x)),
    "celu": Reference(lambda x, alpha: x if x > 0 else alpha * jets.expm1(x / alpha), terms=1.0),
    "selu": Reference(selu),
    "gelu": Reference(lambda x: x * jets.ncdf(x), terms=1.0),
    "gelu_tanh": Reference(gelu_tanh, terms=4.0),
    "silu": Reference(lambda x: x * sigmoid(x), terms=1.0),
    "mish": Reference(lambda x: x * jets.tanh(softplus(x)), terms=1.0),
    "relu6": Reference(lambda x: clamp(x, mpf(0), mpf(6))),
    "hardtanh": Reference(clamp),
    "hardsigmoid": Reference(lambda x: clamp(x / 6 + mpf(1) / 2, mpf(0), mpf(1)), terms=1.0),
    "hardswish": Reference(lambda x: x * clamp(x / 6 + mpf(1) / 2, mpf(0), mpf(1)), terms=1.0),
    "softsign": Reference(lambda x: x / (1 + abs(x))),
    "tanhshrink": Reference(lambda x: x - jets.tanh(x), terms=1.0),
    "softshrink": Reference(lambda x, lambd: jets.sign(x) * max(abs(x) - lambd, mpf(0))),
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
    "prod": Reference(jets.fprod),
    "dot": Reference(lambda ws, xs, bias: jets.fdot(ws, xs) + bias, terms=32.0),
    "norm": Reference(lambda xs: jets.sqrt(jets.fdot(xs, xs)), terms=1.0),
    "max": Reference(max),
    "min": Reference(min),
    "logsumexp": Reference(log_sum_exp, terms=4.0),
    "softmax_at": Reference(lambda xs, index: 1 / sum_beside(xs, index), (1,), terms=1.0),
    "log_softmax_at": Reference(lambda xs, index: -jets.log(sum_beside(xs, index)), (1,), terms=4.0),
    "cross_entropy": Reference(lambda logits, target: jets.log(sum_beside(logits, target)), (1,), terms=4.0),
    "binary_cross_entropy": Reference(
        lambda p, target: -target * bounded_log(p) - (1 - target) * bounded_log(1 - p), terms=20.0
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
