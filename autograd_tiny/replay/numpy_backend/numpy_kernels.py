"""The rows of the table for NumPy arrays: for most a function of NumPy, for some a few of them, for the rest a loop.

Each function takes arrays and, last, the array for the result. A row that is not here, such as one of the user's own,
is computed element by element by the row itself: slower, and exactly as eager code does.

>>> import numpy as np
>>> from autograd_tiny.primitives.primitive import TABLE
>>> kernel_of(TABLE["sigmoid"])(np.array([0.0, 800.0, -800.0]), np.empty(3))
array([0.5, 1. , 0. ])
>>> kernel_of(TABLE["erf"])(np.array([0.0, 9.0]), np.empty(2))
array([0., 1.])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy import absolute, add, copyto, divide, exp, multiply, subtract

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.contributions import OURS

Kernel = Callable[..., Any]

UFUNCS: dict[str, str] = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "neg": "negative",
    "pow": "power", "pow_constant_base": "power", "square": "square", "reciprocal": "reciprocal",
    "sqrt": "sqrt", "cbrt": "cbrt", "exp": "exp", "exp2": "exp2", "expm1": "expm1",
    "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p", "logaddexp": "logaddexp",
    "abs": "absolute", "copysign": "copysign", "floor": "floor", "ceil": "ceil", "trunc": "trunc",
    "fmod": "fmod", "remainder": "remainder", "floordiv": "floor_divide",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "atan2": "arctan2", "hypot": "hypot", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "degrees": "degrees", "radians": "radians",
    "fmax": "fmax", "fmin": "fmin",
    "less": "less", "less_or_equal": "less_equal", "greater": "greater", "greater_or_equal": "greater_equal",
    "both": "logical_and", "either": "logical_or", "detach": "positive",
}  # fmt: skip
"""The name of a row, and that of the function of NumPy that computes it."""


def where(condition: Any, x: Any, y: Any, out: Any) -> Any:
    """Return x where the condition is not 0, else y."""
    np.copyto(out, y)
    np.copyto(out, x, where=np.not_equal(condition, 0.0))
    return out


def tail_of_sigmoid(x: Any) -> Any:
    """Return e^-|x|, which never overflows."""
    return np.exp(-np.abs(x))


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + e⁻ˣ), in the left tail eˣ / (1 + eˣ)."""
    tail = tail_of_sigmoid(x)
    return np.where(x >= 0.0, 1.0, tail) / (1.0 + tail)


def power(x: Any, y: Any) -> Any:
    """Return x ** y for a constant exponent: where y is ±½ by the square root, as `floats.power`."""
    root = np.sqrt(x)
    return np.where(np.equal(y, 0.5), root, np.where(np.equal(y, -0.5), 1.0 / root, np.power(x, y)))


def silu(x: Any) -> Any:
    """Return x·sigmoid(x); in the left tail x·eˣ by halves, as `floats.silu`."""
    half = np.exp(0.5 * np.minimum(x, 0.0))
    return np.where(x > -700.0, x * sigmoid(x), half * x * half)


FORMULAS: dict[str, Kernel] = {
    "pow_constant_exponent": power,
    "rsqrt": lambda x: 1.0 / np.sqrt(x),
    "sign": lambda x: 1.0 * (x > 0.0) - (x < 0.0),
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: np.minimum(x, 0.0) - np.log1p(tail_of_sigmoid(x)),
    "softplus": lambda x, beta: (np.maximum(beta * x, 0.0) + np.log1p(tail_of_sigmoid(beta * x))) / beta,
    "silu": silu,
    "leaky_relu": lambda x, slope: np.where(x > 0.0, x, slope * x),
    "elu": lambda x, alpha: np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0))),
    "celu": lambda x, alpha: np.where(x > 0.0, x, alpha * np.expm1(x / alpha)),
    "relu6": lambda x: np.minimum(np.maximum(x, 0.0), 6.0),
    "hardtanh": lambda x, low, high: np.minimum(np.maximum(x, low), high),
    "clamp": lambda x, low, high: np.minimum(np.maximum(x, low), high),
    "tanhshrink": lambda x: x - np.tanh(x),
    "lerp": lambda x, y, weight: x + weight * (y - x),
}
"""Rows that need more than one function of NumPy."""


OUT_BY_NAME: dict[str, Kernel] = {
    "relu": lambda x, out: np.maximum(x, 0.0, out=out),
    "maximum": lambda x, y, out: np.maximum(x, y, out=out),
    "minimum": lambda x, y, out: np.minimum(x, y, out=out),
}
"""Where NumPy wants the array for the result by its name."""


@cache
def kernel_of(row: Primitive) -> Kernel:
    """Return the function of arrays, and of the array for the result, that computes a row."""
    name = row.name
    if row not in OURS:
        return _loop(row)
    if name in UFUNCS:
        return getattr(np, UFUNCS[name])  # type: ignore[no-any-return]
    if name in OUT_BY_NAME:
        return OUT_BY_NAME[name]
    if name == "where":
        return where
    return _into(FORMULAS[name]) if name in FORMULAS else _loop(row)


def _into(formula: Kernel) -> Kernel:
    def form(*arrays_and_out: Any) -> Any:
        *arrays, out = arrays_and_out
        np.copyto(out, formula(*arrays))
        return out

    return form


def _loop(row: Primitive) -> Kernel:
    """Return a function that computes a row element by element; it takes the elements of lists one after another."""

    def evaluate(*numbers: float) -> float:
        return row.evaluate(*row.map(float, row.group(numbers)))

    return _into(lambda *arrays: np.frompyfunc(evaluate, len(arrays), 1)(*arrays).astype(float))


def linearize(row: Primitive, operands: Sequence[Any], output: Any, partials: Any) -> None:
    """Compute a row and all its partials element by element, as eager code does.

    Args:
        row: any.
        operands: arrays and numbers, those of lists one after another.
        output: the array for the values.
        partials: the array for the partials, one more axis in front: the operands.
    """
    arrays = [np.broadcast_to(operand, output.shape) for operand in operands]
    for index in np.ndindex(output.shape):
        numbers = row.group([float(array[index]) for array in arrays])
        output[index], slopes = row.linearize(*numbers)
        place = (slice(None), *index)
        partials[place] = row.flatten(slopes)


ONE, TWO, MINUS_TWO = map(np.array, (1.0, 2.0, -2.0))  # NumPy takes them faster than floats
SMALL, LARGE = 2e-4, 354.0
"""Of |x|: below, the rounding of the difference would show in tanh(x); above, the
exponential may overflow where x is negative, and a slope, less than 1.3e-307, counts as 0."""


def tanh_and_slope(x: Any, power: Any, slope: Any, z: Any) -> None:
    """Compute tanh(x) = 2 / (1 + e) - 1 and its slope e·(2 / (1 + e))², for e = e^-2x.

    One exponential serves both, and costs less than `numpy.tanh`. By contrast 1 - tanh² has no digits in the tails.

    Args:
        x: the operand.
        power: an array for e.
        slope: an array for the slope.
        z: an array for the value.
    """
    multiply(x, MINUS_TWO, power)
    exp(power, power)
    add(power, ONE, slope)
    divide(TWO, slope, slope)
    subtract(slope, ONE, z)
    multiply(power, slope, power)
    multiply(power, slope, slope)
    if slope.size and not slope.item(slope.argmax()) < 1.0 - SMALL * SMALL:  # small, or nan as inf · 0 is
        np.tanh(x, z, where=absolute(x) < 2.0 * SMALL)
        copyto(slope, 0.0, where=x < -LARGE)
